//go:build proof && linux

package proof

import (
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/internal/opwire"
)

// What is promised of a start, on the machine that docs/performance.md names.
const (
	emptyStart, fullStart   = 500 * time.Millisecond, 5 * time.Second
	emptyMemory, fullMemory = 100 << 20, 1200 << 20
	identities, assignments = 100_000, 200_000
	perManifest             = 4_000
)

// timed starts the server and waits until ask succeeds.
func (h *house) timed(t *testing.T, ask func() error) time.Duration {
	t.Helper()
	began := time.Now()
	h.launch(t)
	for ask() != nil {
		select {
		case <-h.exited:
			t.Fatalf("the server ended:\n%s", h.tail())
		case <-time.After(time.Millisecond):
		}
		if time.Since(began) > patience {
			t.Fatalf("no answer: %v\n%s", ask(), h.tail())
		}
	}
	return time.Since(began)
}

// hold compares a figure with its promise. It fails the proof, and nothing else: times are never asserted in other tests.
func hold[T int64 | time.Duration](t *testing.T, what string, got, promised T) {
	t.Helper()
	if got > promised {
		t.Errorf("%s: %v, promised %v", what, got, promised)
	}
}

func TestAnEmptyServerStartsQuickly(t *testing.T) {
	var first, again []time.Duration
	var highest int64
	for range 9 {
		h := houseAt(t, filepath.Join(t.TempDir(), "data"))
		token := func() error {
			return h.ask(http.MethodPost, opwire.PathToken, opwire.TokenRequest{As: "operator", Resource: storage}, nil)
		}
		first = append(first, h.timed(t, token))
		h.kill()
		again = append(again, h.timed(t, token))
		now, _ := h.memory(t)
		highest = max(highest, now)
		h.kill()
	}
	figure(t, "first start to first token p50 %s, slowest %s; later starts p50 %s, slowest %s; %d MiB resident (%s)",
		percentile(first, 50).Round(time.Millisecond), percentile(first, 100).Round(time.Millisecond),
		percentile(again, 50).Round(time.Millisecond), percentile(again, 100).Round(time.Millisecond), highest>>20, machine())
	hold(t, "the first start", percentile(first, 50), emptyStart)
	hold(t, "a later start", percentile(again, 100), emptyStart)
	hold(t, "resident memory", highest, emptyMemory)
}

func TestAFullServerStartsQuickly(t *testing.T) {
	h := newHouse(t)
	h.play(t, userScene())
	w := h.as(t, "function")
	began := time.Now()
	h.populate(t)
	t.Logf("made %d identities and %d assignments in %s", identities, assignments, time.Since(began).Round(time.Second))
	h.stop(t)
	var starts []time.Duration
	var settled, highest int64
	var worked time.Duration
	for range 3 {
		starts = append(starts, h.timed(t, func() error { _, err := w.token(storage, ""); return err }))
		worked = max(worked, processorTime(t, h.process.Process.Pid))
		if err := h.ready(); err != nil {
			t.Fatal(err)
		}
		h.readBoth(t, w)
		now, peak := h.memory(t)
		settled, highest = max(settled, now), max(highest, peak)
		h.kill()
	}
	figure(t, "%d identities, %d assignments: start to first token p50 %s, slowest %s, %s of processor time; %d MiB resident, %d MiB at the highest (%s, load average %s)",
		identities, assignments, percentile(starts, 50).Round(time.Millisecond), percentile(starts, 100).Round(time.Millisecond),
		worked, settled>>20, highest>>20, machine(), loadAverage())
	hold(t, "the start", percentile(starts, 100), fullStart)
	hold(t, "resident memory", settled, fullMemory)
}

// populate makes identities, and two assignments for each.
func (h *house) populate(t *testing.T) {
	t.Helper()
	for from := 0; from < identities; from += perManifest {
		var m strings.Builder
		fmt.Fprintf(&m, "kind: ResourceGroup\nname: crowd-%d\n", from)
		for n := from; n < from+perManifest; n++ {
			fmt.Fprintf(&m, "---\nkind: UserAssignedIdentity\nname: identity-%d\nresourceGroup: crowd-%d\n", n, from)
		}
		h.apply(t, m.String())
	}
	var all []struct{ ID, PrincipalID string }
	if err := h.ask(http.MethodGet, opwire.PathRecords+"UserAssignedIdentity", nil, &all); err != nil {
		t.Fatal(err)
	}
	const roles = assignments / identities
	for from := 0; from < identities; from += perManifest / roles {
		var m strings.Builder
		for _, i := range all[from : from+perManifest/roles] {
			group, _, _ := strings.Cut(i.ID, "/providers/")
			for _, role := range []string{"Reader", "Storage Blob Data Reader"} {
				fmt.Fprintf(&m, "---\nkind: RoleAssignment\nprincipal: %s\nrole: %s\nscope: %s\n", i.PrincipalID, role, group)
			}
		}
		h.apply(t, strings.TrimPrefix(m.String(), "---\n"))
	}
}
