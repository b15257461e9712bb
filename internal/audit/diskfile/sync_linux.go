package diskfile

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// syncData flushes the contents and what is needed to read them back, but not the times: one journal write less.
func syncData(f *os.File) error {
	for {
		if err := unix.Fdatasync(int(f.Fd())); err != unix.EINTR { //nolint:errorlint // a bare errno
			return err
		}
	}
}

// reserve allocates blocks beyond the end; the file's length stays what was written.
func reserve(f *os.File, size int64) error {
	for {
		err := unix.Fallocate(int(f.Fd()), unix.FALLOC_FL_KEEP_SIZE, 0, size)
		if err == unix.EINTR { //nolint:errorlint // a bare errno
			continue
		}
		if err != nil {
			return fmt.Errorf("reserve %d bytes: %w", size, err)
		}
		return nil
	}
}
