package access

import (
	"cmp"
	"slices"

	"github.com/lanyard-id/lanyard/internal/cond"
	"github.com/lanyard-id/lanyard/internal/credential"
	"github.com/lanyard-id/lanyard/internal/iampolicy"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/reason"
	"github.com/lanyard-id/lanyard/internal/view"
)

// AssumeRequest asks whether a caller that has no session of ours may assume a role.
type AssumeRequest struct {
	Role    *view.Role // nil if there is none of that name: refused like any other, so that nobody learns which exist
	RoleARN name.ARN   // as asked for
	Caller  iampolicy.Principal
	Action  string   // sts:AssumeRoleWithWebIdentity, sts:AssumeRole
	Also    []string // what else must be allowed: TagSession, SetSourceIdentity
	Context cond.Context
}

// What a trust policy must allow beside the assuming itself (IAM User Guide, "Passing session tags" and "Monitor and
// control actions taken with assumed roles").
const (
	TagSession        = "sts:TagSession"
	SetSourceIdentity = "sts:SetSourceIdentity"
)

// Assume decides by the role's trust policy: who may assume a role is written there and nowhere else.
func Assume(v *view.View, req AssumeRequest) reason.Decision {
	in := iampolicy.Input{
		Request: iampolicy.Request{
			Principal: req.Caller, Action: req.Action, Resource: req.RoleARN.String(),
			ResourceAccount: req.RoleARN.Account(), Context: req.Context,
		},
		TrustPolicy: true,
	}
	if req.Role == nil {
		return refuse(in, noSuchRole)
	}
	if err := guardedBy(req.Role, &in); err != nil {
		return refuse(in, err.Error())
	}
	if err := Organizations(v, &in); err != nil {
		return refuse(in, err.Error())
	}
	return each(in, req.Also, iampolicy.Decide)
}

// noSuchRole is the hint of the record; the caller is told what it is told of any role that does not trust it.
const noSuchRole = "there is no such role"

// guardedBy puts in the role's trust policy.
func guardedBy(role *view.Role, in *iampolicy.Input) error {
	trust, err := role.TrustPolicy()
	if err != nil {
		return unreadable{"the role's trust policy", err}
	}
	in.ResourcePolicy = &trust
	return nil
}

// unreadable says which policy it is that has no say because nobody can read it.
type unreadable struct {
	what string
	err  error
}

// Error is the hint of the record.
func (u unreadable) Error() string { return u.what + " cannot be read: " + u.err.Error() }

// each decides about in and about the same with each of the other actions. The first refusal is the answer; else it is the
// first decision, with everything that allowed.
func each(in iampolicy.Input, also []string, decide func(iampolicy.Input) reason.Decision) reason.Decision {
	first := decide(in)
	for _, in.Action = range also {
		if !first.Allowed() {
			break
		}
		d := decide(in)
		if !d.Allowed() {
			return d
		}
		first.Decisive = append(first.Decisive, d.Decisive...)
	}
	return first
}

// SessionAssumes asks whether a session, or a user, may assume a role.
type SessionAssumes struct {
	Session   *credential.Session
	Role      *view.Role // of the session, as it is now; nil for users, for the root of the account and for federated users
	Target    *view.Role // nil if there is none of that name
	TargetARN name.ARN   // as asked for
	Also      []string   // what else must be allowed: TagSession, SetSourceIdentity
	Context   cond.Context
}

// AssumeBySession decides by the role's trust policy and by the policies of the caller (AWS STS, AssumeRole). In one account
// a trust policy that names the caller or its role suffices; where it names the account, and between two accounts, the
// caller's own policies must allow it as well. What restricts the session restricts this too, and is not left
// behind by asking for the same role again (MinIO GHSA-jjjj-jwhf-8rgr). A source identity needs both sides always.
func AssumeBySession(v *view.View, req SessionAssumes) reason.Decision {
	in := iampolicy.Input{
		Request: iampolicy.Request{
			Principal: PrincipalOf(req.Session, req.Role), Action: "sts:AssumeRole", Resource: req.TargetARN.String(),
			ResourceAccount: req.TargetARN.Account(), Context: req.Context,
		},
		TrustPolicy: true,
	}
	if idOf(req.Role) != req.Session.RoleID {
		return refuse(in, "the session does not belong to this role")
	}
	byUser := req.Session.User.ID != "" && req.Session.Kind != credential.FederatedUser
	if req.Role == nil && !byUser { // AWS STS, AssumeRole: not with credentials of the root user, nor of a federated user
		return refuse(in, "roles are assumed by users and sessions of roles: neither by the root of an account nor by a federated user")
	}
	if restricted := len(req.Session.Policies)+len(req.Session.Managed) > 0; restricted && req.Role != nil && req.TargetARN == req.Role.ARN {
		return refuse(in, "a session with session policies cannot make a session of its own role without them")
	}
	if err := gatherIdentity(v, req.Session, req.Role, &in); err != nil {
		return refuse(in, "a policy cannot be read: "+err.Error())
	}
	target := req.Target
	if target == nil { // for the time that it takes: what comes of it is not looked at
		target = cmp.Or(req.Role, anyRole(v))
	}
	if target == nil {
		return refuse(in, noSuchRole)
	}
	if err := guardedBy(target, &in); err != nil {
		return refuse(in, err.Error())
	}
	if err := Organizations(v, &in); err != nil {
		return refuse(in, err.Error())
	}
	d := each(in, slices.Clone(req.Also), bothSides)
	if req.Target == nil {
		return refuse(in, noSuchRole)
	}
	return d
}

// anyRole gives some role; nil where there is none at all.
func anyRole(v *view.View) *view.Role {
	for r := range v.Roles(name.AccountID{}) {
		return r
	}
	return nil
}

// bothSides is iampolicy.Decide; a source identity has to be allowed by the caller's policies also where the trust policy
// would suffice (IAM User Guide, "Permissions required to set source identity").
func bothSides(in iampolicy.Input) reason.Decision {
	d := iampolicy.Decide(in)
	if in.Action != SetSourceIdentity || !d.Allowed() {
		return d
	}
	in.TrustPolicy, in.ResourcePolicy, in.ResourceAccount = false, nil, in.Principal.Account
	own := iampolicy.Decide(in)
	if own.Allowed() {
		own.Decisive = append(d.Decisive, own.Decisive...)
	}
	return own
}

// STSAction decides about what a session asks of STS itself, beside assuming roles. Sessions of GetFederationToken and
// GetSessionToken may not ask for anything there, and sessions of roles not for more of their own account's credentials (AWS
// STS, GetFederationToken and GetSessionToken).
func STSAction(v *view.View, req AWSRequest) reason.Decision {
	if req.Session.Kind == credential.UserKey && req.Action == "sts:GetSessionToken" { // AWS STS: no policy controls it
		return reason.Decision{
			Question: reason.Question{Principal: req.Session.ARN(nil).String(), Action: req.Action, Resource: req.Resource},
			Outcome:  reason.Allow,
			Decisive: []reason.Clause{{Kind: "operation", Rule: req.Action, Text: "a user who signs with its own key needs no permission"}},
		}
	}
	refused := ""
	switch {
	case req.Session.Kind == credential.FederatedUser:
		refused = "a federated user may ask STS for its own name only"
	case req.Session.Kind == credential.SessionToken:
		refused = "a session of GetSessionToken may ask STS for its own name only"
	case req.Role != nil && (req.Action == "sts:GetSessionToken" || req.Action == "sts:GetFederationToken"):
		refused = "a session of a role cannot make another session of its account"
	}
	if refused == "" {
		return AWS(v, req)
	}
	return refuse(iampolicy.Input{Request: iampolicy.Request{
		Principal: PrincipalOf(req.Session, req.Role), Action: req.Action, Resource: req.Resource,
	}}, refused)
}
