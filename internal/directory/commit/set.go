package commit

import (
	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/store"
	"github.com/lanyard-id/lanyard/internal/view"
)

// MaxOps is how many changes go into one transaction beside the guard and the records.
const MaxOps = store.MaxOps - 2

// maxBytes leaves room for the guard in a transaction.
const maxBytes = store.MaxTxnBytes - 4<<10

// Set is changes in the order in which they were made, each good on what the former ones led to, and the records that tell
// of them. A key may change more than once. The zero value is empty.
type Set struct {
	log     []view.Change
	sizes   map[string]int // of the last value of each key
	bytes   int            // keys and last values
	records []audit.Entry
	told    int // bytes of the records
}

// Add takes up a change.
func (s *Set) Add(c view.Change) {
	if s.sizes == nil {
		s.sizes = map[string]int{}
	}
	s.log = append(s.log, c)
	size, again := s.sizes[c.Key]
	if !again {
		s.bytes += len(c.Key)
	}
	s.bytes += len(c.Value) - size
	s.sizes[c.Key] = len(c.Value)
}

// Tell takes up a record.
func (s *Set) Tell(e audit.Entry) {
	s.records = append(s.records, e)
	s.told += e.Size() + 1
}

// Join takes up the later changes and records of t.
func (s *Set) Join(t *Set) {
	for _, c := range t.log {
		s.Add(c)
	}
	s.records, s.told = append(s.records, t.records...), s.told+t.told
}

// Empty tells whether there is nothing to write.
func (s *Set) Empty() bool { return len(s.log) == 0 && len(s.records) == 0 }

// Len is how many keys change.
func (s *Set) Len() int { return len(s.sizes) }

// Takes tells whether the later changes t still fit into the same transaction, beside the guard.
func (s *Set) Takes(t *Set) bool {
	count, size := len(s.sizes), s.bytes+s.told+t.told
	for key, n := range t.sizes {
		before, again := s.sizes[key]
		if !again {
			count++
			size += len(key)
		}
		size += n - before
	}
	return count <= MaxOps && size <= maxBytes
}

// Chunks cuts the changes into transactions, in order. Only inside a chunk a key's last change stands for the ones
// before it, so that every chunk leads to a state that once was: two records never claim one unique thing in between. What
// fits in the end is one chunk, however large it was in between.
func (s *Set) Chunks() [][]view.Change {
	if s.Takes(new(Set)) {
		return [][]view.Change{s.merged()}
	}
	var chunks [][]view.Change
	chunk := Set{told: s.told}
	for _, c := range s.log {
		var one Set
		one.Add(c)
		if chunk.Len() > 0 && !chunk.Takes(&one) {
			chunks = append(chunks, chunk.merged())
			chunk = Set{}
		}
		chunk.Add(c)
	}
	return append(chunks, chunk.merged())
}

// merged gives the last change of each key.
func (s *Set) merged() []view.Change {
	at := make(map[string]int, len(s.sizes))
	list := make([]view.Change, 0, len(s.sizes))
	for _, c := range s.log {
		if i, again := at[c.Key]; again {
			list[i] = c
			continue
		}
		at[c.Key] = len(list)
		list = append(list, c)
	}
	return list
}
