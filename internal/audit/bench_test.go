package audit

import (
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"
)

// BenchmarkAppendSync is the floor of the ledger: one line appended and synced with nothing around it.
func BenchmarkAppendSync(b *testing.B) {
	f, err := openDiskFile(filepath.Join(b.TempDir(), "f"))
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	line := make([]byte, 700)
	var took []time.Duration
	for b.Loop() {
		begun := time.Now()
		if _, err := f.Write(line); err != nil {
			b.Fatal(err)
		}
		if err := f.Sync(); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(begun))
	}
	reportMedian(b, took)
}

func reportMedian(b *testing.B, took []time.Duration) {
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
}

func benchLog(b *testing.B) *Log {
	b.Helper()
	l, err := Open(b.TempDir(), Options{Now: time.Now})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = l.Close() })
	return l
}

func BenchmarkLedger1(b *testing.B)  { benchLedger(b, 1) }
func BenchmarkLedger64(b *testing.B) { benchLedger(b, 64) }

func benchLedger(b *testing.B, writers int) {
	l := benchLog(b)
	rec := record(1)
	var mu sync.Mutex
	var took []time.Duration
	var wg sync.WaitGroup
	b.ResetTimer()
	for w := range writers {
		wg.Go(func() {
			var own []time.Duration
			for n := w; n < b.N; n += writers {
				begun := time.Now()
				if err := l.Ledger(b.Context(), rec); err != nil {
					b.Error(err)
					return
				}
				own = append(own, time.Since(begun))
			}
			mu.Lock()
			defer mu.Unlock()
			took = append(took, own...)
		})
	}
	wg.Wait()
	reportMedian(b, took)
}

func BenchmarkAccess(b *testing.B) {
	l := benchLog(b)
	rec := record(1)
	rec.Input = map[string]string{"key": "folder/object"}
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			l.Access(rec)
		}
	})
}

func BenchmarkRefuse(b *testing.B) {
	l := benchLog(b)
	rec := refusal(1)
	b.ReportAllocs()
	for b.Loop() {
		l.Refuse(rec)
	}
}

func BenchmarkFindInSegment(b *testing.B) {
	dir := b.TempDir()
	l, err := Open(dir, Options{Now: time.Now})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	var wg sync.WaitGroup
	for range 64 {
		wg.Go(func() {
			for range 100 {
				if err := l.Ledger(b.Context(), record(1)); err != nil {
					b.Error(err)
				}
			}
		})
	}
	wg.Wait()
	wanted := record(2)
	if err := l.Ledger(b.Context(), wanted); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := l.Find(b.Context(), wanted.ID); err != nil {
			b.Fatal(err)
		}
	}
	info, err := os.ReadDir(filepath.Join(dir, "ledger"))
	if err != nil || len(info) == 0 {
		b.Fatal(err)
	}
}
