package access_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/cond"
	"github.com/lanyard-id/lanyard/internal/glob"
	"github.com/lanyard-id/lanyard/internal/jose"
	"github.com/lanyard-id/lanyard/verify"
)

// told gives all keys with their values.
func told(f *cond.Facts) map[string][]string {
	all := map[string][]string{}
	for _, key := range f.Keys() {
		all[key], _ = f.Lookup(key)
	}
	return all
}

func TestFactsOfARequest(t *testing.T) {
	at := time.Date(2027, 1, 2, 3, 4, 5, 0, time.FixedZone("", 3600))
	got := told(access.Facts(access.Network{Now: at, Remote: netip.MustParseAddr("192.0.2.1"), Secure: true, UserAgent: "curl"}))
	want := map[string][]string{
		"aws:currenttime": {"2027-01-02T02:04:05Z"}, "aws:epochtime": {"1798855445"}, "aws:securetransport": {"true"},
		"aws:sourceip": {"192.0.2.1"}, "aws:useragent": {"curl"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	got = told(access.Facts(access.Network{Now: at}))
	if _, known := got["aws:sourceip"]; known || len(got) != 3 {
		t.Errorf("what is not known is told: %v", got)
	}
}

// claimsOf signs a payload and gives its claims back.
func claimsOf(t *testing.T, payload string) *verify.Claims {
	t.Helper()
	key := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	signer := must(jose.NewSigner(jose.SignerConfig{Key: key, Alg: "ES256", KID: "k"}))
	token := must(verify.Parse(must(signer.Sign([]byte(payload))), 0))
	return must(token.Verify(&key.PublicKey))
}

// TestClaimsAreKeys: what is text, texts, a number or a boolean can be asked for; what has a form of its own can not.
func TestClaimsAreKeys(t *testing.T) {
	claims := claimsOf(t, `{"exp":2000000000,"sub":"s","aud":["a","b"],"Run":7.5,"ok":true,"no":false,"nil":null,"o":{"sub":"t"},"mixed":["a",1],"none":[]}`)
	f := new(cond.Facts)
	if clash := access.AddClaims(f, "sts.example/T/", claims); clash != "" {
		t.Errorf("%s clashes", clash)
	}
	for claim, want := range map[string][]string{
		"exp": {"2000000000"}, "sub": {"s"}, "aud": {"a", "b"}, "run": {"7.5"}, "ok": {"true"}, "no": {"false"},
		"none": {},
		"nil":  nil, "o": nil, "mixed": nil, "Run": nil, "su": nil, "": nil,
	} {
		got, present := f.Lookup("sts.example/t/:" + claim)
		if diff := cmp.Diff(want, got); diff != "" || present != (want != nil) {
			t.Errorf("%s, present %t: %s", claim, present, diff)
		}
	}
	if _, present := f.Lookup("sts.example/t/sub"); present {
		t.Error("a claim is told under another issuer's name")
	}
}

// TestF07AnIssuerCannotPoseAsAService: an issuer that is named like a service prefix says nothing, so that its claims are
// not taken for what the server knows.
func TestF07AnIssuerCannotPoseAsAService(t *testing.T) {
	claims := claimsOf(t, `{"exp":2000000000,"SourceIp":"10.0.0.1","MultiFactorAuthPresent":true,"ExternalId":"x","prefix":"p"}`)
	for _, issuer := range []string{"aws", "sts", "s3", "AWS", ""} {
		f := access.Facts(access.Network{Now: noon, Remote: netip.MustParseAddr("192.0.2.1")})
		before := told(f)
		_ = access.AddClaims(f, issuer, claims)
		if diff := cmp.Diff(before, told(f)); diff != "" {
			t.Errorf("the issuer %q changes what is known:\n%s", issuer, diff)
		}
	}
	for _, issuer := range []string{"aws.example", "aws/x", "aws:8443/t/"} {
		f := new(cond.Facts)
		_ = access.AddClaims(f, issuer, claims)
		if _, told := f.Lookup(glob.Lower(issuer) + ":sourceip"); !told {
			t.Errorf("the claims of %q are not told", issuer)
		}
	}
}

// TestJ13ClaimsThatDifferInCase: to conditions they are one key, and whoever can name a claim must not speak for another.
func TestJ13ClaimsThatDifferInCase(t *testing.T) {
	for _, text := range []string{
		`{"exp":2000000000,"env":"dev","Env":"prod"}`, `{"exp":2000000000,"ENV":null,"env":"prod"}`, `{"exp":2000000000,"a":{},"A":"x"}`,
	} {
		f := new(cond.Facts)
		if clash := access.AddClaims(f, "sts.example", claimsOf(t, text)); clash == "" {
			t.Errorf("%s: no clash", text)
		}
		if _, present := f.Lookup("sts.example:env"); present {
			t.Errorf("%s: a claim is told", text)
		}
	}
}
