package iampolicy

import (
	"iter"
	"strconv"
	"strings"

	"github.com/lanyard-id/lanyard/internal/cond"
	"github.com/lanyard-id/lanyard/internal/glob"
)

// Policy is a parsed and compiled policy document. It is immutable and safe for concurrent use.
type Policy struct {
	kind       Kind
	source     []byte
	size       int
	version    string
	id         string
	statements []Statement
}

// Effect is what a statement does when it matches.
type Effect uint8

// The effects.
const (
	Allow Effect = iota + 1
	Deny
)

// String is the effect as documents spell it.
func (e Effect) String() string {
	if e == Allow {
		return "Allow"
	}
	return "Deny"
}

// Position is a place in a document: line and column from 1, the column in characters.
type Position struct{ Line, Column int }

// Statement is one compiled statement.
type Statement struct {
	sid          string
	index        int // from 1
	effect       Effect
	start, end   Position
	principals   []principal
	notPrincipal bool
	actions      []glob.Pattern // compiled from lower case
	notAction    bool
	resources    []cond.Template
	notResource  bool
	conditions   cond.And // of *cond.Test
}

// Kind is what the document was parsed as.
func (p *Policy) Kind() Kind { return p.kind }

// Source is the document as it was parsed. It must not be changed.
func (p *Policy) Source() []byte { return p.source }

// Size is the document's length in characters without white space outside strings: what quotas count.
func (p *Policy) Size() int { return p.size }

// Version is the version that decides how variables are read: "2012-10-17", or "2008-10-17" also where the document
// says nothing.
func (p *Policy) Version() string { return p.version }

// ID is the document's Id element, mostly empty.
func (p *Policy) ID() string { return p.id }

// Statements yields the statements in the order of the document.
func (p *Policy) Statements() iter.Seq[*Statement] {
	return func(yield func(*Statement) bool) {
		for i := range p.statements {
			if !yield(&p.statements[i]) {
				return
			}
		}
	}
}

// Principals yields kind ("AWS", "Service", "Federated", or "*" for everybody) and value of each principal named in any
// statement, in the order of the document.
func (p *Policy) Principals() iter.Seq2[string, string] {
	return func(yield func(kind, value string) bool) {
		for i := range p.statements {
			for kind, value := range p.statements[i].Principals() {
				if !yield(kind, value) {
					return
				}
			}
		}
	}
}

// ContextKeys gives the condition keys and variables that the policy reads, each once whatever its case, in the order of
// the document: spelled as AWS does, and those that AWS does not have as the document does.
func (p *Policy) ContextKeys() []string {
	var keys []string
	seen := map[string]bool{}
	add := func(list ...string) {
		for _, k := range list {
			if lower := glob.Lower(k); !seen[lower] {
				seen[lower] = true
				k, _ = spelled(k)
				keys = append(keys, k)
			}
		}
	}
	for i := range p.statements {
		for j := range p.statements[i].resources {
			add(p.statements[i].resources[j].Variables()...)
		}
		for t := range p.statements[i].Tests() {
			add(t.Spec().Key)
			add(t.Variables()...)
		}
	}
	return keys
}

// Sid is the statement's own name, often empty.
func (s *Statement) Sid() string { return s.sid }

// Effect is what the statement does when it matches.
func (s *Statement) Effect() Effect { return s.effect }

// Span gives where the statement begins in the document and where it ends: the place after its last character.
func (s *Statement) Span() (start, end Position) { return s.start, s.end }

// Principals yields kind and value of each principal that the statement names, see Policy.Principals.
func (s *Statement) Principals() iter.Seq2[string, string] {
	return func(yield func(kind, value string) bool) {
		for i := range s.principals {
			if !yield(s.principals[i].kind, s.principals[i].value) {
				return
			}
		}
	}
}

// Actions gives the statement's action patterns as written; not tells that it is about all other actions.
func (s *Statement) Actions() (patterns []string, not bool) {
	for _, a := range s.actions {
		patterns = append(patterns, a.String())
	}
	return patterns, s.notAction
}

// Resources gives the statement's resource patterns as written; not tells that it is about all other resources.
func (s *Statement) Resources() (patterns []string, not bool) {
	for i := range s.resources {
		patterns = append(patterns, s.resources[i].String())
	}
	return patterns, s.notResource
}

// Tests yields the tests of the statement's conditions, all of which must hold.
func (s *Statement) Tests() iter.Seq[*cond.Test] {
	return func(yield func(*cond.Test) bool) {
		for _, e := range s.conditions {
			if t, ok := e.(*cond.Test); ok && !yield(t) {
				return
			}
		}
	}
}

// Rule names the statement within the policy of the given id, as decisions do: "id#Sid", or "id#2" for the second
// statement if it has no Sid or one that looks like such a number.
func (s *Statement) Rule(id string) string {
	if strings.Trim(s.sid, "0123456789") != "" {
		return id + "#" + s.sid
	}
	return id + "#" + strconv.Itoa(s.index)
}

// Find gives the statement that a decision named as rule in the policy of the given id; nil if there is none.
func (p *Policy) Find(id, rule string) *Statement {
	for s := range p.Statements() {
		if s.Rule(id) == rule {
			return s
		}
	}
	return nil
}
