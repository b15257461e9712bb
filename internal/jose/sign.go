package jose

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/verify"
)

// SignerConfig says with what, and under which header, a Signer signs.
type SignerConfig struct {
	Key crypto.Signer // an RSA key for RS256, a P-256 key for ES256
	Alg string        // RS256 or ES256
	KID string        // key id, 1 to 256 printable ASCII characters
	X5T string        // certificate thumbprint; "" leaves the parameter out, as Entra v2 tokens do
	Typ string        // type of the token; "" means JWT
}

// Signer signs tokens with one key and one header. It never changes; several goroutines may use it at once.
type Signer struct {
	config  SignerConfig
	public  Key
	header  string // the first part of each token and the dot behind it
	sigSize int    // bytes of a signature
}

// NewSigner checks that key, algorithm and key id are fit for use, and prepares the header. The error is a fault with
// the reason WeakKey.
func NewSigner(c SignerConfig) (*Signer, error) {
	if c.Alg != "RS256" && c.Alg != "ES256" {
		return nil, fault.New(fault.Invalid, WeakKey, "tokens are not signed with the algorithm %q", c.Alg)
	}
	if c.Key == nil || !verify.ValidKeyID(c.KID) {
		return nil, fault.New(fault.Invalid, WeakKey, "a key and a key id are needed to sign")
	}
	public := Key{KID: c.KID, Alg: c.Alg, X5T: c.X5T, Public: c.Key.Public()}
	if err := public.Check(); err != nil {
		return nil, err
	}
	if c.Typ == "" {
		c.Typ = "JWT"
	}
	header, err := json.Marshal(struct {
		Typ string `json:"typ"`
		Alg string `json:"alg"`
		X5T string `json:"x5t,omitempty"`
		KID string `json:"kid"`
	}{c.Typ, c.Alg, c.X5T, c.KID})
	if err != nil {
		return nil, fmt.Errorf("write header: %w", err)
	}
	s := &Signer{config: c, public: public, sigSize: 2 * es256Size}
	if k, ok := public.Public.(*rsa.PublicKey); ok {
		s.sigSize = k.Size()
	}
	s.header = base64.RawURLEncoding.EncodeToString(header) + "."
	return s, nil
}

// Typed gives a signer with the same key that writes another type into the header, so that what it signs is never taken
// for a token (RFC 8725 section 3.11).
func (s *Signer) Typed(typ string) (*Signer, error) {
	c := s.config
	c.Typ, c.X5T = typ, ""
	return NewSigner(c)
}

// KID is the id of the key.
func (s *Signer) KID() string { return s.config.KID }

// Alg is the algorithm, RS256 or ES256.
func (s *Signer) Alg() string { return s.config.Alg }

// Public is the key that verifies what the signer signs.
func (s *Signer) Public() Key { return s.public }

// Sign makes a token of the claims, which must be the JSON text of an object and are not looked at. An error is one of
// the key itself, e.g. of a hardware module that does not answer.
func (s *Signer) Sign(claims []byte) (string, error) {
	encoding := base64.RawURLEncoding
	size := len(s.header) + encoding.EncodedLen(len(claims)) + 1 + encoding.EncodedLen(s.sigSize)
	token := append(make([]byte, 0, size), s.header...)
	token = encoding.AppendEncode(token, claims)
	digest := sha256.Sum256(token)
	signature, err := s.config.Key.Sign(rand.Reader, digest[:], crypto.SHA256)
	if err != nil {
		return "", fmt.Errorf("sign token: %w", err)
	}
	if _, ok := s.public.Public.(*ecdsa.PublicKey); ok {
		if signature, err = rawSignature(signature); err != nil {
			return "", fmt.Errorf("sign token: %w", err)
		}
	}
	return string(encoding.AppendEncode(append(token, '.'), signature)), nil
}

// es256Size is the length of r, and of s, in bytes (RFC 7518 section 3.4).
const es256Size = 32

// rawSignature turns the ASN.1 form that crypto.Signer gives into r and s one after the other.
func rawSignature(der []byte) ([]byte, error) {
	var pair struct{ R, S *big.Int }
	rest, err := asn1.Unmarshal(der, &pair)
	if err != nil {
		return nil, fmt.Errorf("read ASN.1 signature: %w", err)
	}
	if len(rest) > 0 || pair.R.Sign() <= 0 || pair.S.Sign() <= 0 || max(pair.R.BitLen(), pair.S.BitLen()) > 8*es256Size {
		return nil, errors.New("the key gave a signature that is none of P-256")
	}
	raw := make([]byte, 2*es256Size)
	pair.R.FillBytes(raw[:es256Size])
	pair.S.FillBytes(raw[es256Size:])
	return raw, nil
}
