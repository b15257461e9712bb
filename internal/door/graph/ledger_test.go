package graph_test

import (
	"net/http"
	"testing"

	"github.com/lanyard-id/lanyard/internal/door/doortest"
	"github.com/lanyard-id/lanyard/internal/door/graph"
)

// TestNoChangeWithoutItsRecord: nothing is changed while the ledger takes no records.
func TestNoChangeWithoutItsRecord(t *testing.T) {
	w, door := openWith(t, func(l *doortest.Ledger) graph.Ledger { return doortest.SickLedger{On: l} })
	before := w.Current().Rev()
	rec := w.Do(door, as(w, "function", http.MethodPost, "/applications", `{"displayName":"x"}`))
	if changed := w.Current().Rev() != before; rec.Code != http.StatusServiceUnavailable || changed {
		t.Errorf("changed %v: %d %s", changed, rec.Code, doortest.Text(rec))
	}
}
