package jose

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/verify"
)

func set(keys ...string) string { return `{"keys":[` + strings.Join(keys, ",") + `]}` }

// shape is what a test compares of a key.
type shape struct{ KID, Alg, Thumbprint string }

func shapes(t testing.TB, keys []Key) []shape {
	t.Helper()
	var out []shape
	for _, k := range keys {
		thumbprint, err := k.Thumbprint()
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, shape{k.KID, k.Alg, thumbprint})
	}
	return out
}

func TestParseJWKSKeepsUsableKeys(t *testing.T) {
	r, p256, p384, p521 := made(t, onceRSA), newEC(t, elliptic.P256()), newEC(t, elliptic.P384()), newEC(t, elliptic.P521())
	p224 := newEC(t, elliptic.P224())
	text := set(
		rsaJWK(r.N, "AQAB", `,"kid":"r","use":"sig","alg":"RS256","x5c":["ignored"],"x5t":"ignored","unknown":{"d":1}`),
		rsaJWK(r.N, "AQAB", `,"kid":"r","use":"sig","alg":"RS256"`), // the same key again
		rsaJWK(r.N, "AQAB", `,"kid":"r","alg":"RS512"`),             // the same key for another algorithm
		rsaJWK(r.N, "AQAB", ``),
		rsaJWK(made(t, onceOther).N, "AQAB", `,"kid":"r","use":"enc"`),
		rsaJWK(made(t, onceOther).N, "AQAB", `,"kid":"r","alg":"RSA-OAEP"`),
		rsaJWK(made(t, onceOther).N, "AQAB", `,"kid":"r","alg":"HS256"`),
		rsaJWK(made(t, onceOther).N, "AQAB", `,"kid":"r","key_ops":["encrypt","wrapKey"]`),
		rsaJWK(made(t, onceOther).N, "AQAB", `,"kid":"r","key_ops":[]`),
		rsaJWK(made(t, onceOther).N, "AQAB", `,"kid":"r","key_ops":{"verify":1}`),
		rsaJWK(made(t, onceOther).N, "AQAB", `,"kid":"r","use":""`),
		ecJWK(t, p256, "P-256", `,"kid":"e256","key_ops":["verify"]`),
		ecJWK(t, p384, "P-384", `,"kid":"e384","alg":"ES384"`),
		ecJWK(t, p521, "P-521", `,"kid":"e521"`),
		ecJWK(t, p224, "P-224", `,"kid":"e224"`),
		ecJWK(t, p256, "secp256k1", `,"kid":"k"`),
		`{"kty":"OKP","crv":"Ed25519","x":"AA","kid":"o"}`, `{"kty":"oct","kid":"s"}`, `{"kty":"rsa","kid":"lower case is another type"}`,
	)
	keys, err := ParseJWKS([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	want := shapes(t, []Key{
		{KID: "r", Alg: "RS256", Public: r.Public()},
		{KID: "r", Alg: "RS512", Public: r.Public()},
		{Public: r.Public()},
		{KID: "e256", Public: p256.Public()},
		{KID: "e384", Alg: "ES384", Public: p384.Public()},
		{KID: "e521", Public: p521.Public()},
	})
	if diff := cmp.Diff(want, shapes(t, keys)); diff != "" {
		t.Errorf("keys (-want +got):\n%s", diff)
	}
}

func TestParseJWKSRefuses(t *testing.T) {
	r := made(t, onceRSA)
	n := b64(r.N.Bytes())
	good := rsaJWK(r.N, "AQAB", `,"kid":"good"`)
	for name, tc := range map[string]struct {
		text string
		want fault.Reason
	}{
		"empty":                   {``, KeySetMalformed},
		"HTML":                    {`<html>`, KeySetMalformed},
		"an array":                {`[` + good + `]`, KeySetMalformed},
		"no keys":                 {`{}`, KeySetMalformed},
		"keys no array":           {`{"keys":{}}`, KeySetMalformed},
		"key no object":           {`{"keys":["x"]}`, KeySetMalformed},
		"truncated":               {set(good)[:100], KeySetMalformed},
		"two keys members":        {`{"keys":[],"keys":[` + good + `]}`, KeySetMalformed},
		"repeated name":           {set(`{"kty":"RSA","n":"` + n + `","n":"` + n + `","e":"AQAB"}`), KeySetMalformed},
		"folded name":             {set(`{"kty":"RSA","n":"` + n + `","e":"AQAB","N":"` + n + `"}`), KeySetMalformed},
		"folded with Kelvin sign": {set(`{"kty":"RSA","n":"` + n + `","e":"AQAB","\u212aid":"x"}`), KeySetMalformed},
		"no kty":                  {set(`{"n":"` + n + `","e":"AQAB"}`), KeySetMalformed},
		"kty no string":           {set(`{"kty":1}`), KeySetMalformed},
		"kid no string":           {set(rsaJWK(r.N, "AQAB", `,"kid":7`)), KeySetMalformed},
		"kid empty":               {set(rsaJWK(r.N, "AQAB", `,"kid":""`)), KeySetMalformed},
		"kid too long":            {set(rsaJWK(r.N, "AQAB", `,"kid":"`+strings.Repeat("k", 257)+`"`)), KeySetMalformed},
		"kid unprintable":         {set(rsaJWK(r.N, "AQAB", `,"kid":"a\nb"`)), KeySetMalformed},
		"use no string":           {set(rsaJWK(r.N, "AQAB", `,"use":["sig"]`)), KeySetMalformed},
		"no n":                    {set(`{"kty":"RSA","e":"AQAB"}`), KeySetMalformed},
		"no e":                    {set(`{"kty":"RSA","n":"` + n + `"}`), KeySetMalformed},
		"n padded":                {set(`{"kty":"RSA","n":"` + n + `==","e":"AQAB"}`), KeySetMalformed},
		"n with a line break":     {set(`{"kty":"RSA","n":"` + n[:4] + `\n` + n[4:] + `","e":"AQAB"}`), KeySetMalformed},
		"n with a leading zero":   {set(`{"kty":"RSA","n":"` + b64(append([]byte{0}, r.N.Bytes()...)) + `","e":"AQAB"}`), KeySetMalformed},
		"e with a leading zero":   {set(rsaJWK(r.N, "AAEAAQ", ``)), KeySetMalformed},
		"e zero":                  {set(rsaJWK(r.N, "AA", ``)), KeySetMalformed},
		"e of five bytes":         {set(rsaJWK(r.N, "AQAAAAE", ``)), KeySetMalformed},
		"all for something else":  {set(rsaJWK(r.N, "AQAB", `,"use":"enc"`)), KeySetEmpty},
		"no key at all":           {`{"keys":[]}`, KeySetEmpty},
		"too large":               {set(good) + strings.Repeat(" ", verify.MaxKeySetBytes), KeySetMalformed},
		"one bad among good":      {set(good, `{"kty":"RSA","n":"!","e":"AQAB"}`), KeySetMalformed},
	} {
		t.Run(name, func(t *testing.T) {
			keys, err := ParseJWKS([]byte(tc.text))
			wantReason(t, err, tc.want)
			if keys != nil {
				t.Errorf("%d keys are given with the error", len(keys))
			}
		})
	}
}

func TestJ07AmbiguousAndMixedSets(t *testing.T) {
	r, other, ec := made(t, onceRSA), made(t, onceOther), newEC(t, elliptic.P256())
	public := rsaJWK(r.N, "AQAB", `,"kid":"a","use":"sig"`)
	for name, tc := range map[string]struct {
		keys []string
		want fault.Reason
	}{
		"two RSA keys with one kid":      {[]string{public, rsaJWK(other.N, "AQAB", `,"kid":"a"`)}, KeySetAmbiguous},
		"same modulus, other exponent":   {[]string{public, rsaJWK(r.N, "Aw", `,"kid":"a"`)}, KeySetAmbiguous},
		"RSA and EC with one kid":        {[]string{public, ecJWK(t, ec, "P-256", `,"kid":"a"`)}, KeySetAmbiguous},
		"EC and RSA with one kid":        {[]string{ecJWK(t, ec, "P-256", `,"kid":"a"`), public}, KeySetAmbiguous},
		"two EC keys with one kid":       {[]string{ecJWK(t, ec, "P-256", `,"kid":"a"`), ecJWK(t, newEC(t, elliptic.P256()), "P-256", `,"kid":"a"`)}, KeySetAmbiguous},
		"same kid for other algorithms":  {[]string{rsaJWK(r.N, "AQAB", `,"kid":"a","alg":"RS256"`), rsaJWK(other.N, "AQAB", `,"kid":"a","alg":"RS384"`)}, KeySetAmbiguous},
		"public and symmetric":           {[]string{public, `{"kty":"oct","k":"c2VjcmV0","kid":"b","alg":"HS256"}`}, KeySetPrivate},
		"only symmetric":                 {[]string{`{"kty":"oct","k":"c2VjcmV0","kid":"b","alg":"HS256"}`}, KeySetPrivate},
		"symmetric, empty":               {[]string{`{"kty":"oct","k":""}`}, KeySetPrivate},
		"public and private RSA":         {[]string{public, rsaJWK(other.N, "AQAB", `,"kid":"b","d":"AQ"`)}, KeySetPrivate},
		"private EC":                     {[]string{ecJWK(t, ec, "P-256", `,"d":"AQ"`)}, KeySetPrivate},
		"private OKP":                    {[]string{public, `{"kty":"OKP","crv":"Ed25519","x":"AA","d":"AA"}`}, KeySetPrivate},
		"a prime":                        {[]string{rsaJWK(r.N, "AQAB", `,"p":"AQ"`)}, KeySetPrivate},
		"more primes":                    {[]string{rsaJWK(r.N, "AQAB", `,"oth":[]`)}, KeySetPrivate},
		"private key for encryption":     {[]string{public, rsaJWK(other.N, "AQAB", `,"use":"enc","d":"AQ"`)}, KeySetPrivate},
		"null is a private member, too":  {[]string{rsaJWK(r.N, "AQAB", `,"d":null`)}, KeySetPrivate},
		"wrong use":                      {[]string{rsaJWK(r.N, "AQAB", `,"use":"enc"`)}, KeySetEmpty},
		"algorithm of another key type":  {[]string{rsaJWK(r.N, "AQAB", `,"alg":"ES256"`)}, WeakKey},
		"algorithm of another curve":     {[]string{ecJWK(t, ec, "P-256", `,"alg":"ES512"`)}, WeakKey},
		"RSA algorithm on a curve":       {[]string{ecJWK(t, ec, "P-256", `,"alg":"RS256"`)}, WeakKey},
		"algorithm that does not exist":  {[]string{ecJWK(t, ec, "P-256", `,"alg":"ES521"`)}, KeySetEmpty},
		"algorithm that is not known":    {[]string{ecJWK(t, ec, "P-256", `,"alg":"ES224"`)}, KeySetEmpty},
		"cipher as algorithm":            {[]string{`{"kty":"oct","alg":"A256GCM","use":"sig","k":"AA"}`}, KeySetPrivate},
		"curve that does not fit x":      {[]string{ecJWK(t, ec, "P-384", ``)}, KeySetMalformed},
		"curve key that says it is RSA":  {[]string{strings.Replace(ecJWK(t, ec, "P-256", ``), `"EC"`, `"RSA"`, 1)}, KeySetMalformed},
		"RSA key that says it is EC":     {[]string{strings.Replace(rsaJWK(r.N, "AQAB", `,"crv":"P-256"`), `"RSA"`, `"EC"`, 1)}, KeySetMalformed},
		"RSA key without a curve as EC":  {[]string{strings.Replace(rsaJWK(r.N, "AQAB", ``), `"RSA"`, `"EC"`, 1)}, KeySetEmpty},
		"kids that differ only in case":  {[]string{public, rsaJWK(other.N, "AQAB", `,"kid":"A"`)}, ""},
		"two keys without a kid":         {[]string{rsaJWK(r.N, "AQAB", ``), rsaJWK(other.N, "AQAB", ``)}, ""},
		"ambiguous kid of a skipped key": {[]string{public, rsaJWK(other.N, "AQAB", `,"kid":"a","use":"enc"`)}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			keys, err := ParseJWKS([]byte(set(tc.keys...)))
			if tc.want != "" {
				wantReason(t, err, tc.want)
			} else if err != nil || len(keys) == 0 {
				t.Errorf("%d keys, error %v", len(keys), err)
			}
		})
	}
}

func TestJ09WeakKeysInSets(t *testing.T) {
	r, ec := made(t, onceRSA), newEC(t, elliptic.P256())
	odd := func(bits uint) *big.Int { n := new(big.Int).Lsh(big.NewInt(1), bits-1); return n.SetBit(n, 0, 1) }
	good := ecJWK(t, ec, "P-256", ``)
	point, err := ec.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	point[40] ^= 1
	offCurve := fmt.Sprintf(`{"kty":"EC","crv":"P-256","x":%q,"y":%q}`, b64(point[1:33]), b64(point[33:]))
	zero := fmt.Sprintf(`{"kty":"EC","crv":"P-256","x":%q,"y":%q}`, b64(make([]byte, 32)), b64(make([]byte, 32)))
	for name, tc := range map[string]struct {
		key  string
		want fault.Reason
	}{
		"RSA 1024":        {rsaJWK(odd(1024), "AQAB", ``), WeakKey},
		"RSA 2047":        {rsaJWK(odd(2047), "AQAB", ``), WeakKey},
		"e=1":             {rsaJWK(r.N, "AQ", ``), WeakKey},
		"e=2":             {rsaJWK(r.N, "Ag", ``), WeakKey},
		"e=2^32-1":        {rsaJWK(r.N, "_____w", ``), WeakKey},
		"even modulus":    {rsaJWK(new(big.Int).Add(r.N, big.NewInt(1)), "AQAB", ``), WeakKey},
		"off the curve":   {offCurve, KeySetMalformed},
		"point of zeroes": {zero, KeySetMalformed},
		"short x":         {strings.Replace(good, `"x":"`, `"x":"AA`, 1), KeySetMalformed},
		"no x":            {`{"kty":"EC","crv":"P-256","y":"AA"}`, KeySetMalformed},
		"no y":            {`{"kty":"EC","crv":"P-256","x":"AA"}`, KeySetMalformed},
		"P-224":           {ecJWK(t, newEC(t, elliptic.P224()), "P-224", ``), KeySetEmpty},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ParseJWKS([]byte(set(tc.key)))
			wantReason(t, err, tc.want)
			if kind := fault.From(err).Kind; kind != fault.Invalid {
				t.Errorf("refused as %v", kind)
			}
			if tc.want == KeySetEmpty {
				return
			}
			_, err = ParseJWKS([]byte(set(good, tc.key)))
			wantReason(t, err, tc.want)
		})
	}
}

func TestJ10HugeSets(t *testing.T) {
	r, ec := made(t, onceRSA), newEC(t, elliptic.P256())
	odd := func(bits uint) *big.Int { n := new(big.Int).Lsh(big.NewInt(1), bits-1); return n.SetBit(n, 0, 1) }
	many := func(n int, key string) string { return set(strings.Split(strings.Repeat(key+" ", n), " ")[:n]...) }
	plainRSA, plainEC := rsaJWK(r.N, "AQAB", ``), ecJWK(t, ec, "P-256", ``)
	for name, tc := range map[string]struct {
		text string
		want fault.Reason
	}{
		"RSA 8192":              {set(rsaJWK(odd(8192), "AQAB", ``)), ""},
		"RSA 8193":              {set(rsaJWK(odd(8193), "AQAB", ``)), WeakKey},
		"RSA 16384":             {set(rsaJWK(odd(16384), "AQAB", ``)), WeakKey},
		"RSA of a million bits": {set(rsaJWK(odd(1_000_000), "AQAB", ``)), WeakKey},
		"100 of each":           {set(strings.Repeat(plainRSA+","+plainEC+",", 99) + plainRSA + "," + plainEC), ""},
		"101 RSA":               {many(101, plainRSA), KeySetTooMany},
		"101 EC":                {many(101, plainEC), KeySetTooMany},
		"1000 RSA":              {many(1000, plainRSA), KeySetTooMany},
		"101 RSA for nothing":   {many(101, rsaJWK(r.N, "AQAB", `,"use":"enc"`)), KeySetTooMany},
		"1 MiB and a byte":      {set(plainRSA) + strings.Repeat(" ", verify.MaxKeySetBytes-len(set(plainRSA))+1), KeySetMalformed},
		"1 MiB":                 {set(plainRSA) + strings.Repeat(" ", verify.MaxKeySetBytes-len(set(plainRSA))), ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ParseJWKS([]byte(tc.text))
			if tc.want != "" {
				wantReason(t, err, tc.want)
			} else if err != nil {
				t.Error(err)
			}
		})
	}
}

func TestMarshalRoundTrip(t *testing.T) {
	keys := []Key{
		{KID: "r", Alg: "RS256", Public: made(t, onceRSA).Public()},
		{KID: "e", Alg: "ES256", Public: newEC(t, elliptic.P256()).Public()},
		{KID: "f", Public: newEC(t, elliptic.P521()).Public()},
	}
	text, err := MarshalJWKS(keys)
	if err != nil {
		t.Fatal(err)
	}
	got, err := ParseJWKS(text)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(shapes(t, keys), shapes(t, got)); diff != "" {
		t.Errorf("keys (-written +read):\n%s", diff)
	}
}

func TestMarshalSpelling(t *testing.T) {
	key := Key{KID: "k", Alg: "RS256", X5T: "dGh1bWI", X5C: [][]byte{{0xfb, 0xff, 0xfe}}, Public: made(t, onceRSA).Public()}
	text, err := MarshalJWKS([]Key{key})
	if err != nil {
		t.Fatal(err)
	}
	want := `{"keys":[{"e":"AQAB","kty":"RSA","n":"` + b64(made(t, onceRSA).N.Bytes()) +
		`","kid":"k","use":"sig","alg":"RS256","x5t":"dGh1bWI","x5c":["+//+"]}]}`
	if string(text) != want {
		t.Errorf("written %s\nwant %s", text, want)
	}
	if text, err := MarshalJWKS(nil); err != nil || string(text) != `{"keys":[]}` {
		t.Errorf("no keys are written as %s, %v", text, err)
	}
	if _, err := MarshalJWKS([]Key{{KID: "weak", Public: nil}}); err == nil {
		t.Error("a key that is none is written")
	}
}

func TestCoordinatesKeepLeadingZeroes(t *testing.T) {
	for range 2000 {
		key := newEC(t, elliptic.P256())
		point, err := key.PublicKey.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		if point[1] != 0 && point[33] != 0 {
			continue
		}
		text, err := MarshalJWKS([]Key{{KID: "z", Public: key.Public()}})
		if err != nil {
			t.Fatal(err)
		}
		keys, err := ParseJWKS(text)
		if err != nil {
			t.Fatal(err)
		}
		if read, ok := keys[0].Public.(*ecdsa.PublicKey); !ok || !read.Equal(key.Public()) {
			t.Error("a coordinate that begins with zero is not read as it was written")
		}
		return
	}
	t.Fatal("no key among 2000 has a coordinate that begins with zero")
}

func TestThumbprint(t *testing.T) {
	r, ec := made(t, onceRSA), newEC(t, elliptic.P384())
	point, err := ec.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		key  Key
		text string // by RFC 7638 section 3: required members only, in order, no white space
	}{
		{Key{KID: "a", Alg: "RS256", X5T: "x", Public: r.Public()}, `{"e":"AQAB","kty":"RSA","n":"` + b64(r.N.Bytes()) + `"}`},
		{Key{Public: ec.Public()}, `{"crv":"P-384","kty":"EC","x":"` + b64(point[1:49]) + `","y":"` + b64(point[49:]) + `"}`},
	} {
		sum := sha256.Sum256([]byte(tc.text))
		if got, err := tc.key.Thumbprint(); err != nil || got != b64(sum[:]) {
			t.Errorf("thumbprint %s, %v, want that of %s", got, err, tc.text)
		}
	}
}

func TestThumbprintRefusesNoKey(t *testing.T) {
	if _, err := (Key{}).Thumbprint(); err == nil {
		t.Error("a key that is none has a thumbprint")
	}
}

// FuzzParseJWKS checks that whatever is accepted is strong, unambiguous, and reads the same after it was written.
func FuzzParseJWKS(f *testing.F) {
	r, ec := made(f, onceRSA), newEC(f, elliptic.P256())
	f.Add([]byte(set(rsaJWK(r.N, "AQAB", `,"kid":"a","use":"sig","alg":"RS256"`))))
	f.Add([]byte(set(ecJWK(f, ec, "P-256", `,"kid":"a","key_ops":["verify"]`), rsaJWK(r.N, "Aw", ``))))
	f.Add([]byte(`{"keys":[{"kty":"oct","k":"AA"},{"kty":"OKP"}]}`))
	f.Add([]byte(`{"keys":[]}`))
	f.Add([]byte(set(rsaJWK(big.NewInt(131), "AQAB", ``))))
	f.Fuzz(func(t *testing.T, text []byte) {
		keys, err := ParseJWKS(text)
		if err != nil {
			if fault.From(err).Kind != fault.Invalid {
				t.Fatalf("refused with %v", err)
			}
			return
		}
		kids := map[string]string{}
		for _, s := range shapes(t, keys) {
			if other, known := kids[s.KID]; known && s.KID != "" && other != s.Thumbprint {
				t.Fatalf("two keys have the kid %q", s.KID)
			}
			kids[s.KID] = s.Thumbprint
		}
		written, err := MarshalJWKS(keys)
		if err != nil {
			t.Fatal(err)
		}
		again, err := ParseJWKS(written)
		if err != nil {
			t.Fatalf("%s: %v", written, err)
		}
		if diff := cmp.Diff(shapes(t, keys), shapes(t, again)); diff != "" {
			t.Fatalf("keys (-read +read again):\n%s", diff)
		}
	})
}
