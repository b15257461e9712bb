package audit

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lanyard-id/lanyard/internal/requestid"
)

// Options say how a log keeps its folder. Zero values give the defaults.
type Options struct {
	Now  func() time.Time // required
	Node requestid.Node   // which server this is

	// Ballast gives up space that was held back for this moment and tells whether it gave up any. It is called from
	// the writing goroutine when the disk refuses a ledger record.
	Ballast func() bool

	// Fatal is called at most once, from the writing goroutine, when a sync of the ledger failed: no record is taken any
	// more until the log is opened again, so the process should end and be started again. May be nil.
	Fatal func(error)

	SegmentBytes int64         // size of a segment; 8 MiB. The ledger holds room for two of them on the disk
	LedgerBytes  int64         // oldest ledger segments are dropped beyond; 0 keeps all
	LedgerKeep   time.Duration // ledger segments older than this are dropped; 0 keeps all
	RefusalBytes int64         // the refusals stream never takes more; 64 MiB
	Timeout      time.Duration // how long a ledger record may take; 2 s
	FoldWindow   time.Duration // how long refusals that are alike are folded into one record; 10 s
	FoldSources  int           // how many kinds of refusal are told apart in one window; 256
	Recent       int           // how many access records and refusals are kept in memory, each; 4,096

	testOnlyOpen opener // puts failing files under the ledger
}

func (o *Options) setDefaults() error {
	if o.Now == nil {
		return errors.New("audit needs a clock")
	}
	setDefault(&o.SegmentBytes, 8<<20)
	setDefault(&o.RefusalBytes, 64<<20)
	setDefault(&o.Timeout, 2*time.Second)
	setDefault(&o.FoldWindow, 10*time.Second)
	setDefault(&o.FoldSources, 256)
	setDefault(&o.Recent, 4096)
	if o.testOnlyOpen == nil {
		o.testOnlyOpen = openDiskFile
	}
	return nil
}

func setDefault[T int | int64 | time.Duration](field *T, value T) {
	if *field <= 0 {
		*field = value
	}
}

// Log is the audit of one server. All methods may be called concurrently.
type Log struct {
	opt      Options
	ledger   *chain
	refusals *chain
	folds    *folder
	access   *accessLog

	queue    chan *waiting // to the ledger's writer
	idle     sync.Pool     // of *waiting that the writer has answered
	closing  chan struct{} // closed by Close: no more records are taken
	written  chan struct{} // closed when the ledger's writer is done
	folded   chan struct{} // closed when the refusals' writer is done
	isClosed atomic.Bool
	writing  atomic.Bool           // the ledger's writer waits for the disk
	stalled  atomic.Bool           // a record took longer than Timeout. Who finds that out may be late, so it counts only with writing
	lastErr  atomic.Pointer[error] // why the last batch was not written; nil after one that was
	failures atomic.Uint64         // ledger records that were not written in time
}

// Open recovers the log in dir, making it if there is none. The folder belongs to one process at a time.
func Open(dir string, opt Options) (*Log, error) {
	if err := opt.setDefaults(); err != nil {
		return nil, err
	}
	ledger, err := openChain(filepath.Join(dir, string(LedgerStream)), chainOptions{
		stream: LedgerStream, node: opt.Node, now: opt.Now, open: opt.testOnlyOpen, segmentBytes: opt.SegmentBytes,
		quotaBytes: opt.LedgerBytes, keep: opt.LedgerKeep, reserve: true, ballast: opt.Ballast,
	})
	if err != nil {
		return nil, fmt.Errorf("open ledger: %w", err)
	}
	refusals, err := openChain(filepath.Join(dir, string(RefusalsStream)), chainOptions{
		stream: RefusalsStream, node: opt.Node, now: opt.Now, open: openDiskFile,
		segmentBytes: min(opt.SegmentBytes, opt.RefusalBytes/8), quotaBytes: opt.RefusalBytes,
	})
	if err != nil {
		return nil, fmt.Errorf("open refusals: %w", errors.Join(err, ledger.close()))
	}
	l := &Log{
		opt: opt, ledger: ledger, refusals: refusals,
		folds: newFolder(opt), access: newAccessLog(opt.Recent),
		queue:   make(chan *waiting, 1024),
		closing: make(chan struct{}), written: make(chan struct{}), folded: make(chan struct{}),
	}
	go l.writeLedger()
	go l.writeRefusals()
	return l, nil
}

// Close writes what is waiting and releases the files. Records that come later are refused. It may be called once.
func (l *Log) Close() error {
	if l.isClosed.Swap(true) {
		return errClosed
	}
	close(l.closing)
	<-l.written
	<-l.folded
	return errors.Join(l.ledger.close(), l.refusals.close())
}

var errClosed = errors.New("the audit log is closed")

// stamp fills in what the log knows, and bounds what a caller chose.
func (l *Log) stamp(rec *Record, stream Stream) {
	rec.Stream, rec.Node = stream, l.opt.Node
	if rec.Time.IsZero() {
		rec.Time = l.opt.Now()
	}
	rec.Time = rec.Time.UTC().Round(0)
	if rec.ID.IsZero() {
		rec.ID = requestid.New(rec.Time, l.opt.Node)
	}
	rec.clean()
}

// Health says why the ledger cannot take records at the moment; nil when it can. The server is not ready while it is
// not nil.
func (l *Log) Health() error {
	if err := l.gate(); err != nil {
		return err
	}
	if err := l.lastErr.Load(); err != nil {
		return unavailable(*err)
	}
	return nil
}

// gate says whether trying is of no use.
func (l *Log) gate() error {
	switch {
	case l.isClosed.Load():
		return unavailable(errClosed)
	case l.stalled.Load() && l.writing.Load():
		return unavailable(errStalled)
	}
	if err := l.lastErr.Load(); err != nil && errors.Is(*err, errPoisoned) {
		return unavailable(*err)
	}
	return nil
}

// Head is the end of the ledger. Note it elsewhere to be able to prove later that nothing up to it was changed.
func (l *Log) Head() Head { return l.ledger.snapshotHead() }

// Verify walks the whole ledger as it stands, from the oldest segment that is kept. Heads that were noted elsewhere
// must lie on the chain.
func (l *Log) Verify(ctx context.Context, noted ...Head) (Verdict, error) {
	l.settle(ctx)
	return verify(ctx, l.ledger.snapshot(), noted)
}
