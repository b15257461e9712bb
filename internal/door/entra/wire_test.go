package entra_test

import (
	"cmp"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/azwire"
	"github.com/lanyard-id/lanyard/internal/door/doortest"
)

// TestWire02GoAssertionNewline: Go sends the token file with its line end.
func TestWire02GoAssertionNewline(t *testing.T) {
	w, h := serve(t)
	granted(t, w, h, post(form(w.Token("function", doortest.ExchangeAudience)+"\n")))
}

// TestWire03GoExtraScopes: Go adds the scopes of OpenID Connect.
func TestWire03GoExtraScopes(t *testing.T) {
	w, h := serve(t)
	f := form(w.Token("function", doortest.ExchangeAudience))
	claims := granted(t, w, h, post(with(f, "scope", doortest.StorageAudience+"/.default openid offline_access profile")))
	if claims["aud"] != doortest.StorageAudience {
		t.Errorf("audience %v", claims["aud"])
	}
	w.Refused(w.Do(h, post(with(f, "scope", doortest.StorageAudience+"/.default "+doortest.AWSAudience+"/.default"))),
		http.StatusBadRequest, azwire.ReasonSeveralResources)
}

// TestWire04JSQueryString: JS puts its correlation id into the query of the POST; nothing else is taken from there.
func TestWire04JSQueryString(t *testing.T) {
	w, h := serve(t)
	f := form(w.Token("function", doortest.ExchangeAudience))
	req := post(f)
	req.Target += "?client-request-id=0190a5c2-3b1e-8000-8000-00000000000c&client_id=" + doortest.GUID(1).String()
	granted(t, w, h, req)
	for query, want := range map[string]string{
		"?client-request-id=0190A5C2-3b1e-8000-8000-00000000000c": "0190a5c2-3b1e-8000-8000-00000000000c",
		"?client-request-id=x": "", "?client-request-id=": "", "?x=%zz": "",
		"?client-request-id=0190a5c2-3b1e-8000-8000-00000000000c&client-request-id=0190a5c2-3b1e-8000-8000-00000000000d": "",
	} {
		refused := post(with(f, "grant_type", "none"))
		refused.Target += query
		var got struct {
			Correlation string `json:"correlation_id"`
			Trace       string `json:"trace_id"`
		}
		if err := json.Unmarshal(w.Do(h, refused).Body.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		if got.Correlation != cmp.Or(want, got.Trace) || got.Trace == "" {
			t.Errorf("%s: correlation %q, trace %q", query, got.Correlation, got.Trace)
		}
	}
}

// TestWire05DoubleSlashDefault: az asks for a resource that ends in a slash. The suffix is taken off once.
func TestWire05DoubleSlashDefault(t *testing.T) {
	w, h := serve(t)
	claims := granted(t, w, h, post(with(form(w.Token("function", doortest.ExchangeAudience)), "scope", doortest.StorageAudience+"//.default")))
	if claims["aud"] != doortest.StorageAudience+"/" {
		t.Errorf("audience %v", claims["aud"])
	}
}

// TestWire13ADFSWithoutTenant: the client id says which tenant.
func TestWire13ADFSWithoutTenant(t *testing.T) {
	w, h := serve(t)
	for workload, client := range map[string]int{"function": doortest.DeployerID, "stranger": doortest.SouthernID} {
		f := with(form(w.Token(workload, doortest.ExchangeAudience)), "client_id", doortest.GUID(client+1).String())
		claims := granted(t, w, h, postTo("/adfs/oauth2/token", f))
		if claims["appid"] != doortest.GUID(client+1).String() {
			t.Errorf("%s: a token of %v", workload, claims["appid"])
		}
	}
}

// TestWire14DiscoveryIssuer: scheme, host and port of the issuer are those of the authority, or SDKs refuse the document.
func TestWire14DiscoveryIssuer(t *testing.T) {
	w, h := serve(t)
	for _, path := range []string{"/north/v2.0", "/north", "/adfs", "/NORTH/V2.0"} {
		rec := w.Do(h, doortest.Request{Target: path + "/.well-known/openid-configuration"})
		var d map[string]any
		if err := json.Unmarshal(rec.Body.Bytes(), &d); err != nil {
			t.Fatalf("%s: %v: %s", path, err, rec.Body)
		}
		for _, member := range []string{"issuer", "token_endpoint", "authorization_endpoint", "jwks_uri"} {
			if url, _ := d[member].(string); !strings.HasPrefix(url, doortest.EntraURL+"/") {
				t.Errorf("%s: %s is %q", path, member, url)
			}
		}
	}
}

// TestCommonTenant: "common" is the only tenant of an installation that has no more than one.
func TestCommonTenant(t *testing.T) {
	w, h := serve(t)
	south, _ := w.View.Tenant(doortest.South())
	w.Delete(south)
	for _, path := range []string{"/common", "/organizations", "/Common"} {
		rec := w.Do(h, doortest.Request{Target: path + "/v2.0/.well-known/openid-configuration"})
		if rec.Code != http.StatusOK || !strings.Contains(rec.Body.String(), doortest.North().String()) {
			t.Errorf("%s: %d %s", path, rec.Code, rec.Body)
		}
	}
}

// TestDiscoveryOfAnAccount: the issuer of an AWS account's tokens for others is found where the account hands them out, and nowhere
// else, and its keys are the published ones.
func TestDiscoveryOfAnAccount(t *testing.T) {
	w, h := serve(t)
	const path = "/aws/111122223333/.well-known/openid-configuration"
	w.Want(h, http.StatusBadRequest, doortest.Request{Target: path})
	account, _ := w.View.Account(doortest.Main())
	on := *account
	on.Outbound = true
	w.Write(&on)
	var d struct {
		Issuer string `json:"issuer"`
		Keys   string `json:"jwks_uri"`
	}
	if err := json.Unmarshal(w.Want(h, http.StatusOK, doortest.Request{Target: path}).Body.Bytes(), &d); err != nil {
		t.Fatal(err)
	}
	if d.Issuer != doortest.EntraURL+strings.TrimSuffix(path, "/.well-known/openid-configuration") {
		t.Errorf("the issuer is %s", d.Issuer)
	}
	keys := w.Want(h, http.StatusOK, doortest.Request{Target: strings.TrimPrefix(d.Keys, doortest.EntraURL)}).Body.String()
	if keys != string(w.Keys.JWKS()) {
		t.Errorf("its keys are %s", keys)
	}
	for _, other := range []string{"444455556666", "999999999999", "x", doortest.North().String()} {
		w.Want(h, http.StatusBadRequest, doortest.Request{Target: "/aws/" + other + "/.well-known/openid-configuration"})
	}
}
