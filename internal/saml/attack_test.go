package saml_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/saml"
	"github.com/lanyard-id/lanyard/internal/saml/samltest"
)

// wrapped is what an attacker has who was signed in as "jane" once: the response, its signed part, and a part of the same form
// that says "root" and is not signed.
type wrapped struct {
	good           *samltest.Provider
	said           samltest.Said
	signed, forged string // assertions
	signature      string // of the signed assertion
	bare           string // the signed assertion without its signature
}

func wrap(t *testing.T) wrapped {
	t.Helper()
	good, _, _ := idp(t)
	w := wrapped{good: good, said: good.Say(start(), role, provider)}
	w.signed = good.Assertion(w.said)
	at, end := strings.Index(w.signed, "<ds:Signature "), strings.Index(w.signed, "</ds:Signature>")+len("</ds:Signature>")
	w.signature, w.bare = w.signed[at:end], w.signed[:at]+w.signed[end:]
	evil := w.said
	evil.ID, evil.Subject, evil.SignAssertion = "_evil", "root", false
	w.forged = good.Assertion(evil)
	if _, err := verify(t, good.Around(w.said, w.signed)); err != nil {
		t.Fatalf("the response itself: %v", err)
	}
	return w
}

// inside puts a text into an element, before its end.
func inside(el, end, more string) string {
	at := strings.LastIndex(el, end)
	return el[:at] + more + el[at:]
}

// after puts a signature where it belongs in an assertion.
func after(assertion, signature string) string {
	return strings.Replace(assertion, "</saml:Issuer>", "</saml:Issuer>"+signature, 1)
}

// TestS01to08SignatureWrapping: the eight ways of "On Breaking SAML" (USENIX Security 2012) to move what is signed out of the way
// of what is read, and some that came later.
func TestS01to08SignatureWrapping(t *testing.T) {
	w := wrap(t)
	object := func(what string) string {
		return strings.Replace(w.signature, "</ds:Signature>", "<ds:Object>"+what+"</ds:Object></ds:Signature>", 1)
	}
	// The response itself is signed, for the two ways that are about it.
	whole := w.said
	whole.SignResponse, whole.SignAssertion = true, false
	response := w.good.Response(whole)
	at, end := strings.Index(response, "<ds:Signature "), strings.Index(response, "</ds:Signature>")+len("</ds:Signature>")
	signature, bare := response[at:end], response[:at]+response[end:]
	evil := whole
	evil.ID, evil.Subject, evil.SignResponse = "_evil", "root", false
	forged := w.good.Response(evil)

	for what, xml := range map[string]string{
		"S01 the signed response inside the signature of a forged one": after(forged, strings.Replace(signature, "</ds:Signature>", "<ds:Object>"+bare+"</ds:Object></ds:Signature>", 1)),
		"S02 the signed response beside its signature in a forged one": after(forged, bare+signature),
		"S03 the signed assertion behind a forged one":                 w.good.Around(w.said, w.forged+w.signed),
		"S03 the signed assertion before a forged one":                 w.good.Around(w.said, w.signed+w.forged),
		"S04 the signed assertion inside a forged one":                 w.good.Around(w.said, inside(w.forged, "</saml:Assertion>", w.signed)),
		"S05 the signature in the forged one, the signed at the end":   w.good.Around(w.said, after(w.forged, w.signature)+w.bare),
		"S06 the signed assertion in a signature of the forged one":    w.good.Around(w.said, after(w.forged, strings.Replace(w.signature, "</ds:Signature>", w.bare+"</ds:Signature>", 1))),
		"S07 a forged assertion in extensions":                         strings.Replace(w.good.Around(w.said, w.signed), "<samlp:Status>", "<samlp:Extensions>"+w.forged+"</samlp:Extensions><samlp:Status>", 1),
		"S07 the signed assertion in extensions":                       strings.Replace(w.good.Around(w.said, w.forged), "<samlp:Status>", "<samlp:Extensions>"+w.signed+"</samlp:Extensions><samlp:Status>", 1),
		"S08 the signed assertion in an object of the signature":       w.good.Around(w.said, after(w.forged, object(w.bare))),
		"the signed assertion in its signature's KeyInfo":              w.good.Around(w.said, after(w.forged, strings.Replace(w.signature, "</ds:Signature>", "<ds:KeyInfo>"+w.bare+"</ds:KeyInfo></ds:Signature>", 1))),
		"a forged assertion with the id of the signed":                 w.good.Around(w.said, after(strings.Replace(w.forged, `"_evil"`, `"_a1"`, 1), w.signature)),
		"both with the same id":                                        w.good.Around(w.said, strings.Replace(w.forged, `"_evil"`, `"_a1"`, 1)+w.signed),
		"the signature over the assertion in the response":             after(w.good.Around(w.said, w.bare), w.signature),
		"the signed assertion in advice":                               w.good.Around(w.said, inside(w.forged, "</saml:Assertion>", "<saml:Advice>"+w.signed+"</saml:Advice>")),
		"the signed assertion in an attribute":                         w.good.Around(w.said, inside(w.forged, "</saml:AttributeValue>", w.signed)),
		"a signature deep inside":                                      w.good.Around(w.said, inside(w.forged, "</saml:AttributeValue>", w.signature)),
		"the response inside a response":                               strings.Replace(w.good.Around(w.said, w.good.Around(w.said, w.signed)), `"_a1-response"`, `"_r2"`, 1),
		"an assertion of another namespace beside it":                  w.good.Around(w.said, w.signed+strings.ReplaceAll(w.forged, "SAML:2.0:assertion", "SAML:1.0:assertion")),
		"an assertion without a response":                              w.signed,
		"a signature that is not there":                                w.good.Around(w.said, w.forged),
		"a signature of another form":                                  w.good.Around(w.said, after(w.forged, strings.ReplaceAll(w.signature, "2000/09/xmldsig#\"", "2000/09/xmldsig\""))),
	} {
		t.Run(what, func(t *testing.T) {
			a, err := verify(t, xml)
			if a != nil || err == nil {
				t.Fatalf("let in as %+v\n%s", a, xml)
			}
			for _, why := range []fault.Reason{saml.Malformed, saml.BadSignature, saml.Unsigned} {
				if fault.Is(err, why) {
					return
				}
			}
			t.Errorf("refused for another reason: %v", err)
		})
	}
}

// TestS09Comments: a comment splits a text, and libraries disagree on which part of it counts.
func TestS09Comments(t *testing.T) {
	w := wrap(t)
	for _, xml := range []string{
		strings.Replace(w.signed, ">jane</saml:NameID>", ">ja<!---->ne</saml:NameID>", 1),
		strings.Replace(w.signed, ">jane</saml:NameID>", "><!-- x -->jane</saml:NameID>", 1),
		strings.Replace(w.signed, ">jane</saml:NameID>", ">jane<?x y?></saml:NameID>", 1),
		strings.Replace(w.signed, ">jane</saml:NameID>", "><![CDATA[jane]]></saml:NameID>", 1),
		strings.Replace(w.signed, "<saml:Subject>", "<!-- x --><saml:Subject>", 1),
	} {
		if xml == w.signed {
			t.Fatal("nothing was changed")
		}
		refused(t, w.good.Around(w.said, xml), saml.Malformed)
	}
}

// TestS10OnlySignedBytes: what is not covered by the signature has no say, whatever it says.
func TestS10OnlySignedBytes(t *testing.T) {
	w := wrap(t)
	other := w.said
	other.Status, other.Issuer = "Responder", "https://evil.example"
	a, err := verify(t, w.good.Around(other, w.signed))
	if err != nil || a.Issuer != samltest.Entity {
		t.Errorf("the response around it was read: %+v, %v", a, err)
	}
	// What is signed counts, byte for byte.
	xml := w.good.Around(w.said, w.signed)
	from, to := strings.Index(xml, "<saml:Assertion "), strings.Index(xml, "</saml:Assertion>")+len("</saml:Assertion>")
	for i := from; i < to; i += 3 {
		changed := xml[:i] + string(xml[i]^1) + xml[i+1:]
		if a, err := verify(t, changed); err == nil {
			t.Errorf("byte %d of %q changed and still read: %+v", i, xml[max(i-20, 0):i+20], a)
		}
	}
}

// TestS11Prefixes: names that go through a library and back as other names.
func TestS11Prefixes(t *testing.T) {
	w := wrap(t)
	for what, xml := range map[string]string{
		"a name with two colons":      strings.ReplaceAll(w.signed, "saml:Subject", "saml:x:Subject"),
		"a name that ends in a colon": strings.ReplaceAll(w.signed, "saml:Subject>", "saml:>"),
		"a name that begins with one": strings.ReplaceAll(w.signed, "saml:Subject>", ":Subject>"),
		"an undeclared prefix":        strings.ReplaceAll(w.signed, "saml:Subject>", "other:Subject>"),
		"a prefix that begins with xml": strings.Replace(strings.ReplaceAll(w.signed, "saml:Subject>", "xmlx:Subject>"),
			"<xmlx:Subject", `<xmlx:Subject xmlns:xmlx="urn:oasis:names:tc:SAML:2.0:assertion"`, 1),
		"a prefix of no namespace":       strings.Replace(w.signed, "<saml:Subject>", `<saml:Subject xmlns:x="">`, 1),
		"no namespace again":             strings.Replace(w.signed, "<saml:Subject>", `<saml:Subject xmlns="">`, 1),
		"a relative namespace":           strings.Replace(w.signed, "<saml:Subject>", `<saml:Subject xmlns:x="x">`, 1),
		"the namespace of xml":           strings.Replace(w.signed, "<saml:Subject>", `<saml:Subject xmlns:x="http://www.w3.org/XML/1998/namespace">`, 1),
		"xml declared":                   strings.Replace(w.signed, "<saml:Subject>", `<saml:Subject xmlns:xml="urn:x">`, 1),
		"a prefix declared twice":        strings.Replace(w.signed, "<saml:Subject>", `<saml:Subject xmlns:x="urn:x" xmlns:x="urn:y">`, 1),
		"an attribute twice":             strings.Replace(w.signed, ` Version="2.0"`, ` Version="2.0" Version="2.0"`, 1),
		"an attribute twice by prefixes": strings.Replace(w.signed, "<saml:Subject>", `<saml:Subject xmlns:x="urn:x" xmlns:y="urn:x" x:a="1" y:a="2">`, 1),
		"an id with a prefix":            strings.Replace(w.signed, `ID="_a1"`, `ID="_a1" xml:id="_a2"`, 1),
		"an id twice":                    strings.Replace(w.signed, "<saml:Subject>", `<saml:Subject Id="_a1">`, 1),
		"letters of other scripts":       strings.ReplaceAll(w.signed, "saml:Subject>", "saml:Sübject>"),
		"an element that is not closed":  strings.Replace(w.signed, "</saml:Subject>", "", 1),
		"another element closed":         strings.Replace(w.signed, "</saml:Subject>", "</saml:Conditions>", 1),
	} {
		if xml == w.signed {
			t.Fatalf("%s: nothing was changed", what)
		}
		t.Run(what, func(t *testing.T) { refused(t, w.good.Around(w.said, xml), saml.Malformed) })
	}
}

// TestS13References: a signature is about the one element that it lies in.
func TestS13References(t *testing.T) {
	w := wrap(t)
	at, end := strings.Index(w.signature, "<ds:Reference "), strings.Index(w.signature, "</ds:Reference>")+len("</ds:Reference>")
	ref := w.signature[at:end]
	for what, signature := range map[string]string{
		"two references":           strings.Replace(w.signature, ref, ref+ref, 1),
		"a second about another":   strings.Replace(w.signature, ref, ref+strings.Replace(ref, "#_a1", "#_evil", 1), 1),
		"a first about another":    strings.Replace(w.signature, ref, strings.Replace(ref, "#_a1", "#_evil", 1)+ref, 1),
		"no reference":             strings.Replace(w.signature, ref, "", 1),
		"about the whole document": strings.Replace(w.signature, `"#_a1"`, `""`, 1),
		"about the response":       strings.Replace(w.signature, `"#_a1"`, `"#_a1-response"`, 1),
		"by a pointer":             strings.Replace(w.signature, `"#_a1"`, `"#xpointer(id('_a1'))"`, 1),
		"without a name":           strings.Replace(w.signature, ` URI="#_a1"`, "", 1),
		"outside":                  strings.Replace(w.signature, `"#_a1"`, `"https://idp.example/#_a1"`, 1),
	} {
		t.Run(what, func(t *testing.T) { refused(t, w.good.Around(w.said, after(w.bare, signature)), saml.Malformed) })
	}
}

// TestS14SeveralSignedInfos: the one that is verified is the one that is read.
func TestS14SeveralSignedInfos(t *testing.T) {
	w := wrap(t)
	at, end := strings.Index(w.signature, "<ds:SignedInfo>"), strings.Index(w.signature, "</ds:SignedInfo>")+len("</ds:SignedInfo>")
	info := w.signature[at:end]
	value := w.signature[strings.Index(w.signature, "<ds:DigestValue>")+len("<ds:DigestValue>"):]
	value = value[:strings.Index(value, "<")]
	for what, signature := range map[string]string{
		"before":                  strings.Replace(w.signature, info, strings.Replace(info, value, "AAAA", 1)+info, 1),
		"behind":                  strings.Replace(w.signature, info, info+strings.Replace(info, value, "AAAA", 1), 1),
		"in an object":            strings.Replace(w.signature, "</ds:Signature>", "<ds:Object>"+info+"</ds:Object></ds:Signature>", 1),
		"in KeyInfo":              strings.Replace(w.signature, "</ds:Signature>", "<ds:KeyInfo>"+info+"</ds:KeyInfo></ds:Signature>", 1),
		"a comment in the digest": strings.Replace(w.signature, value, value+"<!-- x -->", 1),
		"an element in it":        strings.Replace(w.signature, value, value+"<ds:X></ds:X>", 1),
		"two digests":             strings.Replace(w.signature, "</ds:DigestValue>", "</ds:DigestValue><ds:DigestValue>AAAA</ds:DigestValue>", 1),
		"two values":              strings.Replace(w.signature, "</ds:SignatureValue>", "</ds:SignatureValue><ds:SignatureValue>AAAA</ds:SignatureValue>", 1),
		"two signatures":          w.signature + w.signature,
	} {
		t.Run(what, func(t *testing.T) { refused(t, w.good.Around(w.said, after(w.bare, signature)), saml.Malformed) })
	}
}

// TestS15SeveralAssertions: one response, one assertion; each of several may be signed.
func TestS15SeveralAssertions(t *testing.T) {
	w := wrap(t)
	second := w.said
	second.ID, second.Subject = "_a2", "joe"
	refused(t, w.good.Around(w.said, w.signed+w.good.Assertion(second)), saml.Malformed)
	refused(t, w.good.Around(w.said, ""), saml.Malformed)
	whole := w.said
	whole.SignResponse = true
	refused(t, w.good.Around(whole, w.signed+w.good.Assertion(second)), saml.Malformed)
}

// TestS17Encrypted: nothing is decrypted, so nothing can be decrypted wrongly.
func TestS17Encrypted(t *testing.T) {
	w := wrap(t)
	const data = `<saml:EncryptedAssertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"><xenc:EncryptedData xmlns:xenc="http://www.w3.org/2001/04/xmlenc#">` +
		`<xenc:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"></xenc:EncryptionMethod></xenc:EncryptedData></saml:EncryptedAssertion>`
	refused(t, w.good.Around(w.said, data), saml.Encrypted)
	refused(t, w.good.Around(w.said, w.signed+data), saml.Encrypted)
}

// TestS21KeysOfTheMessage: a key that the message brings is not believed, and neither is SHA-1 nor a short key.
func TestS21KeysOfTheMessage(t *testing.T) {
	good, other, _ := idp(t)
	s := good.Say(start(), role, provider)
	for _, info := range [][]byte{nil, good.Certificate, other.Certificate} {
		s.KeyInfo = info
		refused(t, other.Response(s), saml.BadSignature)
	}
	s.SignResponse = true // its own signature is another's; the assertion in it is good
	refused(t, other.Around(s, good.Assertion(s)), saml.BadSignature)
	s.SignResponse = false
	s.KeyInfo = other.Certificate // and a wrong one takes nothing away
	if _, err := verify(t, good.Response(s)); err != nil {
		t.Error(err)
	}
	s.Method = "rsa-sha1"
	refused(t, good.Response(s), saml.AlgorithmRefused)
	s.Method = "rsa-sha256"
	for from, to := range map[string]string{
		"xmldsig-more#rsa-sha256":            "xmldsig-more#hmac-sha256",
		"2001/04/xmldsig-more#rsa-sha256":    "2001/04/xmldsig-more#ecdsa-sha256",
		"2001/04/xmlenc#sha256":              "2000/09/xmldsig#sha1",
		"xmldsig#enveloped-signature":        "xmldsig#base64",
		"2001/10/xml-exc-c14n#":              "TR/2001/REC-xml-c14n-20010315",
		`xml-exc-c14n#"></ds:Canonical`:      `xml-exc-c14n#WithComments"></ds:Canonical`,
		`xml-exc-c14n#"></ds:Transform>`:     `xml-exc-c14n#WithComments"></ds:Transform>`,
		`#"></ds:Transform></ds:Transforms>`: `#enveloped-signature"></ds:Transform></ds:Transforms>`,
	} {
		xml := good.Response(s)
		if !strings.Contains(xml, from) {
			t.Fatalf("no %s", from)
		}
		refused(t, strings.Replace(xml, from, to, 1), saml.AlgorithmRefused)
	}
	short, err := samltest.New(samltest.Entity, 1024, start())
	if err != nil {
		t.Fatal(err)
	}
	if m, err := saml.ParseMetadata(short.Metadata()); !fault.Is(err, saml.MetadataInvalid) {
		t.Errorf("a key of 1024 bits: %v, %v", m, err)
	}
}

// TestS22DocumentTypes: no document type, and with it no entity, wherever it stands.
func TestS22DocumentTypes(t *testing.T) {
	w := wrap(t)
	xml := w.good.Around(w.said, w.signed)
	secret := t.TempDir() + "/secret"
	if err := os.WriteFile(secret, []byte("jane"), 0o600); err != nil {
		t.Fatal(err)
	}
	var laughs strings.Builder
	for i := range 10 {
		fmt.Fprintf(&laughs, `<!ENTITY a%d "&a%d;&a%d;&a%d;&a%d;">`, i+1, i, i, i, i)
	}
	for _, xml := range []string{
		`<!DOCTYPE x>` + xml,
		`<?xml version="1.0"?><!DOCTYPE x [<!ENTITY jane SYSTEM "file://` + secret + `">]>` + strings.Replace(xml, ">jane<", ">&jane;<", 1),
		`<!DOCTYPE x [<!ENTITY a0 "jane">` + laughs.String() + `]>` + strings.Replace(xml, ">jane<", ">&a10;<", 1),
		strings.Replace(xml, ">jane<", ">&jane;<", 1),
		strings.Replace(xml, "<samlp:Status>", "<!DOCTYPE x><samlp:Status>", 1),
		`<?xml-stylesheet href="https://evil.example"?>` + xml,
		` <?xml version="1.0"?>` + xml,
		`<?xml version="1.0" encoding="UTF-16"?>` + xml,
		`<?xml version="1.1"?>` + xml,
		"\ufeff" + xml,
		xml + xml,
		xml + "x",
		"x" + xml,
		strings.Replace(xml, ">jane<", ">\xff<", 1),
		strings.Replace(xml, ">jane<", ">&#0;<", 1),
		strings.Replace(xml, `ID="_a1"`, `ID="<"`, 1),
		"", " ", "<", "x",
	} {
		refused(t, xml, saml.Malformed)
	}
	if _, err := verify(t, `<?xml version="1.0" encoding="UTF-8"?>`+xml+"\n"); err != nil {
		t.Errorf("what is usual at the start: %v", err)
	}
}

// TestS23Depth: nothing makes the reader dive or count without end.
func TestS23Depth(t *testing.T) {
	w := wrap(t)
	for _, more := range []string{
		strings.Repeat("<saml:X>", 6000),
		strings.Repeat("<saml:X>", 2000) + strings.Repeat("</saml:X>", 2000),
		strings.Repeat("<saml:X></saml:X>", 1000),
		"<saml:X" + strings.Repeat(` a="1"`, 2000) + "></saml:X>",
	} {
		refused(t, strings.Replace(w.good.Around(w.said, w.signed), "<samlp:Status>", more+"<samlp:Status>", 1), saml.Malformed)
	}
	refused(t, "<samlp:Response a='"+strings.Repeat("x", 70000)+"'/>", saml.Malformed)
	_, _, meta := idp(t)
	for _, response := range []string{strings.Repeat("A", saml.MaxResponse+4), "not base64", "QQ", "QR==", "<xml/>"} {
		if _, err := meta.Verify(response, rule()); !fault.Is(err, saml.Malformed) {
			t.Errorf("%.20q: %v", response, err)
		}
	}
}

// TestS25VoidCanonicalization: what has no canonical form is refused, not hashed as nothing.
func TestS25VoidCanonicalization(t *testing.T) {
	w := wrap(t)
	empty := "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" // SHA-256 of nothing
	value := w.signature[strings.Index(w.signature, "<ds:DigestValue>")+len("<ds:DigestValue>"):]
	value = value[:strings.Index(value, "<")]
	signature := strings.Replace(w.signature, value, empty, 1)
	refused(t, w.good.Around(w.said, after(w.bare, signature)), saml.BadSignature)
	for _, declared := range []string{`xmlns:x="1"`, `xmlns:x="./x"`, `xmlns:x=""`, `xmlns="relative"`} {
		odd := strings.Replace(w.bare, "<saml:Subject>", "<saml:Subject "+declared+">", 1)
		refused(t, w.good.Around(w.said, after(odd, signature)), saml.Malformed)
	}
}
