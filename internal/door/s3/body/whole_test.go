package body

import (
	"encoding/base64"
	"io"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/objects"
)

// TestWholeIsTheChecksumOfTheWhole compares what is combined from parts with the hash of the text itself.
func TestWholeIsTheChecksumOfTheWhole(t *testing.T) {
	text := strings.Repeat("0123456789abcdef", 5000) + "the end"
	for _, algorithm := range []string{"crc32", "crc32c", "crc64nvme"} {
		for _, cuts := range [][]int{{0}, {1, 2, 3}, {70_000}, {len(text)}, {5, 5, 80_000}} {
			var parts []objects.Part
			rest := text
			for _, at := range append(cuts, len(text)) {
				at = min(at, len(rest))
				r, sum := Summing(strings.NewReader(rest[:at]), algorithm)
				if _, err := io.Copy(io.Discard, r); err != nil {
					t.Fatal(err)
				}
				parts = append(parts, objects.Part{Size: int64(at), Checksum: sum()})
				rest = rest[at:]
			}
			h := newHash(algorithm)
			h.Write([]byte(text))
			want := base64.StdEncoding.EncodeToString(h.Sum(nil))
			if got, err := Whole(algorithm, false, parts); err != nil || got.Value != want || got.Composite {
				t.Errorf("%s in parts at %v: %+v, %v, want %s", algorithm, cuts, got, err, want)
			}
		}
	}
}

// TestWholeComposite: the hash of the hashes, and how many there are (S3 User Guide, the tutorial on additional checksums).
func TestWholeComposite(t *testing.T) {
	part := func(text string) objects.Part {
		h := newHash("sha256")
		h.Write([]byte(text))
		return objects.Part{Checksum: &objects.Checksum{Algorithm: "sha256", Value: base64.StdEncoding.EncodeToString(h.Sum(nil))}}
	}
	got, err := Whole("sha256", true, []objects.Part{part("a"), part("b")})
	h := newHash("sha256")
	for _, text := range []string{"a", "b"} {
		one := newHash("sha256")
		one.Write([]byte(text))
		h.Write(one.Sum(nil))
	}
	if want := base64.StdEncoding.EncodeToString(h.Sum(nil)) + "-2"; err != nil || got.Value != want || !got.Composite {
		t.Errorf("%+v %v, want %s", got, err, want)
	}
	for _, parts := range [][]objects.Part{{{}}, {part("a"), {Checksum: &objects.Checksum{Algorithm: "crc32"}}}, {{Checksum: &objects.Checksum{Algorithm: "sha256", Value: "*"}}}} {
		if _, err := Whole("sha256", true, parts); err == nil {
			t.Errorf("%+v make a whole", parts)
		}
	}
	if _, err := Whole("md4", true, nil); err == nil {
		t.Error("md4 is offered")
	}
}

func TestComposite(t *testing.T) {
	for _, tc := range []struct {
		algorithm, asked string
		composite, ok    bool
	}{
		{"crc32", "", true, true},
		{"crc32c", "FULL_OBJECT", false, true},
		{"crc64nvme", "", false, true},
		{"sha256", "", true, true},
		{"sha1", "FULL_OBJECT", false, false},
		{"crc64nvme", "COMPOSITE", false, false},
		{"crc32", "x", false, false},
	} {
		got, err := Composite(tc.algorithm, tc.asked)
		if (err == nil) != tc.ok || tc.ok && got != tc.composite {
			t.Errorf("%s, %q: %v, %v", tc.algorithm, tc.asked, got, err)
		}
	}
}
