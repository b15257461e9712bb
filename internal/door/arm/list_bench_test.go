package arm_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/door/doortest"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// nowhere takes an answer and keeps nothing of it, as a socket does.
type nowhere struct{ header http.Header }

func (n nowhere) Header() http.Header         { return n.header }
func (n nowhere) Write(b []byte) (int, error) { return len(b), nil }
func (n nowhere) WriteHeader(int)             {}

// BenchmarkPageOfAssignments gives what a page of 1,000 of one principal's 10,000 assignments allocates: what is left for the
// collector, which marks the whole tenant for it.
func BenchmarkPageOfAssignments(b *testing.B) {
	who := doortest.GUID(doortest.OneID)
	var records []view.Record
	for i := range 10_000 {
		records = append(records, &view.RoleAssignment{
			ID: name.NewGUID(), Tenant: doortest.North(), Principal: who, Role: name.MustGUID(reader), Created: doortest.Start(),
			Scope: name.MustScope(fmt.Sprintf("%s-%d", northGroup, i)),
		})
	}
	w, h := open(b, records...)
	req := as(w, "function", "GET", fmt.Sprintf("%s%sroleAssignments%s&$filter=principalId%%20eq%%20'%s'", northSub, auth, rest, who), "")
	r := httptest.NewRequest(req.Method, req.Target, http.NoBody)
	r.Header = req.Header
	if n := strings.Count(w.Want(h, http.StatusOK, req).Body.String(), who.String()); n < 1000 {
		b.Fatalf("%d assignments", n)
	}
	b.ReportAllocs()
	for b.Loop() {
		h.ServeHTTP(nowhere{http.Header{}}, r)
	}
}
