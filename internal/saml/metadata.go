package saml

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/beevik/etree"

	"github.com/lanyard-id/lanyard/internal/fault"
)

// MaxMetadata bounds metadata in bytes. AWS takes ten million characters; what one provider needs fits in this by far.
const MaxMetadata = 128 << 10

// The other bounds of metadata.
const (
	maxCertificates = 16
	minBits         = 2048 // of an RSA key
	maxEntity       = 1024 // characters (SAML Metadata 2.2.1)
)

// Metadata is what an identity provider says of itself: how it names itself, and by which certificates it signs.
type Metadata struct {
	EntityID     string
	Certificates []*x509.Certificate
	Until        time.Time // validUntil; zero if it says none
}

// ParseMetadata reads the metadata of one identity provider: one EntityDescriptor with one IDPSSODescriptor, whose signing
// keys are certificates of RSA keys with 2,048 bits or more. A signature over the metadata is not looked at: whoever hands it
// over says that it holds.
func ParseMetadata(doc string) (*Metadata, error) {
	m, err := parseMetadata(strings.TrimPrefix(doc, "\ufeff"))
	if err != nil {
		return nil, fault.New(fault.Invalid, MetadataInvalid, "The SAML metadata cannot be used: %v.", err)
	}
	return m, nil
}

func parseMetadata(doc string) (*Metadata, error) {
	root, err := document(doc, bounds{bytes: MaxMetadata, elements: 4000, depth: 32, comments: true})
	if err != nil {
		return nil, err
	}
	m := &Metadata{EntityID: attribute(root, "entityID")}
	switch {
	case !is(root, nsMetadata, "EntityDescriptor"):
		return nil, errors.New("it is not the EntityDescriptor of one provider")
	case m.EntityID == "" || len(m.EntityID) > maxEntity:
		return nil, errors.New("its entityID is missing or too long")
	}
	idp, err := single(root, nsMetadata, "IDPSSODescriptor")
	if err != nil {
		return nil, err
	}
	if !slices.Contains(strings.Fields(attribute(idp, "protocolSupportEnumeration")), nsProtocol) {
		return nil, errors.New("its provider does not speak SAML 2.0")
	}
	for _, el := range []*etree.Element{root, idp} {
		until, err := instant(el, "validUntil")
		if err != nil {
			return nil, err
		}
		if m.Until.IsZero() || !until.IsZero() && until.Before(m.Until) {
			m.Until = until
		}
	}
	return m, m.readKeys(idp)
}

func (m *Metadata) readKeys(idp *etree.Element) error {
	for _, key := range children(idp, nsMetadata, "KeyDescriptor") {
		if use := attribute(key, "use"); use == "encryption" {
			continue
		} else if use != "" && use != "signing" {
			return errors.New("a key has a use that is not known")
		}
		if err := m.readKey(key); err != nil {
			return err
		}
	}
	if len(m.Certificates) == 0 {
		return errors.New("it has no certificate to sign with")
	}
	return nil
}

// readKey reads the certificates of a KeyDescriptor.
func (m *Metadata) readKey(key *etree.Element) error {
	info, err := single(key, nsSignature, "KeyInfo")
	if err != nil {
		return err
	}
	for _, data := range children(info, nsSignature, "X509Data") {
		for _, el := range children(data, nsSignature, "X509Certificate") {
			cert, err := readCertificate(el)
			if err != nil {
				return err
			}
			if slices.ContainsFunc(m.Certificates, cert.Equal) { // for signing and for whatever
				continue
			}
			if m.Certificates = append(m.Certificates, cert); len(m.Certificates) > maxCertificates {
				return fmt.Errorf("it has more than %d certificates", maxCertificates)
			}
		}
	}
	return nil
}

func readCertificate(el *etree.Element) (*x509.Certificate, error) {
	said, err := text(el)
	if err != nil {
		return nil, err
	}
	der, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(said), ""))
	if err != nil {
		return nil, errors.New("a certificate is not in base64")
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, errors.New("a certificate cannot be read")
	}
	key, ok := cert.PublicKey.(*rsa.PublicKey)
	if !ok || key.N.BitLen() < minBits {
		return nil, fmt.Errorf("the key of a certificate is not RSA with %d bits or more", minBits)
	}
	return cert, nil
}

// Ends tells from when on nothing that the provider signs is accepted: its metadata or its last certificate is over then.
func (m *Metadata) Ends() time.Time {
	var last time.Time
	for _, c := range m.Certificates {
		if c.NotAfter.After(last) {
			last = c.NotAfter
		}
	}
	if !m.Until.IsZero() && m.Until.Before(last) {
		return m.Until
	}
	return last
}
