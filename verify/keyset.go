package verify

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/base64"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/lanyard-id/lanyard/verify/strictjson"
)

// Bounds of a key set from outside. AWS has the same limit on the keys of a kind.
const (
	MaxKeySetBytes  = 1 << 20
	maxKeysOfAKind  = 100
	exponentMaxSize = 4 // bytes
)

// PublicKey is a key of a set that can verify tokens, with what its set says about it.
type PublicKey struct {
	ID        string           // kid; "" when the set gives none
	Algorithm string           // the only algorithm that the key is for; "" when the set does not say
	Key       crypto.PublicKey // *rsa.PublicKey or *ecdsa.PublicKey
}

// ParseKeySet reads the JWK set (RFC 7517 section 5) of an issuer and gives the keys that can verify tokens, in order.
//
// Keys for something else are skipped: other key types, curves and algorithms, another use, key_ops without "verify".
// The whole set is refused when it is malformed, when one of its keys is private, weak or not a key at all, and when
// two different keys have the same kid; and when no key remains, so that an empty set never replaces a good one. The
// errors' reasons are KeySetMalformed, KeySetPrivate, KeySetAmbiguous, KeySetTooMany, KeySetEmpty and Key.
func ParseKeySet(b []byte) ([]PublicKey, error) {
	set, err := strictjson.Parse(b, strictjson.Limits{Bytes: MaxKeySetBytes})
	if err != nil {
		return nil, badSet("the key set is not strict JSON: %v", err)
	}
	list, _ := set.Get("keys")
	entries, ok := list.Elements()
	if !ok {
		return nil, badSet("the key set has no array of keys")
	}
	var reader setReader
	for i, entry := range entries {
		object, ok := entry.Object()
		if !ok {
			return nil, badSet("key %d is not an object", i)
		}
		if err := reader.read(i, object); err != nil {
			return nil, err
		}
	}
	if len(reader.keys) == 0 {
		return nil, &Error{Reason: KeySetEmpty, Detail: "the key set has no key that can verify a token"}
	}
	return reader.keys, nil
}

func badSet(format string, args ...any) *Error { return setError(KeySetMalformed, format, args...) }

func setError(why Reason, format string, args ...any) *Error {
	return &Error{Reason: why, Detail: fmt.Sprintf(format, args...)}
}

// check reports why the key must not be used: it is weak, or not one for the algorithm that its set names.
func (k PublicKey) check() error {
	if err := CheckKey(k.Key); err != nil {
		return err
	}
	if k.Algorithm != "" && !Fits(k.Key, k.Algorithm) {
		return badKey(fmt.Sprintf("the key is not one for the algorithm %q", k.Algorithm))
	}
	return nil
}

// setReader collects the usable keys of one set.
type setReader struct {
	keys    []PublicKey
	rsa, ec int // how many keys of each type the set has, usable or not
}

// read judges one key of the set.
func (r *setReader) read(i int, o strictjson.Object) error {
	texts, err := members(o)
	if err != nil {
		return badSet("key %d: %v", i, err)
	}
	if secret := privateMember(o); secret != "" {
		return setError(KeySetPrivate, "key %d is not public: it has the member %q", i, secret)
	}
	if err := r.count(texts["kty"]); err != nil {
		return err
	}
	if !forVerifying(o, texts) {
		return nil
	}
	public, err := publicKey(texts)
	if err != nil {
		return badSet("key %d: %v", i, err)
	}
	if public == nil {
		return nil
	}
	key := PublicKey{ID: texts["kid"], Algorithm: texts["alg"], Key: public}
	if err := key.check(); err != nil {
		e, _ := errors.AsType[*Error](err)
		return setError(Key, "key %d: %s", i, e.Detail)
	}
	return r.add(key)
}

// add keeps a key, unless the set has it already.
func (r *setReader) add(key PublicKey) error {
	for _, other := range r.keys {
		if key.ID == "" || other.ID != key.ID {
			continue
		}
		if !samePublic(other.Key, key.Key) {
			return setError(KeySetAmbiguous, "two different keys have the kid %q", key.ID)
		}
		if other.Algorithm == key.Algorithm {
			return nil
		}
	}
	r.keys = append(r.keys, key)
	return nil
}

func samePublic(a, b crypto.PublicKey) bool {
	key, ok := a.(interface {
		Equal(other crypto.PublicKey) bool
	})
	return ok && key.Equal(b)
}

func (r *setReader) count(kty string) error {
	switch kty {
	case "RSA":
		r.rsa++
	case "EC":
		r.ec++
	}
	if max(r.rsa, r.ec) > maxKeysOfAKind {
		return setError(KeySetTooMany, "the key set has more than %d keys of one type", maxKeysOfAKind)
	}
	return nil
}

// members reads the members of a JWK that are strings, and refuses names that only look like them.
func members(o strictjson.Object) (map[string]string, error) {
	names := []string{"kty", "use", "alg", "kid", "crv", "n", "e", "x", "y"}
	others := []string{"key_ops", "keys", "d", "p", "q", "dp", "dq", "qi", "oth", "k", "x5c", "x5t", "x5u"}
	if m, of, found := o.Lookalike(append(others, names...)...); found {
		return nil, fmt.Errorf("the member %q differs from %q only in case", m.Name, of)
	}
	texts := map[string]string{}
	for _, name := range names {
		value, found := o.Get(name)
		if !found {
			continue
		}
		text, ok := value.Text()
		if !ok {
			return nil, fmt.Errorf("the member %q is not a string", name)
		}
		texts[name] = text
	}
	if texts["kty"] == "" {
		return nil, errors.New("it has no kty")
	}
	if kid, found := texts["kid"]; found && !ValidKeyID(kid) {
		return nil, errors.New("its kid is not a text of 1 to 256 printable ASCII characters")
	}
	return texts, nil
}

// privateMember names a member that only a private or symmetric key has (RFC 7518 sections 6.2.2, 6.3.2 and 6.4.1).
func privateMember(o strictjson.Object) string {
	for _, name := range []string{"d", "p", "q", "dp", "dq", "qi", "oth", "k"} {
		if _, found := o.Get(name); found {
			return name
		}
	}
	return ""
}

// forVerifying tells whether a key is meant to verify signatures that we know: by use (RFC 7517 section 4.2), key_ops
// (4.3) and alg (4.4).
func forVerifying(o strictjson.Object, texts map[string]string) bool {
	if use, found := texts["use"]; found && use != "sig" {
		return false
	}
	if value, found := o.Get("key_ops"); found {
		if operations, _ := value.Texts(); !slices.Contains(operations, "verify") {
			return false
		}
	}
	alg, found := texts["alg"]
	return !found || KnownAlgorithm(alg)
}

// publicKey makes the key of a JWK; nil for a type or curve that is not used here.
func publicKey(texts map[string]string) (crypto.PublicKey, error) {
	switch texts["kty"] {
	case "RSA":
		return rsaKey(texts["n"], texts["e"])
	case "EC":
		return ecKey(texts)
	}
	return nil, nil
}

// rsaKey reads an RSA key by RFC 7518 section 6.3.1. Its strength is not judged here.
func rsaKey(n, e string) (crypto.PublicKey, error) {
	modulus, err := unsignedMember("n", n)
	if err != nil {
		return nil, err
	}
	exponent, err := unsignedMember("e", e)
	if err != nil {
		return nil, err
	}
	if exponent.BitLen() > 8*exponentMaxSize {
		return nil, errors.New("its e is too large")
	}
	return &rsa.PublicKey{N: modulus, E: int(exponent.Int64())}, nil
}

// unsignedMember reads a Base64urlUInt by RFC 7518 section 2: the fewest bytes that hold the number.
func unsignedMember(name, text string) (*big.Int, error) {
	b, err := decodeMember(name, text)
	if err != nil {
		return nil, err
	}
	if b[0] == 0 {
		return nil, fmt.Errorf("its %s begins with a zero byte", name)
	}
	return new(big.Int).SetBytes(b), nil
}

func decodeMember(name, text string) ([]byte, error) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(b) == 0 || strings.ContainsAny(text, "\r\n") {
		return nil, fmt.Errorf("its %s is missing or not base64url without padding", name)
	}
	return b, nil
}

// ecKey reads an elliptic curve key by RFC 7518 section 6.2.1; nil for another curve.
func ecKey(texts map[string]string) (crypto.PublicKey, error) {
	var curve elliptic.Curve
	switch texts["crv"] {
	case "P-256":
		curve = elliptic.P256()
	case "P-384":
		curve = elliptic.P384()
	case "P-521":
		curve = elliptic.P521()
	default:
		return nil, nil
	}
	x, err := decodeMember("x", texts["x"])
	if err != nil {
		return nil, err
	}
	y, err := decodeMember("y", texts["y"])
	if err != nil {
		return nil, err
	}
	if size := (curve.Params().BitSize + 7) / 8; len(x) != size || len(y) != size {
		return nil, fmt.Errorf("its x and y are not %d bytes long", size)
	}
	const uncompressed = 4
	key, err := ecdsa.ParseUncompressedPublicKey(curve, slices.Concat([]byte{uncompressed}, x, y))
	if err != nil {
		return nil, errors.New("its point is not on the curve")
	}
	return key, nil
}
