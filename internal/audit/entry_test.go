package audit

import (
	"bytes"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/reason"
)

func entries(t *testing.T, l *Log, numbers ...int) (all []Entry) {
	t.Helper()
	for _, n := range numbers {
		e, err := l.Entry(record(n))
		must(t, err)
		all = append(all, e)
	}
	return all
}

// TestCompleteWritesWhatIsMissingOnce: a ledger is completed with what it lacks, however often it is asked, and whichever
// segment has the rest.
func TestCompleteWritesWhatIsMissingOnce(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir, Options{SegmentBytes: 3000})
	all := entries(t, l, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
	must(t, <-l.Enter(all[0], all[1], all[2]))
	for _, e := range all[4:8] {
		must(t, <-l.Enter(e))
	}
	for range 3 {
		must(t, l.Complete(t.Context(), all))
	}
	must(t, l.Close())
	if v := verified(t, dir); v.Lines != uint64(len(all)) {
		t.Errorf("%d lines, want %d", v.Lines, len(all))
	}
}

// TestCompleteKnowsSegmentsOfOneMillisecond: a segment that was begun in the millisecond of an entry need not have it.
func TestCompleteKnowsSegmentsOfOneMillisecond(t *testing.T) {
	dir, at := t.TempDir(), newTick().t
	l := open(t, dir, Options{SegmentBytes: 1, Now: func() time.Time { return at }})
	at = at.Add(500 * time.Microsecond)
	all := entries(t, l, 1)
	must(t, <-l.Enter(all...))
	at = at.Add(400 * time.Microsecond)
	must(t, <-l.Enter(entries(t, l, 2)...))
	must(t, l.Complete(t.Context(), all))
	must(t, l.Close())
	if v := verified(t, dir); v.Lines != 2 || v.Segments != 2 {
		t.Errorf("%d lines in %d segments", v.Lines, v.Segments)
	}
}

// TestCompleteWantsWholeLines: what is left of a line in a segment that is damaged tells nobody anything.
func TestCompleteWantsWholeLines(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir, Options{})
	all := entries(t, l, 1, 2, 3)
	must(t, <-l.Enter(all...))
	must(t, l.Close())
	path := lastSegment(t, dir)
	b, err := os.ReadFile(path)
	must(t, err)
	b[20] ^= 1 // the first line is damaged, and the last one has no end
	must(t, os.WriteFile(path, b[:len(b)-20], 0o600))
	l = open(t, dir, Options{})
	before := l.Head().Seq
	for range 2 {
		must(t, l.Complete(t.Context(), all[1:]))
	}
	if got := l.Head().Seq - before; got != 1 {
		t.Errorf("%d lines were written, want the one that has no end", got)
	}
}

// TestAnEntryIsReadAsItWasWritten, or Complete would not find it: whatever a caller put into the record.
func TestAnEntryIsReadAsItWasWritten(t *testing.T) {
	l := open(t, t.TempDir(), Options{Node: 7})
	hostile := "\xff\x00\n\u2028\u202e<&>\"\\{},\"seq\":1,\"hash\":\"" + strings.Repeat("é", 3000)
	rec := record(1)
	rec.Remote, rec.Rev, rec.Repeats, rec.Dropped = netip.MustParseAddr("fe80::1%eth0"), 1<<60, 1, 2
	for _, text := range []*string{
		&rec.Door, &rec.Operation, &rec.Wire, &rec.Resource, &rec.Audience, &rec.TokenID, &rec.Principal.Kind,
		&rec.Principal.ID, &rec.Principal.Display, &rec.Principal.Session,
	} {
		*text = hostile
	}
	rec.Reason, rec.Input = fault.Reason(hostile), map[string]string{"": hostile, hostile: "", "e\u0301": "x"}
	for n := range 2 * maxInputs {
		rec.Input[hostile[:n]] = hostile[n:]
	}
	clause := reason.Clause{Kind: hostile, Rule: hostile, Rev: 3, Text: hostile, Met: 2}
	rec.Decision = &reason.Decision{
		Outcome: reason.Allow, Question: reason.Question{Principal: hostile, Action: hostile, Resource: hostile},
		Decisive: slices.Repeat([]reason.Clause{clause}, 20), Nearest: []reason.Clause{clause, clause}, Hint: hostile,
	}
	e, err := l.Entry(rec)
	must(t, err)
	if bytes.ContainsRune(e.Text(), '\n') {
		t.Error("an entry has two lines")
	}
	again, err := ParseEntry(e.Text())
	must(t, err)
	if !bytes.Equal(again.body, e.body) {
		t.Errorf("%s\nbecame\n%s", e.Text(), again.Text())
	}
}

// TestReadersFindWhatWasHandedOver: whoever hands an entry over need not wait for the disk to find it again.
func TestReadersFindWhatWasHandedOver(t *testing.T) {
	l := open(t, t.TempDir(), Options{})
	defer l.Close() //nolint:errcheck // it is thrown away
	for n := range 50 {
		e := entries(t, l, n)[0]
		done := l.Enter(e)
		if got, err := l.Find(t.Context(), e.record.ID); err != nil || got.Operation != e.record.Operation {
			t.Fatalf("record %d: %+v, %v", n, got, err)
		}
		must(t, <-done)
	}
	if err := <-l.Enter(); err != nil {
		t.Errorf("no entries: %v", err)
	}
}

// TestAnEntryTellsTheRevisionThatItGot: what is known only after the write is put in then.
func TestAnEntryTellsTheRevisionThatItGot(t *testing.T) {
	l := open(t, t.TempDir(), Options{})
	defer l.Close() //nolint:errcheck // it is thrown away
	e := entries(t, l, 1)[0]
	later, err := e.At(77)
	must(t, err)
	if e.record.Rev == 77 || later.record.Rev != 77 || !bytes.Contains(later.Text(), []byte(`"rev":77`)) || later.Size() != len(later.Text()) {
		t.Errorf("%s became %s", e.Text(), later.Text())
	}
}

// TestAClosedLogTakesNoEntry says so, whatever room is left in its queue.
func TestAClosedLogTakesNoEntry(t *testing.T) {
	l := open(t, t.TempDir(), Options{})
	must(t, l.Close())
	if err := <-l.Enter(entries(t, l, 1)...); err == nil {
		t.Error("it is taken")
	}
}

// FuzzParseEntry: what can be read is written the same way again.
func FuzzParseEntry(f *testing.F) {
	for n := range 3 {
		e, err := EntryOf(record(n))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(e.Text())
	}
	f.Add([]byte(`{"id":"x"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		e, err := ParseEntry(text)
		if err != nil || e.record.Time.Location() != time.UTC {
			return
		}
		again, err := ParseEntry(e.Text())
		if err != nil || !bytes.Equal(again.Text(), e.Text()) {
			t.Errorf("%s became %s (%v)", e.Text(), again.Text(), err)
		}
	})
}
