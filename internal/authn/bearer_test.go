package authn_test

import (
	"strings"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/internal/authn"
	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/credential"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

func TestBearer(t *testing.T) {
	h := newHouse(t)
	for what, authorization := range map[string]string{
		"as SDKs write it":           "Bearer " + h.token(nil),
		"scheme in another case":     "bEARER " + h.token(nil),
		"audience with a slash":      "Bearer " + h.token(map[string]any{"aud": storage + "/"}),
		"audience of the account":    "Bearer " + h.token(map[string]any{"aud": shop}),
		"account's with a slash":     "Bearer " + h.token(map[string]any{"aud": shop + "/"}),
		"audiences, one of them":     "Bearer " + h.token(map[string]any{"aud": []string{"api://other", storage}}),
		"issuer of v2 tokens":        "Bearer " + h.token(map[string]any{"iss": second(credential.IssuerOf(h.view.Installation(), h.identity.Principal.Tenant))}),
		"minted from this very view": "Bearer " + h.token(map[string]any{credential.ClaimRev: 100}),
	} {
		t.Run(what, func(t *testing.T) {
			got, err := h.Bearer(h.view, []string{authorization}, storage, shop)
			if err != nil {
				t.Fatal(err)
			}
			if got.Owner.Identity != h.identity || got.Tenant != h.identity.Principal.Tenant || got.ID != "u1" {
				t.Errorf("the caller is %+v", got)
			}
		})
	}
}

func second(_, v2 string) string { return v2 }

func TestBearerForm(t *testing.T) {
	h := newHouse(t)
	good := "Bearer " + h.token(nil)
	for what, tc := range map[string]struct {
		headers []string
		want    fault.Reason
	}{
		"no header":              {nil, authn.NoCredentials},
		"two headers":            {[]string{good, good}, awswire.ReasonSeveralCredentials},
		"two schemes":            {[]string{good, "Basic eDp5"}, awswire.ReasonSeveralCredentials},
		"a shared key":           {[]string{"SharedKey shop:c2lnbmF0dXJl"}, authn.Scheme},
		"a password":             {[]string{"Basic eDp5"}, authn.Scheme},
		"a signed AWS request":   {[]string{"AWS4-HMAC-SHA256 Credential=A/20261121/r/s3/aws4_request, SignedHeaders=host, Signature=0"}, authn.Scheme},
		"a token alone":          {[]string{strings.TrimPrefix(good, "Bearer ")}, authn.Scheme},
		"an empty header":        {[]string{""}, authn.Scheme},
		"no token":               {[]string{"Bearer"}, credential.TokenMalformed},
		"an empty token":         {[]string{"Bearer "}, credential.TokenMalformed},
		"a space too many":       {[]string{"Bearer  " + h.token(nil)}, credential.TokenMalformed},
		"something behind":       {[]string{good + " x"}, credential.TokenMalformed},
		"two tokens":             {[]string{good + "," + h.token(nil)}, credential.TokenMalformed},
		"a tab for the space":    {[]string{"Bearer\t" + h.token(nil)}, authn.Scheme},
		"longer than any token":  {[]string{"Bearer " + strings.Repeat("a", 1<<20)}, credential.TokenMalformed},
		"the first byte flipped": {[]string{"Bearer " + flip(h.token(nil), 0)}, credential.TokenMalformed},
		"the signature flipped":  {[]string{"Bearer " + flip(h.token(nil), len(h.token(nil))-40)}, credential.TokenSignature},
	} {
		t.Run(what, func(t *testing.T) {
			got, err := h.Bearer(h.view, tc.headers, storage)
			refused(t, got, err, tc.want)
		})
	}
}

// flip changes one character into another of the same alphabet.
func flip(s string, at int) string {
	other := byte('A')
	if s[at] == 'A' {
		other = 'B'
	}
	return s[:at] + string(other) + s[at+1:]
}

// TestJ19BearerAudience: only the whole audience counts, and nothing that begins or ends like it.
func TestJ19BearerAudience(t *testing.T) {
	h := newHouse(t)
	for _, aud := range []any{
		"api://other", "https://management.azure.com", storage + "//", storage + "/x", "https://storage.azure.co", storage + "m",
		"http://storage.azure.com", "HTTPS://STORAGE.AZURE.COM", " " + storage, shop, "/",
		[]string{"api://other", shop + "s"},
	} {
		got, err := h.Bearer(h.view, []string{"Bearer " + h.token(map[string]any{"aud": aud})}, storage)
		refused(t, got, err, authn.WrongAudience)
	}
	for _, aud := range []any{nil, "", []string{}, 7, []any{storage, 7}, map[string]any{"aud": storage}} {
		got, err := h.Bearer(h.view, []string{"Bearer " + h.token(map[string]any{"aud": aud})}, storage)
		if err == nil || got != nil {
			t.Errorf("%v: got %v, %v", aud, got, err)
		}
	}
}

// TestBearerNamesTheAudience: a caller learns which audience it brought and which is wanted; both are its own affair.
func TestBearerNamesTheAudience(t *testing.T) {
	h := newHouse(t)
	_, err := h.Bearer(h.view, []string{"Bearer " + h.token(map[string]any{"aud": "api://other"})}, storage, shop)
	want := `The token is for the audience "api://other", this service is "` + storage + `".`
	if got := fault.From(err).Public; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestBearerHoldsNow(t *testing.T) {
	h := newHouse(t)
	revoked := *h.identity
	revoked.Principal.RevokedAt = 91
	restored := *h.view.Installation()
	restored.Incarnation = "second-life"
	good := []string{"Bearer " + h.token(nil)}
	if _, err := h.Bearer(h.view, good, storage); err != nil {
		t.Fatal(err) // so that the signature is remembered, and nothing but the signature
	}
	for what, tc := range map[string]struct {
		view  *view.View
		after time.Duration
		want  fault.Reason
	}{
		"over to the second": {h.view, time.Hour, credential.TokenExpired},
		"not yet":            {h.view, -time.Second, credential.TokenNotYet},
		"identity deleted":   {h.without(t, h.identity), 0, credential.TokenPrincipalGone},
		"identity revoked":   {h.with(t, &revoked), 0, credential.TokenRevoked},
		"store restored":     {h.with(t, &restored), 0, credential.TokenIncarnation},
	} {
		t.Run(what, func(t *testing.T) {
			h.clock = now.Add(tc.after)
			got, err := h.Bearer(tc.view, good, storage)
			refused(t, got, err, tc.want)
		})
	}
	h.clock = now.Add(time.Hour - time.Second)
	if _, err := h.Bearer(h.view, good, storage); err != nil {
		t.Errorf("in its last second: %v", err)
	}
}

// TestF11BearerOfNoTenant: a token whose issuer and identity are of different tenants is nobody's.
func TestF11BearerOfNoTenant(t *testing.T) {
	h := newHouse(t)
	other := &view.Tenant{ID: name.NewGUID(), Name: "other"}
	v := h.with(t, other)
	issuer, _ := credential.IssuerOf(v.Installation(), other.ID)
	got, err := h.Bearer(v, []string{"Bearer " + h.token(map[string]any{"iss": issuer})}, storage)
	refused(t, got, err, credential.TokenPrincipalGone)
	got, err = h.Bearer(h.view, []string{"Bearer " + h.token(map[string]any{"iss": issuer})}, storage)
	refused(t, got, err, credential.TokenIssuer)
}
