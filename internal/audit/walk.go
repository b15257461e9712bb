package audit

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
)

// errChain is why lines do not follow each other.
var errChain = errors.New("the chain is broken")

// walker follows a chain line by line.
type walker struct {
	head    Head
	anyPrev bool // the next line's prev is taken as it is: what came before was dropped or is not looked at
	offset  int  // in the segment: where the line that is looked at begins
	visit   func(line []byte, head Head) error
}

// segment follows the lines of one segment. Its bytes must end with a whole line.
func (w *walker) segment(s segment, b []byte) error {
	if s.first != w.head.Seq+1 {
		return fmt.Errorf("%w: %s begins at line %d, and line %d comes next", errChain, filepath.Base(s.path), s.first, w.head.Seq+1)
	}
	for w.offset = 0; w.offset < len(b); {
		end := bytes.IndexByte(b[w.offset:], '\n')
		if end < 0 {
			return fmt.Errorf("%w: it has no end", errLine)
		}
		if err := w.line(b[w.offset : w.offset+end]); err != nil {
			return err
		}
		w.offset += end + 1
	}
	return nil
}

// line follows one line.
func (w *walker) line(line []byte) error {
	p, head, err := parsePlace(line)
	switch {
	case err != nil:
		return err
	case p.Seq != w.head.Seq+1:
		return fmt.Errorf("%w: line %d stands where line %d should", errChain, p.Seq, w.head.Seq+1)
	case p.Prev != w.head.Hash && !w.anyPrev:
		return fmt.Errorf("%w: line %d does not follow from the line before it", errChain, p.Seq)
	}
	w.head, w.anyPrev = head, false
	if w.visit != nil {
		return w.visit(line, head)
	}
	return nil
}
