package keyring

import (
	"context"
	"time"
)

// State is where a key stands in its life.
type State string

// The states, in the order of a life.
const (
	Next    State = "next"    // published, not used yet
	Current State = "current" // in use
	Retired State = "retired" // verifies or opens what it made, and makes nothing new
)

// KeyInfo is a key without its private part.
type KeyInfo struct {
	Kind    string    `json:"kind"` // "signing", "sealing", "sealing, lasting" or "authority"
	ID      string    `json:"id"`
	Alg     string    `json:"alg"`
	State   State     `json:"state"`
	Created time.Time `json:"created"`
	Active  time.Time `json:"active"`        // in use from then on
	Ends    time.Time `json:"ends,omitzero"` // removed then; zero while no successor is known
}

// List tells about all keys as the store has them now.
func (r *Ring) List(ctx context.Context) ([]KeyInfo, error) {
	if err := r.Reload(ctx); err != nil {
		return nil, err
	}
	s, now := r.snap.Load(), r.cfg.Now()
	var out []KeyInfo
	for _, k := range s.signing {
		info := KeyInfo{Kind: "signing", ID: k.public.KID, Alg: k.public.Alg, Created: k.created, Active: k.active}
		info.State = stateOf(k == s.signer(k.public.Alg, now), k.active, now)
		info.Ends, _ = r.signEnd(s, k)
		out = append(out, info)
	}
	for _, k := range s.sealing {
		info := KeyInfo{Kind: "sealing", ID: k.id.String(), Alg: "A256GCM", Created: k.created, Active: k.active}
		if k.lasting {
			info.Kind = "sealing, lasting"
		}
		info.State = stateOf(k == s.sealer(k.lasting, now), k.active, now)
		info.Ends, _ = r.sealEnd(s, k)
		out = append(out, info)
	}
	for _, a := range s.authorities {
		out = append(out, KeyInfo{
			Kind: "authority", ID: a.id, Alg: "P-256", State: stateOf(a == s.issuing, a.created, now),
			Created: a.created, Active: a.created, Ends: a.cert.NotAfter,
		})
	}
	return out, nil
}

func stateOf(inUse bool, active, now time.Time) State {
	switch {
	case inUse:
		return Current
	case active.After(now):
		return Next
	}
	return Retired
}
