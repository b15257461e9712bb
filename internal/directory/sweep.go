package directory

import (
	"context"
	"log/slog"

	"github.com/lanyard-id/lanyard/internal/directory/holds"
	"github.com/lanyard-id/lanyard/internal/directory/launch"
	"github.com/lanyard-id/lanyard/internal/directory/vault"
	"github.com/lanyard-id/lanyard/internal/view"
)

// sweepStep is how many records one step of a sweep removes, so that commands wait for one transaction at most.
const sweepStep = 100

// sweepState is what the writer loop knows about work for the sweep that no tombstone tells.
type sweepState struct {
	orphans bool // there may be assignments whose principal is gone
}

// sweepRequest makes the next step of the sweep a command like any other.
func (d *Directory) sweepRequest(ctx context.Context) *request {
	return &request{ctx: ctx, command: d.sweep, done: make(chan answer, 1)}
}

// unswept tells whether the sweep has work that must not wait.
func (d *Directory) unswept() bool {
	for range d.View().Tombstones() {
		return true
	}
	return d.sweeps.orphans
}

// swept tells whether the step that was just committed succeeded. After a failure the sweep waits before it goes on.
func (d *Directory) swept(ctx context.Context, sweep *request) bool {
	a := <-sweep.done                     // it was the first of its batch, so it has its answer
	if a.err != nil && ctx.Err() == nil { // a stop is no failure: the next start goes on
		d.config.Logger.LogAttrs(ctx, slog.LevelWarn, "sweep failed", slog.Any("error", a.err))
		d.sweeps.orphans = true
	}
	return a.err == nil
}

// sweep removes up to sweepStep records: revocations that no living token remembers, expired workload rules, deleted
// secrets whose time to be recovered is over, what lies below tombstones, and the assignments of principals that are gone.
func (d *Directory) sweep(e *Edit) error {
	for r := range e.view.RevocationsAfter(view.Mark{}) {
		if e.now.Sub(r.At) < view.MaxTokenLife {
			break // the rest is younger
		}
		if full, err := e.sweepOne(r); full || err != nil {
			return err
		}
	}
	for r := range e.view.Rules() {
		if r.Expires.After(e.now) && launch.Lives(e.view, r) {
			continue
		}
		if full, err := e.sweepOne(r); full || err != nil {
			return err
		}
	}
	for scope := range vault.Due(e.view, e.now) {
		if e.changes.Len() >= sweepStep {
			return nil
		}
		if err := e.removeTree(&view.Tombstone{Scope: scope, Began: e.now}); err != nil {
			return err
		}
	}
	for t := range e.view.Tombstones() {
		if full, err := e.sweepTree(t); full || err != nil {
			return err
		}
	}
	if !d.sweeps.orphans {
		return nil
	}
	for a := range e.view.Orphans() {
		if full, err := e.sweepOne(a); full || err != nil {
			return err
		}
	}
	d.sweeps.orphans = false
	return nil
}

// sweepTree removes what lies below the tombstone and at last the tombstone itself.
func (e *Edit) sweepTree(t *view.Tombstone) (full bool, err error) {
	v := e.view
	for r := range v.Under(t.Scope) {
		for dead := range holds.Dying(v, r) {
			if full, err := e.sweepOne(dead); full || err != nil {
				return full, err
			}
		}
	}
	return e.sweepOne(t)
}

// sweepOne removes a record if it is still there; full tells that this step has done enough and did not.
func (e *Edit) sweepOne(r view.Record) (full bool, err error) {
	if e.changes.Len() >= sweepStep {
		return true, nil
	}
	if e.view.At(r.StoreKey()) == nil {
		return false, nil
	}
	return false, e.Remove(r)
}

// removeAll removes the record and all that dies with it.
func (e *Edit) removeAll(r view.Record) error {
	for dead := range holds.Dying(e.view, r) {
		if err := e.Remove(dead); err != nil {
			return err
		}
	}
	return nil
}

// removeTree removes everything at and below the scope of a record: at once when it is little, else by a tombstone that
// the sweep follows.
func (e *Edit) removeTree(t *view.Tombstone) error {
	v := e.view
	var dead []view.Record
	size := 0
	for r := range v.Under(t.Scope) {
		for d := range holds.Dying(v, r) {
			if size++; view.PrincipalOf(d) != nil {
				size++ // its revocation is written with it
			}
			if dead = append(dead, d); size > sweepStep {
				_, err := e.Save(t)
				return err
			}
		}
	}
	for _, r := range dead {
		if e.view.At(r.StoreKey()) == nil {
			continue // two things died with it
		}
		if err := e.Remove(r); err != nil {
			return err
		}
	}
	return nil
}
