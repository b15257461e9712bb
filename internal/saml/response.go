package saml

import (
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/beevik/etree"

	"github.com/lanyard-id/lanyard/internal/fault"
)

// MaxResponse bounds a response in characters of base64 (AWS STS, AssumeRoleWithSAML, SAMLAssertion).
const MaxResponse = 100000

// limits are the bounds of a response's XML.
func limits() bounds { return bounds{bytes: MaxResponse, elements: 900, depth: 64} }

// Rule is what a response is held against, beside the metadata of its provider.
type Rule struct {
	Now        time.Time
	Recipients []string // the sign-in URLs that stand for us
	Audiences  []string // the names that stand for us
}

// Verify verifies a response, in base64, of the provider whose metadata m is: its form, its signatures, who made it and for
// whom, and its times. What it gives was read from signed bytes alone. The response is signed, or its assertion, or both: then
// both signatures must hold.
func (m *Metadata) Verify(response string, rule Rule) (*Assertion, error) {
	root, err := readResponse(response)
	if err != nil {
		return nil, err
	}
	el, err := m.signedAssertion(root, rule.Now)
	if err != nil {
		return nil, err
	}
	if !m.Until.IsZero() && !rule.Now.Before(m.Until) { // after the signature: a stranger learns nothing of the provider
		return nil, untrusted(MetadataOver, "The metadata of the provider is no longer valid.")
	}
	a, err := readAssertion(el)
	if err != nil {
		return nil, err
	}
	if err := m.check(a, rule); err != nil {
		return nil, err
	}
	return a, nil
}

// readResponse makes a tree of a response whose form leaves no room for a second meaning.
func readResponse(response string) (*etree.Element, error) {
	if len(response) > MaxResponse {
		return nil, malformed("it has more than %d characters", MaxResponse)
	}
	raw, err := base64.StdEncoding.Strict().DecodeString(response)
	if err != nil {
		return nil, malformed("it is not in base64")
	}
	root, err := document(string(raw), limits())
	if err != nil {
		return nil, malformed("%v", err)
	}
	if err := checkShape(root); err != nil {
		if _, known := err.(*fault.Fault); known { //nolint:errorlint // made below, never wrapped
			return nil, err
		}
		return nil, malformed("%v", err)
	}
	return root, nil
}

// checkShape checks where things lie: one Response, in it one Assertion, and a signature directly in one or both of them.
// Wherever else a second one of these could be put, signed or not, there is none.
func checkShape(root *etree.Element) error {
	if !is(root, nsProtocol, "Response") || attribute(root, "Version") != "2.0" {
		return errors.New("it is no Response of SAML 2.0")
	}
	err := walk(root, func(el *etree.Element) error {
		switch {
		case strings.HasPrefix(el.Tag, "Encrypted"):
			return fault.New(fault.Unsupported, Encrypted, "Encrypted assertions are not offered.")
		case el.Tag == "Response" && el != root, el.Tag == "Assertion" && (el.Parent() != root || !is(el, nsAssertion, "Assertion")):
			return fmt.Errorf("there is a %s where none belongs", el.Tag)
		case el.Tag == "Signature" && (!is(el, nsSignature, "Signature") || el.Parent() != root && el.Parent().Parent() != root):
			return errors.New("there is a Signature where none belongs")
		case el.Tag == "SignedInfo" && el.Parent().Tag != "Signature":
			return errors.New("there is a SignedInfo where none belongs")
		}
		return nil
	})
	if err != nil {
		return err
	}
	assertion, err := single(root, nsAssertion, "Assertion")
	if err != nil {
		return err
	}
	places := []*etree.Element{root, assertion}
	return walk(root, func(el *etree.Element) error {
		if el.Tag != "Signature" {
			return nil
		}
		if !slices.Contains(places, el.Parent()) || len(children(el.Parent(), nsSignature, "Signature")) != 1 {
			return errors.New("there is a Signature where none belongs")
		}
		return checkSignature(el, el.Parent())
	})
}

// signedAssertion gives the assertion as it was signed.
func (m *Metadata) signedAssertion(root *etree.Element, now time.Time) (*etree.Element, error) {
	whole := len(children(root, nsSignature, "Signature")) > 0
	if whole {
		var err error
		if root, err = m.signed(root, now); err != nil {
			return nil, err
		}
		if err := m.checkResponse(root); err != nil {
			return nil, err
		}
	}
	el, err := single(root, nsAssertion, "Assertion")
	switch {
	case err != nil:
		return nil, malformed("%v", err)
	case len(children(el, nsSignature, "Signature")) > 0:
		return m.signed(el, now)
	case !whole:
		return nil, untrusted(Unsigned, "Response signature invalid: neither the response nor its assertion is signed.")
	}
	return el, nil
}

// checkResponse checks what a signed response says of itself. What one that is not signed says is not read.
func (m *Metadata) checkResponse(root *etree.Element) error {
	status, err := single(root, nsProtocol, "Status")
	if err != nil {
		return malformed("%v", err)
	}
	code, err := single(status, nsProtocol, "StatusCode")
	if err != nil {
		return malformed("%v", err)
	}
	if attribute(code, "Value") != "urn:oasis:names:tc:SAML:2.0:status:Success" {
		return fault.New(fault.Denied, NoSuccess, "The identity provider reports that it did not sign the user in.")
	}
	for _, el := range children(root, nsAssertion, "Issuer") {
		if issuer, err := text(el); err != nil || issuer != m.EntityID {
			return notTheIssuer()
		}
	}
	return nil
}

func notTheIssuer() error {
	return untrusted(IssuerMismatch, "Issuer not present in specified provider")
}
