package keyring

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lanyard-id/lanyard/internal/jose"
	"github.com/lanyard-id/lanyard/internal/store"
)

// snapshot is all keys at one revision of the store. It never changes.
type snapshot struct {
	turn        int64         // revision of the turn key: what a change compares
	signing     []*signingKey // the earliest active first
	sealing     []*sealingKey // the earliest active first
	authorities []*authorityKey
	issuing     *authorityKey // the one of authorities that issues

	byKID  map[string]jose.Key
	bySeal map[sealID]*sealingKey
	public []jose.Key // in the order of signing
	jwks   []byte
	jwk    [][]byte // each key of jwks
}

// load unwraps everything stored.
func (w *wrapper) load(st stored) (*snapshot, error) {
	s := &snapshot{byKID: map[string]jose.Key{}, bySeal: map[sealID]*sealingKey{}}
	turn, ok := st.kvs[keyTurn]
	if !ok {
		return nil, corrupt(keyTurn, errors.New("it is missing"))
	}
	s.turn = turn.Rev
	for key, kv := range st.kvs {
		if err := s.add(w, key, kv); err != nil {
			return nil, corrupt(key, err)
		}
	}
	if s.issuing == nil {
		return nil, corrupt(authority, errors.New("no authority has its key"))
	}
	slices.SortFunc(s.signing, func(a, b *signingKey) int {
		return byActive(a.active, b.active, a.public.KID, b.public.KID)
	})
	slices.SortFunc(s.sealing, func(a, b *sealingKey) int {
		return byActive(a.active, b.active, a.id.String(), b.id.String())
	})
	slices.SortFunc(s.authorities, func(a, b *authorityKey) int {
		return byActive(a.cert.NotBefore, b.cert.NotBefore, a.id, b.id)
	})
	return s, s.publish()
}

// byActive orders by time, then by id.
func byActive(a, b time.Time, ida, idb string) int {
	if c := a.Compare(b); c != 0 {
		return c
	}
	return strings.Compare(ida, idb)
}

// add takes in one stored key.
func (s *snapshot) add(w *wrapper, key string, kv store.KV) error {
	if id, ok := strings.CutPrefix(key, signKeys); ok {
		return s.addSigning(w, id, kv.Value)
	}
	if id, ok := strings.CutPrefix(key, sealKeys); ok {
		return s.addSealing(w, id, kv.Value)
	}
	if id, ok := strings.CutPrefix(key, authority); ok {
		return s.addAuthority(w, id, kv.Value)
	}
	if key != keyCheck && key != keyTurn {
		return errors.New("this release does not know such a key")
	}
	return nil
}

func (s *snapshot) addSigning(w *wrapper, kid string, value []byte) error {
	var rec signingRecord
	key, err := w.open(classSign, kid, value, &rec)
	if err != nil {
		return err
	}
	k, err := rec.signingKey(kid, key)
	if err != nil {
		return err
	}
	s.signing = append(s.signing, k)
	s.byKID[kid] = k.public
	return nil
}

func (s *snapshot) addSealing(w *wrapper, text string, value []byte) error {
	id, err := parseSealID(text)
	if err != nil {
		return err
	}
	var rec sealingRecord
	key, err := w.open(classSeal, text, value, &rec)
	if err != nil {
		return err
	}
	k, err := rec.sealingKey(id, key)
	if err != nil {
		return err
	}
	s.sealing = append(s.sealing, k)
	s.bySeal[id] = k
	return nil
}

func (s *snapshot) addAuthority(w *wrapper, id string, value []byte) error {
	var rec authorityRecord
	key, err := w.open(classCA, id, value, &rec)
	if err != nil {
		return err
	}
	a, err := rec.authorityKey(id, key)
	if err != nil {
		return err
	}
	s.authorities = append(s.authorities, a)
	if a.private != nil && (s.issuing == nil || a.cert.NotBefore.After(s.issuing.cert.NotBefore)) {
		s.issuing = a
	}
	return nil
}

// publish writes the key set once, for all who ask.
func (s *snapshot) publish() (err error) {
	for _, k := range s.signing {
		one, err := k.public.MarshalJSON()
		if err != nil {
			return fmt.Errorf("write key set: %w", err)
		}
		s.public = append(s.public, k.public)
		s.jwk = append(s.jwk, one)
	}
	s.jwks, err = jose.MarshalJWKS(s.public)
	return err
}

// signer is the key of the algorithm that signs at now: the last one that is active. Should a clock be set back before
// all of them, it is the first.
func (s *snapshot) signer(alg string, now time.Time) *signingKey {
	var found *signingKey
	for _, k := range s.signing {
		if k.public.Alg == alg && (found == nil || !k.active.After(now)) {
			found = k
		}
	}
	return found
}

// sealer is the sealing key that is in use at now.
func (s *snapshot) sealer(lasting bool, now time.Time) *sealingKey {
	var found *sealingKey
	for _, k := range s.sealing {
		if k.lasting == lasting && (found == nil || !k.active.After(now)) {
			found = k
		}
	}
	return found
}
