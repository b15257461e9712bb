package entra_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"maps"
	"math/big"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/internal/authn"
	"github.com/lanyard-id/lanyard/internal/credential"
	"github.com/lanyard-id/lanyard/internal/door/doortest"
	"github.com/lanyard-id/lanyard/internal/door/entra"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/federation"
	"github.com/lanyard-id/lanyard/internal/jose"
	"github.com/lanyard-id/lanyard/internal/secret"
	"github.com/lanyard-id/lanyard/internal/view"
)

// legacyID is the object id of the application that signs in with proofs of its own; its client id is one above.
const legacyID = 0x760

// ciIssuer is an outside issuer whose keys were uploaded.
const ciIssuer = "https://ci.example"

const (
	goodSecret    = "GOODSECRETGOODSECRETGOODSECRET"
	expiredSecret = "OLDSECRETOLDSECRETOLDSECRETOLD"
)

// keyPair is a certificate with its key, made once: RSA keys take time.
type keyPair struct {
	key *rsa.PrivateKey
	der []byte
}

var legacyKeys = sync.OnceValues(func() (pairs [2]keyPair, err error) {
	for i := range pairs {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			return pairs, err
		}
		template := &x509.Certificate{
			SerialNumber: big.NewInt(int64(i + 1)), Subject: pkix.Name{CommonName: "legacy"},
			NotBefore: doortest.Start().Add(-time.Hour), NotAfter: doortest.Start().AddDate(1, 0, 0),
		}
		der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
		if err != nil {
			return pairs, err
		}
		pairs[i] = keyPair{key, der}
	}
	return pairs, nil
})

func pairs(t testing.TB) [2]keyPair {
	t.Helper()
	p, err := legacyKeys()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// legacy is the application: one good and one expired secret, one good and one expired certificate.
func legacy(t testing.TB) *view.Application {
	t.Helper()
	start := doortest.Start()
	kept := func(n int, text string, end time.Time) view.ClientSecret {
		return view.ClientSecret{ID: doortest.GUID(n), Hint: text[:3], Hash: credential.HashSecret(secret.Text(text)), Start: start.AddDate(0, -1, 0), End: end}
	}
	p := pairs(t)
	return &view.Application{
		ObjectID: doortest.GUID(0x702), DisplayName: "legacy", TokenVersion: 1, Algorithm: "ES256",
		Principal: view.Principal{ObjectID: doortest.GUID(legacyID), ClientID: doortest.GUID(legacyID + 1), Tenant: doortest.North()},
		Secrets:   []view.ClientSecret{kept(0x770, expiredSecret, start), kept(0x771, goodSecret, start.AddDate(0, 1, 0))},
		Certificates: []view.ClientCertificate{
			{ID: doortest.GUID(0x772), DER: p[0].der, Start: start.Add(-time.Hour), End: start.AddDate(1, 0, 0)},
			{ID: doortest.GUID(0x773), DER: p[1].der, Start: start.Add(-time.Hour), End: start},
		},
	}
}

func addLegacy(t testing.TB, w *doortest.World) {
	t.Helper()
	w.Write(legacy(t))
	bare := view.Application{
		ObjectID: doortest.GUID(0x703), DisplayName: "bare", TokenVersion: 1, Algorithm: "ES256", IDURIs: []string{"api://bare"},
		Principal: view.Principal{ClientID: doortest.GUID(0x781), Tenant: doortest.North()}, Secrets: legacy(t).Secrets,
	}
	off := bare
	off.ObjectID, off.DisplayName, off.Disabled, off.IDURIs = doortest.GUID(0x704), "off", true, []string{"api://off"}
	off.Principal.ObjectID, off.Principal.ClientID = doortest.GUID(0x790), doortest.GUID(0x791)
	expression := view.Application{
		ObjectID: doortest.GUID(0x706), DisplayName: "expression", TokenVersion: 1, Algorithm: "ES256",
		Principal: view.Principal{ObjectID: doortest.GUID(0x7b0), ClientID: doortest.GUID(0x7b1), Tenant: doortest.North()},
		Federated: []view.FederatedCredential{{
			Name: "main", Issuer: trustIssuer(t, ciIssuer), Expression: "claims['sub'] eq 'repo:acme/other'", Audiences: []string{doortest.ExchangeAudience},
		}},
	}
	keys, err := jose.MarshalJWKS([]jose.Key{{KID: "ci", Alg: "RS256", Public: pairs(t)[0].key.Public()}})
	if err != nil {
		t.Fatal(err)
	}
	w.Write(&bare, &off, &expression, &view.Issuer{URL: trustIssuer(t, ciIssuer), Keys: keys})
	w.Fill = func(words []string) string {
		switch words[0] {
		case "clientsecret":
			return map[string]string{"good": goodSecret, "expired": expiredSecret}[words[1]]
		case "signed":
			a := assertion(t)
			switch words[1] {
			case "other-audience":
				a.claims["aud"] = "https://login.microsoftonline.com/x/oauth2/v2.0/token"
			case "other-client":
				a.claims["sub"] = doortest.GUID(1).String()
			case "over":
				a.claims["exp"] = doortest.Start().Add(-time.Hour).Unix()
			case "expired-certificate":
				a.pair = pairs(t)[1]
			case "tampered":
				good := a.sign(t)
				return good[:len(good)-10] + "AAAAAAAAAA"
			case "unknown-issuer":
				a.claims["iss"] = "https://unknown.example"
			case "ci":
				a.alg, a.header = "RS256", map[string]any{"kid": "ci"}
				maps.Copy(a.claims, map[string]any{"iss": ciIssuer, "sub": "repo:acme/app", "aud": doortest.ExchangeAudience, "iat": doortest.Start().Unix()})
			}
			return a.sign(t)
		}
		t.Fatalf("a transcript asks for %v", words)
		return ""
	}
}

// signedAssertion is an assertion of a client as Go's library makes it, to be changed.
type signedAssertion struct {
	alg    string
	header map[string]any // beside alg and typ; nil is the thumbprint as Go writes it
	claims map[string]any
	pair   keyPair
}

func tokenURL() string {
	return doortest.EntraURL + "/" + doortest.North().String() + "/oauth2/v2.0/token"
}

func assertion(t testing.TB) *signedAssertion {
	t.Helper()
	client, now := doortest.GUID(legacyID+1).String(), doortest.Start()
	return &signedAssertion{alg: "PS256", pair: pairs(t)[0], claims: map[string]any{
		"aud": tokenURL(), "iss": client, "sub": client, "jti": "1", "nbf": now.Unix(), "exp": now.Add(10 * time.Minute).Unix(),
	}}
}

func (a *signedAssertion) sign(t testing.TB) string {
	t.Helper()
	header := map[string]any{"typ": "JWT", "alg": a.alg}
	if a.header == nil {
		sum := sha256.Sum256(a.pair.der)
		header["x5t#S256"] = base64.StdEncoding.EncodeToString(sum[:])
	}
	maps.Copy(header, a.header)
	var parts []string
	for _, part := range []map[string]any{header, a.claims} {
		b, err := json.Marshal(part)
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, base64.RawURLEncoding.EncodeToString(b))
	}
	input := strings.Join(parts, ".")
	digest := sha256.Sum256([]byte(input))
	sign := func() ([]byte, error) { return rsa.SignPKCS1v15(rand.Reader, a.pair.key, crypto.SHA256, digest[:]) }
	if a.alg == "PS256" {
		sign = func() ([]byte, error) {
			return rsa.SignPSS(rand.Reader, a.pair.key, crypto.SHA256, digest[:], &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash})
		}
	}
	signature, err := sign()
	if err != nil {
		t.Fatal(err)
	}
	return input + "." + base64.RawURLEncoding.EncodeToString(signature)
}

// legacyForm is the request of the legacy application, with the proof left out.
func legacyForm() url.Values {
	return url.Values{
		"grant_type": {"client_credentials"}, "client_id": {doortest.GUID(legacyID + 1).String()}, "scope": {doortest.StorageAudience + "/.default"},
	}
}

func assertionForm(assertion string) url.Values {
	f := with(legacyForm(), "client_assertion", assertion)
	return with(f, "client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
}

// TestC38ASecretIsTheLegacyWay: a secret works in the body and as HTTP Basic, and the token says how the client proved
// itself. The federated way beside it is TestJ01ForgedAssertions' first grant.
func TestC38ASecretIsTheLegacyWay(t *testing.T) {
	w, h := serve(t)
	for _, target := range []string{"/north/oauth2/v2.0/token", "/" + doortest.North().String() + "/oauth2/token", "/adfs/oauth2/token"} {
		claims := granted(t, w, h, postTo(target, with(legacyForm(), "client_secret", goodSecret)))
		if claims["appid"] != doortest.GUID(legacyID+1).String() || claims["appidacr"] != "1" {
			t.Errorf("%s: %v", target, claims)
		}
	}
	basic := post(with(legacyForm(), "client_id"))
	basic.Header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(doortest.GUID(legacyID+1).String()+":"+goodSecret)))
	granted(t, w, h, basic)
	federated := granted(t, w, h, post(form(w.Token("function", doortest.ExchangeAudience))))
	if federated["appidacr"] != "2" {
		t.Errorf("a federated credential is marked as %v", federated["appidacr"])
	}
	for name, tc := range map[string]struct {
		text string
		want fault.Reason
	}{
		"wrong": {"wrong", authn.BadSecret}, "a prefix": {goodSecret[:20], authn.BadSecret}, "longer": {goodSecret + "x", authn.BadSecret},
		"other case": {strings.ToLower(goodSecret), authn.BadSecret}, "a space": {goodSecret + " ", authn.BadSecret},
		"its hash":   {credential.HashSecret(goodSecret), authn.BadSecret},
		"its key id": {doortest.GUID(0x771).String(), authn.BadSecret}, "expired": {expiredSecret, authn.SecretExpired},
	} {
		t.Run(name, func(t *testing.T) {
			rec := w.Do(h, post(with(legacyForm(), "client_secret", tc.text)))
			w.Refused(rec, http.StatusUnauthorized, tc.want)
			if who := w.Ledger.Last().Principal.ID; who != "" {
				t.Errorf("recorded as %s", who)
			}
			if strings.Contains(rec.Body.String(), tc.text) && len(tc.text) > 6 {
				t.Errorf("L03: the answer repeats the secret: %s", rec.Body)
			}
		})
	}
	w.Pass(32 * 24 * time.Hour)
	w.Refused(w.Do(h, post(with(legacyForm(), "client_secret", goodSecret))), http.StatusUnauthorized, authn.SecretExpired)
}

// TestSecretsBelongToOneClient: the secret of one application is none of another, of an identity or of another tenant.
func TestSecretsBelongToOneClient(t *testing.T) {
	w, h := serve(t)
	for client, want := range map[int]fault.Reason{
		doortest.DeployerID: authn.BadSecret, doortest.FunctionID: authn.BadSecret, doortest.OneID: authn.BadSecret,
	} {
		f := with(with(legacyForm(), "client_secret", goodSecret), "client_id", doortest.GUID(client+1).String())
		w.Refused(w.Do(h, post(f)), http.StatusUnauthorized, want)
	}
	f := with(legacyForm(), "client_secret", goodSecret)
	w.Refused(w.Do(h, postTo("/south/oauth2/v2.0/token", f)), http.StatusBadRequest, entra.ClientUnknown)
	w.Refused(w.Do(h, post(with(f, "client_id", doortest.GUID(1).String()))), http.StatusBadRequest, entra.ClientUnknown)
	w.Refused(w.Do(h, post(with(f, "client_id", doortest.GUID(0x781).String()))), http.StatusBadRequest, entra.NoService)
	w.Refused(w.Do(h, post(with(f, "client_id", doortest.GUID(0x791).String()))), http.StatusBadRequest, entra.ClientDisabled)
	wrong := with(with(f, "client_secret", "x"), "client_id", doortest.GUID(0x791).String())
	w.Refused(w.Do(h, post(wrong)), http.StatusUnauthorized, authn.BadSecret) // who proves nothing learns nothing
}

// TestF13ANewApplicationInheritsNoProof: what signed in as an application is dead when the application is.
func TestF13ANewApplicationInheritsNoProof(t *testing.T) {
	w, h := serve(t)
	granted(t, w, h, post(assertionForm(assertion(t).sign(t))))
	old := legacy(t)
	w.Delete(old)
	again := *old
	again.Secrets, again.Certificates = nil, nil
	again.ObjectID, again.Principal = doortest.GUID(0x705), view.Principal{ObjectID: doortest.GUID(0x7a0), ClientID: doortest.GUID(0x7a1), Tenant: doortest.North()}
	w.Write(&again)
	w.Refused(w.Do(h, post(with(legacyForm(), "client_secret", goodSecret))), http.StatusBadRequest, entra.ClientUnknown)
	f := with(with(legacyForm(), "client_secret", goodSecret), "client_id", doortest.GUID(0x7a1).String())
	w.Refused(w.Do(h, post(f)), http.StatusUnauthorized, authn.BadSecret)
	w.Refused(w.Do(h, post(assertionForm(assertion(t).sign(t)))), http.StatusBadRequest, entra.ClientUnknown)
}

// TestWire07ThumbprintSpellings: Go writes padded base64, JavaScript and Python base64url, Terraform a kid.
func TestWire07ThumbprintSpellings(t *testing.T) {
	w, h := serve(t)
	der := pairs(t)[0].der
	one, two := sha1.Sum(der), sha256.Sum256(der)
	for name, tc := range map[string]struct {
		alg    string
		header map[string]any
	}{
		"Go":         {"PS256", map[string]any{"x5t#S256": base64.StdEncoding.EncodeToString(two[:])}},
		"Go, adfs":   {"RS256", map[string]any{"x5t": base64.StdEncoding.EncodeToString(one[:])}},
		"JavaScript": {"PS256", map[string]any{"x5t#S256": base64.RawURLEncoding.EncodeToString(two[:])}},
		"Python":     {"RS256", map[string]any{"x5t": base64.RawURLEncoding.EncodeToString(one[:])}},
		"Terraform":  {"RS256", map[string]any{"kid": base64.URLEncoding.EncodeToString(one[:])}},
		"both, with the chain": {"RS256", map[string]any{
			"x5t": base64.RawURLEncoding.EncodeToString(one[:]), "x5t#S256": base64.RawURLEncoding.EncodeToString(two[:]),
			"x5c": []string{base64.StdEncoding.EncodeToString(der)},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			a := assertion(t)
			a.alg, a.header = tc.alg, tc.header
			claims := granted(t, w, h, post(assertionForm(a.sign(t)+"\n")))
			if claims["appidacr"] != "2" {
				t.Errorf("marked as %v", claims["appidacr"])
			}
		})
	}
}

// TestWire06FloatTimes: Python writes exp and iat with a fraction and leaves nbf out; it uses an assertion again.
func TestWire06FloatTimes(t *testing.T) {
	w, h := serve(t)
	a := assertion(t)
	delete(a.claims, "nbf")
	a.claims["iat"], a.claims["exp"] = float64(doortest.Start().Unix())+0.25, float64(doortest.Start().Unix())+600.75
	token := a.sign(t)
	for range 2 {
		granted(t, w, h, post(assertionForm(token)))
	}
}

// TestF19OwnAssertions: what a client signs is for this endpoint or this tenant's issuers, by their exact names, alone.
func TestF19OwnAssertions(t *testing.T) {
	w, h := serve(t)
	v1, v2 := doortest.Issuers(doortest.North())
	base := doortest.EntraURL + "/" + doortest.North().String()
	for _, audience := range []string{base + "/oauth2/v2.0/token", base + "/oauth2/token", doortest.EntraURL + "/adfs/oauth2/token", v1, v2} {
		a := assertion(t)
		a.claims["aud"] = audience
		granted(t, w, h, post(assertionForm(a.sign(t))))
	}
	byName := assertion(t)
	byName.claims["aud"] = doortest.EntraURL + "/north/oauth2/v2.0/token"
	granted(t, w, h, postTo("/north/oauth2/v2.0/token", assertionForm(byName.sign(t))))
	w.Refused(w.Do(h, post(assertionForm(byName.sign(t)))), http.StatusUnauthorized, authn.AssertionAudience)
	south, _ := doortest.Issuers(doortest.South())
	for name, audience := range map[string]any{
		"another authority": "https://login.microsoftonline.com/" + doortest.North().String() + "/oauth2/v2.0/token", "another tenant": south,
		"with a slash": tokenURL() + "/", "upper case": strings.ToUpper(tokenURL()), "http": strings.Replace(tokenURL(), "https", "http", 1),
		"exchange": doortest.ExchangeAudience, "storage": doortest.StorageAudience, "empty": "", "none": []string{},
		"two": []string{tokenURL(), "https://other.example/token"}, "prefix": tokenURL()[:len(tokenURL())-1], "client": doortest.GUID(legacyID + 1).String(),
	} {
		t.Run(name, func(t *testing.T) {
			a := assertion(t)
			a.claims["aud"] = audience
			w.Refused(w.Do(h, post(assertionForm(a.sign(t)))), http.StatusUnauthorized, authn.AssertionAudience)
		})
	}
	a := assertion(t)
	delete(a.claims, "aud")
	w.Refused(w.Do(h, post(assertionForm(a.sign(t)))), http.StatusUnauthorized, authn.AssertionAudience)
}

// TestOwnAssertionsAreHeldToTheRest: key, times and names.
func TestOwnAssertionsAreHeldToTheRest(t *testing.T) {
	w, h := serve(t)
	now := doortest.Start()
	for name, tc := range map[string]struct {
		change func(a *signedAssertion)
		want   fault.Reason
	}{
		"over":                {func(a *signedAssertion) { a.claims["exp"] = now.Add(-2 * time.Minute).Unix() }, authn.AssertionTimes},
		"J22 not yet":         {func(a *signedAssertion) { a.claims["nbf"] = now.Add(2 * time.Minute).Unix() }, authn.AssertionTimes},
		"J22 issued later":    {func(a *signedAssertion) { a.claims["iat"] = now.Add(2 * time.Minute).Unix() }, authn.AssertionTimes},
		"J22 very long":       {func(a *signedAssertion) { a.claims["exp"] = now.Add(25 * time.Hour).Unix() }, authn.AssertionTimes},
		"J21 without end":     {func(a *signedAssertion) { delete(a.claims, "exp") }, authn.AssertionSignature},
		"J21 text":            {func(a *signedAssertion) { a.claims["exp"] = "9999999999" }, authn.AssertionSignature},
		"J21 huge":            {func(a *signedAssertion) { a.claims["exp"] = 1e300 }, authn.AssertionSignature},
		"another subject":     {func(a *signedAssertion) { a.claims["sub"] = doortest.GUID(doortest.DeployerID + 1).String() }, authn.AssertionClient},
		"no subject":          {func(a *signedAssertion) { delete(a.claims, "sub") }, authn.AssertionClient},
		"expired certificate": {func(a *signedAssertion) { a.pair = pairs(t)[1] }, authn.CertificateExpired},
		"no thumbprint":       {func(a *signedAssertion) { a.header = map[string]any{"x": 1} }, authn.CertificateUnknown},
		"unknown thumbprint": {func(a *signedAssertion) {
			a.header = map[string]any{"x5t": base64.RawURLEncoding.EncodeToString(make([]byte, 20))}
		}, authn.CertificateUnknown},
		"another's thumbprint": {func(a *signedAssertion) {
			sum := sha1.Sum(a.pair.der)
			a.pair = keyPair{pairs(t)[1].key, a.pair.der}
			a.header = map[string]any{"x5t": base64.RawURLEncoding.EncodeToString(sum[:])}
		}, authn.AssertionSignature},
		"two thumbprints of two certificates": {func(a *signedAssertion) {
			one, two := sha1.Sum(pairs(t)[0].der), sha256.Sum256(pairs(t)[1].der)
			a.header = map[string]any{"x5t": base64.RawURLEncoding.EncodeToString(one[:]), "x5t#S256": base64.RawURLEncoding.EncodeToString(two[:])}
		}, authn.CertificateUnknown},
		"J03 key in the header": {func(a *signedAssertion) {
			sum := sha256.Sum256(pairs(t)[0].der)
			a.pair = keyPair{pairs(t)[1].key, pairs(t)[1].der}
			a.header = map[string]any{"x5t#S256": base64.RawURLEncoding.EncodeToString(sum[:]), "x5c": []string{base64.StdEncoding.EncodeToString(a.pair.der)}}
		}, authn.AssertionSignature},
	} {
		t.Run(name, func(t *testing.T) {
			a := assertion(t)
			tc.change(a)
			w.Refused(w.Do(h, post(assertionForm(a.sign(t)))), http.StatusUnauthorized, tc.want)
		})
	}
	other := with(assertionForm(assertion(t).sign(t)), "client_id", doortest.GUID(doortest.DeployerID+1).String())
	w.Refused(w.Do(h, post(other)), http.StatusUnauthorized, federation.IssuerUnknown) // not its own: somebody else's, whom nobody knows
	good := assertion(t).sign(t)
	for name, token := range map[string]string{
		"J01 none":    base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","typ":"JWT"}`)) + good[strings.IndexByte(good, '.'):],
		"J01 empty":   good[:strings.LastIndexByte(good, '.')+1],
		"J11 as DER":  derAssertion(t),
		"J17 5 parts": good + ".x.x",
	} {
		rec := w.Do(h, post(assertionForm(token)))
		if rec.Code != http.StatusUnauthorized && rec.Code != http.StatusBadRequest || strings.Contains(rec.Body.String(), "access_token") {
			t.Errorf("%s: %d %s", name, rec.Code, rec.Body)
		}
	}
}

// derAssertion is what Terraform's library makes of a key on an elliptic curve: ES256 with a signature in ASN.1. Such
// certificates cannot be registered, and such signatures hold nowhere.
func derAssertion(t *testing.T) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(assertion(t).sign(t), ".")
	input := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"ES256","typ":"JWT"}`)) + "." + parts[1]
	digest := sha256.Sum256([]byte(input))
	der, err := ecdsa.SignASN1(rand.Reader, key, digest[:])
	if err != nil {
		t.Fatal(err)
	}
	return input + "." + base64.RawURLEncoding.EncodeToString(der)
}

// TestF22NothingIsKeptForAnotherClient: there are no refresh tokens, so none can be used by another client.
func TestF22NothingIsKeptForAnotherClient(t *testing.T) {
	w, h := serve(t)
	rec := w.Do(h, post(with(legacyForm(), "client_secret", goodSecret)))
	if strings.Contains(rec.Body.String(), "refresh_token") || strings.Contains(rec.Body.String(), "id_token") {
		t.Errorf("%s", rec.Body)
	}
	for _, grant := range []string{"refresh_token", "authorization_code", "urn:ietf:params:oauth:grant-type:jwt-bearer"} {
		f := with(with(legacyForm(), "client_secret", goodSecret), "grant_type", grant)
		if rec := w.Do(h, post(with(f, "refresh_token", "x"))); rec.Code != http.StatusBadRequest {
			t.Errorf("%s: %d %s", grant, rec.Code, rec.Body)
		}
	}
}

// TestF10OnlyIdsIdentify: a foreign token whose other claims are a victim's is still only its own subject.
func TestF10OnlyIdsIdentify(t *testing.T) {
	w, h := serve(t)
	claims := w.ClaimsOf(w.Token("stranger", doortest.ExchangeAudience))
	for _, name := range []string{"email", "upn", "unique_name", "preferred_username", "appid", "azp", "xms_mirid"} {
		claims[name] = w.ClaimsOf(w.Token("function", doortest.ExchangeAudience))["xms_mirid"]
	}
	w.Refused(w.Do(h, post(form(w.Sign(claims)))), http.StatusUnauthorized, federation.OwnToken)
}

// TestF11ConsentOfBothSides: a token of one tenant is an assertion in another only where the target trusts that tenant's
// issuer and subject, and only if it was minted to be exchanged.
func TestF11ConsentOfBothSides(t *testing.T) {
	w, h := serve(t)
	north, _ := doortest.Issuers(doortest.North())
	southern, _ := w.View.Application(doortest.GUID(0x701))
	open := *southern
	trust := open.Federated[0]
	trust.Name, trust.Issuer, trust.Subject = "north", trustIssuer(t, north), doortest.GUID(doortest.FunctionID).String()
	trust.Audiences = []string{doortest.ExchangeAudience, doortest.StorageAudience}
	open.Federated = append(open.Federated[:1:1], trust)
	f := func(token string) url.Values {
		return with(form(token), "client_id", doortest.GUID(doortest.SouthernID+1).String())
	}
	token := w.Token("function", doortest.ExchangeAudience)
	w.Refused(w.Do(h, postTo("/south/oauth2/v2.0/token", f(token))), http.StatusUnauthorized, federation.OwnToken)
	if r := w.Ledger.Last(); r.Tenant != doortest.South() || r.Input["caller_tenant"] != doortest.North().String() || r.Wire != "AADSTS700222" {
		t.Errorf("the record must name both tenants: %+v", r)
	}
	w.Write(&open)
	claims := granted(t, w, h, postTo("/south/oauth2/v2.0/token", f(token)))
	if claims["tid"] != doortest.South().String() || claims["oid"] != doortest.GUID(doortest.SouthernID).String() {
		t.Errorf("%v", claims)
	}
	storage := f(w.Token("function", doortest.StorageAudience))
	w.Refused(w.Do(h, postTo("/south/oauth2/v2.0/token", storage)), http.StatusUnauthorized, federation.OwnToken)
}
