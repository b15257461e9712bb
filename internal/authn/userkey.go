package authn

import (
	"time"

	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/credential"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/view"
)

// byUserKey finds the user whose own access key signed. Everything about key and user is read from the View of the request:
// what was switched off or deleted before it signs nothing. Why a key does not count is told in the record, and only of a key
// that has signed: to the caller it is as unknown as one that never was.
func (a *Authenticator) byUserKey(v *view.View, proof awswire.Proof, now time.Time) (*Session, error) {
	k, ok := v.AccessKey(proof.KeyID)
	var user *view.User
	if ok {
		user, ok = v.UserByID(k.User)
	}
	if !ok {
		_ = proof.Verify(a.keys.Key(a.decoy, proof.Scope), now) // only for its time: threat A18
		return nil, fault.New(fault.Unauthenticated, UnknownKey, "The AWS access key ID %s does not exist in our records.", proof.KeyID)
	}
	text, err := credential.UserKeySecret(a.delegation, k)
	if err != nil {
		return nil, err
	}
	key := a.keys.Key(text, proof.Scope)
	if err := proof.Verify(key, now); err != nil {
		return nil, err
	}
	if err := keyHolds(v, k, now); err != nil {
		return nil, err
	}
	s := &credential.Session{
		KeyID: k.ID, Secret: text, Account: k.Account, User: credential.SessionUser{ID: user.UniqueID, ARN: user.ARN}, Key: k.ID,
		Kind: credential.UserKey, Issued: k.Created, Expires: k.Expires, Rev: v.Rev(), Inc: v.Installation().Incarnation,
	}
	if _, err := s.Live(v, now); err != nil {
		return nil, err
	}
	return &Session{Session: s, Proof: proof, Chunks: proof.Chunks(key)}, nil
}

// keyHolds tells why a key that has signed does not count.
func keyHolds(v *view.View, k *view.AccessKey, now time.Time) error {
	switch inst := v.Installation(); {
	case inst == nil || inst.Held:
		return fault.New(fault.Unavailable, KeysHeld,
			"Access keys are not accepted until an operator confirms the restore: run lanyard restore --confirm.")
	case k.Inactive:
		return fault.New(fault.Unauthenticated, KeyInactive, "The access key %s is not active.", k.ID)
	case !now.Before(k.Expires):
		return fault.New(fault.Unauthenticated, KeyExpired, "The access key %s has expired.", k.ID)
	}
	return nil
}
