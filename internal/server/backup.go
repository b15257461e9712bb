package server

import (
	"archive/tar"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/lanyard-id/lanyard/internal/fault"
)

// A backup is a tar file: its description first, then a snapshot of the store, the objects and the ledger. It never
// holds the key encryption key: whoever has only the backup can open none of the keys in it.
const (
	backupAbout = "lanyard-backup.json"
	backupStore = "store.db"
)

// backupFormat is the version of the layout.
const backupFormat = 1

// about describes a backup.
type about struct {
	Format  int       `json:"format"`
	Version string    `json:"version"`
	StoreID string    `json:"storeId"`
	Rev     int64     `json:"revision"`
	Made    time.Time `json:"made"`
	KEKPath string    `json:"keyEncryptionKey"` // where the key that this backup needs was kept; it is not in here
}

// Backup writes a backup of the running server. The store's snapshot is taken first: objects that are written meanwhile
// may be in the backup without their bucket, never the other way round.
func (s *Server) Backup(ctx context.Context, w io.Writer) error {
	snapshot, err := os.CreateTemp(s.cfg.Data, "backup-*.db")
	if err != nil {
		return err
	}
	defer os.Remove(snapshot.Name()) //nolint:errcheck // a left-over is only untidy
	defer snapshot.Close()           //nolint:errcheck // it was read back
	v := s.View()
	if err := s.store.Snapshot(ctx, snapshot); err != nil {
		return err
	}
	t := tar.NewWriter(w)
	description, err := json.MarshalIndent(about{
		Format: backupFormat, Version: Version, StoreID: v.Installation().StoreID.String(), Rev: v.Rev(), Made: s.now().UTC(),
		KEKPath: s.ring.KEKPath(),
	}, "", "  ")
	if err != nil {
		return err
	}
	head := &tar.Header{Name: backupAbout, Mode: 0o600, Size: int64(len(description)), ModTime: s.now()}
	if err := t.WriteHeader(head); err != nil {
		return err
	}
	if _, err := t.Write(description); err != nil {
		return err
	}
	if err := addFile(t, backupStore, snapshot.Name()); err != nil {
		return err
	}
	for _, folder := range []string{objectsFolder, auditFolder} {
		if err := addFolder(ctx, t, s.cfg.Data, folder); err != nil {
			return err
		}
	}
	return t.Close()
}

// addFolder adds every file of a folder. Objects appear by rename and vanish; audit segments grow: each is added as long
// as it is when it is opened, and one that has vanished is left out.
func addFolder(ctx context.Context, t *tar.Writer, data, folder string) error {
	return filepath.WalkDir(filepath.Join(data, folder), func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		rel, err := filepath.Rel(data, path)
		if err != nil {
			return err
		}
		if err := addFile(t, filepath.ToSlash(rel), path); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	})
}

func addFile(t *tar.Writer, name, path string) error {
	f, err := os.Open(path) //nolint:gosec // a path that we walked ourselves
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // it was only read
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if err := t.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: info.Size(), ModTime: info.ModTime()}); err != nil {
		return err
	}
	_, err = io.CopyN(t, f, info.Size())
	return err
}

// Why a file is not restored.
const (
	// NotBackup means that the file is neither a backup nor a snapshot of a store, or was cut short.
	NotBackup fault.Reason = "backup.not_a_backup"
	// DataPresent means that the data folder holds objects or audit records that a restore would replace.
	DataPresent fault.Reason = "backup.data_present"
)
