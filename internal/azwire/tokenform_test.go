package azwire

import (
	"encoding/base64"
	"net/url"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/fault"
)

// entra is a token call with a form.
func entra(form string) TokenCall { return TokenCall{ContentType: form1, Body: []byte(form)} }

func basicHeader(userAndPass string) []string {
	return []string{"Basic " + base64.StdEncoding.EncodeToString([]byte(userAndPass))}
}

const assertion = "client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion="

func TestDecodeTokenForm(t *testing.T) {
	tests := []struct {
		name string
		call TokenCall
		want TokenForm
	}{
		{
			"Go, with OIDC scopes and the file's newline",
			entra("client_id=c&client_info=1&grant_type=client_credentials&" + assertion + "a.b.c%0A" +
				"&scope=https%3A%2F%2Fstorage.azure.com%2F.default+openid+offline_access+profile"),
			TokenForm{ClientID: "c", Resource: "https://storage.azure.com", ByScope: true, Assertion: "a.b.c"},
		},
		{
			"JS", entra("client_id=c&scope=https%3A%2F%2Fvault.azure.net%2F.default&grant_type=client_credentials&" +
				"x-client-SKU=msal.js.node&client-request-id=1&" + assertion + "a.b.c"),
			TokenForm{ClientID: "c", Resource: "https://vault.azure.net", ByScope: true, Assertion: "a.b.c"},
		},
		{
			"az with a slash at the end of the resource", entra("client_id=c&client_secret=s&grant_type=client_credentials&" +
				"scope=https%3A%2F%2Fh%2F%2F.default&claims=%7B%7D"),
			TokenForm{ClientID: "c", Resource: "https://h/", ByScope: true, ClientSecret: "s"},
		},
		{
			"v1", entra("client_id=c&client_secret=+s+&grant_type=client_credentials&resource=https%3A%2F%2Fh%2F.default"),
			TokenForm{ClientID: "c", Resource: "https://h/.default", ClientSecret: " s "},
		},
		{
			"scope and resource that agree", entra("client_id=c&client_secret=s&grant_type=client_credentials&resource=api://x&scope=api://x/.default"),
			TokenForm{ClientID: "c", Resource: "api://x", ByScope: true, ClientSecret: "s"},
		},
		{
			"Basic",
			TokenCall{form1, basicHeader("c%3A:s+%25"), []byte("grant_type=client_credentials&scope=api://x/.default")},
			TokenForm{ClientID: "c:", Resource: "api://x", ByScope: true, ClientSecret: "s %"},
		},
		{
			"Basic and the same client in the form",
			TokenCall{form1, basicHeader("c:s"), []byte("client_id=c&grant_type=client_credentials&scope=api://x/.default")},
			TokenForm{ClientID: "c", Resource: "api://x", ByScope: true, ClientSecret: "s"},
		},
		{
			"empty parameters count as left out", entra("client_id=c&client_secret=s&client_assertion=&resource=&grant_type=client_credentials&scope=api://x/.default&"),
			TokenForm{ClientID: "c", Resource: "api://x", ByScope: true, ClientSecret: "s"},
		},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			got, err := DecodeTokenForm(tc.call, TokenLimits())
			if err != nil {
				t.Fatal(err)
			}
			if got != tc.want {
				t.Errorf("got %#v (%q, %q), want %#v", got, string(got.Assertion), string(got.ClientSecret), tc.want)
			}
		})
	}
}

func TestDecodeTokenFormRefused(t *testing.T) {
	const (
		grant = "grant_type=client_credentials&client_id=c"
		good  = grant + "&client_secret=s&scope=api://x/.default"
	)
	withScope := func(s string) TokenCall { return entra(grant + "&client_secret=s&scope=" + url.QueryEscape(s)) }
	withBasic := func(form string, header ...string) TokenCall { return TokenCall{form1, header, []byte(form)} }
	tests := []struct {
		name string
		call TokenCall
		want fault.Reason
		code int
	}{
		{"JSON", TokenCall{"application/json", nil, []byte(good)}, ReasonMalformedRequest, 9002313},
		{"no content type", TokenCall{"", nil, []byte(good)}, ReasonMalformedRequest, 9002313},
		{"broken content type", TokenCall{form1 + ";;=", nil, []byte(good)}, ReasonMalformedRequest, 9002313},
		{"client twice", entra(good + "&client_id=d"), ReasonMalformedRequest, 9002313},
		{"unknown parameter twice", entra(good + "&a=1&a=2"), ReasonMalformedRequest, 9002313},
		{"bad encoding", entra(good + "&a=%"), ReasonMalformedRequest, 9002313},
		{"too many parameters", entra(good + strings.Repeat("&", 128)), ReasonMalformedRequest, 9002313},
		{"too long", entra(good + "&a=" + strings.Repeat("a", 64<<10)), ReasonMalformedRequest, 9002313},
		{"empty", entra(""), ReasonMissingParameter, 900144},
		{"no client", entra("grant_type=client_credentials&client_secret=s&scope=api://x/.default"), ReasonMissingParameter, 900144},
		{"no scope", entra(grant + "&client_secret=s"), ReasonMissingParameter, 900144},
		{"no assertion type", entra(grant + "&client_assertion=a&scope=api://x/.default"), ReasonMissingParameter, 900144},
		{"SAML assertion", entra(grant + "&client_assertion=a&client_assertion_type=x&scope=api://x/.default"), ReasonMalformedRequest, 9002313},
		{"password grant", entra("grant_type=password&client_id=c"), ReasonUnsupportedGrant, 70003},
		{"no proof", entra(grant + "&scope=api://x/.default"), ReasonNoCredential, 7000218},
		{"assertion of white space", entra(grant + "&scope=api://x/.default&" + assertion + "%0A+"), ReasonNoCredential, 7000218},
		{"secret and assertion", entra(good + "&" + assertion + "a"), ReasonSeveralCredentials, 9002313},
		{"secret twice", withBasic(good, basicHeader("c:s")...), ReasonSeveralCredentials, 9002313},
		{"other client in the header", withBasic(grant, basicHeader("d:s")...), ReasonMalformedRequest, 9002313},
		{"bearer", withBasic(good, "Bearer x"), ReasonMalformedRequest, 9002313},
		{"two headers", withBasic(good, "Basic x", "Basic x"), ReasonMalformedRequest, 9002313},
		{"bad base64", withBasic(good, "Basic %"), ReasonMalformedRequest, 9002313},
		{"base64 with loose bits", withBasic(grant, "Basic Yzp="), ReasonMalformedRequest, 9002313},
		{"no secret in the header", withBasic(grant, basicHeader("c")...), ReasonMalformedRequest, 9002313},
		{"no client in the header", withBasic(grant, basicHeader(":s")...), ReasonMalformedRequest, 9002313},
		{"bad encoding in the header", withBasic(grant, basicHeader("c:%")...), ReasonMalformedRequest, 9002313},
		{"no text in the header", withBasic(grant, basicHeader("c:\xff")...), ReasonMalformedRequest, 9002313},
		{"scope without suffix", withScope("https://storage.azure.com"), ReasonInvalidScope, 70011},
		{"one permission", withScope("https://graph.microsoft.com/User.Read"), ReasonInvalidScope, 70011},
		{"suffix alone", withScope("/.default"), ReasonInvalidScope, 70011},
		{"suffix in another case", withScope("api://x/.Default"), ReasonInvalidScope, 70011},
		{"OIDC scopes alone", withScope("openid profile"), ReasonInvalidScope, 70011},
		{"tab in scope", withScope("api://x\t/.default"), ReasonInvalidScope, 70011},
		{"two resources", withScope("api://x/.default api://y/.default"), ReasonSeveralResources, 700022},
		{"one resource twice", withScope("api://x/.default api://x/.default"), ReasonSeveralResources, 700022},
		{"scope and another resource", entra(good + "&resource=api://y"), ReasonSeveralResources, 700022},
		{"resource with a space", entra(grant + "&client_secret=s&resource=a+b"), ReasonInvalidScope, 70011},
	}
	table := EntraErrors()
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			got, err := DecodeTokenForm(tc.call, TokenLimits())
			if !fault.Is(err, tc.want) {
				t.Fatalf("got %#v, %v; want %s", got, err, tc.want)
			}
			if f := table.Failure(err); f.AADSTS != tc.code {
				t.Errorf("told as %+v, want %d", f, tc.code)
			}
		})
	}
}

// FuzzDecodeTokenForm: what is accepted names one client, one resource and one proof, and the standard library reads the
// same client.
func FuzzDecodeTokenForm(f *testing.F) {
	f.Add("grant_type=client_credentials&client_id=c&client_secret=s&scope=api://x/.default+openid", "")
	f.Add("grant_type=client_credentials&resource=r&"+assertion+"a.b.c%0A", "Basic Yzpz")
	f.Add("client_id=c&client_id=d&%=&;", "Bearer x")
	f.Fuzz(func(t *testing.T, body, authorization string) {
		call := entra(body)
		if authorization != "" {
			call.Authorization = []string{authorization}
		}
		got, err := DecodeTokenForm(call, TokenLimits())
		if err != nil {
			if !strings.HasPrefix(string(fault.From(err).Reason), "entra.") {
				t.Errorf("refused as %v", err)
			}
			return
		}
		if got.ClientID == "" || got.Resource == "" || (got.Assertion == "") == (got.ClientSecret == "") {
			t.Errorf("got %#v", got)
		}
		std, err := url.ParseQuery(body)
		if err != nil || strings.Contains(body, ";") {
			return
		}
		if id := std.Get("client_id"); id != "" && id != got.ClientID || len(std["scope"]) > 1 || len(std["resource"]) > 1 {
			t.Errorf("got %#v from %q", got, body)
		}
	})
}
