package doortest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"strings"
)

// Claims are a token's claims, to be changed and signed again.
type Claims map[string]any

// ClaimsOf gives what a token says.
func (w *World) ClaimsOf(token string) Claims {
	w.t.Helper()
	var c Claims
	if err := json.Unmarshal(decode(strings.Split(token, ".")[1]), &c); err != nil {
		w.t.Fatal(err)
	}
	return c
}

// Sign makes a token of any claims with the installation's own key: what mint would never make.
func (w *World) Sign(claims Claims) string {
	w.t.Helper()
	b, err := json.Marshal(claims)
	if err != nil {
		w.t.Fatal(err)
	}
	return w.SignText(string(b))
}

// SignText is Sign for claims that are no proper JSON object.
func (w *World) SignText(claims string) string {
	w.t.Helper()
	token, err := w.Keys.Signer("ES256").Sign([]byte(claims))
	if err != nil {
		w.t.Fatal(err)
	}
	return token
}

// Forgeries are tokens made of a good one without its key, by the name of the attack.
func (w *World) Forgeries(token string) map[string]string {
	w.t.Helper()
	parts := strings.Split(token, ".")
	kid := w.header(parts[0])["kid"].(string)
	forged := map[string]string{}
	for name, alg := range map[string]string{
		"none": `"none"`, "None": `"None"`, "nOnE": `"nOnE"`, "empty": `""`, "null": `null`, "array": `["none"]`, "number": `0`, "missing": ``,
	} {
		header := `{"typ":"JWT","kid":"` + kid + `"`
		if alg != "" {
			header += `,"alg":` + alg
		}
		unsigned := encode([]byte(header+"}")) + "." + parts[1]
		forged["J01 alg "+name] = unsigned + "."
		forged["J01 alg "+name+", signature kept"] = unsigned + "." + parts[2]
		forged["J01 alg "+name+", two parts"] = unsigned
	}
	for name, key := range w.publicForms(kid) {
		for _, alg := range []string{"HS256", "HS384", "HS512"} {
			unsigned := encode([]byte(`{"typ":"JWT","alg":"`+alg+`","kid":"`+kid+`"}`)) + "." + parts[1]
			mac := hmac.New(sha256.New, key)
			mac.Write([]byte(unsigned))
			forged["J02 "+alg+" with the public key as "+name] = unsigned + "." + encode(mac.Sum(nil))
		}
	}
	for name, signature := range map[string][]byte{
		"zeros": make([]byte, 64), "empty": {}, "short": make([]byte, 63), "long": make([]byte, 65), "order": twice(elliptic.P256().Params().N),
		"DER": der(decode(parts[2])),
	} {
		forged["J11 "+name] = parts[0] + "." + parts[1] + "." + encode(signature)
	}
	w.addStrangersKey(forged, parts[1], kid)
	return forged
}

// addStrangersKey adds tokens with good signatures of a key that the attacker brings along.
func (w *World) addStrangersKey(forged map[string]string, claims, kid string) {
	w.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		w.t.Fatal(err)
	}
	point, err := key.PublicKey.Bytes()
	if err != nil {
		w.t.Fatal(err)
	}
	jwk := `{"kty":"EC","crv":"P-256","x":"` + encode(point[1:33]) + `","y":"` + encode(point[33:]) + `"}`
	long := strings.Repeat("k", 64<<10)
	for name, header := range map[string]string{
		"J03 embedded key":     `"kid":"` + kid + `","jwk":` + jwk,
		"J03 key by URL":       `"kid":"` + kid + `","jku":"https://attacker.example/keys"`,
		"J05 kid is a path":    `"kid":"../../dev/null"`,
		"J05 kid is SQL":       `"kid":"' OR 1=1 --"`,
		"J05 kid is long":      `"kid":"` + long + `"`,
		"J05 kid is a number":  `"kid":1`,
		"J05 kid is an array":  `"kid":["` + kid + `"]`,
		"J06 kid is another's": `"kid":"` + kid + `"`,
		"J14 unknown critical": `"kid":"` + kid + `","crit":["x"],"x":1`,
	} {
		unsigned := encode([]byte(`{"typ":"JWT","alg":"ES256",`+header+`}`)) + "." + claims
		digest := sha256.Sum256([]byte(unsigned))
		r, s, err := ecdsa.Sign(rand.Reader, key, digest[:])
		if err != nil {
			w.t.Fatal(err)
		}
		forged[name] = unsigned + "." + encode(append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...))
	}
}

// publicForms are the ways in which a careless verifier could hold the public key as bytes.
func (w *World) publicForms(kid string) map[string][]byte {
	w.t.Helper()
	key, ok := w.Keys.Key(kid)
	if !ok {
		w.t.Fatalf("no key %s", kid)
	}
	pkix, err := x509.MarshalPKIXPublicKey(key.Public)
	if err != nil {
		w.t.Fatal(err)
	}
	jwk, err := json.Marshal(key)
	if err != nil {
		w.t.Fatal(err)
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: pkix})
	return map[string][]byte{
		"DER": pkix, "PEM": text, "PEM without its last line end": text[:len(text)-1], "JWK": jwk, "JWK set": w.Keys.JWKS(), "nothing": {},
	}
}

func (w *World) header(part string) map[string]any {
	w.t.Helper()
	var h map[string]any
	if err := json.Unmarshal(decode(part), &h); err != nil {
		w.t.Fatal(err)
	}
	return h
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// decode gives the bytes of a part of a token that is known to be good.
func decode(part string) []byte {
	b, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		panic(err)
	}
	return b
}

// twice is n as both halves of a signature.
func twice(n *big.Int) []byte {
	half := n.FillBytes(make([]byte, 32))
	return append(half, half...)
}

// der is a good signature in the other encoding.
func der(raw []byte) []byte {
	b, err := asn1.Marshal(struct{ R, S *big.Int }{new(big.Int).SetBytes(raw[:32]), new(big.Int).SetBytes(raw[32:])})
	if err != nil {
		panic(err)
	}
	return b
}

// BadAudiences are tokens of the installation's own key whose audience is not the one that is wanted, by what is wrong.
func (w *World) BadAudiences(token, wanted string) map[string]string {
	w.t.Helper()
	bad := map[string]string{}
	for name, aud := range map[string]any{
		"empty": "", "no list": []string{}, "another": "api://other", "a list of others": []string{"api://other", "api://more"}, "number": 1,
		"nested": []any{[]string{wanted}}, "prefix": wanted[:len(wanted)-1], "longer": wanted + "x", "other case": strings.ToUpper(wanted),
		"path below": wanted + "/x", "null": nil, "object": map[string]string{"aud": wanted},
	} {
		claims := w.ClaimsOf(token)
		claims["aud"] = aud
		bad["J19 "+name] = w.Sign(claims)
	}
	claims := w.ClaimsOf(token)
	delete(claims, "aud")
	bad["J19 missing"] = w.Sign(claims)
	text, err := json.Marshal(w.ClaimsOf(token))
	if err != nil {
		w.t.Fatal(err)
	}
	bad["J13 twice"] = w.SignText(`{"aud":"` + wanted + `",` + string(text[1:]))
	bad["J13 folded"] = w.SignText(`{"AUD":"api://other",` + string(text[1:]))
	return bad
}
