package audit

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"slices"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/requestid"
)

// Find gives the newest record of a request. It looks at what is in memory, then at the segment that was written when
// the request arrived (the id says when), then at those after it, then at the rest. A request whose refusal was folded
// is found as long as it is in memory, and longer if it was the first or last of its fold.
func (l *Log) Find(ctx context.Context, id requestid.ID) (Record, error) {
	if id.IsZero() {
		return Record{}, notFound(id)
	}
	l.settle(ctx)
	for _, r := range []*ring{l.access.recent, l.folds.recent} {
		if rec, ok := r.find(id); ok {
			return rec, nil
		}
	}
	for _, c := range []*chain{l.ledger, l.refusals} {
		for _, s := range nearest(c.snapshot(), id) {
			if err := ctx.Err(); err != nil {
				return Record{}, err
			}
			rec, ok, err := s.find(id)
			if err != nil || ok {
				return rec, err
			}
		}
	}
	return Record{}, notFound(id)
}

func notFound(id requestid.ID) error {
	return fault.New(fault.NotFound, NotFound, "no record of request %s is kept here", id)
}

func (r *ring) find(id requestid.ID) (Record, bool) {
	for _, rec := range r.latest() {
		if rec.ID == id {
			return *rec, true
		}
	}
	return Record{}, false
}

// nearest orders segments by how likely they hold the request: the one that was open when it arrived, then newer ones,
// then older ones (a clock may have been set back).
func nearest(segments []segment, id requestid.ID) []segment {
	at := len(segments) - 1
	for at > 0 && segments[at].begun.After(id.Time()) {
		at--
	}
	if at < 0 {
		return nil
	}
	older := slices.Clone(segments[:at])
	slices.Reverse(older)
	return append(slices.Clone(segments[at:]), older...)
}

// find looks for the last line of the request in the segment. The bytes that it looks for cannot occur inside a
// record: a quote in a JSON string is escaped, and only a line's own id follows a newline.
func (s segment) find(id requestid.ID) (Record, bool, error) {
	b, err := s.read()
	if errors.Is(err, fs.ErrNotExist) { // dropped meanwhile
		return Record{}, false, nil
	}
	if err != nil {
		return Record{}, false, unreadable(err)
	}
	mark := idMark(id)
	at := bytes.LastIndex(b, mark) + 1
	if at == 0 && !bytes.HasPrefix(b, mark[1:]) {
		return Record{}, false, nil
	}
	line, _, _ := cutLine(b[at:])
	rec, err := parseLine(line)
	if err != nil {
		return Record{}, false, unreadable(err)
	}
	return rec, true, nil
}

// cutLine splits off the first line; ok is false when b holds no whole line.
func cutLine(b []byte) (line, rest []byte, ok bool) { return bytes.Cut(b, []byte{'\n'}) }

func unreadable(err error) error {
	return fault.New(fault.Internal, Unreadable, "").Because(err)
}
