package iampolicy

import "github.com/lanyard-id/lanyard/internal/cond"

// question is a request made ready to be compared with many statements.
type question struct {
	who      *Principal
	action   string // lower case
	resource string
	ctx      cond.Context
	trust    bool // the policy that names principals is a role's trust policy or the like
}

// matches tells whether the statement is about the question, and if it names principals how closely it names the
// caller; for others the level is direct.
func (s *Statement) matches(q *question) (level, bool) {
	at := direct
	if s.principals != nil {
		if at = s.names(q); at == unnamed {
			return unnamed, false
		}
	}
	return at, s.coversAction(q.action) && s.coversResource(q) && s.conditions.Eval(q.ctx).Held
}

// names tells how closely the statement's principals name the caller.
func (s *Statement) names(q *question) level {
	if s.notPrincipal {
		if s.exempts(q.who) {
			return unnamed
		}
		return direct
	}
	best := unnamed
	for i := range s.principals {
		p := &s.principals[i]
		if q.trust && s.effect == Allow && p.everyone() && q.who.mustBeNamed() {
			// Everybody is everybody with an AWS identity. An outside token is trusted only where its provider is
			// named: a star must not open a role to every user of every registered issuer (threat F01). So is a
			// service: a star must not let every workload have the role.
			continue
		}
		best = max(best, p.level(q.who))
	}
	return best
}

// exempts tells whether a NotPrincipal list leaves the caller out. The caller's account, its role and its session are
// separate principals, and each must be listed, or the denial of the one that is not denies them all (IAM User Guide,
// "NotPrincipal").
func (s *Statement) exempts(who *Principal) bool {
	var listed [direct + 1]bool
	for i := range s.principals {
		p := &s.principals[i]
		if p.everyone() {
			return true
		}
		listed[p.level(who)] = true
	}
	switch who.Type {
	case Root:
		return listed[byAccount]
	case User:
		return listed[byAccount] && listed[direct]
	case AssumedRole, FederatedUser:
		return listed[byAccount] && listed[byRole] && listed[direct]
	case Anonymous, Service, WebIdentity:
	}
	return listed[direct]
}

// coversAction compares the action, in lower case, with the statement's patterns.
func (s *Statement) coversAction(action string) bool {
	for i := range s.actions {
		if s.actions[i].Match(action) {
			return !s.notAction
		}
	}
	return s.notAction
}

// coversResource compares the resource with the statement's patterns. Trust policies have none: they are about the role
// they belong to. A pattern with a variable that has no value covers nothing, also in a Deny (IAM User Guide, "Policy
// variables"). Under NotResource it is not known what is left out, so an Allow covers nothing and a Deny everything.
func (s *Statement) coversResource(q *question) bool {
	if s.resources == nil {
		return true
	}
	for i := range s.resources {
		r := &s.resources[i]
		if r.Match(q.ctx, q.resource) {
			return !s.notResource
		}
		if s.notResource && s.effect == Allow && !r.Resolves(q.ctx) {
			return false
		}
	}
	return s.notResource
}
