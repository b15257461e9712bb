package strictjson

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func mustValue(t *testing.T, text string) Value {
	t.Helper()
	v, err := ParseValue([]byte(text), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestParseKeepsOrderAndSpelling(t *testing.T) {
	text := " { \"b\" : 1.50 ,\n\"\\u0061\":[ \"}\\\"]\" , {} ],\"c\":{\"x\":[[]]} , \"d\":\"\\\\\", \"e\":null}\n"
	object, err := Parse([]byte(text), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	var got [][2]string
	for name, value := range object.All() {
		got = append(got, [2]string{name, string(value.Raw())})
		if at := value.Offset(); !strings.HasPrefix(text[at:], string(value.Raw())) {
			t.Errorf("offset %d of %q does not point to its value", at, name)
		}
	}
	want := [][2]string{{"b", "1.50"}, {"a", `[ "}\"]" , {} ]`}, {"c", `{"x":[[]]}`}, {"d", `"\\"`}, {"e", "null"}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("members = %q, want %q", got, want)
	}
	for _, m := range object.Members() {
		if text[m.At] != '"' {
			t.Errorf("the name %q is not at %d", m.Name, m.At)
		}
	}
	if object.Len() != len(want) {
		t.Errorf("Len = %d, want %d", object.Len(), len(want))
	}
}

func TestAllStops(t *testing.T) {
	object, err := Parse([]byte(`{"a":1,"b":2}`), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for name := range object.All() {
		names = append(names, name)
		break
	}
	if !slices.Equal(names, []string{"a"}) {
		t.Errorf("names = %q, want only the first", names)
	}
}

func TestParseRefuses(t *testing.T) {
	for text, why := range map[string]Why{
		`[]`: Type, ` "a"`: Type, `null`: Type, `{`: Syntax, `{"a":1,"a":1}`: Duplicate,
	} {
		_, err := Parse([]byte(text), Limits{})
		if got, ok := errors.AsType[*Error](err); !ok || got.Why != why {
			t.Errorf("Parse(%q) = %v, want %s", text, err, why)
		}
	}
}

func TestGet(t *testing.T) {
	object, err := Parse([]byte(`{"sub":"lower","SUB":"upper"}`), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name, want string
		found      bool
	}{{"sub", "lower", true}, {"SUB", "upper", true}, {"Sub", "", false}, {"", "", false}} {
		value, found := object.Get(tc.name)
		if text, _ := value.Text(); text != tc.want || found != tc.found {
			t.Errorf("Get(%q) = %q, %v, want %q, %v", tc.name, text, found, tc.want, tc.found)
		}
	}
}

func TestValueKinds(t *testing.T) {
	for text, kind := range map[string]Kind{
		`null`: Null, `true`: Bool, `false`: Bool, `-1`: Number, `0`: Number, `""`: String, `[]`: Array, `{}`: ObjectKind,
	} {
		v := mustValue(t, text)
		_, isText := v.Text()
		_, isBool := v.Bool()
		_, isNumber := v.Float()
		_, isArray := v.Elements()
		_, isObject := v.Object()
		got := []bool{isText, isBool, isNumber, isArray, isObject}
		want := []bool{kind == String, kind == Bool, kind == Number, kind == Array, kind == ObjectKind}
		if v.Kind() != kind || !slices.Equal(got, want) {
			t.Errorf("%s: kind %d, accessors %v, want kind %d, accessors %v", text, v.Kind(), got, kind, want)
		}
	}
	if kind := (Value{}).Kind(); kind != Invalid {
		t.Errorf("the zero Value has the kind %d, want Invalid", kind)
	}
}

func TestValueContents(t *testing.T) {
	if text, _ := mustValue(t, `"a\"\\\/\b\f\n\r\t\u00E9\uD83d\uDe00é"`).Text(); text != "a\"\\/\b\f\n\r\té😀é" {
		t.Errorf("Text = %q", text)
	}
	if f, _ := mustValue(t, `-12.5e1`).Float(); f != -125 {
		t.Errorf("Float = %v, want -125", f)
	}
	if yes, _ := mustValue(t, `true`).Bool(); !yes {
		t.Error("true is not true")
	}
	if yes, _ := mustValue(t, `false`).Bool(); yes {
		t.Error("false is true")
	}
}

func TestTexts(t *testing.T) {
	for _, tc := range []struct {
		text string
		want []string
		ok   bool
	}{
		{`"a"`, []string{"a"}, true},
		{`["a","\u0062"]`, []string{"a", "b"}, true},
		{`[]`, []string{}, true},
		{`["a",1]`, nil, false},
		{`[["a"]]`, nil, false},
		{`1`, nil, false},
		{`{"a":"b"}`, nil, false},
	} {
		got, ok := mustValue(t, tc.text).Texts()
		if !reflect.DeepEqual(got, tc.want) || ok != tc.ok {
			t.Errorf("Texts of %s = %q, %v, want %q, %v", tc.text, got, ok, tc.want, tc.ok)
		}
	}
}

func TestGetFold(t *testing.T) {
	object, err := Parse([]byte(`{"Location":"west","tags":{},"TAGS":{},"`+"\u212a"+`ind":"kelvin"}`), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if v, err := object.GetFold("location"); err != nil || string(v.Raw()) != `"west"` {
		t.Errorf("GetFold(location) = %s, %v", v.Raw(), err)
	}
	if v, err := object.GetFold("kind"); err != nil || v.Kind() != Invalid {
		t.Errorf("GetFold(kind) = %s, %v, want nothing: the Kelvin sign is no ASCII letter", v.Raw(), err)
	}
	if _, err := object.GetFold("Tags"); err == nil {
		t.Error("GetFold(Tags) finds two members and reports no error")
	}
	if v, err := object.GetFold("absent"); err != nil || v.Kind() != Invalid {
		t.Errorf("GetFold(absent) = %s, %v, want nothing", v.Raw(), err)
	}
}

func TestLookalike(t *testing.T) {
	known := []string{"sub", "kid", "Sub"}
	for _, tc := range []struct{ text, name, of string }{
		{`{"sub":1,"kid":2,"Sub":3,"other":4}`, "", ""},
		{`{"sub":1,"SUB":2}`, "SUB", "sub"},
		{`{"a":1,"\u017fub":2}`, "\u017fub", "sub"},
		{`{"\u212aid":2}`, "\u212aid", "kid"},
		{`{"KID":2}`, "KID", "kid"},
	} {
		object, err := Parse([]byte(tc.text), Limits{})
		if err != nil {
			t.Fatal(err)
		}
		m, of, found := object.Lookalike(known...)
		if m.Name != tc.name || of != tc.of || found != (tc.of != "") {
			t.Errorf("Lookalike in %s = %q like %q, %v, want %q like %q", tc.text, m.Name, of, found, tc.name, tc.of)
		}
	}
}
