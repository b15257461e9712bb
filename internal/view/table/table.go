package table

import (
	"fmt"
	"hash/maphash"
	"iter"

	"github.com/benbjohnson/immutable"
)

// Map is a persistent map from a key to a record. While a View is loaded it fills a builder in place; afterwards each
// set makes a new map that shares nearly all with the old one. Apply is the same code for both. The zero Map is empty and
// being loaded.
type Map[V any] struct {
	m *immutable.Map[string, V]
	b *immutable.MapBuilder[string, V]
}

// hasher is seeded at random, so that nobody can choose names that collide.
type hasher struct{ seed maphash.Seed }

// Hash mixes the key with the seed.
func (h hasher) Hash(k string) uint32 { return uint32(maphash.String(h.seed, k)) } //nolint:gosec // the low half is meant

// Equal compares keys.
func (h hasher) Equal(a, b string) bool { return a == b }

// Seal ends the loading: from now on each change makes a new map.
func (t *Map[V]) Seal() {
	if t.Loading() {
		t.m, t.b = t.builder().Map(), nil
	}
}

func (t *Map[V]) builder() *immutable.MapBuilder[string, V] {
	if t.b == nil {
		t.b = immutable.NewMapBuilder[string, V](hasher{maphash.MakeSeed()})
	}
	return t.b
}

// Get finds the record under a key.
func (t *Map[V]) Get(k string) (V, bool) {
	if t.Loading() {
		return t.builder().Get(k)
	}
	return t.m.Get(k)
}

// Set enters the record under a key.
func (t *Map[V]) Set(k string, v V) {
	if t.Loading() {
		t.builder().Set(k, v)
		return
	}
	t.m = t.m.Set(k, v)
}

// Add enters the record under a key that has none. False says that it has one; a map that is being loaded is of no use then.
func (t *Map[V]) Add(k string, v V) bool {
	if t.Loading() { // one look is enough to see whether the map grew: most of a start's looks were for keys that are not there
		before := t.builder().Len()
		t.b.Set(k, v)
		return t.b.Len() > before
	}
	with := t.m.Set(k, v)
	if with.Len() == t.m.Len() {
		return false
	}
	t.m = with
	return true
}

// Delete removes what lies under a key.
func (t *Map[V]) Delete(k string) {
	if t.Loading() {
		t.builder().Delete(k)
		return
	}
	t.m = t.m.Delete(k)
}

// Loading tells whether the map is still being loaded: it is changed in place then.
func (t *Map[V]) Loading() bool { return t.m == nil }

// Len counts the records of a loaded map.
func (t *Map[V]) Len() int { return t.m.Len() }

// All yields every record in no order.
func (t *Map[V]) All() iter.Seq[V] {
	return func(yield func(V) bool) {
		for it := t.m.Iterator(); !it.Done(); {
			if _, v, ok := it.Next(); ok && !yield(v) {
				return
			}
		}
	}
}

// Ordered is a persistent sorted map, for everything that is listed by prefix. The zero Ordered is empty and being loaded.
type Ordered[V any] struct {
	m *immutable.SortedMap[string, V]
	b *immutable.SortedMapBuilder[string, V]
}

// Seal ends the loading: from now on each change makes a new map.
func (o *Ordered[V]) Seal() {
	if o.m == nil {
		o.m, o.b = o.builder().Map(), nil
	}
}

func (o *Ordered[V]) builder() *immutable.SortedMapBuilder[string, V] {
	if o.b == nil {
		o.b = immutable.NewSortedMapBuilder[string, V](nil)
	}
	return o.b
}

// Get finds the record under a key.
func (o *Ordered[V]) Get(k string) (V, bool) {
	if o.m == nil {
		return o.builder().Get(k)
	}
	return o.m.Get(k)
}

// Set enters the record under a key.
func (o *Ordered[V]) Set(k string, v V) {
	if o.m == nil {
		o.builder().Set(k, v)
		return
	}
	o.m = o.m.Set(k, v)
}

// Delete removes what lies under a key.
func (o *Ordered[V]) Delete(k string) {
	if o.m == nil {
		o.builder().Delete(k)
		return
	}
	o.m = o.m.Delete(k)
}

// Prefixed yields in order the entries whose key starts with prefix, from the first key not below start.
func (o *Ordered[V]) Prefixed(prefix, start string) iter.Seq2[string, V] {
	return func(yield func(string, V) bool) {
		it := o.m.Iterator()
		it.Seek(max(prefix, start))
		for !it.Done() {
			k, v, ok := it.Next()
			if !ok || len(k) < len(prefix) || k[:len(prefix)] != prefix {
				return
			}
			if !yield(k, v) {
				return
			}
		}
	}
}

// Taken says that two records claim what only one may have.
type Taken struct {
	What string // "tenant name", "audience", ...
	Key  string // as indexed
}

// Error implements error.
func (t *Taken) Error() string { return fmt.Sprintf("two records claim the %s %q", t.What, t.Key) }

// Unique enters the record under a key that no other may claim.
func Unique[V any](t *Map[V], what, key string, r V) error {
	if !t.Add(key, r) {
		return &Taken{What: what, Key: key}
	}
	return nil
}
