package iampolicy

import (
	"regexp"
	"strings"

	"github.com/lanyard-id/lanyard/internal/cond"
	"github.com/lanyard-id/lanyard/internal/glob"
	"github.com/lanyard-id/lanyard/verify/strictjson"
)

// sids are legal statement ids where IAM keeps the policy.
var sids = regexp.MustCompile(`^[0-9A-Za-z]*$`)

// sid reads a statement id. Resource policies belong to services that allow any text there.
func (d *document) sid(v strictjson.Value) (string, error) {
	s, ok := v.Text()
	switch {
	case !ok:
		return "", d.malformed(v.Offset(), "Sid must be a string")
	case d.kind != Resource && !sids.MatchString(s):
		return "", d.malformed(v.Offset(), "Statement IDs (SID) must be alpha-numeric")
	case s != "" && d.sids[s]:
		return "", d.malformed(v.Offset(), "Statement IDs (SID) in a single policy must be unique")
	}
	d.sids[s] = true
	return s, nil
}

// effect reads Allow or Deny, in exactly this spelling.
func (d *document) effect(v strictjson.Value) (Effect, error) {
	switch s, _ := v.Text(); s {
	case "Allow":
		return Allow, nil
	case "Deny":
		return Deny, nil
	}
	return 0, d.malformed(v.Offset(), "Effect must be Allow or Deny")
}

// actionForm is "*", or a service prefix and a name, both with wildcards.
var actionForm = regexp.MustCompile(`^(\*|[0-9A-Za-z*?-]+:[0-9A-Za-z*?_.-]+)$`)

// actions reads action patterns. They are compiled in lower case, because their case does not matter.
func (d *document) actions(v strictjson.Value) ([]glob.Pattern, error) {
	var list []glob.Pattern
	for _, each := range oneOrMore(v) {
		text, ok := each.Text()
		if !ok || !actionForm.MatchString(text) {
			return nil, d.malformed(each.Offset(), `Actions must be "*" or prefaced by a vendor, such as "s3:GetObject"`)
		}
		lower := glob.Lower(text)
		if d.kind == Trust && !strings.HasPrefix(lower, "sts:") {
			return nil, d.malformed(each.Offset(), "AssumeRole policy may only specify STS AssumeRole actions")
		}
		b := glob.In(glob.Plain)
		b.Text(lower)
		p, err := b.Pattern(text)
		if err != nil {
			return nil, d.malformed(each.Offset(), "Action: %s", err)
		}
		list = append(list, p)
	}
	return list, nil
}

// resources reads resource patterns: "*", or six parts of which the first five are walls for wildcards.
func (d *document) resources(v strictjson.Value) ([]cond.Template, error) {
	var list []cond.Template
	for _, each := range oneOrMore(v) {
		text, ok := each.Text()
		mode := glob.ARN
		switch {
		case ok && text == "*":
			mode = glob.Plain
		case !ok || !strings.HasPrefix(text, "arn:") || strings.Count(text, ":") < 5:
			return nil, d.malformed(each.Offset(), `Resource must be in ARN format or "*"`)
		case d.variables && strings.Contains(beforeResource(text), "${"):
			return nil, d.malformed(each.Offset(), "Variables in a Resource may only stand after the fifth colon")
		}
		t, err := cond.ParseTemplate(text, d.syntax(), mode)
		if err != nil {
			return nil, d.malformed(each.Offset(), "Resource: %s", err)
		}
		list = append(list, t)
	}
	return list, nil
}

// beforeResource is the part of an ARN up to its fifth colon.
func beforeResource(arn string) string {
	at := 0
	for range 5 {
		at += strings.IndexByte(arn[at:], ':') + 1
	}
	return arn[:at]
}

// syntax is how this document's version reads values.
func (d *document) syntax() cond.Syntax {
	if d.variables {
		return cond.Variables
	}
	return cond.Text
}

// conditions reads a Condition block: operators, in each keys, in each values. All tests must hold.
func (d *document) conditions(v strictjson.Value) (cond.And, error) {
	operators, ok := v.Object()
	if !ok {
		return nil, d.malformed(v.Offset(), "Condition must be an object")
	}
	var all cond.And
	for _, m := range operators.Members() {
		op, quantifier, ifExists, known := cond.ParseOperator(m.Name)
		if !known {
			return nil, d.malformed(m.At, "Invalid Condition type : %s", m.Name)
		}
		keys, ok := m.Value.Object()
		if !ok {
			return nil, d.malformed(m.Value.Offset(), "%s must be an object of keys", m.Name)
		}
		for _, k := range keys.Members() {
			t, err := d.test(cond.Spec{Key: k.Name, Operator: op, Quantifier: quantifier, IfExists: ifExists}, k)
			if err != nil {
				return nil, err
			}
			all = append(all, t)
		}
	}
	return all, nil
}

// test reads the values of one key and compiles the test.
func (d *document) test(s cond.Spec, m strictjson.Member) (*cond.Test, error) {
	if !strings.Contains(m.Name, ":") {
		return nil, d.malformed(m.At, "Conditions must be prefaced by a vendor, such as aws:SourceIp")
	}
	for _, each := range oneOrMore(m.Value) {
		text, ok := scalar(each)
		if !ok {
			return nil, d.malformed(each.Offset(), "A condition value must be a string, a number or a boolean")
		}
		s.Values = append(s.Values, text)
	}
	s.Syntax = d.syntax()
	t, err := cond.Compile(s)
	if err != nil {
		return nil, d.malformed(m.Value.Offset(), "%s", err)
	}
	return t, nil
}

// scalar gives the text of a string, number or boolean.
func scalar(v strictjson.Value) (string, bool) {
	switch v.Kind() {
	case strictjson.String:
		return v.Text()
	case strictjson.Number, strictjson.Bool:
		return string(v.Raw()), true
	case strictjson.Invalid, strictjson.Null, strictjson.Array, strictjson.ObjectKind:
	}
	return "", false
}
