package mint

import (
	"context"
	"time"

	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/credential"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/jose"
	"github.com/lanyard-id/lanyard/internal/view"
)

// Keys are the signing and sealing keys; the keyring. Nobody else asks it for what leaves the house.
type Keys interface {
	// Signer gives the current key for an algorithm with a header as Entra's v2 tokens have it; nil if there is none.
	Signer(alg string) *jose.Signer
	// ThumbprintSigner is the same key with the header of v1 tokens.
	ThumbprintSigner(alg string) *jose.Signer
	credential.Sealer
	credential.LastingSealer
	// Derive makes a key that can be made again and is kept nowhere.
	Derive(purpose string, context []byte) ([]byte, error)
}

// Ledger is the durable record of what was issued; the audit.
type Ledger interface {
	// Ledger returns when the record is durable; an error means that nothing may be released.
	Ledger(ctx context.Context, r audit.Record) error
	// Access counts a credential that is served again.
	Access(r audit.Record)
}

// Lives are how long credentials live when nothing shorter is set.
type Lives struct {
	Token   time.Duration // Entra tokens
	Refresh time.Duration // a token is served again until it is this old, and never past a third of its life
	Session time.Duration // AWS sessions where the request names no duration
}

// DefaultLives are the lives that the outage guarantee is computed from: life less refresh age less margin.
func DefaultLives() Lives {
	return Lives{Token: 3 * time.Hour, Refresh: time.Hour, Session: time.Hour}
}

// Mint makes credentials. Make it once: it holds the caches of those that are served again.
type Mint struct {
	Keys   Keys
	Ledger Ledger
	Lives  Lives
	Now    func() time.Time

	issued cache[cacheKey, Token]
	roles  cache[roleKey, IssuedSession]
}

// open refuses while issuing is held after a restore.
func open(v *view.View) error {
	if inst := v.Installation(); inst == nil || inst.Held {
		return fault.New(fault.Unavailable, Held,
			"Nothing is issued until an operator confirms the restore: run lanyard restore --confirm.")
	}
	return nil
}
