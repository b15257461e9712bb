package guard

import (
	"context"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"math/big"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lanyard-id/lanyard/verify"
)

// TestForgedTokens are tokens without the issuer's key, by the id of the attack.
func TestForgedTokens(t *testing.T) {
	i := newIssuer(t)
	g := i.guard(0)
	good := i.token(nil)
	i.reason(g, good, "")
	part := strings.Split(good, ".")
	header := func(h string) string { return encode([]byte(h)) }
	stranger := newIssuer(t)
	b, err := json.Marshal(i.claims(nil))
	if err != nil {
		t.Fatal(err)
	}
	payload := string(b)
	point, err := i.key.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	mac := func(key []byte) string {
		input := header(`{"alg":"HS256","kid":"k1"}`) + "." + part[1]
		m := hmac.New(sha256.New, key)
		m.Write([]byte(input))
		return input + "." + encode(m.Sum(nil))
	}
	order := elliptic.P256().Params().N.FillBytes(make([]byte, 32))
	for name, tc := range map[string]struct {
		token string
		want  verify.Reason
	}{
		"J01 none":             {header(`{"alg":"none","kid":"k1"}`) + "." + part[1] + ".", verify.Malformed},
		"J01 None with bytes":  {header(`{"alg":"None","kid":"k1"}`) + "." + part[1] + "." + part[2], verify.Algorithm},
		"J01 missing":          {header(`{"kid":"k1"}`) + "." + part[1] + "." + part[2], verify.Algorithm},
		"J01 array":            {header(`{"alg":["none"],"kid":"k1"}`) + "." + part[1] + "." + part[2], verify.Algorithm},
		"J01 two parts":        {part[0] + "." + part[1], verify.Malformed},
		"J02 HMAC":             {mac(point), verify.Algorithm},
		"J03 key in header":    {stranger.signText(`{"alg":"ES256","kid":"k1","jwk":{"kty":"EC"}}`, payload), verify.Signature},
		"J03 key by URL":       {stranger.signText(`{"alg":"ES256","kid":"k1","jku":"https://attacker.example"}`, payload), verify.Signature},
		"J05 path":             {i.signText(`{"alg":"ES256","kid":"../../dev/null"}`, payload), UnknownKey},
		"J05 number":           {i.signText(`{"alg":"ES256","kid":1}`, payload), verify.Malformed},
		"J05 none":             {i.signText(`{"alg":"ES256"}`, payload), UnknownKey},
		"J06 another's key":    {stranger.token(nil), verify.Signature},
		"J06 another issuer":   {i.token(map[string]any{"iss": authority + "/other/v2.0"}), verify.Issuer},
		"J06 issuer's slash":   {i.token(map[string]any{"iss": authority + "/" + tenant + "/v2.0/"}), verify.Issuer},
		"J11 zeros":            {part[0] + "." + part[1] + "." + encode(make([]byte, 64)), verify.Signature},
		"J11 order":            {part[0] + "." + part[1] + "." + encode(append(order, order...)), verify.Signature},
		"J13 twice":            {i.signText(goodHeader, `{"aud":"`+service+`",`+payload[1:]), verify.Malformed},
		"J13 folded":           {i.signText(goodHeader, `{"AUD":"x",`+payload[1:]), verify.Malformed},
		"J14 critical":         {i.signText(`{"alg":"ES256","kid":"k1","crit":["x"],"x":1}`, payload), verify.Malformed},
		"J15 unencoded":        {i.signText(`{"alg":"ES256","kid":"k1","b64":false}`, payload), verify.Malformed},
		"J17 encrypted":        {part[0] + ".a.b.c.d", verify.Malformed},
		"J18 nested":           {i.signText(`{"alg":"ES256","kid":"k1","cty":"JWT"}`, payload), verify.Malformed},
		"J19 missing":          {i.token(map[string]any{"aud": nil}), verify.Missing},
		"J19 empty":            {i.token(map[string]any{"aud": ""}), verify.Audience},
		"J19 none":             {i.token(map[string]any{"aud": []string{}}), verify.Audience},
		"J19 other":            {i.token(map[string]any{"aud": "api://other"}), verify.Audience},
		"J19 prefix":           {i.token(map[string]any{"aud": service[:len(service)-1]}), verify.Audience},
		"J19 longer":           {i.token(map[string]any{"aud": service + "/"}), verify.Audience},
		"J19 number":           {i.token(map[string]any{"aud": 1}), verify.Malformed},
		"J21 none":             {i.token(map[string]any{"exp": nil}), verify.Missing},
		"J21 string":           {i.token(map[string]any{"exp": "9999999999"}), verify.Malformed},
		"J21 huge":             {i.token(map[string]any{"exp": 1e300}), verify.Malformed},
		"J22 nbf ahead":        {i.token(map[string]any{"nbf": time.Now().Add(2 * time.Minute).Unix()}), verify.NotYet},
		"J22 iat ahead":        {i.token(map[string]any{"iat": time.Now().Add(2 * time.Minute).Unix()}), verify.IssuedInFuture},
		"J22 lives too long":   {i.token(map[string]any{"exp": time.Now().Add(26 * time.Hour).Unix()}), verify.Lifetime},
		"J22 expired just now": {i.token(map[string]any{"exp": time.Now().Unix()}), verify.Expired},
		"J23 expired and bad":  {stranger.token(map[string]any{"exp": 1}), verify.Signature},
		"J31 bad UTF-8":        {i.signText(goodHeader, "{\"x\":\"\xff\","+payload[1:]), verify.Malformed},
		"F11 other tenant":     {i.token(map[string]any{"tid": "00000000-0000-4000-8000-00000000000b"}), Tenant},
		"no tenant":            {i.token(map[string]any{"tid": nil}), Tenant},
		"version":              {i.token(map[string]any{"ver": "1.0"}), Version},
		"no version":           {i.token(map[string]any{"ver": nil}), Version},
		"no object id":         {i.token(map[string]any{"oid": nil}), verify.Missing},
		"roles are a text":     {i.token(map[string]any{"roles": "Orders.Read"}), verify.Malformed},
		"roles of numbers":     {i.token(map[string]any{"roles": []int{1}}), verify.Malformed},
		"a notice":             {i.signText(`{"typ":"`+noticeType+`","alg":"ES256","kid":"k1"}`, payload), verify.Malformed},
	} {
		t.Run(name, func(t *testing.T) {
			i.t = t
			i.reason(g, tc.token, tc.want)
		})
	}
}

func TestJ30EveryChangedTokenIsRefused(t *testing.T) {
	i := newIssuer(t)
	g := i.guard(0)
	good := i.token(nil)
	for at := range len(good) {
		for _, changed := range []string{good[:at], good[at+1:], good[:at] + string(good[at]^1) + good[at+1:]} {
			if who, err := g.Verify(t.Context(), changed); err == nil {
				t.Fatalf("the token changed at %d is %+v", at, who)
			}
		}
	}
}

func TestTokensOfBothVersions(t *testing.T) {
	i := newIssuer(t)
	g := i.guard(0)
	for _, token := range []string{
		i.token(nil),
		i.token(map[string]any{"iss": authority + "/" + tenant + "/", "ver": "1.0", "azp": nil, "appid": "00000000-0000-4000-8000-0000000000c2"}),
	} {
		who, err := g.Verify(t.Context(), token)
		if err != nil || who.ObjectID != caller || !strings.HasSuffix(who.ClientID, "c2") || !who.Has("Orders.Read") || who.Has("Orders.Write") {
			t.Errorf("got %+v, %v", who, err)
		}
	}
	i.reason(i.guard(0, "Orders.Read", "Orders.Write"), i.token(nil), Role)
	i.reason(i.guard(0, "Orders.Read"), i.token(map[string]any{"roles": nil}), Role)
}

// TestJ25UnknownKeysForceNoFetches: whatever key ids arrive, the issuer is asked once in 30 s, and known keys wait for
// nobody.
func TestJ25UnknownKeysForceNoFetches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		i := newIssuer(t)
		g := i.guard(0)
		good := i.token(nil)
		i.reason(g, good, "")
		i.set(func() { i.delay = time.Hour }) // from now on an issuer that never answers
		for n := range 10_000 {
			if n == 5000 {
				time.Sleep(31 * time.Second)
			}
			ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
			_, err := g.Verify(ctx, i.signText(`{"alg":"ES256","kid":"k`+big.NewInt(int64(n+2)).String()+`"}`, `{"iss":"`+authority+"/"+tenant+`/v2.0","exp":1}`))
			cancel()
			if why := verify.ReasonOf(err); why != UnknownKey && why != KeysMissing {
				t.Fatalf("token %d: %v", n, err)
			}
		}
		began := time.Now()
		i.reason(g, good, "")
		if time.Since(began) != 0 {
			t.Errorf("a known key waited for %s", time.Since(began))
		}
		if i.fetches > 1 {
			t.Errorf("%d answered fetches", i.fetches)
		}
		time.Sleep(time.Minute) // the fetches that run end by themselves
	})
}

// TestJ25KeysTurnOver: a new key of the issuer is found with its first token.
func TestJ25KeysTurnOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		i := newIssuer(t)
		g := i.guard(0)
		i.reason(g, i.token(nil), "")
		time.Sleep(31 * time.Second)
		i.set(func() { i.kids = []string{"k1", "k2"} })
		i.reason(g, i.sign(`{"alg":"ES256","kid":"k2"}`, i.claims(nil)), "")
		if i.fetches != 2 {
			t.Errorf("%d fetches", i.fetches)
		}
	})
}

func TestJ26WithdrawnAndOldKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		i := newIssuer(t)
		g := i.guard(0)
		i.reason(g, i.token(nil), "")
		i.set(func() { i.kids = []string{"k2"} }) // withdrawn
		time.Sleep(withdrawn)
		i.reason(g, i.token(nil), UnknownKey)

		i.set(func() { i.kids = []string{"k1"} })
		time.Sleep(withdrawn)
		i.reason(g, i.token(nil), "")
		i.set(func() { i.down = true })
		for range 23 {
			time.Sleep(time.Hour)
			i.reason(g, i.token(nil), "") // the last good set
		}
		time.Sleep(time.Hour)
		i.reason(g, i.token(nil), KeysMissing)
		i.set(func() { i.down = false })
		time.Sleep(between)
		i.reason(g, i.token(nil), "")
	})
}

// TestJ27GarbageKeepsTheLastGoodSet: no answer that is no key set replaces one, and none means that everything is refused.
func TestJ27GarbageKeepsTheLastGoodSet(t *testing.T) {
	for name, spoil := range map[string]func(*issuer){
		"HTML":      func(i *issuer) { i.keySet = []byte("<html>") },
		"empty":     func(i *issuer) { i.keySet = []byte(`{"keys":[]}`) },
		"truncated": func(i *issuer) { i.keySet = []byte(`{"keys":[{"kty":"EC"`) },
		"50 MiB":    func(i *issuer) { i.keySet = make([]byte, 50<<20) },
		"status":    func(i *issuer) { i.status = 500 },
		"redirect":  func(i *issuer) { i.status = 302 },
		"slow":      func(i *issuer) { i.delay = time.Hour },
		"private":   func(i *issuer) { i.keySet = []byte(`{"keys":[{"kty":"oct","k":"AA","kid":"k1"}]}`) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				i := newIssuer(t)
				g := i.guard(0)
				i.reason(g, i.token(nil), "")
				i.set(func() { spoil(i) })
				time.Sleep(withdrawn + time.Minute)
				began := time.Now()
				i.reason(g, i.token(nil), "")
				if waited := time.Since(began); waited > fetchTime {
					t.Errorf("waited for %s", waited)
				}
				fresh := newIssuer(t)
				spoil(fresh)
				fresh.reason(fresh.guard(0), fresh.token(nil), KeysMissing)
			})
		})
	}
}

func TestBadConfigurations(t *testing.T) {
	token := func(context.Context) (string, error) { return "", nil }
	good := func() Config {
		return Config{Issuers: Issuers(authority, tenant), Tenant: tenant, Audiences: []string{service}, UntilExpiry: true}
	}
	if _, err := New(good()); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Config){
		"no issuer":        func(c *Config) { c.Issuers = nil },
		"no tenant":        func(c *Config) { c.Tenant = "" },
		"no audience":      func(c *Config) { c.Audiences = nil },
		"empty audience":   func(c *Config) { c.Audiences = []string{service, ""} },
		"no word on feed":  func(c *Config) { c.UntilExpiry = false },
		"both":             func(c *Config) { c.Feed = &Feed{Token: token} },
		"no token":         func(c *Config) { c.UntilExpiry, c.Feed = false, &Feed{} },
		"too impatient":    func(c *Config) { c.UntilExpiry, c.Feed = false, &Feed{Token: token, Staleness: time.Second} },
		"plain feed":       func(c *Config) { c.UntilExpiry, c.Feed = false, &Feed{Token: token, URL: "http://x/"} },
		"plain discovery":  func(c *Config) { c.Discovery = "http://issuer.example/" },
		"garbage for keys": func(c *Config) { c.Keys = []byte(`{"keys":[]}`) },
		"long life":        func(c *Config) { c.MaxLifetime = 48 * time.Hour },
		"empty role":       func(c *Config) { c.Roles = []string{""} },
	} {
		c := good()
		change(&c)
		if _, err := New(c); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}
