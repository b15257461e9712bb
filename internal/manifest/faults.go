package manifest

import (
	"fmt"

	"github.com/lanyard-id/lanyard/internal/fault"
)

// The reasons for which a file is refused. The public text begins with line and column.
const (
	// TooLarge: the file is larger than MaxBytes.
	TooLarge fault.Reason = "manifest.too_large"
	// Syntax: the file is not UTF-8, not YAML, or holds no document.
	Syntax fault.Reason = "manifest.syntax"
	// NotPlain: the file uses an anchor, an alias, a merge or a tag of its own, or nests too deep.
	NotPlain fault.Reason = "manifest.not_plain"
	// UnknownKind: a document's kind is missing or none that exists.
	UnknownKind fault.Reason = "manifest.unknown_kind"
	// UnknownKey: a mapping has a key that its kind does not know.
	UnknownKey fault.Reason = "manifest.unknown_key"
	// DuplicateKey: a mapping has the same key twice.
	DuplicateKey fault.Reason = "manifest.duplicate_key"
	// Missing: a key that the kind needs is missing or empty.
	Missing fault.Reason = "manifest.missing"
	// WrongType: a value is of another type than its key needs.
	WrongType fault.Reason = "manifest.wrong_type"
	// BadReference: a $(...) is not well formed.
	BadReference fault.Reason = "manifest.bad_reference"
)

// Position is a place in a file; both count from 1. Column 0 is a place of which only the line is known.
type Position struct{ Line, Column int }

// String is how errors name the place.
func (p Position) String() string {
	if p.Column == 0 {
		return fmt.Sprintf("line %d", p.Line)
	}
	return fmt.Sprintf("line %d, column %d", p.Line, p.Column)
}

// refuse makes the fault for a place in the file.
func refuse(at Position, why fault.Reason, format string, args ...any) error {
	return fault.New(fault.Invalid, why, "%s: %s", at, fmt.Sprintf(format, args...))
}
