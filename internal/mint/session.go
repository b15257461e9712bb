package mint

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/base64"
	"slices"
	"time"

	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/credential"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/requestid"
	"github.com/lanyard-id/lanyard/internal/secret"
	"github.com/lanyard-id/lanyard/internal/view"
)

// SessionRequest asks for an AWS session after access has decided that it may be had.
type SessionRequest struct {
	Role       *view.Role     // nil for users, the root of Account and federated users
	Account    name.AccountID // only read when Role is nil
	Name       string         // session name
	Kind       credential.SessionKind
	Duration   time.Duration              // 0 is the default
	Until      time.Time                  // the session ends by then; zero for no such bound
	From       *credential.Session        // the session that asks for this one; nil if none does
	Origin     name.GUID                  // our own identity whose token was exchanged, or the SAML provider; zero for none
	Provider   string                     // ARN of the OIDC or SAML provider that vouched; empty for none
	Subject    string                     // the subject that it named
	SubjectOf  credential.SAMLSubject     // what else a SAML provider said of it
	Tags       map[string]string          // session tags, beside those that From hands on
	Transitive []string                   // keys of Tags that the session hands on
	SourceID   string                     // source identity, unless From has one
	Policies   []string                   // session policy documents
	Managed    []credential.SessionPolicy // managed policies that limit the session
	Once       func() error               // asked last, when nothing else can refuse; nil is nothing
	Record     audit.Record               // what the door knows of the request; mint adds what it issued
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
	if !req.Until.IsZero() {
		if life = min(life, req.Until.Sub(now).Truncate(time.Second)); life <= 0 {
			return IssuedSession{}, fault.New(fault.Expired, DurationTooLong, "The session would be over already.")
		}
	}
	s := &credential.Session{
		Secret: newSecret(), Account: req.Account, Name: req.Name, Kind: req.Kind, Origin: req.Origin,
		Provider: req.Provider, Subject: req.Subject, SubjectOf: req.SubjectOf, Tags: req.Tags, Transitive: req.Transitive, SourceID: req.SourceID,
		Policies: req.Policies, Managed: req.Managed,
		Issued: now, Expires: now.Add(life), Rev: v.Rev(), Inc: v.Installation().Incarnation,
	}
	if req.Role != nil {
		s.RoleID, s.Account = req.Role.UniqueID, req.Role.ARN.Account()
	}
	s.KeyID = credential.NewKeyID(s.Account)
	if req.From != nil {
		handOn(req.From, s)
	}
	token, err := s.Seal(m.Keys)
	if err != nil {
		return IssuedSession{}, err
	}
	if req.Once != nil {
		if err := req.Once(); err != nil {
			return IssuedSession{}, err
		}
	}
	rec := req.Record
	rec.Outcome, rec.TokenID, rec.Account, rec.Rev = audit.Issued, s.KeyID, s.Account, v.Rev()
	if err := m.Ledger.Ledger(ctx, rec); err != nil { // durable before anybody sees it
		return IssuedSession{}, err
	}
	return IssuedSession{Session: s, Token: secret.Text(token)}, nil
}

// handOn gives a session what it has from the one that asked for it and what no request takes away: whose it is in the
// end, the access key and the roles that it came through, its transitive tags and its source identity (IAM User Guide, "Chaining roles with
// session tags" and "Monitor and control actions taken with assumed roles").
func handOn(from, to *credential.Session) {
	to.Origin, to.Key = from.Origin, from.Key
	to.Chain = slices.Clone(from.Chain)
	if from.RoleID != "" && !slices.Contains(to.Chain, from.RoleID) {
		to.Chain = append(to.Chain, from.RoleID)
	}
	to.SourceID = cmp.Or(from.SourceID, to.SourceID)
	if len(from.Transitive) > 0 {
		to.Tags = credential.WithTransitive(from, to.Tags)
		to.Transitive = slices.Concat(from.Transitive, to.Transitive)
	}
	if to.RoleID == "" {
		to.User = from.User
	}
	if to.RoleID == "" && from.Expires.Before(to.Expires) { // a caller's own session, again: it lives no longer for it
		to.Expires = from.Expires
	}
}

// The longest lives of sessions, whatever a role allows (AWS STS, AssumeRole, GetSessionToken and GetFederationToken).
const (
	maxChained = time.Hour // of a role that a session of a role assumed
	maxOfRoot  = time.Hour // of the root of an account
)

// usualOfUser is how long a session lives that a user asks for of itself or for a federated user, where it names no duration
// (AWS STS, GetSessionToken, DurationSeconds).
const usualOfUser = 12 * time.Hour

// sessionLife is what was asked for, if the role allows it. A longer request fails, it is not clipped (AWS STS,
// AssumeRole, DurationSeconds); only a bound that an operator set below AWS's minimum shortens it, and what the root of an
// account asks for is clipped there as well.
func (m *Mint) sessionLife(req SessionRequest) (time.Duration, error) {
	life := cmp.Or(req.Duration, m.Lives.Session)
	switch {
	case req.Role == nil && req.From != nil && req.From.User.ID != "":
		return cmp.Or(req.Duration, usualOfUser), nil
	case req.Role == nil:
		return min(life, maxOfRoot), nil
	}
	if req.From != nil && req.From.RoleID != "" && life > maxChained {
		return 0, fault.New(fault.Invalid, DurationTooLong,
			"The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.")
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

// newSecret makes a secret access key: 40 characters, 240 random bits.
func newSecret() secret.Text {
	var b [30]byte
	_, _ = rand.Read(b[:]) // never fails since Go 1.24: the process ends instead
	return secret.Text(base64.StdEncoding.EncodeToString(b[:]))
}

// Reference names, for principals of an account and nobody else, the record that tells why a request was refused. It gives
// nobody anything: who opens it is asked for a right of their own.
func (m *Mint) Reference(account name.AccountID, id requestid.ID) (string, error) {
	return credential.SealReference(m.Keys, account, id)
}
