package graph_test

import (
	"net/http"
	"testing"

	"github.com/lanyard-id/lanyard/internal/door/doortest"
	"github.com/lanyard-id/lanyard/internal/door/graph"
)

// TestNoChangeWithoutItsRecord: nothing is changed while the ledger takes no records; one that fails just then lets the
// caller know that the change was made.
func TestNoChangeWithoutItsRecord(t *testing.T) {
	for _, known := range []bool{true, false} {
		w, door := openWith(t, func(l *doortest.Ledger) graph.Ledger { return doortest.SickLedger{On: l, Known: known} })
		before := w.Current().Rev()
		rec := w.Do(door, as(w, "function", http.MethodPost, "/applications", `{"displayName":"x"}`))
		if changed := w.Current().Rev() != before; rec.Code != http.StatusServiceUnavailable || changed == known {
			t.Errorf("known %v, changed %v: %d %s", known, changed, rec.Code, doortest.Text(rec))
		}
	}
}
