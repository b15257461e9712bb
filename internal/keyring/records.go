package keyring

import (
	"crypto"
	"crypto/cipher"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1" //nolint:gosec // RFC 7515 section 4.1.7: x5t is a SHA-1 thumbprint, a name and no protection
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/lanyard-id/lanyard/internal/jose"
)

// Where the keys lie in the store.
const (
	prefix    = "/k/"
	keyCheck  = prefix + "check" // proves the KEK
	keyTurn   = prefix + "turn"  // changes with every change here: writers compare its revision
	signKeys  = prefix + "sign/"
	sealKeys  = prefix + "seal/"
	authority = prefix + "ca/"
)

// The algorithms that are signed with (RFC 7518 section 3.1).
const (
	RS256 = "RS256" // RSA with 2,048 bits: what Entra signs with, and every verifier knows
	ES256 = "ES256" // P-256: thirty times faster to sign
)

// signingRecord is what is stored about a signing key, beside its PKCS #8 form; both are sealed.
type signingRecord struct {
	Alg     string    `json:"alg"`
	Created time.Time `json:"created"` // published from then on
	Active  time.Time `json:"active"`  // signs from then on, until the next one's Active
	Cert    []byte    `json:"cert"`    // self-signed, DER
}

// signingKey is a signing key ready for use.
type signingKey struct {
	public     jose.Key
	created    time.Time
	active     time.Time
	plain      *jose.Signer // header without x5t, as Entra's v2 tokens have it
	thumbprint *jose.Signer // header with x5t, as Entra's v1 tokens have it
}

// newSigningRecord makes a key of the algorithm and the certificate that publishes it. Its id is the certificate's
// thumbprint: clients of Entra expect kid and x5t to be equal.
func newSigningRecord(alg string, created, active time.Time) (kid string, rec signingRecord, key secret, err error) {
	private, err := newPrivateKey(alg)
	if err != nil {
		return "", rec, key, fmt.Errorf("make %s key: %w", alg, err)
	}
	cert, err := signingCertificate(private, created)
	if err != nil {
		return "", rec, key, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return "", rec, key, fmt.Errorf("encode %s key: %w", alg, err)
	}
	return thumbprint(cert), signingRecord{alg, created.UTC(), active.UTC(), cert}, newSecret(der), nil
}

func newPrivateKey(alg string) (crypto.Signer, error) {
	switch alg {
	case RS256:
		return rsa.GenerateKey(rand.Reader, 2048)
	case ES256:
		return newP256()
	}
	return nil, fmt.Errorf("no keys are made for %q", alg)
}

// thumbprint is the x5t of a certificate (RFC 7515 section 4.1.7).
func thumbprint(cert []byte) string {
	sum := sha1.Sum(cert) //nolint:gosec // see the import
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// signingKey makes the record ready for use and checks that its parts belong together.
func (r signingRecord) signingKey(kid string, key secret) (*signingKey, error) {
	private, err := parsePrivate(key)
	if err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(r.Cert)
	if err != nil {
		return nil, fmt.Errorf("certificate: %w", err)
	}
	if !samePublic(cert.PublicKey, private.Public()) || thumbprint(r.Cert) != kid {
		return nil, errors.New("key, certificate and id do not belong together")
	}
	k := &signingKey{created: r.Created, active: r.Active}
	config := jose.SignerConfig{Key: private, Alg: r.Alg, KID: kid}
	if k.plain, err = jose.NewSigner(config); err != nil {
		return nil, err
	}
	config.X5T = kid
	if k.thumbprint, err = jose.NewSigner(config); err != nil {
		return nil, err
	}
	k.public = k.thumbprint.Public()
	k.public.X5C = [][]byte{r.Cert}
	return k, nil
}

// parsePrivate reads a PKCS #8 key. Its errors never quote the key.
func parsePrivate(key secret) (crypto.Signer, error) {
	private, err := x509.ParsePKCS8PrivateKey(key.bytes())
	if err != nil {
		return nil, errors.New("the private key is not PKCS #8")
	}
	switch k := private.(type) {
	case *rsa.PrivateKey:
		return k, nil
	case *ecdsa.PrivateKey:
		return k, nil
	}
	return nil, errors.New("the private key is neither RSA nor ECDSA")
}

func samePublic(a, b crypto.PublicKey) bool {
	k, ok := a.(interface{ Equal(crypto.PublicKey) bool })
	return ok && k.Equal(b)
}

// sealingRecord is what is stored about a sealing key, beside its 32 bytes; both are sealed.
type sealingRecord struct {
	Lasting bool      `json:"lasting"` // for what is kept; false for what lives some hours
	Created time.Time `json:"created"`
	Active  time.Time `json:"active"` // seals from then on, until the next one's Active
}

// sealID is what sealed bytes say about their key.
type sealID [8]byte

func (id sealID) String() string { return hex.EncodeToString(id[:]) }

func parseSealID(s string) (id sealID, err error) {
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != len(id) {
		return id, errors.New("its id is not one of a sealing key")
	}
	return sealID(b), nil
}

// sealingKey is a sealing key ready for use.
type sealingKey struct {
	id      sealID
	lasting bool
	created time.Time
	active  time.Time
	aead    cipher.AEAD
	root    secret // what Derive starts from
}

func newSealingRecord(lasting bool, created, active time.Time) (sealID, sealingRecord, secret) {
	var id sealID
	_, _ = rand.Read(id[:]) // never fails since Go 1.24: the process ends instead
	key := make([]byte, 32)
	_, _ = rand.Read(key)
	return id, sealingRecord{lasting, created.UTC(), active.UTC()}, newSecret(key)
}

func (r sealingRecord) sealingKey(id sealID, key secret) (*sealingKey, error) {
	if len(key.bytes()) != 32 {
		return nil, errors.New("a sealing key has 32 bytes")
	}
	aead, err := newGCM(key.bytes())
	if err != nil {
		return nil, err
	}
	return &sealingKey{id, r.Lasting, r.Created, r.Active, aead, key}, nil
}
