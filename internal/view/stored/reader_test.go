package stored_test

import (
	"bytes"
	"encoding/json"
	"net/netip"
	"reflect"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/internal/view/stored"
)

// walked is what both decoders are asked for.
type walked struct {
	A string          `json:"a"`
	N int64           `json:"n,omitempty"`
	T bool            `json:"t,omitempty"`
	M map[string]bool `json:"m,omitempty"`
	O struct {
		B string `json:"b,omitempty"`
	} `json:"o"`
	P *inner     `json:"p,omitempty"`
	W netip.Addr `json:"w,omitzero"` // something that reads itself
	X time.Time  `json:"x,omitzero"`
	Y lowered    `json:"y,omitempty"`
}

// lowered has a form of its own.
type lowered string

func (l *lowered) UnmarshalJSON(value []byte) error {
	*l = lowered(bytes.ToLower(value))
	return nil
}

type inner struct {
	C int `json:"c"`
}

func walk(value []byte) (w walked, ok bool) {
	ok = new(stored.Plain).Read(value, &w)
	return w, ok
}

func TestPlainForm(t *testing.T) {
	for value, want := range map[string]string{
		`{"a":"","o":{}}`:                               `{"a":"","o":{}}`,
		`{"a":"x","n":12,"o":{"b":"y"}}`:                `{"a":"x","n":12,"o":{"b":"y"}}`,
		`{"a":"x","t":true,"o":{}}`:                     `{"a":"x","t":true,"o":{}}`,
		`{"a":"x","t":false,"o":{}}`:                    `{"a":"x","o":{}}`,
		`{"a":"x","o":{},"p":{"c":1}}`:                  `{"a":"x","o":{},"p":{"c":1}}`,
		`{"a":"x","o":{},"w":"::1"}`:                    `{"a":"x","o":{},"w":"::1"}`,
		`{"a":"x","o":{},"w":"1.2"}`:                    "false", // no address
		`{"a":"x","o":{},"x":"2026-01-02T03:04:05.6Z"}`: `{"a":"x","o":{},"x":"2026-01-02T03:04:05.6Z"}`,
		`{"a":"x","o":{},"x":"2026-01-02 03:04:05Z"}`:   "false",
		`{"a":"x","o":{},"y":"Y"}`:                      "false", // a form of its own
		`{"a":"x","t":maybe,"o":{}}`:                    "false",
		`{"a":"x","m":{"y":true},"o":{}}`:               "false", // a type that is not known
		`{"a":"x"}`:                                     "false", // what must be there is not
		`{"a":"x","o":{},"p":{}}`:                       "false",
		`{"a":"x","o":{"b":"y"}} `:                      "false", // white space
		`{"a": "x","o":{}}`:                             "false",
		`{"o":{},"a":"x"}`:                              "false", // another order
		`{"a":"x","n":012,"o":{}}`:                      "false", // no JSON
		`{"a":"x","n":-1,"o":{}}`:                       "false",
		`{"a":"x","n":1e3,"o":{}}`:                      "false",
		`{"a":"x","n":1234567890123456789,"o":{`:        "false",
		`{"a":"\u0078","o":{}}`:                         "false", // an escape
		`{"a":"é","o":{}}`:                              "false",
		"{\"a\":\"\x01\",\"o\":{}}":                     "false",
		`{"a":"x","o":{"c":1}}`:                         "false", // an unknown field
		`{"a":"x","a":"y","o":{}}`:                      "false", // a field twice
		`{"a":"x","o":{}}{}`:                            "false",
		`{,"a":"x","o":{}}`:                             "false",
		`{"a":"x""o":{}}`:                               "false",
		`{"a":"x`:                                       "false",
		``:                                              "false",
	} {
		w, ok := walk([]byte(value))
		got := "false"
		if ok {
			again, err := json.Marshal(w)
			if err != nil {
				t.Fatal(err)
			}
			got = string(again)
		}
		if got != want {
			t.Errorf("%s: %s, want %s", value, got, want)
		}
	}
}

// FuzzReader holds what the reader accepts equal to what the general decoder makes of it.
func FuzzReader(f *testing.F) {
	f.Add([]byte(`{"a":"x","n":12,"o":{"b":"y"}}`))
	f.Add([]byte(`{"a":"","n":0,"t":false,"o":{},"p":{"c":7},"w":"127.0.0.1"}`))
	f.Fuzz(func(t *testing.T, value []byte) {
		got, ok := walk(value)
		if !ok {
			return
		}
		var want walked
		if err := json.Unmarshal(value, &want); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, want %+v (%v)", value, got, want, err)
		}
	})
}

// TestSharedValuesAreHeldOnce reads two records that share a text, and one that must not get it.
func TestSharedValuesAreHeldOnce(t *testing.T) {
	type record struct {
		W counted `json:"w"`
	}
	var p stored.Plain
	var list [7]record
	for i, text := range []string{"a", "a", "b", "c", "d", "e", "a"} {
		if !p.Read([]byte(`{"w":"`+text+`"}`), &list[i]) || list[i].W.text != text {
			t.Fatalf("%s became %+v", text, list[i])
		}
	}
	if list[0].W.made != list[1].W.made || list[0].W.made == list[6].W.made {
		t.Error("a text is held as often as it is read, or for ever")
	}
}

// counted tells one reading from the other.
type counted struct {
	text string
	made *int
}

func (c *counted) UnmarshalText(text []byte) error {
	*c = counted{string(text), new(int)}
	return nil
}

// TestAnEmbeddedStructIsLeftToTheGeneralDecoder, because its fields stand among the others.
func TestAnEmbeddedStructIsLeftToTheGeneralDecoder(t *testing.T) {
	var record struct {
		inner
		D int `json:"d"`
	}
	if new(stored.Plain).Read([]byte(`{"d":1}`), &record) {
		t.Error("a field was passed over")
	}
}

func TestGeneralReadsOneValueAfterTheOther(t *testing.T) {
	var g stored.General
	for value, good := range map[string]bool{
		`{"c":1}`: true, ` {"c": 1} `: true, `{"c":1}{}`: false, `{"c":1,"d":2}`: false, `{"c":`: false, `{"C":2}`: true,
	} {
		var into inner
		if err := g.Read([]byte(value), &into); (err == nil) != good {
			t.Errorf("%s: %v", value, err)
		}
	}
}
