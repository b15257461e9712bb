package simulate

import (
	"strings"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/cond"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/glob"
	"github.com/lanyard-id/lanyard/internal/iampolicy"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// scene is a simulation made ready: everything but action and resource.
type scene struct {
	view     *view.View
	req      *Request
	facts    *cond.Facts
	owner    name.AccountID // of a resource that does not say it
	live     bool           // take the resource policies that stand in the View
	template iampolicy.Input
}

// Custom simulates policies that are handed over and nothing else (SimulateCustomPolicy). A call that names no caller is
// about a user of the account.
func Custom(v *view.View, account name.AccountID, r Request) ([]Result, error) {
	s := &scene{view: v, req: &r}
	var err error
	if s.template.Principal, err = r.caller(v, func() (iampolicy.Principal, error) { return r.nameless(v, account) }); err != nil {
		return nil, err
	}
	if err := s.handedOver(); err != nil {
		return nil, err
	}
	return s.run()
}

// Principal simulates the policies that a principal has now, with those that are handed over (SimulatePrincipalPolicy). A
// boundary that is handed over takes the place of the principal's. A call that names no caller is about the principal.
func Principal(v *view.View, source name.ARN, r Request) ([]Result, error) {
	s := &scene{view: v, req: &r, live: true}
	own, tags, err := sourceOf(v, source)
	if err != nil {
		return nil, err
	}
	meant := func() (iampolicy.Principal, error) { return caller(v, source) }
	if strings.HasPrefix(source.Resource(), "group/") { // it is nobody: some user that has no other policies
		meant = func() (iampolicy.Principal, error) { return r.nameless(v, source.Account()) }
	}
	if s.template.Principal, err = r.caller(v, meant); err != nil {
		return nil, err
	}
	s.template.Identity, s.template.Boundary = own.Identity, own.Boundary
	if err := s.handedOver(); err != nil {
		return nil, err
	}
	for key, tag := range tags { // as for a session of the role, or the user; an entry is like a session's tag
		key = "aws:PrincipalTag/" + key
		if _, said := s.facts.Lookup(glob.Lower(key)); !said {
			s.facts.Set(key, tag)
		}
	}
	return s.run()
}

// sourceOf gathers the policies, and the tags, of what PolicySourceArn names.
func sourceOf(v *view.View, source name.ARN) (access.Own, view.Tags, error) {
	kind, _, _ := strings.Cut(source.Resource(), "/")
	if source.Service() != "iam" || kind != "role" && kind != "user" && kind != "group" {
		return access.Own{}, nil, invalid("PolicySourceArn %s is no user, group or role", source)
	}
	if role, ok := v.Role(source); ok {
		own, err := access.PoliciesOf(v, role)
		return own, role.Tags, err
	}
	if u, ok := v.User(source); ok {
		own, err := access.PoliciesOfUser(v, u)
		return own, u.Tags, err
	}
	if g, ok := v.UserGroup(source); ok {
		policies, err := g.Policies(v)
		return access.Own{Identity: policies}, nil, err
	}
	return access.Own{}, nil, fault.New(fault.NotFound, NoSuchEntity, "The %s with ARN %s cannot be found.", kind, source)
}

// caller makes the principal that the call names, or the one that it means.
func (r *Request) caller(v *view.View, meant func() (iampolicy.Principal, error)) (iampolicy.Principal, error) {
	if r.Caller == "" {
		return meant()
	}
	arn, err := name.ParseARN(r.Caller)
	if err != nil {
		return iampolicy.Principal{}, invalid("CallerArn %q is no ARN", shown(r.Caller))
	}
	return caller(v, arn)
}

// handedOver checks the call and reads what it hands over.
func (s *scene) handedOver() (err error) {
	if err := s.req.check(); err != nil {
		return err
	}
	if s.facts, err = s.req.facts(); err != nil {
		return err
	}
	if s.owner, err = s.req.owner(s.template.Principal.Account); err != nil {
		return err
	}
	more, err := documents("PolicyInputList", s.req.Policies, iampolicy.Identity)
	if err != nil {
		return err
	}
	s.template.Identity = append(s.template.Identity, more...)
	boundary, err := documents("PermissionsBoundaryPolicyInputList", s.req.Boundary, iampolicy.Boundary)
	if err != nil {
		return err
	}
	if len(boundary) > 0 {
		s.template.Boundary = &boundary[0]
	}
	s.template.Session, err = documents("SessionPolicyInputList", s.req.Sessions, iampolicy.Session)
	return err
}

// run simulates each action on each resource.
func (s *scene) run() ([]Result, error) {
	var results []Result
	for _, action := range s.req.Actions {
		for _, resource := range s.req.Resources {
			in, err := s.input(action, resource)
			if err != nil {
				return nil, err
			}
			results = append(results, result(&in))
		}
	}
	return results, nil
}

// input is what enforcement would put before the engine.
func (s *scene) input(action, resource string) (iampolicy.Input, error) {
	in := s.template
	in.Action, in.Resource, in.Context = action, resource, s.facts
	in.ResourceAccount, in.TrustPolicy = s.owner, guarded(action)
	arn, _ := name.ParseARN(resource) // "*" has no account
	if !arn.Account().IsZero() {
		in.ResourceAccount = arn.Account()
	}
	if err := s.req.claimed(&in.Request); err != nil {
		return in, err
	}
	var err error
	if in.ResourcePolicy, err = s.resourcePolicy(&in, arn); err != nil || !s.live {
		return in, err
	}
	return in, access.Organizations(s.view, &in)
}

// resourcePolicy is the policy that the call hands over, or the one that a thing of the caller's own account has now.
func (s *scene) resourcePolicy(in *iampolicy.Input, arn name.ARN) (*iampolicy.Named, error) {
	if s.req.ResourcePolicy != "" {
		kind := iampolicy.Resource
		if in.TrustPolicy {
			kind = iampolicy.Trust
		}
		list, err := documents("ResourcePolicy", []string{s.req.ResourcePolicy}, kind)
		if err != nil {
			return nil, err
		}
		list[0].ID = "ResourcePolicy"
		return &list[0], nil
	}
	if !s.live || in.ResourceAccount != in.Principal.Account {
		return nil, nil //nolint:nilnil // most resources have no policy
	}
	if role, ok := s.view.Role(arn); in.TrustPolicy && ok {
		trust, err := role.TrustPolicy()
		return &trust, err
	}
	bucketName, _, _ := strings.Cut(arn.Resource(), "/")
	if bucket, ok := s.view.Bucket(bucketName); arn.Service() == "s3" && ok && bucket.Account == in.Principal.Account {
		return bucket.PolicyDoc()
	}
	return nil, nil //nolint:nilnil // see above
}

// guarded tells whether an action is one on a role that its trust policy must allow.
func guarded(action string) bool {
	switch glob.Lower(action) {
	case "sts:assumerole", "sts:assumerolewithwebidentity", "sts:assumerolewithsaml", "sts:tagsession", "sts:setsourceidentity":
		return true
	}
	return false
}
