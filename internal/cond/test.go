package cond

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"github.com/lanyard-id/lanyard/internal/glob"
)

// Spec is a test as written.
type Spec struct {
	Key        string // case does not matter; kept as written for words
	Operator   Operator
	Quantifier Quantifier
	Values     []string // wanted values, at least one
	Syntax     Syntax   // how the values are read; variables only where the operator takes them
	IfExists   bool     // an absent key makes the test hold
	MustExist  bool     // an absent key makes the test fail, whatever operator and quantifier say (Azure)
	As         string   // the operator as its language spells it, quantifier included, for words; empty is IAM's spelling
}

// Test compares the values a request has for one key with wanted values. It is immutable.
type Test struct {
	spec   Spec
	traits traits
	lookup string
	values []value
}

// Compile checks a Spec and reads its values. The error says which value is wrong and why.
func Compile(s Spec) (*Test, error) {
	traits, ok := s.Operator.traits()
	switch {
	case !ok:
		return nil, errors.New("unknown condition operator")
	case s.Key == "":
		return nil, errors.New("the condition key is empty")
	case len(s.Values) == 0:
		return nil, fmt.Errorf("%s %s has no values", traits.name, s.Key)
	case s.Operator == Null && (s.Quantifier != Plain || s.IfExists || s.MustExist):
		return nil, fmt.Errorf("%s takes no quantifier and no IfExists", traits.name)
	case s.Syntax == Variables && !s.Operator.Variables():
		s.Syntax = Text
	}
	t := &Test{spec: s, traits: traits, lookup: glob.Lower(s.Key)}
	if s.Syntax == Keys {
		return t, nil
	}
	for _, text := range s.Values {
		v, err := parseValue(s.Operator, text, s.Syntax)
		if err != nil {
			return nil, fmt.Errorf("%s %s: value %q: %w", traits.name, s.Key, text, err)
		}
		t.values = append(t.values, v)
	}
	return t, nil
}

// Spec gives the test as it was written. The values must not be changed.
func (t *Test) Spec() Spec { return t.spec }

// Variables gives the keys of the policy variables in the values, in lower case.
func (t *Test) Variables() []string {
	var keys []string
	for i := range t.values {
		keys = append(keys, t.values[i].template.Variables()...)
	}
	return keys
}

// Eval tells whether the test holds in ctx.
func (t *Test) Eval(ctx Context) Result {
	if t.holds(ctx) {
		return Result{Held: true, Met: 1}
	}
	return Result{failed: t}
}

func (t *Test) holds(ctx Context) bool {
	have, present := ctx.Lookup(t.lookup)
	present = present && len(have) > 0
	if t.spec.Operator == Null {
		return t.nullHolds(present)
	}
	if !present {
		return t.absentHolds()
	}
	want := t.values
	if t.spec.Syntax == Keys {
		if want = t.wantedFromKeys(ctx); len(want) == 0 {
			return false
		}
	}
	return t.compareAll(ctx, have, want)
}

// nullHolds: "true" wants the key absent, "false" present.
func (t *Test) nullHolds(present bool) bool {
	for i := range t.values {
		if t.values[i].truth != present {
			return true
		}
	}
	return false
}

// absentHolds is the answer for a key that the request does not have (IAM User Guide, "Condition operators",
// "Multivalued context keys"): a negated operator holds, ForAllValues holds, ForAnyValue never does.
func (t *Test) absentHolds() bool {
	switch {
	case t.spec.MustExist:
		return false
	case t.spec.IfExists || t.spec.Quantifier == ForAllValues:
		return true
	}
	return t.traits.negated && t.spec.Quantifier == Plain
}

// wantedFromKeys reads the values of the keys that the wanted values name; what cannot be read is left out.
func (t *Test) wantedFromKeys(ctx Context) []value {
	var want []value
	for _, key := range t.spec.Values {
		texts, _ := ctx.Lookup(glob.Lower(key))
		for _, text := range texts {
			if v, err := parseValue(t.spec.Operator, text, Keys); err == nil {
				want = append(want, v)
			}
		}
	}
	return want
}

// compareAll compares the request's values with the wanted ones as the quantifier says.
func (t *Test) compareAll(ctx Context, have []string, want []value) bool {
	switch t.spec.Quantifier {
	case Plain:
		return t.every(ctx, false, have, want) != t.traits.negated
	case ForAllValues, AllOfAny, AllOfAll:
		return t.every(ctx, true, have, want)
	case ForAnyValue, AnyOfAny, AnyOfAll:
	}
	return t.every(ctx, false, have, want)
}

// every tells whether compareOne holds for all request values, or for some if not all is asked.
func (t *Test) every(ctx Context, all bool, have []string, want []value) bool {
	for _, h := range have {
		if t.compareOne(ctx, h, want) != all {
			return !all
		}
	}
	return all
}

// compareOne compares one value of the request with the wanted ones. The negation belongs to the whole test (Plain), to
// one value of the request (IAM's quantifiers: it must match none), or to one pair (Azure's).
func (t *Test) compareOne(ctx Context, have string, want []value) bool {
	negated, all := t.traits.negated, false
	switch t.spec.Quantifier {
	case Plain:
		negated = false
	case ForAnyValue, ForAllValues:
		all = negated
	case AnyOfAll, AllOfAll:
		all = true
	case AnyOfAny, AllOfAny:
	}
	for i := range want {
		if (t.matches(ctx, have, &want[i]) != negated) != all {
			return !all
		}
	}
	return all
}

// matches compares one value with one wanted value, before any negation. A value of the request that cannot be read as
// what the operator compares matches nothing.
func (t *Test) matches(ctx Context, have string, want *value) bool {
	switch t.traits.family {
	case textFamily:
		return want.equals(ctx, have)
	case foldFamily:
		text, ok := want.expand(ctx)
		return ok && strings.EqualFold(have, text)
	case prefixFamily:
		text, ok := want.expand(ctx)
		return ok && strings.HasPrefix(have, text)
	case prefixFoldFamily:
		text, ok := want.expand(ctx)
		return ok && strings.HasPrefix(glob.Lower(have), glob.Lower(text))
	case globFamily:
		return want.template.Match(ctx, have)
	case numberFamily:
		d, err := parseDecimal(have)
		return err == nil && t.accepts(d.compare(want.number))
	case dateFamily:
		d, err := parseDate(have)
		return err == nil && t.accepts(d.Compare(want.instant))
	case boolFamily:
		b, err := parseBool(have)
		return err == nil && b == want.truth
	case binaryFamily:
		return have == want.text
	case ipFamily, nullFamily: // Null is answered before any value is read
	}
	a, err := netip.ParseAddr(have)
	return err == nil && want.network.Contains(a.Unmap().WithZone(""))
}

// accepts tells whether the outcome of a comparison is one the operator wants.
func (t *Test) accepts(c int) bool {
	return t.traits.accept&[...]order{less, equal, greater}[c+1] != 0
}

// equals compares text exactly.
func (v *value) equals(ctx Context, have string) bool {
	if v.constant {
		return have == v.text
	}
	return v.template.Match(ctx, have)
}

// expand gives the whole wanted text; false if a variable in it has no value.
func (v *value) expand(ctx Context) (string, bool) {
	if v.constant {
		return v.text, true
	}
	return v.template.Expand(ctx)
}
