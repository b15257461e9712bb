package credential

import (
	"fmt"
	"strings"
	"time"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/jose"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/verify"
)

// MaxToken bounds our own tokens in bytes.
const MaxToken = 16 << 10

// Claims of Lanyard's own in its Entra-shaped tokens, beside those of Entra.
const (
	// ClaimRev is the revision of the View that the token was minted from.
	ClaimRev = "lyd_rev"
	// ClaimInc is the incarnation of the store that the token was minted from.
	ClaimInc = "lyd_inc"
)

// Keys finds public keys of our own issuer; the keyring.
type Keys interface {
	// Key finds a published key by its id.
	Key(kid string) (jose.Key, bool)
}

// Token is a token of our own issuer that was verified and holds: who it is about and what for.
type Token struct {
	Owner    view.Owner // whose service principal it is about
	Tenant   name.GUID
	Issuer   string
	Subject  string
	Audience []string
	ID       string // uti
	Rev      int64  // revision of the View that it was minted from
	Expires  time.Time
	Claims   *verify.Claims
}

// Tokens checks tokens of our own issuer. Signatures that held are remembered by the token's hash, never the verdict:
// times, key, incarnation and principal are looked at on each call.
type Tokens struct {
	Keys  Keys
	cache cache[verified]
}

// IssuerOf gives the issuers of a tenant: v1 tokens end in a slash, v2 tokens in /v2.0 (Entra's forms).
func IssuerOf(inst *view.Installation, tenant name.GUID) (v1, v2 string) {
	base := inst.URLs["entra"] + "/" + tenant.String() + "/"
	return base, base + "v2.0"
}

// TenantOfIssuer finds the tenant of this installation that an issuer text belongs to.
func TenantOfIssuer(v *view.View, issuer string) (*view.Tenant, bool) {
	inst := v.Installation()
	if inst == nil {
		return nil, false
	}
	rest, ok := strings.CutPrefix(issuer, inst.URLs["entra"])
	rest, slash := strings.CutPrefix(rest, "/")
	if !ok || !slash {
		return nil, false
	}
	tenant, form, _ := strings.Cut(rest, "/")
	id, err := name.ParseGUID(tenant)
	if err != nil || id.String() != tenant || form != "" && form != "v2.0" || rest == tenant {
		return nil, false
	}
	return v.Tenant(id)
}

// Verify checks a token of our own issuer against one View: form, issuer, signature, times (without leeway: the clock
// that minted it is ours), incarnation, and that its principal is there and not revoked. Whether the token is meant for
// the door that got it is the caller's question.
func (t *Tokens) Verify(v *view.View, now time.Time, raw string) (*Token, error) {
	p := Present(raw)
	if own, known, err := t.VerifyKnown(v, now, p); known {
		return own, err
	}
	parsed, err := verify.Parse(raw, MaxToken)
	if err != nil {
		return nil, explain(err)
	}
	return t.VerifyParsed(v, now, p, parsed)
}

// VerifyKnown is Verify for a token whose signature held before; known is false for any other.
func (t *Tokens) VerifyKnown(v *view.View, now time.Time, p Presented) (own *Token, known bool, err error) {
	kept, ok := t.cache.get(p.hash)
	if !ok {
		return nil, false, nil
	}
	if _, published := t.Keys.Key(kept.kid); !published {
		return nil, false, nil
	}
	own, err = current(v, now, kept.claims)
	return own, true, err
}

// VerifyParsed is Verify for a token that was read already; parsed is what p says.
func (t *Tokens) VerifyParsed(v *view.View, now time.Time, p Presented, parsed *verify.Token) (*Token, error) {
	if len(p.raw) > MaxToken {
		return nil, fault.New(fault.Unauthenticated, TokenMalformed, "The token is longer than allowed.")
	}
	if _, ours := TenantOfIssuer(v, parsed.UnverifiedIssuer()); !ours {
		return nil, unknownIssuer(parsed.UnverifiedIssuer())
	}
	key, ok := t.Keys.Key(parsed.KeyID())
	if !ok {
		return nil, fault.New(fault.Unauthenticated, TokenSignature, "The token's signing key is not one of this issuer's.")
	}
	claims, err := parsed.Verify(key.Public, key.Alg)
	if err != nil {
		return nil, explain(err)
	}
	t.cache.put(p.hash, verified{claims: claims, kid: parsed.KeyID()})
	return current(v, now, claims)
}

// current checks what a signature does not say: that the token is good now, of a tenant that is here, for a principal that
// is.
func current(v *view.View, now time.Time, claims *verify.Claims) (*Token, error) {
	if err := verify.CheckTimes(claims, now, 0, 0); err != nil {
		return nil, explain(err)
	}
	tenant, ok := TenantOfIssuer(v, claims.Issuer())
	if !ok {
		return nil, unknownIssuer(claims.Issuer())
	}
	return holds(v, tenant, claims)
}

// holds checks the claims against the View.
func holds(v *view.View, tenant *view.Tenant, claims *verify.Claims) (*Token, error) {
	inc, _ := claims.String(ClaimInc)
	rev, _ := claims.Number(ClaimRev)
	if err := sameHistory(v, inc, int64(rev)); err != nil {
		return nil, err
	}
	oid, _ := claims.String("oid")
	id, err := name.ParseGUID(oid)
	if err != nil {
		return nil, fault.New(fault.Unauthenticated, TokenMalformed, "The token names no object id.").Because(err)
	}
	owner, err := ownerOf(v, id, tenant.ID, int64(rev))
	if err != nil {
		return nil, err
	}
	uti, _ := claims.String("uti")
	return &Token{
		Owner: owner, Tenant: tenant.ID, Issuer: claims.Issuer(), Subject: claims.Subject(), Audience: claims.Audience(),
		ID: uti, Rev: int64(rev), Expires: claims.Expires(), Claims: claims,
	}, nil
}

// ownerOf finds who has a token of that revision, if its tokens of then still count.
func ownerOf(v *view.View, id, tenant name.GUID, rev int64) (view.Owner, error) {
	owner, ok := v.PrincipalByObject(id)
	if !ok || owner.Principal().Tenant != tenant {
		return owner, fault.New(fault.Unauthenticated, TokenPrincipalGone, "The identity that the token was issued to was deleted.")
	}
	if rev < owner.Principal().RevokedAt {
		return owner, fault.New(fault.Unauthenticated, TokenRevoked, "The identity's tokens were revoked after this one was issued.")
	}
	return owner, nil
}

// Counts refuses a token that was verified by an earlier View, if by this one its principal is gone or was revoked.
func (t *Token) Counts(v *view.View) error {
	_, err := ownerOf(v, t.Owner.Principal().ObjectID, t.Tenant, t.Rev)
	return err
}

func unknownIssuer(issuer string) error {
	return fault.New(fault.Unauthenticated, TokenIssuer, "The token's issuer %q is not a tenant of this installation.", bounded(issuer))
}

// bounded keeps what a stranger wrote short enough for an error.
func bounded(s string) string {
	if len(s) > 256 {
		return s[:256] + "..."
	}
	return s
}

// explain turns the verifier's reasons into faults.
func explain(err error) error {
	kind, why := fault.Unauthenticated, TokenMalformed
	switch verify.ReasonOf(err) {
	case verify.Algorithm:
		why = TokenAlgorithm
	case verify.Signature, verify.Key:
		why = TokenSignature
	case verify.Expired:
		kind, why = fault.Expired, TokenExpired
	case verify.NotYet, verify.IssuedInFuture:
		why = TokenNotYet
	case verify.Malformed, verify.Missing, verify.Lifetime, verify.Audience, verify.Issuer,
		verify.KeySetMalformed, verify.KeySetPrivate, verify.KeySetAmbiguous, verify.KeySetTooMany, verify.KeySetEmpty:
	}
	return fault.New(kind, why, "%s", sentence(err)).Because(err)
}

// sentence makes the verifier's detail a sentence for the caller.
func sentence(err error) string {
	s := fmt.Sprint(err)
	if s == "" {
		return "The token is not valid."
	}
	return strings.ToUpper(s[:1]) + s[1:] + "."
}
