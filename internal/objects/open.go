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
	release := sp.readers.pin(key, info.Content)
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

// readers knows which generations of assembled objects are being read, so that their parts stay.
type readers struct {
	mu     sync.Mutex
	pinned map[string]map[int64]int // key, then Content, to the number of readers
	doomed map[string][]doom
}

// doom is parts that go when no generation up to content is read any more.
type doom struct {
	content int64
	files   []string
}

// pin notes a reader. The function ends that and gives the files that must go now.
func (r *readers) pin(key string, content int64) (release func() []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.pinned == nil {
		r.pinned, r.doomed = map[string]map[int64]int{}, map[string][]doom{}
	}
	if r.pinned[key] == nil {
		r.pinned[key] = map[int64]int{}
	}
	r.pinned[key][content]++
	return sync.OnceValue(func() []string { return r.unpin(key, content) })
}

func (r *readers) unpin(key string, content int64) (files []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.pinned[key][content]--; r.pinned[key][content] == 0 {
		delete(r.pinned[key], content)
	}
	r.doomed[key] = slices.DeleteFunc(r.doomed[key], func(d doom) bool {
		if r.reading(key, d.content) {
			return false
		}
		files = append(files, d.files...)
		return true
	})
	if len(r.pinned[key]) == 0 {
		delete(r.pinned, key)
		delete(r.doomed, key)
	}
	return files
}

// reading tells whether a generation up to content is read. The caller holds mu.
func (r *readers) reading(key string, content int64) bool {
	for c := range r.pinned[key] {
		if c <= content {
			return true
		}
	}
	return false
}

// doom takes files that the generation content was the last to need; false if nobody reads it or an earlier one.
func (r *readers) doom(key string, content int64, files []string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.reading(key, content) {
		return false
	}
	r.doomed[key] = append(r.doomed[key], doom{content, files})
	return true
}
