package objects

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
)

// TestDamageIsSaid: whatever happens to an object's description, the space refuses to be read instead of being short of
// an object, and other spaces do not mind. It can still be removed.
func TestDamageIsSaid(t *testing.T) {
	for what, harm := range map[string]func(b []byte) []byte{
		"emptied":       func([]byte) []byte { return nil },
		"cut":           func(b []byte) []byte { return b[:len(b)-1] },
		"longer":        func(b []byte) []byte { return append(b, 'x') },
		"content cut":   func(b []byte) []byte { return b[1:] },
		"content added": func(b []byte) []byte { return append([]byte("x"), b...) },
		"magic":         func(b []byte) []byte { b[len(b)-1] ^= 1; return b },
		"checksum":      func(b []byte) []byte { b[len(b)-9] ^= 1; return b },
		"length":        func(b []byte) []byte { b[len(b)-13] ^= 1; return b },
		"huge length":   func(b []byte) []byte { b[len(b)-16] = 0xff; return b },
		"description":   func(b []byte) []byte { b[len(b)-40] ^= 1; return b },
	} {
		t.Run(what, func(t *testing.T) {
			dir, space, other := t.TempDir(), name.NewGUID(), name.NewGUID()
			s := open(t, dir)
			put(t, s, space, "good", "x")
			put(t, s, space, "bad", "content")
			put(t, s, other, "good", "x")
			file := filepath.Join(dir, space.String(), fileName("bad"))
			b, err := os.ReadFile(file) //nolint:gosec // the test's own file
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, harm(b), 0o600); err != nil { //nolint:gosec // the same
				t.Fatal(err)
			}
			s = open(t, dir)
			_, err = s.Get(t.Context(), space, "good")
			wantFault(t, err, fault.Internal, Damaged)
			_, err = s.List(t.Context(), space, Query{})
			wantFault(t, err, fault.Internal, Damaged)
			if f := fault.From(err); strings.Contains(f.Public, "/") || !strings.Contains(f.Error(), fileName("bad")) {
				t.Errorf("the file belongs in the cause only: %v", f)
			}
			if _, got := get(t, s, other, "good"); got != "x" {
				t.Error("another space suffers")
			}
			if err := s.RemoveSpace(t.Context(), space); err != nil {
				t.Errorf("remove: %v", err)
			}
		})
	}
}

func TestForeignFilesAreSaid(t *testing.T) {
	for what, make := range map[string]func(folder string) error{
		"renamed": func(f string) error {
			return os.Rename(filepath.Join(f, fileName("a")), filepath.Join(f, fileName("b")))
		},
		"folder":                 func(f string) error { return os.Mkdir(filepath.Join(f, "x"), 0o700) },
		"dead link":              func(f string) error { return os.Symlink("nowhere", filepath.Join(f, "x")) },
		"link out of the folder": func(f string) error { return os.Symlink("/etc/hostname", filepath.Join(f, "x")) },
	} {
		t.Run(what, func(t *testing.T) {
			dir, space := t.TempDir(), name.NewGUID()
			put(t, open(t, dir), space, "a", "x")
			if err := make(filepath.Join(dir, space.String())); err != nil {
				t.Fatal(err)
			}
			_, err := open(t, dir).Head(t.Context(), space, "a")
			wantFault(t, err, fault.Internal, Damaged)
		})
	}
}

// TestBrokenFileSystem: every step that the file system refuses ends in a fault that says so, and changes nothing.
func TestBrokenFileSystem(t *testing.T) {
	dir, space := t.TempDir(), name.NewGUID()
	s := open(t, dir)
	put(t, s, space, "a", "x")

	// The object's file is taken away behind the store's back.
	if err := os.Remove(filepath.Join(dir, space.String(), fileName("a"))); err != nil {
		t.Fatal(err)
	}
	_, err := s.Get(t.Context(), space, "a")
	wantFault(t, err, fault.Internal, IO)
	if err := s.Delete(t.Context(), space, "a"); err != nil {
		t.Errorf("delete what is gone already: %v", err)
	}

	// A folder stands where an object's file should go.
	put(t, s, space, "b", "x")
	file := filepath.Join(dir, space.String(), fileName("b"))
	if err := errors.Join(os.Remove(file), os.MkdirAll(filepath.Join(file, "full"), 0o700)); err != nil {
		t.Fatal(err)
	}
	wantFault(t, s.Delete(t.Context(), space, "b"), fault.Internal, IO)
	_, err = s.Put(t.Context(), upload(space, "b", "y"))
	wantFault(t, err, fault.Internal, IO)

	// A file stands where a space's folder should be.
	other := name.NewGUID()
	if err := os.WriteFile(filepath.Join(dir, other.String()), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = s.Head(t.Context(), other, "a")
	wantFault(t, err, fault.Internal, IO)

	// The folder of a space that is loaded is replaced by a file.
	third := name.NewGUID()
	put(t, s, third, "a", "x")
	folder := filepath.Join(dir, third.String())
	if err := errors.Join(os.RemoveAll(folder), os.WriteFile(folder, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	_, err = s.Put(t.Context(), upload(third, "a", "y"))
	wantFault(t, err, fault.Internal, IO)

	// There is nowhere to put uploads or removed spaces.
	if err := errors.Join(os.Remove(filepath.Join(dir, uploads)), os.Remove(filepath.Join(dir, trash))); err != nil {
		t.Fatal(err)
	}
	_, err = s.Put(t.Context(), upload(space, "c", "x"))
	wantFault(t, err, fault.Internal, IO)
	if err := os.WriteFile(filepath.Join(dir, trash), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	wantFault(t, s.RemoveSpace(t.Context(), space), fault.Internal, IO)

	// The store is closed.
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = s.Head(t.Context(), name.NewGUID(), "a")
	wantFault(t, err, fault.Internal, IO)
	wantFault(t, s.RemoveSpace(t.Context(), name.NewGUID()), fault.Internal, IO)
}

func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(file, &room{}, newClock().now); err == nil {
		t.Error("a file was opened as a folder")
	}
}

// TestClearedAtOpen: what an earlier process left half done is gone after a start.
func TestClearedAtOpen(t *testing.T) {
	dir, space := t.TempDir(), name.NewGUID()
	put(t, open(t, dir), space, "a", "x")
	for _, left := range []string{uploads + "/half", trash + "/" + name.NewGUID().String() + "/object"} {
		path := filepath.Join(dir, filepath.FromSlash(left))
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte("x"), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	s := open(t, dir)
	if diff := cmp.Diff([]string{"a"}, keys(t, s, space)); diff != "" {
		t.Error(diff)
	}
	for _, folder := range []string{uploads, trash} {
		if list, err := os.ReadDir(filepath.Join(dir, folder)); err != nil || len(list) != 0 {
			t.Errorf("%s: %v, %v", folder, list, err)
		}
	}
}

// TestLoadGivenUp: a caller that stops waiting while a space is loaded leaves it to the next one.
func TestLoadGivenUp(t *testing.T) {
	dir, space := t.TempDir(), name.NewGUID()
	put(t, open(t, dir), space, "a", "x")
	s := open(t, dir)
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := s.Head(cancelled, space, "a")
	wantFault(t, err, fault.Unavailable, IO)
	wantFault(t, s.RemoveSpace(cancelled, space), fault.Unavailable, IO)
	wantFault(t, s.RemoveSpace(t.Context(), name.GUID{}), fault.Internal, IO)
	if _, got := get(t, s, space, "a"); got != "x" {
		t.Error(got)
	}
}

func TestLongTrailer(t *testing.T) {
	dir, space := t.TempDir(), name.NewGUID()
	up := upload(space, strings.Repeat("\u0001", MaxKey), "content")
	up.Meta.User = map[string]string{"a": strings.Repeat("<", MaxMeta-1)}
	want, err := open(t, dir).Put(t.Context(), up)
	if err != nil {
		t.Fatal(err)
	}
	got, content := get(t, open(t, dir), space, up.Key)
	if diff := cmp.Diff(want, got); diff != "" || content != "content" {
		t.Errorf("%q %s", content, diff)
	}
}

// full is a disk that takes so many bytes and no more.
type full struct{ left int }

func (f *full) Write(p []byte) (int, error) {
	if f.left -= len(p); f.left < 0 {
		return 0, &os.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}
	}
	return len(p), nil
}

// TestDiskFull: a disk that is full all the same, in the content or in the trailer, is told from a broken one.
func TestDiskFull(t *testing.T) {
	s := open(t, t.TempDir())
	for _, left := range []int{0, 7} {
		f := &full{left}
		_, err := s.receive(t.Context(), f, upload(name.NewGUID(), "k", "content"))
		if err == nil {
			err = ioFault(appendTrailer(f, objectMagic, Info{}))
		}
		wantFault(t, err, fault.Unavailable, NoSpace)
	}
	wantFault(t, ioFault(syscall.EDQUOT), fault.Unavailable, NoSpace)
	wantFault(t, ioFault(syscall.EIO), fault.Internal, IO)
}
