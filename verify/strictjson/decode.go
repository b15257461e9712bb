package strictjson

import (
	"encoding"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
)

// Decode checks b against the limits and stores it in the value that dst points to, as encoding/json does, with one
// difference: in the structs that dst is made of, a name that equals a field's name only when case is ignored is an
// error, where encoding/json would take it for the field. Unknown names are ignored. Types that unmarshal themselves
// are on their own. Errors about the text are *Error.
func Decode(b []byte, limits Limits, dst any) error {
	v, err := ParseValue(b, limits)
	if err != nil {
		return err
	}
	if err := exactNames(b, v, reflect.TypeOf(dst)); err != nil {
		return err
	}
	err = json.Unmarshal(b, dst)
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return errorAt(b, int(wrong.Offset), Type, "%s does not fit here: field %q is of type %s",
			wrong.Value, wrong.Field, wrong.Type)
	}
	return err
}

// exactNames refuses names that only resemble those of the fields that v is going to be stored in.
func exactNames(b []byte, v Value, t reflect.Type) error {
	for t != nil && t.Kind() == reflect.Pointer && !unmarshalsItself(t) {
		t = t.Elem()
	}
	if t == nil || unmarshalsItself(t) {
		return nil
	}
	switch t.Kind() {
	case reflect.Struct:
		return exactFields(b, v, t)
	case reflect.Map:
		return exactValues(b, v, t.Elem())
	case reflect.Slice, reflect.Array:
		elements, _ := v.Elements()
		for _, each := range elements {
			if err := exactNames(b, each, t.Elem()); err != nil {
				return err
			}
		}
	}
	return nil
}

func exactValues(b []byte, v Value, t reflect.Type) error {
	object, _ := v.Object()
	for _, p := range object.members {
		if err := exactNames(b, object.value(p), t); err != nil {
			return err
		}
	}
	return nil
}

func exactFields(b []byte, v Value, t reflect.Type) error {
	object, _ := v.Object()
	names, types := fields(t)
	for _, p := range object.members {
		m := object.member(p)
		if field, ok := types[m.Name]; ok {
			if err := exactNames(b, m.Value, field); err != nil {
				return err
			}
		} else if of, found := lookalike(m.Name, names); found {
			return errorAt(b, m.At, FoldName, "name %q is not %q", shown(m.Name), of)
		}
	}
	return nil
}

// unmarshalsItself tells whether encoding/json hands a value of this type the raw text.
func unmarshalsItself(t reflect.Type) bool {
	return reflect.PointerTo(t).Implements(reflect.TypeFor[json.Unmarshaler]()) ||
		reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
}

// fields gives the JSON names of a struct's fields, those of embedded structs included, and their types. Where a name
// occurs at several depths, the shallowest counts.
func fields(t reflect.Type) (names []string, types map[string]reflect.Type) {
	types = map[string]reflect.Type{}
	depth := map[string]int{}
	for _, f := range reflect.VisibleFields(t) {
		name := jsonName(f)
		if name == "" || !reachable(t, f.Index) {
			continue
		}
		before, known := depth[name]
		if known && before <= len(f.Index) {
			continue
		}
		if !known {
			names = append(names, name)
		}
		depth[name], types[name] = len(f.Index), f.Type
	}
	return names, types
}

// jsonName is the name under which encoding/json reads a field, or "" when it does not. An embedded struct without a
// name is no field: its own fields are.
func jsonName(f reflect.StructField) string {
	tag := f.Tag.Get("json")
	name, _, _ := strings.Cut(tag, ",")
	switch {
	case tag == "-":
		return ""
	case f.Anonymous && structBehind(f.Type):
		return name
	case !f.IsExported():
		return ""
	case name != "":
		return name
	}
	return f.Name
}

// structBehind tells whether t is a struct or a pointer to one, whose fields encoding/json lifts when it is embedded.
func structBehind(t reflect.Type) bool {
	return t.Kind() == reflect.Struct || t.Kind() == reflect.Pointer && t.Elem().Kind() == reflect.Struct
}

// reachable tells whether all structs around the field at index are lifted: embedded without a JSON name of their own.
func reachable(t reflect.Type, index []int) bool {
	for end := 1; end < len(index); end++ {
		outer := t.FieldByIndex(index[:end])
		name, _, _ := strings.Cut(outer.Tag.Get("json"), ",")
		if name != "" {
			return false
		}
	}
	return true
}
