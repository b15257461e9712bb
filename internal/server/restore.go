package server

import (
	"archive/tar"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/store/etcd"
)

// Restored tells what a restore did.
type Restored struct {
	StoreID string // of the installation; empty for a bare snapshot
	KEKPath string // where the key encryption key was when the backup was made; empty for a bare snapshot
	Rev     int64
}

// maxAbout bounds the description in a backup.
const maxAbout = 64 << 10

// Restore makes a data folder anew from a backup, or its store alone from an automatic snapshot. No server may run on
// it. What it holds is not issued from until an operator confirms: somebody may have been deleted since the backup.
func Restore(ctx context.Context, file, data string, log *slog.Logger) (Restored, error) {
	f, err := os.Open(file) //nolint:gosec // the operator names it
	if err != nil {
		return Restored{}, fault.New(fault.Invalid, NotBackup, "%s", err)
	}
	defer f.Close() //nolint:errcheck // it was only read
	t := tar.NewReader(f)
	head, err := t.Next()
	if err != nil || head.Name != backupAbout { // not a tar of ours: a bare snapshot says itself whether it is one
		done, err := etcd.Restore(ctx, file, data, log)
		return Restored{Rev: done.Rev}, err
	}
	description, err := readAbout(t)
	if err != nil {
		return Restored{}, err
	}
	for _, folder := range []string{objectsFolder, auditFolder} {
		if _, err := os.Lstat(filepath.Join(data, folder)); err == nil {
			return Restored{}, fault.New(fault.Conflict, DataPresent,
				"%s holds %s already: stop its server and move it away, or restore into another folder with --data.", data, folder)
		}
	}
	staging, err := os.MkdirTemp(filepath.Dir(filepath.Clean(data)), ".lanyard-restore-*")
	if err != nil {
		return Restored{}, err
	}
	defer os.RemoveAll(staging) //nolint:errcheck // a left-over is only untidy
	if err := unpack(t, staging); err != nil {
		return Restored{}, err
	}
	done, err := etcd.Restore(ctx, filepath.Join(staging, backupStore), data, log)
	if err != nil {
		return Restored{}, err
	}
	for _, folder := range []string{objectsFolder, auditFolder} {
		err := os.Rename(filepath.Join(staging, folder), filepath.Join(data, folder))
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return Restored{}, err
		}
	}
	return Restored{StoreID: description.StoreID, KEKPath: description.KEKPath, Rev: done.Rev}, nil
}

func readAbout(t *tar.Reader) (about, error) {
	var a about
	b, err := io.ReadAll(io.LimitReader(t, maxAbout))
	if err == nil {
		err = json.Unmarshal(b, &a)
	}
	if err != nil {
		return a, fault.New(fault.Invalid, NotBackup, "The backup's description cannot be read.").Because(err)
	}
	if a.Format != backupFormat {
		return a, fault.New(fault.Unsupported, NotBackup, "The backup was written by version %s in format %d; this version reads format %d.",
			a.Version, a.Format, backupFormat)
	}
	return a, nil
}

// unpack writes the files of a backup below dir. Only plain files under the known names are accepted, so that no backup
// can write anywhere else.
func unpack(t *tar.Reader, dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close() //nolint:errcheck // nothing is written through it any more
	for {
		head, err := t.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fault.New(fault.Invalid, NotBackup, "The backup is damaged or was cut short.").Because(err)
		}
		if !backedUp(head) {
			return fault.New(fault.Invalid, NotBackup, "The backup holds something that no backup holds: %q.", head.Name)
		}
		if err := unpackFile(root, head.Name, t); err != nil {
			return err
		}
	}
}

// backedUp tells whether an entry is one that Backup writes.
func backedUp(h *tar.Header) bool {
	if h.Typeflag != tar.TypeReg || h.Name != path.Clean(h.Name) || !filepath.IsLocal(h.Name) {
		return false
	}
	first, _, nested := strings.Cut(h.Name, "/")
	return h.Name == backupStore || nested && (first == objectsFolder || first == auditFolder)
}

func unpackFile(root *os.Root, name string, from io.Reader) error {
	if err := root.MkdirAll(path.Dir(name), 0o700); err != nil {
		return err
	}
	f, err := root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, from)
	return errors.Join(err, f.Sync(), f.Close())
}
