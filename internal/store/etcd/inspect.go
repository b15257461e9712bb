package etcd

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"go.etcd.io/etcd/server/v3/storage/datadir"
	"go.etcd.io/etcd/server/v3/storage/wal"
	"go.etcd.io/etcd/server/v3/storage/wal/walpb"
	"go.uber.org/zap"

	"github.com/lanyard-id/lanyard/internal/store"
	"github.com/lanyard-id/lanyard/internal/store/etcd/boltfile"
)

// inspect reads an engine folder that holds data, before the engine does. It fails when anything is missing or is not
// what was written: the engine itself would end the process, run with a part of the data, or begin an empty store.
//
// What it cannot see is said here: records that were acknowledged within the last 100 ms before a crash stand only in
// the log, and a log that was cut off behind such a crash looks as if they had never been written. And the engine's
// own numbers, such as the index up to which the log is applied, carry no checksum; they are tested against the log
// and the records only for being possible.
//
// Database and log are read at the same time. What the database holds is not read in vain: finder is told it, all but its
// end. rev is the revision that the database stands at.
func inspect(dir string, logger *zap.Logger, finder store.Finder) (rev int64, err error) {
	var from, to uint64
	logRead := make(chan error, 1)
	go func() {
		logRead <- guarded(func() (err error) {
			from, to, err = logged(datadir.ToWALDir(dir), logger)
			return err
		})
	}()
	var found *history
	err = guarded(func() (err error) {
		found, err = inspectDatabase(datadir.ToBackendFileName(dir), finder)
		return err
	})
	if err = errors.Join(err, <-logRead); err != nil {
		return 0, err
	}
	switch {
	case found.applied < from: // a database from before: what lies between is in neither
		return 0, fmt.Errorf("the log begins after entry %d, and the database holds entries up to %d", from, found.applied)
	case found.applied > to:
		// A write is applied to the database only after the log is synced. An index beyond the log would make the
		// engine acknowledge later writes without doing them.
		return 0, fmt.Errorf("the log ends at entry %d, and entry %d was applied already", to, found.applied)
	}
	return found.newest(), nil
}

// guarded makes an error of a panic: the engine's readers panic on what they cannot parse.
func guarded(read func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("read engine folder: %v", r)
		}
	}()
	return read()
}

// inspectDatabase reads every page and every record of the database file.
func inspectDatabase(path string, finder store.Finder) (*history, error) {
	file, err := os.Open(path) //nolint:gosec // our own folder
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	found := newHistory(finder)
	info, err := file.Stat()
	if err == nil {
		err = boltfile.Check(file, info.Size(), found.visit)
	}
	if err = errors.Join(err, file.Close()); err == nil {
		err = found.complete()
	}
	if err != nil {
		return nil, fmt.Errorf("database %s: %w", filepath.Base(path), err)
	}
	return found, nil
}

// logged reads the write-ahead log from its newest mark on: the entries after from, up to to, are whole.
func logged(dir string, logger *zap.Logger) (from, to uint64, err error) {
	if !wal.Exist(dir) {
		return 0, 0, errors.New("the log is missing")
	}
	if mark, ok := namedMark(filepath.Join(filepath.Dir(dir), "snap")); ok {
		if to, err := readLog(dir, mark, logger); err == nil {
			return mark.GetIndex(), to, nil
		}
	}
	marks, err := wal.ValidSnapshotEntries(logger, dir)
	if err != nil {
		return 0, 0, fmt.Errorf("read log: %w", err)
	}
	start := new(walpb.Snapshot)
	if len(marks) > 0 {
		start = marks[len(marks)-1]
	}
	to, err = readLog(dir, start, logger)
	return start.GetIndex(), to, err
}

// namedMark guesses the newest mark by the file that the engine writes with it, whose name has its term and its index. To
// look for it in the log means to read all of that, which takes a quarter of a second for each file; a wrong guess is not
// found there.
func namedMark(dir string) (*walpb.Snapshot, bool) {
	names, err := filepath.Glob(filepath.Join(dir, "*.snap"))
	if err != nil || len(names) == 0 {
		return nil, false
	}
	mark := &walpb.Snapshot{Term: new(uint64), Index: new(uint64)}
	_, err = fmt.Sscanf(filepath.Base(slices.Max(names)), "%016x-%016x.snap", mark.Term, mark.Index)
	return mark, err == nil
}

// readLog reads the log from a mark on and gives the index of the last entry.
func readLog(dir string, start *walpb.Snapshot, logger *zap.Logger) (to uint64, err error) {
	log, err := wal.OpenForRead(logger, dir, start)
	if err != nil {
		return 0, fmt.Errorf("open log: %w", err)
	}
	_, _, entries, err := log.ReadAll()
	if err != nil {
		return 0, fmt.Errorf("read log from entry %d: %w", start.GetIndex(), err)
	}
	if len(entries) == 0 {
		return start.GetIndex(), nil
	}
	return entries[len(entries)-1].GetIndex(), nil
}
