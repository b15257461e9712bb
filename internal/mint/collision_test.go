package mint

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/name"
)

// TestP11NoTwoQuestionsShareACredential: a key is all its parts, not their text in a row. Keys that would read alike if they
// were put together, and keys of which one is long and differs at its end, get credentials of their own; and every part
// counts.
func TestP11NoTwoQuestionsShareACredential(t *testing.T) {
	long := strings.Repeat("u", 10<<10)
	keys := []cacheKey{
		{},
		{host: "ab", audience: "c"},
		{host: "a", audience: "bc"},
		{host: "abc"},
		{audience: "abc"},
		{audience: "ab", kid: "c"},
		{kid: "abc"},
		{inc: "abc"},
		{acr: "abc"},
		{host: long},
		{host: long + "x"},
		{host: long + "y"},
		{principalRev: 1},
		{appRev: 1},
		{principal: name.MustGUID("11111111-1111-4111-8111-111111111111")},
	}
	var c cache[cacheKey, string]
	for n, k := range keys {
		made, err := c.once(t.Context(), k, func() (string, error) { return fmt.Sprint(n), nil })
		if err != nil || made != fmt.Sprint(n) {
			t.Errorf("key %d got the credential of %s: %v", n, made, err)
		}
	}
	for n, k := range keys {
		if made, ok := c.get(k, func(string) bool { return true }); !ok || made != fmt.Sprint(n) {
			t.Errorf("key %d is served the credential of %q", n, made)
		}
	}
	alone := map[string]bool{}
	for _, k := range keys {
		if set := partsSet(k); len(set) == 1 {
			alone[set[0]] = true
		}
	}
	if all := reflect.TypeFor[cacheKey]().NumField(); len(alone) != all {
		t.Errorf("only %v of %d parts are tried alone: a new part wants its line here", alone, all)
	}
}

// partsSet names the parts of a key that say something.
func partsSet(k cacheKey) (names []string) {
	for f, v := range reflect.ValueOf(k).Fields() {
		if !v.IsZero() {
			names = append(names, f.Name)
		}
	}
	return names
}
