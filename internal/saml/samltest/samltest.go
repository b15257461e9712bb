package samltest

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	_ "crypto/sha1" //nolint:gosec // to show that it is refused
	_ "crypto/sha256"
	_ "crypto/sha512"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"math/big"
	"strings"
	"time"
)

// The sign-in URL and audience that said responses name unless told otherwise.
const (
	Recipient = "https://127.0.0.1:8444/saml"
	Entity    = "https://idp.example/saml"
)

// Provider is an identity provider with one key.
type Provider struct {
	EntityID    string
	Key         *rsa.PrivateKey
	Certificate []byte // DER
}

// New makes a provider whose certificate is valid from an hour before now, for a year.
func New(entityID string, bits int, now time.Time) (*Provider, error) {
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "idp"}, NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(1, 0, 0),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	return &Provider{EntityID: entityID, Key: key, Certificate: der}, err
}

// Metadata is the provider's metadata.
func (p *Provider) Metadata() string {
	return `<?xml version="1.0" encoding="UTF-8"?>
<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="` + p.EntityID + `">
  <!-- of a test -->
  <IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    <KeyDescriptor use="signing">
      <KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>` +
		base64.StdEncoding.EncodeToString(p.Certificate) + `</X509Certificate></X509Data></KeyInfo>
    </KeyDescriptor>
    <SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="` + p.EntityID + `/sso"/>
  </IDPSSODescriptor>
</EntityDescriptor>
`
}

// Said is what a response says.
type Said struct {
	ID, Issuer, Subject, Format, Recipient, Audience, Status string
	Issued, NotBefore, NotOnOrAfter, SessionEnds             time.Time
	Attributes                                               [][]string // name and values
	SignResponse, SignAssertion                              bool
	Method                                                   string                        // rsa-sha256 and the like
	KeyInfo                                                  []byte                        // a certificate to bring along
	Change                                                   func(assertion string) string // before it is signed
}

// Attribute is the name of an attribute for AWS.
func Attribute(called string) string { return "https://aws.amazon.com/SAML/Attributes/" + called }

// Say is what the provider usually says at a time of somebody who may have a role: with a signed assertion.
func (p *Provider) Say(now time.Time, role, provider string) Said {
	return Said{
		ID: "_a1", Issuer: p.EntityID, Subject: "jane", Format: "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
		Recipient: Recipient, Audience: Recipient, Status: "Success", Issued: now, NotBefore: now.Add(-time.Minute), NotOnOrAfter: now.Add(5 * time.Minute),
		Attributes:    [][]string{{Attribute("Role"), role + "," + provider}, {Attribute("RoleSessionName"), "jane"}},
		SignAssertion: true, Method: "rsa-sha256",
	}
}

// Encode is a response as it is sent.
func Encode(xml string) string { return base64.StdEncoding.EncodeToString([]byte(xml)) }

// Response writes a response, signed where it is to be.
func (p *Provider) Response(s Said) string {
	return p.Around(s, p.Assertion(s))
}

// Around writes a response with an assertion in it that is written already.
func (p *Provider) Around(s Said, assertion string) string {
	head := `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="` + s.ID + `-response" IssueInstant="` + stamp(s.Issued) + `" Version="2.0">` +
		`<saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">` + escape(s.Issuer) + `</saml:Issuer>`
	rest := `<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:` + s.Status + `"></samlp:StatusCode></samlp:Status>` +
		assertion + `</samlp:Response>`
	if s.SignResponse {
		return head + p.Sign(s, s.ID+"-response", head+rest) + rest
	}
	return head + rest
}

// Assertion writes the assertion, signed if it is to be.
func (p *Provider) Assertion(s Said) string {
	head := `<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="` + s.ID + `" IssueInstant="` + stamp(s.Issued) + `" Version="2.0">` +
		`<saml:Issuer>` + escape(s.Issuer) + `</saml:Issuer>`
	whole := head + s.body() + `</saml:Assertion>`
	if s.Change != nil {
		whole = s.Change(whole)
	}
	if !s.SignAssertion {
		return whole
	}
	at := strings.Index(whole, `</saml:Issuer>`) + len(`</saml:Issuer>`)
	return whole[:at] + p.Sign(s, s.ID, whole) + whole[at:]
}

func (s Said) body() string {
	var b strings.Builder
	b.WriteString(`<saml:Subject><saml:NameID Format="` + s.Format + `">` + escape(s.Subject) + `</saml:NameID>` +
		`<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData NotOnOrAfter="` + stamp(s.NotOnOrAfter) +
		`" Recipient="` + s.Recipient + `"></saml:SubjectConfirmationData></saml:SubjectConfirmation></saml:Subject>` +
		`<saml:Conditions NotBefore="` + stamp(s.NotBefore) + `" NotOnOrAfter="` + stamp(s.NotOnOrAfter) + `"><saml:AudienceRestriction><saml:Audience>` +
		s.Audience + `</saml:Audience></saml:AudienceRestriction></saml:Conditions><saml:AuthnStatement AuthnInstant="` + stamp(s.Issued) + `"`)
	if !s.SessionEnds.IsZero() {
		b.WriteString(` SessionNotOnOrAfter="` + stamp(s.SessionEnds) + `"`)
	}
	b.WriteString(`></saml:AuthnStatement><saml:AttributeStatement>`)
	for _, a := range s.Attributes {
		b.WriteString(`<saml:Attribute Name="` + a[0] + `">`)
		for _, v := range a[1:] {
			b.WriteString(`<saml:AttributeValue>` + escape(v) + `</saml:AttributeValue>`)
		}
		b.WriteString(`</saml:Attribute>`)
	}
	b.WriteString(`</saml:AttributeStatement>`)
	return b.String()
}

// methods are how signature methods are named, and the digests beside them.
func methods(called string) (method, digest string, hash crypto.Hash) {
	const more, enc, first = "http://www.w3.org/2001/04/xmldsig-more#", "http://www.w3.org/2001/04/xmlenc#", "http://www.w3.org/2000/09/xmldsig#"
	switch called {
	case "rsa-sha1":
		return first + called, first + "sha1", crypto.SHA1
	case "rsa-sha384":
		return more + called, more + "sha384", crypto.SHA384
	case "rsa-sha512":
		return more + called, enc + "sha512", crypto.SHA512
	}
	return more + called, enc + "sha256", crypto.SHA256
}

// Sign gives the signature over a text that is canonical, under its id.
func (p *Provider) Sign(s Said, id, text string) string {
	method, digest, hash := methods(s.Method)
	const exclusive = "http://www.w3.org/2001/10/xml-exc-c14n#"
	info := `<ds:SignedInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:CanonicalizationMethod Algorithm="` + exclusive +
		`"></ds:CanonicalizationMethod><ds:SignatureMethod Algorithm="` + method + `"></ds:SignatureMethod><ds:Reference URI="#` + id + `"><ds:Transforms>` +
		`<ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"></ds:Transform><ds:Transform Algorithm="` + exclusive +
		`"></ds:Transform></ds:Transforms><ds:DigestMethod Algorithm="` + digest + `"></ds:DigestMethod><ds:DigestValue>` + sum(hash, text) +
		`</ds:DigestValue></ds:Reference></ds:SignedInfo>`
	h := hash.New()
	h.Write([]byte(info))
	value, err := rsa.SignPKCS1v15(nil, p.Key, hash, h.Sum(nil))
	if err != nil {
		panic(err) // the test's key is too small for the hash
	}
	key := ""
	if s.KeyInfo != nil {
		key = `<ds:KeyInfo><ds:X509Data><ds:X509Certificate>` + base64.StdEncoding.EncodeToString(s.KeyInfo) + `</ds:X509Certificate></ds:X509Data></ds:KeyInfo>`
	}
	info = strings.Replace(info, ` xmlns:ds="http://www.w3.org/2000/09/xmldsig#"`, "", 1) // the Signature around it has it
	return `<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#">` + info + `<ds:SignatureValue>` + base64.StdEncoding.EncodeToString(value) +
		`</ds:SignatureValue>` + key + `</ds:Signature>`
}

func sum(hash crypto.Hash, text string) string {
	h := hash.New()
	h.Write([]byte(text))
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

func escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}
