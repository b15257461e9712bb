package feed

import (
	"strconv"
	"strings"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// cursor says how much a caller was told, and in which life of the store: incarnation, revision, and in the middle of a
// revision an object id, with dots between them.
type cursor struct {
	inc  string
	mark view.Mark
}

// maxCursor bounds what is read, in bytes.
const maxCursor = 128

// String is the cursor as callers keep it.
func (c cursor) String() string {
	s := c.inc + "." + strconv.FormatInt(c.mark.Rev, 10)
	if !c.mark.Principal.IsZero() {
		s += "." + c.mark.Principal.String()
	}
	return s
}

// parseCursor reads what String wrote. Empty is a caller that was told nothing yet.
func parseCursor(text string) (cursor, error) {
	bad := fault.New(fault.Invalid, BadParameter, "The parameter since is not a cursor of this feed.")
	if text == "" {
		return cursor{}, nil
	}
	parts := strings.Split(text, ".")
	if len(text) > maxCursor || len(parts) < 2 || len(parts) > 3 || parts[0] == "" {
		return cursor{}, bad
	}
	rev, err := strconv.ParseInt(parts[1], 10, 64)
	if err != nil || rev < 0 || strconv.FormatInt(rev, 10) != parts[1] {
		return cursor{}, bad
	}
	c := cursor{inc: parts[0], mark: view.Mark{Rev: rev}}
	if len(parts) == 3 {
		if c.mark.Principal, err = name.ParseGUID(parts[2]); err != nil {
			return cursor{}, bad
		}
	}
	return c, nil
}

// from is where an answer for the cursor begins. A cursor of another life of the store, or of a future that this store does
// not have, knows nothing that counts here: its owner is told everything, and replaces what it had.
func (c cursor) from(v *view.View) (m view.Mark, full bool) {
	if c.inc != v.Installation().Incarnation || c.mark.Rev > v.Rev() {
		return view.Mark{}, true
	}
	return c.mark, false
}
