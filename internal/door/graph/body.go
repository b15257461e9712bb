package graph

import (
	"strings"
	"time"

	"github.com/lanyard-id/lanyard/internal/web"
	"github.com/lanyard-id/lanyard/verify/strictjson"
)

// members reads the body as one JSON object, by names in lower case: Graph's names are compared ignoring ASCII case, and
// two that differ in nothing else are refused.
func (c *call) members() (map[string]strictjson.Value, error) {
	b, err := web.ReadBody(c.r)
	if err != nil {
		return nil, err
	}
	o, err := strictjson.Parse(b, strictjson.Limits{})
	if err != nil {
		return nil, badBody("Unable to read JSON request payload: %s.", err)
	}
	return lowered(o)
}

func lowered(o strictjson.Object) (map[string]strictjson.Value, error) {
	out := map[string]strictjson.Value{}
	for called, v := range o.All() {
		key := ascii(called)
		if _, twice := out[key]; twice {
			return nil, badBody("The property '%.40s' stands twice in different case.", called)
		}
		out[key] = v
	}
	return out, nil
}

// ascii puts the letters of ASCII into lower case and leaves others alone.
func ascii(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

// only refuses properties that are not among those known, unless they say nothing.
func only(m map[string]strictjson.Value, known ...string) error {
	for called, v := range m {
		found := strings.HasPrefix(called, "@odata.")
		for _, k := range known {
			found = found || k == called
		}
		if !found && !empty(v) {
			return badBody("The property '%.60s' is not offered.", called)
		}
	}
	return nil
}

// empty tells whether a value says nothing: null, false, or a list or object of nothing else.
func empty(v strictjson.Value) bool {
	switch v.Kind() {
	case strictjson.Invalid, strictjson.Null:
		return true
	case strictjson.Bool:
		b, _ := v.Bool()
		return !b
	case strictjson.Array:
		list, _ := v.Elements()
		return len(list) == 0
	case strictjson.ObjectKind:
		o, _ := v.Object()
		for _, inner := range o.All() {
			if !empty(inner) {
				return false
			}
		}
		return true
	case strictjson.String, strictjson.Number:
	}
	return false
}

// textOf gives a property that must be a string; there is false when it is missing or null.
func textOf(m map[string]strictjson.Value, called string) (s string, there bool, err error) {
	v, ok := m[ascii(called)]
	if !ok || v.Kind() == strictjson.Null {
		return "", false, nil
	}
	if s, ok = v.Text(); !ok {
		return "", false, badBody("The property '%s' must be a string.", called)
	}
	return s, true, nil
}

// texts gives a property that must be a list of strings.
func texts(m map[string]strictjson.Value, called string) (list []string, there bool, err error) {
	v, ok := m[ascii(called)]
	if !ok || v.Kind() == strictjson.Null {
		return nil, false, nil
	}
	if list, ok = v.Texts(); !ok || v.Kind() != strictjson.Array {
		return nil, false, badBody("The property '%s' must be a list of strings.", called)
	}
	return list, true, nil
}

// objects gives a property that must be a list of objects.
func objects(m map[string]strictjson.Value, called string) (list []map[string]strictjson.Value, there bool, err error) {
	v, ok := m[ascii(called)]
	if !ok || v.Kind() == strictjson.Null {
		return nil, false, nil
	}
	elements, ok := v.Elements()
	if !ok {
		return nil, false, badBody("The property '%s' must be a list of objects.", called)
	}
	for _, e := range elements {
		o, ok := e.Object()
		if !ok {
			return nil, false, badBody("The property '%s' must be a list of objects.", called)
		}
		inner, err := lowered(o)
		if err != nil {
			return nil, false, err
		}
		list = append(list, inner)
	}
	return list, true, nil
}

// instant gives a property that must be a time; zero when it is missing or null.
func instant(m map[string]strictjson.Value, called string) (time.Time, error) {
	s, there, err := textOf(m, called)
	if err != nil || !there {
		return time.Time{}, err
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return time.Time{}, badBody("The property '%s' must be a time such as 2026-01-02T03:04:05Z.", called)
	}
	return t, nil
}
