package audit

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strconv"
)

// Break is the first place where a stream is not what was written.
type Break struct {
	Segment string `json:"segment"` // file name
	Offset  int    `json:"offset"`  // of the line, in bytes
	After   uint64 `json:"after"`   // number of the last line that can be believed
	Why     string `json:"why"`
}

// Verdict is what a walk over a stream found.
type Verdict struct {
	Segments int    `json:"segments"`
	Lines    uint64 `json:"lines"`             // that follow each other without a gap
	First    uint64 `json:"first"`             // number of the oldest line that is kept
	Head     Head   `json:"head"`              // the last line that was reached
	Dropped  uint64 `json:"dropped,omitempty"` // lines before First; a note on the chain says that a quota dropped them
	Break    *Break `json:"break,omitempty"`   // nil when all is as it was written
}

// VerifyFolder walks the stream in folder (…/ledger or …/refusals) that no process writes at the moment.
func VerifyFolder(ctx context.Context, folder string, noted ...Head) (Verdict, error) {
	segments, err := listSegments(folder)
	if err != nil {
		return Verdict{}, err
	}
	return verify(ctx, segments, noted)
}

// verifier walks a chain and remembers what it must find on it.
type verifier struct {
	walker
	verdict Verdict
	noted   map[uint64]Hash
	anchor  Head // what must be noted as dropped: the line before the first that is kept
	dropped bool // a note about exactly that was met
}

func verify(ctx context.Context, segments []segment, noted []Head) (Verdict, error) {
	v := verifier{noted: map[uint64]Hash{}}
	v.visit = v.check
	for _, h := range noted {
		v.noted[h.Seq] = h.Hash
	}
	for i, s := range segments {
		if err := ctx.Err(); err != nil {
			return v.verdict, err
		}
		b, err := s.read()
		if err != nil {
			return v.verdict, err
		}
		if i == 0 {
			v.begin(s, b)
		}
		if why := v.segment(s, b); why != nil {
			v.breakAt(s, why)
			return v.verdict, nil
		}
		v.verdict.Segments++
	}
	v.end(segments)
	return v.verdict, nil
}

// begin takes the line before the first segment as given; end demands a note about it.
func (v *verifier) begin(s segment, b []byte) {
	v.verdict.First = s.first
	if s.first <= 1 {
		return
	}
	v.verdict.Dropped = s.first - 1
	v.anchor.Seq = s.first - 1
	v.head.Seq = s.first - 1
	if line, _, ok := cutLine(b); ok {
		if p, _, err := parsePlace(line); err == nil {
			v.anchor.Hash, v.head.Hash = p.Prev, p.Prev
		}
	}
}

// check looks at one line that follows from the one before.
func (v *verifier) check(line []byte, head Head) error {
	v.verdict.Lines++
	v.verdict.Head = head
	if want, ok := v.noted[head.Seq]; ok {
		if want != head.Hash {
			return fmt.Errorf("%w: line %d is not the one that was noted elsewhere", errChain, head.Seq)
		}
		delete(v.noted, head.Seq)
	}
	if v.anchor.Seq > 0 && !v.dropped {
		v.dropped = notesDrop(line, v.anchor)
	}
	return nil
}

// end asks for what the whole walk must have met.
func (v *verifier) end(segments []segment) {
	var last segment
	if len(segments) > 0 {
		last = segments[len(segments)-1]
	}
	v.offset = int(last.size)
	if v.anchor.Seq > 0 && !v.dropped {
		v.breakAt(segments[0], fmt.Errorf("%w: %d lines are missing before it and no note says that they were dropped", errChain, v.anchor.Seq))
		v.verdict.Break.Offset, v.verdict.Break.After = 0, 0
		return
	}
	for seq := range v.noted {
		if seq > v.verdict.Head.Seq {
			v.breakAt(last, fmt.Errorf("%w: it ends at line %d, and line %d was noted elsewhere", errChain, v.verdict.Head.Seq, seq))
		}
	}
}

func (v *verifier) breakAt(s segment, why error) {
	v.verdict.Break = &Break{
		Segment: filepath.Base(s.path), Offset: v.offset, After: v.verdict.Head.Seq, Why: why.Error(),
	}
}

// notesDrop tells whether the line notes that everything through exactly that line was dropped.
func notesDrop(line []byte, through Head) bool {
	var rec Record
	if json.Unmarshal(line, &rec) != nil || rec.Outcome != Noted || rec.Operation != dropOperation {
		return false
	}
	return rec.Input[inputThrough] == strconv.FormatUint(through.Seq, 10) && rec.Input[inputHash] == through.Hash.String()
}
