package web

import (
	"iter"
	"strings"
	"unicode/utf8"

	"github.com/lanyard-id/lanyard/internal/fault"
)

// Query limits that hold where QueryRules sets none.
const (
	DefaultQueryBytes = 64 << 10
	DefaultQueryPairs = 128
)

// QueryRules say how strictly a query string or form is read. The zero value is the strictest.
type QueryRules struct {
	MaxBytes    int  // longest text; 0 is DefaultQueryBytes
	MaxPairs    int  // most parameters; 0 is DefaultQueryPairs
	Fold        bool // names compare ignoring ASCII case
	Repeats     bool // a name may stand more than once
	PlusLiteral bool // "+" is a plus and not a space (SigV4 signs it so)
}

// Query is a parsed query string or form. Order and repeats are kept.
type Query struct {
	pairs []Pair
	fold  bool
}

// Pair is one decoded parameter.
type Pair struct{ Name, Value string }

// ParseQuery reads an application/x-www-form-urlencoded text. Unlike net/url it skips nothing: a semicolon, a bad
// escape, bad UTF-8 or a NUL anywhere fails the whole (threat M14), and it counts before it allocates (threat H03).
func ParseQuery(raw string, rules QueryRules) (Query, error) {
	maxBytes, maxPairs := rules.MaxBytes, rules.MaxPairs
	if maxBytes == 0 {
		maxBytes = DefaultQueryBytes
	}
	if maxPairs == 0 {
		maxPairs = DefaultQueryPairs
	}
	if len(raw) > maxBytes {
		return Query{}, fault.New(fault.Invalid, QueryTooLarge, "The parameters are longer than %d bytes.", maxBytes)
	}
	if strings.Count(raw, "&") >= maxPairs {
		return Query{}, fault.New(fault.Invalid, QueryTooLarge, "There are more than %d parameters.", maxPairs)
	}
	q := Query{fold: rules.Fold}
	for text := range strings.SplitSeq(raw, "&") {
		if text == "" {
			continue
		}
		p, ok := parsePair(text, !rules.PlusLiteral)
		if !ok {
			return Query{}, fault.New(fault.Invalid, BadQuery, "The parameters are not well formed.")
		}
		if _, found := q.Get(p.Name); found && !rules.Repeats {
			return Query{}, fault.New(fault.Invalid, RepeatedParameter, "A parameter stands more than once.")
		}
		q.pairs = append(q.pairs, p)
	}
	return q, nil
}

// parsePair decodes name and value.
func parsePair(text string, plus bool) (Pair, bool) {
	if strings.IndexByte(text, ';') >= 0 {
		return Pair{}, false
	}
	name, value, _ := strings.Cut(text, "=")
	name, ok1 := decodeText(name, plus)
	value, ok2 := decodeText(value, plus)
	return Pair{name, value}, ok1 && ok2
}

// decodeText undoes the escapes, if there are any, and refuses what is not text.
func decodeText(s string, plus bool) (string, bool) {
	if strings.IndexByte(s, '%') >= 0 || plus && strings.IndexByte(s, '+') >= 0 {
		var ok bool
		if s, ok = unescape(s, plus); !ok {
			return "", false
		}
	}
	return s, utf8.ValidString(s) && strings.IndexByte(s, 0) < 0
}

// Get gives the first value of a parameter and whether it stands there.
func (q Query) Get(name string) (string, bool) {
	for v := range q.All(name) {
		return v, true
	}
	return "", false
}

// All yields every value of a parameter, in order.
func (q Query) All(name string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, p := range q.pairs {
			if (p.Name == name || q.fold && equalFoldASCII(p.Name, name)) && !yield(p.Value) {
				return
			}
		}
	}
}

// Pairs gives all parameters in order. The caller must not change them.
func (q Query) Pairs() []Pair { return q.pairs }
