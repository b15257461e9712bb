package keyring

import (
	"errors"
	"strings"

	"github.com/lanyard-id/lanyard/internal/fault"
)

// Sealed bytes are: one byte of version, eight of key id, twelve of nonce, the text, sixteen of tag. Version, purpose,
// owner and key id are authenticated with it.
const (
	sealVersion  = 1
	sealHead     = 1 + len(sealID{})
	SealOverhead = sealHead + 12 + 16 // bytes that sealing adds
)

// Seal encrypts and authenticates plaintext with the key of the day (AES-256-GCM), for things that live some hours:
// it opens for at least OpenFor after now. The purpose names the kind of thing, without a NUL; aad says whose it is.
// Both must be the same to open it.
func (r *Ring) Seal(purpose string, aad, plaintext []byte) ([]byte, error) {
	return r.seal(false, purpose, aad, plaintext)
}

// SealLasting is Seal with a key that is kept as long as the store, for what is stored.
func (r *Ring) SealLasting(purpose string, aad, plaintext []byte) ([]byte, error) {
	return r.seal(true, purpose, aad, plaintext)
}

func (r *Ring) seal(lasting bool, purpose string, aad, plaintext []byte) ([]byte, error) {
	if strings.IndexByte(purpose, 0) >= 0 {
		return nil, errors.New("the purpose of a seal has no NUL")
	}
	k := r.snap.Load().sealer(lasting, r.cfg.Now())
	out := make([]byte, 0, SealOverhead+len(plaintext))
	out = append(append(out, sealVersion), k.id[:]...)
	return k.aead.Seal(out, nil, plaintext, sealAAD(purpose, aad, k.id)), nil
}

// Unseal opens what Seal or SealLasting made for this purpose and owner. Anything else, by as little as one bit, is
// NotSealed; a key that is not kept (any more) is SealKeyGone.
func (r *Ring) Unseal(purpose string, aad, sealed []byte) ([]byte, error) {
	if len(sealed) < SealOverhead || sealed[0] != sealVersion {
		return nil, notSealed()
	}
	k, ok := r.snap.Load().bySeal[sealID(sealed[1:sealHead])]
	if !ok {
		return nil, fault.New(fault.Expired, SealKeyGone, "it was sealed with a key that is not kept")
	}
	plain, err := k.aead.Open(nil, nil, sealed[sealHead:], sealAAD(purpose, aad, k.id))
	if err != nil {
		return nil, notSealed()
	}
	return plain, nil
}

func notSealed() error {
	return fault.New(fault.Unauthenticated, NotSealed, "it is not something that was sealed here")
}

// sealAAD is purpose, NUL, owner, NUL, version and key id. Only the owner can hold a NUL, and what follows it has a
// fixed length, so no two inputs give the same bytes.
func sealAAD(purpose string, aad []byte, id sealID) []byte {
	b := make([]byte, 0, len(purpose)+len(aad)+3+len(id))
	b = append(append(b, purpose...), 0)
	b = append(append(b, aad...), 0, sealVersion)
	return append(b, id[:]...)
}
