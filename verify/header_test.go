package verify

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"strings"
	"testing"
)

func TestGoodToken(t *testing.T) {
	for _, header := range []string{
		goodHeader, `{"alg":"RS256"}`, `{"alg":"RS256","typ":"jwt"}`, `{"typ":"at+jwt","alg":"RS256"}`,
		`{"typ":"application/at+JWT","alg":"RS256"}`, `{"typ":"JOSE","alg":"RS256"}`,
		` { "alg" : "RS256" , "other" : { "x" : [ 1 ] } } `,
	} {
		c, err := open(t, signRS256(t, header, goodPayload))
		if err != nil {
			t.Errorf("header %s: %v", header, err)
		} else if c.Subject() != "s" {
			t.Errorf("header %s: subject %q", header, c.Subject())
		}
	}
}

func TestJ01AlgNone(t *testing.T) {
	for _, alg := range []string{
		`"none"`, `"None"`, `"nOnE"`, `"NONE"`, `""`, `null`, `["none"]`, `["RS256"]`, `{}`, `0`, `true`,
		`"rs256"`, `"RS256 "`, `"RS256\n"`, `"EdDSA"`, `"RS1"`, `"PS384"`, `"ES256K"`,
	} {
		header := `{"alg":` + alg + `}`
		for _, token := range []string{
			unsigned(header, goodPayload) + ".", unsigned(header, goodPayload), signRS256(t, header, goodPayload),
		} {
			if _, err := open(t, token); err == nil {
				t.Errorf("alg %s: the token %s is accepted", alg, token)
			}
		}
		_, err := Parse(signRS256(t, header, goodPayload), 0)
		wantReason(t, err, Algorithm)
	}
	_, err := Parse(signRS256(t, `{"typ":"JWT"}`, goodPayload), 0)
	wantReason(t, err, Algorithm)
}

func TestJ02PublicKeyAsSecret(t *testing.T) {
	public := &testRSA(t).PublicKey
	pkix, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	pkcs1 := x509.MarshalPKCS1PublicKey(public)
	pemOf := func(kind string, der []byte) []byte { return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}) }
	n := base64.RawURLEncoding.EncodeToString(public.N.Bytes())
	secrets := map[string][]byte{
		"PKIX PEM": pemOf("PUBLIC KEY", pkix), "PKCS1 PEM": pemOf("RSA PUBLIC KEY", pkcs1),
		"PKIX DER": pkix, "PKCS1 DER": pkcs1, "modulus": public.N.Bytes(), "x5c": []byte(base64.StdEncoding.EncodeToString(pkix)),
		"JWK": []byte(`{"e":"AQAB","kty":"RSA","n":"` + n + `"}`), "empty": {},
	}
	for name, secret := range secrets {
		for alg, hash := range map[string]crypto.Hash{"HS256": crypto.SHA256, "HS384": crypto.SHA384, "HS512": crypto.SHA512} {
			for _, key := range [][]byte{secret, bytes.TrimSpace(secret)} {
				input := unsigned(`{"alg":"`+alg+`"}`, goodPayload)
				mac := hmac.New(hash.New, key)
				mac.Write([]byte(input))
				if _, err := open(t, input+"."+encode(mac.Sum(nil))); ReasonOf(err) != Algorithm {
					t.Errorf("%s with the %s as secret: %v, want the reason algorithm", alg, name, err)
				}
			}
		}
		if KnownAlgorithm("HS256") || KnownAlgorithm("HS384") || KnownAlgorithm("HS512") || KnownAlgorithm("none") {
			t.Error("the table has an algorithm that it must not have")
		}
	}
}

func TestJ03KeysInTheHeaderAreIgnored(t *testing.T) {
	attacker, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	jwk := `{"kty":"RSA","e":"AQAB","n":"` + encode(attacker.N.Bytes()) + `"}`
	for _, extra := range []string{
		`"jwk":` + jwk, `"jku":"https://attacker.example/keys"`, `"x5u":"https://attacker.example/chain"`,
		`"x5c":["` + base64.StdEncoding.EncodeToString([]byte("no certificate")) + `"]`,
	} {
		header := `{"alg":"RS256","kid":"k1",` + extra + `}`
		input := unsigned(header, goodPayload)
		signature, err := rsa.SignPKCS1v15(nil, attacker, crypto.SHA256, digest(crypto.SHA256, input))
		if err != nil {
			t.Fatal(err)
		}
		_, err = open(t, input+"."+encode(signature))
		wantReason(t, err, Signature)
		if _, err := open(t, signRS256(t, header, goodPayload)); err != nil {
			t.Errorf("%s in an honest token: %v", extra, err)
		}
	}
}

func TestJ05KeyID(t *testing.T) {
	for _, kid := range []string{
		`"a\u0000b"`, `"` + strings.Repeat("k", 257) + `"`, `7`, `["k1"]`, `null`, `{}`, `""`, `"a\nb"`, `"é"`, `"\u007f"`,
	} {
		_, err := Parse(signRS256(t, `{"alg":"RS256","kid":`+kid+`}`, goodPayload), 0)
		wantReason(t, err, Malformed)
	}
	_, err := Parse(signRS256(t, `{"alg":"RS256","kid":"`+strings.Repeat("k", 64<<10)+`"}`, goodPayload), 1<<20)
	wantReason(t, err, Malformed)
	for _, kid := range []string{`../../dev/null`, `' OR 1=1`, `https://x/`, strings.Repeat("k", 256)} {
		token, err := Parse(signRS256(t, `{"alg":"RS256","kid":"`+kid+`"}`, goodPayload), 0)
		if err != nil {
			t.Fatalf("kid %s: %v", kid, err)
		}
		if token.KeyID() != kid {
			t.Errorf("kid %s becomes %s", kid, token.KeyID())
		}
	}
}

func TestJ13RepeatedAndFoldedNames(t *testing.T) {
	const tail = `,"exp":1700003600}`
	for _, payload := range []string{
		`{"sub":"a","sub":"b"` + tail, `{"sub":"a","s\u0075b":"b"` + tail, `{"s\u0075b":"a","s\u0075b":"b"` + tail,
		`{"sub":"a","SUB":"b"` + tail, `{"SUB":"b"` + tail, `{"sub":"a","\u017fub":"b"` + tail, `{"i\u017fs":"a"` + tail,
		`{"sub":"a","Aud":"b"` + tail, `{"eXp":1` + tail, `{"act":{"sub":"a","sub":"b"}` + tail, `{"AZP":"a"` + tail,
	} {
		_, err := Parse(signRS256(t, goodHeader, payload), 0)
		wantReason(t, err, Malformed)
	}
	for _, header := range []string{
		`{"alg":"RS256","alg":"none"}`, `{"alg":"RS256","ALG":"none"}`, `{"alg":"RS256","a\u006cg":"RS256"}`,
		`{"alg":"RS256","\u212aid":"x"}`, `{"alg":"RS256","CRIT":["x"]}`, `{"alg":"RS256","x":{"y":1,"y":2}}`,
	} {
		_, err := Parse(signRS256(t, header, goodPayload), 0)
		wantReason(t, err, Malformed)
	}
	c := claimsOf(t, `{"sub":"a","unknown":1,"Unknown":2,"act":{"SUB":"b"},"exp":1700003600}`)
	if c.Subject() != "a" {
		t.Errorf("subject %q beside unknown names, want a", c.Subject())
	}
}

func TestJ14CriticalExtensions(t *testing.T) {
	for _, crit := range []string{`["x"]`, `[]`, `["absent"]`, `["alg"]`, `"x"`, `null`, `["exp"]`} {
		_, err := Parse(signRS256(t, `{"alg":"RS256","x":1,"crit":`+crit+`}`, goodPayload), 0)
		wantReason(t, err, Malformed)
	}
}

func TestJ15UnencodedPayload(t *testing.T) {
	for _, header := range []string{`{"alg":"RS256","b64":false}`, `{"alg":"RS256","b64":true}`, `{"alg":"RS256","b64":false,"crit":["b64"]}`} {
		_, err := Parse(signRS256(t, header, goodPayload), 0)
		wantReason(t, err, Malformed)
	}
	input := encode([]byte(`{"alg":"RS256","b64":false,"crit":["b64"]}`)) + "." + goodPayload
	_, err := Parse(input+".c2ln", 0)
	wantReason(t, err, Malformed)
}

func TestJ17EncryptedTokens(t *testing.T) {
	for _, header := range []string{
		`{"alg":"RSA-OAEP","enc":"A256GCM","zip":"DEF"}`, `{"alg":"PBES2-HS512+A256KW","enc":"A256GCM","p2c":2147483647}`,
		`{"alg":"dir","enc":"A128CBC-HS256"}`, `{"alg":"RS256"}`,
	} {
		token := encode([]byte(header)) + ".a2V5.aXY.Y2lwaGVydGV4dA.dGFn"
		_, err := Parse(token, 0)
		wantReason(t, err, Malformed)
		if err != nil && !strings.Contains(err.Error(), "encrypted") {
			t.Errorf("error %v does not say that the token is encrypted", err)
		}
	}
	for _, header := range []string{`{"alg":"RS256","enc":"A256GCM"}`, `{"alg":"RS256","zip":"DEF"}`} {
		_, err := Parse(signRS256(t, header, goodPayload), 0)
		wantReason(t, err, Malformed)
	}
}

func TestJ18NestedTokens(t *testing.T) {
	inner := signRS256(t, goodHeader, goodPayload)
	for _, cty := range []string{`"JWT"`, `"jwt"`, `"application/jwt"`, `"json"`, `null`} {
		for _, payload := range []string{inner, goodPayload} {
			_, err := Parse(signRS256(t, `{"alg":"RS256","cty":`+cty+`}`, payload), 0)
			wantReason(t, err, Malformed)
		}
	}
	_, err := Parse(signRS256(t, goodHeader, inner), 0)
	wantReason(t, err, Malformed)
}

func TestTypeOfToken(t *testing.T) {
	for _, typ := range []string{`"dpop+jwt"`, `"logout+jwt"`, `"secevent+jwt"`, `"JWE"`, `"JWT "`, `1`, `null`, `["JWT"]`, `"application/"`} {
		token, err := Parse(signRS256(t, `{"alg":"RS256","typ":`+typ+`}`, goodPayload), 0)
		if typ == `"application/"` {
			if err != nil || token.Type() != "" {
				t.Errorf("typ %s: %v", typ, err)
			}
			continue
		}
		wantReason(t, err, Malformed)
	}
	token, err := Parse(signRS256(t, `{"alg":"RS256","typ":"application/AT+JWT"}`, goodPayload), 0)
	if err != nil || token.Type() != "at+jwt" {
		t.Errorf("typ at+jwt: %v", err)
	}
}

func TestFormOfToken(t *testing.T) {
	good := signRS256(t, goodHeader, goodPayload)
	parts := strings.Split(good, ".")
	join := func(p ...string) string { return strings.Join(p, ".") }
	for name, token := range map[string]string{
		"empty": "", "one part": parts[0], "two parts": join(parts[0], parts[1]), "four parts": good + ".x", "dots": "..",
		"empty header": join("", parts[1], parts[2]), "empty payload": join(parts[0], "", parts[2]), "empty signature": join(parts[0], parts[1], ""),
		"line break in header":    join(parts[0][:4]+"\n"+parts[0][4:], parts[1], parts[2]),
		"line break in payload":   join(parts[0], parts[1][:4]+"\r\n"+parts[1][4:], parts[2]),
		"line break in signature": good + "\n", "space around": " " + good, "padding": good + "=", "padded": good + "==",
		"standard alphabet": join(parts[0], parts[1], strings.Repeat("+/", 171)), "not base64": join("!!!!", parts[1], parts[2]),
		"header no object": join(encode([]byte(`"RS256"`)), parts[1], parts[2]), "payload no object": join(parts[0], encode([]byte(`[]`)), parts[2]),
		"payload no JSON": join(parts[0], encode([]byte("hello")), parts[2]), "trailing data": join(parts[0], encode([]byte(goodPayload+"{}")), parts[2]),
		"deep payload":     join(parts[0], encode([]byte(`{"a":`+strings.Repeat("[", 64)+strings.Repeat("]", 64)+`}`)), parts[2]),
		"issuer no string": join(parts[0], encode([]byte(`{"iss":["a"]}`)), parts[2]),
		"quoted":           `"` + good + `"`, "bearer": "Bearer " + good, "non canonical": join(parts[0], "e31", parts[2]),
		"byte order mark": join(parts[0], encode([]byte("\xef\xbb\xbf"+goodPayload)), parts[2]),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse(token, 0)
			wantReason(t, err, Malformed)
		})
	}
}

func TestLengthOfToken(t *testing.T) {
	good := signRS256(t, goodHeader, goodPayload)
	if _, err := Parse(good, len(good)); err != nil {
		t.Errorf("a token of the allowed length: %v", err)
	}
	_, err := Parse(good, len(good)-1)
	wantReason(t, err, Malformed)
	_, err = Parse(strings.Repeat("a", DefaultMaxBytes+1), 0)
	wantReason(t, err, Malformed)
}

func TestUnverifiedToken(t *testing.T) {
	token, err := Parse(signRS256(t, goodHeader, goodPayload), 0)
	if err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprintf("%s %s %s %s", token.Algorithm(), token.KeyID(), token.Type(), token.UnverifiedIssuer())
	if want := "RS256 k1 jwt https://issuer.example/"; got != want {
		t.Errorf("the token shows %q, want %q", got, want)
	}
	for _, allowed := range [][]string{{"ES256"}, {"rs256"}, {""}} {
		wantReason(t, token.CheckAlgorithm(allowed...), Algorithm)
		_, err := token.Verify(testRSA(t).Public(), allowed...)
		wantReason(t, err, Algorithm)
	}
}

func TestThumbprints(t *testing.T) {
	short, long := bytes.Repeat([]byte{0xfb, 0xff}, 10), bytes.Repeat([]byte{0xfe}, 32)
	for _, tc := range []struct {
		extra       string
		short, long []byte
	}{
		{``, nil, nil},
		{`,"x5t":"` + encode(short) + `"`, short, nil},
		{`,"x5t":"` + base64.StdEncoding.EncodeToString(short) + `"`, short, nil},
		{`,"x5t#S256":"` + base64.StdEncoding.EncodeToString(long) + `","x5t":"` + base64.URLEncoding.EncodeToString(short) + `"`, short, long},
		{`,"x5t":"` + encode(long) + `"`, nil, nil},
		{`,"x5t":7`, nil, nil},
		{`,"x5t":"!"`, nil, nil},
		{`,"x5t":""`, nil, nil},
	} {
		token, err := Parse(signRS256(t, `{"alg":"RS256"`+tc.extra+`}`, goodPayload), 0)
		if err != nil {
			t.Fatal(err)
		}
		if s, l := token.Thumbprints(); !bytes.Equal(s, tc.short) || !bytes.Equal(l, tc.long) {
			t.Errorf("header %s: thumbprints %x and %x, want %x and %x", tc.extra, s, l, tc.short, tc.long)
		}
	}
}

func TestJ30EveryChangeIsRefused(t *testing.T) {
	token := signRS256(t, goodHeader, goodPayload)
	for i := range len(token) {
		if _, err := open(t, token[:i]); err == nil {
			t.Errorf("the first %d characters are accepted", i)
		}
		if _, err := open(t, token[i+1:]); err == nil {
			t.Errorf("the token without its first %d characters is accepted", i+1)
		}
		for _, other := range []string{"A", "B", "_", ".", "=", "\n", ""} {
			changed := token[:i] + other + token[i+1:]
			if _, err := open(t, changed); err == nil && changed != token {
				t.Errorf("the token with %q at %d is accepted", other, i)
			}
		}
	}
	for _, suffix := range []string{"A", "AAAA", ".", ".A", "=", "\x00", " "} {
		if _, err := open(t, token+suffix); err == nil {
			t.Errorf("the token with %q behind it is accepted", suffix)
		}
	}
}

func TestEachAlgorithm(t *testing.T) {
	curves := map[string]elliptic.Curve{"ES256": elliptic.P256(), "ES384": elliptic.P384(), "ES512": elliptic.P521()}
	hashes := map[string]crypto.Hash{"256": crypto.SHA256, "384": crypto.SHA384, "512": crypto.SHA512}
	for _, alg := range append(DefaultAlgorithms(), "PS256") {
		t.Run(alg, func(t *testing.T) {
			input, hash := unsigned(`{"alg":"`+alg+`"}`, goodPayload), hashes[alg[2:]]
			public := testRSA(t).Public()
			var signature []byte
			var err error
			switch alg[:2] {
			case "RS":
				signature, err = rsa.SignPKCS1v15(nil, testRSA(t), hash, digest(hash, input))
			case "PS":
				signature, err = rsa.SignPSS(rand.Reader, testRSA(t), hash, digest(hash, input), &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash})
			default:
				key, keyErr := ecdsa.GenerateKey(curves[alg], rand.Reader)
				if keyErr != nil {
					t.Fatal(keyErr)
				}
				public, signature = key.Public(), signECDSA(t, key, digest(hash, input))
			}
			if err != nil {
				t.Fatal(err)
			}
			token, err := Parse(input+"."+encode(signature), 0)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := token.Verify(public, alg); err != nil {
				t.Errorf("a good signature: %v", err)
			}
			_, err = token.Verify(public)
			if (alg == "PS256") != (ReasonOf(err) == Algorithm) {
				t.Errorf("without an allow list: %v", err)
			}
			signature[len(signature)/2] ^= 1
			token, err = Parse(input+"."+encode(signature), 0)
			if err != nil {
				t.Fatal(err)
			}
			_, err = token.Verify(public, alg)
			wantReason(t, err, Signature)
		})
	}
}

func TestPSSNeedsTheSaltOfTheHash(t *testing.T) {
	input := unsigned(`{"alg":"PS256"}`, goodPayload)
	signature, err := rsa.SignPSS(rand.Reader, testRSA(t), crypto.SHA256, digest(crypto.SHA256, input), &rsa.PSSOptions{SaltLength: 8})
	if err != nil {
		t.Fatal(err)
	}
	token, err := Parse(input+"."+encode(signature), 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = token.Verify(testRSA(t).Public(), "PS256")
	wantReason(t, err, Signature)
}
