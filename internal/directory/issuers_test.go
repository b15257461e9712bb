package directory

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/directory/trust"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/jose"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/preset"
	"github.com/lanyard-id/lanyard/internal/view"
)

func issuerURL(t *testing.T, s string) name.IssuerURL {
	t.Helper()
	u, err := name.ParseIssuerURL(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func newKey(t *testing.T, kid string) jose.Key {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return jose.Key{KID: kid, Alg: "ES256", Public: &k.PublicKey}
}

func setOf(t *testing.T, keys ...jose.Key) string {
	t.Helper()
	b, err := jose.MarshalJWKS(keys)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func putIssuer(s IssuerSpec) Command {
	return func(e *Edit) error { _, _, err := e.PutIssuer(s); return err }
}

func TestF14AnotherIssuerUnderTheSameURL(t *testing.T) {
	h := newHouse(t)
	url := issuerURL(t, "https://kubernetes.default.svc")
	a, b, c := newKey(t, "a"), newKey(t, "b"), newKey(t, "a")
	h.must(t, putIssuer(IssuerSpec{URL: url, Keys: setOf(t, a)}))
	h.refused(t, trust.OtherKeys, putIssuer(IssuerSpec{URL: url, Keys: setOf(t, c)})) // another cluster, the same key id
	h.refused(t, trust.OtherKeys, putIssuer(IssuerSpec{URL: url}))
	h.must(t, putIssuer(IssuerSpec{URL: url, Keys: setOf(t, a, b)})) // a rotation
	h.must(t, putIssuer(IssuerSpec{URL: url, Keys: setOf(t, b)}))
	h.refused(t, trust.OtherKeys, putIssuer(IssuerSpec{URL: url, Keys: setOf(t, a)}))
	fetched := issuerURL(t, "https://ci.example.org")
	h.must(t, putIssuer(IssuerSpec{URL: fetched}))
	h.refused(t, trust.OtherKeys, putIssuer(IssuerSpec{URL: fetched, Keys: setOf(t, a)}))
}

func TestAnIssuerIsKnownFromTheFirstTrustOn(t *testing.T) {
	h := newHouse(t)
	url := issuerURL(t, "https://kubernetes.default.svc")
	v := h.must(t, func(e *Edit) error {
		_, _, err := e.PutOIDCProvider(ProviderSpec{Account: h.account(), URL: url, ClientIDs: []string{"x"}})
		return err
	})
	i, ok := v.Issuer(url.String())
	if !ok || !i.Implied || i.Private || i.Shared {
		t.Errorf("issuer: %+v", i)
	}
	h.refused(t, trust.InUse, func(e *Edit) error { return e.DeleteIssuer(url) })
	v = h.must(t, putIssuer(IssuerSpec{URL: url, Keys: setOf(t, newKey(t, "a"))})) // whoever operates this says better
	if i, _ := v.Issuer(url.String()); i.Implied || len(i.Keys) == 0 {
		t.Errorf("issuer: %+v", i)
	}
	h.must(t, func(e *Edit) error {
		for p := range e.View().OIDCProviders(h.account()) {
			if err := e.DeleteOIDCProvider(p.ARN); err != nil {
				return err
			}
		}
		return e.DeleteIssuer(url)
	})
}

func TestIssuersThatAreRefused(t *testing.T) {
	h := newHouse(t)
	own := issuerURL(t, h.View().Installation().IssuerV1(h.View().Installation().Tenant))
	ci := issuerURL(t, "https://ci.example.org")
	for what, tc := range map[string]struct {
		spec IssuerSpec
		want fault.Reason
	}{
		"our own":             {IssuerSpec{URL: own}, trust.Invalid},
		"no URL":              {IssuerSpec{Preset: "kubernetes"}, trust.Invalid},
		"no such preset":      {IssuerSpec{URL: ci, Preset: "x"}, trust.Invalid},
		"plain HTTP":          {IssuerSpec{URL: issuerURL(t, "http://127.0.0.1:1")}, trust.Invalid},
		"no certificates":     {IssuerSpec{URL: ci, CA: "hello"}, trust.Invalid},
		"a private key":       {IssuerSpec{URL: ci, CA: "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"}, trust.Invalid},
		"keys and an address": {IssuerSpec{URL: ci, Keys: setOf(t, newKey(t, "a")), Private: true}, trust.Invalid},
		"no keys in the set":  {IssuerSpec{URL: ci, Keys: `{"keys":[]}`}, jose.KeySetEmpty},
		"a private key set":   {IssuerSpec{URL: ci, Keys: `{"keys":[{"kty":"EC","d":"AA"}]}`}, jose.KeySetPrivate},
	} {
		t.Run(what, func(t *testing.T) { h.refused(t, tc.want, putIssuer(tc.spec)) })
	}
	v := h.must(t, putIssuer(IssuerSpec{Preset: "github"}))
	if i, ok := v.Issuer("https://token.actions.githubusercontent.com"); !ok || !i.Shared || i.OneUse {
		t.Errorf("github: %+v", i)
	}
	h.refused(t, trust.NotFound, func(e *Edit) error { return e.DeleteIssuer(ci) })
}

// TestF01EverySharedIssuer: for each issuer that the world shares, a new role must limit what says whose a token is.
func TestF01EverySharedIssuer(t *testing.T) {
	for _, p := range preset.All() {
		for _, url := range p.Issuers {
			h := newHouse(t)
			host := strings.TrimPrefix(url, "https://")
			role := func(federated, condition string) Command {
				return func(e *Edit) error {
					if federated == "" {
						arn, _, err := e.PutOIDCProvider(ProviderSpec{Account: h.account(), URL: issuerURL(t, url), ClientIDs: []string{"x"}})
						if err != nil {
							return err
						}
						federated = arn.String()
					}
					_, err := e.PutRole(RoleSpec{Account: h.account(), Name: "deploy", Trust: `{"Version":"2012-10-17","Statement":[{"Effect":"Allow",
						"Action":"sts:AssumeRoleWithWebIdentity","Principal":{"Federated":"` + federated + `"},"Condition":` + condition + `}]}`})
					return err
				}
			}
			owner := "whose"
			if len(p.Owners) > 0 {
				owner = p.Owners[0].Lead + "acme" + p.Owners[0].End[:1] + "x"
			}
			good := `{"StringEquals":{"` + p.Key(host) + `":"` + owner + `"}}`
			for _, bad := range []string{
				`{"StringEquals":{"` + host + `:jti":"` + owner + `"}}`, `{"StringEqualsIfExists":{"` + p.Key(host) + `":"` + owner + `"}}`,
				`{"StringLike":{"` + p.Key(host) + `":"*"}}`,
			} {
				h.refused(t, trust.Shared, role("", bad))
				if p.Name == "cognito" {
					h.refused(t, trust.Shared, role(host, bad)) // AWS knows it without a registration
				}
			}
			h.must(t, role("", good))
		}
	}
}

func TestF01SharedIssuersNeedASubject(t *testing.T) {
	h := newHouse(t)
	h.group(t)
	identity := h.identity(t, "reader")
	github := issuerURL(t, "https://token.actions.githubusercontent.com")
	credential := func(c view.FederatedCredential) Command {
		c.Name, c.Issuer, c.Audiences = "ci1", github, []string{"api://x"}
		return func(e *Edit) error {
			_, err := e.PutFederated(Holder{Identity: identity.ID}, c)
			return err
		}
	}
	for _, c := range []view.FederatedCredential{
		{Expression: "claims['repository'] eq 'acme/app'"},
		{Expression: "claims['sub'] matches 'repo:*'"},
		{Expression: "claims['sub'] matches 'repo:acme*'"},
		{Pattern: "repo:acme*/app:pull_request"},
		{Subject: "hello"},
	} {
		h.refused(t, trust.Shared, credential(c))
	}
	for _, c := range []view.FederatedCredential{
		{Subject: "repo:acme/app:ref:refs/heads/main"},
		{Subject: "repo:acme@1/app@2:pull_request"},
		{Expression: "claims['sub'] matches 'repo:acme/*' and claims['environment'] eq 'prod'"},
		{Pattern: "repo:acme/app:ref:refs/heads/*"},
	} {
		h.must(t, credential(c))
	}
	provider := func(e *Edit) (name.ARN, error) {
		arn, _, err := e.PutOIDCProvider(ProviderSpec{Account: h.account(), URL: github, ClientIDs: []string{"sts.amazonaws.com"}})
		return arn, err
	}
	role := func(condition string) Command {
		return func(e *Edit) error {
			arn, err := provider(e)
			if err != nil {
				return err
			}
			_, err = e.PutRole(RoleSpec{Account: h.account(), Name: "deploy", Trust: `{"Version":"2012-10-17","Statement":[{"Effect":"Allow",
				"Action":"sts:AssumeRoleWithWebIdentity","Principal":{"Federated":"` + arn.String() + `"},"Condition":` + condition + `}]}`})
			return err
		}
	}
	h.refused(t, trust.Shared, role(`{"StringEquals":{"token.actions.githubusercontent.com:aud":"sts.amazonaws.com"}}`))
	h.refused(t, trust.Shared, role(`{"StringLike":{"token.actions.githubusercontent.com:sub":"repo:acme*"}}`))
	h.must(t, role(`{"StringLike":{"token.actions.githubusercontent.com:sub":"repo:acme/*"}}`))
}
