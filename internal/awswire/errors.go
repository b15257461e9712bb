package awswire

import (
	"maps"

	"github.com/lanyard-id/lanyard/internal/fault"
)

// Entry says how a dialect tells a failure.
type Entry struct {
	Status int
	Code   string
	// Message is told if the fault has no public text, or always if Fixed.
	Message string
	Fixed   bool
}

// Failure is a failure in a dialect, ready to be written.
type Failure struct {
	Status  int
	Code    string
	Message string
}

// ErrorTable is one dialect's errors: a row for every kind, refined by reasons. It is not changed once made.
type ErrorTable struct {
	kinds   [fault.Kinds]Entry
	reasons map[fault.Reason]Entry
}

// Failure tells err in the dialect. The private cause of a fault is never in it; an error that is no fault is an
// internal one. The text is the fault's public one, else that of the row, else that of the kind.
func (t *ErrorTable) Failure(err error) Failure {
	f := fault.From(err)
	kind := t.kinds[fault.Internal]
	if int(f.Kind) < len(t.kinds) {
		kind = t.kinds[f.Kind]
	}
	entry, refined := t.reasons[f.Reason]
	if !refined {
		entry = kind
	}
	message := entry.Message
	switch {
	case f.Public != "" && !entry.Fixed:
		message = f.Public
	case message == "":
		message = kind.Message
	}
	return Failure{entry.Status, entry.Code, message}
}

// Reasons gives a copy of the refined rows, for the list of errors in the documentation.
func (t *ErrorTable) Reasons() map[fault.Reason]Entry { return maps.Clone(t.reasons) }

// newTable joins the rows; a later set of rows wins.
func newTable(kinds [fault.Kinds]Entry, sets ...map[fault.Reason]Entry) *ErrorTable {
	t := &ErrorTable{kinds, map[fault.Reason]Entry{}}
	for _, set := range sets {
		maps.Copy(t.reasons, set)
	}
	return t
}

// Texts that several rows share.
const (
	textInternal = "We encountered an internal error. Please try again."
	textDiskFull = "The server is out of disk space and takes no writes until some is freed."
	textToken    = "The security token included in the request is invalid."
	textDenied   = "Access Denied"
)
