//go:build soak && linux

package proof

import (
	"bufio"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// soakTime is how long the soak lasts: SOAKTIME, or ten minutes.
func soakTime(t *testing.T) time.Duration {
	t.Helper()
	text := os.Getenv("SOAKTIME")
	if text == "" {
		return 10 * time.Minute
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// gauges reads what the server says of itself.
func (h *house) gauges(t *testing.T) map[string]float64 {
	t.Helper()
	a, err := h.send(h.request(http.MethodGet, "console", "/metrics", nil, nil))
	if err != nil || a.status != http.StatusOK {
		t.Fatalf("metrics: %v, status %d", err, a.status)
	}
	out := map[string]float64{}
	for lines := bufio.NewScanner(strings.NewReader(string(a.body))); lines.Scan(); {
		name, value, ok := strings.Cut(lines.Text(), " ")
		if n, err := strconv.ParseFloat(value, 64); ok && err == nil {
			out[name] = n
		}
	}
	return out
}

// TestSoak has workloads read, change and be refused all the time. Memory, files and goroutines must not grow, nothing
// good may be refused, and the ledger must be whole at the end.
func TestSoak(t *testing.T) {
	h := newHouse(t)
	h.play(t, userScene())
	w := h.as(t, "function")
	total := soakTime(t)
	end := time.Now().Add(total)
	var wg sync.WaitGroup
	for n := range 4 {
		wg.Go(func() {
			for i := 0; time.Now().Before(end) && !t.Failed(); i++ {
				h.readBoth(t, w)
				if _, err := w.ask("api://nowhere-"+strconv.Itoa(i), ""); err != nil {
					t.Error(err)
				}
				if i%50 == 0 {
					if err := h.group("soak-" + strconv.Itoa(n)); err != nil {
						t.Error(err)
					}
				}
				time.Sleep(5 * time.Millisecond)
			}
		})
	}
	time.Sleep(total / 5) // caches fill and the first snapshot is written
	before := h.gauges(t)
	wg.Wait()
	time.Sleep(2 * time.Second) // connections and requests under way come to their end
	after := h.gauges(t)
	for name, most := range map[string]float64{"process_resident_memory_bytes": 1.25, "process_open_fds": 1.2, "go_goroutines": 1.2} {
		if after[name] > before[name]*most {
			t.Errorf("%s grew from %.0f to %.0f", name, before[name], after[name])
		}
	}
	h.intact(t)
	figure(t, "%s of reading, changing and refusing: resident memory %.0f → %.0f MiB, files %.0f → %.0f, goroutines %.0f → %.0f, ledger whole",
		total, before["process_resident_memory_bytes"]/(1<<20), after["process_resident_memory_bytes"]/(1<<20),
		before["process_open_fds"], after["process_open_fds"], before["go_goroutines"], after["go_goroutines"])
}
