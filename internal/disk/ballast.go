package disk

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
)

// DefaultBallast is the size of the ballast, in bytes.
const DefaultBallast int64 = 64 << 20

// Ballast is a file of nothing that takes up space while there is enough. When the disk is full it is released, and
// the audit can write down what happens then. Its methods may be called concurrently.
type Ballast struct {
	path  string
	bytes int64
	mu    sync.Mutex
}

// NewBallast names a ballast; nothing is done yet. The file survives the process, so one may be there already.
func NewBallast(path string, bytes int64) *Ballast {
	return &Ballast{path: path, bytes: bytes}
}

// Fill takes the space up, unless the whole file is there already. On failure nothing is left behind. Call it at the
// start, and again when the Guard says that there is space.
func (b *Ballast) Fill() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	held, err := b.held()
	if err != nil || held {
		return err
	}
	file, err := os.OpenFile(b.path, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("make ballast: %w", err)
	}
	err = allocate(file, b.bytes)
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("fill ballast: %w", errors.Join(err, os.Remove(b.path)))
	}
	return nil
}

// Release gives the space back. Releasing what is not there is no error.
func (b *Ballast) Release() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := os.Remove(b.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("release ballast: %w", err)
	}
	return nil
}

// Held says whether the whole space is taken up.
func (b *Ballast) Held() (bool, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.held()
}

// held looks at the file. One that was cut short by a crash is too small and does not count.
func (b *Ballast) held() (bool, error) {
	info, err := os.Lstat(b.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("look at ballast: %w", err)
	case !info.Mode().IsRegular():
		return false, fmt.Errorf("the ballast %s is no file", b.path)
	}
	return info.Size() == b.bytes, nil
}

// fillWithZeros writes the space full, where it cannot be had otherwise.
func fillWithZeros(file *os.File, bytes int64) error {
	block := make([]byte, 1<<20)
	for bytes > 0 {
		n, err := file.Write(block[:min(bytes, int64(len(block)))])
		if err != nil {
			return err
		}
		bytes -= int64(n)
	}
	return nil
}
