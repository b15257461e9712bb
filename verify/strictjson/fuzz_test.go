package strictjson

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"
)

// FuzzParse compares with encoding/json: what is accepted here must be accepted there, with equal values all the way
// down, and whatever is refused here without need must be refused there too.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		`{}`, `[]`, `{"a":1,"a":2}`, `{"a":{"b":[1,2.5,-0,1e5,"x\u00e9\ud83d\ude00",null,true,false]}}`, `"\ud800"`,
		"\"\xff\"", ` [ 1 , { "x" : [ ] } ] `, `{"\u0061":1}`, nestedText(64), nestedText(65), `1e999`, `"\u0000"`,
		manyMembers(20, `"name3":1`), manyMembers(20, `"x":1`), `{} x`, `{"a":"}]\""}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		limits := Limits{AllowNUL: true}
		v, err := ParseValue(text, limits)
		if e, _ := err.(*Error); err != nil { //nolint:errorlint // the error itself must be one of ours
			if (e.Why == Syntax || e.Why == Trailing) && json.Valid(text) {
				t.Fatalf("encoding/json accepts what is refused with %v", err)
			}
			return
		}
		var want any
		if err := json.Unmarshal(text, &want); err != nil {
			t.Fatalf("encoding/json refuses what was accepted: %v", err)
		}
		if got := tree(t, v); !reflect.DeepEqual(got, want) {
			t.Fatalf("read %#v, encoding/json reads %#v", got, want)
		}
		if v.Kind() == ObjectKind && bytes.IndexByte(text, '{') != v.Offset() {
			t.Fatalf("the value is said to begin at %d", v.Offset())
		}
	})
}

// tree turns a Value into what encoding/json makes of it.
func tree(t *testing.T, v Value) any {
	switch v.Kind() {
	case Null:
		return nil
	case Bool:
		b, _ := v.Bool()
		return b
	case Number:
		number, _ := v.Float()
		return number
	case String:
		text, _ := v.Text()
		return text
	case Array:
		elements, _ := v.Elements()
		list := make([]any, len(elements))
		for i, each := range elements {
			list[i] = tree(t, each)
		}
		return list
	case ObjectKind:
		object, _ := v.Object()
		members := map[string]any{}
		for name, value := range object.All() {
			members[name] = tree(t, value)
		}
		return members
	default:
		t.Fatalf("a value of no kind: %q", v.Raw())
		return nil
	}
}
