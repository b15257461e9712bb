package audit

import (
	"fmt"
	"os"
)

// file is what a chain needs of the segment that it writes. Tests put failing ones in its place.
type file interface {
	// Write appends at the end.
	Write(b []byte) (int, error)
	// Sync returns when the contents and the length are on the disk.
	Sync() error
	// Truncate cuts the file to size and goes on writing there.
	Truncate(size int64) error
	// Reserve makes the disk keep room for the file to grow to size, without making it longer. It fails with
	// errors.ErrUnsupported where the system cannot do that.
	Reserve(size int64) error
	Close() error
}

// opener opens the file at path for appending, making it if it is not there.
type opener func(path string) (file, error)

// diskFile is a file of the operating system.
type diskFile struct {
	f   *os.File
	end int64
}

func openDiskFile(path string) (file, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600) //nolint:gosec // the path is made here, not by a caller
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("size of %s: %w", path, closeWith(f, err))
	}
	return &diskFile{f, info.Size()}, nil
}

// closeWith closes f after err and keeps both errors.
func closeWith(f *os.File, err error) error {
	if closing := f.Close(); closing != nil {
		return fmt.Errorf("%w (and closing it: %w)", err, closing)
	}
	return err
}

func (d *diskFile) Write(b []byte) (int, error) {
	n, err := d.f.WriteAt(b, d.end)
	d.end += int64(n)
	return n, err
}

func (d *diskFile) Sync() error { return syncData(d.f) }

func (d *diskFile) Truncate(size int64) error {
	if err := d.f.Truncate(size); err != nil {
		return err
	}
	d.end = size
	return nil
}

func (d *diskFile) Reserve(size int64) error { return reserve(d.f, size) }

func (d *diskFile) Close() error { return d.f.Close() }
