package etcd_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/store"
	"github.com/lanyard-id/lanyard/internal/store/etcd"
)

// backedUp makes a store with a snapshot and with writes that came after it, closed.
func backedUp(t *testing.T) (dir, snapshot string, then store.Page, lostRev int64) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "data")
	s := open(t, dir)
	for i := range 200 {
		write(t, s, crashKey(i%150), crashValue(i))
	}
	if err := s.Compact(t.Context(), 120); err != nil {
		t.Fatal(err)
	}
	then = list(t, s)
	snapshot, err := s.WriteSnapshot(t.Context(), time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC), 3)
	if err != nil {
		t.Fatal(err)
	}
	write(t, s, "later", "lost")
	lostRev = write(t, s, crashKey(0), "lost")
	closeStore(t, s)
	return dir, snapshot, then, lostRev
}

func restore(t *testing.T, snapshot, dir string) etcd.Restored {
	t.Helper()
	done, err := etcd.Restore(t.Context(), snapshot, dir, config(t, dir).Logger)
	if err != nil {
		t.Fatal(err)
	}
	return done
}

func TestRestoreBringsBackKeysAndRevisions(t *testing.T) {
	dir, snapshot, then, lostRev := backedUp(t)
	before := open(t, dir)
	oldName := before.Incarnation()
	closeStore(t, before)
	done := restore(t, snapshot, dir)
	for range 2 { // the second time proves that the first left nothing half done
		s := open(t, dir)
		page := list(t, s)
		if diff := cmp.Diff(then.KVs, page.KVs); diff != "" {
			t.Error(diff)
		}
		if page.Rev <= lostRev || page.Rev < done.Rev || page.Rev < then.Rev+etcd.RevisionLeap {
			t.Errorf("the restored store stands at %d; the lost one stood at %d", page.Rev, lostRev)
		}
		if s.Incarnation() != done.Incarnation || s.Incarnation() == oldName {
			t.Errorf("incarnation %q, was %q, restored as %q", s.Incarnation(), oldName, done.Incarnation)
		}
		for _, err := range s.Watch(t.Context(), "", lostRev) {
			if !fault.Is(err, store.Compacted) {
				t.Errorf("a watch from a lost revision: %v", err)
			}
		}
		if _, err := s.List(t.Context(), "", "", then.Rev, 10); !fault.Is(err, store.Compacted) {
			t.Errorf("a list of a lost revision: %v", err)
		}
		if rev := write(t, s, "new", "x"); rev <= page.Rev {
			t.Errorf("revision %d after %d", rev, page.Rev)
		}
		if _, err := s.Txn(t.Context(), nil, []store.Op{{Key: "new", Delete: true}}); err != nil {
			t.Fatal(err)
		}
		closeStore(t, s)
	}
	if _, err := os.Stat(filepath.Join(done.Replaced, "member")); err != nil {
		t.Errorf("the replaced store is not kept: %v", err)
	}
}

func TestRestoreIntoEmptyFolder(t *testing.T) {
	_, snapshot, then, _ := backedUp(t)
	dir := filepath.Join(t.TempDir(), "fresh")
	if done := restore(t, snapshot, dir); done.Replaced != "" {
		t.Errorf("replaced %q", done.Replaced)
	}
	if diff := cmp.Diff(then.KVs, list(t, open(t, dir)).KVs); diff != "" {
		t.Error(diff)
	}
}

func TestRestoreTwice(t *testing.T) {
	dir, snapshot, then, _ := backedUp(t)
	first := restore(t, snapshot, dir)
	s := open(t, dir)
	again, err := s.WriteSnapshot(t.Context(), time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC), 3)
	if err != nil {
		t.Fatal(err)
	}
	closeStore(t, s)
	second := restore(t, again, dir)
	if second.Rev < first.Rev+etcd.RevisionLeap {
		t.Errorf("revision %d after %d", second.Rev, first.Rev)
	}
	if diff := cmp.Diff(then.KVs, list(t, open(t, dir)).KVs); diff != "" {
		t.Error(diff)
	}
}

func TestRestoreOverDamage(t *testing.T) {
	for name, damage := range map[string]func(dir string) error{
		"engine folder missing": func(d string) error { return os.RemoveAll(filepath.Join(d, "etcd")) },
		"mark garbled": func(d string) error {
			return os.WriteFile(filepath.Join(d, "FORMAT"), []byte("lanyard store 1\n?"), 0o600)
		},
		"mark missing":     func(d string) error { return os.Remove(filepath.Join(d, "FORMAT")) },
		"cut short before": func(d string) error { return os.Rename(filepath.Join(d, "etcd"), filepath.Join(d, "etcd.restoring")) },
	} {
		t.Run(name, func(t *testing.T) {
			dir, snapshot, then, _ := backedUp(t)
			if err := damage(dir); err != nil {
				t.Fatal(err)
			}
			if s, err := etcd.Open(t.Context(), config(t, dir)); err == nil {
				t.Fatalf("the damage was not seen: %v", s.Close())
			}
			restore(t, snapshot, dir)
			if diff := cmp.Diff(then.KVs, list(t, open(t, dir)).KVs); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRestoreRefuses(t *testing.T) {
	dir, snapshot, _, _ := backedUp(t)
	content, err := os.ReadFile(snapshot) //nolint:gosec // the test's own
	if err != nil {
		t.Fatal(err)
	}
	for name, broken := range map[string][]byte{
		"cut": content[:len(content)-100], "bit": flip(append([]byte{}, content...), len(content)/2), "empty": {},
		"text": []byte(strings.Repeat("no snapshot ", 1000)), "without checksum": content[:len(content)-32],
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "broken.db")
			if err := os.WriteFile(path, broken, 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := etcd.Restore(t.Context(), path, dir, nil)
			if !fault.Is(err, etcd.NotSnapshot) {
				t.Error(err)
			}
		})
	}
	s := open(t, dir)
	if _, err := etcd.Restore(t.Context(), snapshot, dir, nil); !fault.Is(err, etcd.InUse) {
		t.Errorf("over an open store: %v", err)
	}
	if kv, err := s.Get(t.Context(), "later"); err != nil || string(kv.Value) != "lost" {
		t.Errorf("a refused restore changed the store: %v, %v", kv, err)
	}
}

func TestSnapshotsAreListedAndPruned(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	if files, err := etcd.Snapshots(dir); err != nil || len(files) != 0 {
		t.Fatalf("%v, %v", files, err)
	}
	s := open(t, dir)
	start := time.Date(2026, 11, 21, 23, 59, 0, 0, time.FixedZone("east", 3600))
	for i := range 5 {
		write(t, s, "a", crashValue(i))
		if _, err := s.WriteSnapshot(t.Context(), start.Add(time.Duration(i)*time.Minute), 3); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "snapshots", "mine.db"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	files, err := etcd.Snapshots(dir)
	if err != nil {
		t.Fatal(err)
	}
	var times []time.Duration
	for _, file := range files {
		times = append(times, file.Time.Sub(start))
		if info, err := os.Stat(file.Path); err != nil || info.Size() != file.Bytes || info.Mode().Perm() != 0o600 {
			t.Errorf("%+v: %v", file, err)
		}
	}
	if diff := cmp.Diff([]time.Duration{4 * time.Minute, 3 * time.Minute, 2 * time.Minute}, times); diff != "" {
		t.Error(diff)
	}
}
