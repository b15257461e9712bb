package audit

import "github.com/lanyard-id/lanyard/internal/fault"

// The reasons of this package.
const (
	// Unavailable: a record cannot be made durable: the disk is full, does not answer in time, or failed. Nothing may
	// be issued, changed or released that needed it.
	Unavailable fault.Reason = "audit.unavailable"
	// NotFound: no record of this request is kept. It was folded away, dropped by a quota, or never happened here.
	NotFound fault.Reason = "audit.not_found"
	// Unreadable: a segment cannot be read, or holds a line that is not what was written.
	Unreadable fault.Reason = "audit.unreadable"
)

// unavailable is what a caller of the ledger gets: why goes to the log only.
func unavailable(why error) error {
	return fault.New(fault.Unavailable, Unavailable, "the audit log cannot take a record, so nothing was issued or changed").Because(why)
}
