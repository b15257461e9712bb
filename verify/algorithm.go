package verify

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	_ "crypto/sha256" // SHA-256 for crypto.Hash
	_ "crypto/sha512" // SHA-384 and SHA-512 for crypto.Hash
	"math/big"
)

// family is the way of signing that an algorithm uses.
type family uint8

const (
	pkcs1 family = iota + 1
	pss
	ecdsaSignature
)

// algorithm is one row of the table of RFC 7518 section 3.1; curve is nil for RSA.
type algorithm struct {
	name   string
	family family
	hash   crypto.Hash
	curve  elliptic.Curve
}

// algorithmNamed finds the algorithm of exactly this name. What is not here, such as "none" and the HMACs, cannot be
// reached in any way.
func algorithmNamed(name string) (algorithm, bool) {
	switch name {
	case "RS256":
		return algorithm{name, pkcs1, crypto.SHA256, nil}, true
	case "RS384":
		return algorithm{name, pkcs1, crypto.SHA384, nil}, true
	case "RS512":
		return algorithm{name, pkcs1, crypto.SHA512, nil}, true
	case "PS256":
		return algorithm{name, pss, crypto.SHA256, nil}, true
	case "ES256":
		return algorithm{name, ecdsaSignature, crypto.SHA256, elliptic.P256()}, true
	case "ES384":
		return algorithm{name, ecdsaSignature, crypto.SHA384, elliptic.P384()}, true
	case "ES512":
		return algorithm{name, ecdsaSignature, crypto.SHA512, elliptic.P521()}, true
	}
	return algorithm{}, false
}

// KnownAlgorithm tells whether signatures of the algorithm of exactly this name can be verified.
func KnownAlgorithm(name string) bool {
	_, known := algorithmNamed(name)
	return known
}

// DefaultAlgorithms lists the algorithms that AWS accepts from an outside issuer. It is what Token.Verify allows when
// the caller names none: all that are known, except PS256.
func DefaultAlgorithms() []string {
	return []string{"RS256", "RS384", "RS512", "ES256", "ES384", "ES512"}
}

// Fits tells whether a key is of the kind, and on the curve, that the algorithm of this name needs.
func Fits(key crypto.PublicKey, alg string) bool {
	a, known := algorithmNamed(alg)
	switch k := key.(type) {
	case *rsa.PublicKey:
		return known && a.curve == nil
	case *ecdsa.PublicKey:
		return known && a.curve != nil && k != nil && a.curve == k.Curve
	}
	return false
}

// verify checks a signature with a key that CheckKey accepts and that fits.
func (a algorithm) verify(key crypto.PublicKey, signed string, signature []byte) bool {
	digest := digestOf(a.hash, signed)
	switch k := key.(type) {
	case *rsa.PublicKey:
		if a.family == pkcs1 {
			return rsa.VerifyPKCS1v15(k, a.hash, digest, signature) == nil
		}
		// RFC 7518 section 3.5: the salt is as long as the hash.
		options := &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash}
		return rsa.VerifyPSS(k, a.hash, digest, signature, options) == nil
	case *ecdsa.PublicKey:
		return verifyECDSA(k, digest, signature)
	}
	return false
}

// digestOf hashes a text piece by piece: a copy of the whole would be longer than all else that a verification needs.
func digestOf(hash crypto.Hash, text string) []byte {
	const piece = 512
	h := hash.New()
	part := make([]byte, 0, min(len(text), piece))
	for text != "" {
		part = append(part[:0], text[:min(len(text), piece)]...)
		h.Write(part)
		text = text[len(part):]
	}
	return h.Sum(part[:0])
}

// verifyECDSA takes the signature as RFC 7518 section 3.4 has it, r and s one after the other at their full length.
// The ASN.1 form has another length and is refused.
func verifyECDSA(k *ecdsa.PublicKey, digest, signature []byte) bool {
	size := (k.Curve.Params().BitSize + 7) / 8
	if len(signature) != 2*size {
		return false
	}
	r, s := new(big.Int).SetBytes(signature[:size]), new(big.Int).SetBytes(signature[size:])
	return ecdsa.Verify(k, digest, r, s)
}
