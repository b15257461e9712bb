package etcd_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/store"
	"github.com/lanyard-id/lanyard/internal/store/etcd"
)

func TestFullStoreStillDeletes(t *testing.T) {
	configuration := config(t, filepath.Join(t.TempDir(), "data"))
	configuration.QuotaBytes = 20 << 20
	s, err := etcd.Open(t.Context(), configuration)
	if err != nil {
		t.Fatal(err)
	}
	defer closeStore(t, s)
	large := bytes.Repeat([]byte("0123456789abcdef"), 50_000)
	written := 0
	for ; written < 100 && err == nil; written++ {
		_, err = s.Txn(t.Context(), nil, []store.Op{{Key: crashKey(written), Value: large}})
	}
	if !fault.Is(err, store.Full) || store.Indeterminate(err) || written < 10 {
		t.Fatalf("after %d writes: %v", written, err)
	}
	if _, err := s.Txn(t.Context(), nil, []store.Op{{Key: crashKey(0), Delete: true}}); err != nil {
		t.Errorf("a deletion in a full store: %v", err)
	}
	if _, err := s.Get(t.Context(), crashKey(1)); err != nil {
		t.Errorf("a read in a full store: %v", err)
	}
}

func TestMaintainGivesSpaceBack(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "data"))
	value := bytes.Repeat([]byte("v"), 900<<10)
	var rev int64
	for i := range 120 {
		rev = write(t, s, fmt.Sprint("k", i%3), string(value))
	}
	if err := s.Compact(t.Context(), rev); err != nil {
		t.Fatal(err)
	}
	before, err := s.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if freed, err := s.Maintain(t.Context()); freed != 0 || err != nil {
		t.Errorf("a store that was just written to: freed %d, %v", freed, err)
	}
	freed, err := s.Maintain(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	after, err := s.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if freed < 50<<20 || after.SizeBytes != before.SizeBytes-freed || after.SizeBytes > 2*after.InUseBytes {
		t.Errorf("freed %d: before %+v, after %+v", freed, before, after)
	}
	if page := list(t, s); len(page.KVs) != 3 || page.Rev != rev || !bytes.Equal(page.KVs[2].Value, value) {
		t.Errorf("%d keys at revision %d", len(page.KVs), page.Rev)
	}
	if freed, err := s.Maintain(t.Context()); freed != 0 || err != nil {
		t.Errorf("a store without empty space: freed %d, %v", freed, err)
	}
}

func TestOpenObeysItsContext(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if s, err := etcd.Open(over, config(t, dir)); !errors.Is(err, context.Canceled) {
		t.Fatalf("%v, %v", s, err)
	}
	write(t, open(t, dir), "a", "1")
}

// TestDriversKeysAreInvisible makes sure that what the driver stores for itself is neither listed nor watched.
func TestDriversKeysAreInvisible(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "data"))
	if page := list(t, s); len(page.KVs) != 0 {
		t.Errorf("an empty store lists %v", page.KVs)
	}
	rev := write(t, s, "a", "1")
	for batch, err := range s.Watch(t.Context(), "", 1) {
		if err != nil || batch.Rev != rev {
			t.Errorf("%v, %v", batch, err)
		}
		break
	}
	if _, err := s.Get(t.Context(), "../meta/incarnation"); !fault.Is(err, store.NotFound) {
		t.Error(err)
	}
	if strings.TrimSpace(s.Incarnation()) == "" {
		t.Error("the store has no incarnation")
	}
}
