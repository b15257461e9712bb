package keyring

import (
	"context"
	"fmt"
	"time"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/store"
)

// create makes the first keys of a store, all in one transaction. When another server was faster, its keys are taken.
func (r *Ring) create(ctx context.Context) error {
	now := r.cfg.Now()
	check, err := r.wrap.writeCheck()
	if err != nil {
		return fmt.Errorf("make keys: %w", err)
	}
	ops := []store.Op{{Key: keyCheck, Value: check}, turn(now)}
	for _, alg := range []string{RS256, ES256} {
		op, err := r.makeSigning(alg, now, now)
		if err != nil {
			return err
		}
		ops = append(ops, op)
	}
	for _, lasting := range []bool{false, true} {
		op, err := r.makeSealing(lasting, now, now)
		if err != nil {
			return err
		}
		ops = append(ops, op)
	}
	op, err := r.makeAuthority(nil, now)
	if err != nil {
		return err
	}
	ops = append(ops, op)
	_, err = r.cfg.Store.Txn(ctx, []store.Compare{{Key: keyCheck}, {Key: keyTurn}}, ops)
	if err != nil && !fault.Is(err, store.Conflict) {
		return fmt.Errorf("store the first keys: %w", err)
	}
	if err == nil {
		r.fresh = true
		return nil
	}
	stored, err := r.list(ctx)
	if err != nil {
		return err
	}
	return r.checkKEK(stored)
}

// turn marks a change, so that two servers never change keys from the same state.
func turn(now time.Time) store.Op {
	return store.Op{Key: keyTurn, Value: []byte(now.UTC().Format(time.RFC3339Nano))}
}

// planner looks at the keys as they are and gives the changes that are due; none when nothing is.
type planner func(s *snapshot, now time.Time) ([]store.Op, error)

// maxTries bounds how often a change is planned anew because another server was faster.
const maxTries = 5

// change plans on the newest keys and commits what was planned, or plans again if they changed meanwhile.
func (r *Ring) change(ctx context.Context, plan planner) error {
	r.writing.Lock()
	defer r.writing.Unlock()
	for range maxTries {
		if err := r.reload(ctx); err != nil {
			return err
		}
		s, now := r.snap.Load(), r.cfg.Now()
		ops, err := plan(s, now)
		if err != nil || len(ops) == 0 {
			return err
		}
		_, err = r.cfg.Store.Txn(ctx, []store.Compare{{Key: keyTurn, Rev: s.turn}}, append(ops, turn(now)))
		if err == nil {
			return r.reload(ctx)
		}
		if !fault.Is(err, store.Conflict) {
			return fmt.Errorf("change keys: %w", err)
		}
	}
	return fault.New(fault.Conflict, store.Conflict, "other servers keep changing the keys; try again")
}

// makeSigning gives the write of a new signing key.
func (r *Ring) makeSigning(alg string, created, active time.Time) (store.Op, error) {
	kid, rec, key, err := newSigningRecord(alg, created, active)
	if err != nil {
		return store.Op{}, err
	}
	value, err := r.wrap.seal(classSign, kid, rec, key)
	return store.Op{Key: signKeys + kid, Value: value}, err
}

// makeSealing gives the write of a new sealing key.
func (r *Ring) makeSealing(lasting bool, created, active time.Time) (store.Op, error) {
	id, rec, key := newSealingRecord(lasting, created, active)
	value, err := r.wrap.seal(classSeal, id.String(), rec, key)
	return store.Op{Key: sealKeys + id.String(), Value: value}, err
}

// makeAuthority gives the write of a new authority for the hosts of this server and those of old.
func (r *Ring) makeAuthority(old *authorityKey, now time.Time) (store.Op, error) {
	id, rec, key, err := newAuthority(r.hosts, old.certificate(), now)
	if err != nil {
		return store.Op{}, err
	}
	return r.putAuthority(id, rec, key)
}

func (r *Ring) putAuthority(id string, rec authorityRecord, key secret) (store.Op, error) {
	value, err := r.wrap.seal(classCA, id, rec, key)
	return store.Op{Key: authority + id, Value: value}, err
}

// dueAuthority gives a new authority when the one that issues may not vouch for all hosts of this server, or ends soon.
// The old one stays trusted until it ends, so that clients have time to fetch the new one, but its key is gone.
func (r *Ring) dueAuthority(s *snapshot, now time.Time) ([]store.Op, error) {
	old := s.issuing
	if old.covers(r.hosts) && now.Add(authorityLife/10).Before(old.cert.NotAfter) {
		return nil, nil
	}
	next, err := r.makeAuthority(old, now)
	if err != nil {
		return nil, err
	}
	keyless, err := r.putAuthority(old.id, authorityRecord{Created: old.created, Cert: old.cert.Raw}, secret{})
	return []store.Op{next, keyless}, err
}
