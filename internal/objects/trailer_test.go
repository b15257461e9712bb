package objects

import (
	"bytes"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// FuzzReadTrailer: no file, however damaged, does more than be refused.
func FuzzReadTrailer(f *testing.F) {
	var whole bytes.Buffer
	whole.WriteString("content")
	if err := appendTrailer(&whole, Info{Key: "k", Size: 7}); err != nil {
		f.Fatal(err)
	}
	f.Add(whole.Bytes())
	f.Add(whole.Bytes()[7:])
	f.Add([]byte(magic))
	f.Add([]byte("\xff\xff\xff\xff\x00\x00\x00\x00" + magic))
	f.Fuzz(func(t *testing.T, b []byte) {
		info, err := readTrailer(bytes.NewReader(b), int64(len(b)))
		if err == nil && (info.Size < 0 || info.Size > int64(len(b)-footerSize)) {
			t.Errorf("%d bytes of content in a file of %d", info.Size, len(b))
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
		if err := appendTrailer(&b, want); err != nil {
			t.Fatal(err)
		}
		got, err := readTrailer(bytes.NewReader(b.Bytes()), int64(b.Len()))
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Fatalf("%v %s", err, diff)
		}
		if file := fileName(key); len(file) != 64 || !utf8.ValidString(file) {
			t.Fatalf("file name %q", file)
		}
	})
}
