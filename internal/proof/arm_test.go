//go:build proof && linux

package proof

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/internal/store"
	"github.com/lanyard-id/lanyard/internal/store/etcd"
)

const (
	armWriters = 16
	armTime    = 4 * time.Second
	armNames   = 12_000 // more than are written in that time
)

// TestBenchARMWrites measures resources that are made at the Resource Manager by 16 writers, each durable in the store and
// in the ledger before it is answered, beside what the store alone takes from 16 writers of one record a transaction. The
// directory commits what waits together, so the door may be faster than that.
func TestBenchARMWrites(t *testing.T) {
	b := newBench(t)
	door := b.at(t, "arm")
	token := b.as(t, "operator").mustToken(t, "https://management.azure.com", "")
	var ours, alone []float64
	var each time.Duration
	for round := range benchRounds {
		alone = append(alone, storeRate(t))
		var result loaded
		each, result = measure(t, door, load{
			Requests: b.widgets(t, token, round), Once: true, Conns: armWriters, Duration: armTime,
		})
		if result.Done >= armNames {
			t.Fatal("all names were used up: the time is not what ended the load")
		}
		ours = append(ours, float64(result.Done)/armTime.Seconds())
	}
	mine, floor := median(ours), median(alone)
	verdict(t, "ARM PUT, 16 writers", int(100*mine/floor), 70,
		fmt.Sprintf("%.0f a second (%.0f µs of processor each), the store alone %.0f", mine, micro(each), floor))
	figure(t, "measured on %s, load average %s", machine(), loadAverage())
}

// widgets are PUTs of resources that are not there yet, each with a system-assigned identity; of a type that is answered 200.
func (b bench) widgets(t *testing.T, token string, round int) (requests [][]byte) {
	t.Helper()
	header := map[string]string{"Authorization": "Bearer " + token, "Content-Type": "application/json"}
	for n := range armNames {
		path := fmt.Sprintf("/subscriptions/%s/resourceGroups/proof/providers/Microsoft.Web/sites/r%d-%d?api-version=2024-04-01", b.status.Subscription, round, n)
		body := []byte(`{"location":"local","identity":{"type":"SystemAssigned"},"properties":{"size":"small"}}`)
		requests = append(requests, written(t, b.request(http.MethodPut, "arm", path, body, header)))
	}
	return requests
}

// storeRate is how many transactions of one record a second a store of its own takes from as many writers.
func storeRate(t *testing.T) float64 {
	t.Helper()
	s, err := etcd.Open(t.Context(), etcd.Config{Dir: filepath.Join(t.TempDir(), "store")})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()            //nolint:errcheck // it is thrown away
	value := make([]byte, 600) // about a widget's record
	ctx, stop := context.WithTimeout(t.Context(), armTime)
	defer stop()
	var done atomic.Int64
	var writers sync.WaitGroup
	for w := range armWriters {
		writers.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				if _, err := s.Txn(t.Context(), nil, []store.Op{{Key: fmt.Sprintf("proof/%d/%d", w, n), Value: value}}); err != nil {
					t.Error(err)
					return
				}
				done.Add(1)
			}
		})
	}
	writers.Wait()
	return float64(done.Load()) / armTime.Seconds()
}

func median(of []float64) float64 {
	all := slices.Sorted(slices.Values(of))
	return all[len(all)/2]
}
