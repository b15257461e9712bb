package server

import (
	"os"
	"runtime/debug"
	runtimemetrics "runtime/metrics"
)

// garbage is how many bytes of garbage a small heap may hold before it is collected. Collecting after every doubling
// of a few megabytes, as Go does by default, took up to a quarter of what serving a cached token costs.
const garbage = 32 << 20

// mostPercent bounds how far a heap may grow that suddenly gets large.
const mostPercent = 400

// easeCollection lets the heap grow by garbage, or by its own size where that is more, before it is collected. Whoever
// sets GOGC has decided that already.
func easeCollection() {
	if live := liveHeap(); live > 0 && os.Getenv("GOGC") == "" {
		debug.SetGCPercent(collectAt(live))
	}
}

// liveHeap is what the last collection left, in bytes; 0 before the first.
func liveHeap() uint64 {
	sample := []runtimemetrics.Sample{{Name: "/gc/heap/live:bytes"}}
	runtimemetrics.Read(sample)
	return sample[0].Value.Uint64()
}

// collectAt is the growth, in percent of what is live, after which the heap is collected.
func collectAt(live uint64) int {
	return int(min(mostPercent, max(100, 100*garbage/live))) //nolint:gosec // between the two
}
