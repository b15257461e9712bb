package etcd_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/store"
	"github.com/lanyard-id/lanyard/internal/store/etcd"
)

func write(t *testing.T, s *etcd.Store, key, value string) int64 {
	t.Helper()
	rev, err := s.Txn(t.Context(), nil, []store.Op{{Key: key, Value: []byte(value)}})
	if err != nil {
		t.Fatal(err)
	}
	return rev
}

func list(t *testing.T, s *etcd.Store) store.Page {
	t.Helper()
	page, err := s.List(t.Context(), "", "", 0, store.MaxPage)
	if err != nil {
		t.Fatal(err)
	}
	return page
}

func closeStore(t *testing.T, s *etcd.Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// wantOpenFault opens the folder, expects a fault of that reason, and gives it.
func wantOpenFault(t *testing.T, dir string, why fault.Reason) error {
	t.Helper()
	s, err := etcd.Open(t.Context(), config(t, dir))
	if err == nil {
		closeStore(t, s)
	}
	if !fault.Is(err, why) {
		t.Fatalf("Open gave %v, want %s", err, why)
	}
	return err
}

func TestReopenKeepsEverything(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	if size := etcd.Size(dir); size != 0 {
		t.Errorf("where nothing is, there are %d bytes", size)
	}
	first := open(t, dir)
	for i := range 50 {
		write(t, first, crashKey(i%40), crashValue(i))
	}
	before, name := list(t, first), first.Incarnation()
	closeStore(t, first)
	if size := etcd.Size(dir); size < 50*int64(len(crashValue(0))) {
		t.Errorf("the file of 50 records has %d bytes", size)
	}
	second := open(t, dir)
	if diff := cmp.Diff(before, list(t, second)); diff != "" {
		t.Error(diff)
	}
	if second.Incarnation() != name || name == "" {
		t.Errorf("incarnation went from %q to %q", name, second.Incarnation())
	}
	if rev := write(t, second, "later", ""); rev != before.Rev+1 {
		t.Errorf("revision %d follows %d", rev, before.Rev)
	}
}

func TestFolderIsPrivate(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "parent", "data")
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // too wide on purpose
		t.Fatal(err)
	}
	closeStore(t, open(t, dir))
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", path, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if entries, err := os.ReadDir(filepath.Dir(dir)); err != nil || len(entries) != 1 {
		t.Errorf("beside the folder: %v, %v", entries, err)
	}
}

func TestLongPath(t *testing.T) {
	dir := filepath.Join(t.TempDir(), strings.Repeat("long", 50), "data")
	write(t, open(t, dir), "a", "1")
}

func TestFolderInUse(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	s := open(t, dir)
	err := wantOpenFault(t, dir, etcd.InUse)
	if !strings.Contains(fault.From(err).Public, "used by another process") {
		t.Error(err)
	}
	write(t, s, "a", "1")
	closeStore(t, s)
	write(t, open(t, dir), "a", "2")
}

func TestForeignFolderIsRefusedAndLeftAlone(t *testing.T) {
	for name, c := range map[string]struct {
		file, content string
		want          fault.Reason
	}{
		"something else":  {"notes.txt", "mine", etcd.NotOurs},
		"another product": {"FORMAT", "minio erasure 3\n", etcd.NotOurs},
		"newer version":   {"FORMAT", "lanyard store 2\ninitialised ABC\nmore\n", etcd.NewerVersion},
		"garbled mark":    {"FORMAT", "lanyard store one\n", store.Corrupt},
		"empty mark":      {"FORMAT", "lanyard store 1\n", store.Corrupt},
		"unknown state":   {"FORMAT", "lanyard store 1\nhalf ABC\n", store.Corrupt},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, c.file)
			if err := os.WriteFile(path, []byte(c.content), 0o600); err != nil {
				t.Fatal(err)
			}
			_ = wantOpenFault(t, dir, c.want)
			entries, err := os.ReadDir(dir)
			if err != nil || len(entries) != 1 {
				t.Errorf("the folder now holds %v, %v", entries, err)
			}
			content, err := os.ReadFile(path) //nolint:gosec // the test's own
			if err != nil || string(content) != c.content {
				t.Errorf("the file now holds %q, %v", content, err)
			}
		})
	}
}

func TestOtherRoomsMayLiveInTheFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	closeStore(t, open(t, dir))
	if err := os.Mkdir(filepath.Join(dir, "audit"), 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, open(t, dir), "a", "1")
}

// TestUnfinishedFirstStart opens folders as a first start leaves them that was killed on the way.
func TestUnfinishedFirstStart(t *testing.T) {
	for name, prepare := range map[string]func(dir string) error{
		"lock only": func(dir string) error { return os.WriteFile(filepath.Join(dir, "LOCK"), nil, 0o600) },
		"mark half": func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "FORMAT.partial"), []byte("lany"), 0o600)
		},
		"engine half": func(dir string) error {
			half := filepath.Join(dir, "etcd", "member", "snap")
			if err := os.MkdirAll(half, 0o700); err != nil {
				return err
			}
			if err := os.WriteFile(filepath.Join(half, "db"), []byte("half"), 0o600); err != nil {
				return err
			}
			return os.WriteFile(filepath.Join(dir, "FORMAT"), []byte("lanyard store 1\nnew ABC\n"), 0o600)
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := prepare(dir); err != nil {
				t.Fatal(err)
			}
			s := open(t, dir)
			write(t, s, "a", "1")
			closeStore(t, s)
			if page := list(t, open(t, dir)); len(page.KVs) != 1 {
				t.Errorf("the store holds %v", page.KVs)
			}
		})
	}
}
