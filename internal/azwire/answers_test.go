package azwire

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestErrorBodies: each dialect's body of a refusal, as clients read it.
func TestErrorBodies(t *testing.T) {
	f := Failure{Status: 403, Code: "Forbidden", Message: `no "way"`}
	at := Trace{RequestID: "r", CorrelationID: "c", At: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	for got, want := range map[string]string{
		string(AppendARMError(nil, "r", f)):                     `{"error":{"code":"Forbidden","message":"no \"way\" (request id r)"}}`,
		string(AppendGraphError(nil, at, f)):                    `{"error":{"code":"Forbidden","message":"no \"way\" (request id r)","innerError":{"date":"2026-01-02T03:04:05Z","request-id":"r","client-request-id":"c"}}}`,
		string(AppendVaultError(nil, f, "", "1")):               `{"error":{"code":"Forbidden","message":"no \"way\" (request id 1)"}}`,
		string(AppendVaultError(nil, f, "ByRbac", "1")):         `{"error":{"code":"Forbidden","message":"no \"way\" (request id 1)","innererror":{"code":"ByRbac"}}}`,
		ARMChallenge("https://h", "t", "a\r\n\"b\\é"):           `Bearer authorization_uri="https://h/t", error="invalid_token", error_description="ab"`,
		VaultChallenge("https://h", "t", "https://v:1"):         `Bearer authorization="https://h/t", resource="https://v:1"`,
		string(AppendMetadataError(nil, ServiceFabric, "r", f)): `{"error":{"code":"Forbidden","message":"no \"way\" (request id r)"}}`,
	} {
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
}

// TestDecodeAutomationAndFabric: the two forms that prove themselves with a header of their own, and what they refuse.
func TestDecodeAutomationAndFabric(t *testing.T) {
	form := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Metadata": {"true"}}
	with := func(h http.Header, name, value string) http.Header {
		h = h.Clone()
		h[name] = append(h[name], value)
		return h
	}
	post := MetadataCall{Method: http.MethodPost, Header: with(form, "X-Identity-Header", "s"), Body: []byte("resource=https://x")}
	if r, err := DecodeAutomation(post); err != nil || r.Resource != "https://x" || r.Flavour != Automation {
		t.Errorf("%+v, %v", r, err)
	}
	get := MetadataCall{Method: http.MethodGet, Header: http.Header{"Secret": {"s"}}, RawQuery: "api-version=2019-07-01-preview&resource=https://x"}
	if r, err := DecodeServiceFabric(get); err != nil || r.Resource != "https://x" || r.Flavour != ServiceFabric {
		t.Errorf("%+v, %v", r, err)
	}
	for _, c := range []MetadataCall{
		{Method: http.MethodPost, Header: with(post.Header, "X-Forwarded-For", "1.2.3.4")},
		{Method: http.MethodPut, Header: post.Header},
		{Method: http.MethodPost, Header: form, Body: post.Body},
	} {
		if _, err := DecodeAutomation(c); err == nil {
			t.Errorf("%+v is read", c)
		}
	}
	for _, c := range []MetadataCall{
		{Method: http.MethodGet, Header: with(get.Header, "X-Forwarded-For", "1.2.3.4"), RawQuery: get.RawQuery},
		{Method: http.MethodPost, Header: get.Header},
		{Method: http.MethodGet, RawQuery: get.RawQuery, Header: http.Header{}},
		{Method: http.MethodGet, Header: get.Header, RawQuery: "resource=a;b"},
		{Method: http.MethodGet, Header: get.Header, RawQuery: "api-version=2018-02-01&resource=https://x"},
		{Method: http.MethodGet, Header: get.Header, RawQuery: get.RawQuery + "&client_id=11111111-0000-4000-8000-000000000000"},
	} {
		if _, err := DecodeServiceFabric(c); err == nil {
			t.Errorf("%+v is read", c)
		}
	}
}

// TestVaultRules: what the properties of a key vault may say, and what would make it look safer than it is.
func TestVaultRules(t *testing.T) {
	for properties, want := range map[string]VaultRules{
		``:   {RetentionDays: 90},
		`{}`: {RetentionDays: 90},
		`{"softDeleteRetentionInDays":7,"tenantId":"t","accessPolicies":[],"enablePurgeProtection":null}`: {RetentionDays: 7, Tenant: "t"},
	} {
		got, err := ParseVaultRules([]byte(properties))
		if err != nil || got != want {
			t.Errorf("%s: %+v, %v", properties, got, err)
		}
	}
	for _, properties := range []string{
		`[`, `{"enableSoftDelete":"yes"}`, `{"enableSoftDelete":false}`, `{"enablePurgeProtection":true}`, `{"accessPolicies":[{}]}`,
		`{"softDeleteRetentionInDays":6}`, `{"softDeleteRetentionInDays":7.5}`, `{"tenantId":1}`,
		`{"enableSoftDelete":true,"ENABLESOFTDELETE":true}`, `{"accessPolicies":[],"accesspolicies":[]}`,
	} {
		if rules, err := ParseVaultRules([]byte(properties)); err == nil {
			t.Errorf("%s: %+v", properties, rules)
		}
	}
}

// TestGraphFilterOnly: a filter for one property alone is seen as that.
func TestGraphFilterOnly(t *testing.T) {
	for text, want := range map[string]string{"appId eq '1'": "1", "appId eq '1' or appId eq '2'": "", "startswith(appId,'1')": "", "": ""} {
		f, err := ParseGraphFilter(text)
		if got, ok := f.Only("appId"); err != nil || got != want || ok != (want != "") {
			t.Errorf("%q: %q, %v", text, got, err)
		}
	}
	seen := map[string]bool{}
	for _, r := range GraphRoles() {
		if seen[r.ID] || seen[r.Value] || r.Display == "" {
			t.Errorf("%+v", r)
		}
		seen[r.ID], seen[r.Value] = true, true
	}
}

// TestLongTokensAreRefreshedEarly: a client that keeps a token for long is told to ask again at half of its life.
func TestLongTokensAreRefreshedEarly(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for life, want := range map[time.Duration]bool{time.Hour: false, 3 * time.Hour: true} {
		b := AppendTokenV2(nil, IssuedToken{AccessToken: "t", NotBefore: now, ExpiresOn: now.Add(life), Now: now})
		if got := strings.Contains(string(b), `"refresh_in":5400`); got != want {
			t.Errorf("%v: %s", life, b)
		}
	}
}
