package etcd

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

const (
	snapshotSuffix = ".db"
	// snapshotTime makes names that sort by time, in UTC.
	snapshotTime = "20060102T150405.000Z"
)

// SnapshotFile is one automatic snapshot.
type SnapshotFile struct {
	Path  string
	Time  time.Time // when it was begun, UTC
	Bytes int64
}

// Snapshot writes the whole database as it stands at one revision, followed by its SHA-256: the format that etcd's own
// tools write and read.
func (s *Store) Snapshot(ctx context.Context, w io.Writer) error {
	leave, err := s.enter()
	if err != nil {
		return err
	}
	defer leave()
	bound, release := bind(ctx, s.failed, s.over)
	defer release()
	s.copies.RLock()
	defer s.copies.RUnlock()
	view := s.server.Server.Backend().Snapshot()
	sum := sha256.New()
	out := &snapshotWriter{ctx: bound, to: io.MultiWriter(w, sum)}
	_, err = view.WriteTo(out)
	if err = errors.Join(err, view.Close(), out.err); err == nil {
		_, err = w.Write(sum.Sum(nil))
	}
	switch {
	case err == nil:
		return nil
	case bound.Err() != nil:
		return s.readFault(ctx, err)
	}
	return fmt.Errorf("write snapshot: %w", err)
}

// snapshotWriter writes until its context is over, and keeps the error that the engine takes the type off.
type snapshotWriter struct {
	ctx context.Context //nolint:containedctx // it lives for one call
	to  io.Writer
	err error
}

func (w *snapshotWriter) Write(p []byte) (n int, err error) {
	if w.err = w.ctx.Err(); w.err == nil {
		n, w.err = w.to.Write(p)
	}
	return n, w.err
}

// WriteSnapshot writes an automatic snapshot into the data folder, whole or not at all, and removes all but the newest
// keep of them. It gives the path of the new one. A restore from it loses what was written later.
func (s *Store) WriteSnapshot(ctx context.Context, now time.Time, keep int) (string, error) {
	dir := snapshotDir(s.config.Dir)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", folderFault(s.config.Dir, "make snapshot folder", err)
	}
	path := filepath.Join(dir, now.UTC().Format(snapshotTime)+snapshotSuffix)
	if err := replaceFile(path, func(file *os.File) error { return s.Snapshot(ctx, file) }); err != nil {
		return "", fmt.Errorf("write automatic snapshot: %w", err)
	}
	files, err := Snapshots(s.config.Dir)
	if err != nil {
		return "", err
	}
	for _, old := range files[min(max(keep, 1), len(files)):] {
		err = errors.Join(err, os.Remove(old.Path))
	}
	return path, err
}

// Snapshots lists the automatic snapshots of a data folder, the newest first. The store need not be open.
func Snapshots(dir string) ([]SnapshotFile, error) {
	entries, err := os.ReadDir(snapshotDir(dir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, folderFault(dir, "list snapshots", err)
	}
	var files []SnapshotFile
	for _, entry := range entries {
		stamp, isSnapshot := strings.CutSuffix(entry.Name(), snapshotSuffix)
		taken, err := time.Parse(snapshotTime, stamp)
		if !isSnapshot || err != nil {
			continue // not one of ours, or a partial one
		}
		info, err := entry.Info()
		if err != nil {
			return nil, folderFault(dir, "list snapshots", err)
		}
		files = append(files, SnapshotFile{Path: filepath.Join(snapshotDir(dir), entry.Name()), Time: taken, Bytes: info.Size()})
	}
	slices.SortFunc(files, func(a, b SnapshotFile) int { return b.Time.Compare(a.Time) })
	return files, nil
}
