//go:build unix

package keyring

import (
	"io/fs"
	"os"
)

// exposed tells whether anybody but the owner may touch the file.
func exposed(info fs.FileInfo) bool { return info.Mode().Perm()&0o077 != 0 }

// syncFolder makes a new name in a folder durable.
func syncFolder(path string) error {
	d, err := os.Open(path) //nolint:gosec // the folder of a file that was just made
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }() // opened for reading: nothing can be lost
	return d.Sync()
}
