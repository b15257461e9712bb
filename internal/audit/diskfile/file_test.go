package diskfile

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestRealReserve asks the operating system for what the bad disk only plays.
func TestRealReserve(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	f, err := Open(path)
	must(t, err)
	err = f.Reserve(1 << 20)
	if err != nil && !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("Reserve: %v", err)
	}
	_, err = f.Write([]byte("abc"))
	must(t, err)
	must(t, errors.Join(f.Sync(), f.Close()))
	if b, err := os.ReadFile(path); err != nil || string(b) != "abc" {
		t.Errorf("the file holds %q (%v)", b, err)
	}
}

// TestTheFileIsLongerAhead: within reserved room a write does not change the file's length, which a sync would have to
// note.
func TestTheFileIsLongerAhead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	f, err := Open(path)
	must(t, err)
	length := func() int64 {
		info, err := os.Stat(path)
		must(t, err)
		return info.Size()
	}
	put := func(n int) {
		_, err := f.Write(bytes.Repeat([]byte{'x'}, n))
		must(t, err)
	}
	put(10)
	if got := length(); got != 10 {
		t.Errorf("%d bytes without room", got)
	}
	if errors.Is(f.Reserve(2*stretch), errors.ErrUnsupported) {
		return // it never gets longer ahead here
	}
	for _, step := range []struct{ write, want int }{
		{10, 20 + stretch}, {stretch, 20 + stretch}, {10, 2 * stretch}, {stretch, 30 + 2*stretch}, // the last beyond the room
	} {
		put(step.write)
		if got := length(); got != int64(step.want) {
			t.Errorf("%d bytes, want %d", got, step.want)
		}
	}
	must(t, f.Truncate(30))
	put(5)
	must(t, errors.Join(f.Sync(), f.Close()))
	if b, err := os.ReadFile(path); err != nil || string(b) != strings.Repeat("x", 35) {
		t.Errorf("the file holds %d bytes (%v)", len(b), err)
	}
}
