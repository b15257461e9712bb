package strictjson

import (
	"bytes"
	"iter"
	"strconv"
)

// Kind is the type of a JSON value.
type Kind uint8

// The kinds of JSON values. Invalid is that of the zero Value only.
const (
	Invalid Kind = iota
	Null
	Bool
	Number
	String
	Array
	ObjectKind
)

// Value is one value of a text that was read by Parse or ParseValue, and therefore is known to be good. It shares the
// memory of that text, which must not be changed. The zero Value has the kind Invalid.
type Value struct {
	raw []byte
	at  int
}

// Raw is the exact text of the value. The caller must not change it.
func (v Value) Raw() []byte { return v.raw }

// Offset is where the value begins in the text that was parsed; see Position.
func (v Value) Offset() int { return v.at }

// Kind tells the type of the value.
func (v Value) Kind() Kind {
	if len(v.raw) == 0 {
		return Invalid
	}
	switch v.raw[0] {
	case '{':
		return ObjectKind
	case '[':
		return Array
	case '"':
		return String
	case 't', 'f':
		return Bool
	case 'n':
		return Null
	}
	return Number
}

// Text gives the contents of a string with the escapes undone; false when the value is no string.
func (v Value) Text() (string, bool) {
	if v.Kind() != String {
		return "", false
	}
	return unquote(v.raw), true
}

// Bool gives a boolean; ok is false when the value is none.
func (v Value) Bool() (value, ok bool) {
	return v.Kind() == Bool && v.raw[0] == 't', v.Kind() == Bool
}

// Float gives a number as the nearest float64, which is finite; false when the value is no number.
func (v Value) Float() (float64, bool) {
	if v.Kind() != Number {
		return 0, false
	}
	f, err := strconv.ParseFloat(string(v.raw), 64)
	return f, err == nil
}

// Elements gives the elements of an array; false when the value is none.
func (v Value) Elements() ([]Value, bool) {
	if v.Kind() != Array {
		return nil, false
	}
	elements := []Value{}
	for at := 1; ; {
		at = skipSpace(v.raw, at)
		if v.raw[at] == ']' {
			return elements, true
		}
		end := skipValue(v.raw, at)
		elements = append(elements, Value{v.raw[at:end:end], v.at + at})
		at = skipComma(v.raw, end)
	}
}

// Texts gives a string as a list of one, or an array of strings; false for everything else.
func (v Value) Texts() ([]string, bool) {
	if text, ok := v.Text(); ok {
		return []string{text}, true
	}
	elements, ok := v.Elements()
	if !ok {
		return nil, false
	}
	texts := make([]string, len(elements))
	for i, each := range elements {
		if texts[i], ok = each.Text(); !ok {
			return nil, false
		}
	}
	return texts, true
}

// Bounds of what Object makes room for beforehand: members, and the bytes of a text that names are cut from instead of
// copied one by one, since they keep it in memory.
const (
	usualMembers = 32
	sharedText   = 4 << 10
)

// Object gives the members of an object; false when the value is none.
func (v Value) Object() (Object, bool) {
	if v.Kind() != ObjectKind {
		return Object{}, false
	}
	object := Object{text: v.raw, at: v.at, members: make([]place, 0, min(bytes.Count(v.raw, []byte(`":`)), usualMembers))}
	if len(v.raw) <= sharedText {
		object.names = string(v.raw)
	}
	for at := 1; ; {
		at = skipSpace(v.raw, at)
		if v.raw[at] == '}' {
			return object, true
		}
		nameEnd := skipValue(v.raw, at)
		start := skipSpace(v.raw, skipSpace(v.raw, nameEnd)+1)
		end := skipValue(v.raw, start)
		object.members = append(object.members, place{at, nameEnd, start, end})
		at = skipComma(v.raw, end)
	}
}

// nameOf is unquote, as a part of the shared text where that is the same: quoted stands there at at.
func nameOf(quoted []byte, shared string, at int) string {
	if shared == "" || bytes.IndexByte(quoted, '\\') >= 0 {
		return unquote(quoted)
	}
	return shared[at+1 : at+len(quoted)-1]
}

// unquote gives the contents of a string that is known to be good.
func unquote(raw []byte) string { return string(unescape(raw[1 : len(raw)-1])) }

// The skip functions step over text that Check has accepted, so none of them can run past the end.

func skipSpace(b []byte, at int) int {
	for isSpace(b[at]) {
		at++
	}
	return at
}

func skipComma(b []byte, at int) int {
	at = skipSpace(b, at)
	if b[at] == ',' {
		at++
	}
	return at
}

// skipValue gives the end of the value that begins at b[at].
func skipValue(b []byte, at int) int {
	switch b[at] {
	case '"':
		return skipString(b, at)
	case '{', '[':
		return skipNested(b, at)
	}
	for at < len(b) && !isSpace(b[at]) && b[at] != ',' && b[at] != ']' && b[at] != '}' {
		at++
	}
	return at
}

func skipString(b []byte, at int) int {
	for at++; b[at] != '"'; at++ {
		if b[at] == '\\' {
			at++
		}
	}
	return at + 1
}

func skipNested(b []byte, at int) int {
	for open := 0; ; {
		switch b[at] {
		case '"':
			at = skipString(b, at)
			continue
		case '{', '[':
			open++
		case '}', ']':
			open--
		}
		at++
		if open == 0 {
			return at
		}
	}
}

// Member is one name and its value.
type Member struct {
	Name  string // with the escapes undone
	Value Value
	At    int // where the name begins in the text that was parsed; see Position
}

// Object is a JSON object: its members in the order of the text, no name twice. It shares the memory of the text.
type Object struct {
	text    []byte
	at      int    // where text begins in the text that was parsed
	names   string // text once more, if it is short: names are cut from it
	members []place
}

// place is where the name and the value of a member lie in the object's text. A list of them holds no pointers: objects
// are kept by the thousand, and a collector of garbage passes such lists by.
type place struct{ name, nameEnd, start, end int }

func (o *Object) member(p place) Member {
	return Member{Name: nameOf(o.text[p.name:p.nameEnd], o.names, p.name), Value: o.value(p), At: o.at + p.name}
}

func (o *Object) value(p place) Value { return Value{o.text[p.start:p.end:p.end], o.at + p.start} }

// spelled gives the name of a member with the escapes undone, and copies nothing that has none.
func (o *Object) spelled(p place) []byte { return unescape(o.text[p.name+1 : p.nameEnd-1]) }

// Parse reads b, which must be one object within the limits. Errors are *Error. The Object shares the memory of b.
func Parse(b []byte, limits Limits) (Object, error) {
	v, err := ParseValue(b, limits)
	if err != nil {
		return Object{}, err
	}
	object, ok := v.Object()
	if !ok {
		return Object{}, errorAt(b, v.at, Type, "an object is expected")
	}
	return object, nil
}

// ParseValue reads b, which must be one value within the limits. Errors are *Error. The Value shares the memory of b.
func ParseValue(b []byte, limits Limits) (Value, error) {
	if err := Check(b, limits); err != nil {
		return Value{}, err
	}
	at := skipSpace(b, 0)
	end := skipValue(b, at)
	return Value{b[at:end:end], at}, nil
}

// Len is the number of members.
func (o Object) Len() int { return len(o.members) }

// Members gives the members in the order of the text, as a list of the caller's own.
func (o Object) Members() []Member {
	list := make([]Member, len(o.members))
	for i, p := range o.members {
		list[i] = o.member(p)
	}
	return list
}

// All iterates over names and values in the order of the text.
func (o Object) All() iter.Seq2[string, Value] {
	return func(yield func(string, Value) bool) {
		for _, p := range o.members {
			if m := o.member(p); !yield(m.Name, m.Value) {
				return
			}
		}
	}
}

// Get finds the member of exactly this name.
func (o Object) Get(name string) (Value, bool) {
	for _, p := range o.members {
		if string(o.spelled(p)) == name {
			return o.value(p), true
		}
	}
	return Value{}, false
}
