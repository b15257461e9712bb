package boltfile_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	bolt "go.etcd.io/bbolt"

	"github.com/lanyard-id/lanyard/internal/store/etcd/boltfile"
)

// makeFile writes a bolt file of several buckets, sizes and generations, and gives its bytes and entries.
func makeFile(tb testing.TB, options *bolt.Options, keys int) ([]byte, map[string]string) {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "db")
	db, err := bolt.Open(path, 0o600, options)
	if err != nil {
		tb.Fatal(err)
	}
	want := make(map[string]string)
	for generation := range 3 {
		err := db.Update(func(tx *bolt.Tx) error { return fillBuckets(tx, generation, keys, want) })
		if err != nil {
			tb.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		tb.Fatal(err)
	}
	data, err := os.ReadFile(path) //nolint:gosec // the path is the test's own
	if err != nil {
		tb.Fatal(err)
	}
	return data, want
}

func fillBuckets(tx *bolt.Tx, generation, keys int, want map[string]string) error {
	for _, name := range []string{"empty", "small", "large"} {
		bucket, err := tx.CreateBucketIfNotExists([]byte(name))
		if err != nil {
			return err
		}
		count := map[string]int{"small": 3, "large": keys}[name]
		for i := generation; i < count; i += 1 + generation {
			key := fmt.Sprintf("key %06d", i)
			value := strings.Repeat(fmt.Sprint(generation), 1+i*7%300)
			if i%101 == 7 {
				value = strings.Repeat("overflow", 1500)
			}
			if err := bucket.Put([]byte(key), []byte(value)); err != nil {
				return err
			}
			want[name+"/"+key] = value
		}
	}
	return nil
}

func check(data []byte) (map[string]string, error) {
	got := make(map[string]string)
	err := boltfile.Check(bytes.NewReader(data), int64(len(data)), func(bucket string, key, value []byte) error {
		if bucket != "small" && bucket != "large" {
			return fmt.Errorf("there is no bucket %q", bucket)
		}
		got[bucket+"/"+string(key)] = string(value)
		return nil
	})
	return got, err
}

func variants() map[string]*bolt.Options {
	return map[string]*bolt.Options{
		"free list kept":     {FreelistType: bolt.FreelistMapType},
		"free list not kept": {FreelistType: bolt.FreelistMapType, NoFreelistSync: true},
		"small pages":        {FreelistType: bolt.FreelistMapType, PageSize: 1024},
	}
}

func TestCheckFindsEveryEntry(t *testing.T) {
	for name, options := range variants() {
		t.Run(name, func(t *testing.T) {
			data, want := makeFile(t, options, 3000)
			got, err := check(data)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestFlippedBitIsFoundOrHarmless flips one bit after the other in every page. A check that passes must have found
// the very entries that were written, values aside: those have no checksum in this format, so the caller brings one.
func TestFlippedBitIsFoundOrHarmless(t *testing.T) {
	for name, options := range variants() {
		t.Run(name, func(t *testing.T) {
			data, want := makeFile(t, options, 400)
			random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // a repeatable test
			found := 0
			for range 5_000 {
				at, bit := random.IntN(len(data)), byte(1)<<random.IntN(8)
				data[at] ^= bit
				got, err := check(data)
				if err != nil {
					found++
				} else if got := harmless(want, got); got != "" {
					t.Fatalf("bit %#x of byte %d went unnoticed: %s", bit, at, got)
				}
				data[at] ^= bit
			}
			if found < 50 {
				t.Errorf("only %d damages were found", found)
			}
		})
	}
}

// harmless says what differs between the entries beyond one changed byte of one key or value.
func harmless(want, got map[string]string) string {
	missing, extra := maps.Clone(want), maps.Clone(got)
	for key, value := range got {
		if was, ok := want[key]; ok && len(was) == len(value) {
			delete(missing, key)
			delete(extra, key)
		}
	}
	if len(missing) == 1 && len(extra) == 1 { // a bit of a key, which stayed in order
		return ""
	}
	if len(missing) == 0 && len(extra) == 0 {
		return ""
	}
	return fmt.Sprintf("%d entries missing, %d extra", len(missing), len(extra))
}

func TestDamageIsFound(t *testing.T) {
	zero := func(data []byte, from, to int) []byte { clear(data[from:to]); return data }
	for _, c := range []struct {
		name   string
		damage func(data []byte) []byte
		want   string
	}{
		{"empty file", func([]byte) []byte { return nil }, "no meta page is whole"},
		{"both meta pages zero", func(d []byte) []byte { return zero(d, 0, 8192) }, "no meta page is whole"},
		{"cut in half", func(d []byte) []byte { return d[:len(d)/2] }, "pages"},
		{"cut to the meta pages", func(d []byte) []byte { return d[:8192] }, "pages"},
		{"all data zero", func(d []byte) []byte { return zero(d, 8192, len(d)) }, "says that it is page"},
		{"not a bolt file", func([]byte) []byte { return bytes.Repeat([]byte("lanyard "), 4096) }, "magic"},
		{"newer format", func(d []byte) []byte { d[20], d[4096+20] = 3, 3; return d }, "file format 3"},
	} {
		t.Run(c.name, func(t *testing.T) {
			data, _ := makeFile(t, nil, 2000)
			if _, err := check(c.damage(data)); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestOneTornMetaPageIsSurvived(t *testing.T) {
	for meta := range 2 {
		data, want := makeFile(t, nil, 500)
		clear(data[4096*meta : 4096*(meta+1)])
		got, err := check(data)
		if err != nil {
			t.Fatalf("meta page %d: %v", meta, err)
		}
		if len(got) == 0 || len(got) > len(want) {
			t.Errorf("meta page %d: %d entries of %d", meta, len(got), len(want))
		}
	}
}

func TestVisitEndsTheCheck(t *testing.T) {
	data, _ := makeFile(t, nil, 10)
	err := boltfile.Check(bytes.NewReader(data), int64(len(data)), func(bucket string, key, _ []byte) error {
		return fmt.Errorf("no %s in %s", key, bucket)
	})
	if err == nil || !strings.Contains(err.Error(), "no key 000000 in large") {
		t.Error(err)
	}
}

// FuzzCheck looks for input that makes the check panic, hang or take memory without bound.
func FuzzCheck(f *testing.F) {
	data, _ := makeFile(f, &bolt.Options{PageSize: 1024}, 6)
	data = data[:1024*max(binary.LittleEndian.Uint64(data[56:]), binary.LittleEndian.Uint64(data[1024+56:]))]
	if _, err := check(data); err != nil {
		f.Fatal(err)
	}
	f.Add(data, uint32(5000), uint64(7))
	f.Add(data[:4096], uint32(1), uint64(0))
	f.Fuzz(func(_ *testing.T, data []byte, at uint32, value uint64) {
		if len(data) > 8 {
			binary.LittleEndian.PutUint64(data[int(at)%(len(data)-8):], value)
		}
		_, _ = check(data) // no answer is wrong here: only the way to it can be
	})
}
