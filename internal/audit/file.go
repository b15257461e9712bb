package audit

import "github.com/lanyard-id/lanyard/internal/audit/diskfile"

// file is what a chain needs of the segment that it writes. Tests put failing ones in its place.
type file interface {
	// Write appends behind what was written.
	Write(b []byte) (int, error)
	// Sync returns when the contents and the length are on the disk.
	Sync() error
	// Truncate cuts the file to size and goes on writing there.
	Truncate(size int64) error
	// Reserve makes the disk keep room for the file to grow to size. The file may be longer than what was written while it
	// is open, with zeros behind. It fails with errors.ErrUnsupported where the system cannot do that.
	Reserve(size int64) error
	Close() error
}

// opener opens the file at path for appending, making it if it is not there.
type opener func(path string) (file, error)

func openDiskFile(path string) (file, error) {
	f, err := diskfile.Open(path)
	if err != nil {
		return nil, err
	}
	return f, nil
}
