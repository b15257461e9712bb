package saml

import (
	"crypto/x509"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
	"github.com/russellhaering/goxmldsig/etreeutils"

	"github.com/lanyard-id/lanyard/internal/fault"
)

// ids are those that a reference can name.
var ids = regexp.MustCompile(`^[A-Za-z_][\w.-]{0,255}$`)

// The algorithms that are allowed: RSA with SHA-2, and below, exclusive canonical XML without comments.
const (
	moreMethods = "http://www.w3.org/2001/04/xmldsig-more#"
	encMethods  = "http://www.w3.org/2001/04/xmlenc#"
	enveloped   = nsSignature + "enveloped-signature"
)

func signatureMethods() []string {
	return []string{moreMethods + "rsa-sha256", moreMethods + "rsa-sha384", moreMethods + "rsa-sha512"}
}

func digestMethods() []string {
	return []string{encMethods + "sha256", moreMethods + "sha384", encMethods + "sha512"}
}

// checkSignature checks the form of a signature over the element that it lies in: it names that element and nothing else,
// by allowed algorithms, and has no room for anything beside it.
func checkSignature(sig, signed *etree.Element) error {
	id := attribute(signed, "ID")
	parts, err := exactly(sig, nsSignature, "SignedInfo", "SignatureValue", "KeyInfo?")
	if err != nil {
		return err
	}
	if _, err := text(parts[1]); err != nil {
		return err
	}
	info, err := exactly(parts[0], nsSignature, "CanonicalizationMethod", "SignatureMethod", "Reference")
	if err != nil {
		return err
	}
	ref, err := exactly(info[2], nsSignature, "Transforms", "DigestMethod", "DigestValue")
	if err != nil {
		return err
	}
	if _, err := text(ref[2]); err != nil {
		return err
	}
	if uri := attribute(info[2], "URI"); uri != "#"+id || !ids.MatchString(id) {
		return fmt.Errorf("the signature of %s is about something else", signed.Tag)
	}
	steps, err := exactly(ref[0], nsSignature, "Transform", "Transform")
	if err != nil {
		return err
	}
	if _, err := exactly(steps[1], nsExclusive, "InclusiveNamespaces?"); err != nil {
		return err
	}
	for _, bare := range []*etree.Element{info[0], info[1], ref[1], steps[0]} {
		if len(bare.Child) > 0 {
			return fmt.Errorf("%s has something in it", bare.Tag)
		}
	}
	return checkAlgorithms(info, ref, steps)
}

func checkAlgorithms(info, ref, steps []*etree.Element) error {
	for _, a := range []struct {
		el      *etree.Element
		allowed []string
	}{
		{info[0], []string{nsExclusive}},
		{info[1], signatureMethods()},
		{ref[1], digestMethods()},
		{steps[0], []string{enveloped}},
		{steps[1], []string{nsExclusive}},
	} {
		if said := attribute(a.el, "Algorithm"); !slices.Contains(a.allowed, said) {
			return untrusted(AlgorithmRefused, "Response signature invalid: the algorithm %.120q is not allowed.", said)
		}
	}
	return nil
}

// signed verifies the signature that lies in an element and gives the element as it was signed: read again from the very
// bytes that the signature covers, without the signature. A key that the message brings is never looked at; a certificate of
// the metadata counts within its dates only.
func (m *Metadata) signed(el *etree.Element, now time.Time) (*etree.Element, error) {
	ctx, err := etreeutils.NSBuildParentContext(el)
	if err != nil {
		return nil, badSignature(err)
	}
	alone, err := etreeutils.NSDetatch(ctx, el)
	if err != nil {
		return nil, badSignature(err)
	}
	for _, sig := range children(alone, nsSignature, "Signature") {
		for _, info := range children(sig, nsSignature, "KeyInfo") {
			sig.RemoveChild(info)
		}
	}
	why := errors.New("no certificate of the metadata is valid now")
	for _, cert := range m.Certificates {
		if now.Before(cert.NotBefore) || now.After(cert.NotAfter) {
			continue
		}
		with := dsig.ValidationContext{
			CertificateStore: &dsig.MemoryX509CertificateStore{Roots: []*x509.Certificate{cert}}, IdAttribute: "ID", Clock: dsig.NewFakeClockAt(now),
		}
		out, err := with.Validate(alone)
		if err != nil {
			why = err
			continue
		}
		if !is(out, el.NamespaceURI(), el.Tag) || attribute(out, "ID") != attribute(el, "ID") || len(children(out, nsSignature, "Signature")) > 0 {
			return nil, badSignature(errors.New("the signature covers something else"))
		}
		return out, nil
	}
	return nil, badSignature(why)
}

func badSignature(why error) error {
	return fault.New(fault.Unauthenticated, BadSignature, "Response signature invalid").Because(why)
}
