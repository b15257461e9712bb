package guard

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/lanyard-id/lanyard/verify"
)

// Guard checks tokens. Several goroutines may use it at once.
type Guard struct {
	config Config
	client *http.Client
	keys   keys
	feed   state
}

// Identity is who calls, by a token that holds.
type Identity struct {
	ObjectID string   // the identity's principal id: the one name that is never used again
	ClientID string   // its client id
	Tenant   string   // its tenant
	Roles    []string // the roles of this service that it has
	Resource string   // the ARM id of the identity, or of the resource that it belongs to; "" if it has none
	Expires  time.Time
	Claims   *verify.Claims
}

// Has tells whether the identity has a role.
func (i *Identity) Has(role string) bool { return slices.Contains(i.Roles, role) }

// clockSkew is how far the issuer's clock may be ahead of ours. Nothing is forgiven at a token's end.
const clockSkew = time.Minute

// Verify says who a token is about, if all of it holds now. It waits for nothing but the issuer's keys. The errors' reasons
// are those of package verify and of this package.
func (g *Guard) Verify(ctx context.Context, token string) (*Identity, error) {
	now := time.Now()
	parsed, err := verify.Parse(token, 0)
	if err != nil {
		return nil, err
	}
	if err := parsed.CheckAlgorithm(algorithms()...); err != nil {
		return nil, err
	}
	if !slices.Contains(g.config.Issuers, parsed.UnverifiedIssuer()) { // before anything is fetched for it
		return nil, refuse(verify.Issuer, "iss", "the token comes from another issuer")
	}
	key, err := g.key(ctx, parsed.KeyID(), parsed.Algorithm())
	if err != nil {
		return nil, err
	}
	claims, err := parsed.Verify(key, algorithms()...)
	if err != nil {
		return nil, err
	}
	if err := g.checkClaims(claims, now); err != nil {
		return nil, err
	}
	who, err := identity(claims)
	if err != nil {
		return nil, err
	}
	for _, role := range g.config.Roles {
		if !who.Has(role) {
			return nil, missing(role)
		}
	}
	if err := g.alive(claims, who.ObjectID); err != nil {
		return nil, err
	}
	return who, nil
}

// algorithms are those that Lanyard signs with.
func algorithms() []string { return []string{"RS256", "ES256"} }

// checkClaims checks when, by whom, for whom and where the token was made.
func (g *Guard) checkClaims(c *verify.Claims, now time.Time) error {
	if !now.Before(c.Expires()) {
		return refuse(verify.Expired, "exp", "the token has expired")
	}
	if err := verify.CheckTimes(c, now, clockSkew, g.config.MaxLifetime); err != nil {
		return err
	}
	if err := verify.CheckAudience(c, g.config.Audiences...); err != nil {
		return err
	}
	if tenant, _ := c.String("tid"); tenant != g.config.Tenant {
		return refuse(Tenant, "tid", "the token comes from another tenant")
	}
	want := "1.0"
	if strings.HasSuffix(c.Issuer(), "/v2.0") {
		want = "2.0"
	}
	if version, _ := c.String("ver"); version != want {
		return refuse(Version, "ver", "the token's version does not fit its issuer")
	}
	return nil
}

// identity reads who the token is about. The client's name has another claim in each version.
func identity(c *verify.Claims) (*Identity, error) {
	who := &Identity{Expires: c.Expires(), Claims: c}
	client := "appid"
	if version, _ := c.String("ver"); version == "2.0" {
		client = "azp"
	}
	for _, want := range []struct {
		claim string
		field *string
	}{{"oid", &who.ObjectID}, {client, &who.ClientID}, {"tid", &who.Tenant}} {
		text, ok := c.String(want.claim)
		if !ok || text == "" {
			return nil, refuse(verify.Missing, want.claim, "the token has no "+want.claim)
		}
		*want.field = text
	}
	who.Resource, _ = c.String("xms_mirid")
	if c.Has("roles") {
		elements, ok := c.Value("roles").Elements()
		if !ok {
			return nil, refuse(verify.Malformed, "roles", "roles is not an array")
		}
		for _, e := range elements {
			role, ok := e.Text()
			if !ok {
				return nil, refuse(verify.Malformed, "roles", "a role is not a string")
			}
			who.Roles = append(who.Roles, role)
		}
	}
	return who, nil
}

func missing(role string) error {
	return refuse(Role, "roles", "the identity does not have the role "+role)
}
