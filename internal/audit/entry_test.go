package audit

import (
	"bytes"
	"testing"
	"time"
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
