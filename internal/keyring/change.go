package keyring

import (
	"context"
	"errors"
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
		return nil
	}
	stored, err := r.list(ctx)
	if err != nil {
		return err
	}
	check2, ok := stored.kvs[keyCheck]
	if !ok {
		return corrupt(keyCheck, errors.New("it is missing and keys are there"))
	}
	return r.wrap.readCheck(check2.Value, r.cfg.KEKPath)
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
	kid, rec, err := newSigningRecord(alg, created, active)
	if err != nil {
		return store.Op{}, err
	}
	return r.put(classSign, signKeys, kid, rec)
}

// makeSealing gives the write of a new sealing key.
func (r *Ring) makeSealing(lasting bool, created, active time.Time) (store.Op, error) {
	id, rec := newSealingRecord(lasting, created, active)
	return r.put(classSeal, sealKeys, id.String(), rec)
}

// makeAuthority gives the write of a new authority for the hosts of this server and those of old.
func (r *Ring) makeAuthority(old *authorityKey, now time.Time) (store.Op, error) {
	id, rec, err := newAuthority(r.hosts, old.certificate(), now)
	if err != nil {
		return store.Op{}, err
	}
	return r.put(classCA, authority, id, rec)
}

func (r *Ring) put(c class, folder, id string, record any) (store.Op, error) {
	value, err := r.wrap.seal(c, id, record)
	if err != nil {
		return store.Op{}, err
	}
	return store.Op{Key: folder + id, Value: value}, nil
}

// coverHosts makes a new authority when the one that issues may not vouch for all hosts of this server, or ends soon.
// The old one stays trusted until it ends, so that clients have time to fetch the new one, but its key is gone.
func (r *Ring) coverHosts(ctx context.Context) error {
	return r.change(ctx, func(s *snapshot, now time.Time) ([]store.Op, error) {
		old := s.issuing
		if old.covers(r.hosts) && now.Add(authorityLife/10).Before(old.cert.NotAfter) {
			return nil, nil
		}
		next, err := r.makeAuthority(old, now)
		if err != nil {
			return nil, err
		}
		keyless, err := r.put(classCA, authority, old.id, authorityRecord{Created: old.cert.NotBefore, Cert: old.cert.Raw})
		return []store.Op{next, keyless}, err
	})
}
