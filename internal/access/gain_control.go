package access

import (
	"slices"
	"strings"

	"github.com/lanyard-id/lanyard/internal/glob"
	"github.com/lanyard-id/lanyard/internal/iampolicy"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// keptBack tells whether a control policy may take what the statement allows from the caller and leave it to a holder in an
// account. Within one account both stand under the same policies: only what judges them by who they are tells them apart.
// A holder in another account stands under others, and so does somebody who may be anyone, for whom the account is zero.
// One that cannot be read may say anything.
func (g *gainer) keptBack(s *iampolicy.Statement, holder name.AccountID) bool {
	if a, ok := g.before.Account(g.account); ok {
		levels, err := a.ServiceControls()
		if err != nil || slices.ContainsFunc(levels, func(l iampolicy.Level) bool { return fenced(l, s, holder == g.account) }) {
			return true
		}
	}
	for a := range g.before.Accounts() {
		levels, err := a.ResourceControls()
		if err != nil {
			return true
		}
		for _, level := range levels {
			for d := range statementsOf(level) {
				if d.Effect() == iampolicy.Deny && mayMeet(d, s) && !alike(d) {
					return true
				}
			}
		}
	}
	return false
}

// fenced tells whether the service control policies of one level may keep from the caller what they leave to others.
func fenced(level iampolicy.Level, s *iampolicy.Statement, together bool) bool {
	covered, judged := false, false
	for m := range statementsOf(level) {
		switch {
		case m.Effect() == iampolicy.Allow && unconditional(m) && m.Covers(s):
			covered = true
		case !mayMeet(m, s) || together && alike(m):
		case m.Effect() == iampolicy.Deny:
			return true
		default:
			judged = true
		}
	}
	return !covered && (judged || !together)
}

// alike tells whether a statement of a control policy treats all principals of an account alike: its conditions and its
// resources read nothing but the request, the resource and the account. Of any other key it is not known whose it is.
func alike(s *iampolicy.Statement) bool {
	for t := range s.Tests() {
		if !ofRequest(t.Spec().Key) || !alikeAll(t.Variables()) {
			return false
		}
	}
	patterns, _ := s.Resources()
	return !slices.ContainsFunc(patterns, func(p string) bool { return strings.Contains(p, "${") })
}

func alikeAll(keys []string) bool {
	return !slices.ContainsFunc(keys, func(k string) bool { return !ofRequest(k) })
}

// ofRequest tells whether a condition key has the same value whichever principal of an account sends a request.
func ofRequest(key string) bool {
	switch key = glob.Lower(key); key {
	case "aws:sourceip", "aws:securetransport", "aws:currenttime", "aws:epochtime", "aws:requestedregion", "aws:useragent",
		"aws:tagkeys", "aws:resourceaccount", "aws:principalaccount", "aws:principalorgid":
		return true
	}
	return strings.HasPrefix(key, "aws:requesttag/") || strings.HasPrefix(key, "aws:resourcetag/")
}

// openGrants finds what a bucket's policy grants to everybody and may be kept from the caller: another role would get it
// without any policy of its own.
func (g *gainer) openGrants(p *iampolicy.Policy, h holder) bool {
	for s := range p.Statements() {
		if s.Effect() != iampolicy.Allow {
			continue
		}
		for _, value := range s.Principals() {
			if value == "*" && (g.limited(s) || g.keptBack(s, h.arn.Account())) {
				return true
			}
		}
	}
	return false
}

// openTo tells whether a role lets everybody in, and the caller may be kept from it where another role is not.
func (g *gainer) openTo(trust *iampolicy.Policy, other *view.Role, h holder) bool {
	for s := range trust.Statements() {
		for _, value := range s.Principals() {
			if s.Effect() != iampolicy.Allow || value != "*" {
				continue
			}
			entering, err := iampolicy.Parse([]byte(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"`+
				other.ARN.String()+`"}}`), iampolicy.Identity)
			if err != nil {
				return true
			}
			for e := range entering.Statements() {
				return g.limited(e) || g.keptBack(e, h.arn.Account())
			}
		}
	}
	return false
}

// limited tells whether the caller's own policies, boundary or session may stand in the way of what is granted to everybody.
func (g *gainer) limited(s *iampolicy.Statement) bool {
	for i, gate := range g.gates() {
		covered := i == 0 // the grant itself stands for an identity policy
		for m := range statementsOf(gate) {
			if m.Effect() == iampolicy.Deny && mayMeet(m, s) {
				return true
			}
			covered = covered || m.Effect() == iampolicy.Allow && unconditional(m) && m.Covers(s)
		}
		if !covered {
			return true
		}
	}
	return false
}

// gates are the caller's own policies, its boundary and its session policies, as far as it has them.
func (g *gainer) gates() [][]iampolicy.Named {
	gates := [][]iampolicy.Named{g.mine.Identity}
	if g.mine.Boundary != nil {
		gates = append(gates, []iampolicy.Named{*g.mine.Boundary})
	}
	if len(g.mine.Session) > 0 {
		gates = append(gates, g.mine.Session)
	}
	return gates
}
