package sts

import (
	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/authn"
	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/cond"
	"github.com/lanyard-id/lanyard/internal/credential"
	"github.com/lanyard-id/lanyard/internal/mint"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/reason"
	"github.com/lanyard-id/lanyard/internal/web/query"
)

// maxUserSession is the longest life that may be asked for of a session of a user or a federated user, in seconds; what the root
// of an account asks for is clipped to an hour.
const maxUserSession = 129600

// sessionToken gives a user, or the root of an account, itself again, as clients ask for it when they are told to use temporary
// credentials only. It lives no longer than the key or the session that asks.
func (d Door) sessionToken(c *query.Call) (func(*awswire.XML), error) {
	s, err := d.signer(c)
	if err != nil {
		return nil, err
	}
	duration, err := decodeDuration(c.Form, maxUserSession)
	if err != nil {
		return nil, err
	}
	if err := noDevice(c.Form); err != nil {
		return nil, err
	}
	decision, err := d.may(c, s, "sts:GetSessionToken", "*", d.factsOf(c, s))
	if err != nil {
		return nil, err
	}
	req := mint.SessionRequest{
		Account: s.Account, Name: s.Name, Kind: credential.SessionToken, Duration: duration, From: s.Session, Record: c.Event.Draft(),
	}
	req.Record.Decision = &decision
	session, err := d.Mint.Session(c.Request.Context(), c.View, req)
	if err != nil {
		return nil, err
	}
	return func(x *awswire.XML) { writeCredentials(x, session) }, nil
}

// federationToken gives a user, or the root of an account, a session for somebody else, who has what the session policies say as
// far as the maker has it too, and nothing without any (AWS STS, GetFederationToken).
func (d Door) federationToken(c *query.Call) (func(*awswire.XML), error) {
	s, err := d.signer(c)
	if err != nil {
		return nil, err
	}
	in, err := decodeFederation(c.Form, s.Account)
	if err != nil {
		return nil, err
	}
	c.Event.Record.Resource = in.user.String()
	c.Event.Record.Input = map[string]string{"session": in.session}
	facts := d.factsOf(c, s)
	access.AddRequestTags(facts, in.tags)
	decision, err := d.may(c, s, "sts:GetFederationToken", in.user.String(), facts)
	if err != nil {
		return nil, err
	}
	if len(in.tags) > 0 {
		if _, err := d.may(c, s, access.TagSession, in.user.String(), facts); err != nil {
			return nil, err
		}
	}
	managed, err := in.settle(c.View, s.Account)
	if err != nil {
		return nil, err
	}
	req := mint.SessionRequest{
		Account: s.Account, Name: in.session, Kind: credential.FederatedUser, Duration: in.duration, From: s.Session, Tags: in.tags,
		Policies: in.policies, Managed: managed, Record: c.Event.Draft(),
	}
	req.Record.Decision = &decision
	session, err := d.Mint.Session(c.Request.Context(), c.View, req)
	if err != nil {
		return nil, err
	}
	return func(x *awswire.XML) {
		writeCredentials(x, session)
		x.Begin("FederatedUser")
		x.Text("FederatedUserId", session.UserID())
		x.Text("Arn", session.ARN(nil).String())
		x.End()
		writeExtras(x, session)
	}, nil
}

// federated is the request, decoded.
type federated struct {
	wanted // role stays empty
	labels
	user name.ARN
}

func decodeFederation(f awswire.Form, account name.AccountID) (in federated, err error) {
	in.session = f.Value("Name")
	if !awswire.IsPlainName(in.session, 32) {
		return in, query.Constraint(in.session, "name", `have length 2 to 32 and satisfy regular expression pattern: [\w+=,.@-]*`)
	}
	if in.user, err = name.NewARN("sts", "", account, "federated-user/"+in.session); err != nil {
		return in, err
	}
	if in.duration, err = decodeDuration(f, maxUserSession); err != nil {
		return in, err
	}
	if in.limits, err = decodeLimits(f); err != nil {
		return in, err
	}
	in.labels, err = decodeLabels(f)
	return in, err
}

// noDevice refuses what is about MFA devices.
func noDevice(f awswire.Form) error {
	for _, mfa := range []string{"SerialNumber", "TokenCode"} {
		if _, has := f.Get(mfa); has {
			return query.Invalid("%s is about an MFA device, and there are none here.", mfa)
		}
	}
	return nil
}

// keyInfo tells which account an access key belongs to. It does not tell whether there is such a key (AWS STS, GetAccessKeyInfo).
func (d Door) keyInfo(c *query.Call) (func(*awswire.XML), error) {
	s, err := d.signer(c)
	if err != nil {
		return nil, err
	}
	key := c.Form.Value("AccessKeyId")
	if !awswire.WordsOf(key, 16, 128, "_") {
		return nil, query.Constraint(key, "accessKeyId", `have length 16 to 128 and satisfy regular expression pattern: [\w]*`)
	}
	if _, err := d.may(c, s, "sts:GetAccessKeyInfo", "*", d.factsOf(c, s)); err != nil {
		return nil, err
	}
	account, ok := credential.AccountOfKey(key)
	if _, known := c.View.Account(account); !ok || !known {
		return nil, query.Invalid("The access key %s is of no account here.", query.Bounded(key))
	}
	return func(x *awswire.XML) { x.Text("Account", account.String()) }, nil
}

// may asks access about an action of STS in the caller's own account.
func (d Door) may(c *query.Call, s *authn.Session, action, resource string, facts *cond.Facts) (reason.Decision, error) {
	decision := access.STSAction(c.View, access.AWSRequest{
		Session: s.Session, Role: s.Role, Action: action, Resource: resource, Owner: s.Account, Context: facts,
	})
	return decision, d.refusal(c, s, decision)
}

// factsOf are the condition keys of a request that a session signed.
func (d Door) factsOf(c *query.Call, s *authn.Session) *cond.Facts {
	facts := d.facts(c)
	access.AddSession(facts, c.View, s.Session, s.Role)
	return facts
}
