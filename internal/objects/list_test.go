package objects

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-id/lanyard/internal/name"
)

// entry is one line of a listing.
type entry struct {
	Text   string
	Common bool
}

// specList is the specification of a whole listing: every key, grouped, in order, without a limit.
func specList(all []string, q Query) []entry {
	var list []entry
	for _, key := range slices.Sorted(slices.Values(all)) {
		rest, ok := strings.CutPrefix(key, q.Prefix)
		if !ok || key <= q.After {
			continue
		}
		e := entry{Text: key}
		if before, _, found := strings.Cut(rest, q.Delimiter); found && q.Delimiter != "" {
			e = entry{Text: q.Prefix + before + q.Delimiter, Common: true}
		}
		if e.Common && e.Text == q.After || slices.Contains(list, e) {
			continue
		}
		list = append(list, e)
	}
	return list
}

// entries puts a page's two lists together again, in order.
func entries(p Page) []entry {
	var list []entry
	for _, o := range p.Objects {
		list = append(list, entry{Text: o.Key})
	}
	for _, c := range p.Prefixes {
		list = append(list, entry{Text: c, Common: true})
	}
	slices.SortFunc(list, func(a, b entry) int { return strings.Compare(a.Text, b.Text) })
	return list
}

// walk lists page by page and holds the pages, put together, equal to the specification.
func walk(t *testing.T, sp *space, all []string, q Query) {
	t.Helper()
	want := specList(all, q)
	var got []entry
	for step := q; ; {
		page, err := sp.list(step)
		if err != nil {
			t.Fatal(err)
		}
		list := entries(page)
		if len(list) > q.Max || page.Next != "" && len(list) < q.Max {
			t.Fatalf("%+v: a page of %d that goes on at %q", step, len(list), page.Next)
		}
		got = append(got, list...)
		if page.Next == "" {
			break
		}
		// A page may end with the common prefix in whose midst it began; otherwise it ends further on.
		into := page.Next != step.After && strings.HasPrefix(step.After, page.Next)
		if page.Next <= step.After && !into {
			t.Fatalf("%+v: no progress: %q", step, page.Next)
		}
		step.After = page.Next
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("%q, %+v: %s", all, q, diff)
	}
}

// indexed gives a space with these keys, without files.
func indexed(all []string) *space {
	sp := &space{loaded: true}
	for _, key := range all {
		if at, found := sp.find(key); !found {
			sp.index = slices.Insert(sp.index, at, &Info{Key: key})
		}
	}
	return sp
}

// TestListAgainstSpecification compares 20,000 random listings, page by page, with the specification.
func TestListAgainstSpecification(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 6)) //nolint:gosec // repeatable on purpose
	text := func(least, most int) string {
		b := make([]byte, least+rnd.IntN(most-least+1))
		for i := range b {
			b[i] = "ab//\xff"[rnd.IntN(5)]
		}
		return string(b)
	}
	for range 20_000 {
		var all []string
		for range rnd.IntN(12) {
			all = append(all, text(1, 5))
		}
		q := Query{Prefix: text(0, 2), After: text(0, 3), Max: 1 + rnd.IntN(4)}
		q.Delimiter = []string{"", "/", "/", "//", "a"}[rnd.IntN(5)]
		walk(t, indexed(all), all, q)
	}
}

func FuzzList(f *testing.F) {
	f.Add("a,a/,a/b,a//c,b", "", "", "/", uint8(1))
	f.Add("a,a/,a/b,a//c,b", "a/", "a/", "/", uint8(2))
	f.Add("x\xff,x\xff\xff,y", "x", "", "\xff", uint8(1))
	f.Fuzz(func(t *testing.T, keys, prefix, after, delimiter string, most uint8) {
		var all []string
		for key := range strings.SplitSeq(keys, ",") {
			if key != "" && len(all) < 50 {
				all = append(all, key)
			}
		}
		walk(t, indexed(all), all, Query{Prefix: prefix, After: after, Delimiter: delimiter, Max: 1 + int(most)})
	})
}

func TestListOrderAndPages(t *testing.T) {
	s, space := open(t, t.TempDir()), name.NewGUID()
	for _, key := range []string{"b", "a/2", "a/1", "A", "a", "a.", "é", "a/1/x", "z"} {
		put(t, s, space, key, key)
	}
	want := []string{"A", "a", "a.", "a/1", "a/1/x", "a/2", "b", "z", "é"}
	if diff := cmp.Diff(want, keys(t, s, space)); diff != "" {
		t.Error(diff)
	}
	page, err := s.List(t.Context(), space, Query{Delimiter: "/", After: "A", Max: 3})
	if err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprint(entries(page), page.Next, page.Objects[0].Size)
	if got != "[{a false} {a. false} {a/ true}]a/1" {
		t.Error(got)
	}
	page, err = s.List(t.Context(), space, Query{Delimiter: "/", After: page.Next, Max: 3})
	if got := fmt.Sprint(entries(page), page.Next, err); got != "[{b false} {z false} {é false}]<nil>" {
		t.Error(got)
	}
	empty, err := s.List(t.Context(), name.NewGUID(), Query{})
	if err != nil || len(entries(empty)) != 0 || empty.Next != "" {
		t.Errorf("%+v, %v", empty, err)
	}
}

func TestListIsBounded(t *testing.T) {
	var all []string
	for i := range MaxPage + 1 {
		all = append(all, fmt.Sprintf("%05d", i))
	}
	sp := indexed(all)
	for _, most := range []int{0, -1, MaxPage, MaxPage + 1} {
		page, err := sp.list(Query{Max: most})
		if err != nil || len(page.Objects) != MaxPage || page.Next != all[MaxPage-1] {
			t.Errorf("%d: %d objects, next %q, %v", most, len(page.Objects), page.Next, err)
		}
	}
}

// TestCommonPrefixIsOneSearch: a common prefix costs a search, not a walk over its keys.
func TestCommonPrefixIsOneSearch(t *testing.T) {
	var all []string
	for i := range 3000 {
		all = append(all, fmt.Sprintf("a/%05d", i))
	}
	sp := indexed(append(all, "a0", "b"))
	if at := sp.beyond("a/"); at != 3000 {
		t.Errorf("beyond a/ is %d", at)
	}
	if at := sp.beyond("b"); at != 3002 {
		t.Errorf("beyond b is %d", at)
	}
}
