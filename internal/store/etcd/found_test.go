package etcd_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-id/lanyard/internal/store"
	"github.com/lanyard-id/lanyard/internal/store/etcd"
)

// TestFoundIsWhatTheStoreHolds compares what is told before the engine starts with what the engine then says.
func TestFoundIsWhatTheStoreHolds(t *testing.T) {
	told := 0
	var found store.Found
	c := config(t, filepath.Join(t.TempDir(), "data"))
	c.Found = func(f store.Found) { told, found = told+1, f }
	reopen := func() *etcd.Store {
		s, err := etcd.Open(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	s := reopen()
	if told != 0 {
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
		slices.SortFunc(found.KVs, func(a, b store.KV) int { return strings.Compare(a.Key, b.Key) })
		if diff := cmp.Diff(store.Found{Rev: want.Rev, KVs: want.KVs}, found); diff != "" {
			t.Errorf("compacted %t: %s", compacted, diff)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if told != 2 {
		t.Errorf("it was told %d times", told)
	}
}
