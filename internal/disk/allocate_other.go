//go:build !linux

package disk

import "os"

// allocate takes the space up by writing it.
func allocate(file *os.File, bytes int64) error { return fillWithZeros(file, bytes) }
