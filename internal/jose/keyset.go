package jose

import (
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/verify"
)

// ParseJWKS is verify.ParseKeySet with faults: KeySetMalformed, KeySetPrivate, KeySetAmbiguous, KeySetTooMany,
// KeySetEmpty, WeakKey. All are of the kind Invalid: a set is what somebody configures, nobody's proof of who calls.
func ParseJWKS(b []byte) ([]Key, error) {
	set, err := verify.ParseKeySet(b)
	if err != nil {
		f := *fault.From(refused(err))
		f.Kind = fault.Invalid
		return nil, &f
	}
	keys := make([]Key, len(set))
	for i, k := range set {
		keys[i] = Key{KID: k.ID, Alg: k.Algorithm, Public: k.Key}
	}
	return keys, nil
}
