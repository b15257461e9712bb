package blob_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/disk"
	"github.com/lanyard-id/lanyard/internal/door/doortest"
	"github.com/lanyard-id/lanyard/internal/fault"
)

const madeContainer = "/northdata/made?restype=container"

// containerChanges are the three changes that a container can go through, in order.
func containerChanges() []doortest.Request {
	return []doortest.Request{
		change(http.MethodPut, madeContainer, ""),
		change(http.MethodPut, madeContainer+"&comp=metadata", "", "x-ms-meta-owner", "you"),
		change(http.MethodDelete, madeContainer, ""),
	}
}

// TestContainerChangesAreInTheLedger: what becomes of a container decides about the roles on it, so each change is kept
// durably with who made it and by which right. What is done with blobs is counted.
func TestContainerChangesAreInTheLedger(t *testing.T) {
	w, h := serve(t)
	for _, req := range containerChanges() {
		if rec := as(w, h, "shared", req); rec.Code >= 300 {
			t.Fatalf("%s %s: %d %s", req.Method, req.Target, rec.Code, rec.Body)
		}
		last := w.Ledger.Last()
		if last.Stream != audit.LedgerStream || last.Outcome != audit.Changed || !last.Decision.Allowed() || last.Principal.ID == "" ||
			!strings.HasSuffix(last.Resource, "/containers/made") || last.Rev != w.View.Rev() {
			t.Errorf("%s %s: recorded as %+v", req.Method, req.Target, last)
		}
	}
	accept(t, w, h, http.StatusCreated, upload(target, "content", nil))
	if last := w.Ledger.Last(); last.Stream != audit.AccessStream || last.Outcome != audit.Allowed {
		t.Errorf("a blob: recorded as %+v", last)
	}
}

// TestNoContainerChangeWithoutItsRecord: a ledger that takes nothing, and a full disk, stop changes before they are made.
func TestNoContainerChangeWithoutItsRecord(t *testing.T) {
	w, h := serve(t)
	full := func() error { return fault.New(fault.Unavailable, disk.Full, "") }
	for what, door := range map[string]http.Handler{
		"sick ledger": mount(t, w, doortest.SickLedger{On: w.Ledger}, roomy), // which takes no record of the refusal either
		"full disk":   mount(t, w, w.Ledger, full),
	} {
		t.Run(what, func(t *testing.T) {
			for i, req := range containerChanges() {
				if i == 1 {
					accept(t, w, h, http.StatusCreated, change(http.MethodPut, madeContainer, ""))
				}
				before := w.View.Rev()
				if rec := as(w, door, "shared", req); rec.Code != http.StatusServiceUnavailable || w.View.Rev() != before {
					t.Errorf("%s %s: %d, revision %d after %d: %s", req.Method, req.Target, rec.Code, w.View.Rev(), before, rec.Body)
				}
			}
			accept(t, w, h, http.StatusAccepted, change(http.MethodDelete, madeContainer, ""))
		})
	}
}
