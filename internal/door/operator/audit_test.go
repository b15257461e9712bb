package operator

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/opwire"
)

func TestFindRecord(t *testing.T) {
	w := newWorld(t)
	got := w.refused("POST", opwire.PathLaunch, opwire.LaunchRequest{As: "a/b/c"}, BadName)
	rec := get[opwire.Record](w, "GET", opwire.PathRecord+got.RequestID, nil)
	if rec.ID.String() != got.RequestID || rec.Reason != BadName || rec.Operation != "launch" || rec.Principal.Kind != "operator" || rec.Wire != string(BadName) {
		t.Errorf("the record is %+v", rec)
	}
	if text := opwire.Explain(rec); !strings.Contains(text, "operator.bad_name") || !strings.Contains(text, "next       lanyard get Resource") {
		t.Errorf("explained as\n%s", text)
	}
	w.refused("GET", opwire.PathRecord+"x", nil, BadRequest)
	w.refused("GET", opwire.PathRecord+"8c1b0000-0000-4000-8000-000000000000", nil, BadRequest) // no id of ours
	w.refused("GET", opwire.PathRecord+"8c1b0000-0000-8000-8000-000000000000", nil, audit.NotFound)
}

// lines asks for records.
func (w *world) lines(query url.Values) []opwire.Record {
	w.t.Helper()
	code, body := w.send("GET", opwire.PathAudit+"?"+query.Encode(), nil)
	if code != http.StatusOK {
		w.t.Fatalf("%v: %d %s", query, code, body)
	}
	var out []opwire.Record
	for line := range strings.Lines(body) {
		var rec opwire.Record
		must(w.t, json.Unmarshal([]byte(line), &rec))
		out = append(out, rec)
	}
	return out
}

func TestQueryRecords(t *testing.T) {
	w := newWorld(t)
	w.apply(scene)
	w.clock.pass(time.Hour)
	noon := w.clock.now().UTC().Format(time.RFC3339)
	w.clock.pass(time.Second)
	w.launched("reader")
	w.launched("operator")
	tests := []struct {
		query url.Values
		want  int
	}{
		{url.Values{"operation": {"launch"}}, 2},
		{url.Values{"operation": {"launch"}, "limit": {"1"}}, 1},
		{url.Values{"since": {noon}, "outcome": {"issued"}}, 3},
		{url.Values{"until": {noon}, "outcome": {"CHANGED"}}, 1},
		{url.Values{"outcome": {"issued"}}, 3},
		{url.Values{"principal": {"nobody"}}, 0},
	}
	for _, tc := range tests {
		if got := w.lines(tc.query); len(got) != tc.want {
			t.Errorf("%v: %d records, want %d: %+v", tc.query, len(got), tc.want, got)
		}
	}
	if got := w.lines(url.Values{"operation": {"launch"}}); got[0].Resource != "operator" {
		t.Error("the newest is not the first")
	}
	for _, bad := range []string{"limit=0", "limit=x", "limit=1000000", "since=yesterday", "outcome=maybe", "stream=ledger", "limit=1&limit=2", "a;b"} {
		code, body := w.send("GET", opwire.PathAudit+"?"+bad, nil)
		if code != http.StatusBadRequest {
			t.Errorf("%s: %d %s", bad, code, body)
		}
	}
}

func TestVerifyLedger(t *testing.T) {
	var folder string
	w := newWorld(t)
	folder = t.TempDir()
	log, err := audit.Open(folder, audit.Options{Now: w.clock.now, Node: 7})
	must(t, err)
	second := *w
	second.door.Ledger, second.door.Trail, second.audit = log, log, log
	second.listen()
	for range 2 {
		must(t, log.Ledger(t.Context(), audit.Record{Door: "operator", Operation: "launch", Outcome: audit.Issued}))
	}
	good := get[opwire.VerifyResult](&second, "POST", opwire.PathVerify, nil)
	if !good.Intact || good.Records < 2 || good.Break != "" {
		t.Errorf("a whole ledger: %+v", good)
	}
	must(t, log.Close())
	tamper(t, filepath.Join(folder, "ledger"))
	log, err = audit.Open(folder, audit.Options{Now: w.clock.now, Node: 7})
	must(t, err)
	defer log.Close() //nolint:errcheck // it is of no more use
	third := second
	third.door.Ledger, third.door.Trail, third.audit = log, log, log
	third.listen()
	if bad := get[opwire.VerifyResult](&third, "POST", opwire.PathVerify, nil); bad.Intact || bad.Break == "" {
		t.Errorf("a ledger that was changed: %+v", bad)
	}
}

// tamper changes one letter in the first record of a ledger.
func tamper(t *testing.T, ledger string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(ledger, "*"))
	must(t, err)
	for _, f := range files {
		text, err := os.ReadFile(f)
		must(t, err)
		if changed := strings.Replace(string(text), `"operation":"launch`, `"operation":"Iaunch`, 1); changed != string(text) {
			must(t, os.WriteFile(f, []byte(changed), 0o600))
			return
		}
	}
	t.Fatal("no record to change")
}

// TestReadsLeaveATrace wants also what changes nothing to be seen.
func TestReadsLeaveATrace(t *testing.T) {
	w := newWorld(t)
	get[[]item](w, "GET", opwire.PathRecords+"Role", nil)
	for rec, err := range w.audit.Query(t.Context(), audit.Filter{Operation: "records.list"}) {
		must(t, err)
		if rec.Stream != audit.AccessStream || rec.Outcome != audit.Allowed || rec.Principal.Kind != "operator" {
			t.Errorf("the record is %+v", rec)
		}
		return
	}
	t.Error("there is no record")
}

func TestReadFilterUnknown(t *testing.T) {
	for _, raw := range []string{"x=1", "Since=2026-01-01T00:00:00Z"} {
		if _, err := readFilter(raw); !fault.Is(err, BadRequest) {
			t.Errorf("%s: %v", raw, err)
		}
	}
}
