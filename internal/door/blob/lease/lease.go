package lease

import (
	"time"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/objects"
)

// Why a lease does not allow what was asked.
const (
	// Held: the blob is leased, by somebody else as far as the request shows.
	Held fault.Reason = "lease.held"
	// OtherID: the lease's id is another one than that of the lease operation.
	OtherID fault.Reason = "lease.other_id"
	// NotPresent: the lease operation needs a lease that is there, and there is none.
	NotPresent fault.Reason = "lease.not_present"
	// Broken: the lease was broken and cannot be renewed.
	Broken fault.Reason = "lease.broken"
	// Breaking: the lease is being broken and can be neither acquired again nor changed.
	Breaking fault.Reason = "lease.breaking"
	// BreakingChange: the same of a change of its id.
	BreakingChange fault.Reason = "lease.breaking_change"
	// Missing: the blob is leased and the request names no lease.
	Missing fault.Reason = "lease.missing"
	// WrongID: the request names another lease than the blob's.
	WrongID fault.Reason = "lease.wrong_id"
	// None: the request names a lease and the blob is not leased.
	None fault.Reason = "lease.none"
	// Lost: the request names the blob's lease, which is over.
	Lost fault.Reason = "lease.lost"
)

// State is what a lease is at a time.
type State string

// The states.
const (
	StateAvailable State = "available"
	StateLeased    State = "leased"
	StateExpired   State = "expired"
	StateBreaking  State = "breaking"
	StateBroken    State = "broken"
)

// Of tells the state of an object's lease. One that is over is forgotten once the object was written again.
func Of(info objects.Info, now time.Time) State {
	l := info.Lease
	switch {
	case l == nil:
		return StateAvailable
	case !l.Broken.IsZero() && now.Before(l.Broken):
		return StateBreaking
	case !l.Broken.IsZero():
		return forgotten(info, l.Broken, StateBroken)
	case l.Length > 0 && !now.Before(l.Expires):
		return forgotten(info, l.Expires, StateExpired)
	}
	return StateLeased
}

func forgotten(info objects.Info, over time.Time, s State) State {
	if !info.LastModified.Before(over) {
		return StateAvailable
	}
	return s
}

// Locked tells whether writes need the lease's id.
func (s State) Locked() bool { return s == StateLeased || s == StateBreaking }

// Permits tells whether an operation on the object may go on that names the lease id; "" is none. A read needs none.
func Permits(info objects.Info, now time.Time, id string, write bool) error {
	state := Of(info, now)
	refused := func(why fault.Reason, text string) error { return fault.New(fault.Precondition, why, "%s", text) }
	switch {
	case id == "" && write && state.Locked():
		return refused(Missing, "There is currently a lease on the blob and no lease ID was specified in the request.")
	case id == "", state.Locked() && info.Lease.ID == id:
		return nil
	case state.Locked():
		return refused(WrongID, "The lease ID specified did not match the lease ID for the blob.")
	case state == StateExpired && info.Lease.ID == id:
		return refused(Lost, "A lease ID was specified, but the lease for the blob has expired.")
	}
	return refused(None, "There is currently no lease on the blob.")
}

func conflict(why fault.Reason, text string) error { return fault.New(fault.Conflict, why, "%s", text) }

// Acquire gives a lease of a length, 0 for ever, under the id. Whoever holds it under that id may ask again.
func Acquire(info objects.Info, now time.Time, id string, length time.Duration) (*objects.Lease, error) {
	switch state := Of(info, now); {
	case state == StateLeased && info.Lease.ID == id:
	case state == StateBreaking && info.Lease.ID == id:
		return nil, conflict(Breaking, "The lease ID matched, but the lease is currently in breaking state and cannot be acquired until it is broken.")
	case state.Locked():
		return nil, conflict(Held, "There is already a lease present.")
	}
	return begin(now, id, length), nil
}

func begin(now time.Time, id string, length time.Duration) *objects.Lease {
	l := &objects.Lease{ID: id, Length: length}
	if length > 0 {
		l.Expires = now.UTC().Add(length)
	}
	return l
}

// Renew begins the lease's time anew, even one that is over if nobody else wrote or leased meanwhile.
func Renew(info objects.Info, now time.Time, id string) (*objects.Lease, error) {
	state := Of(info, now)
	switch {
	case state == StateAvailable || info.Lease.ID != id:
		return nil, otherID()
	case state == StateBreaking || state == StateBroken:
		return nil, conflict(Broken, "The lease ID matched, but the lease has been broken explicitly and cannot be renewed.")
	}
	return begin(now, id, info.Lease.Length), nil
}

func otherID() error {
	return conflict(OtherID, "The lease ID specified did not match the lease ID for the blob.")
}

// Change gives the lease another id.
func Change(info objects.Info, now time.Time, id, proposed string) (*objects.Lease, error) {
	switch state := Of(info, now); {
	case state == StateBreaking && (info.Lease.ID == id || info.Lease.ID == proposed):
		return nil, conflict(BreakingChange, "The lease ID matched, but the lease is currently in breaking state and cannot be changed.")
	case !state.Locked():
		return nil, notPresent()
	case info.Lease.ID != id && info.Lease.ID != proposed:
		return nil, otherID()
	}
	l := *info.Lease
	l.ID = proposed
	return &l, nil
}

func notPresent() error { return conflict(NotPresent, "There is currently no lease on the blob.") }

// Release ends the lease.
func Release(info objects.Info, now time.Time, id string) error {
	if Of(info, now) == StateAvailable || info.Lease.ID != id {
		return otherID()
	}
	return nil
}

// Break ends the lease for whoever holds it, after a time: period if it is not negative, else what is left of the lease,
// and never later than its own end. left says how long it still holds.
func Break(info objects.Info, now time.Time, period time.Duration) (l *objects.Lease, left time.Duration, err error) {
	state := Of(info, now)
	if state == StateAvailable {
		return nil, 0, notPresent()
	}
	next := *info.Lease
	switch state {
	case StateLeased:
		left = next.Expires.Sub(now)
		if next.Length == 0 {
			left = max(period, 0)
		}
	case StateBreaking:
		left = next.Broken.Sub(now)
	case StateAvailable, StateExpired, StateBroken: // nothing is left
	}
	if period >= 0 {
		left = min(left, period)
	}
	if next.Broken.IsZero() || state == StateBreaking {
		next.Broken = now.UTC().Add(left)
	}
	return &next, left, nil
}
