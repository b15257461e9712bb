package jose

import (
	"crypto"
	"crypto/elliptic"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/verify"
)

func TestVerify(t *testing.T) {
	for alg, key := range map[string]crypto.Signer{"RS256": made(t, onceRSA), "ES256": newEC(t, elliptic.P256())} {
		t.Run(alg, func(t *testing.T) {
			s := signer(t, key, alg, "k1")
			var asked [2]string
			lookUp := func(kid, alg string) []Key { asked = [2]string{kid, alg}; return []Key{s.Public()} }
			c, err := Verify(signed(t, s, goodClaims), lookUp, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if c.Subject() != "s" || asked != [2]string{"k1", alg} {
				t.Errorf("subject %q, asked for the key %q", c.Subject(), asked)
			}
		})
	}
}

func TestVerifyRefuses(t *testing.T) {
	s := signer(t, made(t, onceRSA), "RS256", "k1")
	token := signed(t, s, goodClaims)
	good := s.Public()
	other := Key{KID: "k1", Public: made(t, onceOther).Public()}
	for name, tc := range map[string]struct {
		token   string
		keys    Keys
		options Options
		want    fault.Reason
	}{
		"malformed":            {"x", these(good), Options{}, Malformed},
		"too long":             {token, these(good), Options{MaxBytes: 10}, Malformed},
		"algorithm":            {token, these(good), Options{Algorithms: []string{"ES256"}}, Algorithm},
		"no key":               {token, these(), Options{}, UnknownKey},
		"other kid":            {token, these(Key{KID: "k2", Public: good.Public}), Options{}, UnknownKey},
		"key without kid":      {token, these(Key{Public: good.Public}), Options{}, UnknownKey},
		"key for other alg":    {token, these(Key{KID: "k1", Alg: "RS512", Public: good.Public}), Options{}, UnknownKey},
		"key of other type":    {token, these(Key{KID: "k1", Public: newEC(t, elliptic.P256()).Public()}), Options{}, UnknownKey},
		"key of another":       {token, these(other), Options{}, Signature},
		"no exp":               {signed(t, s, `{"sub":"s"}`), these(good), Options{}, MissingClaim},
		"exp no number":        {signed(t, s, `{"exp":"1"}`), these(good), Options{}, Malformed},
		"J06 key of an issuer": {signed(t, signer(t, made(t, onceOther), "RS256", "k1"), goodClaims), these(good), Options{}, Signature},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := Verify(tc.token, tc.keys, tc.options)
			wantReason(t, err, tc.want)
			if c != nil {
				t.Error("claims are given with the error")
			}
			if kind := fault.From(err).Kind; kind != fault.Unauthenticated {
				t.Errorf("the fault is of the kind %d, want Unauthenticated", kind)
			}
		})
	}
}

func TestKeysOfOneKidForSeveralAlgorithms(t *testing.T) {
	s := signer(t, made(t, onceRSA), "RS256", "k1")
	keys := these(Key{KID: "k1", Alg: "RS512", Public: s.Public().Public}, Key{KID: "k0", Public: made(t, onceOther).Public()}, s.Public())
	if _, err := Verify(signed(t, s, goodClaims), keys, Options{}); err != nil {
		t.Error(err)
	}
}

// withoutKID signs like s, with a header that names no key.
func withoutKID(t *testing.T, s *Signer) string {
	t.Helper()
	bare := *s
	bare.header = b64([]byte(`{"alg":"`+s.Alg()+`"}`)) + "."
	return signed(t, &bare, goodClaims)
}

func TestTokenWithoutKeyID(t *testing.T) {
	s := signer(t, made(t, onceRSA), "RS256", "k1")
	token := withoutKID(t, s)
	others := make([]Key, 5)
	for i := range others {
		others[i] = Key{Public: made(t, onceOther).Public()}
	}
	ec := Key{Public: newEC(t, elliptic.P256()).Public()}
	if _, err := Verify(token, these(ec, ec, others[0], others[1], others[2], s.Public()), Options{}); err != nil {
		t.Errorf("the fourth key that fits: %v", err)
	}
	_, err := Verify(token, these(others[:4]...), Options{})
	wantReason(t, err, Signature)
	_, err = Verify(token, these(append(others[:4:4], s.Public())...), Options{})
	wantReason(t, err, AmbiguousKey)
	_, err = Verify(token, these(ec), Options{})
	wantReason(t, err, UnknownKey)
}

func TestJ03TheKeyComesFromTheCaller(t *testing.T) {
	attacker, honest := made(t, onceOther), signer(t, made(t, onceRSA), "RS256", "k1")
	s := signer(t, attacker, "RS256", "k1")
	jwk, err := Key{Public: attacker.Public()}.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	s.header = b64([]byte(`{"alg":"RS256","kid":"k1","jwk":`+string(jwk)+`}`)) + "."
	_, err = Verify(signed(t, s, goodClaims), these(honest.Public()), Options{})
	wantReason(t, err, Signature)
}

func TestJ05HostileKeyIDsFindNoKey(t *testing.T) {
	s := signer(t, made(t, onceRSA), "RS256", "k1")
	for kid, want := range map[string]fault.Reason{
		`"../../dev/null"`: UnknownKey, `"' OR 1=1"`: UnknownKey, `"K1"`: UnknownKey, `"k1 "`: UnknownKey,
		`"k\u0000"`: Malformed, `7`: Malformed, `["k1"]`: Malformed, `"` + strings.Repeat("k", 1000) + `"`: Malformed,
	} {
		hostile := *s
		hostile.header = b64([]byte(`{"alg":"RS256","kid":`+kid+`}`)) + "."
		_, err := Verify(signed(t, &hostile, goodClaims), these(s.Public()), Options{})
		wantReason(t, err, want)
	}
}

func TestChecksGiveFaults(t *testing.T) {
	s := signer(t, made(t, onceRSA), "RS256", "k1")
	at := time.Unix(1700000000, 0)
	c, err := Verify(signed(t, s, goodClaims), these(s.Public()), Options{})
	if err != nil {
		t.Fatal(err)
	}
	later, err := Verify(signed(t, s, `{"exp":1800003600,"nbf":1800000000}`), these(s.Public()), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		err  error
		want fault.Reason
		kind fault.Kind
	}{
		"expired":  {CheckTimes(c, at.Add(2*time.Hour), time.Minute, 0), Expired, fault.Expired},
		"not yet":  {CheckTimes(later, at, time.Minute, 0), NotYet, fault.Unauthenticated},
		"future":   {CheckTimes(c, at.Add(-2*time.Minute), time.Minute, 0), IssuedInFuture, fault.Unauthenticated},
		"lifetime": {CheckTimes(c, at, time.Minute, time.Minute), Lifetime, fault.Unauthenticated},
		"audience": {CheckAudience(c, "api://y"), Audience, fault.Unauthenticated},
		"no aud":   {CheckAudience(later, "api://x"), MissingClaim, fault.Unauthenticated},
		"issuer":   {CheckIssuer(c, "https://issuer.example"), Issuer, fault.Unauthenticated},
	} {
		t.Run(name, func(t *testing.T) {
			wantReason(t, tc.err, tc.want)
			if !fault.IsKind(tc.err, tc.kind) {
				t.Errorf("the fault %v is not of the kind %d", tc.err, tc.kind)
			}
			if e, ok := errors.AsType[*verify.Error](tc.err); !ok || e.Claim == "" {
				t.Errorf("the fault %v does not name the claim", tc.err)
			}
		})
	}
	for _, err := range []error{CheckTimes(c, at, 0, time.Hour), CheckAudience(c, "api://x"), CheckIssuer(c, "https://issuer.example/")} {
		if err != nil {
			t.Error(err)
		}
	}
}

func TestReasonsAreTranslated(t *testing.T) {
	for _, r := range []verify.Reason{
		verify.Malformed, verify.Algorithm, verify.Key, verify.Signature, verify.Missing, verify.Expired, verify.NotYet,
		verify.IssuedInFuture, verify.Lifetime, verify.Audience, verify.Issuer,
	} {
		got := fault.From(refused(&verify.Error{Reason: r, Detail: "d"}))
		if got.Kind == fault.Internal || !strings.HasPrefix(string(got.Reason), "jose.") || got.Public != "d" {
			t.Errorf("%s becomes %+v", r, got)
		}
	}
	if got := fault.From(refused(&verify.Error{Reason: "new"})); got.Kind != fault.Internal {
		t.Errorf("an unknown reason becomes %+v", got)
	}
	if other := errors.New("other"); !errors.Is(refused(other), other) || fault.From(refused(other)).Kind != fault.Internal {
		t.Error("a foreign error is not passed on")
	}
}

func TestJ23BadSignatureComesFirst(t *testing.T) {
	s, forger := signer(t, made(t, onceRSA), "RS256", "k1"), signer(t, made(t, onceOther), "RS256", "k1")
	c, err := Verify(signed(t, forger, `{"exp":1}`), these(s.Public()), Options{})
	wantReason(t, err, Signature)
	if c != nil {
		t.Error("the claims of a badly signed token are shown")
	}
}
