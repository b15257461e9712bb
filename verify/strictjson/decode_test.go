package strictjson

import (
	"encoding/json"
	"errors"
	"reflect"
	"testing"
	"time"
)

type base struct {
	ID    string `json:"id"`
	Other kept   `json:"shadow"`
}

// Late is embedded after the fields that hide its own.
type Late struct {
	Deep kept `json:"name"`
	Lone string
}

type boxed struct{ Inner string }

type kept struct{ Own string }

type sized int

type document struct {
	base
	*boxed
	sized
	Named   kept             `json:"named"`
	Name    string           `json:"name,omitempty"`
	Plain   string           // the field's own name
	Shadow  string           `json:"shadow"`
	Secret  string           `json:"-"`
	hidden  string           // must not count as a field
	List    []kept           `json:"list"`
	Pair    [2]kept          `json:"pair"`
	Map     map[string]kept  `json:"map"`
	Pointer *kept            `json:"pointer"`
	When    time.Time        `json:"when"`
	Raw     *json.RawMessage `json:"raw"`
	Any     any              `json:"any"`
	Twin    string           `json:"twin"`
	TWIN    string           `json:"TWIN"`
	tagged  `json:"tagged"`
	Late
}

type tagged struct{ Lifted string }

func TestDecodeFills(t *testing.T) {
	text := `{"id":"1","Inner":"i","name":"n","Plain":"p","shadow":"s","-":"d","list":[{"Own":"a"}],"pair":[{"Own":"b"},{}],
		"map":{"OWN":{"Own":"c"}},"pointer":{"Own":"e"},"when":"2026-01-02T03:04:05Z","raw":{"ANY":1},"any":{"NAME":1},
		"twin":"l","TWIN":"u","unknown":{"ID":1},"Secret":1,"hidden":1,"Hidden":1,"lifted":1,"LIFTED":1,"named":{"Own":"f"},"tagged":{"Lifted":"t"},"Lone":"o"}`
	got := document{boxed: &boxed{}}
	if err := Decode([]byte(text), Limits{}, &got); err != nil {
		t.Fatal(err)
	}
	raw := json.RawMessage(`{"ANY":1}`)
	want := document{
		base: base{ID: "1"}, boxed: &boxed{Inner: "i"}, Name: "n", Plain: "p", Shadow: "s",
		List: []kept{{Own: "a"}}, Pair: [2]kept{{Own: "b"}}, Map: map[string]kept{"OWN": {Own: "c"}},
		Pointer: &kept{Own: "e"}, When: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Raw: &raw,
		Any: map[string]any{"NAME": 1.0}, Twin: "l", TWIN: "u", Named: kept{Own: "f"},
		tagged: tagged{Lifted: "t"}, Late: Late{Lone: "o"}, sized: 0, hidden: "",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("Decode = %+v, want %+v", got, want)
	}
}

func TestDecodeRefuses(t *testing.T) {
	for _, tc := range []struct {
		text   string
		why    Why
		offset int
	}{
		{`{"NAME":"x"}`, FoldName, 1},
		{`{"name":"a","Name":"b"}`, FoldName, 12},
		{`{"plain":"x"}`, FoldName, 1},
		{`{"ID":"x"}`, FoldName, 1},
		{`{"inner":"x"}`, FoldName, 1},
		{`{"Twin":"x"}`, FoldName, 1},
		{`{"li\u017ft":[]}`, FoldName, 1},
		{`{"list":[{"Own":"a"},{"own":"b"}]}`, FoldName, 22},
		{`{"pair":[{"OWN":"a"}]}`, FoldName, 10},
		{`{"map":{"k":{"own":"a"}}}`, FoldName, 13},
		{`{"pointer":{"own":"a"}}`, FoldName, 12},
		{`{"named":{"own":"a"}}`, FoldName, 10},
		{`{"TAGGED":{}}`, FoldName, 1},
		{`{"tagged":{"lifted":1}}`, FoldName, 11},
		{`{"lone":"x"}`, FoldName, 1},
		{`{"name":1}`, Type, 9},
		{`{"name":"a","name":"b"}`, Duplicate, 12},
		{`{`, Syntax, 1},
	} {
		var d document
		err := Decode([]byte(tc.text), Limits{}, &d)
		if got, ok := errors.AsType[*Error](err); !ok || got.Why != tc.why || got.Offset != tc.offset {
			t.Errorf("Decode(%s) = %v (%+v), want %s at %d", tc.text, err, got, tc.why, tc.offset)
		}
	}
}

func TestDecodeOtherDestinations(t *testing.T) {
	var anything any
	if err := Decode([]byte(`{"a":[1]}`), Limits{}, &anything); err != nil || anything == nil {
		t.Errorf("Decode into any = %v, %v", anything, err)
	}
	var number int
	if err := Decode([]byte(`7`), Limits{}, &number); err != nil || number != 7 {
		t.Errorf("Decode into int = %d, %v", number, err)
	}
	var list []kept
	if err := Decode([]byte(`{"own":1}`), Limits{}, &list); err == nil {
		t.Error("Decode puts an object into a list")
	}
	if err := Decode([]byte(`{}`), Limits{}, nil); err == nil {
		t.Error("Decode into nil reports no error")
	}
	if err := Decode([]byte(`{}`), Limits{}, kept{}); err == nil {
		t.Error("Decode into a struct that is no pointer reports no error")
	}
}
