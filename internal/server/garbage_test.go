package server

import (
	"runtime"
	"testing"
)

func TestCollectAt(t *testing.T) {
	for live, want := range map[uint64]int{1: 400, 4 << 20: 400, 8 << 20: 400, 16 << 20: 400, 32 << 20: 200, 64 << 20: 100, 1 << 30: 100} {
		if got := collectAt(live, garbage, mostPercent); got != want {
			t.Errorf("with %d bytes live: %d %%, want %d %%", live, got, want)
		}
	}
}

func TestCollectAtWhileLoading(t *testing.T) {
	for live, want := range map[uint64]int{leastHeap: 6400, 64 << 20: 400, 256 << 20: 100, 1 << 30: 100} {
		if got := collectAt(live, loadGarbage, mostLoading); got != want {
			t.Errorf("with %d bytes live: %d %%, want %d %%", live, got, want)
		}
	}
}

func TestLiveHeapIsMeasured(t *testing.T) {
	kept := make([]byte, 8<<20)
	runtime.GC()
	if got := liveHeap(); got < uint64(len(kept)) {
		t.Errorf("%d bytes are live, want at least the %d that are kept", got, len(kept))
	}
	runtime.KeepAlive(kept)
}
