//go:build unix

package disk

import (
	"fmt"
	"math"

	"golang.org/x/sys/unix"
)

// freeBytes asks the file system how much an unprivileged process may still write. Root could use the reserved part
// too; it is left to root's own repairs.
func freeBytes(dir string) (int64, error) {
	var stat unix.Statfs_t
	if err := unix.Statfs(dir, &stat); err != nil {
		return 0, fmt.Errorf("statfs %s: %w", dir, err)
	}
	blocks, size := uint64(stat.Bavail), uint64(stat.Bsize) //nolint:gosec,unconvert // their types differ by system
	if size != 0 && blocks > math.MaxInt64/size {
		return math.MaxInt64, nil
	}
	return int64(blocks * size), nil //nolint:gosec // bounded above
}
