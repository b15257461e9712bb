//go:build !unix

package screen

import "os"

// terminal tells whether a file is a character device.
func terminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
