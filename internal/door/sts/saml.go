package sts

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/credential"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/iampolicy"
	"github.com/lanyard-id/lanyard/internal/mint"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/reason"
	"github.com/lanyard-id/lanyard/internal/saml"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web/query"
)

// withSAML is a request of AssumeRoleWithSAML: what was asked for, and then what the assertion says.
type withSAML struct {
	wanted
	provider name.ARN
	response string
	said     *saml.Assertion
	wish     *saml.Wish
	labels
}

// assumeWithSAML gives a session of a role to whoever a SAML provider signed in: is the response signed by that provider and
// for us, does it list the role, does the role's trust policy let it in, was it not used before, then the session.
func (d Door) assumeWithSAML(c *query.Call) (func(*awswire.XML), error) {
	in, err := decodeSAML(c.Form)
	if err != nil {
		return nil, err
	}
	rec := &c.Event.Record
	rec.Resource, rec.Account = in.role.String(), in.role.Account()
	rec.Input = map[string]string{"provider": in.provider.String()}
	provider, ok := c.View.SAMLProvider(in.provider)
	if !ok || in.provider.Account() != in.role.Account() {
		return nil, fault.New(fault.Denied, InvalidIdentityToken, "Specified provider doesn't exist")
	}
	if in.said, err = d.Verifier.SAML(c.View, provider, in.response); err != nil {
		return nil, err
	}
	rec.Input["issuer"], rec.Input["subject"], rec.Input["audience"] = in.said.Issuer, in.said.Subject, in.said.Recipient
	c.Event.Caller(audit.Principal{Kind: "webIdentity", ID: in.said.Issuer + "#" + in.said.Subject, Display: in.said.Subject})
	if err := in.readWish(); err != nil {
		return nil, err
	}
	rec.Input["session"] = in.session

	role, _ := c.View.Role(in.role)
	decision := d.decideSAML(c, &in, role)
	if err := access.Refusal(decision, "Not authorized to perform sts:AssumeRoleWithSAML"); err != nil {
		return nil, err
	}
	managed, err := in.settle(c.View, in.role.Account())
	if err != nil {
		return nil, err
	}
	req := mint.SessionRequest{
		Role: role, Name: in.session, Duration: in.duration, Until: in.until(d.Now()), Origin: provider.UID, Provider: in.provider.String(),
		Subject:   in.said.Subject,
		SubjectOf: credential.SAMLSubject{Type: in.said.SubjectType(), Qualifier: in.said.NameQualifier(in.provider)},
		Tags:      in.tags, Transitive: in.transitive, SourceID: in.wish.Source, Policies: in.policies, Managed: managed,
		Once: func() error { return d.Verifier.UseSAML(provider, in.said) }, Record: c.Event.Draft(),
	}
	req.Record.Decision = &decision
	session, err := d.Mint.Session(c.Request.Context(), c.View, req)
	if err != nil {
		return nil, err
	}
	return in.write(session, role), nil
}

func decodeSAML(f awswire.Form) (in withSAML, err error) {
	if in.role, err = decodeARN(f, "RoleArn", "role/"); err != nil {
		return in, err
	}
	if in.provider, err = decodeARN(f, "PrincipalArn", "saml-provider/"); err != nil {
		return in, err
	}
	in.response = strings.Trim(f.Value("SAMLAssertion"), " \t\r\n")
	if len(in.response) < 4 || len(in.response) > saml.MaxResponse {
		return in, query.Constraint("...", "sAMLAssertion", "have length 4 to 100000")
	}
	return in, in.decodeBounds(f)
}

// readWish reads what the assertion says of the session. Its tags have the bounds of any request's.
func (in *withSAML) readWish() (err error) {
	if in.wish, err = in.said.Wish(); err != nil {
		return err
	}
	in.session = in.wish.Session
	for key, values := range in.wish.Tags {
		if err := in.add(key, values[0]); err != nil {
			return fault.New(fault.Denied, saml.AttributeInvalid, "The PrincipalTag attributes in AuthnResponse are not valid.").Because(err)
		}
	}
	if err := in.handOn(in.wish.Transitive); err != nil {
		return fault.New(fault.Denied, saml.AttributeInvalid, "The TransitiveTagKeys in AuthnResponse are not all among its tags.").Because(err)
	}
	return nil
}

// decideSAML asks access, with everything that the assertion says. A role that the assertion does not list together with the
// provider is refused like one that does not trust it, and like one that is not there.
func (d Door) decideSAML(c *query.Call, in *withSAML, role *view.Role) reason.Decision {
	const action = "sts:AssumeRoleWithSAML"
	if !in.wish.Allows(in.role, in.provider) {
		return reason.Decision{
			Question: reason.Question{Principal: in.provider.String(), Action: action, Resource: in.role.String()},
			Hint:     "the attribute Role of the assertion does not list this role together with this provider",
		}
	}
	facts := d.facts(c)
	for key, values := range in.said.Keys(in.provider) {
		facts.Set("saml:"+key, values...)
	}
	access.AddAssuming(facts, access.Assuming{Name: in.session, Tags: in.tags, Transitive: in.transitive, SourceID: in.wish.Source})
	access.AddRole(facts, role, nil)
	var also []string
	if len(in.tags) > 0 {
		also = append(also, access.TagSession)
	}
	if in.wish.Source != "" {
		also = append(also, access.SetSourceIdentity)
	}
	return access.Assume(c.View, access.AssumeRequest{
		Role: role, RoleARN: in.role, Action: action, Also: also, Context: facts,
		Caller: iampolicy.Principal{Type: iampolicy.WebIdentity, Federated: in.provider.String()},
	})
}

// until is when the session ends at the latest, by what the provider says; zero if it says nothing.
func (in *withSAML) until(now time.Time) time.Time {
	ends := []time.Time{in.said.SessionEnds}
	if in.wish.Duration > 0 {
		ends = append(ends, now.Add(in.wish.Duration))
	}
	ends = slices.DeleteFunc(ends, time.Time.IsZero)
	if len(ends) == 0 {
		return time.Time{}
	}
	return slices.MinFunc(ends, time.Time.Compare)
}

func (in *withSAML) write(s mint.IssuedSession, role *view.Role) func(*awswire.XML) {
	return func(x *awswire.XML) {
		writeAssumed(x, s, role)
		x.Text("Audience", in.said.Recipient)
		writeCredentials(x, s)
		x.Text("Issuer", in.said.Issuer)
		x.Text("NameQualifier", in.said.NameQualifier(in.provider))
		writeExtras(x, s)
		x.Text("Subject", in.said.Subject)
		x.Text("SubjectType", in.said.SubjectType())
	}
}

// samlRows are the refusals of SAML responses: InvalidIdentityToken, whatever is wrong with one but its age and what the
// provider itself reports (AWS STS, AssumeRoleWithSAML).
func samlRows(token awswire.Entry) map[fault.Reason]awswire.Entry {
	said := awswire.Entry{Status: token.Status, Code: token.Code}
	over := awswire.Entry{Status: http.StatusBadRequest, Code: "ExpiredTokenException"}
	return map[fault.Reason]awswire.Entry{
		saml.Malformed: said, saml.Encrypted: said, saml.Unsigned: said, saml.BadSignature: said, saml.AlgorithmRefused: said,
		saml.MetadataOver: said, saml.IssuerMismatch: said, saml.AudienceMismatch: said, saml.RecipientMismatch: said,
		saml.Unconfirmed: said, saml.NotYet: said, saml.AttributeInvalid: said, saml.Expired: over, saml.Stale: over,
		saml.NoSuccess: {Status: http.StatusForbidden, Code: "IDPRejectedClaim"},
	}
}
