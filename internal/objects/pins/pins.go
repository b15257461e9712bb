package pins

import (
	"slices"
	"sync"
)

// Readers knows which generations of assembled objects are being read, so that their parts stay.
type Readers struct {
	mu     sync.Mutex
	pinned map[string]map[int64]int // key, then Content, to the number of readers
	doomed map[string][]doom
}

// doom is parts that go when no generation up to content is read any more.
type doom struct {
	content int64
	files   []string
}

// Pin notes a reader. The function ends that and gives the files that must go now.
func (r *Readers) Pin(key string, content int64) (release func() []string) {
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

func (r *Readers) unpin(key string, content int64) (files []string) {
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
func (r *Readers) reading(key string, content int64) bool {
	for c := range r.pinned[key] {
		if c <= content {
			return true
		}
	}
	return false
}

// Doom takes files that the generation content was the last to need; false if nobody reads it or an earlier one.
func (r *Readers) Doom(key string, content int64, files []string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.reading(key, content) {
		return false
	}
	r.doomed[key] = append(r.doomed[key], doom{content, files})
	return true
}
