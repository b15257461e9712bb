package cond

import "testing"

// FuzzCompile throws operators and values at the reader of tests. What it accepts gives back the spec and the operator
// that it was made of, and evaluates without a fact as with one.
func FuzzCompile(f *testing.F) {
	for _, seed := range [][3]string{
		{"StringLike", "aws:PrincipalTag/team", "a*?"},
		{"ForAllValues:StringEqualsIfExists", "k", "${aws:username}"},
		{"Null", "k", "true"},
		{"IpAddress", "aws:SourceIp", "10.0.0.0/8"},
		{"NumericLessThan", "n", "1e3"},
		{"DateGreaterThan", "d", "2026-11-21T00:00:00Z"},
		{"Bool", "b", "TRUE"},
		{"BinaryEquals", "x", "QQ=="},
		{"ArnLike", "a", "arn:aws:iam::*:role/*"},
		{"ForAnyValue:Null", "k", "x"},
		{"", "", ""},
	} {
		f.Add(seed[0], seed[1], seed[2])
	}
	f.Fuzz(func(t *testing.T, operator, key, value string) {
		op, quantifier, ifExists, ok := ParseOperator(operator)
		if !ok {
			return
		}
		written := op.String()
		if quantifier != Plain {
			written = quantifier.String() + ":" + written
		}
		if ifExists {
			written += "IfExists"
		}
		if written != operator {
			t.Fatalf("the operator %q became %q", operator, written)
		}
		test, err := Compile(Spec{Operator: op, Quantifier: quantifier, IfExists: ifExists, Key: key, Values: []string{value}, Syntax: Variables})
		if err != nil {
			return
		}
		if got := test.Spec(); got.Key != key || len(got.Values) != 1 || got.Values[0] != value {
			t.Errorf("the test of %q %q became %+v", key, value, got)
		}
	})
}
