package jose

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"fmt"
	"math/big"
	"sync"
	"testing"

	"github.com/lanyard-id/lanyard/internal/fault"
)

const goodClaims = `{"iss":"https://issuer.example/","sub":"s","aud":"api://x","exp":1700003600,"iat":1700000000}`

// Making RSA keys is slow, so the tests share theirs.
var (
	onceRSA   = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })
	onceOther = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })
)

func made(t testing.TB, once func() (*rsa.PrivateKey, error)) *rsa.PrivateKey {
	t.Helper()
	key, err := once()
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func newEC(t testing.TB, curve elliptic.Curve) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func signer(t testing.TB, key crypto.Signer, alg, kid string) *Signer {
	t.Helper()
	s, err := NewSigner(SignerConfig{Key: key, Alg: alg, KID: kid})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func signed(t testing.TB, s *Signer, claims string) string {
	t.Helper()
	token, err := s.Sign([]byte(claims))
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// these gives the same keys for every token.
func these(keys ...Key) Keys { return func(string, string) []Key { return keys } }

func wantReason(t testing.TB, err error, want fault.Reason) {
	t.Helper()
	if got := fault.From(err); got == nil || got.Reason != want || got.Public == "" {
		t.Errorf("error %v, want a fault with the reason %s and a public text", err, want)
	}
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// rsaJWK writes an RSA key with further members as they stand.
func rsaJWK(n *big.Int, e, more string) string {
	return fmt.Sprintf(`{"kty":"RSA","n":%q,"e":%q%s}`, b64(n.Bytes()), e, more)
}

// ecJWK writes an elliptic curve key with further members as they stand.
func ecJWK(t testing.TB, key *ecdsa.PrivateKey, crv, more string) string {
	t.Helper()
	point, err := key.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	half := (len(point) + 1) / 2
	return fmt.Sprintf(`{"kty":"EC","crv":%q,"x":%q,"y":%q%s}`, crv, b64(point[1:half]), b64(point[half:]), more)
}
