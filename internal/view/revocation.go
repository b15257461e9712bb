package view

import (
	"fmt"
	"iter"
	"time"

	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view/stored"
	"github.com/lanyard-id/lanyard/internal/view/table"
)

// MaxTokenLife is longer than any token lives: settings allow a day. What ended a token is remembered for as long.
const MaxTokenLife = 25 * time.Hour

// Revocation says that the tokens of a principal ended, until none of them could be alive anyway. Our own doors need none:
// they see the principal, or see that it is absent. It is for those who verify tokens elsewhere, and is written by the
// same change that ended the tokens, so that nobody can be told of one without the other.
type Revocation struct {
	Principal name.GUID `json:"principal"` // object id
	Tenant    name.GUID `json:"tenant"`
	Before    int64     `json:"before,omitempty"` // tokens minted from an older revision are dead
	Gone      bool      `json:"gone,omitempty"`   // the principal was deleted: every token is dead
	At        time.Time `json:"at"`               // only for forgetting it again
	Rev       int64     `json:"-"`                // when it became known: the feed's order
}

// StoreKey implements Record.
func (r *Revocation) StoreKey() string { return stored.Key(kindRevocation, r.Principal.String()) }

// Ended says whether a record's change ends the tokens of the principal inside, whatever the change is; nil if it does not.
// A principal that has another object id than before is another one. Either record may be nil.
func Ended(before, after Record, at time.Time) *Revocation {
	old, now := PrincipalOf(before), PrincipalOf(after)
	switch {
	case old == nil:
		return nil
	case now == nil || now.ObjectID != old.ObjectID:
		return &Revocation{Principal: old.ObjectID, Tenant: old.Tenant, Gone: true, At: at}
	case now.RevokedAt > old.RevokedAt:
		return &Revocation{Principal: now.ObjectID, Tenant: now.Tenant, Before: now.RevokedAt, At: at}
	}
	return nil
}

// PrincipalOf gives the service principal that lives inside a record, nil if none does.
func PrincipalOf(r Record) *Principal {
	switch r := r.(type) {
	case *Resource:
		return r.System
	case *UserIdentity:
		return &r.Principal
	case *Application:
		return &r.Principal
	case *Operator:
		return &r.Principal
	}
	return nil
}

// revocations is the index of what ended lately.
type revocations struct {
	byPrincipal table.Map[*Revocation]
	inOrder     table.Ordered[*Revocation] // by revision, then object id
	last        int64                      // the highest revision that has had one
}

// Mark is a place in the order of revocations: everything up to it was told. The zero Mark is the beginning.
type Mark struct {
	Rev       int64
	Principal name.GUID // zero: everything of Rev was told
}

// key sorts as the marks do. Behind every object id of a revision stands a tilde, which is above all hexadecimal digits.
func (m Mark) key() string {
	if m.Principal.IsZero() {
		return fmt.Sprintf("%016x~", m.Rev)
	}
	return fmt.Sprintf("%016x%s", m.Rev, m.Principal)
}

// Mark is the place of a revocation.
func (r *Revocation) Mark() Mark { return Mark{Rev: r.Rev, Principal: r.Principal} }

func (v *View) putRevocation(r *Revocation) {
	v.ended.byPrincipal.Set(r.Principal.String(), r)
	v.ended.inOrder.Set(r.Mark().key(), r)
	v.ended.last = max(v.ended.last, r.Rev)
}

func (v *View) dropRevocation(r *Revocation) {
	v.ended.byPrincipal.Delete(r.Principal.String())
	v.ended.inOrder.Delete(r.Mark().key())
}

// RevocationsAfter yields the revocations of all tenants behind a place, in order. The caller tells each only to its own
// tenant.
func (v *View) RevocationsAfter(m Mark) iter.Seq[*Revocation] {
	return func(yield func(*Revocation) bool) {
		for k, r := range v.ended.inOrder.Prefixed("", m.key()) {
			if k != m.key() && !yield(r) {
				return
			}
		}
	}
}

// LastRevocation is the revision of the newest revocation that this View has seen; 0 for none.
func (v *View) LastRevocation() int64 { return v.ended.last }
