package commit

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"testing"

	"github.com/lanyard-id/lanyard/internal/view"
)

// Each chunk fits into a transaction and leads to a state that was reached by making the changes one after the other.
func TestChunksLeadThroughStatesThatWere(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // a test that can be repeated
	for round := range 50 {
		var s Set
		var states []map[string]string
		state := map[string]string{}
		for i := range 20 + random.IntN(600) {
			c := view.Change{Key: fmt.Sprint("k", random.IntN(250)), Value: make([]byte, random.IntN(30_000))}
			if random.IntN(4) == 0 {
				c.Value = nil
			}
			s.Add(c)
			state[c.Key] = fmt.Sprint(i, len(c.Value))
			states = append(states, maps.Clone(state))
			c.Rev = int64(i) // to find the change again
			s.log[len(s.log)-1] = c
		}
		now, seen := map[string]string{}, 0
		for _, chunk := range s.Chunks() {
			size := 0
			keys := map[string]bool{}
			for _, c := range chunk {
				if keys[c.Key] {
					t.Fatalf("round %d: %s occurs twice in a chunk", round, c.Key)
				}
				keys[c.Key] = true
				size += len(c.Key) + len(c.Value)
				now[c.Key] = fmt.Sprint(c.Rev, len(c.Value))
			}
			if len(chunk) > MaxOps || size > maxBytes {
				t.Fatalf("round %d: a chunk has %d changes and %d bytes", round, len(chunk), size)
			}
			for seen < len(states) && !maps.Equal(states[seen], now) {
				seen++
			}
			if seen == len(states) {
				t.Fatalf("round %d: a chunk leads to a state that never was", round)
			}
		}
		if !maps.Equal(now, state) {
			t.Fatalf("round %d: the chunks do not lead to the end", round)
		}
	}
}

func TestTakes(t *testing.T) {
	var s, more Set
	for i := range MaxOps {
		s.Add(view.Change{Key: fmt.Sprint("k", i), Value: []byte("x")})
	}
	more.Add(view.Change{Key: "k0", Value: []byte("y")})
	if !s.Takes(&more) {
		t.Error("a key that changes again was counted twice")
	}
	more.Add(view.Change{Key: "new"})
	if s.Takes(&more) {
		t.Errorf("%d changes were taken", s.Len()+1)
	}
	var big Set
	big.Add(view.Change{Key: "k0", Value: make([]byte, maxBytes)})
	if s.Takes(&big) {
		t.Error("too many bytes were taken")
	}
}

// TestWhatWasTakenIsOneChunk: commands that were let into one transaction are not torn apart because a value was larger in
// between.
func TestWhatWasTakenIsOneChunk(t *testing.T) {
	var s Set
	for n := range 8 {
		var more Set
		for _, size := range []int{maxBytes - 100, 10} {
			more.Add(view.Change{Key: fmt.Sprint("k", n), Value: make([]byte, size)})
		}
		if !s.Takes(&more) {
			t.Fatalf("command %d does not fit", n)
		}
		s.Join(&more)
	}
	if got := s.Chunks(); len(got) != 1 || len(got[0]) != 8 {
		t.Errorf("%d transactions", len(got))
	}
}
