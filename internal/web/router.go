package web

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// router finds the pattern of a path. Patterns stand in table order in one bucket for each number of segments, so
// that a look-up compares a handful of them and the reader's rule holds: the first line that matches decides.
type router struct {
	buckets [maxSegments + 1][]*pattern
	routes  []Route
}

// newRouter compiles a table. It refuses a line that can never be reached, because a table that lies about itself is
// how a special route gets answered by a general one.
func newRouter(routes []Route) (*router, error) {
	rt := &router{routes: slices.Clone(routes)}
	var patterns []*pattern
	for i := range rt.routes {
		r := &rt.routes[i]
		if err := r.complete(); err != nil {
			return nil, fmt.Errorf("route %q: %w", r.Name, err)
		}
		if r.Handler == nil {
			return nil, fmt.Errorf("route %q: no handler", r.Name)
		}
		p, err := compile(r)
		if err != nil {
			return nil, fmt.Errorf("route %q: %w", r.Name, err)
		}
		if patterns, err = place(patterns, p, r); err != nil {
			return nil, fmt.Errorf("route %q: %w", r.Name, err)
		}
	}
	for _, p := range patterns {
		rt.index(p)
	}
	return rt, nil
}

// complete tells what is missing for the route to be documented.
func (r *Route) complete() error {
	switch {
	case r.Name == "" || r.Doc == "" || r.Permission == "":
		return errors.New("name, doc and permission must all be given (permission \"none\" for a public route)")
	case r.Method == "" || r.Method != strings.ToUpper(r.Method):
		return fmt.Errorf("method %q is not one upper-case method", r.Method)
	}
	return nil
}

// place adds the route to the pattern of the same text, or adds its pattern.
func place(patterns []*pattern, p *pattern, r *Route) ([]*pattern, error) {
	for _, q := range patterns {
		if q.text == p.text && q.fold == p.fold && q.slash == p.slash {
			if q.route(r.Method) != nil {
				return nil, fmt.Errorf("%s %s stands twice", r.Method, r.Pattern)
			}
			q.routes = append(q.routes, r)
			return patterns, nil
		}
		if q.covers(p) {
			return nil, fmt.Errorf("%s can never be reached: %s stands above it", p.text, q.text)
		}
	}
	p.routes = []*Route{r}
	return append(patterns, p), nil
}

// index puts p into the bucket of every number of segments that it can match.
func (rt *router) index(p *pattern) {
	n := len(p.head)
	last := n
	if p.open != "" {
		n, last = n+len(p.tail)+1, maxSegments
	}
	for ; n <= last; n++ {
		rt.buckets[n] = append(rt.buckets[n], p)
	}
}

// find gives the pattern of an escaped path and fills its parameters; nil when there is none.
func (rt *router) find(path string, params *params) *pattern {
	var buf [maxSegments]string
	segs, slash, ok := splitPath(buf[:0], path)
	if !ok {
		return nil
	}
	for _, p := range rt.buckets[len(segs)] {
		if p.matches(segs, slash) {
			params.fill(p, segs)
			return p
		}
	}
	return nil
}

// route gives the route of a method, or nil.
func (p *pattern) route(method string) *Route {
	for _, r := range p.routes {
		if r.Method == method {
			return r
		}
	}
	return nil
}

// allow lists the methods that the pattern has, for the Allow header (RFC 9110 section 10.2.1).
func (p *pattern) allow() string {
	methods := make([]string, 0, len(p.routes))
	for _, r := range p.routes {
		methods = append(methods, r.Method)
	}
	return strings.Join(methods, ", ")
}

// params are the decoded parameters of one request; the names are the pattern's own.
type params struct{ names, values []string }

// fill decodes the segments that p's parameters took. They decode: splitPath has tried.
func (ps *params) fill(p *pattern, segs []string) {
	if len(p.names) == 0 {
		return
	}
	ps.names, ps.values = p.names, make([]string, 0, len(p.names))
	ps.add(p.head, segs)
	if p.open == "" {
		return
	}
	end := len(segs) - len(p.tail)
	decoded := make([]string, 0, end-len(p.head))
	for _, seg := range segs[len(p.head):end] {
		value, _ := decodeSegment(seg)
		decoded = append(decoded, value)
	}
	ps.values = append(ps.values, strings.Join(decoded, "/"))
	ps.add(p.tail, segs[end:])
}

// add appends the values of one run of segments.
func (ps *params) add(want []segment, segs []string) {
	for i := range want {
		if want[i].param {
			value, _ := decodeSegment(segs[i])
			ps.values = append(ps.values, value)
		}
	}
}

// get gives the value of a parameter, or "".
func (ps *params) get(name string) string {
	if i := slices.Index(ps.names, name); i >= 0 {
		return ps.values[i]
	}
	return ""
}
