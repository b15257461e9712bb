package verify

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"math/big"
	"testing"
)

// signECDSA gives a signature as r and s one after the other.
func signECDSA(t testing.TB, key *ecdsa.PrivateKey, digest []byte) []byte {
	t.Helper()
	r, s, err := ecdsa.Sign(rand.Reader, key, digest)
	if err != nil {
		t.Fatal(err)
	}
	return joined(r, s, (key.Curve.Params().BitSize+7)/8)
}

func joined(r, s *big.Int, size int) []byte {
	out := make([]byte, 2*size)
	r.FillBytes(out[:size])
	s.FillBytes(out[size:])
	return out
}

// modulus gives an odd number of exactly this many bits that is no RSA modulus anybody should use.
func modulus(bits int) *big.Int {
	n := new(big.Int).Lsh(big.NewInt(1), uint(bits-1))
	return n.Add(n, big.NewInt(7))
}

// rocaModulus gives a number with the mark of CVE-2017-15361: a power of 65537 modulo the product of the small primes.
func rocaModulus() *big.Int {
	product := big.NewInt(1)
	for p := int64(2); p <= 167; p++ {
		if big.NewInt(p).ProbablyPrime(0) {
			product.Mul(product, big.NewInt(p))
		}
	}
	n := new(big.Int).Exp(big.NewInt(65537), big.NewInt(123456789), product)
	multiple := new(big.Int).Lsh(big.NewInt(1), 2047)
	multiple.Div(multiple, product).Add(multiple, big.NewInt(2))
	return n.Add(n, multiple.Mul(multiple, product))
}

func TestJ09WeakKeys(t *testing.T) {
	p224, err := ecdsa.GenerateKey(elliptic.P224(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	ed, _, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	good := testRSA(t).PublicKey
	withExponent := func(e int) *rsa.PublicKey { return &rsa.PublicKey{N: good.N, E: e} }
	//lint:ignore SA1019 there is no other way to make a bad point
	offCurve := ecdsa.PublicKey{Curve: elliptic.P256(), X: big.NewInt(1), Y: big.NewInt(1)} //nolint:staticcheck // as above
	for name, key := range map[string]crypto.PublicKey{
		"RSA 1024": &rsa.PublicKey{N: modulus(1024), E: 65537}, "RSA 2047": &rsa.PublicKey{N: modulus(2047), E: 65537},
		"RSA 8193": &rsa.PublicKey{N: modulus(8193), E: 65537}, "RSA 16384": &rsa.PublicKey{N: modulus(16384), E: 65537},
		"even modulus": &rsa.PublicKey{N: new(big.Int).Add(good.N, big.NewInt(1)), E: 65537},
		"e=1":          withExponent(1), "e=2": withExponent(2), "e=0": withExponent(0), "e=-3": withExponent(-3), "e=65536": withExponent(65536),
		"e=2^31+1": withExponent(1<<31 + 1), "ROCA": &rsa.PublicKey{N: rocaModulus(), E: 65537},
		"no modulus": &rsa.PublicKey{E: 65537}, "modulus 0": &rsa.PublicKey{N: new(big.Int), E: 3},
		"negative modulus": &rsa.PublicKey{N: new(big.Int).Neg(good.N), E: 3}, "nil RSA": (*rsa.PublicKey)(nil),
		"P-224": p224.Public(), "off the curve": &offCurve, "no curve": &ecdsa.PublicKey{}, "no point": &ecdsa.PublicKey{Curve: elliptic.P256()}, "nil EC": (*ecdsa.PublicKey)(nil),
		"Ed25519": ed, "secret": []byte("secret"), "nothing": nil, "RSA by value": good, "private": testRSA(t),
	} {
		t.Run(name, func(t *testing.T) {
			wantReason(t, CheckKey(key), Key)
			for _, header := range []string{`{"alg":"RS256"}`, `{"alg":"ES256"}`} {
				token, err := Parse(signRS256(t, header, goodPayload), 0)
				if err != nil {
					t.Fatal(err)
				}
				_, err = token.Verify(key)
				wantReason(t, err, Key)
			}
		})
	}
}

func TestGoodKeys(t *testing.T) {
	for _, curve := range []elliptic.Curve{elliptic.P256(), elliptic.P384(), elliptic.P521()} {
		key, err := ecdsa.GenerateKey(curve, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if err := CheckKey(key.Public()); err != nil {
			t.Errorf("%s: %v", curve.Params().Name, err)
		}
	}
	for _, bits := range []int{2048, 4096, 8192} {
		if err := CheckKey(&rsa.PublicKey{N: modulus(bits), E: 3}); err != nil {
			t.Errorf("RSA %d: %v", bits, err)
		}
	}
	if err := CheckKey(testRSA(t).Public()); err != nil {
		t.Error(err)
	}
}

func TestKeyMustFitTheAlgorithm(t *testing.T) {
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		alg string
		key crypto.PublicKey
		fit bool
	}{
		{"RS256", testRSA(t).Public(), true},
		{"PS256", testRSA(t).Public(), true},
		{"ES256", testRSA(t).Public(), false},
		{"ES256", testEC(t).Public(), true},
		{"ES384", testEC(t).Public(), false},
		{"RS256", testEC(t).Public(), false},
		{"ES384", p384.Public(), true},
		{"ES256", p384.Public(), false},
		{"none", testRSA(t).Public(), false},
		{"HS256", testRSA(t).Public(), false},
		{"", testEC(t).Public(), false},
		{"RS256", nil, false},
	} {
		if got := Fits(tc.key, tc.alg); got != tc.fit {
			t.Errorf("Fits(%T, %s) = %v, want %v", tc.key, tc.alg, got, tc.fit)
		}
	}
}

func TestJ11PsychicSignatures(t *testing.T) {
	key := testEC(t)
	input := unsigned(`{"alg":"ES256"}`, goodPayload)
	hashed := digest(crypto.SHA256, input)
	r, s, err := ecdsa.Sign(rand.Reader, key, hashed)
	if err != nil {
		t.Fatal(err)
	}
	der, err := ecdsa.SignASN1(rand.Reader, key, hashed)
	if err != nil {
		t.Fatal(err)
	}
	good := joined(r, s, 32)
	n, zero := key.Curve.Params().N, new(big.Int)
	above := new(big.Int).Add(n, big.NewInt(1))
	for name, signature := range map[string][]byte{
		"r=s=0": joined(zero, zero, 32), "r=0": joined(zero, s, 32), "s=0": joined(r, zero, 32), "r=n": joined(n, s, 32),
		"s=n": joined(r, n, 32), "r=s=n": joined(n, n, 32), "r=n+1": joined(above, s, 32), "s=n+1": joined(r, above, 32),
		"r=s=1": joined(big.NewInt(1), big.NewInt(1), 32), "ASN.1": der, "short": good[1:], "long": append([]byte{0}, good...),
		"swapped": joined(s, r, 32), "wide": joined(r, s, 48), "one byte": {0}, "64 bytes of ASN.1": append(der, make([]byte, 64)...)[:64],
	} {
		token, err := Parse(input+"."+encode(signature), 0)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := token.Verify(key.Public()); ReasonOf(err) != Signature {
			t.Errorf("%s: %v, want the reason signature", name, err)
		}
	}
	_, err = Parse(input+".", 0)
	wantReason(t, err, Malformed)
	token, err := Parse(input+"."+encode(good), 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := token.Verify(key.Public()); err != nil {
		t.Errorf("the good signature: %v", err)
	}
}

func BenchmarkVerify(b *testing.B) {
	input := unsigned(`{"alg":"ES256"}`, goodPayload)
	for _, tc := range []struct {
		name, token string
		key         crypto.PublicKey
	}{
		{"RS256", signRS256(b, goodHeader, goodPayload), testRSA(b).Public()},
		{"ES256", input + "." + encode(signECDSA(b, testEC(b), digest(crypto.SHA256, input))), testEC(b).Public()},
	} {
		b.Run(tc.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				token, err := Parse(tc.token, 0)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := token.Verify(tc.key); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("Parse", func(b *testing.B) {
		token := signRS256(b, goodHeader, goodPayload)
		b.ReportAllocs()
		for b.Loop() {
			if _, err := Parse(token, 0); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("raw RS256", func(b *testing.B) {
		hashed := digest(crypto.SHA256, input)
		signature, err := rsa.SignPKCS1v15(nil, testRSA(b), crypto.SHA256, hashed)
		if err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			if err := rsa.VerifyPKCS1v15(&testRSA(b).PublicKey, crypto.SHA256, hashed, signature); err != nil {
				b.Fatal(err)
			}
		}
	})
	// J10: the largest key that is accepted must not cost much more than 5 ms.
	b.Run("largest RSA key", func(b *testing.B) {
		token, err := Parse(input[:0]+unsigned(`{"alg":"RS512"}`, goodPayload)+"."+encode(modulus(8190).Bytes()), 0)
		if err != nil {
			b.Fatal(err)
		}
		key := &rsa.PublicKey{N: modulus(8192), E: maxExponent}
		for b.Loop() {
			if _, err := token.Verify(key); ReasonOf(err) != Signature {
				b.Fatal(err)
			}
		}
	})
}

func TestUnknownKeyVerifiesNothing(t *testing.T) {
	for _, name := range append(DefaultAlgorithms(), "PS256") {
		a, known := algorithmNamed(name)
		if !known || a.verify(ed25519.PublicKey{}, "signed", []byte("signature")) {
			t.Errorf("%s holds with a key of another kind", name)
		}
	}
}
