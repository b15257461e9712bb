package federation

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/internal/credential"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/jose"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// issuer is an installation with one identity, and a key that signs for it.
type issuer struct {
	Verifier
	view     *view.View
	identity *view.UserIdentity
	signer   *jose.Signer
	url      string
	now      time.Time
}

func newIssuer(t *testing.T) *issuer {
	t.Helper()
	tenant, sub := name.NewGUID(), name.NewGUID()
	id, err := name.NewResourceID(sub, "g", view.TypeUserIdentity, "reader")
	if err != nil {
		t.Fatal(err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	i := &issuer{
		now:      time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC),
		identity: &view.UserIdentity{ID: id, Principal: view.Principal{ObjectID: name.NewGUID(), ClientID: name.NewGUID(), Tenant: tenant}},
		url:      "https://127.0.0.1:8443/" + tenant.String() + "/",
	}
	if i.signer, err = jose.NewSigner(jose.SignerConfig{Key: key, Alg: "ES256", KID: "k1"}); err != nil {
		t.Fatal(err)
	}
	i.view, err = view.Load(1, []view.Record{
		&view.Installation{Incarnation: "life", URLs: map[string]string{"entra": "https://127.0.0.1:8443"}},
		&view.Tenant{ID: tenant, Name: "default"}, &view.Subscription{ID: sub, Tenant: tenant, Name: "default"}, i.identity,
	})
	if err != nil {
		t.Fatal(err)
	}
	i.Verifier = Verifier{Own: &credential.Tokens{Keys: i}, Now: func() time.Time { return i.now }}
	return i
}

// Key makes the issuer the keyring of these tests.
func (i *issuer) Key(kid string) (jose.Key, bool) { return i.signer.Public(), kid == "k1" }

func (i *issuer) token(t *testing.T, change func(map[string]any)) string {
	t.Helper()
	oid := i.identity.Principal.ObjectID.String()
	c := map[string]any{
		"iss": i.url, "aud": "api://x", "sub": oid, "oid": oid, "iat": i.now.Unix(), "nbf": i.now.Unix(),
		"exp": i.now.Add(time.Hour).Unix(), credential.ClaimRev: 1, credential.ClaimInc: "life",
	}
	if change != nil {
		change(c)
	}
	b, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	text, err := i.signer.Sign(b)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func (i *issuer) assertion(t *testing.T, change func(map[string]any)) Assertion {
	t.Helper()
	a, err := i.Verify(t.Context(), i.view, i.token(t, change))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestAnAssertionThatDoesNotHold(t *testing.T) {
	i := newIssuer(t)
	good := i.token(t, nil)
	for _, tc := range []struct {
		name  string
		token string
		want  fault.Reason
	}{
		{"not a token", "hello", Malformed},
		{"too long", strings.Repeat("a", MaxAssertion+1), Malformed},
		{"tampered", good[:len(good)-4] + "AAAA", BadSignature},
		{"J01 alg none", "eyJhbGciOiJub25lIn0" + good[strings.Index(good, "."):], BadSignature},
		{"expired", i.token(t, func(c map[string]any) { c["exp"] = i.now.Unix() }), Expired},
		{"not valid yet", i.token(t, func(c map[string]any) { c["nbf"] = i.now.Unix() + 5 }), NotYet},
		{"another issuer", i.token(t, func(c map[string]any) { c["iss"] = "https://example.org/" }), IssuerUnknown},
		{"deleted subject", i.token(t, func(c map[string]any) { c["oid"] = name.NewGUID().String() }), Revoked},
		{"another life of the store", i.token(t, func(c map[string]any) { c[credential.ClaimInc] = "other" }), BadSignature},
	} {
		if _, err := i.Verify(t.Context(), i.view, tc.token); !fault.Is(err, tc.want) {
			t.Errorf("%s: got %v, want %s", tc.name, err, tc.want)
		}
	}
}

func TestMatch(t *testing.T) {
	i := newIssuer(t)
	a := i.assertion(t, func(c map[string]any) { c["aud"] = "api://AzureADTokenExchange" })
	stolen := i.assertion(t, nil)
	mine, err := name.ParseIssuerURL(i.url)
	if err != nil {
		t.Fatal(err)
	}
	other, err := name.ParseIssuerURL("https://example.org/")
	if err != nil {
		t.Fatal(err)
	}
	trust := func(iss name.IssuerURL, subject, aud string) view.FederatedCredential {
		return view.FederatedCredential{Name: subject, Issuer: iss, Subject: subject, Audiences: []string{aud}}
	}
	expression := view.FederatedCredential{Name: "e", Issuer: mine, Expression: "claims['sub'] eq '" + a.Subject + "'", Audiences: []string{"api://AzureADTokenExchange"}}
	missing := view.FederatedCredential{Name: "m", Issuer: mine, Expression: "claims['ref'] eq 'x'", Audiences: []string{"api://AzureADTokenExchange"}}
	for _, tc := range []struct {
		name  string
		trust []view.FederatedCredential
		want  fault.Reason // empty: accepted
	}{
		{"nothing trusted", nil, OwnToken},
		{"another issuer only", []view.FederatedCredential{trust(other, a.Subject, "api://AzureADTokenExchange")}, OwnToken},
		{"another subject", []view.FederatedCredential{trust(mine, "someone", "api://AzureADTokenExchange")}, SubjectMismatch},
		{"F21 another case", []view.FederatedCredential{trust(mine, strings.ToUpper(a.Subject), "api://AzureADTokenExchange")}, SubjectMismatch},
		{"another audience", []view.FederatedCredential{trust(mine, a.Subject, "api://y")}, AudienceMismatch},
		{"audience with a slash", []view.FederatedCredential{trust(mine, a.Subject, "api://AzureADTokenExchange/")}, AudienceMismatch},
		{"halves of two credentials", []view.FederatedCredential{trust(other, a.Subject, "api://AzureADTokenExchange"), trust(mine, "someone", "api://AzureADTokenExchange")}, SubjectMismatch},
		{"the second fits", []view.FederatedCredential{trust(mine, "someone", "api://AzureADTokenExchange"), trust(mine, a.Subject, "api://AzureADTokenExchange")}, ""},
		{"an expression that holds", []view.FederatedCredential{expression}, ""},
		{"an expression on a claim that is not there", []view.FederatedCredential{missing}, ExpressionMismatch},
	} {
		got, err := Match(a, tc.trust)
		if tc.want == "" {
			if err != nil || got.Name != tc.trust[len(tc.trust)-1].Name {
				t.Errorf("%s: %v, %v", tc.name, got, err)
			}
			continue
		}
		if !fault.Is(err, tc.want) {
			t.Errorf("%s: got %v, want %s", tc.name, err, tc.want)
		}
	}
	// A token that was made for somebody else is no assertion, whatever a credential lists.
	_, err = Match(stolen, []view.FederatedCredential{trust(mine, stolen.Subject, "api://x")})
	if !fault.Is(err, OwnToken) {
		t.Errorf("a token for another audience: %v", err)
	}
}

// What is configured never goes to a stranger: it stands in the decision, which is for the record.
func TestARefusalShowsNothingOfTheTrust(t *testing.T) {
	i := newIssuer(t)
	mine, err := name.ParseIssuerURL(i.url)
	if err != nil {
		t.Fatal(err)
	}
	_, err = Match(i.assertion(t, nil), []view.FederatedCredential{{Name: "n", Issuer: mine, Subject: "canary-subject", Audiences: []string{"canary-audience"}}})
	f := fault.From(err)
	if strings.Contains(f.Public, "canary") {
		t.Errorf("public text: %s", f.Public)
	}
	if f.Decision == nil || len(f.Decision.Nearest) != 1 || !strings.Contains(f.Decision.Nearest[0].Text, "canary-subject") {
		t.Errorf("the record does not say what was missing: %+v", f.Decision)
	}
}

func TestJ19TheProviderNamesTheAudience(t *testing.T) {
	i := newIssuer(t)
	for _, tc := range []struct {
		name   string
		aud    any
		azp    string
		claim  string
		accept bool
	}{
		{"registered", "api://x", "", "azp-first", true},
		{"one of several", []string{"api://y", "api://x"}, "", "azp-first", true},
		{"another", "api://y", "", "azp-first", false},
		{"with a slash", "api://x/", "", "azp-first", false},
		{"a prefix", "api://", "", "azp-first", false},
		{"empty list", []string{}, "", "azp-first", false},
		{"azp decides as on AWS", "api://x", "somebody", "azp-first", false},
		{"azp is registered", "api://y", "api://x", "azp-first", true},
		{"aud decides where the provider says so", "api://x", "somebody", "aud", true},
	} {
		a := i.assertion(t, func(c map[string]any) {
			c["aud"] = tc.aud
			if tc.azp != "" {
				c["azp"] = tc.azp
			}
		})
		err := CheckAudience(a, &view.OIDCProvider{ClientIDs: []string{"api://x"}, AudienceClaim: tc.claim})
		if (err == nil) != tc.accept || err != nil && !fault.Is(err, AudienceMismatch) {
			t.Errorf("%s: %v", tc.name, err)
		}
	}
}
