package etcd_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	bolt "go.etcd.io/bbolt"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/store"
	"github.com/lanyard-id/lanyard/internal/store/etcd"
)

// copyTree copies a folder. Runs of zeros become holes, of which a log file mostly consists.
func copyTree(from, to string) error {
	return filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		target := filepath.Join(to, strings.TrimPrefix(path, from))
		if entry.IsDir() {
			return os.MkdirAll(target, 0o700)
		}
		return copySparse(path, target)
	})
}

func copySparse(from, to string) (err error) {
	source, err := os.Open(from) //nolint:gosec // the test's own
	if err != nil {
		return err
	}
	defer source.Close()         //nolint:errcheck // only read
	target, err := os.Create(to) //nolint:gosec // the test's own
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, target.Close()) }()
	block, zero := make([]byte, 64<<10), make([]byte, 64<<10)
	var at int64
	for {
		n, err := io.ReadFull(source, block)
		if !bytes.Equal(block[:n], zero[:n]) {
			if _, err := target.WriteAt(block[:n], at); err != nil {
				return err
			}
		}
		at += int64(n)
		if err != nil {
			return target.Truncate(at)
		}
	}
}

// sound makes a data folder with history and two snapshots, closed, for tests to damage copies of.
func sound(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "sound")
	s := open(t, dir)
	for i := range 300 {
		write(t, s, crashKey(i%100), crashValue(i))
	}
	for hour := range 2 {
		if _, err := s.WriteSnapshot(t.Context(), time.Date(2026, 11, 21, hour, 0, 0, 0, time.UTC), 5); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 20 {
		if _, err := s.Txn(t.Context(), nil, []store.Op{{Key: crashKey(i), Delete: true}}); err != nil {
			t.Fatal(err)
		}
	}
	closeStore(t, s)
	return dir
}

func database(dir string) string { return filepath.Join(dir, "etcd", "member", "snap", "db") }

// logFile gives the log file that is written to.
func logFile(dir string) (string, error) {
	files, err := filepath.Glob(filepath.Join(dir, "etcd", "member", "wal", "*.wal"))
	if err != nil || len(files) == 0 {
		return "", fmt.Errorf("no log file: %w", err)
	}
	return slices.Max(files), nil
}

// change rewrites a file by a function of its content.
func change(path string, f func([]byte) []byte) error {
	content, err := os.ReadFile(path) //nolint:gosec // the test's own
	if err != nil {
		return err
	}
	return os.WriteFile(path, f(content), 0o600) //nolint:gosec // the test's own
}

func changeLog(dir string, f func(content []byte, used int) []byte) error {
	path, err := logFile(dir)
	if err != nil {
		return err
	}
	return change(path, func(content []byte) []byte { return f(content, len(bytes.TrimRight(content, "\x00"))) })
}

// edit changes the database by the engine's own library, so that the file is well formed afterwards.
func edit(dir string, f func(tx *bolt.Tx) error) error {
	db, err := bolt.Open(database(dir), 0o600, nil)
	if err != nil {
		return err
	}
	return errors.Join(db.Update(f), db.Close())
}

// flipEach inverts a bit of the text wherever it stands, in pages that are free too.
func flipEach(text string) func(content []byte) []byte {
	return func(content []byte) []byte {
		for at := bytes.Index(content, []byte(text)); at >= 0; at = bytes.Index(content, []byte(text)) {
			flip(content, at+len(text)-1)
		}
		return content
	}
}

// flip inverts one bit.
func flip(content []byte, at int) []byte {
	content[at] ^= 4
	return content
}

// TestDamagedStoreIsRefused damages a store in every way that was thought of. Each is refused with the way out, and
// nothing is begun anew.
func TestDamagedStoreIsRefused(t *testing.T) {
	original := sound(t)
	for name, damage := range map[string]func(dir string) error{
		"both meta pages zero":  func(d string) error { return change(database(d), func(c []byte) []byte { clear(c[:8192]); return c }) },
		"database cut in half":  func(d string) error { return change(database(d), func(c []byte) []byte { return c[:10*4096] }) },
		"database empty":        func(d string) error { return os.Truncate(database(d), 0) },
		"database missing":      func(d string) error { return os.Remove(database(d)) },
		"log missing":           func(d string) error { return os.RemoveAll(filepath.Join(d, "etcd", "member", "wal")) },
		"member folder missing": func(d string) error { return os.RemoveAll(filepath.Join(d, "etcd", "member")) },
		"engine folder missing": func(d string) error { return os.RemoveAll(filepath.Join(d, "etcd")) },
		"log cut in half":       func(d string) error { return changeLog(d, func(c []byte, used int) []byte { return c[:used/2] }) },
		"log half zero": func(d string) error {
			return changeLog(d, func(c []byte, used int) []byte { clear(c[used/2 : used]); return c })
		},
		"log empty":      func(d string) error { return changeLog(d, func([]byte, int) []byte { return nil }) },
		"bit of the log": func(d string) error { return changeLog(d, func(c []byte, used int) []byte { return flip(c, used/2) }) },
		"bit of a value": func(d string) error {
			return change(database(d), flipEach("value 299 of"))
		},
		"bit of a key": func(d string) error {
			return change(database(d), flipEach("crash/0099"))
		},
		"bit of a deleted key": func(d string) error { return edit(d, renameTombstone) },
		"record missing":       func(d string) error { return edit(d, dropRecord) },
		"all records missing": func(d string) error {
			return edit(d, func(tx *bolt.Tx) error {
				return errors.Join(tx.DeleteBucket([]byte("key")), second(tx.CreateBucket([]byte("key"))))
			})
		},
		"applied beyond log":   func(d string) error { return edit(d, setApplied(1<<40)) },
		"database of another":  func(d string) error { return swap(t, d) },
		"database is text":     func(d string) error { return os.WriteFile(database(d), []byte("a database"), 0o600) },
		"engine dies at start": func(d string) error { return edit(d, garbleMembers) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "data")
			if err := errors.Join(copyTree(original, dir), damage(dir)); err != nil {
				t.Fatal(err)
			}
			err := wantOpenFault(t, dir, store.Corrupt)
			want := "lanyard restore " + filepath.Join(dir, "snapshots", "20261121T010000.000Z.db")
			if public := fault.From(err).Public; !strings.HasSuffix(public, want) {
				t.Errorf("the fault says %q, want it to end with %q", public, want)
			}
			t.Log(err)
		})
	}
}

// TestDatabaseFromBeforeTheLogIsRefused puts a database in place that ends before the log begins. The engine would go on
// with what is in either.
func TestDatabaseFromBeforeTheLogIsRefused(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	s := open(t, dir)
	for range 3 { // the engine cuts its log every 2,000 writes
		if err := writeAll(s.Txn, func(int) {}); err != nil {
			t.Fatal(err)
		}
	}
	closeStore(t, s)
	if err := edit(dir, setApplied(1)); err != nil {
		t.Fatal(err)
	}
	if err := wantOpenFault(t, dir, store.Corrupt); !strings.Contains(err.Error(), "the log begins after entry") {
		t.Error(err)
	}
}

func second(_ any, err error) error { return err }

// renameTombstone makes the last deletion one of a key that never was.
func renameTombstone(tx *bolt.Tx) error {
	bucket := tx.Bucket([]byte("key"))
	key, value := bucket.Cursor().Last()
	at := bytes.Index(value, []byte("crash/"))
	if len(key) != 18 || at < 0 {
		return fmt.Errorf("the last record %x is no deletion", key)
	}
	return bucket.Put(bytes.Clone(key), flip(bytes.Clone(value), at))
}

// dropRecord takes out one record in the middle.
func dropRecord(tx *bolt.Tx) error {
	cursor := tx.Bucket([]byte("key")).Cursor()
	cursor.First()
	for range 150 {
		cursor.Next()
	}
	return cursor.Delete()
}

// setApplied sets the number of the last log entry that the database holds.
func setApplied(index uint64) func(tx *bolt.Tx) error {
	return func(tx *bolt.Tx) error {
		value := binary.BigEndian.AppendUint64(nil, index)
		return tx.Bucket([]byte("meta")).Put([]byte("consistent_index"), value)
	}
}

// garbleMembers breaks what only the engine reads, in a way that it answers with a panic.
func garbleMembers(tx *bolt.Tx) error {
	bucket := tx.Bucket([]byte("members"))
	key, _ := bucket.Cursor().First()
	return bucket.Put(bytes.Clone(key), []byte("{"))
}

// swap puts another store's engine folder in the place of this one's.
func swap(t *testing.T, dir string) error {
	t.Helper()
	other := filepath.Join(t.TempDir(), "other")
	closeStore(t, open(t, other))
	return errors.Join(os.RemoveAll(filepath.Join(dir, "etcd")), os.Rename(filepath.Join(other, "etcd"), filepath.Join(dir, "etcd")))
}

// TestFlippedBitIsRefusedOrHarmless flips single bits of the database at random. Either the store is refused, or it is
// the same as before.
func TestFlippedBitIsRefusedOrHarmless(t *testing.T) {
	original := sound(t)
	s := open(t, original)
	want := list(t, s)
	closeStore(t, s)
	used := usedBytes(t, original)
	random := rand.New(rand.NewPCG(3, 5)) //nolint:gosec // a repeatable test
	refused := 0
	const flips = 60
	for range flips {
		at, bit := random.IntN(used), byte(1)<<random.IntN(8)
		dir := filepath.Join(t.TempDir(), "data")
		damage := func(c []byte) []byte { c[at] ^= bit; return c }
		if err := errors.Join(copyTree(original, dir), change(database(dir), damage)); err != nil {
			t.Fatal(err)
		}
		s, err := etcd.Open(t.Context(), config(t, dir))
		if fault.Is(err, store.Corrupt) {
			refused++
			continue
		}
		if err != nil {
			t.Fatalf("bit %#x of byte %d: %v", bit, at, err)
		}
		if diff := cmp.Diff(want, list(t, s)); diff != "" {
			t.Errorf("bit %#x of byte %d: %s", bit, at, diff)
		}
		closeStore(t, s)
	}
	if refused == 0 || refused == flips {
		t.Errorf("%d of %d were refused", refused, flips)
	}
}

// TestALostIndexIsRefused takes the name away from the index up to which the log is applied, wherever it stands in the
// file: the engine would begin at zero and apply all writes again, at other revisions.
func TestALostIndexIsRefused(t *testing.T) {
	original := sound(t)
	s := open(t, original)
	want := list(t, s)
	closeStore(t, s)
	content, err := os.ReadFile(database(original))
	if err != nil {
		t.Fatal(err)
	}
	refused := 0
	for at := 0; ; at++ {
		next := bytes.Index(content[at:], []byte("consistent_index"))
		if next < 0 {
			break
		}
		at += next
		dir := filepath.Join(t.TempDir(), "data")
		damage := func(c []byte) []byte { c[at] ^= 0x80; return c }
		if err := errors.Join(copyTree(original, dir), change(database(dir), damage)); err != nil {
			t.Fatal(err)
		}
		s, err := etcd.Open(t.Context(), config(t, dir))
		if fault.Is(err, store.Corrupt) {
			refused++
			continue
		}
		if err != nil {
			t.Fatalf("byte %d: %v", at, err)
		}
		if diff := cmp.Diff(want, list(t, s)); diff != "" { // a page that is no longer used
			t.Errorf("byte %d: %s", at, diff)
		}
		closeStore(t, s)
	}
	if refused == 0 {
		t.Error("the index was lost, and nobody missed it")
	}
}

// usedBytes is the size of the part of the database file that was ever written.
func usedBytes(t *testing.T, dir string) int {
	t.Helper()
	content, err := os.ReadFile(database(dir))
	if err != nil {
		t.Fatal(err)
	}
	return len(bytes.TrimRight(content, "\x00"))
}
