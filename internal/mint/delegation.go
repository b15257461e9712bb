package mint

import (
	"context"
	"time"

	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/credential"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/secret"
	"github.com/lanyard-id/lanyard/internal/view"
)

// DelegationKey gives the user delegation key that d names, after access has decided that it may be had. Nothing but the
// ledger is written: the key can be derived again. No key outlives what the identity's tokens may live (threat T02).
func (m *Mint) DelegationKey(ctx context.Context, v *view.View, d credential.Delegation, rec audit.Record) (secret.Text, error) {
	if err := open(v); err != nil {
		return "", err
	}
	now, most := m.Now(), credential.MaxDelegation
	if owner, ok := v.PrincipalByObject(d.Principal.ObjectID); ok && maxLifetime(owner) > 0 {
		most = min(most, time.Duration(maxLifetime(owner))*time.Second)
	}
	farthest := now.Add(most)
	if !d.Expiry.After(now) || !d.Expiry.After(d.Start) || d.Expiry.After(farthest) ||
		d.Expiry.Sub(d.Start) > credential.MaxDelegation || d.Start.Before(now.Add(-credential.MaxDelegation)) {
		return "", fault.New(fault.Invalid, DelegationLife,
			"A user delegation key begins within seven days of now, ends after its start, within seven days of it and within %s of now.", most)
	}
	key, err := m.Keys.Derive(credential.DelegationPurpose, d.Context(v))
	if err != nil {
		return "", err
	}
	rec.Outcome, rec.Rev = audit.Issued, v.Rev()
	rec.Input = map[string]string{"start": d.Start.Format(time.RFC3339), "expiry": d.Expiry.Format(time.RFC3339)}
	if err := m.Ledger.Ledger(ctx, rec); err != nil { // durable before anybody sees it
		return "", err
	}
	return secret.Text(key), nil
}
