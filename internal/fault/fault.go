package fault

import (
	"errors"
	"fmt"

	"github.com/lanyard-id/lanyard/internal/reason"
)

// Kind says what sort of failure this is. The numbers are fixed: append only.
type Kind uint8

// The kinds. Each dialect table has an entry for each of them; a test counts.
const (
	Internal        Kind = iota // a defect or a broken machine; nothing is shown to the caller
	Invalid                     // the request itself is wrong
	Unauthenticated             // no proof, or a proof that does not hold
	Denied                      // the caller is known and may not
	NotFound                    // the thing does not exist, or must look as if it did not
	Conflict                    // it exists already, or somebody else changed it
	Precondition                // a stated condition (ETag, incarnation) does not hold
	Gone                        // it existed and is deleted
	Expired                     // the presented proof was good and is over
	Throttled                   // too much, come back later
	Unsupported                 // understood, and honestly not offered
	Unavailable                 // cannot answer now: store, disk, outside issuer
	kindCount
)

// Kinds is the number of kinds, for the completeness tests of the dialect tables.
const Kinds = int(kindCount)

// String gives the kind's stable word, as it stands in logs, metrics and records.
func (k Kind) String() string {
	words := [...]string{
		Internal: "internal", Invalid: "invalid", Unauthenticated: "unauthenticated", Denied: "denied",
		NotFound: "not_found", Conflict: "conflict", Precondition: "precondition", Gone: "gone", Expired: "expired",
		Throttled: "throttled", Unsupported: "unsupported", Unavailable: "unavailable",
	}
	if int(k) >= len(words) {
		return "internal"
	}
	return words[k]
}

// Reason is a stable dotted word that names one failure, e.g. "federation.subject_mismatch". The package that finds
// the failure declares it as a constant with a comment; docs/errors.md is generated from those comments.
type Reason string

// Unforeseen means that something failed which nobody planned for; the log has the cause under the request id.
const Unforeseen Reason = "internal"

// Fault is a failure with everything a door needs to answer it and an operator needs to understand it.
type Fault struct {
	Kind     Kind
	Reason   Reason           // stable word; never empty, except for unknown internal errors
	Public   string           // text for the caller; must not name other people's things
	Decision *reason.Decision // why, for a Denied fault; goes to the record, not to the wire
	Err      error            // private cause; for the log only
}

// New makes a fault whose public text is formatted from format and args.
func New(kind Kind, why Reason, format string, args ...any) *Fault {
	return &Fault{Kind: kind, Reason: why, Public: fmt.Sprintf(format, args...)}
}

// Because returns a copy of f with the private cause err.
func (f *Fault) Because(err error) *Fault {
	g := *f
	g.Err = err
	return &g
}

// Explained returns a copy of f that carries the decision d.
func (f *Fault) Explained(d reason.Decision) *Fault {
	g := *f
	g.Decision = &d
	return &g
}

// Error is for logs and tests: reason, public text and private cause. Doors write Public, never this.
func (f *Fault) Error() string {
	s := string(f.Reason)
	if f.Public != "" {
		s += ": " + f.Public
	}
	if f.Err != nil {
		s += ": " + f.Err.Error()
	}
	return s
}

// Unwrap gives the private cause.
func (f *Fault) Unwrap() error { return f.Err }

// From finds the fault in err. An error that is none becomes Internal with empty public text, so that nothing
// unforeseen reaches a caller. From(nil) is nil.
func From(err error) *Fault {
	if err == nil {
		return nil
	}
	if f, ok := errors.AsType[*Fault](err); ok {
		return f
	}
	return &Fault{Kind: Internal, Reason: Unforeseen, Err: err}
}

// Is tells whether err carries a fault of this reason.
func Is(err error, why Reason) bool {
	f, ok := errors.AsType[*Fault](err)
	return ok && f.Reason == why
}

// IsKind tells whether err carries a fault of this kind.
func IsKind(err error, kind Kind) bool {
	f, ok := errors.AsType[*Fault](err)
	return ok && f.Kind == kind
}
