package mint

import (
	"crypto/rand"
	"encoding/base64"
	"slices"
	"strconv"

	"github.com/lanyard-id/lanyard/internal/credential"
	"github.com/lanyard-id/lanyard/internal/jsonwrite"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// subject is what a token is about.
type subject struct {
	owner    view.Owner
	host     name.ResourceID // the resource that a user-assigned identity is used from; zero if there is none
	appidacr string          // how the client proved itself, in Entra's numbers
}

// entraClaims are the claims of both versions of Entra's access tokens for applications. Order and names are Entra's.
type entraClaims struct {
	Audience string   `json:"aud"`
	Issuer   string   `json:"iss"`
	IssuedAt int64    `json:"iat"`
	Before   int64    `json:"nbf"`
	Expires  int64    `json:"exp"`
	AppID    string   `json:"appid,omitempty"`    // v1
	AppIDACR string   `json:"appidacr,omitempty"` // v1
	AZP      string   `json:"azp,omitempty"`      // v2
	AZPACR   string   `json:"azpacr,omitempty"`   // v2
	IDP      string   `json:"idp,omitempty"`      // v1
	IDType   string   `json:"idtyp"`
	ObjectID string   `json:"oid"`
	Roles    []string `json:"roles,omitempty"`
	Subject  string   `json:"sub"`
	Tenant   string   `json:"tid"`
	ID       string   `json:"uti"`
	Version  string   `json:"ver"`
	Identity string   `json:"xms_mirid,omitempty"`
	Host     string   `json:"xms_az_rid,omitempty"`
	Rev      int64    `json:"lyd_rev"` // credential.ClaimRev
	Inc      string   `json:"lyd_inc"` // credential.ClaimInc
}

// claims writes what the token says, and what it tells AWS beside. The audience's application decides the version, not the
// door that was asked.
func (s subject) claims(v *view.View, app *view.Application, t Token, told []byte) []byte {
	p := s.owner.Principal()
	v1, v2 := credential.IssuerOf(v.Installation(), p.Tenant)
	c := entraClaims{
		IssuedAt: t.Issued.Unix(), Before: t.Issued.Unix(), Expires: t.Expires.Unix(), IDType: "app",
		ObjectID: p.ObjectID.String(), Subject: p.ObjectID.String(), Tenant: p.Tenant.String(),
		Roles: rolesOf(app, p.ObjectID), ID: t.ID, Rev: v.Rev(), Inc: v.Installation().Incarnation,
		Identity: armID(s.owner).String(), Host: s.host.String(),
	}
	if app.TokenVersion == 2 {
		c.Audience, c.Issuer, c.Version = app.Principal.ClientID.String(), v2, "2.0"
		c.AZP, c.AZPACR = p.ClientID.String(), s.appidacr
	} else {
		c.Audience, c.Issuer, c.Version = t.Resource, v1, "1.0"
		c.AppID, c.AppIDACR, c.IDP = p.ClientID.String(), s.appidacr, v1
	}
	b := c.append(make([]byte, 0, usualClaims+len(told)))
	if len(told) == 0 {
		return b
	}
	b = append(append(b[:len(b)-1], ','), told...)
	return append(b, '}')
}

// usualClaims is how many bytes the claims of a token without roles seldom exceed.
const usualClaims = 1 << 10

// append writes the claims as encoding/json does, by hand because every new token has them: a test holds the two together.
func (c *entraClaims) append(b []byte) []byte {
	text := func(name, value string) { b = jsonwrite.AppendMember(b, name, value) }
	some := func(name, value string) { b = jsonwrite.AppendSome(b, name, value) }
	number := func(name string, n int64) { b = strconv.AppendInt(append(b, name...), n, 10) }
	text(`{"aud":`, c.Audience)
	text(`,"iss":`, c.Issuer)
	number(`,"iat":`, c.IssuedAt)
	number(`,"nbf":`, c.Before)
	number(`,"exp":`, c.Expires)
	some(`,"appid":`, c.AppID)
	some(`,"appidacr":`, c.AppIDACR)
	some(`,"azp":`, c.AZP)
	some(`,"azpacr":`, c.AZPACR)
	some(`,"idp":`, c.IDP)
	text(`,"idtyp":`, c.IDType)
	text(`,"oid":`, c.ObjectID)
	for i, role := range c.Roles {
		text([]string{`,"roles":[`, `,`}[min(i, 1)], role)
	}
	if len(c.Roles) > 0 {
		b = append(b, ']')
	}
	text(`,"sub":`, c.Subject)
	text(`,"tid":`, c.Tenant)
	text(`,"uti":`, c.ID)
	text(`,"ver":`, c.Version)
	some(`,"xms_mirid":`, c.Identity)
	some(`,"xms_az_rid":`, c.Host)
	number(`,"lyd_rev":`, c.Rev)
	text(`,"lyd_inc":`, c.Inc)
	return append(b, '}')
}

// rolesOf lists the application's roles that the principal holds.
func rolesOf(app *view.Application, principal name.GUID) []string {
	var held []string
	for _, r := range app.Roles {
		if slices.Contains(r.Members, principal) {
			held = append(held, r.Value)
		}
	}
	return held
}

// newID makes a token id: 128 random bits, as long as Entra's uti.
func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails since Go 1.24: the process ends instead
	return base64.RawURLEncoding.EncodeToString(b[:])
}
