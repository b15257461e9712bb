package entra_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/door/doortest"
	"github.com/lanyard-id/lanyard/internal/name"
)

// form is a token request of the client that trusts the function.
func form(assertion string) url.Values {
	return url.Values{
		"grant_type": {"client_credentials"}, "client_id": {doortest.GUID(doortest.DeployerID + 1).String()},
		"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"}, "client_assertion": {assertion},
		"scope": {doortest.StorageAudience + "/.default"},
	}
}

// with gives the form with one parameter set to other values.
func with(f url.Values, name string, values ...string) url.Values {
	changed := url.Values{name: values}
	for n, v := range f {
		if n != name {
			changed[n] = v
		}
	}
	return changed
}

// post sends a form to the token endpoint of North.
func post(f url.Values) doortest.Request {
	return postTo("/"+doortest.North().String()+"/oauth2/v2.0/token", f)
}

func postTo(target string, f url.Values) doortest.Request {
	return doortest.Request{
		Method: http.MethodPost, Target: target, Body: f.Encode(), Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}},
	}
}

// granted wants a token and gives its claims.
func granted(t *testing.T, w *doortest.World, h http.Handler, req doortest.Request) doortest.Claims {
	t.Helper()
	rec := w.Do(h, req)
	var r struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.Unmarshal(rec.Body.Bytes(), &r); rec.Code != http.StatusOK || err != nil || strings.Count(r.AccessToken, ".") != 2 {
		t.Fatalf("status %d, %v: %s", rec.Code, err, rec.Body)
	}
	return w.ClaimsOf(r.AccessToken)
}

// trustIssuer reads an issuer.
func trustIssuer(t testing.TB, s string) name.IssuerURL {
	t.Helper()
	u, err := name.ParseIssuerURL(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}
