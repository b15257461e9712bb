package mint

import (
	"context"
	"fmt"
	"time"

	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/jose"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/secret"
	"github.com/lanyard-id/lanyard/internal/view"
)

// Token is an access token for one identity and one audience.
type Token struct {
	Access   secret.Text // the token itself
	ID       string      // uti
	ClientID name.GUID
	Resource string // the audience as it was asked for
	Issued   time.Time
	Expires  time.Time
}

// TokenRequest asks for a token for a workload.
type TokenRequest struct {
	Workload view.Workload
	Selector Selector
	Audience string
	Record   audit.Record // what the door knows of the request; mint adds what it issued
}

// Token gives the workload a token of its identity for the audience: one that was issued before if it is fresh enough,
// else a new one. The faults' reasons are those of this package and audit.Unavailable.
func (m *Mint) Token(ctx context.Context, v *view.View, req TokenRequest) (Token, error) {
	owner, err := choose(v, req.Workload, req.Selector)
	if err != nil {
		return Token{}, err
	}
	s := subject{owner: owner, appidacr: "2"} // Entra marks managed identities as certificate clients
	if owner.Identity != nil {
		s.host = req.Workload.Resource.ID
	}
	req.Record.Principal = PrincipalOf(owner)
	return m.token(ctx, v, s, req.Audience, req.Record)
}

// ExchangeRequest asks for a token for a client that has proved itself at the token endpoint.
type ExchangeRequest struct {
	Owner    view.Owner
	Secret   bool // it proved itself with a secret, and not by a signature
	Audience string
	Record   audit.Record // what the door knows of the request; mint adds what it issued
}

// Exchange gives a client a token for the audience after its proof was accepted.
func (m *Mint) Exchange(ctx context.Context, v *view.View, req ExchangeRequest) (Token, error) {
	s := subject{owner: req.Owner, appidacr: "2"}
	if req.Secret {
		s.appidacr = "1"
	}
	req.Record.Principal = PrincipalOf(req.Owner)
	return m.token(ctx, v, s, req.Audience, req.Record)
}

// PrincipalOf names an owner in records.
func PrincipalOf(o view.Owner) audit.Principal {
	return audit.Principal{Kind: "servicePrincipal", ID: o.Principal().ObjectID.String(), Display: displayOf(o)}
}

func displayOf(o view.Owner) string {
	if id := armID(o); !id.IsZero() {
		return id.String()
	}
	return o.Display()
}

func (m *Mint) token(ctx context.Context, v *view.View, s subject, audience string, rec audit.Record) (Token, error) {
	if err := open(v); err != nil {
		return Token{}, err
	}
	app, ok := v.Audience(s.owner.Principal().Tenant, audience)
	if ok && app.Disabled {
		return Token{}, fault.New(fault.Denied, AudienceDisabled, "The service principal for resource '%s' is disabled.", audience)
	}
	if !ok || !app.HasService() {
		return Token{}, fault.New(fault.Denied, AudienceUnregistered,
			"The resource principal named %s was not found in the tenant named %s. "+
				"This can happen if the application has not been registered.", audience, s.owner.Principal().Tenant)
	}
	signer := m.signer(app)
	if signer == nil {
		return Token{}, fault.New(fault.Internal, NoSigner, "").Because(fmt.Errorf("no key signs %q", app.Algorithm))
	}
	key := cacheKey{
		principal: s.owner.Principal().ObjectID, principalRev: revOf(s.owner), host: s.host.Key(), audience: audience,
		appRev: app.Rev, kid: signer.KID(), inc: v.Installation().Incarnation, acr: s.appidacr,
	}
	life := m.life(s.owner, app)
	rec.Audience, rec.Tenant, rec.Rev = audience, s.owner.Principal().Tenant, v.Rev()
	if t, ok := m.issued.get(key, m.younger(m.refreshAge(life))); ok {
		rec.Outcome, rec.TokenID = audit.Reissued, t.ID
		m.Ledger.Access(rec)
		return t, nil
	}
	return m.issued.once(ctx, key, func() (Token, error) {
		now := m.Now().Truncate(time.Second)
		t := Token{
			ID: newID(), ClientID: s.owner.Principal().ClientID, Resource: audience, Issued: now, Expires: now.Add(life),
		}
		told, err := tellAWS(s.owner, app)
		if err != nil {
			return Token{}, err
		}
		text, err := signer.Sign(s.claims(v, app, t, told))
		if err != nil {
			return Token{}, err
		}
		t.Access = secret.Text(text)
		rec.Outcome, rec.TokenID = audit.Issued, t.ID
		// Durable before anybody sees it, and for all who wait for it: not only while the first of them does.
		return t, m.Ledger.Ledger(context.WithoutCancel(ctx), rec)
	})
}

// signer is the key that the audience's tokens are signed with, under the header of their version.
func (m *Mint) signer(app *view.Application) *jose.Signer {
	if app.TokenVersion == 2 {
		return m.Keys.Signer(app.Algorithm)
	}
	return m.Keys.ThumbprintSigner(app.Algorithm)
}

// life is the shortest of the installation's, the identity's and the audience's.
func (m *Mint) life(o view.Owner, app *view.Application) time.Duration {
	life := m.Lives.Token
	for _, seconds := range []int{app.MaxLifetime, maxLifetime(o)} {
		if seconds > 0 {
			life = min(life, time.Duration(seconds)*time.Second)
		}
	}
	return life
}

// younger takes tokens of less than maxAge.
func (m *Mint) younger(maxAge time.Duration) func(Token) bool {
	now := m.Now()
	return func(t Token) bool {
		age := now.Sub(t.Issued)
		return age >= 0 && age < maxAge
	}
}

func (m *Mint) refreshAge(life time.Duration) time.Duration { return min(m.Lives.Refresh, life/3) }

func maxLifetime(o view.Owner) int {
	switch {
	case o.Resource != nil:
		return o.Resource.MaxLifetime
	case o.Identity != nil:
		return o.Identity.MaxLifetime
	case o.Application != nil:
		return o.Application.MaxLifetime
	}
	return 0
}

func revOf(o view.Owner) int64 {
	switch {
	case o.Resource != nil:
		return o.Resource.Rev
	case o.Identity != nil:
		return o.Identity.Rev
	case o.Application != nil:
		return o.Application.Rev
	}
	return o.Operator.Rev
}
