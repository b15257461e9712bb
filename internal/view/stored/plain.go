package stored

import (
	"encoding"
	"encoding/json"
	"reflect"
	"strings"
	"time"
)

// Plain reads values in the plain form, one after the other: each goroutine needs its own. The zero value is ready.
//
// It knows texts that read themselves, strings, whole numbers, truths and structs of them. A field of any other type may
// only be absent. Values that came a few records before are used again, so that what many records share, such as their
// tenant, is read and held once: texts must read themselves into what nobody changes.
type Plain struct{ layouts map[reflect.Type]*layout }

// Read fills in the record that r points to. If it gives false, the value has another form or is wrong, and the record is
// filled in half.
func (p *Plain) Read(value []byte, r any) bool {
	record := reflect.ValueOf(r).Elem()
	reader := NewReader(value)
	p.layout(record.Type()).read(&reader, record)
	return reader.Done()
}

// layout is the order in which the encoder writes the fields of a struct.
type layout struct {
	fields []field
	odd    bool // it has parts that the encoder does not write in that order
}

type field struct {
	index    int
	name     string
	optional bool // left out when empty
	typ      reflect.Type
	known    bool    // a type that can be read here
	text     bool    // it reads itself
	inner    *layout // of a struct, or of what a pointer to one points to
	recent   [4]recent
	next     int // the one of recent to be replaced
}

// recent is a value that a field had lately.
type recent struct {
	text  []byte
	value reflect.Value
}

func (p *Plain) layout(t reflect.Type) *layout {
	if l := p.layouts[t]; l != nil {
		return l
	}
	if p.layouts == nil {
		p.layouts = make(map[reflect.Type]*layout)
	}
	l := new(layout)
	p.layouts[t] = l
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case name == "-" || !f.IsExported() && !f.Anonymous:
		case f.Anonymous || name == "" || strings.Contains(options, "string"):
			l.odd = true
		default:
			l.fields = append(l.fields, p.field(i, name, options, f.Type))
		}
	}
	return l
}

func (p *Plain) field(index int, name, options string, t reflect.Type) field {
	f := field{index: index, name: name, optional: strings.HasPrefix(options, "omit"), typ: t}
	inner := t
	if t.Kind() == reflect.Pointer {
		inner = t.Elem()
	}
	own := reflect.PointerTo(inner)
	switch {
	case own.Implements(reflect.TypeFor[encoding.TextUnmarshaler]()) && (t == reflect.TypeFor[time.Time]() || !ownJSON(own)):
		f.text = t == inner
	case inner.Kind() == reflect.Struct && !ownJSON(own):
		f.inner = p.layout(inner)
	}
	f.known = f.text || f.inner != nil || t == inner && !ownJSON(own)
	return f
}

// ownJSON tells whether a type has a form of JSON of its own. That of time.Time is its text.
func ownJSON(t reflect.Type) bool { return t.Implements(reflect.TypeFor[json.Unmarshaler]()) }

func (l *layout) read(r *Reader, record reflect.Value) {
	r.Begin()
	for i := range l.fields {
		f := &l.fields[i]
		if r.Has(f.name) {
			f.read(r, record.Field(f.index))
		} else if !f.optional {
			r.Fail()
		}
	}
	r.End()
	if l.odd {
		r.Fail()
	}
}

func (f *field) read(r *Reader, into reflect.Value) {
	switch kind := f.typ.Kind(); {
	case !f.known:
		r.Fail()
	case f.text:
		f.recall(r, into)
	case kind == reflect.Pointer && f.inner != nil:
		into.Set(reflect.New(f.typ.Elem()))
		f.inner.read(r, into.Elem())
	case f.inner != nil:
		f.inner.read(r, into)
	case kind == reflect.String:
		into.SetString(string(r.Text()))
	case kind == reflect.Int, kind == reflect.Int64:
		into.SetInt(r.Number())
	case kind == reflect.Bool:
		into.SetBool(r.Truth())
	default:
		r.Fail()
	}
}

// recall reads a text, or uses again what the same text meant lately.
func (f *field) recall(r *Reader, into reflect.Value) {
	text := r.Text()
	for i := range f.recent {
		if known := &f.recent[i]; known.value.IsValid() && string(known.text) == string(text) {
			into.Set(known.value)
			return
		}
	}
	if into.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText(text) != nil {
		r.Fail()
		return
	}
	replaced := &f.recent[f.next]
	f.next = (f.next + 1) % len(f.recent)
	if !replaced.value.IsValid() {
		replaced.value = reflect.New(f.typ).Elem()
	}
	replaced.text = append(replaced.text[:0], text...)
	replaced.value.Set(into)
}
