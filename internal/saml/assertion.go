package saml

import (
	"cmp"
	"errors"
	"slices"
	"time"

	"github.com/beevik/etree"
)

// Leeway is how far the provider's clock may be ahead of ours, and MaxAge how long after it was made an assertion may be used
// (IAM User Guide, "Troubleshoot SAML federation": within five minutes of issuance).
const (
	Leeway = time.Minute
	MaxAge = 5 * time.Minute
)

// Assertion is what a provider says of somebody, verified.
type Assertion struct {
	ID          string
	Issuer      string
	Subject     string // NameID
	Format      string // of the NameID, as it stands; unspecified where none is given
	Recipient   string
	Audiences   [][]string // one list a restriction, each of which must hold
	Issued      time.Time
	Begins      time.Time // NotBefore; zero if there is none
	Expires     time.Time // the first NotOnOrAfter
	SessionEnds time.Time // SessionNotOnOrAfter; zero if there is none

	attributes map[string][]string
}

const (
	bearer      = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
	entity      = "urn:oasis:names:tc:SAML:2.0:nameid-format:entity"
	unspecified = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"
)

// readAssertion reads an assertion out of an element that was signed.
func readAssertion(el *etree.Element) (*Assertion, error) {
	a := &Assertion{ID: attribute(el, "ID"), attributes: map[string][]string{}}
	for _, part := range []func(*etree.Element) error{a.readHead, a.readSubject, a.readConditions, a.readStatements} {
		if err := part(el); err != nil {
			return nil, err
		}
	}
	return a, nil
}

func (a *Assertion) readHead(el *etree.Element) error {
	if attribute(el, "Version") != "2.0" || !ids.MatchString(a.ID) {
		return malformed("the assertion is not of SAML 2.0, or has no id")
	}
	issuer, err := single(el, nsAssertion, "Issuer")
	if err == nil {
		a.Issuer, err = text(issuer)
	}
	if err == nil && cmp.Or(attribute(issuer, "Format"), entity) != entity {
		err = errors.New("the issuer is no entity")
	}
	if err == nil {
		a.Issued, err = needed(el, "IssueInstant")
	}
	if err != nil {
		return malformed("%v", err)
	}
	return nil
}

// readSubject reads who it is about and the one confirmation: by bearer, for one recipient, until a time (SAML Profiles
// 4.1.4.2). It may answer a request, which this house never makes, so that it is not asked which.
func (a *Assertion) readSubject(el *etree.Element) error {
	subject, err := single(el, nsAssertion, "Subject")
	if err != nil {
		return malformed("%v", err)
	}
	parts, err := exactly(subject, nsAssertion, "NameID", "SubjectConfirmation")
	if err != nil {
		return untrusted(Unconfirmed, "The assertion does not have exactly one NameID and one SubjectConfirmation.")
	}
	a.Subject, err = text(parts[0])
	if a.Format = cmp.Or(attribute(parts[0], "Format"), unspecified); err != nil || a.Subject == "" || len(a.Subject) > 1024 {
		return malformed("the NameID is empty, too long, or not text alone")
	}
	data, err := exactly(parts[1], nsAssertion, "SubjectConfirmationData")
	if err != nil || attribute(parts[1], "Method") != bearer || attribute(data[0], "NotBefore") != "" {
		return untrusted(Unconfirmed, "The subject of the assertion is not confirmed by its bearer.")
	}
	a.Recipient = attribute(data[0], "Recipient")
	if a.Expires, err = needed(data[0], "NotOnOrAfter"); err != nil || a.Recipient == "" {
		return untrusted(Unconfirmed, "The confirmation of the subject needs a Recipient and a NotOnOrAfter.")
	}
	return nil
}

// readConditions reads the conditions. One that is not known here must not be passed over (SAML Core 2.5.1.1).
func (a *Assertion) readConditions(el *etree.Element) error {
	conditions, err := single(el, nsAssertion, "Conditions")
	if err != nil {
		return malformed("%v", err)
	}
	end, err := instant(conditions, "NotOnOrAfter")
	if err == nil {
		a.Begins, err = instant(conditions, "NotBefore")
	}
	if err != nil {
		return malformed("%v", err)
	}
	if !end.IsZero() && end.Before(a.Expires) {
		a.Expires = end
	}
	for _, c := range conditions.ChildElements() {
		switch {
		case is(c, nsAssertion, "AudienceRestriction"):
			var list []string
			for _, el := range c.ChildElements() {
				said, err := text(el)
				if err != nil || !is(el, nsAssertion, "Audience") {
					return malformed("an audience is not text alone")
				}
				list = append(list, said)
			}
			a.Audiences = append(a.Audiences, list)
		case is(c, nsAssertion, "OneTimeUse"), is(c, nsAssertion, "ProxyRestriction"): // used once anyway, and never handed on
		default:
			return malformed("the condition %.64s is not known", c.Tag)
		}
	}
	return nil
}

// readStatements reads how long the provider's own session lasts, and the attributes. No name may stand twice: libraries
// differ in which of the two they believe.
func (a *Assertion) readStatements(el *etree.Element) error {
	for _, s := range children(el, nsAssertion, "AuthnStatement") {
		end, err := instant(s, "SessionNotOnOrAfter")
		if err != nil {
			return malformed("%v", err)
		}
		if a.SessionEnds.IsZero() || !end.IsZero() && end.Before(a.SessionEnds) {
			a.SessionEnds = end
		}
	}
	for _, s := range children(el, nsAssertion, "AttributeStatement") {
		for _, attr := range s.ChildElements() {
			if err := a.readAttribute(attr); err != nil {
				return err
			}
		}
	}
	return nil
}

func (a *Assertion) readAttribute(el *etree.Element) error {
	called := attribute(el, "Name")
	if _, twice := a.attributes[called]; !is(el, nsAssertion, "Attribute") || called == "" || twice {
		return untrusted(AttributeInvalid, "The attribute %.128q has no name, or stands twice.", called)
	}
	values := []string{}
	for _, v := range el.ChildElements() {
		said, err := text(v)
		if err != nil || !is(v, nsAssertion, "AttributeValue") {
			return untrusted(AttributeInvalid, "A value of the attribute %.128q is not text alone.", called)
		}
		values = append(values, said)
	}
	a.attributes[called] = values
	return nil
}

// check holds an assertion against the provider, against who we are, and against the time.
func (m *Metadata) check(a *Assertion, rule Rule) error {
	switch {
	case a.Issuer != m.EntityID:
		return notTheIssuer()
	case !slices.Contains(rule.Recipients, a.Recipient):
		return untrusted(RecipientMismatch, "The assertion's Recipient %.256q is not the sign-in URL.", a.Recipient)
	case len(a.Audiences) == 0:
		return untrusted(AudienceMismatch, "Response does not contain the required audience")
	case a.Issued.After(rule.Now.Add(Leeway)) || a.Begins.After(rule.Now.Add(Leeway)):
		return untrusted(NotYet, "The assertion is not valid yet.")
	case !rule.Now.Before(a.Expires):
		return untrusted(Expired, "The assertion has expired.")
	case !rule.Now.Before(a.Issued.Add(MaxAge)):
		return untrusted(Stale, "Token must be redeemed within 5 minutes of issuance")
	case !a.SessionEnds.IsZero() && !rule.Now.Before(a.SessionEnds):
		return untrusted(Expired, "The session at the identity provider is over.")
	}
	for _, restriction := range a.Audiences {
		if !slices.ContainsFunc(restriction, func(s string) bool { return slices.Contains(rule.Audiences, s) }) {
			return untrusted(AudienceMismatch, "Response does not contain the required audience")
		}
	}
	return nil
}
