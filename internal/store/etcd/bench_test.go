package etcd_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/lanyard-id/lanyard/internal/store"
	"github.com/lanyard-id/lanyard/internal/store/etcd"
)

func benchOpen(b *testing.B, dir string) *etcd.Store {
	b.Helper()
	s, err := etcd.Open(b.Context(), etcd.Config{Dir: dir})
	if err != nil {
		b.Fatal(err)
	}
	return s
}

func benchClose(b *testing.B, s *etcd.Store) {
	b.Helper()
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
}

func BenchmarkFirstStart(b *testing.B) {
	for i := 0; b.Loop(); i++ {
		s := benchOpen(b, filepath.Join(b.TempDir(), fmt.Sprint(i)))
		b.StopTimer()
		benchClose(b, s)
		b.StartTimer()
	}
	b.ReportMetric(residentMiB(b, "VmRSS:"), "RSS-MiB")
}

// benchKeys is how many keys of 500 bytes the restart holds; LANYARD_BENCH_KEYS asks for more.
func benchKeys(b *testing.B) int {
	b.Helper()
	text, set := os.LookupEnv("LANYARD_BENCH_KEYS")
	if !set {
		return 20_000
	}
	count, err := strconv.Atoi(text)
	if err != nil {
		b.Fatal(err)
	}
	return count
}

func BenchmarkRestart(b *testing.B) {
	dir, count := filepath.Join(b.TempDir(), "data"), benchKeys(b)
	s := benchOpen(b, dir)
	value := []byte(strings.Repeat("v", 500))
	keys := make([]store.Op, count)
	for i := range keys {
		keys[i] = store.Op{Key: fmt.Sprintf("tenant/00000000-0000-0000-0000-000000000000/identity/%08d", i), Value: value}
	}
	for chunk := range slices.Chunk(keys, store.MaxOps) {
		if _, err := s.Txn(b.Context(), nil, chunk); err != nil {
			b.Fatal(err)
		}
	}
	benchClose(b, s)
	b.Run("open", func(b *testing.B) {
		for b.Loop() {
			s := benchOpen(b, dir)
			b.StopTimer()
			benchClose(b, s)
			b.StartTimer()
		}
	})
	s = benchOpen(b, dir)
	defer benchClose(b, s)
	b.Run("walk", func(b *testing.B) {
		for b.Loop() {
			if got := benchWalk(b, s); got != count {
				b.Fatalf("%d keys", got)
			}
		}
		b.ReportMetric(residentMiB(b, "VmRSS:"), "RSS-MiB")
		b.ReportMetric(residentMiB(b, "RssAnon:"), "anonymous-MiB") // the rest is the mapped database file
	})
}

func benchWalk(b *testing.B, s *etcd.Store) (keys int) {
	b.Helper()
	var page store.Page
	for {
		var err error
		if page, err = s.List(b.Context(), "", page.Next, page.Rev, store.MaxPage); err != nil {
			b.Fatal(err)
		}
		if keys += len(page.KVs); page.Next == "" {
			return keys
		}
	}
}

// residentMiB is the memory that the process holds, as the kernel counts it; 0 where the kernel does not say.
func residentMiB(b *testing.B, line string) float64 {
	b.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for text := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(text, line); ok {
			kib, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			if err != nil {
				b.Fatal(err)
			}
			return kib / 1024
		}
	}
	return 0
}

func BenchmarkTxn(b *testing.B) {
	value := []byte(strings.Repeat("v", 500))
	for _, writers := range []int{1, 16, 64} {
		b.Run(fmt.Sprint("writers=", writers), func(b *testing.B) {
			s := benchOpen(b, filepath.Join(b.TempDir(), "data"))
			defer benchClose(b, s)
			var next atomic.Int64
			b.SetParallelism(max(writers/2, 1)) // of two processors
			b.ResetTimer()
			put := func() {
				i := next.Add(1)
				ops := []store.Op{{Key: fmt.Sprint("key/", i%10_000), Value: value}}
				if _, err := s.Txn(context.Background(), nil, ops); err != nil {
					b.Error(err)
				}
			}
			if writers == 1 {
				for b.Loop() {
					put()
				}
				return
			}
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					put()
				}
			})
		})
	}
}

func BenchmarkGet(b *testing.B) {
	s := benchOpen(b, filepath.Join(b.TempDir(), "data"))
	defer benchClose(b, s)
	if _, err := s.Txn(b.Context(), nil, []store.Op{{Key: "a", Value: make([]byte, 500)}}); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := s.Get(b.Context(), "a"); err != nil {
			b.Fatal(err)
		}
	}
}
