package server

import (
	"os"
	"runtime/debug"
	runtimemetrics "runtime/metrics"
	"time"

	"github.com/lanyard-id/lanyard/internal/store/etcd"
)

// garbage is how many bytes of garbage a small heap may hold before it is collected. Collecting after every doubling
// of a few megabytes, as Go does by default, took up to a quarter of what serving a cached token costs.
const garbage = 64 << 20

// loadGarbage is the same for a server that loads its records and serves nobody yet: nearly all that it makes stays, so
// there is little to be found on the way up.
const loadGarbage = 256 << 20

// mostPercent bounds how far a heap may grow that suddenly gets large. While records are loaded it is expected to.
const mostPercent, mostLoading = 400, 100 * loadGarbage / leastHeap

// leastHeap is what Go takes a small heap for, and one that was never collected.
const leastHeap = 4 << 20

// easeCollection lets the heap grow by so many bytes, or by its own size where that is more, before it is collected.
// Whoever sets GOGC has decided that already.
func easeCollection(garbage, most uint64) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(collectAt(max(liveHeap(), leastHeap), garbage, most))
	}
}

// How much heap is prepared: what a server works in, garbage included, and about perStored bytes for each of the store's
// file, but never more than mostHeap, since a file also holds what was changed since.
const working, perStored, mostHeap = 2 * garbage, 3, 2 << 30

// PrepareHeap makes room in this process for a server of a data folder, on large pages where there are any. A process that
// has worked before gains nothing: it is the first use of memory that large pages make cheap.
func PrepareHeap(data string) { widePages(min(working+perStored*etcd.Size(data), mostHeap)) }

// easeLoading lets the heap grow again and again while records are loaded, until it is told that loading is over.
func easeLoading() (over func()) {
	const often = 20 * time.Millisecond
	easeCollection(loadGarbage, mostLoading)
	done := make(chan struct{})
	go func() {
		for live := liveHeap(); ; {
			if now := liveHeap(); now != live {
				easeCollection(loadGarbage, mostLoading)
				live = now
			}
			select {
			case <-time.After(often):
			case <-done:
				return
			}
		}
	}()
	return func() { close(done) }
}

// liveHeap is what the last collection left, in bytes; 0 before the first.
func liveHeap() uint64 {
	sample := []runtimemetrics.Sample{{Name: "/gc/heap/live:bytes"}}
	runtimemetrics.Read(sample)
	return sample[0].Value.Uint64()
}

// collectAt is the growth, in percent of what is live, after which the heap is collected.
func collectAt(live, garbage, most uint64) int {
	return int(min(most, max(100, 100*garbage/live))) //nolint:gosec // between the two
}
