package registration

import (
	"crypto/rsa"
	"crypto/x509"
	"regexp"
	"slices"
	"time"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/verify"
)

// Bounds of the legacy proofs.
const (
	// MaxSecrets is how many secrets an application has at most, and how many certificates.
	MaxSecrets = 10
	// MaxSecretLife is the longest life of a secret.
	MaxSecretLife = 2 * 366 * 24 * time.Hour
	maxDER        = 8 << 10
)

var hashes = regexp.MustCompile(`^[0-9a-f]{64}$`)

// AddSecret gives an application one more secret to sign in with.
func AddSecret(s view.ClientSecret) Change {
	return func(c Context) (*view.Application, error) { return addSecret(c.Application, s, c.Now) }
}

func addSecret(a view.Application, s view.ClientSecret, now time.Time) (*view.Application, error) {
	switch {
	case len(a.Secrets) >= MaxSecrets:
		return nil, tooMany("an application has at most %d secrets: remove one first", MaxSecrets)
	case !hashes.MatchString(s.Hash) || s.ID.IsZero() || len(s.Hint) > 3 || len(s.Display) > 120:
		return nil, invalid("a secret needs a key id and its SHA-256, and its name has at most 120 bytes")
	case !s.End.After(now) || !s.End.After(s.Start):
		return nil, invalid("a secret ends in the future and after it starts")
	case s.End.After(s.Start.Add(MaxSecretLife)) || s.Start.After(now.Add(MaxSecretLife)):
		return nil, invalid("a secret lives two years at most")
	}
	s.Start, s.End = s.Start.UTC().Truncate(time.Second), s.End.UTC().Truncate(time.Second)
	a.Secrets = append(slices.Clone(a.Secrets), s)
	return &a, nil
}

// RemoveSecret takes a secret away from an application.
func RemoveSecret(keyID name.GUID) Change {
	return func(c Context) (*view.Application, error) { return removeSecret(c.Application, keyID) }
}

func removeSecret(a view.Application, keyID name.GUID) (*view.Application, error) {
	at := slices.IndexFunc(a.Secrets, func(s view.ClientSecret) bool { return s.ID == keyID })
	if at < 0 {
		return nil, fault.New(fault.NotFound, ProofNotFound, "the application has no secret with the key id %s", keyID)
	}
	a.Secrets = slices.Delete(slices.Clone(a.Secrets), at, at+1)
	return &a, nil
}

// SetCertificates makes the list an application's whole set of certificates. Only keys of RSA are taken: Entra knows no
// other in assertions that clients sign.
func SetCertificates(list []view.ClientCertificate) Change {
	return func(c Context) (*view.Application, error) { return setCertificates(c.Application, list, c.Now) }
}

func setCertificates(a view.Application, list []view.ClientCertificate, now time.Time) (*view.Application, error) {
	if len(list) > MaxSecrets {
		return nil, tooMany("an application has at most %d certificates, not %d", MaxSecrets, len(list))
	}
	kept := make([]view.ClientCertificate, 0, len(list))
	for _, c := range list {
		cert, err := certificate(c)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(kept, func(o view.ClientCertificate) bool { return o.ID == c.ID || string(o.DER) == string(c.DER) }) {
			return nil, invalid("a certificate is listed twice")
		}
		c.Start, c.End = later(c.Start, cert.NotBefore).UTC().Truncate(time.Second), earlier(c.End, cert.NotAfter).UTC().Truncate(time.Second)
		known := slices.ContainsFunc(a.Certificates, func(o view.ClientCertificate) bool { return string(o.DER) == string(c.DER) })
		if !c.End.After(c.Start) || !known && !c.End.After(now) {
			return nil, invalid("the certificate %s is over, or ends before it starts", cert.Subject)
		}
		kept = append(kept, c)
	}
	a.Certificates = kept
	return &a, nil
}

func certificate(c view.ClientCertificate) (*x509.Certificate, error) {
	if c.ID.IsZero() || len(c.Display) > 120 || len(c.DER) > maxDER {
		return nil, invalid("a certificate needs a key id, its name has at most 120 bytes and it has at most %d", maxDER)
	}
	cert, err := x509.ParseCertificate(c.DER)
	if err != nil {
		return nil, invalid("the key is no X.509 certificate")
	}
	if _, ok := cert.PublicKey.(*rsa.PublicKey); !ok {
		return nil, invalid("the key of the certificate is not one of RSA")
	}
	if err := verify.CheckKey(cert.PublicKey); err != nil {
		return nil, invalid("the key of the certificate is not accepted: %v", err)
	}
	return cert, nil
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// earlier takes a zero time for none.
func earlier(a, b time.Time) time.Time {
	if !a.IsZero() && a.Before(b) {
		return a
	}
	return b
}
