package etcd

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"

	bolt "go.etcd.io/bbolt"
	"go.etcd.io/etcd/server/v3/storage/datadir"
	"go.etcd.io/etcd/server/v3/storage/mvcc"
	"go.etcd.io/etcd/server/v3/storage/schema"

	"github.com/lanyard-id/lanyard/internal/fault"
)

// RevisionLeap is how far a restored store's revisions stand above the snapshot's. It is more than any store can have
// written between the snapshot and its loss, so that no revision is ever used twice for different things.
const RevisionLeap int64 = 1_000_000_000

// restoringName is the folder in which the engine's new folder is built.
const restoringName = engineName + ".restoring"

// NotSnapshot means that the file is not a whole snapshot of a store of Lanyard.
const NotSnapshot fault.Reason = "store.not_snapshot"

// Restored tells what Restore did.
type Restored struct {
	Rev         int64  // the store's revisions go on above this one
	Incarnation string // the new name of the data
	Replaced    string // where the engine's former folder is kept; empty if there was none
}

// Restore makes the store of a data folder anew from a snapshot file. The folder may be absent, empty, or hold a store
// of which nothing can be read any more; what it held is set aside, not deleted. The store must not be open.
//
// Revisions stay monotone over the loss: every key keeps the revision of its last change, as the snapshot has it; the
// store then goes on RevisionLeap above the snapshot's revision, and history below that is compacted, so a reader who
// resumes at a revision of the lost time is told Compacted and reads anew. The new incarnation tells the two apart.
//
// The new folder is built and opened beside the old one before anything is replaced. A Restore that is cut short
// leaves either the old content or a folder that Open calls corrupt; do it again then.
func Restore(ctx context.Context, snapshotFile, dir string, logger *slog.Logger) (done Restored, err error) {
	rev, err := inspectSnapshot(snapshotFile)
	if err != nil {
		return Restored{}, fault.New(fault.Invalid, NotSnapshot, "%s is not a whole snapshot", snapshotFile).Because(err)
	}
	target, err := claim(dir, readFormatToRestore)
	if err != nil {
		return Restored{}, err
	}
	defer func() { err = errors.Join(err, target.release()) }()
	building := filepath.Join(dir, restoringName)
	done = Restored{Rev: rev + RevisionLeap, Incarnation: rand.Text()}
	if err := build(ctx, building, snapshotFile, done, logger); err != nil {
		return Restored{}, fmt.Errorf("restore: %w", errors.Join(err, os.RemoveAll(building)))
	}
	if done.Replaced, err = setAside(engineDir(dir)); err != nil {
		return Restored{}, err
	}
	if err := os.Rename(building, engineDir(dir)); err != nil {
		return Restored{}, folderFault(dir, "put restored store in place", err)
	}
	if err := syncDir(dir); err != nil {
		return Restored{}, err
	}
	return done, target.mark(format{initialised: true, incarnation: done.Incarnation})
}

// inspectSnapshot checks every byte of a snapshot file and gives its revision.
func inspectSnapshot(path string) (int64, error) {
	file, err := os.Open(path) //nolint:gosec // the operator names the file
	if err != nil {
		return 0, err
	}
	sum := sha256.New()
	size, err := snapshotSize(file)
	if err == nil {
		_, err = io.Copy(sum, io.NewSectionReader(file, 0, size))
	}
	written := make([]byte, sha256.Size)
	if err == nil {
		_, err = file.ReadAt(written, size)
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return 0, err
	}
	if !bytes.Equal(sum.Sum(nil), written) {
		return 0, errors.New("the checksum at its end is wrong")
	}
	found, err := inspectDatabase(path, nobody{})
	if err != nil {
		return 0, err
	}
	if len(found.live) == 0 {
		return 0, errors.New("it holds nothing")
	}
	return found.newest(), nil
}

// snapshotSize is the size of the database in a snapshot file, which its checksum follows.
func snapshotSize(file *os.File) (int64, error) {
	info, err := file.Stat()
	if err != nil {
		return 0, err
	}
	if info.Size() < sha256.Size {
		return 0, fmt.Errorf("%d bytes are too short", info.Size())
	}
	return info.Size() - sha256.Size, nil
}

// build makes an engine folder of a snapshot, opens it, gives it its incarnation, and closes it.
func build(ctx context.Context, dir, snapshotFile string, goal Restored, logger *slog.Logger) error {
	database := datadir.ToBackendFileName(dir)
	if err := errors.Join(os.RemoveAll(dir), os.MkdirAll(filepath.Dir(database), 0o700)); err != nil {
		return err
	}
	if err := copyDatabase(snapshotFile, database); err != nil {
		return fmt.Errorf("copy snapshot: %w", err)
	}
	if err := rewriteDatabase(database, goal.Rev); err != nil {
		return fmt.Errorf("rewrite snapshot: %w", err)
	}
	s := newStore(Config{Dir: dir, Logger: logger})
	if err := s.run(ctx, dir); err != nil {
		return err
	}
	_, err := s.client.Put(ctx, incarnationKey, seal(incarnationKey, []byte(goal.Incarnation)))
	if at := s.server.Server.KV().Rev(); err == nil && at <= goal.Rev {
		err = fmt.Errorf("the store stands at revision %d, not above %d", at, goal.Rev)
	}
	s.stop()
	return errors.Join(err, s.failure())
}

// copyDatabase copies a snapshot without its checksum.
func copyDatabase(snapshotFile, database string) (err error) {
	source, err := os.Open(snapshotFile) //nolint:gosec // the operator names the file
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, source.Close()) }()
	size, err := snapshotSize(source)
	if err != nil {
		return err
	}
	return replaceFile(database, func(file *os.File) error {
		_, err := io.Copy(file, io.NewSectionReader(source, 0, size))
		return err
	})
}

// rewriteDatabase takes out of a database what tied it to its old log and membership, and schedules the compaction of
// all history up to rev, which makes rev the store's revision.
func rewriteDatabase(path string, rev int64) error {
	db, err := bolt.Open(path, 0o600, &bolt.Options{FreelistType: bolt.FreelistMapType})
	if err != nil {
		return err
	}
	err = db.Update(func(tx *bolt.Tx) error {
		for _, bucket := range []interface{ Name() []byte }{schema.Members, schema.MembersRemoved, schema.Cluster, schema.Alarm} {
			if tx.Bucket(bucket.Name()) == nil {
				continue
			}
			if err := tx.DeleteBucket(bucket.Name()); err != nil {
				return err
			}
		}
		numbers := tx.Bucket(schema.Meta.Name())
		for _, name := range [][]byte{schema.MetaConsistentIndexKeyName, schema.MetaTermKeyName, schema.MetaConfStateName} {
			if err := numbers.Delete(name); err != nil {
				return err
			}
		}
		return numbers.Put(schema.ScheduledCompactKeyName, mvcc.RevToBytes(mvcc.Revision{Main: rev}, mvcc.NewRevBytes()))
	})
	return errors.Join(err, db.Close())
}

// setAside renames the engine's folder, if there is one, and gives its new name.
func setAside(dir string) (string, error) {
	if _, err := os.Lstat(dir); errors.Is(err, os.ErrNotExist) {
		return "", nil
	}
	aside := dir + ".replaced-" + rand.Text()[:8]
	if err := os.Rename(dir, aside); err != nil {
		return "", folderFault(filepath.Dir(dir), "set the old store aside", err)
	}
	return aside, nil
}
