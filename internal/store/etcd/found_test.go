package etcd_test

import (
	"bytes"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-id/lanyard/internal/store"
	"github.com/lanyard-id/lanyard/internal/store/etcd"
)

// finder keeps what it is told.
type finder struct {
	ends int
	rev  int64
	err  error
	kvs  []store.KV // an empty one was dropped
}

func (f *finder) Put(kv store.KV) int {
	kv.Value = bytes.Clone(kv.Value) // it is valid during the call only
	f.kvs = append(f.kvs, kv)
	return len(f.kvs) - 1
}

func (f *finder) Drop(place int) { f.kvs[place] = store.KV{} }

func (f *finder) End(rev int64, err error) { f.ends, f.rev, f.err = f.ends+1, rev, err }

// left is what was not dropped, in the order of keys.
func (f *finder) left() []store.KV {
	left := slices.DeleteFunc(f.kvs, func(kv store.KV) bool { return kv.Key == "" })
	slices.SortFunc(left, func(a, b store.KV) int { return strings.Compare(a.Key, b.Key) })
	return left
}

// TestFoundIsWhatTheStoreHolds compares what is told before the engine starts with what the engine then says.
func TestFoundIsWhatTheStoreHolds(t *testing.T) {
	var found finder
	c := config(t, filepath.Join(t.TempDir(), "data"))
	c.Finder = &found
	reopen := func() *etcd.Store {
		found.kvs = nil
		s, err := etcd.Open(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	s := reopen()
	if found.ends != 0 {
		t.Error("a first start found something")
	}
	var ops []store.Op
	for i := range 100 {
		ops = append(ops, store.Op{Key: fmt.Sprintf("/d/%03d", i), Value: fmt.Append(nil, i)})
	}
	for _, txn := range [][]store.Op{
		ops,
		{{Key: "/d/007", Value: []byte("again")}, {Key: "/d/008", Delete: true}},
		{{Key: "/d/009", Delete: true}},
		{{Key: "/d/009", Value: []byte{}}},
	} {
		if _, err := s.Txn(t.Context(), nil, txn); err != nil {
			t.Fatal(err)
		}
	}
	for _, compacted := range []bool{false, true} {
		if compacted {
			status, err := s.Status(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Compact(t.Context(), status.Rev); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		s = reopen()
		want, err := s.List(t.Context(), "", "", 0, store.MaxPage)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want.KVs, found.left()); diff != "" || found.rev != want.Rev || found.err != nil {
			t.Errorf("compacted %t: revision %d, want %d (%v): %s", compacted, found.rev, want.Rev, found.err, diff)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if found.ends != 2 {
		t.Errorf("it was told %d ends", found.ends)
	}
}
