package directory

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/lanyard-id/lanyard/internal/directory/commit"
	"github.com/lanyard-id/lanyard/internal/store"
	"github.com/lanyard-id/lanyard/internal/view"
)

// MaxOps is how many changes are written whole or not at all.
const MaxOps = commit.MaxOps

// Config is what a directory needs.
type Config struct {
	Store  store.Store
	Ledger commit.Ledger // takes the records of changes
	Now    func() time.Time
	Logger *slog.Logger // nil is slog.Default
	// Fatal is called at most once, from the writer loop, when writing has ended for good: the store could not say
	// whether a write happened, or another writer took over. The process must stop issuing credentials. May be nil.
	Fatal func(error)
	// SweepEvery is how often expired workload rules are looked for; 0 is 30 s. Tombstones do not wait for it.
	SweepEvery time.Duration
	Loading    commit.Loading // what was begun while the store was still being opened; the zero value is nothing
}

// Directory is the writer and the keeper of the current View.
type Directory struct {
	config  Config
	current atomic.Pointer[view.View]
	ended   commit.Bell    // rung when a View with a new revocation is published
	writer  *commit.Writer // Run's own
	queue   chan *request  // unbuffered: whoever has handed over a request gets an answer, unless the loop itself dies
	started atomic.Bool
	stopped chan struct{} // closed when Run has ended
	sweeps  sweepState    // Run's own
	decoder view.Decoder  // Run's own
}

// Open reads all records at one revision and takes over as the writer: an older directory on the same store can no
// longer write. Nothing is written but the guard until Run.
func Open(ctx context.Context, config Config) (*Directory, error) {
	config.Logger = cmp.Or(config.Logger, slog.Default())
	if config.SweepEvery <= 0 {
		config.SweepEvery = 30 * time.Second
	}
	w, v, err := commit.Open(ctx, config.Store, config.Ledger, &config.Loading)
	if errors.Is(err, commit.ErrOtherWriter) {
		return nil, unavailable(err)
	}
	if err != nil {
		return nil, err
	}
	d := &Directory{config: config, writer: w, queue: make(chan *request), stopped: make(chan struct{})}
	d.sweeps.orphans = true // an earlier process may have been stopped half-way
	d.current.Store(v)
	return d, nil
}

// View is the current state. A request takes it once and uses it to its end.
func (d *Directory) View() *view.View { return d.current.Load() }

// Ended gives a channel that is closed when tokens have ended and a View that says so is published. Take it before the
// View, so that nothing happens in between.
func (d *Directory) Ended() <-chan struct{} { return d.ended.Wait() }

// Commits is how many transactions the directory has written, for metrics.
func (d *Directory) Commits() int64 { return d.writer.Count() }

// Do runs the command in the writer loop and waits until it is committed and published. The View that it gives shows
// the change. The context is asked until the command starts and not after: whoever gets its error knows that nothing
// was written. An error of the command comes back as it is.
func (d *Directory) Do(ctx context.Context, command Command) (*view.View, error) {
	r := &request{ctx: ctx, command: command, done: make(chan answer, 1)}
	select {
	case d.queue <- r:
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-d.stopped:
		return nil, unavailable(nil)
	}
	select {
	case a := <-r.done:
		return a.view, a.err
	case <-d.stopped:
	}
	select {
	case a := <-r.done: // answered just before the end
		return a.view, a.err
	default:
		return nil, unavailable(nil)
	}
}

// request is a command that waits for its answer.
type request struct {
	ctx     context.Context //nolint:containedctx // it is the waiting caller's, asked once when its turn comes
	command Command
	done    chan answer
}

type answer struct {
	view *view.View
	err  error
}
