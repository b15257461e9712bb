package keyring

import (
	"encoding/json"
	"slices"

	"github.com/lanyard-id/lanyard/internal/jose"
)

// Signer is the key that signs tokens of this algorithm now, with a header as Entra's v2 tokens have it; nil for an
// algorithm that is not signed with. Ask again for each token: keys turn over.
func (r *Ring) Signer(alg string) *jose.Signer {
	if k := r.snap.Load().signer(alg, r.cfg.Now()); k != nil {
		return k.plain
	}
	return nil
}

// ThumbprintSigner is the same key as Signer, with x5t in the header as Entra's v1 tokens have it.
func (r *Ring) ThumbprintSigner(alg string) *jose.Signer {
	if k := r.snap.Load().signer(alg, r.cfg.Now()); k != nil {
		return k.thumbprint
	}
	return nil
}

// Key is the published key of this id: the current ones, the next ones, and those whose tokens may still be alive.
func (r *Ring) Key(kid string) (jose.Key, bool) {
	k, ok := r.snap.Load().byKID[kid]
	return k, ok
}

// Public gives all published keys, the earliest first.
func (r *Ring) Public() []jose.Key { return slices.Clone(r.snap.Load().public) }

// JWKS is the key set (RFC 7517 section 5), written once for each change. The caller must not change it.
func (r *Ring) JWKS() []byte { return r.snap.Load().jwks }

// JWKSFor is the key set with the member "issuer" in each key, as Entra's v2 endpoint has it.
func (r *Ring) JWKSFor(issuer string) []byte {
	text, err := json.Marshal(issuer)
	if err != nil { // a string always encodes
		return r.JWKS()
	}
	out := []byte(`{"keys":[`)
	for i, one := range r.snap.Load().jwk {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, one[:len(one)-1]...)
		out = append(out, `,"issuer":`...)
		out = append(out, text...)
		out = append(out, '}')
	}
	return append(out, "]}"...)
}
