package requestid

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

func TestNewCarriesTimeAndNode(t *testing.T) {
	for _, node := range []Node{0, 1, 0xfff, 0x1000, 0xabcdef, MaxNode} {
		for _, at := range []time.Time{
			time.UnixMilli(0),
			time.Date(2026, 11, 21, 10, 0, 0, 123e6, time.UTC),
			time.UnixMilli(1<<48 - 1),
		} {
			id := New(at, node)
			if got := id.Time(); !got.Equal(at) {
				t.Errorf("node %v: time %v, want %v", node, got, at)
			}
			if got := id.Node(); got != node {
				t.Errorf("node %v, want %v", got, node)
			}
			back, err := Parse(strings.ToUpper(id.String()))
			if err != nil || back != id {
				t.Errorf("Parse(%v) = %v, %v", id, back, err)
			}
		}
	}
}

func TestNewBefore1970(t *testing.T) {
	if got := New(time.Unix(-5, 0), 1).Time(); !got.Equal(time.UnixMilli(0)) {
		t.Errorf("time %v, want 1970", got)
	}
}

func TestIDsOfOneNodeSortByTimeAndDiffer(t *testing.T) {
	at := time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	seen := map[ID]bool{}
	for range 10_000 {
		seen[New(at, 7)] = true
	}
	if len(seen) != 10_000 {
		t.Errorf("%d different ids of 10,000", len(seen))
	}
	if a, b := New(at, 7).String(), New(at.Add(time.Millisecond), 7).String(); a >= b {
		t.Errorf("%s does not sort before %s", a, b)
	}
}

func TestParseRefuses(t *testing.T) {
	for _, s := range []string{
		"",
		"x",
		"0198f2a0-0000-4000-8000-000000000000", // version 4
		"0198f2a0-0000-8000-c000-000000000000", // another variant
		"0198f2a0-0000-8000-8000-00000000000g",
		"0198f2a0-0000-8000-8000-0000000000000",
	} {
		if id, err := Parse(s); err == nil {
			t.Errorf("Parse(%q) = %v, want an error", s, id)
		}
	}
}

func TestText(t *testing.T) {
	id := New(time.UnixMilli(1_800_000_000_000), 3)
	b, err := json.Marshal(map[string]ID{"id": id, "none": {}})
	if err != nil {
		t.Fatal(err)
	}
	var back map[string]ID
	if err := json.Unmarshal(b, &back); err != nil {
		t.Fatal(err)
	}
	if back["id"] != id || !back["none"].IsZero() {
		t.Errorf("%s came back as %v", b, back)
	}
	if err := new(ID).UnmarshalText([]byte("nonsense")); err == nil {
		t.Error("nonsense was read as an id")
	}
}

func TestNodeText(t *testing.T) {
	n := RandomNode()
	if back, err := ParseNode(n.String()); err != nil || back != n {
		t.Errorf("ParseNode(%s) = %v, %v", n, back, err)
	}
	for _, s := range []string{"", "12345", "1234567", "xyzxyz", "-00001"} {
		if _, err := ParseNode(s); err == nil {
			t.Errorf("ParseNode(%q) was accepted", s)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(New(time.UnixMilli(1), 2).String())
	f.Add("0198f2a0-0000-4000-8000-000000000000")
	f.Fuzz(func(t *testing.T, s string) {
		id, err := Parse(s)
		if err != nil {
			return
		}
		if !strings.EqualFold(id.String(), s) {
			t.Errorf("%q came back as %q", s, id)
		}
	})
}

func BenchmarkNew(b *testing.B) {
	now := time.UnixMilli(1_800_000_000_000)
	for b.Loop() {
		_ = New(now, 1)
	}
}
