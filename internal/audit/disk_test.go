package audit

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lanyard-id/lanyard/internal/fault"
)

// badDisk stands under the ledger's files and fails as it is told. It counts bytes as a full disk does: what a file
// has reserved is there for it, whatever is free otherwise.
type badDisk struct {
	mu       sync.Mutex
	free     int64
	ahead    int64 // what the file for the next segment has reserved
	syncErr  error
	truncErr error
	hang     chan struct{} // when set, Sync waits until it is closed
}

func newBadDisk() *badDisk { return &badDisk{free: 1 << 40} }

func (d *badDisk) set(change func(*badDisk)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	change(d)
}

func (d *badDisk) open(path string) (file, error) {
	f, err := openDiskFile(path)
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	bad := &badFile{file: f, disk: d, ahead: filepath.Base(path) == reserveName, size: info.Size()}
	bad.room = bad.size
	if !bad.ahead { // the reserved file, renamed
		bad.room, d.ahead = max(bad.size, d.ahead), 0
	}
	return bad, nil
}

type badFile struct {
	file
	disk  *badDisk
	ahead bool // the file for the next segment
	size  int64
	room  int64 // bytes that the disk has given to the file
}

func (f *badFile) Close() error {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	if f.ahead {
		f.disk.ahead = f.room
	}
	return f.file.Close()
}

func (f *badFile) Write(b []byte) (int, error) {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	need := f.size + int64(len(b)) - f.room
	if need > f.disk.free {
		n, err := f.file.Write(b[:len(b)/2]) // a full disk takes a part
		f.size += int64(n)
		return n, errors.Join(err, syscall.ENOSPC)
	}
	if need > 0 {
		f.disk.free -= need
		f.room += need
	}
	n, err := f.file.Write(b)
	f.size += int64(n)
	return n, err
}

func (f *badFile) Sync() error {
	f.disk.mu.Lock()
	err, hang := f.disk.syncErr, f.disk.hang
	f.disk.mu.Unlock()
	if hang != nil {
		<-hang
	}
	if err != nil {
		return err
	}
	return f.file.Sync()
}

func (f *badFile) Truncate(size int64) error {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	if f.disk.truncErr != nil {
		return f.disk.truncErr
	}
	f.size = size
	return f.file.Truncate(size)
}

func (f *badFile) Reserve(size int64) error {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	if size-f.room > f.disk.free {
		return syscall.ENOSPC
	}
	f.disk.free -= max(0, size-f.room)
	f.room = max(f.room, size)
	return nil
}

// fill writes records until one is refused and gives how many were taken, and the refusal.
func fill(t *testing.T, l *Log, limit int) (taken int, err error) {
	t.Helper()
	for n := range limit {
		if err := l.Ledger(t.Context(), record(n)); err != nil {
			return n, err
		}
	}
	return limit, nil
}

// TestDiskFull: when nothing is free any more, the reserve takes records for a while; then the ledger fails closed,
// leaves no half line, says why, and goes on as soon as there is room.
func TestDiskFull(t *testing.T) {
	dir, disk := t.TempDir(), newBadDisk()
	l := open(t, dir, Options{SegmentBytes: 8000, testOnlyOpen: disk.open})
	write(t, l, 0, 2)
	if got := l.Stats().ReserveBytes; got < 8000 {
		t.Errorf("the reserve has %d bytes", got)
	}
	disk.set(func(d *badDisk) { d.free = 0 })
	taken, err := fill(t, l, 1000)
	if !fault.Is(err, Unavailable) || !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("after %d records: %v, want %s", taken, err, Unavailable)
	}
	if taken < 8 {
		t.Errorf("the reserve took only %d records", taken)
	}
	if err := l.Health(); !fault.Is(err, Unavailable) {
		t.Errorf("Health: %v, want %s", err, Unavailable)
	}
	if err := l.Ledger(t.Context(), record(1)); !fault.Is(err, Unavailable) {
		t.Errorf("again: %v, want %s", err, Unavailable)
	}
	if v, err := l.Verify(t.Context()); err != nil || v.Break != nil || v.Lines != uint64(taken+2) {
		t.Errorf("after %d records: %+v %+v, %v", taken, v, v.Break, err)
	}
	disk.set(func(d *badDisk) { d.free = 1 << 30 })
	more := write(t, l, 5000, 5010)
	if err := l.Health(); err != nil {
		t.Errorf("with room again: %v", err)
	}
	if _, err := l.Find(t.Context(), more[9].ID); err != nil {
		t.Error(err)
	}
	must(t, l.Close())
	if v := verified(t, dir); v.Lines != uint64(taken+12) {
		t.Errorf("%d lines, want %d", v.Lines, taken+12)
	}
}

func TestDiskFullGivesUpTheBallast(t *testing.T) {
	disk := newBadDisk()
	var given atomic.Int32
	l := open(t, t.TempDir(), Options{SegmentBytes: 4000, testOnlyOpen: disk.open, Ballast: func() bool {
		if given.Add(1) > 1 {
			return false
		}
		disk.set(func(d *badDisk) { d.free += 20_000 })
		return true
	}})
	disk.set(func(d *badDisk) { d.free = 0 })
	taken, err := fill(t, l, 1000)
	if !fault.Is(err, Unavailable) || given.Load() < 2 {
		t.Fatalf("after %d records and %d calls: %v", taken, given.Load(), err)
	}
	if taken < 40 {
		t.Errorf("reserve and ballast took only %d records", taken)
	}
}

// TestFailedSyncPoisons: after a failed sync nobody knows what the disk holds, so nothing is written any more.
func TestFailedSyncPoisons(t *testing.T) {
	dir, disk := t.TempDir(), newBadDisk()
	var told []error
	l := open(t, dir, Options{testOnlyOpen: disk.open, Fatal: func(err error) { told = append(told, err) }})
	good := write(t, l, 0, 2)
	disk.set(func(d *badDisk) { d.syncErr = syscall.EIO })
	if err := l.Ledger(t.Context(), record(2)); !fault.Is(err, Unavailable) || !errors.Is(err, errPoisoned) {
		t.Fatalf("Ledger: %v, want %s", err, Unavailable)
	}
	disk.set(func(d *badDisk) { d.syncErr = nil })
	if err := l.Ledger(t.Context(), record(3)); !errors.Is(err, errPoisoned) {
		t.Errorf("the disk seems well again, and the log took a record: %v", err)
	}
	if err := l.Health(); !fault.Is(err, Unavailable) || !errors.Is(err, syscall.EIO) {
		t.Errorf("Health: %v, want the cause", err)
	}
	if f := fault.From(l.Health()); f.Public == "" || errors.Is(errors.New(f.Public), syscall.EIO) {
		t.Errorf("public text %q", f.Public)
	}
	if got := l.Head().Seq; got != 2 {
		t.Errorf("head %d, want 2", got)
	}
	must(t, l.Close())
	if len(told) != 1 || !errors.Is(told[0], syscall.EIO) {
		t.Errorf("Fatal was called with %v, want once with the cause", told)
	}
	l = open(t, dir, Options{})
	write(t, l, 10, 11)
	for _, rec := range good {
		if _, err := l.Find(t.Context(), rec.ID); err != nil {
			t.Error(err)
		}
	}
	must(t, l.Close())
	verified(t, dir)
}

func TestHalfLineThatCannotBeTakenBackPoisons(t *testing.T) {
	disk := newBadDisk()
	l := open(t, t.TempDir(), Options{SegmentBytes: 2000, testOnlyOpen: disk.open})
	disk.set(func(d *badDisk) { d.free, d.truncErr = 0, syscall.EIO })
	_, err := fill(t, l, 100)
	if !errors.Is(err, errPoisoned) {
		t.Fatalf("%v", err)
	}
	disk.set(func(d *badDisk) { d.free, d.truncErr = 1<<30, nil })
	if err := l.Ledger(t.Context(), record(1)); !errors.Is(err, errPoisoned) {
		t.Errorf("the log goes on behind a half line: %v", err)
	}
}

// TestBlockedDisk: a disk that does not answer costs each caller two seconds at most, and later callers nothing.
func TestBlockedDisk(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		disk := newBadDisk()
		l, err := Open(dir, Options{Now: time.Now, testOnlyOpen: disk.open})
		must(t, err)
		write(t, l, 0, 1)
		hang := make(chan struct{})
		disk.set(func(d *badDisk) { d.hang = hang })
		begun := time.Now()
		stuck := record(1)
		if err := l.Ledger(t.Context(), stuck); !fault.Is(err, Unavailable) || !errors.Is(err, errStalled) {
			t.Errorf("Ledger: %v, want %s", err, Unavailable)
		}
		if got := time.Since(begun); got != 2*time.Second {
			t.Errorf("it took %v", got)
		}
		begun = time.Now()
		if err := l.Ledger(t.Context(), record(2)); !errors.Is(err, errStalled) {
			t.Errorf("the next: %v", err)
		}
		if err := l.Health(); !errors.Is(err, errStalled) {
			t.Errorf("Health: %v", err)
		}
		if got := time.Since(begun); got != 0 {
			t.Errorf("the next took %v", got)
		}
		disk.set(func(d *badDisk) { d.hang = nil })
		close(hang)
		synctest.Wait()
		if err := l.Health(); err != nil {
			t.Errorf("Health after the disk answered: %v", err)
		}
		write(t, l, 3, 4)
		if _, err := l.Find(t.Context(), stuck.ID); err != nil {
			t.Errorf("the record that was on its way: %v", err)
		}
		if got := l.Stats().LedgerFailures; got != 2 {
			t.Errorf("%d failures, want 2", got)
		}
		must(t, l.Close())
	})
	verified(t, dir)
}

// TestOnlyACrowdWaits: a record that is alone goes to the disk at once. After a batch of several the next waits for company,
// once.
func TestOnlyACrowdWaits(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		disk := newBadDisk()
		l, err := Open(dir, Options{Now: time.Now, testOnlyOpen: disk.open})
		must(t, err)
		alone := func(n int, want time.Duration) {
			t.Helper()
			begun := time.Now()
			must(t, l.Ledger(t.Context(), record(n)))
			if got := time.Since(begun); got != want {
				t.Errorf("record %d took %v, want %v", n, got, want)
			}
		}
		alone(0, 0)
		alone(1, 0)
		hang := make(chan struct{})
		disk.set(func(d *badDisk) { d.hang = hang })
		var crowd sync.WaitGroup
		for n := range 5 {
			crowd.Go(func() { must(t, l.Ledger(t.Context(), record(2+n))) })
			synctest.Wait() // the first is on its way to the disk, and the others wait for it
		}
		disk.set(func(d *badDisk) { d.hang = nil })
		close(hang)
		crowd.Wait()
		alone(7, company)
		alone(8, 0)
		must(t, l.Close())
	})
	verified(t, dir)
}

// TestALedgerGetsWellByItself: a server that is not ready is sent no requests, so nobody else tries whether there is room again.
func TestALedgerGetsWellByItself(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		disk := newBadDisk()
		l, err := Open(dir, Options{Now: time.Now, SegmentBytes: 8000, testOnlyOpen: disk.open})
		must(t, err)
		disk.set(func(d *badDisk) { d.free = 0 })
		if _, err := fill(t, l, 1000); err == nil {
			t.Fatal("a full disk takes all")
		}
		time.Sleep(time.Minute)
		if err := l.Health(); !fault.Is(err, Unavailable) {
			t.Errorf("without room: %v", err)
		}
		disk.set(func(d *badDisk) { d.free = 1 << 30 })
		time.Sleep(2 * tryAgain)
		if err := l.Health(); err != nil {
			t.Errorf("with room again: %v", err)
		}
		for r, err := range l.Query(t.Context(), Filter{Limit: 1}) {
			if err != nil || r.Operation != resumedOperation || r.Outcome != Noted {
				t.Errorf("the newest record is %+v (%v)", r, err)
			}
		}
		before := l.Head()
		time.Sleep(time.Minute)
		if l.Head() != before {
			t.Error("it goes on although all is well")
		}
		must(t, l.Close())
	})
	verified(t, dir)
}

// slowFile answers each sync after a time.
type slowFile struct {
	file
	takes time.Duration
}

func (f slowFile) Sync() error {
	time.Sleep(f.takes)
	return f.file.Sync()
}

// TestADiskThatAnswersInTheLastMoment: whoever gives up just as the disk answers keeps nobody out afterwards.
func TestADiskThatAnswersInTheLastMoment(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		l, err := Open(dir, Options{Now: time.Now, testOnlyOpen: func(path string) (file, error) {
			f, err := openDiskFile(path)
			return slowFile{f, 2 * time.Second}, err // the usual Timeout
		}})
		must(t, err)
		for n := range 20 {
			_ = l.Ledger(t.Context(), record(n)) // either is right
			synctest.Wait()
			l.stalled.Store(true) // as the caller does when it runs only now
			if err := l.Health(); err != nil {
				t.Fatalf("after record %d: %v", n, err)
			}
		}
		must(t, l.Close())
	})
}

// TestCallerThatGoesAway: the record of a caller that did not wait is written all the same, and the next one's beside it.
func TestCallerThatGoesAway(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		disk := newBadDisk()
		l, err := Open(dir, Options{Now: time.Now, testOnlyOpen: disk.open})
		must(t, err)
		hang := make(chan struct{})
		disk.set(func(d *badDisk) { d.hang = hang })
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		first, gone, next := record(1), record(2), record(3)
		wait := func(rec Record) {
			if err := l.Ledger(t.Context(), rec); err != nil {
				t.Errorf("Ledger: %v", err)
			}
		}
		go wait(first) // the writer has it
		synctest.Wait()
		if err := l.Ledger(ctx, gone); !fault.Is(err, Unavailable) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Ledger: %v", err)
		}
		go wait(next)
		synctest.Wait()
		disk.set(func(d *badDisk) { d.hang = nil })
		close(hang)
		synctest.Wait()
		for _, rec := range []Record{first, gone, next} {
			if _, err := l.Find(t.Context(), rec.ID); err != nil {
				t.Errorf("Find: %v", err)
			}
		}
		must(t, l.Close())
	})
	if v := verified(t, dir); v.Lines != 3 {
		t.Errorf("%d lines", v.Lines)
	}
}

// TestNoReserve: where room cannot be reserved the ledger works without.
func TestNoReserve(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir, Options{SegmentBytes: 2000, testOnlyOpen: func(path string) (file, error) {
		f, err := openDiskFile(path)
		return noReserve{f}, err
	}})
	write(t, l, 0, 20)
	if got := l.Stats().ReserveBytes; got != 0 {
		t.Errorf("a reserve of %d bytes", got)
	}
	if _, err := os.Stat(filepath.Join(dir, "ledger", reserveName)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file that reserves nothing stays: %v", err)
	}
	must(t, l.Close())
	verified(t, dir)
}

// noReserve is a file of a system that cannot reserve.
type noReserve struct{ file }

func (noReserve) Reserve(int64) error { return errors.ErrUnsupported }
