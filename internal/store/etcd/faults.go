package etcd

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/store"
)

// The reasons why a folder cannot be opened, beside store.Corrupt.
const (
	// InUse: another process has this data folder open.
	InUse fault.Reason = "store.in_use"
	// NewerVersion: a newer Lanyard wrote this folder. Run that version, or restore an older
	// snapshot into an empty folder.
	NewerVersion fault.Reason = "store.newer_version"
	// NotOurs: the folder holds something, and not a store of Lanyard. Name an empty folder or the right one.
	NotOurs fault.Reason = "store.not_ours"
	// ReadOnly: the folder cannot be written to.
	ReadOnly fault.Reason = "store.read_only"
)

// corrupt is the fault for a folder whose content cannot be trusted. It names the way out.
func corrupt(dir string, err error) error {
	way := "no automatic snapshot is left in " + snapshotDir(dir)
	if files, listErr := Snapshots(dir); listErr == nil && len(files) > 0 {
		way = "restore the newest snapshot with: lanyard restore " + files[0].Path
	}
	return fault.New(fault.Unavailable, store.Corrupt, "the store in %s is damaged; %s", dir, way).Because(err)
}

// damaged is the fault for a store that was initialised and cannot be opened for the reason err. What the operating
// system refuses (no space, no right, no descriptor) is no damage, and a restore would not help; a file that is missing
// or cannot be read is.
func damaged(dir string, err error) error {
	refusal, ok := errors.AsType[syscall.Errno](err)
	if !ok || refusal == syscall.ENOENT || refusal == syscall.EIO {
		return corrupt(dir, err)
	}
	return fault.New(fault.Unavailable, store.Unavailable, "the store in %s cannot be opened: %v", dir, refusal).Because(err)
}

// folderFault explains an error of the file system on the folder itself.
func folderFault(dir, act string, err error) error {
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) {
		return fault.New(fault.Unavailable, ReadOnly, "the data folder %s cannot be written to", dir).Because(err)
	}
	return fmt.Errorf("%s in data folder %s: %w", act, dir, err)
}

func unavailable(err error) error {
	return fault.New(fault.Unavailable, store.Unavailable, "the store does not answer").Because(err)
}

func closedFault() error {
	return fault.New(fault.Unavailable, store.Unavailable, "the store is closed")
}

func compacted(rev int64) error {
	return fault.New(fault.Gone, store.Compacted, "revision %d is no longer kept", rev)
}
