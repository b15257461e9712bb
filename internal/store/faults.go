package store

import (
	"errors"

	"github.com/lanyard-id/lanyard/internal/fault"
)

// The reasons of every driver.
const (
	// NotFound: the key does not exist.
	NotFound fault.Reason = "store.not_found"
	// Conflict: a compare did not hold, so nothing was written. Somebody else changed a key meanwhile.
	Conflict fault.Reason = "store.conflict"
	// TooLarge: the transaction has too many operations or bytes. Nothing was written.
	TooLarge fault.Reason = "store.too_large"
	// Invalid: the request is no request a store can answer (an empty key, a key twice in one transaction, a revision
	// that does not exist yet). Nothing was written.
	Invalid fault.Reason = "store.invalid"
	// Full: the store reached its quota. Nothing was written; deletions are still accepted.
	Full fault.Reason = "store.full"
	// NotSent: the context was over before the transaction was sent. Nothing was written.
	NotSent fault.Reason = "store.not_sent"
	// Compacted: the revision is no longer kept. Read the newest one and go on from there.
	Compacted fault.Reason = "store.compacted"
	// Unavailable: the store cannot answer: it is closed, failed, or did not answer in time. From Txn: it is not known
	// whether the operations are done.
	Unavailable fault.Reason = "store.unavailable"
	// Corrupt: what the disk gave back is not what was written.
	Corrupt fault.Reason = "store.corrupt"
)

// Indeterminate tells whether err, which Txn gave, leaves open if the transaction is done. It is true for every error
// but those that say that nothing was written: a failed sync may have reached the disk after all, so an unknown
// failure is never taken for a "no".
func Indeterminate(err error) bool {
	if err == nil {
		return false
	}
	f, ok := errors.AsType[*fault.Fault](err)
	if !ok {
		return true
	}
	switch f.Reason {
	case Conflict, TooLarge, Invalid, Full, NotSent:
		return false
	}
	return true
}
