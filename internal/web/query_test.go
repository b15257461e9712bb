package web

import (
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-id/lanyard/internal/fault"
)

func TestParseQuery(t *testing.T) {
	tests := []struct {
		name  string
		raw   string
		rules QueryRules
		want  []Pair
		why   fault.Reason
	}{
		{name: "empty", raw: ""},
		{name: "plain", raw: "a=1&b=2", want: []Pair{{"a", "1"}, {"b", "2"}}},
		{name: "no value", raw: "comp&restype=", want: []Pair{{"comp", ""}, {"restype", ""}}},
		{name: "empty pair", raw: "&a=1&&", want: []Pair{{"a", "1"}}},
		{name: "value with equals", raw: "a=b=c", want: []Pair{{"a", "b=c"}}},
		{name: "escapes", raw: "%61=%2B+%3D%3B", want: []Pair{{"a", "+ =;"}}},
		{name: "literal plus", raw: "a+b=c+d", rules: QueryRules{PlusLiteral: true}, want: []Pair{{"a+b", "c+d"}}},
		{name: "repeat", raw: "a=1&a=2", why: RepeatedParameter},
		{name: "repeat without value", raw: "a&a", why: RepeatedParameter},
		{name: "repeat under an escape", raw: "a=1&%61=2", why: RepeatedParameter},
		{name: "repeat kept", raw: "a=1&a=2", rules: QueryRules{Repeats: true}, want: []Pair{{"a", "1"}, {"a", "2"}}},
		{name: "other case", raw: "a=1&A=2", want: []Pair{{"a", "1"}, {"A", "2"}}},
		{name: "other case folded", raw: "a=1&A=2", rules: QueryRules{Fold: true}, why: RepeatedParameter},
		{name: "semicolon", raw: "a=1;b=2", why: BadQuery},
		{name: "bad escape", raw: "a=%zz", why: BadQuery},
		{name: "cut escape", raw: "a=%4", why: BadQuery},
		{name: "bad UTF-8", raw: "a=%ff", why: BadQuery},
		{name: "bad plain UTF-8", raw: "a=\xff", why: BadQuery},
		{name: "NUL", raw: "a=%00", why: BadQuery},
		{name: "bad name", raw: "%=1", why: BadQuery},
		{name: "bytes", raw: "a=12345", rules: QueryRules{MaxBytes: 6}, why: QueryTooLarge},
		{name: "pairs", raw: "a&b&c", rules: QueryRules{MaxPairs: 2}, why: QueryTooLarge},
		{name: "pairs at the limit", raw: "a&b", rules: QueryRules{MaxPairs: 2}, want: []Pair{{"a", ""}, {"b", ""}}},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			q, err := ParseQuery(tc.raw, tc.rules)
			if tc.why != "" {
				if !fault.Is(err, tc.why) || !fault.IsKind(err, fault.Invalid) {
					t.Errorf("got %v, want %s", err, tc.why)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, q.Pairs()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestH03ManyParameters sends more parameters than memory should be spent on.
func TestH03ManyParameters(t *testing.T) {
	for name, raw := range map[string]string{
		"10^6 parameters": strings.Repeat("a&", 1_000_000),
		"10^6 separators": strings.Repeat("&", 1_000_000),
		"in 64 KiB":       strings.Repeat("&", DefaultQueryBytes),
		"one long value":  "a=" + strings.Repeat("x", DefaultQueryBytes),
	} {
		t.Run(name, func(t *testing.T) {
			var err error
			allocs := testing.AllocsPerRun(1, func() { _, err = ParseQuery(raw, QueryRules{}) })
			if !fault.Is(err, QueryTooLarge) {
				t.Fatalf("got %v, want %s", err, QueryTooLarge)
			}
			if allocs > 10 {
				t.Errorf("%v allocations to refuse it", allocs)
			}
			d := newTestDoor(t, testConfig(&logBuffer{}), route("GET", "/", failing(err)))
			wantFault(t, get(d, "/"), 400, QueryTooLarge)
		})
	}
}

func TestQueryGet(t *testing.T) {
	q, err := ParseQuery("Tag=1&tag=2&api-version=3", QueryRules{Fold: true, Repeats: true})
	if err != nil {
		t.Fatal(err)
	}
	if got := slices.Collect(q.All("TAG")); !slices.Equal(got, []string{"1", "2"}) {
		t.Errorf("got %q", got)
	}
	if v, ok := q.Get("API-Version"); v != "3" || !ok {
		t.Errorf("got %q, %v", v, ok)
	}
	if v, ok := q.Get("none"); v != "" || ok {
		t.Errorf("got %q, %v", v, ok)
	}
}

// FuzzParseQuery compares with net/url wherever the strict reading accepts.
func FuzzParseQuery(f *testing.F) {
	for _, seed := range []string{"a=1&b=2", "a=%41+b", "a;b", "%", "a=%ff", "&&=&", "=x", "a=1&a=2", "ſ=1&s=2"} {
		f.Add(seed, true)
		f.Add(seed, false)
	}
	f.Fuzz(func(t *testing.T, raw string, strict bool) {
		q, err := ParseQuery(raw, QueryRules{Repeats: !strict, Fold: strict})
		if err != nil {
			if _, ok := errors.AsType[*fault.Fault](err); !ok {
				t.Fatalf("%q: %v is no fault", raw, err)
			}
			return
		}
		want, err := url.ParseQuery(raw)
		if err != nil {
			t.Fatalf("%q: accepted what net/url refuses: %v", raw, err)
		}
		got := url.Values{}
		for _, p := range q.Pairs() {
			got.Add(p.Name, p.Value)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%q: %s", raw, diff)
		}
		for name, values := range got {
			if strict && len(values) > 1 {
				t.Fatalf("%q: %q stands %d times", raw, name, len(values))
			}
		}
	})
}
