package verify

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"fmt"
	"math/big"
)

// Bounds of the RSA keys that are accepted, in bits of the modulus. Below, RFC 7518 section 3.3 forbids it; above, a
// verification costs more than a stranger's token is worth.
const (
	MinRSABits = 2048
	MaxRSABits = 8192
)

// CheckKey reports why a public key must not be used to verify tokens, or nil. RSA needs an odd modulus of 2048 to 8192
// bits, not of the broken kind of CVE-2017-15361, and an odd exponent of at least 3. ECDSA needs a point on P-256, P-384
// or P-521. No other kind is accepted. The error's reason is Key.
func CheckKey(key crypto.PublicKey) error {
	switch k := key.(type) {
	case *rsa.PublicKey:
		return checkRSA(k)
	case *ecdsa.PublicKey:
		return checkECDSA(k)
	}
	return badKey("the key is neither RSA nor on an elliptic curve")
}

// maxExponent is the largest public exponent that crypto/rsa works with.
const maxExponent = 1<<31 - 1

func checkRSA(k *rsa.PublicKey) error {
	switch {
	case k == nil || k.N == nil || k.N.Sign() <= 0:
		return badKey("the RSA key is empty")
	case k.N.BitLen() < MinRSABits:
		return badKey(fmt.Sprintf("the RSA key has %d bits, at least %d are needed", k.N.BitLen(), MinRSABits))
	case k.N.BitLen() > MaxRSABits:
		return badKey(fmt.Sprintf("the RSA key has %d bits, at most %d are accepted", k.N.BitLen(), MaxRSABits))
	case k.N.Bit(0) == 0:
		return badKey("the RSA modulus is even")
	case k.E < 3 || k.E%2 == 0 || k.E > maxExponent:
		return badKey("the RSA exponent is not an odd number from 3 to 2^31-1")
	case hasROCA(k.N):
		return badKey("the RSA key was made by a library whose keys can be broken (CVE-2017-15361)")
	}
	return nil
}

func checkECDSA(k *ecdsa.PublicKey) error {
	//lint:ignore SA1019 PublicKey.Bytes panics when there is no point at all
	if k == nil || k.Curve == nil || k.X == nil || k.Y == nil { //nolint:staticcheck // as above
		return badKey("the elliptic curve key is empty")
	}
	switch k.Curve {
	case elliptic.P256(), elliptic.P384(), elliptic.P521():
	default:
		return badKey("the curve is none of P-256, P-384 and P-521")
	}
	if _, err := k.Bytes(); err != nil {
		return &Error{Reason: Key, Detail: "the point is not on the curve", Err: err}
	}
	return nil
}

// hasROCA recognizes moduli of the RSA library behind CVE-2017-15361, whose primes can be found: modulo each small
// prime they are a power of 65537, which almost no other modulus is.
func hasROCA(n *big.Int) bool {
	const generator = 65537
	small, rest := new(big.Int), new(big.Int)
	for p := int64(11); p <= 167; p += 2 {
		if !small.SetInt64(p).ProbablyPrime(0) {
			continue
		}
		wanted := rest.Mod(n, small).Int64()
		power := int64(1)
		for power != wanted {
			if power = power * generator % p; power == 1 {
				return false
			}
		}
	}
	return true
}

func badKey(detail string) *Error { return &Error{Reason: Key, Detail: detail} }
