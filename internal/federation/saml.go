package federation

import (
	"slices"

	"github.com/lanyard-id/lanyard/internal/saml"
	"github.com/lanyard-id/lanyard/internal/view"
)

// What responses for AWS's own sign-in name (IAM User Guide, "Configure SAML assertions for the authentication response").
const (
	awsSignIn   = "https://signin.aws.amazon.com/saml"
	awsAudience = "urn:amazon:webservices"
)

// SAML verifies a response of a provider against one View: signed by a certificate of its metadata, made by it, for us, a
// moment ago. Us is the sign-in URL of the installation; a provider may be flagged to say AWS's instead.
func (f *Verifier) SAML(v *view.View, p *view.SAMLProvider, response string) (*saml.Assertion, error) {
	metadata, err := p.Parsed()
	if err != nil { // it was read when it was saved: the store is damaged, or this version reads it differently
		return nil, err
	}
	i := v.Installation()
	var us []string
	if own := i.SAMLSignIn(); own != "" {
		us = append(us, own)
	}
	rule := saml.Rule{Now: f.Now(), Recipients: us, Audiences: us}
	if p.AWSNames {
		theirs := []string{awsSignIn, "https://" + i.Region + ".signin.aws.amazon.com/saml"}
		rule.Recipients = slices.Concat(us, theirs)
		rule.Audiences = slices.Concat(us, theirs, []string{awsAudience})
	}
	return metadata.Verify(response, rule)
}

// UseSAML marks an assertion as used: it makes one session, of one provider, and no second one while it holds. One from
// before this process began is refused, because an earlier process may have seen it.
func (f *Verifier) UseSAML(p *view.SAMLProvider, a *saml.Assertion) error {
	until := a.Issued.Add(saml.MaxAge)
	if a.Expires.Before(until) {
		until = a.Expires
	}
	return f.signed.take(once{"assertion", p.ARN.String(), a.ID, a.Issued, until}, f.Began, f.Now())
}
