package objects

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
)

// openObject opens an object's file while nobody can replace it, so that description and content belong together.
func (sp *space) openObject(root *os.Root, key string) (*Object, error) {
	sp.mu.RLock()
	defer sp.mu.RUnlock()
	at, ok := sp.find(key)
	if !ok {
		return nil, notFound(key)
	}
	info := sp.index[at]
	f, err := root.Open(filepath.Join(sp.folder, fileName(key)))
	if err != nil {
		return nil, ioFault(err)
	}
	if info.Parts == 0 {
		return &Object{Info: *info, content: io.NewSectionReader(f, 0, info.Size), close: f.Close}, nil
	}
	list, err := readList(f)
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, damaged(filepath.Join(sp.folder, fileName(key)), err)
	}
	release := sp.readers.Pin(key, info.Content)
	s := &strand{root: root, sp: sp, pieces: list, ends: make([]int64, len(list))}
	var end int64
	for i, p := range list {
		end += p.Size
		s.ends[i] = end
	}
	return &Object{Info: *info, content: io.NewSectionReader(s, 0, info.Size), close: func() error {
		err := s.close()
		removeParts(root, release())
		return err
	}}, nil
}

// strand reads parts as if they were one file. One part is open at a time.
type strand struct {
	root   *os.Root
	sp     *space
	pieces []piece
	ends   []int64 // where each piece ends

	mu   sync.Mutex
	at   int // the piece that is open
	file *os.File
}

// ReadAt reads across parts; io.ReaderAt.
func (s *strand) ReadAt(p []byte, off int64) (n int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for n < len(p) {
		i, _ := slices.BinarySearch(s.ends, off+1) // the first piece that ends behind off
		if i == len(s.ends) {
			return n, io.EOF
		}
		if err := s.turnTo(i); err != nil {
			return n, err
		}
		begin := s.ends[i] - s.pieces[i].Size
		want := p[n:min(int64(len(p)), int64(n)+s.ends[i]-off)]
		got, err := s.file.ReadAt(want, off-begin)
		n, off = n+got, off+int64(got)
		if got < len(want) {
			return n, errors.Join(io.ErrUnexpectedEOF, err)
		}
	}
	return n, nil
}

// turnTo opens a piece.
func (s *strand) turnTo(i int) error {
	if s.file != nil && s.at == i {
		return nil
	}
	f, err := s.root.Open(s.sp.partFile(s.pieces[i]))
	if err != nil {
		return err
	}
	if s.file != nil {
		_ = s.file.Close() // it was only read
	}
	s.file, s.at = f, i
	return nil
}

func (s *strand) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.file == nil {
		return nil
	}
	return s.file.Close()
}
