package audit

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/lanyard-id/lanyard/internal/requestid"
)

// Filter chooses records; zero fields choose all.
type Filter struct {
	ID        requestid.ID
	Since     time.Time // inclusive
	Until     time.Time // exclusive
	Stream    Stream
	Principal string // equals the principal's id, display name or session
	Operation string // equals, ignoring case
	Outcome   Outcome
	Limit     int // 0 is no limit
}

// Query gives the records that f chooses, the newest first. What is in memory and what is on the disk are merged; a
// refusal that is in both comes once. The sequence ends after an error; an unreadable line is one.
func (l *Log) Query(ctx context.Context, f Filter) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		l.settle(ctx)
		sources := []*source{
			pull(l.ledger.newest(ctx, f)), pull(l.refusals.newest(ctx, f)),
			pull(l.access.recent.newest()), pull(l.folds.recent.newest()),
		}
		defer func() {
			for _, s := range sources {
				s.stop()
			}
		}()
		left, seen := f.Limit, map[requestid.ID]bool{}
		for {
			rec, err, ok := takeNewest(sources)
			if err != nil {
				yield(Record{}, err)
			}
			if err != nil || !ok {
				return
			}
			if !f.matches(&rec) || rec.Stream == RefusalsStream && rec.Outcome != Noted && seen[rec.ID] {
				continue
			}
			if rec.Stream == RefusalsStream {
				seen[rec.ID] = true
			}
			if !yield(rec, nil) {
				return
			}
			if left--; left == 0 {
				return
			}
		}
	}
}

// matches tells whether f chooses r.
func (f *Filter) matches(r *Record) bool {
	return (f.ID.IsZero() || f.ID == r.ID) &&
		(f.Since.IsZero() || !r.Time.Before(f.Since)) &&
		(f.Until.IsZero() || r.Time.Before(f.Until)) &&
		(f.Stream == "" || f.Stream == r.Stream) &&
		(f.Operation == "" || strings.EqualFold(f.Operation, r.Operation)) &&
		(f.Outcome == "" || f.Outcome == r.Outcome) &&
		(f.Principal == "" || f.Principal == r.Principal.ID || f.Principal == r.Principal.Display ||
			f.Principal == r.Principal.Session)
}

// mark is bytes that every line holds that f can choose, so that most lines are passed over undecoded.
func (f *Filter) mark() []byte {
	switch {
	case !f.ID.IsZero():
		return idMark(f.ID)[1:]
	case f.Outcome != "":
		return []byte(`"outcome":"` + string(f.Outcome) + `"`)
	}
	return nil
}

// source is one sequence of records with its next one at hand.
type source struct {
	next func() (Record, error, bool)
	stop func()
	rec  Record
	err  error
	ok   bool
}

func pull(seq iter.Seq2[Record, error]) *source {
	s := &source{}
	s.next, s.stop = iter.Pull2(seq)
	s.rec, s.err, s.ok = s.next()
	return s
}

// takeNewest takes the newest record that the sources have at hand, or an error as soon as one has it.
func takeNewest(sources []*source) (Record, error, bool) { //nolint:revive,staticcheck // the order of iter.Pull2
	var best *source
	for _, s := range sources {
		switch {
		case !s.ok:
		case s.err != nil:
			return Record{}, s.err, true
		case best == nil || s.rec.Time.After(best.rec.Time):
			best = s
		}
	}
	if best == nil {
		return Record{}, nil, false
	}
	rec := best.rec
	best.rec, best.err, best.ok = best.next()
	return rec, nil, true
}

// newest yields what the ring keeps.
func (r *ring) newest() iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		for _, rec := range r.latest() {
			if !yield(*rec, nil) {
				return
			}
		}
	}
}

// newest yields the chain's records from its end, without those that f surely does not choose.
func (c *chain) newest(ctx context.Context, f Filter) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		if f.Stream != "" && f.Stream != c.opt.stream {
			return
		}
		for _, s := range slices.Backward(c.snapshot()) {
			if err := ctx.Err(); err != nil {
				yield(Record{}, err)
				return
			}
			if !s.newest(f.mark(), yield) {
				return
			}
		}
	}
}

// newest yields the segment's records from its end; it is false when no more are wanted.
func (s segment) newest(mark []byte, yield func(Record, error) bool) bool {
	b, err := s.read()
	if errors.Is(err, fs.ErrNotExist) { // dropped meanwhile
		return true
	}
	if err != nil {
		yield(Record{}, unreadable(err))
		return false
	}
	for rest, line, ok := lastLine(b); ok; rest, line, ok = lastLine(rest) {
		if !bytes.Contains(line, mark) {
			continue
		}
		rec, err := parseLine(line)
		if err != nil {
			err = unreadable(err)
		}
		if !yield(rec, err) || err != nil {
			return false
		}
	}
	return true
}
