package disk

import (
	"fmt"
	"math"

	"golang.org/x/sys/windows"
)

// freeBytes asks the file system how much this user may still write.
func freeBytes(dir string) (int64, error) {
	path, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return 0, fmt.Errorf("name %q: %w", dir, err)
	}
	var free uint64
	if err := windows.GetDiskFreeSpaceEx(path, &free, nil, nil); err != nil {
		return 0, fmt.Errorf("free space of %s: %w", dir, err)
	}
	return int64(min(free, math.MaxInt64)), nil
}
