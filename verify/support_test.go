package verify

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"errors"
	"sync"
	"testing"
)

// goodHeader and goodPayload make a token that is accepted when it is signed by testRSA.
const (
	goodHeader  = `{"alg":"RS256","typ":"JWT","kid":"k1"}`
	goodPayload = `{"iss":"https://issuer.example/","sub":"s","aud":"api://x","exp":1700003600,"iat":1700000000}`
)

// testRSA and testEC are made once, because making RSA keys is slow.
func testRSA(t testing.TB) *rsa.PrivateKey {
	t.Helper()
	return made(t, onceRSA)
}

func testEC(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	return made(t, onceEC)
}

var (
	onceRSA = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })
	onceEC  = sync.OnceValues(func() (*ecdsa.PrivateKey, error) { return ecdsa.GenerateKey(elliptic.P256(), rand.Reader) })
)

func made[K any](t testing.TB, key func() (K, error)) K {
	t.Helper()
	k, err := key()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// unsigned joins header and payload to a signing input.
func unsigned(header, payload string) string {
	return encode([]byte(header)) + "." + encode([]byte(payload))
}

func digest(hash crypto.Hash, text string) []byte {
	h := hash.New()
	h.Write([]byte(text))
	return h.Sum(nil)
}

// signRS256 makes a token with any header and payload and a good RS256 signature of testRSA.
func signRS256(t testing.TB, header, payload string) string {
	t.Helper()
	input := unsigned(header, payload)
	signature, err := rsa.SignPKCS1v15(nil, testRSA(t), crypto.SHA256, digest(crypto.SHA256, input))
	if err != nil {
		t.Fatal(err)
	}
	return input + "." + encode(signature)
}

// open parses and verifies with testRSA.
func open(t testing.TB, token string) (*Claims, error) {
	t.Helper()
	parsed, err := Parse(token, 0)
	if err != nil {
		return nil, err
	}
	return parsed.Verify(testRSA(t).Public())
}

// claimsOf verifies a token with this payload, which must succeed.
func claimsOf(t testing.TB, payload string) *Claims {
	t.Helper()
	c, err := open(t, signRS256(t, goodHeader, payload))
	if err != nil {
		t.Fatalf("payload %s: %v", payload, err)
	}
	return c
}

// wantReason fails unless err refuses for this reason.
func wantReason(t testing.TB, err error, want Reason) {
	t.Helper()
	if got := ReasonOf(err); got != want || err == nil {
		t.Errorf("error %v has the reason %q, want %q", err, got, want)
	}
	if e, ok := errors.AsType[*Error](err); ok && e.Detail == "" {
		t.Errorf("error %v has no detail", err)
	}
}
