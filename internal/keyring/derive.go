package keyring

import (
	"crypto/hkdf"
	"crypto/sha256"
	"iter"
	"slices"
)

// derivedSize is the length of a derived key in bytes.
const derivedSize = 32

// Derive makes a key that is kept nowhere: the same purpose and context give the same key again, for as long as the
// lasting sealing key of today is kept (HKDF with SHA-256, RFC 5869). The purpose names the kind of key, without a NUL.
func (r *Ring) Derive(purpose string, context []byte) ([]byte, error) {
	return r.snap.Load().sealer(true, r.cfg.Now()).derive(purpose, context)
}

// Derived yields what Derive may have given for this purpose and context, today or earlier: one key for each lasting
// sealing key, the newest first.
func (r *Ring) Derived(purpose string, context []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		keys := r.snap.Load().sealing
		for _, key := range slices.Backward(keys) {
			if !key.lasting {
				continue
			}
			if key, err := key.derive(purpose, context); err != nil || !yield(key) {
				return
			}
		}
	}
}

// derive expands the key under a label of its own, so that a derived key says nothing of the one that seals.
func (k *sealingKey) derive(purpose string, context []byte) ([]byte, error) {
	return hkdf.Key(sha256.New, k.root.bytes(), nil, "derive\x00"+purpose+"\x00"+string(context), derivedSize)
}
