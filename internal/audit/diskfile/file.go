package diskfile

import (
	"errors"
	"fmt"
	"os"
)

// stretch is by how many bytes a file with reserved room is made longer than what is written in it. A sync behind an
// append that made the file longer has to write the new length into the journal of the file system as well, which takes
// about twice the time and work of the sync alone.
const stretch = 256 << 10

// File is a file that is appended to. It is for one goroutine.
type File struct {
	f        *os.File
	end      int64 // where the next write goes
	length   int64 // of the file; beyond end there are zeros
	reserved int64 // up to here the disk keeps room
}

// Open opens the file at path for appending, making it if it is not there.
func Open(path string) (*File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600) //nolint:gosec // the path is made here, not by a caller
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("size of %s: %w", path, errors.Join(err, f.Close()))
	}
	return &File{f: f, end: info.Size(), length: info.Size()}, nil
}

// Write appends.
func (d *File) Write(b []byte) (int, error) {
	d.lengthen(d.end + int64(len(b)))
	n, err := d.f.WriteAt(b, d.end)
	d.end += int64(n)
	d.length = max(d.length, d.end)
	return n, err
}

// lengthen makes the file longer ahead of a write up to end, within the reserved room. It need not succeed: the write then
// does it.
func (d *File) lengthen(end int64) {
	length := min(end+stretch, d.reserved)
	if end > d.length && end <= length && d.f.Truncate(length) == nil {
		d.length = length
	}
}

// Sync returns when the contents and the length are on the disk.
func (d *File) Sync() error { return syncData(d.f) }

// Truncate cuts the file to size and goes on writing there.
func (d *File) Truncate(size int64) error {
	if err := d.f.Truncate(size); err != nil {
		return err
	}
	d.end, d.length = size, size
	return nil
}

// Reserve makes the disk keep room for the file to grow to size. It fails with errors.ErrUnsupported where the system cannot
// do that.
func (d *File) Reserve(size int64) error {
	err := reserve(d.f, size)
	if err == nil {
		d.reserved = size
	}
	return err
}

// Close leaves the file as long as what was written. Where that fails, or nobody gets here, readers cut the zeros off.
func (d *File) Close() error {
	if d.length > d.end {
		_ = d.f.Truncate(d.end)
	}
	return d.f.Close()
}
