package rbac

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The specification of conditions: a tree that is evaluated as it stands, in three truths, and written down in as many
// ways as the language has. Nothing of it is shared with the parser or the condition tree of the house.

type truth int8

const (
	no      truth = -1
	unknown truth = 0
	yes     truth = 1
)

func truthOf(b bool) truth {
	if b {
		return yes
	}
	return no
}

// specRequest is what a condition is asked about.
type specRequest struct {
	action, sub string
	have        map[string][]string
}

type specCondition interface {
	eval(r specRequest) truth
	write(d dice) string
}

type (
	specJoin struct {
		and   bool
		parts []specCondition
	}
	specNot    struct{ of specCondition }
	specAction struct{ pattern string }
	specSub    struct {
		name string
		old  bool
	}
	specExists  struct{ key string }
	specCompare struct {
		key, op, prefix string
		values          []string
		other           string
	}
)

func (c specJoin) eval(r specRequest) truth {
	result := c.parts[0].eval(r)
	for _, part := range c.parts[1:] {
		if c.and {
			result = min(result, part.eval(r))
		} else {
			result = max(result, part.eval(r))
		}
	}
	return result
}

func (c specNot) eval(r specRequest) truth { return -c.of.eval(r) }

func (c specAction) eval(r specRequest) truth {
	return truthOf(specMatch(strings.ToLower(c.pattern), strings.ToLower(r.action)))
}

func (c specSub) eval(r specRequest) truth    { return truthOf(strings.EqualFold(c.name, r.sub)) }
func (c specExists) eval(r specRequest) truth { return truthOf(len(r.have[c.key]) > 0) }

func (c specCompare) eval(r specRequest) truth {
	have, want := r.have[c.key], c.values
	if c.other != "" {
		want = r.have[c.other]
	}
	if len(have) == 0 || len(want) == 0 {
		return unknown
	}
	any := func(list []string, f func(string) bool) bool { return slices.ContainsFunc(list, f) }
	all := func(list []string, f func(string) bool) bool {
		return !slices.ContainsFunc(list, func(v string) bool { return !f(v) })
	}
	pair := func(v string) func(string) bool { return func(w string) bool { return c.pair(v, w) } }
	switch c.prefix {
	case "ForAnyOfAnyValues:":
		return truthOf(any(have, func(v string) bool { return any(want, pair(v)) }))
	case "ForAllOfAnyValues:":
		return truthOf(all(have, func(v string) bool { return any(want, pair(v)) }))
	case "ForAnyOfAllValues:":
		return truthOf(any(have, func(v string) bool { return all(want, pair(v)) }))
	case "ForAllOfAllValues:":
		return truthOf(all(have, func(v string) bool { return all(want, pair(v)) }))
	}
	if strings.Contains(c.op, "Not") { // the negation is of the whole
		return truthOf(all(have, func(v string) bool { return all(want, pair(v)) }))
	}
	return truthOf(any(have, func(v string) bool { return any(want, pair(v)) }))
}

// pair compares one value with one other.
func (c specCompare) pair(v, w string) bool {
	if strings.HasPrefix(c.op, "Numeric") {
		a, errA := strconv.Atoi(v)
		b, errB := strconv.Atoi(w)
		readable := errA == nil && errB == nil
		return map[string]bool{
			"NumericEquals": readable && a == b, "NumericNotEquals": !readable || a != b, "NumericLessThan": readable && a < b,
			"NumericGreaterThanEquals": readable && a >= b,
		}[c.op]
	}
	if strings.Contains(c.op, "IgnoreCase") {
		v, w = strings.ToLower(v), strings.ToLower(w)
	}
	var result bool
	switch {
	case strings.Contains(c.op, "StartsWith"):
		result = strings.HasPrefix(v, w)
	case strings.Contains(c.op, "Like") && c.other == "":
		result = specLike(w, v)
	default:
		result = v == w
	}
	return result != strings.Contains(c.op, "Not")
}

// specLike tries everything.
func specLike(pattern, text string) bool {
	switch {
	case pattern == "":
		return text == ""
	case pattern[0] == '*':
		return specLike(pattern[1:], text) || text != "" && specLike(pattern, text[1:])
	case pattern[0] == '\\':
		pattern = pattern[1:]
	case pattern[0] == '?':
		return text != "" && specLike(pattern[1:], text[1:])
	}
	return text != "" && pattern[0] == text[0] && specLike(pattern[1:], text[1:])
}

// Writing.

func (d dice) space() string { return d.pick("", " ", "\n\t") }

// word writes a keyword in some case, with room around it.
func (d dice) word(w string) string {
	return " " + d.pick(w, strings.ToUpper(w), strings.ToLower(w)) + d.space() + " "
}

func (c specJoin) write(d dice) string {
	var parts []string
	for _, part := range c.parts {
		text := part.write(d)
		if _, joined := part.(specJoin); joined || d.next(3) == 0 {
			text = "(" + d.space() + text + d.space() + ")"
		}
		parts = append(parts, text)
	}
	joint := d.pick(d.word("OR"), "||")
	if c.and {
		joint = d.pick(d.word("and"), "&&")
	}
	return strings.Join(parts, joint)
}

func (c specNot) write(d dice) string {
	text := c.of.write(d)
	if _, joined := c.of.(specJoin); joined || d.next(3) == 0 {
		text = "(" + text + ")"
	}
	return d.pick("!"+d.space(), d.word("Not")) + text
}

func (c specAction) write(d dice) string {
	return d.word("ActionMatches") + "{" + d.space() + "'" + c.pattern + "'" + d.space() + "}"
}

func (c specSub) write(d dice) string {
	if c.old {
		return "@Request[subOperation]" + d.word("ForAnyOfAnyValues:StringEqualsIgnoreCase") + "{'" + c.name + "'}"
	}
	return d.word("SubOperationMatches") + "{'" + c.name + "'}"
}

func (c specExists) write(d dice) string {
	return d.word("Exists") + d.pick(c.key, strings.ToUpper(c.key))
}

func (c specCompare) write(d dice) string {
	left := d.pick(c.key, strings.ToUpper(c.key)) + d.word(c.prefix+c.op)
	if c.other != "" {
		return left + c.other
	}
	var values []string
	for _, v := range c.values {
		if !strings.HasPrefix(c.op, "Numeric") {
			v = "'" + v + "'"
		}
		values = append(values, v)
	}
	if c.prefix == "" || len(values) == 1 && d.next(2) == 0 {
		return left + values[0]
	}
	return left + "{" + strings.Join(values, d.space()+","+d.space()) + "}"
}

// Making.

func (d dice) key() string {
	return d.pick("@request[k]", "@resource[k]", "@principal[k/l:m]", "@environment[none]")
}

func (d dice) condition(depth int) specCondition {
	n := d.next(10)
	if depth == 0 {
		n = 4 + d.next(6)
	}
	switch n {
	case 0, 1, 2:
		join := specJoin{and: d.next(2) == 0}
		for range 2 + d.next(2) {
			join.parts = append(join.parts, d.condition(depth-1))
		}
		return join
	case 3:
		return specNot{d.condition(depth - 1)}
	case 4:
		return specAction{d.pick("N/t/read", "n/*", "N/t/*/read", "*/read", "M/x")}
	case 5:
		return specSub{d.pick("Blob.List", "blob.list", "Other"), d.next(2) == 0}
	case 6:
		return specExists{d.key()}
	}
	return d.comparison()
}

func (d dice) comparison() specCondition {
	c := specCompare{key: d.key()}
	text := d.next(4) > 0
	c.op = d.pick("NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericGreaterThanEquals")
	if text {
		c.op = "String" + d.pick("", "Not") + d.pick("Equals", "StartsWith", "Like") + d.pick("", "IgnoreCase")
	}
	if d.next(2) == 0 {
		c.prefix = d.pick("ForAnyOfAnyValues:", "ForAllOfAnyValues:", "ForAnyOfAllValues:", "ForAllOfAllValues:")
	}
	if text && d.next(5) == 0 {
		c.other = d.key()
		return c
	}
	n := 1
	if c.prefix != "" {
		n += d.next(3)
	}
	for range n {
		switch {
		case !text:
			c.values = append(c.values, d.pick("1", "-1", "2"))
		case strings.Contains(c.op, "Like"):
			c.values = append(c.values, d.pick("a*", "?", "*", "A", `\*`, "a?c"))
		default:
			c.values = append(c.values, d.pick("a", "A", "ab", "", "*", "1"))
		}
	}
	return c
}

func (d dice) request() specRequest {
	r := specRequest{action: d.pick("N/t/read", "n/T/u/read", "M/x"), sub: d.pick("", "Blob.List", "Other"), have: map[string][]string{}}
	for _, key := range []string{"@request[k]", "@resource[k]", "@principal[k/l:m]"} {
		for range d.next(3) {
			r.have[key] = append(r.have[key], d.pick("a", "A", "abc", "*", "1", "-1", "2", ""))
		}
	}
	return r
}

// compareCondition asks both evaluators and gives the answer that they agree on.
func compareCondition(t *testing.T, d dice) truth {
	t.Helper()
	spec, r := d.condition(3), d.request()
	text := spec.write(d)
	c, err := ParseCondition(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	in := read(c)
	in.Action, in.SubOperation = r.action, r.sub
	for key, values := range r.have {
		for _, v := range values {
			in.Attributes = append(in.Attributes, Attribute{key, v})
		}
	}
	want := spec.eval(r)
	got := Decide(in)
	if got.Allowed() != (want == yes) {
		t.Fatalf("specification says %d\n%s\n%+v\n%v", want, text, r, got)
	}
	if !got.Allowed() && (len(got.Nearest) != 1 || strings.HasSuffix(got.Nearest[0].Text, ": ")) {
		t.Fatalf("%s: a refusal without a reason: %v", text, got)
	}
	return want
}

// TestConditionAgainstSpecification compares the evaluators on random conditions and requests.
func TestConditionAgainstSpecification(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 6)) //nolint:gosec // repeatable on purpose
	seen := map[truth]int{}
	for range 60_000 {
		seen[compareCondition(t, dice{rnd.IntN})]++
	}
	for _, o := range []truth{no, unknown, yes} {
		if seen[o] < 5_000 {
			t.Errorf("only %d of %d: the questions are too one-sided", seen[o], o)
		}
	}
	t.Log(seen)
}

func FuzzCondition(f *testing.F) {
	f.Add([]byte("any bytes are dice"))
	f.Add([]byte{0, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233})
	f.Fuzz(func(t *testing.T, b []byte) {
		at := 0
		compareCondition(t, dice{func(n int) int {
			if at == len(b) {
				return 0
			}
			at++
			return int(b[at-1]) % n
		}})
	})
}

// FuzzParseCondition throws junk at the parser: it takes it or says where it is wrong, and what it takes can be asked.
func FuzzParseCondition(f *testing.F) {
	f.Add(onlyPhotos)
	f.Add("@Request[x] ForAnyOfAnyValues:GuidEquals {f58310d9-a9f6-439a-9e8d-f62e7b41a168} AND NOT Exists @Principal[a/b:c]")
	f.Add("!(!(!((((Exists @Request[a]))))) || @Resource[a] NumericLessThan -5")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := ParseCondition(text)
		if err != nil {
			var at int
			if _, scan := fmt.Sscanf(err.Error(), "condition, position %d:", &at); scan != nil || at < 1 || at > len(text)+1 {
				t.Fatalf("%q: %v says no place in the text", text, err)
			}
			return
		}
		d := Decide(read(c, Attribute{"@request[a]", "1"}))
		if !d.Allowed() && len(d.Nearest) != 1 {
			t.Fatalf("%q: a refusal without a reason: %v", text, d)
		}
	})
}
