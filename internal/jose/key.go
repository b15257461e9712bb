package jose

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/verify"
)

// Key is a public key that verifies tokens, with what its key set says about it.
type Key struct {
	KID    string           // key id; "" when the set gives none
	Alg    string           // the only algorithm that the key is for; "" when the set does not say
	X5T    string           // SHA-1 thumbprint of the certificate, base64url; written, never read
	X5C    [][]byte         // the certificate chain, DER, leaf first; written, never read
	Public crypto.PublicKey // *rsa.PublicKey or *ecdsa.PublicKey
}

// usableFor tells whether the key can verify signatures of the algorithm.
func (k Key) usableFor(alg string) bool {
	return (k.Alg == "" || k.Alg == alg) && verify.Fits(k.Public, alg)
}

// Check reports why the key must not be used, as a fault with the reason WeakKey.
func (k Key) Check() error {
	if err := verify.CheckKey(k.Public); err != nil {
		return refused(err)
	}
	if k.Alg != "" && !verify.Fits(k.Public, k.Alg) {
		return fault.New(fault.Invalid, WeakKey, "the key is not one for the algorithm %q", k.Alg)
	}
	return nil
}

// material is the part of a JWK that is the key itself, in the order that RFC 7638 section 3.2 hashes it.
type material struct {
	Crv string `json:"crv,omitempty"`
	E   string `json:"e,omitempty"`
	Kty string `json:"kty"`
	N   string `json:"n,omitempty"`
	X   string `json:"x,omitempty"`
	Y   string `json:"y,omitempty"`
}

// jwk is a public key as RFC 7517 section 4 and RFC 7518 section 6 write it.
type jwk struct {
	material
	KID string   `json:"kid,omitempty"`
	Use string   `json:"use"`
	Alg string   `json:"alg,omitempty"`
	X5T string   `json:"x5t,omitempty"`
	X5C [][]byte `json:"x5c,omitempty"` // encoding/json writes standard base64, as RFC 7517 section 4.7 wants it
}

func materialOf(key crypto.PublicKey) (material, error) {
	if err := verify.CheckKey(key); err != nil {
		return material{}, refused(err)
	}
	encode := base64.RawURLEncoding.EncodeToString
	if k, ok := key.(*rsa.PublicKey); ok {
		return material{Kty: "RSA", N: encode(k.N.Bytes()), E: encode(big.NewInt(int64(k.E)).Bytes())}, nil
	}
	k := key.(*ecdsa.PublicKey) //nolint:forcetypeassert // CheckKey knows no third kind
	point, err := k.Bytes()
	if err != nil {
		return material{}, fmt.Errorf("encode point: %w", err)
	}
	size := len(point) / 2 // after one byte that says that the point is not compressed
	return material{
		Kty: "EC", Crv: k.Curve.Params().Name, X: encode(point[1 : 1+size]), Y: encode(point[1+size:]),
	}, nil
}

// Thumbprint is the SHA-256 thumbprint of the key, base64url without padding (RFC 7638). It serves as a kid that
// depends on nothing but the key.
func (k Key) Thumbprint() (string, error) {
	m, err := materialOf(k.Public)
	if err != nil {
		return "", err
	}
	text, err := json.Marshal(m)
	if err != nil {
		return "", fmt.Errorf("write key: %w", err)
	}
	sum := sha256.Sum256(text)
	return base64.RawURLEncoding.EncodeToString(sum[:]), nil
}

// MarshalJSON writes the key as a JWK with the use "sig".
func (k Key) MarshalJSON() ([]byte, error) {
	m, err := materialOf(k.Public)
	if err != nil {
		return nil, err
	}
	return json.Marshal(jwk{material: m, KID: k.KID, Use: "sig", Alg: k.Alg, X5T: k.X5T, X5C: k.X5C})
}

// MarshalJWKS writes a JWK set (RFC 7517 section 5) in the order of the keys.
func MarshalJWKS(keys []Key) ([]byte, error) {
	if keys == nil {
		keys = []Key{}
	}
	return json.Marshal(struct {
		Keys []Key `json:"keys"`
	}{keys})
}
