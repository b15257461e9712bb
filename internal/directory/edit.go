package directory

import (
	"bytes"
	"iter"
	"time"

	"github.com/lanyard-id/lanyard/internal/view"
)

// Command is one change, made by reading e.View() and calling the methods of e that change nouns. It runs in the writer
// loop: it must not wait for anything. It may run more than once before it is committed, so what it hands out it must
// set anew each time. If it gives an error, nothing of it is kept.
type Command func(e *Edit) error

// Edit is the work of one command: a View with the changes made so far, none of which is committed yet.
type Edit struct {
	view    *view.View
	base    int64 // revision of the published View
	now     time.Time
	changes changeSet
}

// Outcome says what a method that puts a thing did.
type Outcome uint8

// The outcomes. Unchanged wrote nothing: the thing was already as it should be.
const (
	Unchanged Outcome = iota
	Created
	Updated
)

// String is the word used in plans.
func (o Outcome) String() string {
	switch o {
	case Created:
		return "create"
	case Updated:
		return "update"
	case Unchanged:
	}
	return "unchanged"
}

// Try runs a command on v without committing it, and gives the View that it would lead to: a dry run.
func Try(v *view.View, now time.Time, command Command) (*view.View, error) {
	e := newEdit(v, v.Rev(), now)
	if err := command(e); err != nil {
		return nil, err
	}
	return e.view, nil
}

func newEdit(v *view.View, base int64, now time.Time) *Edit {
	return &Edit{view: v, base: base, now: now.UTC().Truncate(time.Second), changes: newChangeSet()}
}

// View is the state with the changes made so far.
func (e *Edit) View() *view.View { return e.view }

// Now is the time at which the command runs, in whole seconds of UTC.
func (e *Edit) Now() time.Time { return e.now }

// nextRev is a revision that this command's write will reach at least and that no View published before it has.
func (e *Edit) nextRev() int64 { return e.base + 1 }

// maxRecord bounds one stored record in bytes, so that a transaction has room for several.
const maxRecord = 256 << 10

// save writes the record if it differs from what lies under its key.
func (e *Edit) save(r view.Record) (Outcome, error) {
	c, err := view.Put(r)
	if err != nil {
		return Unchanged, refused(err)
	}
	if len(c.Value) > maxRecord {
		return Unchanged, invalid(LimitExceeded, "this takes %d bytes to store, the limit is %d", len(c.Value), maxRecord)
	}
	outcome := Created
	if old := e.view.At(c.Key); old != nil {
		before, err := view.Put(old)
		if err != nil {
			return Unchanged, refused(err)
		}
		if bytes.Equal(before.Value, c.Value) {
			return Unchanged, nil
		}
		outcome = Updated
	}
	return outcome, e.apply(c)
}

// remove deletes the record; nil is nothing.
func (e *Edit) remove(r view.Record) error {
	if r == nil {
		return nil
	}
	return e.apply(view.Remove(r))
}

func (e *Edit) apply(c view.Change) error {
	next, err := e.view.Apply(e.nextRev(), []view.Change{c})
	if err != nil {
		return refused(err)
	}
	e.view = next
	e.changes.add(c)
	return nil
}

// changeSet keeps the last change of each key, in the order in which the keys were first changed.
type changeSet struct {
	list  []view.Change
	at    map[string]int
	bytes int
}

func newChangeSet() changeSet { return changeSet{at: map[string]int{}} }

func (s *changeSet) add(c view.Change) {
	if i, again := s.at[c.Key]; again {
		s.bytes += len(c.Value) - len(s.list[i].Value)
		s.list[i] = c
		return
	}
	s.at[c.Key] = len(s.list)
	s.list = append(s.list, c)
	s.bytes += len(c.Key) + len(c.Value)
}

// takes tells whether the later changes t still fit into the same transaction, beside the guard.
func (s *changeSet) takes(t changeSet) bool {
	count, size := len(s.list), s.bytes
	for _, c := range t.list {
		if i, again := s.at[c.Key]; again {
			size += len(c.Value) - len(s.list[i].Value)
			continue
		}
		count++
		size += len(c.Key) + len(c.Value)
	}
	return count <= MaxOps && size <= maxBytes
}

// chunks splits the changes into runs that each fit into one transaction.
func (s changeSet) chunks() [][]view.Change {
	var chunks [][]view.Change
	start, size := 0, 0
	for i, c := range s.list {
		n := len(c.Key) + len(c.Value)
		if i > start && (i-start == MaxOps || size+n > maxBytes) {
			chunks = append(chunks, s.list[start:i])
			start, size = i, 0
		}
		size += n
	}
	return append(chunks, s.list[start:])
}

// count is how many values a sequence has.
func count[T any](seq iter.Seq[T]) int {
	n := 0
	for range seq {
		n++
	}
	return n
}
