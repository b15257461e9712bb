package audit

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
)

// recover finds the end of the stream after whatever ended the process, and opens the segment to go on with.
//
// A crash can leave the last line without its end: nobody was told that it was written, so it is cut off, and so are the
// zeros of room that was not used. Anything else that is not as it was written is damage: it stays untouched as evidence,
// a new segment is begun after the last line that can be believed, and Verify keeps pointing at the place. A machine that
// loses power in the middle of one long write can leave that too, with lines behind a gap: nobody can tell the two apart.
func (c *chain) recover() ([]Record, error) {
	err := os.Remove(filepath.Join(c.dir, reserveName))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("recover audit: %w", err)
	}
	if c.segments, err = listSegments(c.dir); err != nil {
		return nil, fmt.Errorf("recover audit: %w", err)
	}
	if len(c.segments) == 0 {
		return nil, c.begin()
	}
	last := &c.segments[len(c.segments)-1]
	b, err := last.read()
	if err != nil {
		return nil, fmt.Errorf("recover audit: %w", err)
	}
	if c.head, err = lastHead(c.segments); err != nil {
		return nil, fmt.Errorf("recover audit: %w", err)
	}
	whole := b[:bytes.LastIndexByte(b, '\n')+1]
	if why := cmp.Or(damageIn(*last, whole, c.head), damagedEnd(b[len(whole):])); why != nil {
		c.head = highest(b, c.head)
		return []Record{c.setAside(*last, why)}, c.begin()
	}
	last.size = int64(len(whole))
	if c.file, err = c.opt.open(last.path); err != nil {
		return nil, fmt.Errorf("recover audit: %w", err)
	}
	if len(whole) == len(b) {
		if last.zeros > 0 {
			return nil, c.cutTail(last.size)
		}
		return nil, nil
	}
	return []Record{tailNote(*last, b[len(whole):])}, c.cutTail(last.size)
}

// cutTail removes what follows the last whole line.
func (c *chain) cutTail(size int64) error {
	if err := c.file.Truncate(size); err != nil {
		return fmt.Errorf("recover audit: cut tail: %w", errors.Join(err, c.file.Close()))
	}
	if err := c.file.Sync(); err != nil {
		return fmt.Errorf("recover audit: cut tail: %w", errors.Join(err, c.file.Close()))
	}
	return nil
}

func tailNote(s segment, tail []byte) Record {
	sum := Hash(sha256.Sum256(tail))
	return Record{Operation: tailOperation, Input: map[string]string{
		inputSegment:   filepath.Base(s.path),
		inputBytes:     strconv.Itoa(len(tail)),
		inputBytesHash: sum.String(),
	}}
}

// setAside remembers damage for the operator and gives the note about it.
func (c *chain) setAside(s segment, why error) Record {
	c.trouble(filepath.Base(s.path) + ": " + why.Error())
	return Record{Operation: damOperation, Input: map[string]string{
		inputSegment: filepath.Base(s.path),
		inputWhy:     why.Error(),
	}}
}

// damagedEnd tells a flipped newline, after which the tail is a whole line and one strange byte, from a torn write.
func damagedEnd(tail []byte) error {
	if len(tail) == 0 {
		return nil
	}
	if _, err := checkLine(tail[:len(tail)-1]); err == nil {
		return fmt.Errorf("%w: the end of its last line is gone", errLine)
	}
	return nil
}

// highest is the line with the highest number that can be believed, in b or before it. Numbers of a damaged segment are
// not used again.
func highest(b []byte, head Head) Head {
	for line := range bytes.SplitSeq(b, []byte{'\n'}) {
		if _, h, err := parsePlace(line); err == nil && h.Seq > head.Seq {
			head = h
		}
	}
	return head
}

// damageIn says what is wrong with the whole lines of the last segment, whose chain must end in head. A segment
// without a line is right when the stream goes on where its name says.
func damageIn(s segment, whole []byte, head Head) error {
	if len(whole) == 0 {
		if s.first != head.Seq+1 {
			return fmt.Errorf("%w: it begins at %d and the line before it is %d", errChain, s.first, head.Seq)
		}
		return nil
	}
	w := walker{head: Head{Seq: s.first - 1}, anyPrev: true}
	return w.segment(s, whole)
}
