//go:build !linux

package diskfile

import (
	"errors"
	"os"
)

// syncData flushes the file; on macOS the standard library asks the drive itself to flush.
func syncData(f *os.File) error { return f.Sync() }

// reserve is not offered here: a full disk stops the ledger at the record that no longer fits.
func reserve(*os.File, int64) error { return errors.ErrUnsupported }
