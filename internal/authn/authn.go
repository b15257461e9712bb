package authn

import (
	"crypto/rand"
	"strings"
	"time"

	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/credential"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/view"
)

// Why a proof is not accepted, beside the reasons of the credentials themselves.
const (
	// NoCredentials means that the request carries no proof at all.
	NoCredentials = awswire.ReasonNoCredentials
	// Scheme means that the proof is of a kind that is not accepted here, such as a shared key.
	Scheme fault.Reason = "authn.unsupported_scheme"
	// WrongAudience means that the token is meant for another service.
	WrongAudience fault.Reason = "authn.wrong_audience"
	// UnknownKey means that no access key of this id exists.
	UnknownKey fault.Reason = "authn.unknown_key"
	// KeyInactive means that the user's access key has signed and was made inactive.
	KeyInactive fault.Reason = "authn.key_inactive"
	// KeyExpired means that the user's access key has signed and has reached its end.
	KeyExpired fault.Reason = "authn.key_expired"
	// KeysHeld means that users' access keys are not accepted until an operator confirms a restore: one of them may have been
	// deleted since the backup was made.
	KeysHeld fault.Reason = "authn.keys_held"
)

// Authenticator turns proof into callers. Make it once: it remembers derived signing keys and signatures that held,
// never a verdict.
type Authenticator struct {
	tokens     *credential.Tokens
	sessions   *credential.Sessions
	keys       *awswire.KeyCache
	delegation Keys
	decoy      awswire.Secret
	now        func() time.Time
}

// signingKeys bounds the derived keys that are remembered.
const signingKeys = 8192

// New makes an Authenticator; tokens and keys open what this installation issued.
func New(tokens *credential.Tokens, keys Keys, now func() time.Time) *Authenticator {
	return &Authenticator{
		tokens: tokens, sessions: &credential.Sessions{Keys: keys}, delegation: keys, keys: awswire.NewKeyCache(signingKeys), decoy: awswire.Secret(rand.Text()), now: now,
	}
}

// Bearer finds the identity that presented a bearer token for one of the audiences (RFC 6750 section 2.1). A trailing
// slash does not count: SDKs ask for the same audience with and without it.
func (a *Authenticator) Bearer(v *view.View, authorization []string, audiences ...string) (*credential.Token, error) {
	switch {
	case len(authorization) == 0:
		return nil, fault.New(fault.Unauthenticated, NoCredentials, "The request carries no Authorization header.")
	case len(authorization) > 1:
		return nil, fault.New(fault.Invalid, awswire.ReasonSeveralCredentials, "The request carries several Authorization headers.")
	}
	scheme, raw, _ := strings.Cut(authorization[0], " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return nil, fault.New(fault.Unauthenticated, Scheme, "Only bearer tokens are accepted.")
	}
	t, err := a.tokens.Verify(v, a.now(), raw)
	if err != nil {
		return nil, err
	}
	for _, have := range t.Audience {
		for _, want := range audiences {
			if strings.TrimSuffix(have, "/") == strings.TrimSuffix(want, "/") {
				return t, nil
			}
		}
	}
	return nil, fault.New(fault.Unauthenticated, WrongAudience,
		"The token is for the audience %q, this service is %q.", strings.Join(t.Audience, ", "), audiences[0])
}

// Session is a caller that signed its request with a session's key, or a user that signed with its own.
type Session struct {
	*credential.Session
	Role  *view.Role    // as it is now; nil for users and the root of the account
	Proof awswire.Proof // verified; says what the body must be held to
	// Chunks is the chain of signatures in a body of signed chunks; nil for every other.
	Chunks *awswire.Chunks
}

// Signed finds the session, or the user, that signed an AWS request (Signature Version 4). An unknown key costs the caller as much
// time as a wrong signature.
func (a *Authenticator) Signed(v *view.View, req awswire.Request, rule awswire.Rule) (*Session, error) {
	proof, err := awswire.ReadProof(req, rule)
	if err != nil {
		return nil, err
	}
	now := a.now()
	if proof.SessionToken == "" {
		return a.byUserKey(v, proof, now)
	}
	s, err := a.sessions.Open(proof.KeyID, proof.SessionToken.Reveal())
	if err != nil {
		_ = proof.Verify(a.keys.Key(a.decoy, proof.Scope), now) // only for its time: threat A18
		return nil, err
	}
	key := a.keys.Key(s.Secret, proof.Scope)
	if err := proof.Verify(key, now); err != nil {
		return nil, err
	}
	role, err := s.Live(v, now)
	if err != nil {
		return nil, err
	}
	return &Session{Session: s, Role: role, Proof: proof, Chunks: proof.Chunks(key)}, nil
}
