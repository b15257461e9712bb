package audit

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-id/lanyard/internal/fault"
)

func TestQuery(t *testing.T) {
	clock := newTick()
	l := open(t, t.TempDir(), Options{Now: clock.now, SegmentBytes: 3000})
	begin := clock.now()
	for n := range 30 {
		rec := record(n)
		rec.Time = begin.Add(time.Duration(n) * time.Second)
		rec.TokenID = fmt.Sprint(n)
		switch n % 3 {
		case 0:
			must(t, l.Ledger(t.Context(), rec))
		case 1:
			rec.Outcome = Allowed
			rec.Operation = "GetObject"
			rec.Principal.ID = "other"
			l.Access(rec)
		default:
			rec.Outcome = Refused
			rec.Reason = fault.Reason(fmt.Sprint("r", n))
			l.Refuse(rec)
		}
	}
	id := record(99)
	id.Time, id.TokenID = begin.Add(99*time.Second), "99"
	must(t, l.Ledger(t.Context(), id))
	for _, tc := range []struct {
		name string
		f    Filter
		want []string
	}{
		{"all, newest first", Filter{Limit: 5}, []string{"99", "29", "28", "27", "26"}},
		{"by id", Filter{ID: id.ID}, []string{"99"}},
		{"since and until", Filter{Since: begin.Add(10 * time.Second), Until: begin.Add(13 * time.Second)}, []string{"12", "11", "10"}},
		{"by stream", Filter{Stream: LedgerStream, Limit: 3}, []string{"99", "27", "24"}},
		{"by principal's id", Filter{Principal: "other", Limit: 2}, []string{"28", "25"}},
		{"by principal's name", Filter{Principal: "arn:aws:iam::123456789012:role/r", Limit: 2}, []string{"99", "29"}},
		{"by session", Filter{Principal: "s", Limit: 1}, []string{"99"}},
		{"by operation", Filter{Operation: "getobject", Limit: 2}, []string{"28", "25"}},
		{"by outcome", Filter{Outcome: Refused, Limit: 2}, []string{"29", "26"}},
		{"nothing", Filter{Principal: "nobody"}, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var got []string
			for rec, err := range l.Query(t.Context(), tc.f) {
				must(t, err)
				got = append(got, rec.TokenID)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	seen := map[string]int{}
	for rec, err := range l.Query(t.Context(), Filter{}) {
		must(t, err)
		seen[rec.TokenID]++
	}
	if len(seen) != 31 {
		t.Errorf("%d records, want 31", len(seen))
	}
	for id, n := range seen {
		if n != 1 {
			t.Errorf("record %s comes %d times", id, n)
		}
	}
}

func TestQueryEnds(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir, Options{})
	write(t, l, 0, 3)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, err := range l.Query(ctx, Filter{}) {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%v", err)
		}
	}
	if _, err := l.Find(ctx, record(1).ID); !errors.Is(err, context.Canceled) {
		t.Errorf("Find: %v", err)
	}
	path := lastSegment(t, dir)
	b, err := os.ReadFile(path)
	must(t, err)
	b[10] ^= 1
	must(t, os.WriteFile(path, b, 0o600))
	good, bad := 0, 0
	for _, err := range l.Query(t.Context(), Filter{Stream: LedgerStream}) {
		if err == nil {
			good++
		} else if bad++; !fault.Is(err, Unreadable) {
			t.Errorf("%v, want %s", err, Unreadable)
		}
	}
	if good != 2 || bad != 1 {
		t.Errorf("%d records and %d errors, want 2 and 1", good, bad)
	}
}

func TestAccessRing(t *testing.T) {
	l := open(t, t.TempDir(), Options{Recent: 4})
	var all []Record
	for n := range 10 {
		rec := record(n)
		rec.Outcome = ""
		l.Access(rec)
		all = append(all, rec)
	}
	for n, rec := range all {
		got, err := l.Find(t.Context(), rec.ID)
		if n < 6 && !fault.Is(err, NotFound) || n >= 6 && (err != nil || got.Outcome != Allowed || got.Stream != AccessStream) {
			t.Errorf("record %d: %+v, %v", n, got, err)
		}
	}
	for n := range 3 * maxAccessKeys {
		l.Access(Record{Door: "s3", Operation: fmt.Sprint(n)})
	}
	if got := len(l.Stats().Access); got > maxAccessKeys {
		t.Errorf("%d counters", got)
	}
}

func TestRetention(t *testing.T) {
	clock := newTick()
	dir := t.TempDir()
	l := open(t, dir, Options{Now: clock.now, SegmentBytes: 2000, LedgerKeep: 24 * time.Hour})
	old := write(t, l, 0, 20)
	noted := l.Head()
	clock.forward(48 * time.Hour)
	fresh := write(t, l, 20, 30)
	if _, err := l.Find(t.Context(), old[0].ID); !fault.Is(err, NotFound) {
		t.Errorf("a record of two days ago: %v, want %s", err, NotFound)
	}
	for _, rec := range fresh {
		if _, err := l.Find(t.Context(), rec.ID); err != nil {
			t.Error(err)
		}
	}
	if got := notes(t, l, dropOperation); len(got) == 0 || got[0].Dropped == 0 {
		t.Errorf("notes %+v", got)
	}
	must(t, l.Close())
	v, err := VerifyFolder(t.Context(), dir+"/ledger", noted)
	if err != nil || v.Break != nil || v.First == 1 {
		t.Errorf("%+v %+v, %v", v, v.Break, err)
	}
}

func TestLedgerQuota(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir, Options{SegmentBytes: 2000, LedgerBytes: 10_000})
	write(t, l, 0, 200)
	if got := l.Stats().LedgerBytes; got > 10_000 {
		t.Errorf("%d bytes", got)
	}
	must(t, l.Close())
	if v := verified(t, dir); v.Dropped == 0 || v.Head.Seq < 200 {
		t.Errorf("%+v", v)
	}
}
