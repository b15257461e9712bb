//go:build unix

package proof

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/opwire"
)

// writers is how many write at the same time.
const writers = 1000

// promise is what a writer knows of one thing.
type promise uint8

const (
	unsure  promise = iota // asked for when the server died: either is right
	present                // its making was acknowledged
	gone                   // its deletion was acknowledged
)

// diary is what all writers were promised.
type diary struct {
	mu           sync.Mutex
	things       map[string]promise
	acknowledged int
}

func (d *diary) note(name string, p promise) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.things[name] = p
	if p != unsure {
		d.acknowledged++
	}
}

// broken lists the promises that the names that are there do not keep.
func (d *diary) broken(there []string) []string {
	is := make(map[string]bool, len(there))
	for _, name := range there {
		is[name] = true
	}
	var lost []string
	for _, name := range slices.Sorted(maps.Keys(d.things)) {
		switch p := d.things[name]; {
		case p == present && !is[name]:
			lost = append(lost, name+" was acknowledged and is not there")
		case p == gone && is[name]:
			lost = append(lost, name+" was deleted, acknowledged, and is there")
		}
	}
	return lost
}

// write makes groups one after the other and deletes every third, until the server is gone.
func (h *house) write(d *diary, prefix string) {
	for n := 0; ; n++ {
		name := fmt.Sprintf("%s-%d", prefix, n)
		d.note(name, unsure)
		manifest := "kind: ResourceGroup\nname: " + name + "\n"
		if err := h.ask(http.MethodPost, opwire.PathApply, opwire.ApplyRequest{Manifest: manifest}, nil); err != nil {
			return
		}
		d.note(name, present)
		if n%3 != 2 {
			continue
		}
		d.note(name, unsure)
		if err := h.remove("ResourceGroup", name); err != nil {
			return
		}
		d.note(name, gone)
	}
}

// groups lists the resource groups that are there.
func (h *house) groups(t *testing.T) []string {
	t.Helper()
	var found []struct{ Name string }
	if err := h.ask(http.MethodGet, opwire.PathRecords+"ResourceGroup", nil, &found); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range found {
		names = append(names, f.Name)
	}
	return names
}

// intact has the ledger's hash chain walked.
func (h *house) intact(t *testing.T) {
	t.Helper()
	var v opwire.VerifyResult
	if err := h.ask(http.MethodPost, opwire.PathVerify, nil, &v); err != nil {
		t.Fatal(err)
	}
	if !v.Intact {
		t.Errorf("the ledger is broken: %s", v.Break)
	}
}

// recorded wants at least so many changes in the ledger, and each once.
func (h *house) recorded(t *testing.T, acknowledged int) {
	t.Helper()
	var text []byte
	if err := h.ask(http.MethodGet, opwire.PathAudit+"?outcome=changed&limit=100000", nil, &text); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for line := range bytes.Lines(text) {
		var rec audit.Record
		if err := json.Unmarshal(line, &rec); err != nil {
			t.Fatal(err)
		}
		place := fmt.Sprint(rec.ID, rec.Rev)
		if seen[place] || rec.Rev == 0 {
			t.Errorf("recorded twice, or without a revision: %s", line)
		}
		seen[place] = true
	}
	if len(seen) < acknowledged {
		t.Errorf("%d changes are recorded, %d were acknowledged", len(seen), acknowledged)
	}
}

// TestAcknowledgedWritesSurviveKills has many write at once while the server is killed at random moments. What was
// acknowledged must be there after each start, with its record, and the ledger whole.
func TestAcknowledgedWritesSurviveKills(t *testing.T) {
	h := newHouse(t)
	d := &diary{things: map[string]promise{}}
	var slowest time.Duration
	for n := range kills {
		var wg sync.WaitGroup
		for w := range writers {
			wg.Go(func() { h.write(d, fmt.Sprintf("k%d-w%d", n, w)) })
		}
		time.Sleep(time.Duration(1+rand.IntN(250)) * time.Millisecond)
		h.kill()
		wg.Wait()
		began := time.Now()
		h.start(t)
		slowest = max(slowest, time.Since(began))
		for _, b := range d.broken(h.groups(t)) {
			t.Errorf("after kill %d: %s", n, b)
		}
		h.intact(t)
		h.recorded(t, d.acknowledged)
		if t.Failed() {
			t.Fatal(h.tail())
		}
	}
	figure(t, "%d kills under %d writers, %d acknowledged writes, 0 lost, slowest start %s",
		kills, writers, d.acknowledged, slowest.Round(time.Millisecond))
}

// TestTheDiarySeesALostWrite plants one of each.
func TestTheDiarySeesALostWrite(t *testing.T) {
	d := &diary{things: map[string]promise{"a": present, "b": gone, "c": unsure, "e": present}}
	if got := d.broken([]string{"b", "e"}); len(got) != 2 {
		t.Errorf("got %q, want a lost and a returned thing", got)
	}
	if got := d.broken([]string{"a", "c", "e"}); len(got) != 0 {
		t.Errorf("got %q for promises that are kept", got)
	}
}
