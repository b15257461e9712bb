package keyring

import (
	"context"
	"time"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/store"
)

// Rotate makes a new signing key of each algorithm. Normally it is published at once and signs after PublishAhead, so
// that everybody who caches the key set has it by then; at once means that it signs immediately. The old key verifies
// until no token that it signed can be alive. A key that is waiting already is not doubled; at once makes a new one
// nevertheless, because whoever is in a hurry may not trust the waiting one either.
func (r *Ring) Rotate(ctx context.Context, atOnce bool) error {
	return r.change(ctx, func(s *snapshot, now time.Time) ([]store.Op, error) {
		active := now.Add(r.cfg.PublishAhead)
		if atOnce {
			active = now
		}
		var ops []store.Op
		for _, alg := range []string{RS256, ES256} {
			if !atOnce && s.waiting(alg, now) {
				continue
			}
			op, err := r.makeSigning(alg, now, active)
			if err != nil {
				return nil, err
			}
			ops = append(ops, op)
		}
		return ops, nil
	})
}

// waiting tells whether a key of the algorithm is published and does not sign yet.
func (s *snapshot) waiting(alg string, now time.Time) bool {
	for _, k := range s.signing {
		if k.public.Alg == alg && k.active.After(now) {
			return true
		}
	}
	return false
}

// Withdraw removes a signing key at once: no token that it signed verifies any more. It is for a key that became
// known to somebody. The key that signs cannot be withdrawn (KeyInUse): rotate at once first.
func (r *Ring) Withdraw(ctx context.Context, kid string) error {
	return r.change(ctx, func(s *snapshot, now time.Time) ([]store.Op, error) {
		k, ok := s.byKID[kid]
		if !ok {
			return nil, fault.New(fault.NotFound, UnknownKey, "there is no signing key %q", kid)
		}
		if s.signer(k.Alg, now).public.KID == kid {
			return nil, fault.New(fault.Conflict, KeyInUse, "the key %s signs; rotate at once first", kid)
		}
		return []store.Op{{Key: signKeys + kid, Delete: true}}, nil
	})
}

// Maintain makes the keys that are due by age and removes those that nothing can need any more. The server calls it
// at least once an hour; another server doing the same at the same time does no harm.
func (r *Ring) Maintain(ctx context.Context) error {
	return r.change(ctx, func(s *snapshot, now time.Time) ([]store.Op, error) {
		ops := r.finished(s, now)
		for _, due := range []planner{r.dueAuthority, r.dueSigning, r.dueSealing} {
			more, err := due(s, now)
			if err != nil {
				return nil, err
			}
			ops = append(ops, more...)
		}
		return ops, nil
	})
}

// dueSigning gives the next key of each algorithm when it is time to publish it.
func (r *Ring) dueSigning(s *snapshot, now time.Time) ([]store.Op, error) {
	var ops []store.Op
	for _, alg := range []string{RS256, ES256} {
		active := s.signer(alg, now).active.Add(r.cfg.SignEvery)
		earliest := now.Add(r.cfg.PublishAhead)
		if s.waiting(alg, now) || active.After(earliest) {
			continue
		}
		op, err := r.makeSigning(alg, now, earliest)
		if err != nil {
			return nil, err
		}
		ops = append(ops, op)
	}
	return ops, nil
}

// dueSealing gives the next sealing keys when the present ones are old enough.
func (r *Ring) dueSealing(s *snapshot, now time.Time) ([]store.Op, error) {
	var ops []store.Op
	for _, lasting := range []bool{false, true} {
		every := r.cfg.SealEvery
		if lasting {
			every = lastingSealEvery
		}
		newest := s.newestSealing(lasting)
		if newest.active.After(now) || now.Before(newest.active.Add(every)) {
			continue
		}
		op, err := r.makeSealing(lasting, now, now.Add(sealAhead))
		if err != nil {
			return nil, err
		}
		ops = append(ops, op)
	}
	return ops, nil
}

// newestSealing is the sealing key with the latest active date, whether it is in use already or not.
func (s *snapshot) newestSealing(lasting bool) *sealingKey {
	var newest *sealingKey
	for _, k := range s.sealing {
		if k.lasting == lasting {
			newest = k
		}
	}
	return newest
}

// finished gives the removal of keys that are out of use for so long that nothing of theirs can be alive.
func (r *Ring) finished(s *snapshot, now time.Time) []store.Op {
	var ops []store.Op
	for _, k := range s.signing {
		if end, ok := r.signEnd(s, k); ok && now.After(end) {
			ops = append(ops, store.Op{Key: signKeys + k.public.KID, Delete: true})
		}
	}
	for _, k := range s.sealing {
		if end, ok := r.sealEnd(s, k); ok && now.After(end) {
			ops = append(ops, store.Op{Key: sealKeys + k.id.String(), Delete: true})
		}
	}
	for _, a := range s.authorities {
		if a.private == nil && now.After(a.cert.NotAfter) {
			ops = append(ops, store.Op{Key: authority + a.id, Delete: true})
		}
	}
	return ops
}

// signEnd is when the key is published no longer: its successor began to sign, and since then the longest life of a
// token and a day have passed. ok is false while it has no successor.
func (r *Ring) signEnd(s *snapshot, k *signingKey) (end time.Time, ok bool) {
	after := false
	for _, o := range s.signing {
		if after && o.public.Alg == k.public.Alg {
			return o.active.Add(r.cfg.MaxTokenLife + graceAfterUse), true
		}
		after = after || o == k
	}
	return time.Time{}, false
}

// sealEnd is when the key opens no longer. A lasting key never ends.
func (r *Ring) sealEnd(s *snapshot, k *sealingKey) (end time.Time, ok bool) {
	after := false
	for _, o := range s.sealing {
		if after && !k.lasting && !o.lasting {
			return o.active.Add(r.cfg.OpenFor + sealAhead), true
		}
		after = after || o == k
	}
	return time.Time{}, false
}
