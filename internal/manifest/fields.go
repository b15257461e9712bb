package manifest

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/verify/strictjson"
)

// Seconds is a length of time, written like "90s" or "1h".
type Seconds struct {
	N  int // 0 is "not given"
	At Position
}

// Number is a whole number.
type Number struct {
	N     int
	At    Position
	Given bool
}

// fields reads the keys of one mapping. The first thing that is wrong is kept in err and ends the reading; keys that
// nobody asked for are found by finish.
type fields struct {
	at    Position
	what  string // for errors: "a Role"
	nodes map[string]*yaml.Node
	keys  map[string]Position
	asked map[string]bool
	err   error
}

func fieldsOf(n *yaml.Node, what string) (*fields, error) {
	f := &fields{at: Position{n.Line, n.Column}, what: what}
	if n.Kind != yaml.MappingNode {
		return f, refuse(f.at, WrongType, "%s must be a mapping of keys to values", what)
	}
	f.nodes = make(map[string]*yaml.Node, len(n.Content)/2)
	f.keys = make(map[string]Position, len(n.Content)/2)
	f.asked = make(map[string]bool, len(n.Content)/2)
	for i := 0; i < len(n.Content); i += 2 {
		key := n.Content[i]
		f.nodes[key.Value] = n.Content[i+1]
		f.keys[key.Value] = Position{key.Line, key.Column}
	}
	return f, nil
}

// finish gives the first error; a key that was not asked for is one. It comes before a key that is missing, because a
// misspelt key is usually both.
func (f *fields) finish() error {
	if f.err != nil && fault.From(f.err).Reason != Missing {
		return f.err
	}
	for _, key := range slices.Sorted(maps.Keys(f.nodes)) {
		if !f.asked[key] {
			f.err = refuse(f.keys[key], UnknownKey, "%s has no key %q: it knows %s",
				f.what, key, strings.Join(slices.Sorted(maps.Keys(f.asked)), ", "))
			return f.err
		}
	}
	return f.err
}

// fail keeps the first error.
func (f *fields) fail(err error) {
	if f.err == nil {
		f.err = err
	}
}

// node gives the value of a key; nil when it is not given or reading has failed already.
func (f *fields) node(key string) *yaml.Node {
	f.asked[key] = true
	if f.err != nil {
		return nil
	}
	return f.nodes[key]
}

// text reads a string that may be left out.
func (f *fields) text(key string) Text {
	n := f.node(key)
	if n == nil {
		return Text{}
	}
	return f.textOf(n, key)
}

// required reads a string that must be given and not be empty.
func (f *fields) required(key string) Text {
	t := f.text(key)
	if t.IsZero() {
		f.missing(key)
	}
	return t
}

func (f *fields) missing(key string) {
	f.fail(refuse(f.at, Missing, "%s needs the key %q", f.what, key))
}

func (f *fields) textOf(n *yaml.Node, key string) Text {
	t := Text{Raw: n.Value, At: Position{n.Line, n.Column}}
	if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!str" {
		f.fail(refuse(t.At, WrongType, "%q must be a string: put it in quotes if it looks like something else", key))
		return Text{}
	}
	if err := checkReferences(t); err != nil {
		f.fail(err)
	}
	return t
}

// texts reads a list of strings.
func (f *fields) texts(key string) []Text {
	var list []Text
	f.each(key, func(n *yaml.Node) {
		t := f.textOf(n, key)
		if t.IsZero() {
			f.fail(refuse(Position{n.Line, n.Column}, Missing, "an entry of %q is empty", key))
		}
		list = append(list, t)
	})
	return list
}

// each calls read for every entry of a list.
func (f *fields) each(key string, read func(*yaml.Node)) {
	n := f.node(key)
	if n == nil {
		return
	}
	if n.Kind != yaml.SequenceNode {
		f.fail(refuse(Position{n.Line, n.Column}, WrongType, "%q must be a list", key))
		return
	}
	for _, entry := range n.Content {
		if f.err != nil {
			return
		}
		read(entry)
	}
}

// mapping calls read with the fields of one nested mapping and takes over its error.
func (f *fields) mapping(n *yaml.Node, what string, read func(*fields)) {
	inner, err := fieldsOf(n, what)
	if err == nil {
		read(inner)
		err = inner.finish()
	}
	if err != nil {
		f.fail(err)
	}
}

// tags reads the mapping "tags" of strings to strings.
func (f *fields) tags() Tags {
	n := f.node("tags")
	if n == nil {
		return nil
	}
	tags := Tags{}
	f.mapping(n, "the mapping tags", func(inner *fields) {
		for _, tag := range slices.Sorted(maps.Keys(inner.nodes)) {
			tags[tag] = inner.text(tag)
		}
	})
	return tags
}

// seconds reads a length of time in whole seconds.
func (f *fields) seconds(key string) Seconds {
	t := f.text(key)
	if t.IsZero() {
		return Seconds{}
	}
	d, err := time.ParseDuration(t.Raw)
	if err != nil || d <= 0 || d%time.Second != 0 {
		f.fail(refuse(t.At, WrongType, `%q must be a length of time in whole seconds, such as "90s" or "1h"`, key))
		return Seconds{}
	}
	return Seconds{N: int(d / time.Second), At: t.At}
}

// boolean reads true or false; absent is false.
func (f *fields) boolean(key string) bool {
	n := f.node(key)
	if n == nil {
		return false
	}
	if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!bool" {
		f.fail(refuse(Position{n.Line, n.Column}, WrongType, "%q must be true or false", key))
		return false
	}
	return strings.EqualFold(n.Value, "true")
}

// oneOrTwo reads a version number.
func (f *fields) oneOrTwo(key string) int {
	n := f.node(key)
	if n == nil {
		return 1
	}
	switch {
	case n.Kind == yaml.ScalarNode && n.ShortTag() == "!!int" && n.Value == "1":
		return 1
	case n.Kind == yaml.ScalarNode && n.ShortTag() == "!!int" && n.Value == "2":
		return 2
	}
	f.fail(refuse(Position{n.Line, n.Column}, WrongType, "%q must be the number 1 or 2", key))
	return 0
}

// number reads a whole number; Given is false where there is none.
func (f *fields) number(key string) Number {
	n := f.node(key)
	if n == nil {
		return Number{}
	}
	value, err := strconv.Atoi(n.Value)
	if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!int" || err != nil {
		f.fail(refuse(Position{n.Line, n.Column}, WrongType, "%q must be a whole number", key))
		return Number{}
	}
	return Number{N: value, At: Position{n.Line, n.Column}, Given: true}
}

// json reads a JSON object, written as YAML or as text.
func (f *fields) json(key string) JSON {
	n := f.node(key)
	if n == nil {
		return JSON{}
	}
	return f.jsonOf(n, key)
}

func (f *fields) jsonOf(n *yaml.Node, key string) JSON {
	at := Position{n.Line, n.Column}
	text := n.Value
	switch {
	case n.Kind == yaml.MappingNode:
		var b strings.Builder
		if err := writeJSON(&b, n); err != nil {
			f.fail(err)
			return JSON{}
		}
		text = b.String()
	case n.Kind != yaml.ScalarNode || n.ShortTag() != "!!str":
		f.fail(refuse(at, WrongType, "%q must be a mapping, or a JSON object as text", key))
		return JSON{}
	}
	if _, err := strictjson.Parse([]byte(text), strictjson.Limits{}); err != nil {
		f.fail(refuse(at, WrongType, "%q is not a good JSON object: in its text, %s", key, err))
		return JSON{}
	}
	if err := checkReferences(Text{Raw: text, At: at}); err != nil {
		f.fail(err)
	}
	return JSON{Raw: text, At: at}
}
