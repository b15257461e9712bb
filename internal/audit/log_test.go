package audit

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/reason"
	"github.com/lanyard-id/lanyard/internal/requestid"
)

// tick is a clock that goes on by a millisecond at each look.
type tick struct {
	mu sync.Mutex
	t  time.Time
}

func newTick() *tick { return &tick{t: time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)} }

func (c *tick) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(time.Millisecond)
	return c.t
}

func (c *tick) forward(by time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(by)
}

// open opens a log in dir and closes it with the test.
func open(t *testing.T, dir string, opt Options) *Log {
	t.Helper()
	if opt.Now == nil {
		opt.Now = newTick().now
	}
	l, err := Open(dir, opt)
	must(t, err)
	t.Cleanup(func() {
		if err := l.Close(); err != nil && !errors.Is(err, errClosed) {
			t.Errorf("close: %v", err)
		}
	})
	return l
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// record is number n of the records that these tests write.
func record(n int) Record {
	return Record{
		ID:   requestid.New(time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC).Add(time.Duration(n)*time.Millisecond), 7),
		Door: "sts", Operation: "AssumeRole", Outcome: Issued, TokenID: fmt.Sprintf("ASIA%08d", n),
		Principal: Principal{Kind: "role", ID: "AROAEXAMPLE", Display: "arn:aws:iam::123456789012:role/r", Session: "s"},
		Resource:  "arn:aws:iam::123456789012:role/r",
	}
}

// write writes records from to to-1 to the ledger.
func write(t *testing.T, l *Log, from, to int) []Record {
	t.Helper()
	var out []Record
	for n := from; n < to; n++ {
		rec := record(n)
		must(t, l.Ledger(t.Context(), rec))
		out = append(out, rec)
	}
	return out
}

// verified walks the ledger in dir and demands that it is unbroken.
func verified(t *testing.T, dir string) Verdict {
	t.Helper()
	v, err := VerifyFolder(t.Context(), filepath.Join(dir, "ledger"))
	must(t, err)
	if v.Break != nil {
		t.Fatalf("the ledger is broken: %+v", *v.Break)
	}
	return v
}

// lastSegment is the path of the newest segment of the ledger.
func lastSegment(t *testing.T, dir string) string {
	t.Helper()
	segments, err := listSegments(filepath.Join(dir, "ledger"))
	must(t, err)
	if len(segments) == 0 {
		t.Fatal("no segment")
	}
	return segments[len(segments)-1].path
}

func TestRecordComesBackAsItWas(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir, Options{Node: 7})
	account, err := name.ParseAccountID("123456789012")
	must(t, err)
	rec := Record{
		ID: requestid.New(time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC), 3), Time: time.Date(2026, 11, 21, 10, 0, 0, 5, time.UTC),
		Tenant: name.MustGUID("11111111-2222-3333-4444-555555555555"), Account: account,
		Door: "sts", Operation: "AssumeRole", Outcome: Refused, Reason: "access.denied", Wire: "AccessDenied",
		Principal: Principal{"role", "AROA", "arn:aws:iam::123456789012:role/a", "session"}, Remote: netip.MustParseAddr("192.0.2.1"),
		Resource: "arn:aws:iam::123456789012:role/b", Audience: "https://storage.azure.com", TokenID: "ASIA", Rev: 42,
		Decision: &reason.Decision{
			Outcome: reason.ExplicitDeny, Question: reason.Question{Principal: "p", Action: "sts:AssumeRole", Resource: "r"},
			Decisive: []reason.Clause{{Kind: "trust policy", Rule: "#Deny", Rev: 9, Text: "denies"}},
			Nearest:  []reason.Clause{{Kind: "identity policy", Rule: "p#1", Text: "nearly", Met: 2}}, Hint: "add it",
		},
		Input: map[string]string{"RoleSessionName": "s", "html": "<&>"},
	}
	must(t, l.Ledger(t.Context(), rec))
	want := rec
	want.Stream, want.Node, want.Seq = LedgerStream, 7, 1
	want.Hash = l.Head().Hash
	got, err := l.Find(t.Context(), rec.ID)
	must(t, err)
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b netip.Addr) bool { return a == b }),
		cmp.AllowUnexported(requestid.ID{}, name.GUID{}, name.AccountID{})); diff != "" {
		t.Errorf("record (-want +got):\n%s", diff)
	}
	must(t, l.Close())
	l = open(t, dir, Options{})
	if again, err := l.Find(t.Context(), rec.ID); err != nil || again.Hash != want.Hash {
		t.Errorf("after a restart: %v, %v", again, err)
	}
}

func TestChainGoesOnOverRestartsAndSegments(t *testing.T) {
	dir := t.TempDir()
	var all []Record
	var heads []Head
	for round := range 5 {
		l := open(t, dir, Options{SegmentBytes: 2000})
		all = append(all, write(t, l, round*10, round*10+10)...)
		heads = append(heads, l.Head())
		if v, err := l.Verify(t.Context(), heads...); err != nil || v.Break != nil {
			t.Fatalf("round %d: %+v, %v", round, v.Break, err)
		}
		must(t, l.Close())
	}
	v := verified(t, dir)
	if v.Lines != 50 || v.Head != heads[4] || v.Segments < 5 {
		t.Errorf("verdict %+v", v)
	}
	l := open(t, dir, Options{SegmentBytes: 2000})
	for _, rec := range all {
		if got, err := l.Find(t.Context(), rec.ID); err != nil || got.TokenID != rec.TokenID {
			t.Errorf("%s: %v, %v", rec.TokenID, got.TokenID, err)
		}
	}
	if _, err := l.Find(t.Context(), requestid.New(time.Now(), 1)); !fault.Is(err, NotFound) {
		t.Errorf("a request that never was: %v, want %s", err, NotFound)
	}
	if _, err := l.Find(t.Context(), requestid.ID{}); !fault.Is(err, NotFound) {
		t.Errorf("no request: %v, want %s", err, NotFound)
	}
}

func TestManyWritersShareSyncsWithoutAGap(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir, Options{SegmentBytes: 50_000})
	const writers, each = 64, 20
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for n := range each {
				if err := l.Ledger(t.Context(), record(w*each+n)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	s := l.Stats()
	if s.LedgerRecords != writers*each || s.LedgerSyncs >= s.LedgerRecords {
		t.Errorf("%d records, %d syncs", s.LedgerRecords, s.LedgerSyncs)
	}
	must(t, l.Close())
	v := verified(t, dir)
	if v.Lines != writers*each || v.First != 1 {
		t.Errorf("verdict %+v", v)
	}
}

func TestClosedLogRefuses(t *testing.T) {
	l := open(t, t.TempDir(), Options{})
	write(t, l, 0, 3)
	must(t, l.Close())
	if err := l.Ledger(t.Context(), record(9)); !fault.Is(err, Unavailable) {
		t.Errorf("Ledger: %v, want %s", err, Unavailable)
	}
	if err := l.Health(); !fault.Is(err, Unavailable) {
		t.Errorf("Health: %v, want %s", err, Unavailable)
	}
	if err := l.Close(); err == nil {
		t.Error("closing twice is no error")
	}
	l.Refuse(record(1)) // does nothing, and does not block or panic
	l.Access(record(2))
}

// TestL02NoTokenInTheAudit: whatever field a token comes in, it is on no disk and in no memory.
func TestL02NoTokenInTheAudit(t *testing.T) {
	const token = "eyJhbGciOiJSUzI1NiIsImtpZCI6IngifQ.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJlLWNhbmFyeQ"
	dir := t.TempDir()
	l := open(t, dir, Options{})
	rec := record(1)
	rec.Resource, rec.Audience, rec.TokenID, rec.Wire = token, "Bearer "+token, token, token
	rec.Principal = Principal{token, token, token, token}
	rec.Operation, rec.Door, rec.Reason = token, token, fault.Reason(token)
	rec.Input = map[string]string{"assertion": token, "q": "?access_token=" + token + "&x", token: "x"}
	rec.Decision = &reason.Decision{
		Question: reason.Question{Principal: token, Action: token, Resource: token}, Hint: token,
		Decisive: []reason.Clause{{Kind: token, Rule: token, Text: token}}, Nearest: []reason.Clause{{Text: token}},
	}
	must(t, l.Ledger(t.Context(), rec))
	l.Refuse(rec)
	l.Access(rec)
	for got, err := range l.Query(t.Context(), Filter{}) {
		must(t, err)
		if s := fmt.Sprintf("%+v %+v", got, got.Decision); strings.Contains(s, "canary") || strings.Contains(s, "eyJ") {
			t.Errorf("in memory: %s", s)
		}
	}
	must(t, l.Close())
	must(t, filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if strings.Contains(string(b), "eyJ") {
			t.Errorf("%s holds the token", path)
		}
		return err
	}))
}
