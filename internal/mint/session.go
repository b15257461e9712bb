package mint

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"time"

	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/credential"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/secret"
	"github.com/lanyard-id/lanyard/internal/view"
)

// SessionRequest asks for an AWS session after access has decided that it may be had.
type SessionRequest struct {
	Role     *view.Role     // nil for the root of Account
	Account  name.AccountID // only read when Role is nil
	Name     string         // session name
	Duration time.Duration  // 0 is the default
	Origin   name.GUID      // our own identity whose token was exchanged; zero for none
	Provider string         // ARN of the OIDC provider that vouched; empty for none
	Subject  string         // the subject that it named
	Policies []string       // session policy documents
	Record   audit.Record   // what the door knows of the request; mint adds what it issued
}

// IssuedSession is a session with the token that its owner presents.
type IssuedSession struct {
	*credential.Session
	Token secret.Text
}

// Session makes temporary credentials. Nothing but the ledger is written: the session travels sealed in its own token.
func (m *Mint) Session(ctx context.Context, v *view.View, req SessionRequest) (IssuedSession, error) {
	if err := open(v); err != nil {
		return IssuedSession{}, err
	}
	life, err := m.sessionLife(req)
	if err != nil {
		return IssuedSession{}, err
	}
	now := m.Now().Truncate(time.Second)
	s := &credential.Session{
		KeyID: newKeyID(), Secret: newSecret(), Account: req.Account, Name: req.Name, Origin: req.Origin,
		Provider: req.Provider, Subject: req.Subject, Policies: req.Policies,
		Issued: now, Expires: now.Add(life), Rev: v.Rev(), Inc: v.Installation().Incarnation,
	}
	if req.Role != nil {
		s.RoleID, s.Account = req.Role.UniqueID, req.Role.ARN.Account()
	}
	token, err := s.Seal(m.Keys)
	if err != nil {
		return IssuedSession{}, err
	}
	rec := req.Record
	rec.Outcome, rec.TokenID, rec.Account, rec.Rev = audit.Issued, s.KeyID, s.Account, v.Rev()
	if err := m.Ledger.Ledger(ctx, rec); err != nil { // durable before anybody sees it
		return IssuedSession{}, err
	}
	return IssuedSession{Session: s, Token: secret.Text(token)}, nil
}

// sessionLife is what was asked for, if the role allows it. A longer request fails, it is not clipped (AWS STS,
// AssumeRole, DurationSeconds); only a bound that an operator set below AWS's minimum shortens it.
func (m *Mint) sessionLife(req SessionRequest) (time.Duration, error) {
	life := req.Duration
	if life == 0 {
		life = m.Lives.Session
	}
	if req.Role == nil {
		return life, nil
	}
	if life > time.Duration(req.Role.MaxSession)*time.Second {
		return 0, fault.New(fault.Invalid, DurationTooLong,
			"The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
	}
	if bound := time.Duration(req.Role.MaxLifetime) * time.Second; bound > 0 {
		life = min(life, bound)
	}
	return life, nil
}

// newKeyID makes the id of a temporary access key: ASIA and 16 letters and digits, 80 random bits.
func newKeyID() string { return "ASIA" + rand.Text()[:16] }

// newSecret makes a secret access key: 40 characters, 240 random bits.
func newSecret() secret.Text {
	var b [30]byte
	_, _ = rand.Read(b[:]) // never fails since Go 1.24: the process ends instead
	return secret.Text(base64.StdEncoding.EncodeToString(b[:]))
}
