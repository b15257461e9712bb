//go:build unix

package diskfile

import (
	"errors"
	"os"
)

// SyncFolder makes names that were made, changed or removed in a folder durable.
func SyncFolder(path string) error {
	d, err := os.Open(path) //nolint:gosec // the path is made here, not by a caller
	if err != nil {
		return err
	}
	if err := d.Sync(); err != nil {
		return errors.Join(err, d.Close())
	}
	return d.Close()
}
