package web

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/reason"
	"github.com/lanyard-id/lanyard/internal/requestid"
)

// archive is a Witness that keeps what it was given and by which way.
type archive struct {
	way  string
	rec  audit.Record
	fail error
}

func (a *archive) Ledger(_ context.Context, r audit.Record) error {
	a.way, a.rec = "ledger", r
	return a.fail
}
func (a *archive) Refuse(r audit.Record) { a.way, a.rec = "refuse", r }
func (a *archive) Access(r audit.Record) { a.way, a.rec = "access", r }

// coded is a dialect with codes.
type coded struct{ Plain }

func (coded) Code(f *fault.Fault) string { return "Code-" + string(f.Reason) }

const witnessID = "0197b6a0-0000-8000-8000-000000000001"

// witnessed serves one request whose handler knows the caller and fails with err.
func witnessed(t *testing.T, a *archive, caller string, err error) *httptest.ResponseRecorder {
	t.Helper()
	cfg := testConfig(&logBuffer{})
	cfg.Dialect, cfg.Witness, cfg.IDs = coded{}, a, func() string { return witnessID }
	d := newTestDoor(t, cfg, route("GET", "/x", func(_ http.ResponseWriter, r *http.Request) error {
		e := EventOf(r.Context())
		if caller != "" {
			e.Caller(audit.Principal{Kind: "role", ID: caller})
		}
		e.Record.Resource = "arn:aws:s3:::b"
		return err
	}))
	return get(d, "/x")
}

func TestWitnessWays(t *testing.T) {
	tests := []struct {
		name, caller string
		err          error
		way          string
	}{
		{"nothing failed", "r1", nil, ""},
		{"stranger", "", fault.New(fault.Unauthenticated, "test.no_proof", ""), "refuse"},
		{"known caller refused", "r1", fault.New(fault.Denied, "test.denied", ""), "ledger"},
		{"known caller meets a defect", "r1", context.DeadlineExceeded, "ledger"},
		{"known caller misses", "r1", fault.New(fault.NotFound, "test.none", ""), "access"},
		{"ledger is full", "r1", fault.New(fault.Unavailable, audit.Unavailable, ""), ""},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			a := &archive{}
			witnessed(t, a, tc.caller, tc.err)
			if a.way != tc.way {
				t.Errorf("recorded by %q, want %q", a.way, tc.way)
			}
		})
	}
}

func TestWitnessRecord(t *testing.T) {
	a := &archive{}
	why := reason.Decision{Hint: "ask for the Reader role"}
	w := witnessed(t, a, "r1", fault.New(fault.Denied, "test.denied", "No.").Explained(why))
	wantFault(t, w, 403, "test.denied")
	id, err := requestid.Parse(witnessID)
	if err != nil {
		t.Fatal(err)
	}
	want := audit.Record{
		ID: id, Door: "test", Operation: "/x", Outcome: audit.Refused, Reason: "test.denied", Wire: "Code-test.denied",
		Principal: audit.Principal{Kind: "role", ID: "r1"}, Remote: netip.MustParseAddr("192.0.2.1"),
		Resource: "arn:aws:s3:::b", Decision: &why,
	}
	same := cmpopts.EquateComparable(requestid.ID{}, netip.Addr{}, name.GUID{}, name.AccountID{})
	if diff := cmp.Diff(want, a.rec, same); diff != "" {
		t.Error(diff)
	}
}

// TestRefusalIsRecordedBeforeItIsAnswered lets the ledger fail: the caller gets that failure, not the refusal whose
// record does not exist.
func TestRefusalIsRecordedBeforeItIsAnswered(t *testing.T) {
	a := &archive{fail: fault.New(fault.Unavailable, audit.Unavailable, "Try again.")}
	w := witnessed(t, a, "r1", fault.New(fault.Denied, "test.denied", "No."))
	wantFault(t, w, 503, audit.Unavailable)
}

func TestWitnessTakesWhatNeverReachedAHandler(t *testing.T) {
	a := &archive{}
	cfg := testConfig(&logBuffer{})
	cfg.Witness = a
	get(newTestDoor(t, cfg, route("GET", "/x", echo())), "/y")
	if a.way != "refuse" || a.rec.Reason != NoRoute {
		t.Errorf("recorded by %q: %+v", a.way, a.rec)
	}
}

// TestT11ForwardedSource: X-Forwarded-For says where a request came from if a configured proxy sent it, and nothing else.
func TestT11ForwardedSource(t *testing.T) {
	for _, tc := range []struct {
		proxies []netip.Prefix
		want    string
	}{
		{nil, "192.0.2.1"},
		{[]netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}, "192.0.2.1"},
		{[]netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}, "203.0.113.9"},
	} {
		a, cfg := &archive{}, testConfig(&logBuffer{})
		cfg.Witness, cfg.Proxies = a, tc.proxies
		r := httptest.NewRequest("GET", "/none", nil)
		r.Header.Set("X-Forwarded-For", "203.0.113.9")
		newTestDoor(t, cfg, route("GET", "/x", echo())).ServeHTTP(httptest.NewRecorder(), r)
		if got := a.rec.Remote.String(); got != tc.want {
			t.Errorf("proxies %v: the record says %s, want %s", tc.proxies, got, tc.want)
		}
	}
}
