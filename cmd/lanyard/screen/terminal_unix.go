//go:build unix

package screen

import (
	"os"

	"golang.org/x/sys/unix"
)

// terminal tells whether a file is a terminal: only those have a window.
func terminal(f *os.File) bool {
	_, err := unix.IoctlGetWinsize(int(f.Fd()), unix.TIOCGWINSZ) //nolint:gosec // a file descriptor fits
	return err == nil
}
