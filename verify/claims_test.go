package verify

import (
	"crypto"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/verify/strictjson"
)

func TestClaims(t *testing.T) {
	c := claimsOf(t, `{"iss":"i","sub":"s","jti":"j","aud":["a","b"],"exp":300,"nbf":100,"iat":200,
		"name":"n","list":["x","y"],"mixed":["x",1],"n":1.5,"o":{"k":[1, 2]},"yes":true,"nothing":null}`)
	if got := []string{c.Issuer(), c.Subject(), c.ID()}; !reflect.DeepEqual(got, []string{"i", "s", "j"}) {
		t.Errorf("iss, sub, jti = %q", got)
	}
	if got := []int64{c.Expires().Unix(), c.NotBefore().Unix(), c.IssuedAt().Unix()}; !reflect.DeepEqual(got, []int64{300, 100, 200}) {
		t.Errorf("exp, nbf, iat = %d", got)
	}
	c.Audience()[0] = "changed"
	if got := c.Audience(); !reflect.DeepEqual(got, []string{"a", "b"}) {
		t.Errorf("aud = %q", got)
	}
	want := []string{"iss", "sub", "jti", "aud", "exp", "nbf", "iat", "name", "list", "mixed", "n", "o", "yes", "nothing"}
	if got := c.Names(); !reflect.DeepEqual(got, want) {
		t.Errorf("Names = %q, want %q", got, want)
	}
	var all []string
	for name, value := range c.All() {
		if string(value.Raw()) != string(c.Value(name).Raw()) {
			t.Errorf("All and Value differ for %q", name)
		}
		all = append(all, name)
	}
	if !reflect.DeepEqual(all, want) {
		t.Errorf("All = %q, want %q", all, want)
	}
}

func TestClaimAccessors(t *testing.T) {
	c := claimsOf(t, `{"exp":300,"name":"n","list":["x","y"],"mixed":["x",1],"n":1.5,"o":{"k":[1, 2]},"nothing":null}`)
	type view struct {
		Text    string
		IsText  bool
		Texts   []string
		IsTexts bool
		Number  float64
		IsNum   bool
		Raw     json.RawMessage
		IsThere bool
		Kind    strictjson.Kind
	}
	for name, want := range map[string]view{
		"name":    {Text: "n", IsText: true, Texts: []string{"n"}, IsTexts: true, Raw: json.RawMessage(`"n"`), IsThere: true, Kind: strictjson.String},
		"list":    {Texts: []string{"x", "y"}, IsTexts: true, Raw: json.RawMessage(`["x","y"]`), IsThere: true, Kind: strictjson.Array},
		"mixed":   {Raw: json.RawMessage(`["x",1]`), IsThere: true, Kind: strictjson.Array},
		"n":       {Number: 1.5, IsNum: true, Raw: json.RawMessage(`1.5`), IsThere: true, Kind: strictjson.Number},
		"o":       {Raw: json.RawMessage(`{"k":[1, 2]}`), IsThere: true, Kind: strictjson.ObjectKind},
		"nothing": {Raw: json.RawMessage(`null`), IsThere: true, Kind: strictjson.Null},
		"absent":  {},
		"NAME":    {},
	} {
		var got view
		got.Text, got.IsText = c.String(name)
		got.Texts, got.IsTexts = c.Strings(name)
		got.Number, got.IsNum = c.Number(name)
		got.Raw, got.IsThere = c.Raw(name)
		got.Kind = c.Value(name).Kind()
		if !reflect.DeepEqual(got, want) || c.Has(name) != want.IsThere {
			t.Errorf("claim %q = %+v, want %+v", name, got, want)
		}
	}
	raw, _ := c.Raw("name")
	raw[1] = 'X'
	if text, _ := c.String("name"); text != "n" {
		t.Errorf("changing what Raw gave changes the claim to %q", text)
	}
}

func TestJ21Expiry(t *testing.T) {
	_, err := open(t, signRS256(t, goodHeader, `{"sub":"s"}`))
	wantReason(t, err, Missing)
	if e, ok := errors.AsType[*Error](err); !ok || e.Claim != "exp" {
		t.Errorf("error %v does not name exp", err)
	}
	for _, name := range []string{"exp", "nbf", "iat"} {
		for _, value := range []string{
			`null`, `"1700000000"`, `-1`, `-0.5`, `1e300`, `9223372036854775808`, `9007199254740994`, `1e309`, `[1]`, `{}`, `true`, `""`,
		} {
			payload := `{"exp":1700003600,"` + name + `":` + value + `}`
			if name == "exp" {
				payload = `{"exp":` + value + `}`
			}
			_, err := open(t, signRS256(t, goodHeader, payload))
			wantReason(t, err, Malformed)
		}
	}
	for _, tc := range []struct {
		value                string
		expires, othersRound int64
	}{
		{"1.5", 1, 2},
		{"1.999999", 1, 2},
		{"2", 2, 2},
		{"2.0", 2, 2},
		{"17e8", 1700000000, 1700000000},
		{"0", 0, 0},
		{"-0", 0, 0},
		{"9007199254740992", 1 << 53, 1 << 53},
		{"0.0000001", 0, 1},
	} {
		c := claimsOf(t, `{"exp":`+tc.value+`,"nbf":`+tc.value+`,"iat":`+tc.value+`}`)
		got := []int64{c.Expires().Unix(), c.NotBefore().Unix(), c.IssuedAt().Unix()}
		if want := []int64{tc.expires, tc.othersRound, tc.othersRound}; !reflect.DeepEqual(got, want) {
			t.Errorf("the time %s becomes %d, want %d", tc.value, got, want)
		}
	}
}

func TestAbsentTimes(t *testing.T) {
	c := claimsOf(t, `{"exp":1}`)
	if !c.NotBefore().IsZero() || !c.IssuedAt().IsZero() || c.Audience() != nil || c.Issuer() != "" {
		t.Errorf("absent claims read as %v %v %q %q", c.NotBefore(), c.IssuedAt(), c.Audience(), c.Issuer())
	}
}

func TestJ22Times(t *testing.T) {
	const second = time.Second
	at := time.Unix(1700000000, 0)
	for _, tc := range []struct {
		name, payload string
		now           time.Time
		leeway, life  time.Duration
		want          Reason
	}{
		{"fresh", `{"iat":1700000000,"nbf":1700000000,"exp":1700003600}`, at, 0, 24 * time.Hour, ""},
		{"last moment", `{"exp":1700000001}`, at.Add(second - 1), 0, 0, ""},
		{"exp is now", `{"exp":1700000000}`, at, 0, 0, Expired},
		{"exp within leeway", `{"exp":1700000000}`, at.Add(59 * second), 60 * second, 0, ""},
		{"exp at the end of leeway", `{"exp":1700000000}`, at.Add(60 * second), 60 * second, 0, Expired},
		{"exp long ago", `{"exp":0}`, at, 60 * second, 0, Expired},
		{"fraction of exp is no help", `{"exp":1700000000.9}`, at, 0, 0, Expired},
		{"nbf is now", `{"nbf":1700000000,"exp":1700003600}`, at, 0, 0, ""},
		{"nbf in a second", `{"nbf":1700000001,"exp":1700003600}`, at, 0, 0, NotYet},
		{"nbf in a moment", `{"nbf":1700000000.1,"exp":1700003600}`, at, 0, 0, NotYet},
		{"nbf within leeway", `{"nbf":1700000060,"exp":1700003600}`, at, 60 * second, 0, ""},
		{"nbf after leeway", `{"nbf":1700000061,"exp":1700003600}`, at, 60 * second, 0, NotYet},
		{"nbf in the last year there is", `{"nbf":9007199254740992,"exp":9007199254740992}`, at, 60 * second, 0, NotYet},
		{"iat within leeway", `{"iat":1700000060,"exp":1700003600}`, at, 60 * second, 0, ""},
		{"iat after leeway", `{"iat":1700000061,"exp":1700003600}`, at, 60 * second, 0, IssuedInFuture},
		{"a day", `{"iat":1700000000,"exp":1700086400}`, at, 0, 24 * time.Hour, ""},
		{"a second over a day", `{"iat":1700000000,"exp":1700086401}`, at, 60 * second, 24 * time.Hour, Lifetime},
		{"old and long", `{"iat":0,"exp":1700000100}`, at, 0, 24 * time.Hour, Lifetime},
		{"for ever", `{"iat":1700000000,"exp":9007199254740992}`, at, 0, 24 * time.Hour, Lifetime},
		{"without iat, a day from now", `{"exp":1700086400}`, at, 0, 24 * time.Hour, ""},
		{"without iat, over a day from now", `{"exp":1700086401}`, at, 0, 24 * time.Hour, Lifetime},
		{"any length", `{"iat":0,"exp":9007199254740992}`, at, 0, 0, ""},
		{"expired comes first", `{"iat":1800000000,"nbf":1800000000,"exp":1}`, at, 0, second, Expired},
	} {
		t.Run(tc.name, func(t *testing.T) {
			err := CheckTimes(claimsOf(t, tc.payload), tc.now, tc.leeway, tc.life)
			if ReasonOf(err) != tc.want || (err == nil) != (tc.want == "") {
				t.Errorf("CheckTimes = %v, want the reason %q", err, tc.want)
			}
		})
	}
}

func TestJ19Audience(t *testing.T) {
	const own = "api://lanyard"
	for _, tc := range []struct {
		aud  string
		want Reason
	}{
		{`"api://lanyard"`, ""},
		{`["api://lanyard"]`, ""},
		{`["other","api://lanyard"]`, ""},
		{`["api:\/\/lanyard"]`, ""},
		{``, Missing},
		{`""`, Audience},
		{`[]`, Audience},
		{`["other"]`, Audience},
		{`[""]`, Audience},
		{`["","api://lanyard"]`, Audience},
		{`"api://lanyard/"`, Audience},
		{`"api://lanyar"`, Audience},
		{`"api://lanyard2"`, Audience},
		{`"API://lanyard"`, Audience},
		{`" api://lanyard"`, Audience},
		{`"api://lanyard other"`, Audience},
		{`"api://other,api://lanyard"`, Audience},
		{`"*"`, Audience},
	} {
		payload := `{"exp":1700003600}`
		if tc.aud != "" {
			payload = `{"exp":1700003600,"aud":` + tc.aud + `}`
		}
		err := CheckAudience(claimsOf(t, payload), "second", own)
		if ReasonOf(err) != tc.want || (err == nil) != (tc.want == "") {
			t.Errorf("aud %s: %v, want the reason %q", tc.aud, err, tc.want)
		}
	}
	for _, aud := range []string{`1`, `null`, `true`, `{"x":"api://lanyard"}`, `[["api://lanyard"]]`, `["api://lanyard",1]`} {
		_, err := open(t, signRS256(t, goodHeader, `{"exp":1700003600,"aud":`+aud+`}`))
		wantReason(t, err, Malformed)
	}
	empty := claimsOf(t, `{"exp":1700003600,"aud":""}`)
	wantReason(t, CheckAudience(empty, ""), Audience)
	wantReason(t, CheckAudience(claimsOf(t, goodPayload)), Audience)
}

func TestCheckIssuer(t *testing.T) {
	c := claimsOf(t, goodPayload)
	if err := CheckIssuer(c, "https://issuer.example/"); err != nil {
		t.Error(err)
	}
	for _, other := range []string{"https://issuer.example", "https://ISSUER.example/", "", "https://issuer.example//"} {
		wantReason(t, CheckIssuer(c, other), Issuer)
	}
	wantReason(t, CheckIssuer(claimsOf(t, `{"exp":1}`), ""), Missing)
}

func TestRegisteredClaimsAreStrings(t *testing.T) {
	for _, name := range []string{"iss", "sub", "jti"} {
		for _, value := range []string{`1`, `null`, `["a"]`, `{}`, `true`} {
			_, err := open(t, signRS256(t, goodHeader, `{"exp":1,"`+name+`":`+value+`}`))
			wantReason(t, err, Malformed)
		}
	}
}

func TestJ23ExpiredAndBadlySigned(t *testing.T) {
	for _, payload := range []string{`{"exp":1}`, `{}`, `{"exp":"x"}`, `{"exp":1,"sub":7}`} {
		token := signRS256(t, goodHeader, payload)
		cut := strings.LastIndexByte(token, '.')
		forged := token[:cut+1] + encode(make([]byte, testRSA(t).Size()))
		claims, err := open(t, forged)
		wantReason(t, err, Signature)
		if claims != nil {
			t.Errorf("payload %s: the claims of a badly signed token are shown", payload)
		}
	}
}

func TestJ31Characters(t *testing.T) {
	for name, payload := range map[string]string{
		"bad UTF-8": "{\"exp\":1,\"sub\":\"a\xff\"}", "overlong": "{\"exp\":1,\"sub\":\"\xc0\x80\"}", "lone surrogate": `{"exp":1,"sub":"\ud800"}`,
		"NUL": `{"exp":1,"sub":"a\u0000"}`, "bare NUL": "{\"exp\":1,\"sub\":\"a\x00\"}", "bad UTF-8 in a name": "{\"exp\":1,\"s\xff\":1}",
	} {
		_, err := open(t, signRS256(t, goodHeader, payload))
		if ReasonOf(err) != Malformed {
			t.Errorf("%s: %v, want the reason malformed", name, err)
		}
	}
	composed, decomposed := claimsOf(t, `{"exp":1,"sub":"\u00e9"}`), claimsOf(t, `{"exp":1,"sub":"e\u0301"}`)
	if composed.Subject() == decomposed.Subject() {
		t.Error("subjects of different bytes are taken for equal")
	}
	if got := claimsOf(t, `{"exp":1,"sub":"a\u200fb"}`).Subject(); got != "a\u200fb" {
		t.Errorf("a subject with a direction mark becomes %q", got)
	}
	accented := claimsOf(t, "{\"exp\":1,\"aud\":\"caf\u00e9\"}")
	wantReason(t, CheckAudience(accented, "cafe\u0301"), Audience)
}

func TestErrorText(t *testing.T) {
	_, err := Parse(signRS256(t, goodHeader, `{"sub":1,"sub":2}`), 0)
	const want = `token refused (malformed): the payload is not strict JSON: line 1, column 10: name "sub" appears twice`
	if err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
	if _, ok := errors.AsType[*strictjson.Error](err); !ok {
		t.Error("the cause is not inside the error")
	}
	if got := ReasonOf(errors.New("another")); got != "" {
		t.Errorf("a foreign error has the reason %q", got)
	}
	if got := (&Error{Reason: Expired, Detail: "d"}).Error(); got != "token refused (expired): d" {
		t.Errorf("error without cause: %s", got)
	}
}

// FuzzParseToken signs any header and payload and checks what an accepted token promises.
func FuzzParseToken(f *testing.F) {
	f.Add([]byte(goodHeader), []byte(goodPayload), "")
	f.Add([]byte(`{"alg":"none"}`), []byte(`{}`), "")
	f.Add([]byte(`{"alg":"RS256","crit":[]}`), []byte(`{"exp":1.5,"aud":[],"iss":"x"}`), "a.b.c")
	f.Add([]byte(`{"alg":"ES256","kid":"\u0000"}`), []byte(`{"exp":1e300,"SUB":""}`), "....")
	f.Fuzz(func(t *testing.T, header, payload []byte, raw string) {
		if token, err := Parse(raw, 0); err == nil && token.Algorithm() == "" {
			t.Fatal("a token without an algorithm is accepted")
		} else if err != nil && ReasonOf(err) != Malformed && ReasonOf(err) != Algorithm {
			t.Fatalf("Parse refuses with %v", err)
		}
		key := testRSA(t)
		input := encode(header) + "." + encode(payload)
		signature, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, digest(crypto.SHA256, input))
		if err != nil {
			t.Fatal(err)
		}
		token, err := Parse(input+"."+encode(signature), 1<<20)
		if err != nil {
			return
		}
		c, err := token.Verify(key.Public())
		if err != nil {
			return
		}
		checkPromises(t, token, c, payload)
	})
}

func checkPromises(t *testing.T, token *Token, c *Claims, payload []byte) {
	t.Helper()
	if token.Algorithm() != "RS256" {
		t.Fatalf("an RS256 signature is accepted for %s", token.Algorithm())
	}
	var lenient struct {
		Iss, Sub string
		Exp      *float64
	}
	if err := json.Unmarshal(payload, &lenient); err != nil {
		t.Fatalf("encoding/json refuses an accepted payload: %v", err)
	}
	if lenient.Iss != c.Issuer() || lenient.Sub != c.Subject() || token.UnverifiedIssuer() != c.Issuer() {
		t.Fatalf("another reader sees %+v in the payload of a token of %q for %q", lenient, c.Issuer(), c.Subject())
	}
	if lenient.Exp == nil || c.Expires().Unix() != int64(math.Floor(*lenient.Exp)) || c.Expires().Unix() < 0 {
		t.Fatalf("exp %v becomes %v", lenient.Exp, c.Expires())
	}
}
