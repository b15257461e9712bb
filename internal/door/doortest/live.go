package doortest

import (
	"context"
	"log/slog"
	"slices"

	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/store"
	"github.com/lanyard-id/lanyard/internal/store/memory"
	"github.com/lanyard-id/lanyard/internal/view"
)

// Live gives the world a directory of its own, with the cast and more, so that a door can change it: from now on the View is
// the directory's, and tests change it by Change and no longer by Write.
func (w *World) Live(more ...view.Record) *directory.Directory {
	w.t.Helper()
	kept := memory.New()
	var ops []store.Op
	for _, r := range append(cast(), more...) {
		c, err := view.Put(r)
		if err != nil {
			w.t.Fatal(err)
		}
		ops = append(ops, store.Op{Key: c.Key, Value: c.Value})
	}
	for chunk := range slices.Chunk(ops, store.MaxOps) {
		if _, err := kept.Txn(w.t.Context(), nil, chunk); err != nil {
			w.t.Fatal(err)
		}
	}
	dir, err := directory.Open(w.t.Context(), directory.Config{Store: kept, Ledger: w.Ledger, Now: w.Now, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		w.t.Fatal(err)
	}
	loop, stop := context.WithCancel(context.WithoutCancel(w.t.Context()))
	done := make(chan error, 1)
	go func() { done <- dir.Run(loop) }()
	w.t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			w.t.Error(err)
		}
	})
	w.live, w.View = dir, dir.View()
	return dir
}

// Change runs a command in the world's directory.
func (w *World) Change(command directory.Command) {
	w.t.Helper()
	if _, err := w.live.Do(w.t.Context(), command); err != nil {
		w.t.Fatal(err)
	}
	w.View = w.live.View()
}

// Interrupted is a live directory in which something happens once between a request's View and the next command.
type Interrupted struct {
	*directory.Directory
	Meanwhile func() // nil is nothing
}

// Do runs the command after what happens first.
func (i *Interrupted) Do(ctx context.Context, command directory.Command) (*view.View, error) {
	if first := i.Meanwhile; first != nil {
		i.Meanwhile = nil
		first()
	}
	return i.Directory.Do(ctx, command)
}

// Roomy is a disk that is never full.
type Roomy = room

// Trying is a directory that changes the world's View at once and keeps nothing, for doors whose tests write it besides.
func (w *World) Trying() Trying { return Trying{w} }

// Trying runs commands as the writer loop would.
type Trying struct{ w *World }

// View is the world's.
func (t Trying) View() *view.View { return t.w.Current() }

// Do runs a command. What it records is in the world's ledger.
func (t Trying) Do(_ context.Context, command directory.Command) (*view.View, error) {
	if first := t.w.Meanwhile; first != nil {
		t.w.Meanwhile = nil
		first()
	}
	next, records, err := directory.Try(t.w.View, t.w.Now(), command)
	if err == nil {
		t.w.View = next
	}
	for _, rec := range records {
		t.w.Ledger.add(rec, audit.LedgerStream)
	}
	return next, err
}
