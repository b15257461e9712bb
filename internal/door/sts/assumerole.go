package sts

import (
	"cmp"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/authn"
	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/mint"
	"github.com/lanyard-id/lanyard/internal/reason"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web/query"
)

// assumeRole gives a session of a role to a session of another: who signed, what does it ask for, may it by the role's
// trust policy and by its own policies, then the session.
func (d Door) assumeRole(c *query.Call) (func(*awswire.XML), error) {
	s, err := d.signer(c)
	if err != nil {
		return nil, err
	}
	in, err := decodeAssumeRole(c.Form, s)
	if err != nil {
		return nil, err
	}
	rec := &c.Event.Record
	rec.Resource, rec.Account = in.role.String(), in.role.Account()
	rec.Input = map[string]string{"session": in.session}
	if in.source != "" {
		rec.Input["sourceIdentity"] = in.source
	}
	role, _ := c.View.Role(in.role)
	decision := d.decideAssumeRole(c, s, role, in)
	if err := d.refusal(c, s, decision); err != nil {
		return nil, err
	}
	managed, err := in.settle(c.View, in.role.Account())
	if err != nil {
		return nil, err
	}
	req := mint.SessionRequest{
		Role: role, Name: in.session, Duration: in.duration, From: s.Session, Tags: in.tags, Transitive: in.transitive,
		SourceID: in.source, Policies: in.policies, Managed: managed, Record: c.Event.Draft(),
	}
	req.Record.Decision = &decision
	session, err := d.Mint.Session(c.Request.Context(), c.View, req)
	if err != nil {
		return nil, err
	}
	return func(x *awswire.XML) {
		writeAssumed(x, session, role)
		writeCredentials(x, session)
		writeExtras(x, session)
	}, nil
}

// decideAssumeRole asks access, with everything that the request and the caller's session say.
func (d Door) decideAssumeRole(c *query.Call, s *authn.Session, role *view.Role, in assumeRole) reason.Decision {
	facts := d.factsOf(c, s)
	access.AddAssuming(facts, access.Assuming{
		Name: in.session, Tags: in.tags, Transitive: in.transitive, SourceID: in.source, ExternalID: in.external,
	})
	access.AddRole(facts, role, s.Session)
	var also []string
	if len(in.tags)+len(s.Transitive) > 0 {
		also = append(also, access.TagSession)
	}
	if in.source != "" {
		also = append(also, access.SetSourceIdentity)
	}
	return access.AssumeBySession(c.View, access.SessionAssumes{
		Session: s.Session, Role: s.Role, Target: role, TargetARN: in.role, Also: also, Context: facts,
	})
}

// assumeRole is the request, decoded.
type assumeRole struct {
	wanted
	labels
	source   string  // of the request, or of the caller's session
	external *string // nil: none was sent
}

func decodeAssumeRole(f awswire.Form, s *authn.Session) (in assumeRole, err error) {
	if in.wanted, err = decodeWanted(f); err != nil {
		return in, err
	}
	if in.labels, err = decodeLabels(f); err != nil {
		return in, err
	}
	if err := in.inherit(s.Session); err != nil {
		return in, err
	}
	source, has := f.Get("SourceIdentity")
	switch {
	case has && !awswire.IsPlainName(source, 64): // has no colon, so none begins with "aws:"
		return in, query.Constraint(source, "sourceIdentity", `have length 2 to 64 and satisfy regular expression pattern: [\w+=,.@-]*`)
	case has && s.SourceID != "" && source != s.SourceID:
		return in, query.Invalid("The source identity of a session cannot be changed: the calling session has another one.")
	}
	in.source = cmp.Or(s.SourceID, source)
	if external, has := f.Get("ExternalId"); has {
		if !awswire.WordsOf(external, 2, 1224, "_+=,.@:/-") {
			return in, query.Constraint(external, "externalId", `have length 2 to 1224 and satisfy regular expression pattern: [\w+=,.@:\/-]*`)
		}
		in.external = &external
	}
	return in, noDevice(f)
}

// refusal is what the caller of an operation on a resource is told of a decision (AWS STS, "AccessDenied"). Where the decision
// is of rules of the caller's own account, a sealed reference to its record comes along, as some services of AWS do it:
// DecodeAuthorizationMessage opens it for whoever may know.
func (d Door) refusal(c *query.Call, s *authn.Session, decision reason.Decision) error {
	if decision.Allowed() {
		return nil
	}
	q := decision.Question
	public := "User: " + s.ARN(s.Role).String() + " is not authorized to perform: " + q.Action
	if q.Resource != "*" {
		public += " on resource: " + q.Resource
	}
	if rec := c.Event.Draft(); rec.Account == s.Account {
		reference, err := d.Mint.Reference(s.Account, rec.ID)
		if err != nil {
			return err
		}
		public += " Encoded authorization failure message: " + reference
	}
	return access.Refusal(decision, public)
}
