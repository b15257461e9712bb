package iampolicy

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/verify/strictjson"
)

// The versions of the policy language (IAM User Guide, "Version"). Without one the older holds, in which ${...} is plain
// text.
const (
	version2008 = "2008-10-17"
	version2012 = "2012-10-17"
)

// maxNesting is the deepest that a policy nests: document, statements, statement, condition, operator, values.
const maxNesting = 8

// document is a policy while it is read.
type document struct {
	source    []byte
	kind      Kind
	variables bool // ${...} is a variable
	sids      map[string]bool
}

func (d *document) malformed(offset int, format string, args ...any) error {
	return malformed(d.source, offset, format, args...)
}

// Parse reads and compiles a policy document of the given kind. Everything that could be read in two ways, or that
// would silently grant or refuse nothing, is refused here: see the Reasons. The Policy keeps a copy of doc.
func Parse(doc []byte, kind Kind) (*Policy, error) {
	if kind < Identity || kind > RCP {
		return nil, fault.New(fault.Internal, Malformed, "no kind of policy is named")
	}
	d := &document{source: bytes.Clone(doc), kind: kind, sids: map[string]bool{}}
	root, err := d.read()
	if err != nil {
		return nil, err
	}
	p := &Policy{kind: kind, source: d.source, version: version2008, size: size(d.source)}
	if p.size > kind.limit() {
		return nil, fault.New(fault.Invalid, TooLarge, "The %s has %d characters without white space, the limit is %d",
			kind, p.size, kind.limit())
	}
	if err := d.policy(p, root); err != nil {
		return nil, err
	}
	return p, nil
}

// read checks the text and gives its only object.
func (d *document) read() (strictjson.Object, error) {
	if len(d.source) > MaxDocument {
		return strictjson.Object{}, fault.New(fault.Invalid, TooLarge, "A policy may have at most %d bytes", MaxDocument)
	}
	root, err := strictjson.Parse(d.source, strictjson.Limits{Bytes: MaxDocument, Depth: maxNesting})
	if wrong, ok := errors.AsType[*strictjson.Error](err); ok {
		return strictjson.Object{}, d.malformed(wrong.Offset, "Syntax error in policy: %s", wrong.What)
	}
	// The IAM API allows tab, line feed, carriage return, and U+0020 to U+00FF.
	if at := bytes.IndexFunc(d.source, func(r rune) bool { return r > 0xff || r == 0x7f }); at >= 0 {
		return strictjson.Object{}, d.malformed(at, "Policies may only have characters up to U+00FF")
	}
	return root, err
}

// size counts characters outside of strings that are not white space, and all characters within.
func size(doc []byte) int {
	n, quoted := 0, false
	for i := 0; i < len(doc); i++ {
		switch c := doc[i]; {
		case quoted && c == '\\':
			n++ // the character after it is counted next, and is no end of the string
			i++
		case c == '"':
			quoted = !quoted
		case !quoted && (c == ' ' || c == '\t' || c == '\n' || c == '\r'):
			continue
		}
		if utf8.RuneStart(doc[i]) {
			n++
		}
	}
	return n
}

// policy reads the document's own elements.
func (d *document) policy(p *Policy, root strictjson.Object) error {
	statements := strictjson.Value{}
	for _, m := range root.Members() {
		text, isText := m.Value.Text()
		switch m.Name {
		case "Version":
			if text != version2008 && text != version2012 {
				return d.malformed(m.Value.Offset(), "The policy must contain a valid version string: want %s or %s",
					version2012, version2008)
			}
			p.version = text
		case "Id":
			if !isText {
				return d.malformed(m.Value.Offset(), "Id must be a string")
			}
			p.id = text
		case "Statement":
			statements = m.Value
		default:
			return d.unknown(m, "Version", "Id", "Statement")
		}
	}
	if statements.Kind() == strictjson.Invalid {
		return d.malformed(0, "The policy has no Statement")
	}
	d.variables = p.version == version2012
	for i, v := range oneOrMore(statements) {
		s, err := d.statement(v)
		if err != nil {
			return err
		}
		s.index = i + 1
		p.statements = append(p.statements, s)
	}
	return nil
}

// unknown refuses an element that policies do not have, and names the one that was probably meant.
func (d *document) unknown(m strictjson.Member, known ...string) error {
	for _, k := range known {
		if strings.EqualFold(k, m.Name) {
			return d.malformed(m.At, "Unknown field %q: it is spelled %s", m.Name, k)
		}
	}
	return d.malformed(m.At, "Unknown field %q", m.Name)
}

// elements gives the names that a statement may have.
func elements() []string {
	return []string{"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"}
}

// statement reads one statement.
func (d *document) statement(v strictjson.Value) (Statement, error) {
	s := Statement{start: d.position(v.Offset()), end: d.position(v.Offset() + len(v.Raw()))}
	object, ok := v.Object()
	if !ok {
		return s, d.malformed(v.Offset(), "A statement must be an object")
	}
	for _, m := range object.Members() {
		if !slices.Contains(elements(), m.Name) {
			return s, d.unknown(m, elements()...)
		}
		if slices.Contains(d.kind.prohibited(), m.Name) {
			return s, d.malformed(m.At, "Has prohibited field %s", m.Name)
		}
		if err := d.element(&s, m); err != nil {
			return s, err
		}
	}
	return s, d.complete(&s, object, v.Offset())
}

func (d *document) position(offset int) Position {
	line, column := strictjson.Position(d.source, offset)
	return Position{line, column}
}

// element reads one element of a statement.
func (d *document) element(s *Statement, m strictjson.Member) (err error) {
	switch m.Name {
	case "Sid":
		s.sid, err = d.sid(m.Value)
	case "Effect":
		s.effect, err = d.effect(m.Value)
	case "Principal", "NotPrincipal":
		s.notPrincipal = m.Name == "NotPrincipal"
		s.principals, err = d.principals(m.Value)
	case "Action", "NotAction":
		s.notAction = m.Name == "NotAction"
		s.actions, err = d.actions(m.Value)
	case "Resource", "NotResource":
		s.notResource = m.Name == "NotResource"
		s.resources, err = d.resources(m.Value)
	case "Condition":
		s.conditions, err = d.conditions(m.Value)
	}
	return err
}

// complete checks what a statement must have, and what must not stand together.
func (d *document) complete(s *Statement, object strictjson.Object, at int) error {
	for _, name := range []string{"Principal", "Action", "Resource"} {
		_, yes := object.Get(name)
		_, not := object.Get("Not" + name)
		if yes && not {
			return d.malformed(at, "A statement cannot have both %s and Not%s", name, name)
		}
	}
	switch {
	case s.effect == 0:
		return d.malformed(at, "A statement must have an Effect")
	case len(s.actions) == 0:
		return d.malformed(at, "Policy statement must contain actions")
	case len(s.resources) == 0 && d.kind != Trust:
		return d.malformed(at, "Policy statement must contain resources")
	case len(s.principals) == 0 && d.kind.namesPrincipals():
		return d.malformed(at, "Missing required field Principal")
	case s.notPrincipal && s.effect == Allow:
		// NotPrincipal with Allow would grant to everybody else, the anonymous included.
		return d.malformed(at, "NotPrincipal cannot be used with Effect Allow")
	case d.kind == RCP:
		return d.completeRCP(s, at)
	}
	return nil
}

// completeRCP holds resource control policies to what they may do: deny for everybody. The one allow is that of
// RCPFullAWSAccess (AWS Organizations, "RCP syntax").
func (d *document) completeRCP(s *Statement, at int) error {
	if len(s.principals) != 1 || !s.principals[0].everyone() {
		return d.malformed(at, `The Principal of a resource control policy must be "*"`)
	}
	full := len(s.actions) == 1 && s.actions[0].Any() && len(s.resources) == 1 && s.resources[0].String() == "*" &&
		!s.notResource && len(s.conditions) == 0
	if s.effect == Allow && !full {
		return d.malformed(at, "A resource control policy may only deny")
	}
	return nil
}
