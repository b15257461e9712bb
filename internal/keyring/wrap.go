package keyring

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/lanyard-id/lanyard/internal/fault"
)

// class is what a stored key is for. Each class is wrapped with a key of its own, derived from the KEK.
type class string

const (
	classSign class = "sign"
	classSeal class = "seal"
	classCA   class = "ca"
)

// wrapVersion stands before everything wrapped; another one is a later release's.
const wrapVersion = 1

// wrapper seals records for the store.
type wrapper struct {
	storeID string
	check   []byte // proves the KEK without giving it away
	aead    map[class]cipher.AEAD
}

// newWrapper derives what the KEK gives for this store: HKDF-SHA-256 (RFC 5869), the store's id as salt, and a text of
// its own for each key.
func newWrapper(kek secret, storeID string) (*wrapper, error) {
	w := &wrapper{storeID: storeID, aead: map[class]cipher.AEAD{}}
	derive := func(info string) ([]byte, error) {
		return hkdf.Key(sha256.New, kek.bytes(), []byte(storeID), "lanyard/1/"+info, kekSize)
	}
	var err error
	if w.check, err = derive("check"); err != nil {
		return nil, fmt.Errorf("derive from key encryption key: %w", err)
	}
	for _, c := range []class{classSign, classSeal, classCA} {
		key, err := derive("wrap/" + string(c))
		if err != nil {
			return nil, fmt.Errorf("derive from key encryption key: %w", err)
		}
		if w.aead[c], err = newGCM(key); err != nil {
			return nil, err
		}
	}
	return w, nil
}

// newGCM is AES-GCM that draws its nonce and puts it in front.
func newGCM(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("cipher: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fmt.Errorf("cipher: %w", err)
	}
	return aead, nil
}

// wrapped is what is inside: what is known about a key, and the key. It exists only while it is sealed or opened.
type wrapped struct {
	Record any    `json:"record"`
	Key    []byte `json:"key,omitempty"`
}

// seal wraps a record and its key. Class and id are bound to it: what is moved to another key of the store does not
// open.
func (w *wrapper) seal(c class, id string, record any, key secret) ([]byte, error) {
	plain, err := json.Marshal(wrapped{record, key.bytes()})
	if err != nil {
		return nil, errors.New("encode key record") // the cause might quote the record
	}
	return w.aead[c].Seal([]byte{wrapVersion}, nil, plain, wrapAAD(c, id)), nil
}

// open unwraps what seal made: the record into record, the key as result.
func (w *wrapper) open(c class, id string, value []byte, record any) (secret, error) {
	if len(value) < 1 || value[0] != wrapVersion {
		return secret{}, errors.New("it is not wrapped the way this release wraps")
	}
	plain, err := w.aead[c].Open(nil, nil, value[1:], wrapAAD(c, id))
	if err != nil {
		return secret{}, err
	}
	inside := wrapped{Record: record}
	if json.Unmarshal(plain, &inside) != nil { // the cause might quote the record
		return secret{}, errors.New("it holds no record of its kind")
	}
	return newSecret(inside.Key), nil
}

func wrapAAD(c class, id string) []byte { return []byte(string(c) + "\x00" + id) }

// checkRecord tells a wrong KEK from a damaged store: Sum covers the rest and needs no key.
type checkRecord struct {
	Store string `json:"store"`
	Check []byte `json:"check"`
	Sum   []byte `json:"sum"`
}

func (c checkRecord) sum() []byte {
	sum := sha256.Sum256(append([]byte(c.Store+"\x00"), c.Check...))
	return sum[:]
}

// writeCheck gives the value of the check key.
func (w *wrapper) writeCheck() ([]byte, error) {
	c := checkRecord{Store: w.storeID, Check: w.check}
	c.Sum = c.sum()
	return json.Marshal(c)
}

// readCheck says whether the KEK is the one that wrapped the keys of this store.
func (w *wrapper) readCheck(value []byte, path string) error {
	var c checkRecord
	if err := json.Unmarshal(value, &c); err != nil {
		return corrupt(keyCheck, err)
	}
	if subtle.ConstantTimeCompare(c.Sum, c.sum()) != 1 {
		return corrupt(keyCheck, errors.New("its sum does not fit"))
	}
	if c.Store != w.storeID || subtle.ConstantTimeCompare(c.Check, w.check) != 1 {
		return fault.New(fault.Precondition, WrongKEK,
			"the key encryption key in %s is not the one of this store (%s); put the right file there", path, w.storeID)
	}
	return nil
}
