package kit

import (
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/fault"
)

func TestObject(t *testing.T) {
	o, err := ParseObject([]byte(`{"Location":"here","tags":{"A":"1","a":"2"},"properties":{"audiences":["x"],"n":1},"kind":null}`))
	if err != nil {
		t.Fatal(err)
	}
	if s, err := o.Text("location"); s != "here" || err != nil {
		t.Errorf("location is %q, %v", s, err)
	}
	if s, err := o.Text("kind"); s != "" || err != nil {
		t.Errorf("kind is %q, %v", s, err)
	}
	if tags, ok, err := o.Tags(); !ok || err != nil || len(tags) != 2 {
		t.Errorf("tags are %v, %v: a free-form bag keeps its names", tags, err)
	}
	in, ok, err := o.Object("Properties")
	if !ok || err != nil {
		t.Fatal(err)
	}
	if list, err := in.Texts("audiences"); len(list) != 1 || err != nil {
		t.Errorf("audiences are %v, %v", list, err)
	}
	if _, err := in.Texts("n"); !fault.Is(err, BadBody) || !strings.Contains(err.Error(), "Properties.n' is not an array") {
		t.Errorf("a number as a list: %v", err)
	}
}

func TestObjectRefuses(t *testing.T) {
	for text, of := range map[string]string{
		`{"location":"a","Location":"b"}`: "location", `{"location":1}`: "location", `{"location":{}}`: "location",
	} {
		o, err := ParseObject([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if s, err := o.Text(of); !fault.Is(err, BadBody) {
			t.Errorf("%s: %q, %v", text, s, err)
		}
	}
	for _, text := range []string{``, `[]`, `1`, `{"a":1,"a":2}`, `{"a":1}x`, "{\"a\":\"\xff\"}", strings.Repeat(`{"a":`, 70) + "1" + strings.Repeat("}", 70)} {
		if _, err := ParseObject([]byte(text)); !fault.Is(err, BadBody) {
			t.Errorf("%.40q: %v", text, err)
		}
	}
}

// FuzzParseObject reads junk in every way that operations do.
func FuzzParseObject(f *testing.F) {
	f.Add(`{"location":"a","tags":{"k":"v"},"identity":{"type":"None"},"properties":{"audiences":["x"]}}`)
	f.Add(`{"LOCATION":"a","location":"b"}`)
	f.Fuzz(func(t *testing.T, text string) {
		o, err := ParseObject([]byte(text))
		if err != nil {
			if fault.From(err).Kind != fault.Invalid {
				t.Errorf("%q: %v", text, err)
			}
			return
		}
		for _, called := range []string{"location", "tags", "identity", "properties"} {
			_, err1 := o.Text(called)
			_, err2 := o.Texts(called)
			in, ok, err3 := o.Object(called)
			if err1 == nil && err2 == nil && err3 == nil && ok {
				t.Errorf("%q: %s is everything at once", text, called)
			}
			if ok {
				_, _, _ = in.Tags()
			}
		}
	})
}
