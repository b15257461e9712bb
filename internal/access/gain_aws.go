package access

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/lanyard-id/lanyard/internal/credential"
	"github.com/lanyard-id/lanyard/internal/glob"
	"github.com/lanyard-id/lanyard/internal/iampolicy"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// IAMGain says what a caller would get hold of by a change of its account's IAM that it does not have itself; empty if
// nothing. Whoever plainly has every right of IAM in its account may give what it likes. Everybody else may leave no role,
// no user and no group that the change has touched with more than it plainly has, nor a key of such a user: it could be, or
// become, that role or user. It errs on the side of finding a gain.
func IAMGain(before, after *view.View, s *credential.Session, role *view.Role) string {
	g := gainer{before: before, after: after, account: s.Account, seen: map[string]bool{}}
	if err := gatherIdentity(before, s, role, &g.mine); err != nil {
		return "a policy of the caller cannot be read: " + err.Error()
	}
	all, err := iampolicy.Parse([]byte(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:*","Resource":"arn:aws:iam::`+
		s.Account.String()+`:*"}}`), iampolicy.Identity)
	if err != nil {
		return err.Error()
	}
	if g.lacksStatements([]iampolicy.Named{{Policy: all}}, name.AccountID{}) == "" {
		return ""
	}
	if why := cmp.Or(g.roles(), g.users(s), g.groups()); why != "" {
		return why
	}
	for p := range after.Policies(s.Account) { // it may limit a session, of which nobody knows who holds it
		if _, existed := before.Policy(p.ARN); !existed || !g.changed(p.ARN) {
			continue
		}
		named, err := p.Compiled()
		if err != nil {
			return err.Error()
		}
		if why := g.lacksStatements([]iampolicy.Named{named}, s.Account); why != "" {
			return "the policy allows what the caller does not plainly have: " + why
		}
	}
	return cmp.Or(g.newProviders(s.Account), g.newSAML(s.Account))
}

// gainer compares roles with what the caller has.
type gainer struct {
	before, after *view.View
	account       name.AccountID  // the caller's
	mine          iampolicy.Input // identity policies, boundary and session policies of the caller, before the change
	seen          map[string]bool // unique ids of the roles and users that were looked at
}

// changed tells whether a managed policy decides by another document than before.
func (g *gainer) changed(arn name.ARN) bool {
	old, was := g.before.Policy(arn)
	now, is := g.after.Policy(arn)
	return was != is || is && old.Document != now.Document
}

func mayDeny(doc string) bool {
	p, err := iampolicy.Parse([]byte(doc), iampolicy.Identity)
	if err != nil {
		return true
	}
	for s := range p.Statements() {
		if s.Effect() == iampolicy.Deny {
			return true
		}
	}
	return false
}

// lacks says what a role or a user may do that the caller may not, by its own policies or because others name it. looks tells
// that rules which judge a caller by its name or its labels are to be counted among those.
func (g *gainer) lacks(h holder, looks bool) string {
	if g.seen[h.id] && !looks {
		return ""
	}
	g.seen[h.id] = true
	policies, err := h.policies()
	if err != nil {
		return "a policy of the " + h.what + " cannot be read: " + err.Error()
	}
	why := g.lacksStatements(policies, h.arn.Account())
	if boundary, err := h.boundary(); err == nil && boundary != nil && why != "" {
		why = g.lacksStatements([]iampolicy.Named{*boundary}, h.arn.Account()) // it has no more than its boundary
	}
	if why != "" {
		return fmt.Sprintf("the %s %s has what the caller does not plainly have: %s", h.what, h.arn, why)
	}
	for other := range g.after.Roles(name.AccountID{}) {
		trust, err := other.TrustPolicy()
		if other.UniqueID == h.id || err == nil && !admits(trust.Policy, h, looks) && !g.openTo(trust.Policy, other, h) {
			continue
		}
		if why := g.lacks(g.roleHolder(other), false); why != "" {
			return fmt.Sprintf("%s may be assumed by %s: %s", other.ARN, h.arn, why)
		}
	}
	for b := range g.after.Buckets(name.AccountID{}) {
		doc, err := b.PolicyDoc()
		if err != nil || doc != nil && (admits(doc.Policy, h, looks) || g.openGrants(doc.Policy, h)) {
			return fmt.Sprintf("the policy of the bucket %s may allow the %s %s more", b.Name, h.what, h.arn)
		}
	}
	return ""
}

// lacksStatements finds the first statement by which a holder in an account may do more than the caller.
func (g *gainer) lacksStatements(policies []iampolicy.Named, holder name.AccountID) string {
	for _, p := range policies {
		for s := range p.Policy.Statements() {
			if s.Effect() == iampolicy.Allow && !g.has(s, holder) {
				return "the statement " + s.Rule(p.ID)
			}
		}
	}
	return ""
}

// has tells whether every gate that the caller stands behind has a statement without conditions that covers this one, and
// nothing may deny any of it that would not deny it to the holder.
func (g *gainer) has(s *iampolicy.Statement, holder name.AccountID) bool {
	for _, gate := range g.gates() {
		covered := false
		for m := range statementsOf(gate) {
			switch {
			case m.Effect() == iampolicy.Deny && mayMeet(m, s):
				return false
			case m.Effect() == iampolicy.Allow && unconditional(m):
				covered = covered || m.Covers(s)
			}
		}
		if !covered {
			return false
		}
	}
	for b := range g.before.Buckets(name.AccountID{}) {
		doc, err := b.PolicyDoc()
		if err != nil || doc != nil && deniesSome(doc.Policy, s) {
			return false
		}
	}
	return !g.keptBack(s, holder)
}

func statementsOf(policies []iampolicy.Named) iter.Seq[*iampolicy.Statement] {
	return func(yield func(*iampolicy.Statement) bool) {
		for _, p := range policies {
			for s := range p.Policy.Statements() {
				if !yield(s) {
					return
				}
			}
		}
	}
}

// unconditional tells whether a statement allows the same to whoever has it: a resource that is spelled with who that is
// makes it another statement for everybody.
func unconditional(s *iampolicy.Statement) bool {
	for range s.Tests() {
		return false
	}
	patterns, _ := s.Resources()
	return !slices.ContainsFunc(patterns, func(p string) bool { return strings.Contains(p, "${") })
}

// mayMeet tells whether two statements may be about one action on one thing: nothing before the first wildcard keeps them
// apart.
func mayMeet(a, b *iampolicy.Statement) bool {
	words := func(s *iampolicy.Statement) ([]string, bool) {
		list, not := s.Actions()
		for i := range list {
			list[i] = glob.Lower(list[i])
		}
		return list, not
	}
	one, notOne := words(a)
	other, notOther := words(b)
	if !notOne && !notOther && !anyMeet(one, other) {
		return false
	}
	one, notOne = a.Resources()
	other, notOther = b.Resources()
	return notOne || notOther || anyMeet(one, other)
}

func anyMeet(a, b []string) bool {
	return slices.ContainsFunc(a, func(x string) bool {
		return slices.ContainsFunc(b, func(y string) bool {
			x, y := literal(x), literal(y)
			return strings.HasPrefix(x, y) || strings.HasPrefix(y, x)
		})
	})
}

// literal is a pattern up to its first wildcard or variable. A whole text is closed, so that it is no beginning of another.
func literal(pattern string) string {
	if at := strings.IndexAny(pattern, "*?$"); at >= 0 {
		return pattern[:at]
	}
	return pattern + "\x00"
}

// admits tells whether a policy of somebody else's may let a role or user in: it names it or a session of it, or, where looks are
// to be counted, judges whoever comes by name or labels.
func admits(p *iampolicy.Policy, h holder, looks bool) bool {
	for s := range p.Statements() {
		if s.Effect() != iampolicy.Allow {
			continue
		}
		for kind, value := range s.Principals() {
			if kind == "AWS" && h.isNamed(value) || looks && kind != "Federated" && kind != "Service" && byLooks(s) {
				return true
			}
		}
	}
	return false
}

// deniesSome tells whether a bucket's policy denies some callers and not others what the statement allows.
func deniesSome(p *iampolicy.Policy, s *iampolicy.Statement) bool {
	for d := range p.Statements() {
		if d.Effect() != iampolicy.Deny || !mayMeet(d, s) {
			continue
		}
		for _, value := range d.Principals() {
			if value != "*" || byLooks(d) {
				return true
			}
		}
	}
	return false
}

// byLooks tells whether conditions or resources of the statement read who the caller is.
func byLooks(s *iampolicy.Statement) bool {
	patterns, _ := s.Resources()
	if slices.ContainsFunc(patterns, func(p string) bool { return strings.Contains(p, "${") }) {
		return true
	}
	for t := range s.Tests() {
		key := glob.Lower(t.Spec().Key)
		for _, about := range []string{"aws:principal", "aws:userid", "aws:username", "aws:federatedprovider", "aws:sourceidentity"} {
			if strings.HasPrefix(key, about) || slices.ContainsFunc(t.Variables(), func(v string) bool { return strings.HasPrefix(v, about) }) {
				return true
			}
		}
	}
	return false
}

// newProviders finds a role that trusts a provider which is new, or which takes other audiences than before.
func (g *gainer) newProviders(account name.AccountID) string {
	for p := range g.after.OIDCProviders(account) {
		old, existed := g.before.OIDCProvider(p.ARN)
		if existed && slices.Equal(old.ClientIDs, p.ClientIDs) && old.AudienceClaim == p.AudienceClaim {
			continue
		}
		if why := g.trusted(p.ARN); why != "" {
			return why
		}
	}
	return ""
}

// newSAML finds a role that trusts a SAML provider which is new, or which somebody else may sign for than before.
func (g *gainer) newSAML(account name.AccountID) string {
	for p := range g.after.SAMLProviders(account) {
		old, existed := g.before.SAMLProvider(p.ARN)
		if existed && old.Metadata == p.Metadata && old.AWSNames == p.AWSNames {
			continue
		}
		if why := g.trusted(p.ARN); why != "" {
			return why
		}
	}
	return ""
}

// trusted finds a role that trusts a provider and has what the caller has not.
func (g *gainer) trusted(provider name.ARN) string {
	for r := range g.after.Roles(name.AccountID{}) {
		trust, err := r.TrustPolicy()
		if err == nil && !trusts(trust.Policy, provider) {
			continue
		}
		if why := g.lacks(g.roleHolder(r), false); why != "" {
			return fmt.Sprintf("%s trusts %s: %s", r.ARN, provider, why)
		}
	}
	return ""
}

func trusts(p *iampolicy.Policy, provider name.ARN) bool {
	for kind, value := range p.Principals() {
		if kind == "Federated" && value == provider.String() {
			return true
		}
	}
	return false
}
