package verify

import (
	"crypto"
	"strings"
	"testing"
)

// TestTypedIsNoToken: what has a type of its own is read by ParseAs of that type, and by nobody else.
func TestTypedIsNoToken(t *testing.T) {
	typed := signRS256(t, `{"alg":"RS256","typ":"Lanyard-Test+JWT"}`, `{"a":1}`)
	if _, err := Parse(typed, 0); ReasonOf(err) != Malformed {
		t.Errorf("Parse says %v", err)
	}
	for _, typ := range []string{"jwt", "", "other+jwt", "lanyard-test+jwtx"} {
		if _, err := ParseAs(typed, 0, typ); ReasonOf(err) != Malformed {
			t.Errorf("ParseAs %q says %v", typ, err)
		}
	}
	if _, err := ParseAs(signRS256(t, goodHeader, goodPayload), 0, "lanyard-test+jwt"); ReasonOf(err) != Malformed {
		t.Errorf("a token is read as something else: %v", err)
	}
	got, err := ParseAs(typed, 0, "lanyard-test+jwt")
	if err != nil {
		t.Fatal(err)
	}
	o, err := got.Payload(testRSA(t).Public(), "RS256")
	if a, _ := o.Get("a"); err != nil || string(a.Raw()) != "1" {
		t.Errorf("the payload is %v, %v", o, err)
	}
	wantReason(t, func() error { _, err := got.Payload(testEC(t).Public()); return err }(), Key)
	wantReason(t, func() error { _, err := got.Payload(testRSA(t).Public(), "ES256"); return err }(), Algorithm)
}

func FuzzParseAs(f *testing.F) {
	f.Add("a.b.c", "x")
	f.Add("eyJhbGciOiJSUzI1NiIsInR5cCI6InIrand0In0.e30.AA", "r+jwt")
	f.Fuzz(func(t *testing.T, text, typ string) {
		token, err := ParseAs(text, 0, typ)
		if err == nil && token.Type() != strings.ToLower(typ) {
			t.Errorf("%q is read as %q", token.Type(), typ)
		}
	})
}

// FuzzParseKeySet: what is given can verify something, and no two keys of one id differ.
func FuzzParseKeySet(f *testing.F) {
	f.Add(`{"keys":[]}`)
	f.Add(`{"keys":[{"kty":"EC","crv":"P-256","kid":"a","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}`)
	f.Add(`{"keys":[{"kty":"RSA","n":"AQ","e":"AQAB"},{"kty":"oct","k":"AA"}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		keys, err := ParseKeySet([]byte(text))
		if err != nil {
			if len(keys) > 0 || ReasonOf(err) == "" {
				t.Errorf("%d keys with %v", len(keys), err)
			}
			return
		}
		byID := map[string]crypto.PublicKey{}
		for _, k := range keys {
			if err := CheckKey(k.Key); err != nil || k.Algorithm != "" && !Fits(k.Key, k.Algorithm) {
				t.Errorf("a key that cannot verify: %+v, %v", k, err)
			}
			if other, found := byID[k.ID]; found && k.ID != "" && !samePublic(other, k.Key) {
				t.Errorf("two keys are %q", k.ID)
			}
			byID[k.ID] = k.Key
		}
	})
}
