package audit

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"
)

// Bounds of what one sync makes durable.
const (
	maxBatch      = 512
	maxBatchBytes = 1 << 20
)

// company is how long a batch waits for more when the one before held more than one: records then come faster than the disk
// syncs, and one sync for several costs less. A record that is alone waits for nobody.
const company = 500 * time.Microsecond

// tryAgain is how long the writer rests, after a batch that it could not write, until it looks whether the disk takes records again.
const tryAgain = time.Second

var errStalled = errors.New("the disk does not answer")

// waiting is one record on its way to the disk, and its caller. When the writer has answered, it serves another record.
// With entries it is somebody who does not wait here, and with nothing at all somebody who waits for the others.
type waiting struct {
	body    []byte
	entries []Entry
	done    chan error // buffered: a caller that went away holds nobody up
	timer   *time.Timer
}

// size is how many bytes it brings.
func (w *waiting) size() int {
	size := len(w.body)
	for _, e := range w.entries {
		size += len(e.body)
	}
	return size
}

// waiter gives room for a record.
func (l *Log) waiter() *waiting {
	if w, ok := l.idle.Get().(*waiting); ok {
		w.body = w.body[:0]
		return w
	}
	return &waiting{body: make([]byte, 0, usualBody), done: make(chan error, 1), timer: time.NewTimer(l.opt.Timeout)}
}

// Ledger returns when the record is on the disk. An error means that it is not, or that nobody knows: the caller must
// not issue, change or release what the record says. The reverse may happen: a record can reach the disk although its
// caller was told that time was up, so the ledger never knows less than what left the house.
func (l *Log) Ledger(ctx context.Context, rec Record) error {
	if err := l.gate(); err != nil {
		l.failures.Add(1)
		return err
	}
	l.stamp(&rec, LedgerStream)
	w := l.waiter()
	var err error
	if w.body, err = appendRecord(w.body, &rec); err != nil {
		return unavailable(err)
	}
	if err := l.submit(ctx, w); err != nil {
		l.failures.Add(1)
		return unavailable(err)
	}
	return nil
}

// submit hands w to the writer and waits for the answer, at most Timeout. Without an answer the writer may have w still.
func (l *Log) submit(ctx context.Context, w *waiting) error {
	w.timer.Reset(l.opt.Timeout)
	select {
	case l.queue <- w:
	case <-w.timer.C:
		l.stalled.Store(true)
		return errStalled
	case <-l.closing:
		return errClosed
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case err := <-w.done:
		w.timer.Stop()
		l.idle.Put(w)
		return err
	case <-w.timer.C:
		l.stalled.Store(true)
		return errStalled
	case <-l.written: // the writer may have answered with its last breath
		select {
		case err := <-w.done:
			return err
		default:
			return errClosed
		}
	case <-ctx.Done():
		return ctx.Err()
	}
}

// writeLedger is the one goroutine that writes the ledger. All that wait share one sync.
func (l *Log) writeLedger() {
	defer close(l.written)
	for crowded := false; ; {
		batch := l.gather(crowded)
		crowded = len(batch) > 1
		if len(batch) == 0 {
			return
		}
		bodies := make([][]byte, 0, len(batch))
		for _, w := range batch {
			if len(w.body) > 0 {
				bodies = append(bodies, w.body)
			}
			for _, e := range w.entries {
				bodies = append(bodies, e.body)
			}
		}
		l.stalled.Store(false)
		l.writing.Store(true)
		var err error
		if len(bodies) > 0 {
			err = l.ledger.append(bodies...)
			l.report(err)
		}
		for _, w := range batch {
			w.done <- err
		}
		l.ledger.prepare()
		l.writing.Store(false)
	}
}

// report remembers how the last batch went.
func (l *Log) report(err error) {
	if err != nil {
		err = fmt.Errorf("ledger: %w", err)
		before := l.lastErr.Swap(&err)
		known := before != nil && errors.Is(*before, errPoisoned)
		if errors.Is(err, errPoisoned) && !known && l.opt.Fatal != nil {
			l.opt.Fatal(err)
		}
	} else {
		l.lastErr.Store(nil)
	}
}

// gather waits for a record and takes what else is there, and in a crowd what comes a little later. It is empty after Close,
// when nothing waits any more.
func (l *Log) gather(crowded bool) []*waiting {
	var batch []*waiting
	select {
	case w := <-l.queue:
		batch = append(batch, w)
	case <-l.recovery():
		batch = append(batch, l.resumption())
	case <-l.closing:
	}
	for size, asked := 0, false; len(batch) < maxBatch && size < maxBatchBytes; {
		select {
		case w := <-l.queue:
			batch = append(batch, w)
			size, asked = size+w.size(), false
		default:
			switch {
			case !asked:
				// Requests that are about to bring a record run first and share this sync. Nobody waits for them: when
				// none is ready to run, this returns at once.
				runtime.Gosched()
				asked = true
			case crowded:
				time.Sleep(company)
				asked, crowded = false, false
			default:
				return batch
			}
		}
	}
	return batch
}

// recovery fires when the writer should look whether the disk takes records again. While it is known that it does not, nobody
// may come: a server that is not ready gets no requests.
func (l *Log) recovery() <-chan time.Time {
	if l.lastErr.Load() == nil || l.gate() != nil {
		return nil
	}
	return time.After(tryAgain)
}

// resumption is a note that records could not be written before it.
func (l *Log) resumption() *waiting {
	w := &waiting{done: make(chan error, 1)}
	if e, err := l.Entry(Record{Door: "audit", Operation: resumedOperation, Outcome: Noted}); err == nil {
		w.entries = []Entry{e}
	}
	return w
}
