package jose

import (
	"github.com/lanyard-id/lanyard/verify"
)

// ParseJWKS is verify.ParseKeySet with faults: KeySetMalformed, KeySetPrivate, KeySetAmbiguous, KeySetTooMany,
// KeySetEmpty, WeakKey.
func ParseJWKS(b []byte) ([]Key, error) {
	set, err := verify.ParseKeySet(b)
	if err != nil {
		return nil, refused(err)
	}
	keys := make([]Key, len(set))
	for i, k := range set {
		keys[i] = Key{KID: k.ID, Alg: k.Algorithm, Public: k.Key}
	}
	return keys, nil
}
