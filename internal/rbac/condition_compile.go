package rbac

import (
	"strings"
	"time"

	"github.com/lanyard-id/lanyard/internal/cond"
	"github.com/lanyard-id/lanyard/internal/name"
)

// compile makes the tree that is evaluated. Negations are pushed down to the tests, because the answer to a test of an
// attribute that is missing is no in both directions.
func (n *conditionNode) compile(negated bool) cond.Expr {
	switch n.kind {
	case notNode:
		return n.parts[0].compile(!negated)
	case testNode:
		return n.compileTest(negated)
	case andNode, orNode:
	}
	var parts []cond.Expr
	for _, part := range n.parts {
		parts = append(parts, part.compile(negated))
	}
	if (n.kind == andNode) != negated {
		return cond.And(parts)
	}
	return cond.Or(parts)
}

func (n *conditionNode) compileTest(negated bool) cond.Expr {
	switch {
	case !negated:
		return n.test
	case n.absent != nil:
		return n.absent
	}
	var parts cond.And
	for _, key := range n.keys {
		parts = append(parts, existsNode(key).test)
	}
	return append(parts, cond.Not{Expr: n.test})
}

// existsNode asks whether the request has the attribute.
func existsNode(key string) *conditionNode {
	present, _ := cond.Compile(cond.Spec{Key: key, Operator: cond.Null, Values: []string{"false"}, As: "Exists"})
	absent, _ := cond.Compile(cond.Spec{Key: key, Operator: cond.Null, Values: []string{"true"}, As: "NOT Exists"})
	return &conditionNode{test: present, absent: absent}
}

// actionNode asks for the action as role definitions do: all readings of the pattern count.
func actionNode(pattern token) (*conditionNode, error) {
	compiled, err := compilePattern(pattern.text)
	if err != nil {
		return nil, conditionError(pattern.at, "%v", err)
	}
	var readings []string
	for i := range compiled.readings {
		readings = append(readings, compiled.readings[i].String())
	}
	return newTest(pattern, cond.Spec{
		Key: keyAction, Operator: cond.StringLikeIgnoreCase, Values: readings, MustExist: true, As: "ActionMatches",
	})
}

// subOperationNode asks for the sub-operation. A request that has none is known to be no other, so there is nothing that
// must exist.
func subOperationNode(pattern token) (*conditionNode, error) {
	if pattern.text == "" || strings.ContainsFunc(pattern.text, func(r rune) bool { return !isSubOperationRune(r) }) {
		return nil, conditionError(pattern.at, "want the name of a sub-operation such as Blob.List, have %s", pattern)
	}
	return newTest(pattern, cond.Spec{
		Key: keySubOperation, Operator: cond.StringEqualsIgnoreCase, Values: []string{pattern.text}, MustExist: true, As: "SubOperationMatches",
	})
}

func isSubOperationRune(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '.'
}

func newTest(at token, s cond.Spec) (*conditionNode, error) {
	test, err := cond.Compile(s)
	if err != nil {
		return nil, conditionError(at.at, "%v", err)
	}
	return &conditionNode{test: test}, nil
}

// operator is one comparison of the language: an operator of the tree, how its values are written, and the prefix that
// says how several values are compared.
type operator struct {
	name       string // as Azure spells it, with the prefix
	compare    cond.Operator
	values     valueType
	quantifier cond.Quantifier
}

// valueType says how the values of an operator are written.
type valueType uint8

const (
	textValue    valueType = iota // 'text'
	patternValue                  // 'text' with * and ?, each plain behind a backslash
	numberValue                   // 10
	guidValue                     // a GUID, in quotes or not
	boolValue                     // true, false
	timeValue                     // '2023-05-01T13:00:00.0Z'
)

// operators is the table of what can be compared, in Azure's names.
func operators() []operator {
	return []operator{
		{name: "StringEquals", compare: cond.StringEquals},
		{name: "StringNotEquals", compare: cond.StringNotEquals},
		{name: "StringEqualsIgnoreCase", compare: cond.StringEqualsIgnoreCase},
		{name: "StringNotEqualsIgnoreCase", compare: cond.StringNotEqualsIgnoreCase},
		{name: "StringStartsWith", compare: cond.StringStartsWith},
		{name: "StringNotStartsWith", compare: cond.StringNotStartsWith},
		{name: "StringStartsWithIgnoreCase", compare: cond.StringStartsWithIgnoreCase},
		{name: "StringNotStartsWithIgnoreCase", compare: cond.StringNotStartsWithIgnoreCase},
		{name: "StringLike", compare: cond.StringLike, values: patternValue},
		{name: "StringNotLike", compare: cond.StringNotLike, values: patternValue},
		{name: "StringLikeIgnoreCase", compare: cond.StringLikeIgnoreCase, values: patternValue},
		{name: "StringNotLikeIgnoreCase", compare: cond.StringNotLikeIgnoreCase, values: patternValue},
		{name: "NumericEquals", compare: cond.NumericEquals, values: numberValue},
		{name: "NumericNotEquals", compare: cond.NumericNotEquals, values: numberValue},
		{name: "NumericLessThan", compare: cond.NumericLessThan, values: numberValue},
		{name: "NumericLessThanEquals", compare: cond.NumericLessThanEquals, values: numberValue},
		{name: "NumericGreaterThan", compare: cond.NumericGreaterThan, values: numberValue},
		{name: "NumericGreaterThanEquals", compare: cond.NumericGreaterThanEquals, values: numberValue},
		{name: "DateTimeEquals", compare: cond.DateEquals, values: timeValue},
		{name: "DateTimeNotEquals", compare: cond.DateNotEquals, values: timeValue},
		{name: "DateTimeLessThan", compare: cond.DateLessThan, values: timeValue},
		{name: "DateTimeLessThanEquals", compare: cond.DateLessThanEquals, values: timeValue},
		{name: "DateTimeGreaterThan", compare: cond.DateGreaterThan, values: timeValue},
		{name: "DateTimeGreaterThanEquals", compare: cond.DateGreaterThanEquals, values: timeValue},
		{name: "GuidEquals", compare: cond.StringEqualsIgnoreCase, values: guidValue},
		{name: "GuidNotEquals", compare: cond.StringNotEqualsIgnoreCase, values: guidValue},
		{name: "BoolEquals", compare: cond.Bool, values: boolValue},
		{name: "BoolNotEquals", compare: cond.BoolNotEquals, values: boolValue},
	}
}

// operatorNamed finds the operator that a word names, prefix included.
func operatorNamed(t token) (operator, error) {
	word, quantifier := t.text, cond.Plain
	for q := cond.AnyOfAny; q <= cond.AllOfAll; q++ {
		if prefix := q.String() + ":"; len(word) > len(prefix) && strings.EqualFold(word[:len(prefix)], prefix) {
			word, quantifier = word[len(prefix):], q
			break
		}
	}
	for _, op := range operators() {
		if t.kind == wordToken && strings.EqualFold(word, op.name) {
			op.quantifier = quantifier
			return op, nil
		}
	}
	return operator{}, conditionError(t.at, "want an operator such as StringEquals or ForAnyOfAnyValues:GuidEquals, have %s", t)
}

// syntax says how the tree reads the operator's values.
func (op operator) syntax() cond.Syntax {
	if op.values == patternValue {
		return cond.Backslash
	}
	return cond.Text
}

// read gives the value that a token writes.
func (op operator) read(t token) (string, error) {
	text, word := t.kind == textToken, t.kind == wordToken
	switch op.values {
	case textValue, patternValue:
		if text {
			return t.text, nil
		}
		return "", conditionError(t.at, "want a text in single quotes, have %s", t)
	case numberValue:
		if digits := strings.TrimPrefix(t.text, "-"); word && digits != "" && len(digits) <= 18 && strings.Trim(digits, "0123456789") == "" {
			return t.text, nil
		}
		return "", conditionError(t.at, "want a whole number of at most 18 digits, have %s", t)
	case guidValue:
		if id, err := name.ParseGUID(t.text); err == nil && (text || word) {
			return id.String(), nil
		}
		return "", conditionError(t.at, "want a GUID, have %s", t)
	case boolValue:
		if t.is("true") || t.is("false") {
			return t.text, nil
		}
		return "", conditionError(t.at, "want true or false, have %s", t)
	case timeValue:
	}
	if _, err := time.Parse(time.RFC3339Nano, t.text); text && err == nil {
		return t.text, nil
	}
	return "", conditionError(t.at, "want a time such as '2023-05-01T13:00:00.0Z', have %s", t)
}

// test makes the comparison of an attribute with values, or with another attribute.
func (op operator) test(at token, key string, values []string, syntax cond.Syntax) (*conditionNode, error) {
	n, err := newTest(at, cond.Spec{
		Key: key, Operator: op.compare, Quantifier: op.quantifier, Values: values, Syntax: syntax, MustExist: true, As: at.text,
	})
	if err != nil {
		return nil, err
	}
	if key != keySubOperation {
		n.keys = append(n.keys, key)
	}
	if syntax == cond.Keys {
		n.keys = append(n.keys, values...)
	}
	return n, nil
}
