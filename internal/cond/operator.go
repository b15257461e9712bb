package cond

import "strings"

// Operator is one comparison. The zero value is none.
type Operator uint8

// The operators of IAM (IAM User Guide, "Condition operators"), then those that only Azure or claim expressions have.
const (
	StringEquals Operator = iota + 1
	StringNotEquals
	StringEqualsIgnoreCase
	StringNotEqualsIgnoreCase
	StringLike
	StringNotLike
	NumericEquals
	NumericNotEquals
	NumericLessThan
	NumericLessThanEquals
	NumericGreaterThan
	NumericGreaterThanEquals
	DateEquals
	DateNotEquals
	DateLessThan
	DateLessThanEquals
	DateGreaterThan
	DateGreaterThanEquals
	Bool
	BinaryEquals
	IPAddress
	NotIPAddress
	ARNEquals
	ARNNotEquals
	ARNLike
	ARNNotLike
	Null

	StringStartsWith
	StringNotStartsWith
	StringStartsWithIgnoreCase
	StringNotStartsWithIgnoreCase
	StringLikeIgnoreCase
	StringNotLikeIgnoreCase
	BoolNotEquals
	SubjectLike // '*' and '?' do not cross '/', ':' and '@'
	operatorEnd
)

// family is what kind of values an operator compares.
type family uint8

const (
	textFamily family = iota
	foldFamily
	prefixFamily
	prefixFoldFamily
	globFamily // pattern, in the mode of the operator
	numberFamily
	dateFamily
	boolFamily
	binaryFamily
	ipFamily
	nullFamily
)

// order is a set of outcomes of a comparison: less, equal, greater.
type order uint8

const (
	less order = 1 << iota
	equal
	greater
)

// traits is all that is known about an operator.
type traits struct {
	name    string
	family  family
	accept  order // numbers and dates: the outcomes that hold
	negated bool
}

// traits gives what is known about o; ok is false if o is no operator.
func (o Operator) traits() (traits, bool) {
	switch o {
	case StringEquals, StringNotEquals:
		return traits{"String%sEquals", textFamily, 0, o == StringNotEquals}.named()
	case StringEqualsIgnoreCase, StringNotEqualsIgnoreCase:
		return traits{"String%sEqualsIgnoreCase", foldFamily, 0, o == StringNotEqualsIgnoreCase}.named()
	case StringLike, StringNotLike:
		return traits{"String%sLike", globFamily, 0, o == StringNotLike}.named()
	case StringLikeIgnoreCase, StringNotLikeIgnoreCase:
		return traits{"String%sLikeIgnoreCase", globFamily, 0, o == StringNotLikeIgnoreCase}.named()
	case StringStartsWith, StringNotStartsWith:
		return traits{"String%sStartsWith", prefixFamily, 0, o == StringNotStartsWith}.named()
	case StringStartsWithIgnoreCase, StringNotStartsWithIgnoreCase:
		return traits{"String%sStartsWithIgnoreCase", prefixFoldFamily, 0, o == StringNotStartsWithIgnoreCase}.named()
	case NumericEquals, NumericNotEquals, NumericLessThan, NumericLessThanEquals, NumericGreaterThan, NumericGreaterThanEquals:
		return ordered("Numeric", numberFamily, o-NumericEquals)
	case DateEquals, DateNotEquals, DateLessThan, DateLessThanEquals, DateGreaterThan, DateGreaterThanEquals:
		return ordered("Date", dateFamily, o-DateEquals)
	case IPAddress, NotIPAddress:
		return traits{"%sIpAddress", ipFamily, 0, o == NotIPAddress}.named()
	case ARNEquals, ARNNotEquals:
		return traits{"Arn%sEquals", globFamily, 0, o == ARNNotEquals}.named()
	case ARNLike, ARNNotLike:
		return traits{"Arn%sLike", globFamily, 0, o == ARNNotLike}.named()
	case Bool:
		return traits{"Bool", boolFamily, 0, false}, true
	case BoolNotEquals:
		return traits{"BoolNotEquals", boolFamily, 0, true}, true
	case BinaryEquals:
		return traits{"BinaryEquals", binaryFamily, 0, false}, true
	case Null:
		return traits{"Null", nullFamily, 0, false}, true
	case SubjectLike:
		return traits{"SubjectLike", globFamily, 0, false}, true
	default:
		return traits{}, false
	}
}

// named puts "Not" into the name of a negated operator.
func (t traits) named() (traits, bool) {
	not := ""
	if t.negated {
		not = "Not"
	}
	t.name = strings.Replace(t.name, "%s", not, 1)
	return t, true
}

// ordered gives the traits of the n-th of six comparisons of numbers or dates.
func ordered(prefix string, f family, n Operator) (traits, bool) {
	suffix := [...]string{"Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals"}
	accept := [...]order{equal, equal, less, less | equal, greater, greater | equal}
	return traits{prefix + suffix[n], f, accept[n], n == 1}, true
}

// String is the operator's name as IAM spells it.
func (o Operator) String() string {
	t, _ := o.traits()
	return t.name
}

// Negated tells whether the operator is the negation of another as a whole, so that it holds for an absent key.
func (o Operator) Negated() bool {
	t, _ := o.traits()
	return t.negated
}

// Variables tells whether IAM reads policy variables in values of this operator: strings and ARNs only.
func (o Operator) Variables() bool {
	t, ok := o.traits()
	return ok && t.family <= globFamily
}

// Quantifier says how a key with several values is compared.
type Quantifier uint8

// The quantifiers. The first three are IAM's; the rest are Azure's, where each pair of a request value and a wanted
// value is compared by itself.
const (
	// Plain is no quantifier: one request value that matches one wanted value suffices, and a negated operator is the
	// negation of that whole. IAM leaves several values undefined here.
	Plain Quantifier = iota
	// ForAnyValue holds if some request value matches; never for an absent key.
	ForAnyValue
	// ForAllValues holds if every request value matches, so also for an absent key.
	ForAllValues
	// AnyOfAny is Azure's ForAnyOfAnyValues: some pair holds.
	AnyOfAny
	// AllOfAny is Azure's ForAllOfAnyValues: every request value holds with some wanted value.
	AllOfAny
	// AnyOfAll is Azure's ForAnyOfAllValues: some request value holds with every wanted value.
	AnyOfAll
	// AllOfAll is Azure's ForAllOfAllValues: every pair holds.
	AllOfAll
)

// String is the quantifier's name as its language spells it, without a colon; empty for Plain.
func (q Quantifier) String() string {
	names := [...]string{
		"", "ForAnyValue", "ForAllValues",
		"ForAnyOfAnyValues", "ForAllOfAnyValues", "ForAnyOfAllValues", "ForAllOfAllValues",
	}
	if int(q) >= len(names) {
		return ""
	}
	return names[q]
}

// ParseOperator reads IAM's spelling: an optional "ForAnyValue:" or "ForAllValues:", an operator of IAM in exact case,
// an optional "IfExists". Null takes neither. ok is false for anything else.
func ParseOperator(s string) (op Operator, q Quantifier, ifExists, ok bool) {
	if rest, found := strings.CutPrefix(s, "ForAnyValue:"); found {
		s, q = rest, ForAnyValue
	} else if rest, found := strings.CutPrefix(s, "ForAllValues:"); found {
		s, q = rest, ForAllValues
	}
	s, ifExists = strings.CutSuffix(s, "IfExists")
	for op = StringEquals; op <= Null; op++ {
		if s == op.String() {
			return op, q, ifExists, op != Null || q == Plain && !ifExists
		}
	}
	return 0, Plain, false, false
}
