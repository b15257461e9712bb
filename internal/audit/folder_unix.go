//go:build unix

package audit

import "os"

// syncFolder makes names that were made, changed or removed in a folder durable.
func syncFolder(path string) error {
	d, err := os.Open(path) //nolint:gosec // the path is made here, not by a caller
	if err != nil {
		return err
	}
	if err := d.Sync(); err != nil {
		return closeWith(d, err)
	}
	return d.Close()
}
