package rbac

import (
	"strings"
	"unicode/utf8"

	"github.com/lanyard-id/lanyard/internal/cond"
)

// maxConditionDepth bounds how deep parentheses and negations go.
const maxConditionDepth = 50

// conditionNode is a part of a condition as it was written.
type conditionNode struct {
	kind  nodeKind
	parts []*conditionNode // andNode, orNode; notNode has one
	test  *cond.Test       // testNode
	// keys are the attributes that the request must have for the test to be an answer at all, whether it is negated or not.
	keys []string
	// absent is the test for the same attribute not to be there: only of Exists.
	absent *cond.Test
}

type nodeKind uint8

const (
	testNode nodeKind = iota
	andNode
	orNode
	notNode
)

// conditionParser reads tokens from left to right with one token of foresight. The first error ends everything.
type conditionParser struct {
	lexer lexer
	now   token
	depth int
}

func parseCondition(text string) (*conditionNode, error) {
	switch {
	case len(text) > MaxCondition:
		return nil, conditionError(MaxCondition+1, "a condition has at most %d bytes", MaxCondition)
	case !utf8.ValidString(text):
		return nil, conditionError(1, "the condition is not UTF-8")
	}
	p := &conditionParser{lexer: lexer{text: text}}
	if err := p.step(); err != nil {
		return nil, err
	}
	tree, err := p.expression()
	if err != nil {
		return nil, err
	}
	if p.now.kind != endToken {
		return nil, conditionError(p.now.at, "want AND, OR or the end, have %s", p.now)
	}
	return tree, nil
}

// step takes the next token.
func (p *conditionParser) step() (err error) {
	p.now, err = p.lexer.next()
	return err
}

// take steps over the sign; anything else is an error.
func (p *conditionParser) take(sign string) error {
	if !p.now.is(sign) {
		return conditionError(p.now.at, "want %q, have %s", sign, p.now)
	}
	return p.step()
}

// expression reads terms joined by AND or by OR. Both in one row have no order of their own: parentheses must say it
// (Microsoft, "Azure role assignment condition format and syntax", "Grouping and precedence").
func (p *conditionParser) expression() (*conditionNode, error) {
	first, err := p.term()
	if err != nil {
		return nil, err
	}
	joined := &conditionNode{parts: []*conditionNode{first}}
	for {
		kind, ok := p.now.joint()
		if !ok {
			break
		}
		if joined.kind != testNode && joined.kind != kind {
			return nil, conditionError(p.now.at, "AND and OR in one row need parentheses that say which comes first")
		}
		joined.kind = kind
		if err := p.step(); err != nil {
			return nil, err
		}
		next, err := p.term()
		if err != nil {
			return nil, err
		}
		joined.parts = append(joined.parts, next)
	}
	if len(joined.parts) == 1 {
		return first, nil
	}
	return joined, nil
}

// joint tells whether the token joins terms, and how.
func (t token) joint() (nodeKind, bool) {
	switch {
	case t.is("AND"), t.is("&&"):
		return andNode, true
	case t.is("OR"), t.is("||"):
		return orNode, true
	}
	return testNode, false
}

// term reads a negation, a group or a test.
func (p *conditionParser) term() (*conditionNode, error) {
	if p.depth++; p.depth > maxConditionDepth {
		return nil, conditionError(p.now.at, "a condition nests at most %d deep", maxConditionDepth)
	}
	defer func() { p.depth-- }()
	begin := p.now
	switch {
	case begin.is("NOT"), begin.is("!"):
		if err := p.step(); err != nil {
			return nil, err
		}
		negated, err := p.term()
		return &conditionNode{kind: notNode, parts: []*conditionNode{negated}}, err
	case begin.is("("):
		if err := p.step(); err != nil {
			return nil, err
		}
		group, err := p.expression()
		if err != nil {
			return nil, err
		}
		return group, p.take(")")
	case begin.kind == attributeToken:
		return p.comparison()
	}
	return p.function()
}

// function reads ActionMatches{'...'}, SubOperationMatches{'...'} or Exists @Source[...].
func (p *conditionParser) function() (*conditionNode, error) {
	name := p.now
	switch {
	case name.is("ActionMatches"), name.is("SubOperationMatches"):
	case name.is("Exists"):
		if err := p.step(); err != nil {
			return nil, err
		}
		key, err := p.attribute()
		return existsNode(key), err
	default:
		return nil, conditionError(name.at, "want a test, NOT or a parenthesis, have %s", name)
	}
	if err := p.step(); err != nil {
		return nil, err
	}
	if err := p.take("{"); err != nil {
		return nil, err
	}
	pattern := p.now
	if pattern.kind != textToken {
		return nil, conditionError(pattern.at, "want the pattern in single quotes, have %s", pattern)
	}
	if err := p.step(); err != nil {
		return nil, err
	}
	if err := p.take("}"); err != nil {
		return nil, err
	}
	if name.is("ActionMatches") {
		return actionNode(pattern)
	}
	return subOperationNode(pattern)
}

// attribute reads @Source[name] and gives it as written. @Request[subOperation] is the older spelling of what
// SubOperationMatches asks for.
func (p *conditionParser) attribute() (string, error) {
	t := p.now
	if t.kind != attributeToken {
		return "", conditionError(t.at, "want an attribute such as @Resource[...], have %s", t)
	}
	source, rest, _ := strings.Cut(t.text, "[")
	switch strings.ToLower(source) {
	case "@resource", "@request", "@principal", "@environment":
	default:
		return "", conditionError(t.at, "want @Resource[...], @Request[...], @Principal[...] or @Environment[...], have %.40q", t.text)
	}
	name := strings.TrimSuffix(rest, "]")
	if name == "" || len(name) > 512 || strings.ContainsFunc(name, func(r rune) bool {
		return r <= ' ' || r > '~' || strings.ContainsRune("[]'{}()\"", r)
	}) {
		return "", conditionError(t.at, "an attribute's name has 1 to 512 visible ASCII characters without brackets and quotes")
	}
	if strings.EqualFold(t.text, "@Request[subOperation]") {
		return keySubOperation, p.step()
	}
	return t.text, p.step()
}

// comparison reads an attribute, an operator and what to compare with: one value, values in braces, or an attribute.
func (p *conditionParser) comparison() (*conditionNode, error) {
	key, err := p.attribute()
	if err != nil {
		return nil, err
	}
	at := p.now
	op, err := operatorNamed(at)
	if err != nil {
		return nil, err
	}
	if err := p.step(); err != nil {
		return nil, err
	}
	if p.now.kind == attributeToken {
		other, err := p.attribute()
		if err != nil {
			return nil, err
		}
		return op.test(at, key, []string{other}, cond.Keys)
	}
	values, err := p.values(op)
	if err != nil {
		return nil, err
	}
	return op.test(at, key, values, op.syntax())
}

// values reads one value, or several in braces where the operator takes several.
func (p *conditionParser) values(op operator) ([]string, error) {
	if !p.now.is("{") {
		v, err := p.value(op)
		return []string{v}, err
	}
	if op.quantifier == cond.Plain {
		return nil, conditionError(p.now.at, "several values need a prefix such as ForAnyOfAnyValues: before the operator")
	}
	var list []string
	for {
		if err := p.step(); err != nil { // over the brace or the comma
			return nil, err
		}
		v, err := p.value(op)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
		if !p.now.is(",") {
			return list, p.take("}")
		}
	}
}

// value reads one value of the operator's type.
func (p *conditionParser) value(op operator) (string, error) {
	t := p.now
	v, err := op.read(t)
	if err != nil {
		return "", err
	}
	return v, p.step()
}
