package directory

import (
	"bytes"
	"time"

	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/directory/commit"
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
	decoder *view.Decoder
	records []audit.Record
	changes commit.Set
}

// Recorded is the command with the record that draft gives once it has run.
func (c Command) Recorded(draft func() audit.Record) Command {
	return func(e *Edit) error {
		err := c(e)
		if err == nil {
			e.Record(draft())
		}
		return err
	}
}

// Record has a record written in the same transaction as the changes: there is no change without it. The ledger has it soon
// after, also if the process is killed in between.
func (e *Edit) Record(rec audit.Record) {
	rec.Rev = e.NextRev()
	e.records = append(e.records, rec)
}

// Outcome says what a method that puts a thing did.
type Outcome = commit.Outcome

// The outcomes. Unchanged wrote nothing: the thing was already as it should be.
const (
	Unchanged = commit.Unchanged
	Created   = commit.Created
	Updated   = commit.Updated
)

// Try runs a command on v without committing it, and gives the View that it would lead to and the records of it: a dry run.
func Try(v *view.View, now time.Time, command Command) (*view.View, []audit.Record, error) {
	e := newEdit(v, v.Rev(), now, new(view.Decoder))
	if err := command(e); err != nil {
		return nil, nil, err
	}
	return e.view, e.records, nil
}

func newEdit(v *view.View, base int64, now time.Time, decoder *view.Decoder) *Edit {
	return &Edit{view: v, base: base, now: now.UTC().Truncate(time.Second), decoder: decoder}
}

// View is the state with the changes made so far.
func (e *Edit) View() *view.View { return e.view }

// Now is the time at which the command runs, in whole seconds of UTC.
func (e *Edit) Now() time.Time { return e.now }

// NextRev is a revision that this command's write will reach at least and that no View published before it has.
func (e *Edit) NextRev() int64 { return e.base + 1 }

// maxRecord bounds one stored record in bytes, so that a transaction has room for several.
const maxRecord = 256 << 10

// Save writes the record if it differs from what lies under its key. It is for the rooms that own a noun's rules: it checks
// none itself but the record's size.
func (e *Edit) Save(r view.Record) (Outcome, error) {
	c, err := view.Put(r)
	if err != nil {
		return Unchanged, refused(err)
	}
	if len(c.Value) > maxRecord {
		return Unchanged, invalid(LimitExceeded, "this takes %d bytes to store, the limit is %d", len(c.Value), maxRecord)
	}
	switch {
	case e.view.At(c.Key) == nil:
		return Created, e.apply(c)
	case !e.differs(r):
		return Unchanged, nil
	}
	return Updated, e.apply(c)
}

// differs tells whether saving the record would change what lies under its key.
func (e *Edit) differs(r view.Record) bool {
	c, err := view.Put(r)
	if old := e.view.At(c.Key); err == nil && old != nil {
		before, err := view.Put(old)
		return err != nil || !bytes.Equal(before.Value, c.Value)
	}
	return true // what cannot be stored is said by Save
}

// Remove deletes the record; nil is nothing.
func (e *Edit) Remove(r view.Record) error {
	if r == nil {
		return nil
	}
	return e.apply(view.Remove(r))
}

func (e *Edit) apply(c view.Change) error {
	next, err := e.decoder.Apply(e.view, e.NextRev(), []view.Change{c})
	if err != nil {
		return refused(err)
	}
	if r := view.Ended(e.view.At(c.Key), next.At(c.Key), e.now); r != nil {
		if _, err := e.Save(r); err != nil { // first: where a long command is written in parts, nothing ends untold
			return err
		}
		if next, err = e.decoder.Apply(e.view, e.NextRev(), []view.Change{c}); err != nil {
			return refused(err)
		}
	}
	e.view = next
	e.changes.Add(c)
	return nil
}
