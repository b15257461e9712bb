package jose

import (
	"crypto"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/base64"
	"errors"
	"io"
	"math/big"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func header(t testing.TB, token string) string {
	t.Helper()
	first, _, _ := strings.Cut(token, ".")
	b, err := base64.RawURLEncoding.DecodeString(first)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestSignerHeaders(t *testing.T) {
	for _, tc := range []struct {
		config SignerConfig
		want   string
	}{
		{SignerConfig{Alg: "RS256", KID: "k"}, `{"typ":"JWT","alg":"RS256","kid":"k"}`},
		{SignerConfig{Alg: "RS256", KID: "k", X5T: "k"}, `{"typ":"JWT","alg":"RS256","x5t":"k","kid":"k"}`},
		{SignerConfig{Alg: "RS256", KID: "k", Typ: "at+jwt"}, `{"typ":"at+jwt","alg":"RS256","kid":"k"}`},
	} {
		tc.config.Key = made(t, onceRSA)
		s, err := NewSigner(tc.config)
		if err != nil {
			t.Fatal(err)
		}
		if got := header(t, signed(t, s, goodClaims)); got != tc.want {
			t.Errorf("header %s, want %s", got, tc.want)
		}
		if s.KID() != "k" || s.Alg() != "RS256" || s.Public().X5T != tc.config.X5T {
			t.Errorf("the signer calls itself %s %s %+v", s.KID(), s.Alg(), s.Public())
		}
	}
}

// module stands for a key that lives elsewhere: it gives any public key and any signature.
type module struct {
	public    crypto.PublicKey
	signature []byte
	err       error
}

func (m module) Public() crypto.PublicKey { return m.public }

func (m module) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) { return m.signature, m.err }

func TestNewSignerRefuses(t *testing.T) {
	r, ec := made(t, onceRSA), newEC(t, elliptic.P256())
	small := module{public: &rsa.PublicKey{N: new(big.Int).SetBit(big.NewInt(1), 1023, 1), E: 65537}}
	for name, config := range map[string]SignerConfig{
		"no key":             {Alg: "RS256", KID: "k"},
		"no kid":             {Key: r, Alg: "RS256"},
		"unprintable kid":    {Key: r, Alg: "RS256", KID: "a\n"},
		"no alg":             {Key: r, KID: "k"},
		"none":               {Key: r, Alg: "none", KID: "k"},
		"HS256":              {Key: r, Alg: "HS256", KID: "k"},
		"RS512":              {Key: r, Alg: "RS512", KID: "k"},
		"RSA for ES256":      {Key: r, Alg: "ES256", KID: "k"},
		"EC for RS256":       {Key: ec, Alg: "RS256", KID: "k"},
		"P-384 for ES256":    {Key: newEC(t, elliptic.P384()), Alg: "ES256", KID: "k"},
		"small key":          {Key: small, Alg: "RS256", KID: "k"},
		"key without public": {Key: module{}, Alg: "RS256", KID: "k"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := NewSigner(config)
			wantReason(t, err, WeakKey)
		})
	}
}

func TestSignPassesOnWhatTheKeySays(t *testing.T) {
	broken := errors.New("the module does not answer")
	s := signer(t, module{public: made(t, onceRSA).Public(), err: broken}, "RS256", "k")
	if _, err := s.Sign([]byte(goodClaims)); !errors.Is(err, broken) {
		t.Errorf("Sign = %v, want the error of the key", err)
	}
}

func TestSignRefusesStrangeSignatures(t *testing.T) {
	one, large := big.NewInt(1), new(big.Int).Lsh(big.NewInt(1), 256)
	ec := newEC(t, elliptic.P256())
	for name, signature := range map[string][]byte{
		"nothing": nil, "no ASN.1": []byte("signature"), "zero r": der(t, new(big.Int), one), "zero s": der(t, one, new(big.Int)),
		"negative": der(t, big.NewInt(-1), one), "large r": der(t, large, one), "large s": der(t, one, large), "trailing": append(der(t, one, one), 0),
	} {
		s := signer(t, module{public: ec.Public(), signature: signature}, "ES256", "k")
		if token, err := s.Sign([]byte(goodClaims)); err == nil {
			t.Errorf("%s: made the token %s", name, token)
		}
	}
}

func TestES256SignaturesAreRAndS(t *testing.T) {
	ec := newEC(t, elliptic.P256())
	short := der(t, big.NewInt(5), big.NewInt(7))
	s := signer(t, module{public: ec.Public(), signature: short}, "ES256", "k")
	token := signed(t, s, goodClaims)
	want := make([]byte, 64)
	want[31], want[63] = 5, 7
	if diff := cmp.Diff(b64(want), token[strings.LastIndexByte(token, '.')+1:]); diff != "" {
		t.Errorf("signature (-want +got):\n%s", diff)
	}
}

func der(t testing.TB, r, s *big.Int) []byte {
	t.Helper()
	b, err := asn1.Marshal(struct{ R, S *big.Int }{r, s})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestSignAllocatesLittle(t *testing.T) {
	s := signer(t, module{public: made(t, onceRSA).Public(), signature: make([]byte, 256)}, "RS256", "k")
	claims := []byte(goodClaims)
	n := testing.AllocsPerRun(100, func() {
		if _, err := s.Sign(claims); err != nil {
			t.Error(err)
		}
	})
	if n > 4 {
		t.Errorf("Sign allocates %v times, want at most 4", n)
	}
}

// BenchmarkSign shows each algorithm beside the bare signature, and what is left when signing costs nothing.
func BenchmarkSign(b *testing.B) {
	claims := []byte(`{"aud":"api://x","iss":"https://sts.example/72f988bf-86f1-41af-91ab-2d7cd011db47/","iat":1700000000,` +
		`"nbf":1700000000,"exp":1700086400,"appid":"0d5f7a4e-0000-4000-8000-000000000000","oid":"4c1b","sub":"4c1b",` +
		`"tid":"72f988bf-86f1-41af-91ab-2d7cd011db47","roles":["a","b"],"uti":"abcdefghijklmnop","ver":"1.0"}`)
	sum := sha256.Sum256(claims)
	for _, tc := range []struct {
		alg string
		key crypto.Signer
	}{
		{"RS256", made(b, onceRSA)}, {"ES256", newEC(b, elliptic.P256())},
	} {
		b.Run(tc.alg+"/token", func(b *testing.B) {
			s := signer(b, tc.key, tc.alg, "k")
			b.ReportAllocs()
			for b.Loop() {
				if _, err := s.Sign(claims); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(tc.alg+"/raw", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := tc.key.Sign(rand.Reader, sum[:], crypto.SHA256); err != nil {
					b.Fatal(err)
				}
			}
		})
		signature, err := tc.key.Sign(rand.Reader, sum[:], crypto.SHA256)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(tc.alg+"/without signing", func(b *testing.B) {
			s := signer(b, module{public: tc.key.Public(), signature: signature}, tc.alg, "k")
			b.ReportAllocs()
			for b.Loop() {
				if _, err := s.Sign(claims); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
