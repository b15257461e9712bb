package azwire

import (
	"maps"

	"github.com/lanyard-id/lanyard/internal/fault"
)

// Row says how a dialect tells a failure.
type Row struct {
	Status int
	Code   string // the dialect's word: OAuth's "invalid_request", Blob's "BlobNotFound"
	// Message is told if the fault has no public text, or always if Fixed.
	Message string
	Fixed   bool
	AADSTS  int // Entra's number; zero in the other dialects
}

// Failure is a failure in a dialect, ready to be written.
type Failure struct {
	Status  int
	Code    string
	Message string
	AADSTS  int // Entra's number; zero in the other dialects
}

// ErrorTable is one dialect's errors: a row for every kind, refined by reasons. It is not changed once made.
type ErrorTable struct {
	kinds   [fault.Kinds]Row
	reasons map[fault.Reason]Row
}

// Failure tells err in the dialect. The private cause of a fault is never in it; an error that is no fault is an
// internal one. The text is the fault's public one, else that of the row, else that of the kind.
func (t *ErrorTable) Failure(err error) Failure {
	f := fault.From(err)
	kind := t.kinds[fault.Internal]
	if int(f.Kind) < len(t.kinds) {
		kind = t.kinds[f.Kind]
	}
	row, refined := t.reasons[f.Reason]
	if !refined {
		row = kind
	}
	message := row.Message
	switch {
	case f.Public != "" && !row.Fixed:
		message = f.Public
	case message == "":
		message = kind.Message
	}
	return Failure{row.Status, row.Code, message, row.AADSTS}
}

// Reasons gives a copy of the refined rows, for the list of errors in the documentation.
func (t *ErrorTable) Reasons() map[fault.Reason]Row { return maps.Clone(t.reasons) }

// newTable joins the rows; a later set of rows wins.
func newTable(kinds [fault.Kinds]Row, sets ...map[fault.Reason]Row) *ErrorTable {
	t := &ErrorTable{kinds, map[fault.Reason]Row{}}
	for _, set := range sets {
		maps.Copy(t.reasons, set)
	}
	return t
}

// row tells the fault's public text, or message if it has none.
func row(status int, code, message string) Row {
	return Row{Status: status, Code: code, Message: message}
}

// fixed tells message and never the fault's own text.
func fixed(status int, code, message string) Row {
	return Row{Status: status, Code: code, Message: message, Fixed: true}
}

// aadsts gives a row Entra's number.
func aadsts(number int, r Row) Row {
	r.AADSTS = number
	return r
}
