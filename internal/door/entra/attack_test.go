package entra_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/internal/azwire"
	"github.com/lanyard-id/lanyard/internal/door/doortest"
	"github.com/lanyard-id/lanyard/internal/door/entra"
	"github.com/lanyard-id/lanyard/internal/federation"
	"github.com/lanyard-id/lanyard/internal/mint"
)

// TestJ01ForgedAssertions: no assertion without a signature of its issuer's own key; J01, J02, J03, J05, J06, J11, J14.
func TestJ01ForgedAssertions(t *testing.T) {
	w, h := serve(t)
	good := w.Token("function", doortest.ExchangeAudience)
	granted(t, w, h, post(form(good)))
	for name, token := range w.Forgeries(good) {
		t.Run(name, func(t *testing.T) {
			rec := w.Do(h, post(form(token)))
			if rec.Code != http.StatusUnauthorized && rec.Code != http.StatusBadRequest || strings.Contains(rec.Body.String(), "access_token") {
				t.Errorf("%d %s", rec.Code, rec.Body)
			}
			if who := w.Ledger.Last().Principal.ID; who != "" {
				t.Errorf("recorded as %s", who)
			}
		})
	}
}

// TestF19AudienceInjection: an assertion that was meant for somebody else is no assertion here.
func TestF19AudienceInjection(t *testing.T) {
	w, h := serve(t)
	good := w.Token("function", doortest.ExchangeAudience)
	bad := w.BadAudiences(good, doortest.ExchangeAudience)
	claims := w.ClaimsOf(good)
	v1, v2 := doortest.Issuers(doortest.North())
	for _, audience := range []string{
		v1, v2, "https://login.microsoftonline.com/" + doortest.North().String() + "/oauth2/v2.0/token",
		doortest.EntraURL + "/" + doortest.North().String() + "/oauth2/v2.0/token", doortest.ExchangeAudience + "/",
	} {
		claims["aud"] = audience
		bad[audience] = w.Sign(claims)
	}
	for name, token := range bad {
		t.Run(name, func(t *testing.T) {
			rec := w.Do(h, post(form(token)))
			if rec.Code != http.StatusUnauthorized || strings.Contains(rec.Body.String(), "access_token") {
				t.Errorf("%d %s", rec.Code, rec.Body)
			}
		})
	}
	for _, audience := range []string{doortest.StorageAudience, doortest.AWSAudience} {
		w.Refused(w.Do(h, post(form(w.Token("function", audience)))), http.StatusUnauthorized, federation.AudienceMismatch)
	}
}

// TestF09IssuerMixUp: the subject that is trusted, named by an issuer that is not.
func TestF09IssuerMixUp(t *testing.T) {
	w, h := serve(t)
	claims := w.ClaimsOf(w.Token("function", doortest.ExchangeAudience))
	v1, v2 := doortest.Issuers(doortest.North())
	claims["iss"] = v2 // the same tenant's other issuer: known, and not the one that the credential names
	rec := w.Do(h, post(form(w.Sign(claims))))
	w.Refused(rec, http.StatusUnauthorized, federation.OwnToken)
	decision := w.Ledger.Last().Decision
	if decision == nil || len(decision.Nearest) == 0 || !strings.Contains(decision.Nearest[0].Text, v1) || !strings.Contains(decision.Nearest[0].Text, v2) {
		t.Errorf("the record must name both issuers: %+v", decision)
	}
	if strings.Contains(rec.Body.String(), "workload") {
		t.Errorf("the refusal shows the credential's name: %s", rec.Body)
	}
	for _, issuer := range []string{v1[:len(v1)-1], v1 + "x", strings.ToUpper(v1), "https://attacker.example/", "", v1 + "v2.0/"} {
		claims["iss"] = issuer
		if rec := w.Do(h, post(form(w.Sign(claims)))); rec.Code != http.StatusUnauthorized && rec.Code != http.StatusBadRequest {
			t.Errorf("issuer %q: %d %s", issuer, rec.Code, rec.Body)
		}
	}
	south, _ := doortest.Issuers(doortest.South())
	claims["iss"] = south // South never had this identity
	w.Refused(w.Do(h, post(form(w.Sign(claims)))), http.StatusUnauthorized, federation.Revoked)
}

// TestF11OtherTenant tries a token of one tenant with a client of the other, by every path.
func TestF11OtherTenant(t *testing.T) {
	w, h := serve(t)
	stranger := w.Token("stranger", doortest.ExchangeAudience)
	w.Refused(w.Do(h, post(form(stranger))), http.StatusUnauthorized, federation.OwnToken)
	record := w.Ledger.Last()
	if record.Tenant != doortest.North() || record.Principal.ID != doortest.GUID(doortest.StrangerID).String() {
		t.Errorf("the record must show where it was tried, and by whom: %+v", record)
	}
	southern := with(form(w.Token("function", doortest.ExchangeAudience)), "client_id", doortest.GUID(doortest.SouthernID+1).String())
	w.Refused(w.Do(h, post(southern)), http.StatusBadRequest, entra.ClientUnknown)
	w.Refused(w.Do(h, postTo("/south/oauth2/v2.0/token", southern)), http.StatusUnauthorized, federation.OwnToken)
	w.Refused(w.Do(h, postTo("/adfs/oauth2/token", southern)), http.StatusUnauthorized, federation.OwnToken)
	mine := with(form(stranger), "client_id", doortest.GUID(doortest.SouthernID+1).String())
	claims := granted(t, w, h, postTo("/south/oauth2/v2.0/token", mine))
	if claims["tid"] != doortest.South().String() {
		t.Errorf("the token is one of tenant %v", claims["tid"])
	}
	w.Refused(w.Do(h, post(with(form(w.Token("function", doortest.ExchangeAudience)), "scope", doortest.SouthAudience+"/.default"))),
		http.StatusBadRequest, mint.AudienceUnregistered)
}

// TestT11NothingFromTheRequest: host and forwarding headers change no URL, no issuer and no address in the record.
func TestT11NothingFromTheRequest(t *testing.T) {
	w, h := serve(t)
	lies := http.Header{
		"Host": {"attacker.example"}, "X-Forwarded-Host": {"attacker.example"}, "X-Forwarded-Proto": {"http"}, "X-Forwarded-For": {"203.0.113.9"},
		"Forwarded": {"host=attacker.example;proto=http;for=203.0.113.9"}, "X-Original-Host": {"attacker.example"}, "X-Forwarded-Prefix": {"/evil"},
	}
	for _, path := range []string{"/north/v2.0", "/north", "/adfs", "/" + doortest.North().String()} {
		rec := w.Do(h, doortest.Request{Target: path + "/.well-known/openid-configuration", Header: lies})
		if rec.Code != http.StatusOK || strings.Contains(rec.Body.String(), "attacker") || strings.Contains(rec.Body.String(), "http://") {
			t.Errorf("%s: %d %s", path, rec.Code, rec.Body)
		}
	}
	req := post(form(w.Token("function", doortest.ExchangeAudience)))
	maps.Copy(req.Header, lies)
	v1, _ := doortest.Issuers(doortest.North())
	if claims := granted(t, w, h, req); claims["iss"] != v1 {
		t.Errorf("the issuer is %v", claims["iss"])
	}
	if from := w.Ledger.Last().Remote.String(); from != "127.0.0.1" {
		t.Errorf("recorded as from %s", from)
	}
}

// TestForms: what cannot be read in one way is refused.
func TestForms(t *testing.T) {
	w, h := serve(t)
	good := form(w.Token("function", doortest.ExchangeAudience))
	for name, f := range map[string]url.Values{
		"client twice":    with(good, "client_id", doortest.GUID(1).String(), doortest.GUID(2).String()),
		"assertion twice": with(good, "client_assertion", good.Get("client_assertion"), "x"),
	} {
		t.Run(name, func(t *testing.T) {
			w.Refused(w.Do(h, post(f)), http.StatusBadRequest, azwire.ReasonMalformedRequest)
		})
	}
	w.Refused(w.Do(h, post(with(good, "client_secret", "x"))), http.StatusBadRequest, azwire.ReasonSeveralCredentials)
	w.Refused(w.Do(h, post(with(good, "client_assertion"))), http.StatusUnauthorized, azwire.ReasonNoCredential)
	w.Refused(w.Do(h, post(with(good, "client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:saml2-bearer"))),
		http.StatusBadRequest, azwire.ReasonMalformedRequest)
	w.Refused(w.Do(h, post(with(good, "client_id", strings.Repeat("a", 10_000)))), http.StatusBadRequest, entra.ClientUnknown)
	if input := w.Ledger.Last().Input["client_id"]; len(input) > 100 {
		t.Errorf("%d bytes of a stranger's text are recorded", len(input))
	}
	w.Refused(w.Do(h, post(with(good, "client_id", doortest.GUID(doortest.OneID).String()))), http.StatusBadRequest, entra.ClientUnknown)
	w.Refused(w.Do(h, post(with(good, "client_id", doortest.GUID(doortest.OneID+1).String()))), http.StatusUnauthorized, federation.OwnToken)
	operator := doortest.GUID(doortest.OperatorID + 1).String() // signs in by the socket only
	w.Refused(w.Do(h, post(with(good, "client_id", operator))), http.StatusBadRequest, entra.ClientUnknown)
	w.Pass(3 * time.Hour)
	w.Refused(w.Do(h, post(good)), http.StatusUnauthorized, federation.Expired)
}

// TestKeys wants public keys and nothing else.
func TestKeys(t *testing.T) {
	w, h := serve(t)
	for _, path := range []string{"/common/discovery/keys", "/north/discovery/keys", "/north/discovery/v2.0/keys"} {
		rec := w.Do(h, doortest.Request{Target: path})
		var set struct{ Keys []map[string]any }
		if err := json.Unmarshal(rec.Body.Bytes(), &set); err != nil || len(set.Keys) < 2 {
			t.Fatalf("%s: %v: %s", path, err, rec.Body)
		}
		for _, key := range set.Keys {
			for _, private := range []string{"d", "p", "q", "dp", "dq", "qi", "k"} {
				if _, there := key[private]; there {
					t.Errorf("%s: a key has the member %s", path, private)
				}
			}
		}
	}
	w.Refused(w.Do(h, doortest.Request{Target: "/nowhere/discovery/keys"}), http.StatusBadRequest, entra.TenantUnknown)
}
