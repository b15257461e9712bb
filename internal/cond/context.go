package cond

import (
	"strings"

	"github.com/lanyard-id/lanyard/internal/glob"
)

// Context answers which values a request has for a key. Keys are asked for in lower case. A key that is present with no
// values counts as absent.
type Context interface {
	Lookup(key string) (values []string, present bool)
}

// Facts is a Context made of what a caller puts in. It is a short list, not a map: a request has a few dozen keys and
// most are never asked for. The zero value is empty and ready. It is not for concurrent use while it is being filled.
type Facts struct {
	facts []fact
}

// fact is one key; exactly one of values and later gives what it holds. With under it is all keys that begin so.
type fact struct {
	key    string
	values []string
	later  func() []string
	under  func(rest string) (values []string, present bool)
}

// usualFacts is how many facts there is room for from the first on.
const usualFacts = 12

// Set puts the values of key in, replacing earlier ones. The key's case does not matter. No values is an empty set,
// which tests see as absent.
func (f *Facts) Set(key string, values ...string) { f.put(fact{key: glob.Lower(key), values: values}) }

// SetLater puts in a key whose values are worked out each time a test asks for them: for what is dear to compute and
// seldom asked. The function must always give the same values.
func (f *Facts) SetLater(key string, values func() []string) {
	f.put(fact{key: glob.Lower(key), later: values})
}

// SetUnder puts in all keys that begin with prefix: values gives what the rest of such a key holds, in lower case, each
// time a test asks. It must always give the same.
func (f *Facts) SetUnder(prefix string, values func(rest string) (values []string, present bool)) {
	f.put(fact{key: glob.Lower(prefix), under: values})
}

func (f *Facts) put(n fact) {
	if f.facts == nil {
		f.facts = make([]fact, 0, usualFacts)
	}
	for i := range f.facts {
		if f.facts[i].key == n.key {
			f.facts[i] = n
			return
		}
	}
	f.facts = append(f.facts, n)
}

// Lookup gives the values of key, which must be in lower case. A nil Facts has none.
func (f *Facts) Lookup(key string) ([]string, bool) {
	if f == nil {
		return nil, false
	}
	for i := range f.facts {
		n := &f.facts[i]
		if n.under != nil {
			if rest, ok := strings.CutPrefix(key, n.key); ok {
				return n.under(rest)
			}
			continue
		}
		if n.key == key {
			if n.later != nil {
				return n.later(), true
			}
			return n.values, true
		}
	}
	return nil, false
}

// Keys gives the keys, and the prefixes of keys, in the order they were first put in.
func (f *Facts) Keys() []string {
	keys := make([]string, 0, len(f.facts))
	for i := range f.facts {
		keys = append(keys, f.facts[i].key)
	}
	return keys
}
