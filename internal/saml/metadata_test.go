package saml_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"math/big"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/saml"
	"github.com/lanyard-id/lanyard/internal/saml/samltest"
)

// elliptical is a certificate of a key that is not RSA.
func elliptical(t *testing.T) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: start(), NotAfter: start().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(der)
}

func TestMetadata(t *testing.T) {
	good, other, _ := idp(t)
	doc := good.Metadata()
	cert, second := base64.StdEncoding.EncodeToString(good.Certificate), base64.StdEncoding.EncodeToString(other.Certificate)
	const end = "  </IDPSSODescriptor>"
	key := func(use, certificate string) string {
		return `<KeyDescriptor` + use + `><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>` + certificate +
			`</X509Certificate></X509Data></KeyInfo></KeyDescriptor>`
	}
	with := func(more string) string { return strings.Replace(doc, end, more+end, 1) }
	for what, c := range map[string]struct {
		doc   string
		certs int
	}{
		"as it is":                  {doc, 1},
		"with a mark at its start":  {"\ufeff" + doc, 1},
		"two certificates":          {with(key(` use="signing"`, second)), 2},
		"one for everything":        {with(key("", second)), 2},
		"the same again":            {with(key("", cert)), 1},
		"one to encrypt with":       {with(key(` use="encryption"`, elliptical(t))), 1},
		"in lines":                  {strings.Replace(doc, cert, "\n "+cert[:64]+"\r\n\t"+cert[64:]+"\n", 1), 1},
		"and the part of a service": {strings.Replace(doc, "</EntityDescriptor>", `<SPSSODescriptor></SPSSODescriptor></EntityDescriptor>`, 1), 1},
	} {
		m, err := saml.ParseMetadata(c.doc)
		if err != nil || len(m.Certificates) != c.certs || m.EntityID != samltest.Entity {
			t.Errorf("%s: %+v, %v", what, m, err)
		}
	}
	for what, doc := range map[string]string{
		"nothing":                   "",
		"no XML":                    "{}",
		"S22 a document type":       "<!DOCTYPE x>" + strings.TrimPrefix(doc, `<?xml version="1.0" encoding="UTF-8"?>`),
		"S22 an entity":             strings.Replace(doc, cert, "&x;", 1),
		"S22 an instruction":        strings.Replace(doc, "<!-- of a test -->", "<?x y?>", 1),
		"too long":                  strings.Replace(doc, "<!-- of a test -->", "<!--"+strings.Repeat(" ", saml.MaxMetadata)+"-->", 1),
		"S23 too deep":              with(strings.Repeat("<X>", 40) + strings.Repeat("</X>", 40)),
		"too many elements":         with(strings.Repeat("<X/>", 5000)),
		"a list of providers":       `<EntitiesDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata">` + doc[strings.Index(doc, "<Entity"):] + `</EntitiesDescriptor>`,
		"no entityID":               strings.Replace(doc, ` entityID="`+samltest.Entity+`"`, "", 1),
		"a long entityID":           strings.Replace(doc, samltest.Entity, "https://"+strings.Repeat("x", 1024), 1),
		"of another namespace":      strings.Replace(doc, "SAML:2.0:metadata", "SAML:1.0:metadata", 1),
		"no provider":               strings.ReplaceAll(doc, "IDPSSODescriptor", "SPSSODescriptor"),
		"two providers":             strings.Replace(doc, "</EntityDescriptor>", "<IDPSSODescriptor/></EntityDescriptor>", 1),
		"of SAML 1.1":               strings.Replace(doc, "SAML:2.0:protocol", "SAML:1.1:protocol", 1),
		"no key":                    strings.Replace(doc, `use="signing"`, `use="encryption"`, 1),
		"a key for something else":  strings.Replace(doc, `use="signing"`, `use="Signing"`, 1),
		"no certificate":            strings.ReplaceAll(doc, "X509Certificate", "X509SKI"),
		"no KeyInfo":                with("<KeyDescriptor/>"),
		"a comment in it":           strings.Replace(doc, cert, cert+"<!-- -->", 1),
		"no base64":                 strings.Replace(doc, cert, "!", 1),
		"no certificate in it":      strings.Replace(doc, cert, "AAAA", 1),
		"a key that is not RSA":     with(key("", elliptical(t))),
		"a time that is none":       strings.Replace(doc, "entityID", `validUntil="tomorrow" entityID`, 1),
		"a time that is none, too":  strings.Replace(doc, "protocolS", `validUntil="2026-02-30T00:00:00Z" protocolS`, 1),
		"more certificates than 16": with(strings.Repeat(key("", second), 3) + many(t)),
	} {
		if m, err := saml.ParseMetadata(doc); !fault.Is(err, saml.MetadataInvalid) {
			t.Errorf("%s: %+v, %v", what, m, err)
		}
	}
}

// many are certificates of one key, each with a number of its own.
func many(t *testing.T) string {
	t.Helper()
	good, _, _ := idp(t)
	var all strings.Builder
	for i := range 17 {
		template := &x509.Certificate{SerialNumber: big.NewInt(int64(i + 10)), NotBefore: start(), NotAfter: start().Add(time.Hour)}
		der, err := x509.CreateCertificate(rand.Reader, template, template, &good.Key.PublicKey, good.Key)
		if err != nil {
			t.Fatal(err)
		}
		all.WriteString(`<KeyDescriptor><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>` +
			base64.StdEncoding.EncodeToString(der) + `</X509Certificate></X509Data></KeyInfo></KeyDescriptor>`)
	}
	return all.String()
}

// recorded gives a file of testdata: what one provider said at the start, whose key nobody has kept. The processes of a fuzzer
// must all know the same provider.
func recorded(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// FuzzMetadata: whatever comes, what is read has what it must have.
func FuzzMetadata(f *testing.F) {
	f.Add(recorded(f, "metadata.xml"))
	f.Add("<!DOCTYPE x>")
	f.Fuzz(func(t *testing.T, doc string) {
		m, err := saml.ParseMetadata(doc)
		if (m == nil) == (err == nil) || m != nil && (m.EntityID == "" || len(m.Certificates) == 0) {
			t.Errorf("%+v, %v", m, err)
		}
	})
}

// FuzzResponse: whatever comes, nothing is read but what the provider signed: the one assertion that there is says "jane".
func FuzzResponse(f *testing.F) {
	meta, err := saml.ParseMetadata(recorded(f, "metadata.xml"))
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range []string{"assertion.xml", "response.xml"} {
		if _, err := meta.Verify(samltest.Encode(recorded(f, name)), rule()); err != nil {
			f.Fatalf("%s: %v", name, err)
		}
		f.Add(recorded(f, name))
	}
	f.Fuzz(func(t *testing.T, xml string) {
		a, err := meta.Verify(samltest.Encode(xml), rule())
		if (a == nil) == (err == nil) || a != nil && (a.Subject != "jane" || a.ID != "_a1" || a.Issuer != samltest.Entity) {
			t.Errorf("%+v, %v", a, err)
		}
		if a != nil {
			if _, err := a.Wish(); err != nil {
				t.Error(err)
			}
		}
	})
}
