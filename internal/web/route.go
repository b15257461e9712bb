package web

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Route is one line of a door's table. Method, Pattern, Name, Doc and Permission are documentation as much as
// behaviour: the page that lists every route of every door is made from them.
//
// A pattern is a list of segments. A literal matches the escaped path byte by byte. {name} matches one segment.
// {name...} matches one or more segments and may stand once anywhere, so that an ARM extension resource reads
// /{scope...}/providers/Microsoft.Authorization/roleAssignments/{id}. The first pattern of the table that matches the
// path decides; a method it does not have is a 405, never a look further down, so that no general route catches what
// a special one left out. GET does not imply HEAD.
type Route struct {
	Method     string  // one method, upper case
	Pattern    string  // see above
	Name       string  // stable short name: the event's and the metrics' label
	Doc        string  // one line for people
	Permission string  // what the caller needs, in the cloud's words; "none" for a public route
	Fold       bool    // literals match ignoring ASCII case
	Slash      bool    // one trailing slash is accepted as well
	MaxBody    int64   // largest body in bytes; 0 is the door's own limit, below 0 is unlimited
	Handler    Handler // nil only in the table of a raw door, where it is documentation
}

// maxSegments bounds the segments of a path. ARM's deepest real ids have about twenty.
const maxSegments = 64

// segment is one element of a pattern.
type segment struct {
	text  string // the literal, or the parameter's name
	param bool
}

// pattern is a compiled pattern with the routes that share it. The open part, if any, stands between head and tail.
type pattern struct {
	text        string
	head, tail  []segment
	open        string   // name of the {name...} parameter; empty for none
	names       []string // all parameters' names, in order
	fold, slash bool
	routes      []*Route
}

// compile reads a pattern's text.
func compile(r *Route) (*pattern, error) {
	p := &pattern{text: r.Pattern, fold: r.Fold, slash: r.Slash}
	rest, ok := strings.CutPrefix(r.Pattern, "/")
	if !ok {
		return nil, fmt.Errorf("pattern %q does not start with /", r.Pattern)
	}
	if rest == "" {
		return p, nil
	}
	for text := range strings.SplitSeq(rest, "/") {
		s, open, err := parseSegment(text)
		if err == nil && (s.param || open) && slices.Contains(p.names, s.text) {
			err = fmt.Errorf("parameter %q stands twice", s.text)
		}
		if err == nil && open && p.open != "" {
			err = errors.New("more than one open parameter")
		}
		if err != nil {
			return nil, fmt.Errorf("pattern %q: %w", r.Pattern, err)
		}
		if s.param || open {
			p.names = append(p.names, s.text)
		}
		switch {
		case open:
			p.open = s.text
		case p.open != "":
			p.tail = append(p.tail, s)
		default:
			p.head = append(p.head, s)
		}
	}
	if len(p.head)+len(p.tail) >= maxSegments {
		return nil, fmt.Errorf("pattern %q has %d segments or more", r.Pattern, maxSegments)
	}
	return p, nil
}

// parseSegment reads one element of a pattern's text; open tells {name...}.
func parseSegment(text string) (s segment, open bool, err error) {
	inner, isParam := strings.CutPrefix(text, "{")
	if !isParam {
		if text == "" || text == "." || text == ".." || strings.ContainsAny(text, `{}\%?# `) {
			return segment{}, false, fmt.Errorf("%q cannot be a literal segment", text)
		}
		return segment{text: text}, false, nil
	}
	inner, ok := strings.CutSuffix(inner, "}")
	inner, open = strings.CutSuffix(inner, "...")
	if !ok || inner == "" || strings.ContainsAny(inner, "{}.") {
		return segment{}, false, fmt.Errorf("%q is not a parameter: want {name} or {name...}", text)
	}
	return segment{text: inner, param: !open}, open, nil
}

// matches tells whether the escaped segments are an instance of p. It looks at literals only: a parameter takes any
// segment, and splitPath has refused the ones that nothing may take.
func (p *pattern) matches(segs []string, slash bool) bool {
	if slash && !p.slash {
		return false
	}
	if p.open == "" && len(segs) != len(p.head) || p.open != "" && len(segs) <= len(p.head)+len(p.tail) {
		return false
	}
	return literalsMatch(p.head, segs, p.fold) && literalsMatch(p.tail, segs[len(segs)-len(p.tail):], p.fold)
}

// literalsMatch compares the literals of want with the segments at the same places.
func literalsMatch(want []segment, segs []string, fold bool) bool {
	for i := range want {
		s := &want[i]
		if !s.param && s.text != segs[i] && (!fold || !equalFoldASCII(s.text, segs[i])) {
			return false
		}
	}
	return true
}

// equalFoldASCII compares ignoring the case of A to Z only. strings.EqualFold also folds U+212A and U+017F, which are
// other letters to the clouds.
func equalFoldASCII(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) {
		if lower(a[i]) != lower(b[i]) {
			return false
		}
	}
	return true
}

// lower gives the lower case of an ASCII letter and any other byte as it is.
func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// covers tells whether every path that q matches is matched by p already. It may say no where the truth is yes (an
// open pattern whose fixed parts overlap the other's open part); it never says yes where the truth is no.
func (p *pattern) covers(q *pattern) bool {
	if p.open == "" {
		return q.open == "" && len(p.head) == len(q.head) && p.coversAll(p.head, q.head, q.fold)
	}
	fixed, ends := q.head, q.tail
	if q.open == "" {
		if len(q.head) <= len(p.head)+len(p.tail) {
			return false
		}
		ends = q.head[len(q.head)-len(p.tail):]
	}
	if len(fixed) < len(p.head) || len(ends) < len(p.tail) {
		return false
	}
	return p.coversAll(p.head, fixed[:len(p.head)], q.fold) && p.coversAll(p.tail, ends[len(ends)-len(p.tail):], q.fold)
}

// coversAll compares two runs of segments of the same length.
func (p *pattern) coversAll(mine, theirs []segment, theirFold bool) bool {
	for i, m := range mine {
		t := theirs[i]
		same := m.text == t.text && (p.fold || !theirFold) || p.fold && equalFoldASCII(m.text, t.text)
		if !m.param && (t.param || !same) {
			return false
		}
	}
	return true
}
