package harness

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"
)

// SAMLProvider is an outside identity provider that signs who was signed in. It writes XML that is canonical as it stands, so
// that it needs no library to sign it.
type SAMLProvider struct {
	Entity string

	key         *rsa.PrivateKey
	certificate []byte
}

// NewSAMLProvider makes a provider with a key of its own.
func NewSAMLProvider(t testing.TB, entity string) *SAMLProvider {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "idp"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(1, 0, 0),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return &SAMLProvider{entity, key, der}
}

// Metadata is what the provider says of itself.
func (p *SAMLProvider) Metadata() string {
	return `<?xml version="1.0" encoding="UTF-8"?>
<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="` + p.Entity + `">
  <IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    <KeyDescriptor use="signing">
      <KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>` +
		base64.StdEncoding.EncodeToString(p.certificate) + `</X509Certificate></X509Data></KeyInfo>
    </KeyDescriptor>
  </IDPSSODescriptor>
</EntityDescriptor>
`
}

// Manifest registers the provider under a name.
func (p *SAMLProvider) Manifest(called string) string {
	return "kind: SAMLProvider\nname: " + called + "\nmetadata: |\n  " + strings.ReplaceAll(strings.TrimSpace(p.Metadata()), "\n", "\n  ") + "\n"
}

// SAMLSaid is what a response says of somebody.
type SAMLSaid struct {
	Subject, SignIn, Audience string
	Role, Provider            string // ARNs
	Unsigned                  bool
	ID                        string // of the assertion; empty is a new one
}

// ahead is how far the provider's clock is ahead, which is a little less than is allowed: a server refuses what was signed up
// to a minute after it began, for it may have been used before, and no story waits that long.
const ahead = 57 * time.Second

// Assertion writes an assertion, signed unless it is not to be.
func (p *SAMLProvider) Assertion(t testing.TB, s SAMLSaid) string {
	t.Helper()
	now := time.Now().Add(ahead)
	stamp := func(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }
	if s.ID == "" {
		s.ID = "_" + strings.ToLower(rand.Text())
	}
	attribute := func(called, value string) string {
		return `<saml:Attribute Name="https://aws.amazon.com/SAML/Attributes/` + called + `"><saml:AttributeValue>` + value + `</saml:AttributeValue></saml:Attribute>`
	}
	head := `<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="` + s.ID + `" IssueInstant="` + stamp(now) + `" Version="2.0"><saml:Issuer>` + p.Entity + `</saml:Issuer>`
	rest := `<saml:Subject><saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">` + s.Subject + `</saml:NameID>` +
		`<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData NotOnOrAfter="` + stamp(now.Add(5*time.Minute)) +
		`" Recipient="` + s.SignIn + `"></saml:SubjectConfirmationData></saml:SubjectConfirmation></saml:Subject>` +
		`<saml:Conditions NotOnOrAfter="` + stamp(now.Add(5*time.Minute)) + `"><saml:AudienceRestriction><saml:Audience>` + s.Audience +
		`</saml:Audience></saml:AudienceRestriction></saml:Conditions><saml:AttributeStatement>` + attribute("Role", s.Role+","+s.Provider) +
		attribute("RoleSessionName", s.Subject) + `</saml:AttributeStatement></saml:Assertion>`
	if s.Unsigned {
		return head + rest
	}
	return head + p.signature(t, s.ID, head+rest) + rest
}

// signature signs a text that is canonical, under its id.
func (p *SAMLProvider) signature(t testing.TB, id, text string) string {
	t.Helper()
	const space, exclusive = ` xmlns:ds="http://www.w3.org/2000/09/xmldsig#"`, "http://www.w3.org/2001/10/xml-exc-c14n#"
	digest := sha256.Sum256([]byte(text))
	info := `<ds:SignedInfo%s><ds:CanonicalizationMethod Algorithm="` + exclusive + `"></ds:CanonicalizationMethod>` +
		`<ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"></ds:SignatureMethod><ds:Reference URI="#` + id + `"><ds:Transforms>` +
		`<ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"></ds:Transform><ds:Transform Algorithm="` + exclusive +
		`"></ds:Transform></ds:Transforms><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"></ds:DigestMethod><ds:DigestValue>` +
		base64.StdEncoding.EncodeToString(digest[:]) + `</ds:DigestValue></ds:Reference></ds:SignedInfo>`
	sum := sha256.Sum256(fmt.Appendf(nil, info, space))
	value, err := rsa.SignPKCS1v15(nil, p.key, crypto.SHA256, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	return `<ds:Signature` + space + `>` + fmt.Sprintf(info, "") + `<ds:SignatureValue>` + base64.StdEncoding.EncodeToString(value) + `</ds:SignatureValue></ds:Signature>`
}

// SAMLResponse is the response with assertions in it, as a browser would post it.
func SAMLResponse(assertions ...string) string {
	return base64.StdEncoding.EncodeToString([]byte(`<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_r` + strings.ToLower(rand.Text()) +
		`" IssueInstant="` + time.Now().UTC().Format("2006-01-02T15:04:05Z") + `" Version="2.0"><samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>` +
		strings.Join(assertions, "") + `</samlp:Response>`))
}
