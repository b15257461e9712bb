//go:build proof

package proof

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// hoard is every secret that a proof has seen, under a name for its messages.
type hoard map[string][]byte

// window is how many bytes of a long secret are looked for at a time: a part of it is a leak as well.
const window = 32

// pieces are the parts of a secret that are looked for: of a signed token the signature, which alone makes it one.
func pieces(secret []byte) [][]byte {
	if bytes.HasPrefix(secret, []byte("eyJ")) && bytes.Count(secret, []byte(".")) == 2 {
		secret = secret[bytes.LastIndexByte(secret, '.')+1:]
	}
	if len(secret) <= window {
		return [][]byte{secret}
	}
	return [][]byte{secret[:window], secret[len(secret)/2-window/2:][:window], secret[len(secret)-window:]}
}

// shapes are the forms in which a piece could stand in a file: as it is, in hex, and in base64 at each of the three
// places that it can have in a longer text.
func shapes(piece []byte) [][]byte {
	out := [][]byte{piece, []byte(hex.EncodeToString(piece)), []byte(strings.ToUpper(hex.EncodeToString(piece)))}
	for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		for shift := range 3 {
			text := encoding.EncodeToString(append(make([]byte, shift), piece...))
			first := []int{0, 2, 3}[shift]                           // what the bytes before have a part in
			last := len(text) - []int{0, 1, 1}[(shift+len(piece))%3] // and the bytes behind
			out = append(out, []byte(text[first:last]))
		}
	}
	return out
}

// findIn gives the names of the secrets that a text holds in some shape.
func (h hoard) findIn(text []byte) []string {
	var found []string
	for name, secret := range h {
		for _, p := range pieces(secret) {
			if slices.ContainsFunc(shapes(p), func(s []byte) bool { return bytes.Contains(text, s) }) {
				found = append(found, name)
				break
			}
		}
	}
	slices.Sort(found)
	return found
}

// findBelow looks through every file below the paths, and gives what it found and how many bytes it read.
func (h hoard) findBelow(t *testing.T, paths ...string) (found []string, read int64) {
	t.Helper()
	for _, root := range paths {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() {
				return err
			}
			text, err := os.ReadFile(path)
			read += int64(len(text))
			for _, name := range h.findIn(text) {
				found = append(found, fmt.Sprintf("%s holds %s", path, name))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return found, read
}

// TestTheSearchFindsEverySeed hides a secret in each shape and at each place, and wants it found.
func TestTheSearchFindsEverySeed(t *testing.T) {
	key := []byte("\x00\x17not a key that anybody has, but as long as one\xfe")
	token := []byte("eyJhbGciOiJub25lIn0.e30.c2lnbmF0dXJlLXRoYXQtaXMtbG9uZy1lbm91Z2gtdG8tYmUtb25l")
	h := hoard{"key": key, "token": token}
	for shift := range 4 {
		around := func(b []byte) []byte { return slices.Concat([]byte("abc")[:shift%4], b, []byte("xyz")) }
		for name, text := range map[string][]byte{
			"raw": around(key), "hex": []byte(hex.EncodeToString(around(key))), "HEX": []byte(strings.ToUpper(hex.EncodeToString(around(key)))),
			"base64": []byte(base64.StdEncoding.EncodeToString(around(key))), "base64url": []byte(base64.RawURLEncoding.EncodeToString(around(key))),
			"half": around(key[len(key)-window:]),
		} {
			if got := h.findIn(slices.Concat([]byte("before "), text, []byte(" behind"))); !slices.Equal(got, []string{"key"}) {
				t.Errorf("%s, shifted by %d: found %q", name, shift, got)
			}
		}
		if got := h.findIn(around(token)); !slices.Equal(got, []string{"token"}) {
			t.Errorf("a token: found %q", got)
		}
	}
	if got := h.findIn(slices.Concat(key[:window-1], token[:20])); len(got) != 0 {
		t.Errorf("found %q in what is not a secret", got)
	}
}

// decode64 reads what must be base64.
func decode64(t *testing.T, text []byte) []byte {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(string(text))
	if err != nil {
		t.Fatal(err)
	}
	return b
}
