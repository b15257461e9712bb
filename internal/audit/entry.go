package audit

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
)

// Entry is a record on its way into the ledger. It is made before what it tells of happens, so that both can be written
// in one transaction; the ledger gets it afterwards.
type Entry struct {
	record Record
	body   []byte // the record's text without its closing brace
}

// Entry makes an entry of a record, and gives it what the log knows.
func (l *Log) Entry(rec Record) (Entry, error) {
	l.stamp(&rec, LedgerStream)
	return EntryOf(rec)
}

// EntryOf makes an entry of a record as it is.
func EntryOf(rec Record) (Entry, error) {
	body, err := encodeBody(&rec)
	return Entry{rec, body}, err
}

// Record is what the entry tells.
func (e Entry) Record() Record { return e.record }

// Text is the entry as JSON.
func (e Entry) Text() []byte { return append(bytes.Clone(e.body), '}') }

// Size is the length of the text.
func (e Entry) Size() int { return len(e.body) + 1 }

// ParseEntry reads what Text gave.
func ParseEntry(text []byte) (Entry, error) {
	var rec Record
	if err := json.Unmarshal(text, &rec); err != nil {
		return Entry{}, fmt.Errorf("read ledger entry: %w", err)
	}
	return EntryOf(rec)
}

// At is the entry for a change that turned out to be written at the revision.
func (e Entry) At(rev int64) (Entry, error) {
	if e.record.Rev == rev {
		return e, nil
	}
	e.record.Rev = rev
	return EntryOf(e.record)
}

// Enter hands entries to the ledger's writer, and gives a channel that tells when they are durable, or why they are not.
// What was handed over is found by every reader who comes later, as long as the disk takes it. Whoever calls Close must have heard of all entries.
func (l *Log) Enter(entries ...Entry) <-chan error {
	w := &waiting{entries: entries, done: make(chan error, 1)}
	if l.isClosed.Load() {
		w.done <- errClosed
	} else {
		l.queue <- w
	}
	return w.done
}

// Complete returns when the ledger has all of the entries: those that it lacks are written. It looks where the ledger stood
// at the time of an entry, so one that was written much later, or by another clock, is written again.
func (l *Log) Complete(ctx context.Context, entries []Entry) error {
	var lacks []Entry
	all := l.ledger.snapshot()
	read := map[int][]byte{}
	for _, e := range entries {
		has, err := e.within(all, read)
		if err != nil {
			return unreadable(err)
		}
		if !has {
			lacks = append(lacks, e)
		}
	}
	select {
	case err := <-l.Enter(lacks...):
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// within tells whether the segment that was open at the time of the entry has it, or one beside: when a segment was begun is
// known to the millisecond alone.
func (e Entry) within(all []segment, read map[int][]byte) (bool, error) {
	open := len(all) - 1
	for open > 0 && all[open].begun.After(e.record.Time) {
		open--
	}
	for i := max(open-1, 0); i < min(open+2, len(all)); i++ {
		if _, known := read[i]; !known {
			b, err := all[i].read()
			if err != nil {
				return false, err
			}
			read[i] = b
		}
		if e.isIn(read[i]) {
			return true, nil
		}
	}
	return false, nil
}

// isIn tells whether one of the lines is the entry's. A part of one, in what a crash has left, is none.
func (e Entry) isIn(lines []byte) bool {
	for {
		_, behind, found := bytes.Cut(lines, e.body)
		if !found {
			return false
		}
		line, _, _ := cutLine(lines[len(lines)-len(behind)-len(e.body):])
		if _, err := checkLine(line); err == nil && bytes.HasPrefix(behind, []byte(`,"seq":`)) {
			return true
		}
		lines = behind
	}
}

// settle waits until everything is written that was handed over before, so that a change which was answered is found. Where
// nothing can be written, what there is can be read all the same.
func (l *Log) settle(ctx context.Context) {
	if l.gate() == nil {
		_ = l.submit(ctx, l.waiter()) // writes nothing itself
	}
}
