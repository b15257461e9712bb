package keyring

import "github.com/lanyard-id/lanyard/internal/fault"

// The reasons of this package.
const (
	// KEKMissing: the store has keys, and the file with the key encryption key that wraps them is not there.
	KEKMissing fault.Reason = "keyring.kek_missing"
	// KEKExposed: the file with the key encryption key can be read by others, or lies in the data folder, where a
	// backup or a copy of the folder would take it along.
	KEKExposed fault.Reason = "keyring.kek_exposed"
	// KEKMalformed: the file does not hold 32 bytes in base64.
	KEKMalformed fault.Reason = "keyring.kek_malformed"
	// WrongKEK: the file holds a key encryption key, but of another installation.
	WrongKEK fault.Reason = "keyring.wrong_kek"
	// Corrupt: the key encryption key is right, and a stored key is not what was written.
	Corrupt fault.Reason = "keyring.corrupt"
	// NotSealed: the bytes are not something that was sealed here for this purpose and owner.
	NotSealed fault.Reason = "keyring.not_sealed"
	// SealKeyGone: what is presented names a sealing key that is not kept. It was sealed too long ago, or elsewhere.
	SealKeyGone fault.Reason = "keyring.seal_key_gone"
	// UnknownKey: there is no signing key of this id.
	UnknownKey fault.Reason = "keyring.unknown_key"
	// KeyInUse: the signing key is the one that signs; rotate first.
	KeyInUse fault.Reason = "keyring.key_in_use"
	// BadCertificate: a configured certificate or its key cannot be used.
	BadCertificate fault.Reason = "keyring.bad_certificate"
)

// corrupt says which record is damaged.
func corrupt(key string, why error) error {
	return fault.New(fault.Internal, Corrupt, "the stored key %s is damaged; restore the store from a backup", key).Because(why)
}
