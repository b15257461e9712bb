package objects

import (
	"bytes"
	"errors"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// FuzzReadTrailer: no file, however damaged, does more than be refused.
func FuzzReadTrailer(f *testing.F) {
	var whole bytes.Buffer
	whole.WriteString("content")
	if err := appendTrailer(&whole, objectMagic, Info{Key: "k", Size: 7, Version: 1, Content: 1}); err != nil {
		f.Fatal(err)
	}
	f.Add(whole.Bytes())
	f.Add(whole.Bytes()[7:])
	f.Add([]byte(objectMagic))
	f.Add([]byte("\xff\xff\xff\xff\x00\x00\x00\x00" + objectMagic))
	var parts bytes.Buffer
	if err := errors.Join(appendTrailer(&parts, listMagic, []piece{{"u", "i", 7}}),
		appendTrailer(&parts, objectMagic, Info{Key: "k", Size: 7, Parts: 1, Version: 1, Content: 1})); err != nil {
		f.Fatal(err)
	}
	f.Add(parts.Bytes())
	f.Fuzz(func(t *testing.T, b []byte) {
		info, list, err := readInfo(bytes.NewReader(b), int64(len(b)))
		if err == nil && (info.Size < 0 || list < 0 || info.Parts == 0 && info.Size > int64(len(b)-footerSize)) {
			t.Errorf("%d bytes of content in a file of %d", info.Size, len(b))
		}
		for _, magic := range []string{noteMagic, partMagic, uploadMagic, listMagic} {
			var description any
			if n, err := readTrailer(bytes.NewReader(b), int64(len(b)), magic, &description); err == nil && n < 0 {
				t.Error(n)
			}
		}
	})
}

// FuzzTrailer: what is written is what is read, for any legal key and metadata.
func FuzzTrailer(f *testing.F) {
	f.Add("a//../b", "text/plain", "v")
	f.Add("\x00\u2028<>", "", "\u00e9")
	f.Fuzz(func(t *testing.T, key, contentType, value string) {
		want := Info{
			Key: key, Meta: Meta{ContentType: contentType, User: map[string]string{"name": value}},
			LastModified: time.Unix(1, 23).UTC(), Created: time.Unix(0, 0).UTC(),
		}
		if checkKey(key) != nil || checkMeta(want.Meta) != nil {
			return
		}
		var b bytes.Buffer
		if err := appendTrailer(&b, noteMagic, want); err != nil {
			t.Fatal(err)
		}
		var got Info
		content, err := readTrailer(bytes.NewReader(b.Bytes()), int64(b.Len()), noteMagic, &got)
		if diff := cmp.Diff(want, got); diff != "" || content != 0 || err != nil {
			t.Fatalf("%v %s", err, diff)
		}
		if file := fileName(key); len(file) != 64 || !utf8.ValidString(file) {
			t.Fatalf("file name %q", file)
		}
	})
}
