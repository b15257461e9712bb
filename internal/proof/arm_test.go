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
	armNames   = 60_000 // more than are written in that time
)

// TestBenchARMWrites measures resources that are made at the Resource Manager by 16 writers, each durable in the store
// together with its record before it is answered, beside what the store alone takes from 16 writers of one record a
// transaction, in this process and with both processors to itself. The second figure is beside the same store behind a bare handler over
// TLS, which gets the same requests from the same load: what the network and the load cost, both pay there.
func TestBenchARMWrites(t *testing.T) {
	b := newBench(t)
	door := b.at(t, "arm")
	token := b.as(t, "operator").mustToken(t, "https://management.azure.com", "")
	bare := floor(t, "store")
	var ours, front, alone []float64
	var spent, bareSpent []time.Duration
	for round := range benchRounds {
		alone = append(alone, storeRate(t))
		puts := load{Requests: b.widgets(t, token, round), Once: true, Conns: armWriters, Duration: armTime}
		each, result := measure(t, bare, puts)
		front, bareSpent = append(front, perSecond(t, result)), append(bareSpent, each)
		each, result = measure(t, door, puts)
		ours, spent = append(ours, perSecond(t, result)), append(spent, each)
	}
	mine, theirs, least := median(ours), median(front), median(alone)
	verdict(t, "ARM PUT, 16 writers", int(100*mine/least), 70,
		fmt.Sprintf("%.0f a second (%.0f µs of processor each), the store alone %.0f", mine, micro(percentile(spent, 50)), least))
	verdict(t, "ARM PUT, 16 writers, beside the store behind a bare handler over TLS", int(100*mine/theirs), 0,
		fmt.Sprintf("%.0f a second, the handler %.0f (%.0f µs of processor each)", mine, theirs, micro(percentile(bareSpent, 50))))
	figure(t, "measured on %s, load average %s", machine(), loadAverage())
}

// perSecond is the rate of a load that its time has ended.
func perSecond(t *testing.T, l loaded) float64 {
	t.Helper()
	if l.Done >= armNames {
		t.Fatal("all names were used up: the time is not what ended the load")
	}
	return float64(l.Done) / armTime.Seconds()
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
	defer s.Close() //nolint:errcheck // it is thrown away
	value := make([]byte, storedLength)
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
