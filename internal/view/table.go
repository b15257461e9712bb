package view

import (
	"hash/maphash"
	"iter"

	"github.com/benbjohnson/immutable"
)

// table is a persistent map from a key to a record. While a View is loaded it fills a builder in place; afterwards each
// set makes a new map that shares nearly all with the old one. Apply is the same code for both.
type table[V any] struct {
	m *immutable.Map[string, V]
	b *immutable.MapBuilder[string, V]
}

func loadingTable[V any]() table[V] {
	return table[V]{b: immutable.NewMapBuilder[string, V](hasher{maphash.MakeSeed()})}
}

// hasher is seeded at random, so that nobody can choose names that collide.
type hasher struct{ seed maphash.Seed }

// Hash mixes the key with the seed.
func (h hasher) Hash(k string) uint32 { return uint32(maphash.String(h.seed, k)) } //nolint:gosec // the low half is meant

// Equal compares keys.
func (h hasher) Equal(a, b string) bool { return a == b }

func (t *table[V]) seal() {
	if t.b != nil {
		t.m, t.b = t.b.Map(), nil
	}
}

func (t *table[V]) get(k string) (V, bool) {
	if t.b != nil {
		return t.b.Get(k)
	}
	return t.m.Get(k)
}

func (t *table[V]) set(k string, v V) {
	if t.b != nil {
		t.b.Set(k, v)
		return
	}
	t.m = t.m.Set(k, v)
}

func (t *table[V]) del(k string) {
	if t.b != nil {
		t.b.Delete(k)
		return
	}
	t.m = t.m.Delete(k)
}

func (t *table[V]) size() int { return t.m.Len() }

// all yields every record in no order.
func (t *table[V]) all() iter.Seq[V] {
	return func(yield func(V) bool) {
		for it := t.m.Iterator(); !it.Done(); {
			if _, v, ok := it.Next(); ok && !yield(v) {
				return
			}
		}
	}
}

// ordered is a persistent sorted map, for everything that is listed by prefix.
type ordered[V any] struct {
	m *immutable.SortedMap[string, V]
	b *immutable.SortedMapBuilder[string, V]
}

func loadingOrdered[V any]() ordered[V] {
	return ordered[V]{b: immutable.NewSortedMapBuilder[string, V](nil)}
}

func (o *ordered[V]) seal() {
	if o.b != nil {
		o.m, o.b = o.b.Map(), nil
	}
}

func (o *ordered[V]) get(k string) (V, bool) {
	if o.b != nil {
		return o.b.Get(k)
	}
	return o.m.Get(k)
}

func (o *ordered[V]) set(k string, v V) {
	if o.b != nil {
		o.b.Set(k, v)
		return
	}
	o.m = o.m.Set(k, v)
}

func (o *ordered[V]) del(k string) {
	if o.b != nil {
		o.b.Delete(k)
		return
	}
	o.m = o.m.Delete(k)
}

// prefixed yields in order the entries whose key starts with prefix, from the first key not below start.
func (o *ordered[V]) prefixed(prefix, start string) iter.Seq2[string, V] {
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
