package azwire

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/secret"
)

const (
	guid     = "6a0c0000-0000-4000-8000-00000000000a"
	identity = "/subscriptions/6a0c0000-0000-4000-8000-00000000000b/resourceGroups/g/providers/" +
		"Microsoft.ManagedIdentity/userAssignedIdentities/id1"
	form1 = "application/x-www-form-urlencoded;charset=utf-8"
)

func imds(query string) MetadataCall {
	return MetadataCall{Method: "GET", RawQuery: query, Header: http.Header{"Metadata": {"true"}}}
}

func appService(query string) MetadataCall {
	return MetadataCall{Method: "GET", RawQuery: query, Header: http.Header{"X-Identity-Header": {"s3cret"}}}
}

func legacy(query string) MetadataCall {
	return MetadataCall{Method: "GET", RawQuery: query, Header: http.Header{"Secret": {"s3cret"}}}
}

func cloudShell(body string) MetadataCall {
	return MetadataCall{
		Method: "POST", Body: []byte(body),
		Header: http.Header{"Metadata": {"true"}, "Content-Type": {form1}},
	}
}

func automation(body string) MetadataCall {
	c := cloudShell(body)
	c.Header.Set("X-Identity-Header", "s3cret")
	return c
}

// decode chooses the decoder as a door does: by path.
func decode(c MetadataCall, atIMDS bool) (MetadataRequest, error) {
	if atIMDS {
		return DecodeIMDS(c)
	}
	return DecodeEndpoint(c)
}

func TestDecodeMetadata(t *testing.T) {
	id := name.MustGUID(guid)
	resource, err := name.ParseResourceID(identity)
	if err != nil {
		t.Fatal(err)
	}
	const r = "https://storage.azure.com"
	tests := []struct {
		name string
		call MetadataCall
		want MetadataRequest
	}{
		{"Go at IMDS", imds("api-version=2018-02-01&resource=https%3A%2F%2Fstorage.azure.com"), MetadataRequest{Flavour: IMDS, Resource: r}},
		{
			"JS adds parameters", imds("api-version=2018-02-01&resource=https://storage.azure.com&xms_cc=CP1&token_sha256_to_refresh=a"),
			MetadataRequest{Flavour: IMDS, Resource: r},
		},
		{
			"later version, trailing slash", imds("api-version=2021-12-13&resource=https://storage.azure.com/"),
			MetadataRequest{Flavour: IMDS, Resource: r + "/"},
		},
		{
			"client id", imds("api-version=2018-02-01&resource=r&client_id=" + strings.ToUpper(guid)),
			MetadataRequest{Flavour: IMDS, Resource: "r", Selector: Selector{Kind: ByClientID, ID: id, Param: "client_id"}},
		},
		{
			"object id", imds("api-version=2018-02-01&resource=r&object_id=" + guid),
			MetadataRequest{Flavour: IMDS, Resource: "r", Selector: Selector{Kind: ByPrincipalID, ID: id, Param: "object_id"}},
		},
		{
			"principal id", imds("api-version=2018-02-01&resource=r&principal_id=" + guid),
			MetadataRequest{Flavour: IMDS, Resource: "r", Selector: Selector{Kind: ByPrincipalID, ID: id, Param: "principal_id"}},
		},
		{
			"ARM id at IMDS", imds("api-version=2018-02-01&resource=r&msi_res_id=" + identity),
			MetadataRequest{Flavour: IMDS, Resource: "r", Selector: Selector{Kind: ByResourceID, Resource: resource, Param: "msi_res_id"}},
		},
		{
			"App Service", appService("api-version=2019-08-01&resource=r"),
			MetadataRequest{Flavour: AppService, Resource: "r", Secret: "s3cret"},
		},
		{
			"ARM id at App Service", appService("api-version=2019-08-01&resource=r&mi_res_id=" + identity),
			MetadataRequest{
				Flavour: AppService, Resource: "r", Secret: "s3cret",
				Selector: Selector{Kind: ByResourceID, Resource: resource, Param: "mi_res_id"},
			},
		},
		{
			"az 2.45", legacy("resource=https%3A//management.core.windows.net/&api-version=2017-09-01"),
			MetadataRequest{Flavour: AppServiceLegacy, Resource: "https://management.core.windows.net/", Secret: "s3cret"},
		},
		{
			"Azure ML, system-assigned", legacy("resource=r&api-version=2017-09-01&clientid="),
			MetadataRequest{Flavour: AppServiceLegacy, Resource: "r", Secret: "s3cret"},
		},
		{
			"Azure ML, user-assigned", legacy("resource=r&api-version=2017-09-01&clientid=" + guid),
			MetadataRequest{
				Flavour: AppServiceLegacy, Resource: "r", Secret: "s3cret",
				Selector: Selector{Kind: ByClientID, ID: id, Param: "clientid"},
			},
		},
		{"Cloud Shell", cloudShell("resource=https%3A%2F%2Fstorage.azure.com"), MetadataRequest{Flavour: CloudShell, Resource: r}},
		{
			"az over POST sends any id as client id", cloudShell("resource=r&client_id=" + guid),
			MetadataRequest{Flavour: CloudShell, Resource: "r", Selector: Selector{Kind: ByClientOrPrincipalID, ID: id, Param: "client_id"}},
		},
		{
			"Cloud Shell with an ARM id", cloudShell("resource=r&msi_res_id=" + identity),
			MetadataRequest{Flavour: CloudShell, Resource: "r", Selector: Selector{Kind: ByResourceID, Resource: resource, Param: "msi_res_id"}},
		},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			got, err := decode(tc.call, tc.want.Flavour == IMDS)
			if err != nil {
				t.Fatal(err)
			}
			if got != tc.want {
				t.Errorf("got %+v, want %+v", got, tc.want)
			}
		})
	}
}

// TestM14ParameterPollution: whatever could be read in two ways, and every version that is not served, is refused.
func TestM14ParameterPollution(t *testing.T) {
	const base = "api-version=2018-02-01&resource=r"
	for query, want := range map[string]fault.Reason{
		base + "&resource=r":                                           ReasonMetadataParameters,
		base + "&resourc%65=s":                                         ReasonMetadataParameters,
		base + "&Resource=s":                                           ReasonMetadataParameters,
		base + "&re%C5%BFource=s":                                      ReasonMetadataParameters, // U+017F folds to s
		base + "&API-version=2018-02-01":                               ReasonMetadataParameters,
		base + "&api-version=2018-02-01":                               ReasonMetadataParameters,
		base + "&client_id=" + guid + "&client_id=" + guid:             ReasonMetadataParameters,
		base + "&client_id=" + guid + "&object_id=" + guid:             ReasonMetadataSelector,
		base + "&object_id=" + guid + "&principal_id=" + guid:          ReasonMetadataSelector,
		base + "&mi_res_id=" + identity + "&client_id=" + guid:         ReasonMetadataSelector,
		base + "&mi_res_id=" + identity + "&msi_res_id=" + guid:        ReasonMetadataSelector,
		base + "&Client_Id=" + guid:                                    ReasonMetadataSelector,
		base + "&clientid=" + guid:                                     ReasonMetadataSelector,
		base + "&client_id=":                                           ReasonMetadataSelector,
		base + "&client_id=x":                                          ReasonMetadataSelector,
		base + "&mi_res_id=/subscriptions/x":                           ReasonMetadataSelector,
		"api-version=2018-02-01":                                       ReasonMetadataResource,
		"api-version=2018-02-01&resource=":                             ReasonMetadataResource,
		"api-version=2018-02-01&Resource=r":                            ReasonMetadataParameters,
		"api-version=2018-02-01&resource=a%20b":                        ReasonMetadataResource,
		"api-version=2018-02-01&resource=a%0ab":                        ReasonMetadataResource,
		"api-version=2018-02-01&resource=" + strings.Repeat("a", 2049): ReasonMetadataResource,
		"resource=r":                        ReasonMetadataVersion,
		"api-version=&resource=r":           ReasonMetadataVersion,
		"api-version=2018-02-02&resource=r": ReasonMetadataVersion,
		"api-version=2017-12-01&resource=r": ReasonMetadataVersion,
		"":                                  ReasonMetadataVersion,
		base + "&a=%zz":                     ReasonMetadataParameters,
		base + "&%zz=a":                     ReasonMetadataParameters,
		base + "&a=%ff":                     ReasonMetadataParameters,
		base + "&a%00=1":                    ReasonMetadataParameters,
		base + strings.Repeat("&a", 64):     ReasonMetadataParameters,
		base + "&a=" + strings.Repeat("a", 8<<10): ReasonMetadataParameters,
	} {
		if got, err := DecodeIMDS(imds(query)); !fault.Is(err, want) || !fault.IsKind(err, fault.Invalid) {
			t.Errorf("%.120s: %+v, %v; want %s", query, got, err, want)
		}
	}
	for query, want := range map[string]fault.Reason{
		"api-version=2018-02-01&resource=r":                        ReasonMetadataVersion,
		"api-version=2019-08-01&resource=r&clientid=" + guid:       ReasonMetadataSelector,
		"api-version=2019-08-01&resource=r&resource=s":             ReasonMetadataParameters,
		"api-version=2019-08-01&resource=r&api-version=2017-09-01": ReasonMetadataParameters,
	} {
		if got, err := DecodeEndpoint(appService(query)); !fault.Is(err, want) {
			t.Errorf("%s: %+v, %v; want %s", query, got, err, want)
		}
	}
	if _, err := DecodeEndpoint(legacy("api-version=2017-09-01&resource=r&client_id=" + guid)); !fault.Is(err, ReasonMetadataSelector) {
		t.Errorf("selector of another flavour: %v", err)
	}
}

func TestM14CloudShell(t *testing.T) {
	change := func(f func(*MetadataCall)) MetadataCall {
		c := cloudShell("resource=r")
		f(&c)
		return c
	}
	for name, tc := range map[string]struct {
		call MetadataCall
		want fault.Reason
	}{
		"resource in the query": {change(func(c *MetadataCall) { c.RawQuery = "Resource=s" }), ReasonMetadataParameters},
		"selector in the query": {change(func(c *MetadataCall) { c.RawQuery = "client_id=" + guid }), ReasonMetadataParameters},
		"bad query":             {change(func(c *MetadataCall) { c.RawQuery = "%" }), ReasonMetadataParameters},
		"bad form":              {change(func(c *MetadataCall) { c.Body = []byte("%") }), ReasonMetadataParameters},
		"JSON":                  {change(func(c *MetadataCall) { c.Header.Set("Content-Type", "application/json") }), ReasonMetadataParameters},
		"no content type":       {change(func(c *MetadataCall) { c.Header.Del("Content-Type") }), ReasonMetadataParameters},
		"two content types":     {change(func(c *MetadataCall) { c.Header["Content-Type"] = []string{form1, form1} }), ReasonMetadataParameters},
		"no header":             {change(func(c *MetadataCall) { c.Header.Del("Metadata") }), ReasonMetadataHeader},
	} {
		if got, err := DecodeEndpoint(tc.call); !fault.Is(err, tc.want) || got.Flavour != CloudShell {
			t.Errorf("%s: %+v, %v; want %s", name, got, err, tc.want)
		}
	}
	c := cloudShell("resource=r")
	c.RawQuery = "api-version=2018-02-01&x=y"
	if _, err := DecodeEndpoint(c); err != nil {
		t.Errorf("a query that means nothing: %v", err)
	}
}

func TestM01MetadataHeader(t *testing.T) {
	for _, values := range [][]string{nil, {""}, {"false"}, {"true", "true"}, {"true "}} {
		c := imds("api-version=2018-02-01&resource=r")
		c.Header = http.Header{"Metadata": values}
		if _, err := DecodeIMDS(c); !fault.Is(err, ReasonMetadataHeader) || MetadataErrors().Failure(err).Status != 400 {
			t.Errorf("%q: %v", values, err)
		}
	}
	c := imds("api-version=2018-02-01&resource=r")
	c.Header = http.Header{"Metadata": {"True"}}
	if _, err := DecodeIMDS(c); err != nil {
		t.Error(err)
	}
}

func TestM02Forwarded(t *testing.T) {
	for _, header := range []string{
		"X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip", "Forwarded", "Via",
		"X_Forwarded_For", "x-forwarded-for",
	} {
		for _, c := range []MetadataCall{
			imds("api-version=2018-02-01&resource=r"), appService("api-version=2019-08-01&resource=r"),
			cloudShell("resource=r"),
		} {
			c.Header[header] = []string{""}
			_, err := decode(c, c.Method == "GET" && c.Header["Metadata"] != nil)
			if !fault.Is(err, ReasonMetadataForwarded) || MetadataErrors().Failure(err).Status != 400 {
				t.Errorf("%s: %v", header, err)
			}
		}
	}
}

func TestM10SecretHeader(t *testing.T) {
	for _, tc := range []struct {
		query  string
		header http.Header
	}{
		{"api-version=2019-08-01&resource=r", nil},
		{"api-version=2019-08-01&resource=r", http.Header{"X-Identity-Header": {""}}},
		{"api-version=2019-08-01&resource=r", http.Header{"X-Identity-Header": {"s", "s"}}},
		{"api-version=2019-08-01&resource=r", http.Header{"Secret": {"s"}}},
		{"api-version=2017-09-01&resource=r", http.Header{"X-Identity-Header": {"s"}}},
		{"api-version=2017-09-01&resource=r", nil},
		{"%", nil},
	} {
		_, err := DecodeEndpoint(MetadataCall{Method: "GET", RawQuery: tc.query, Header: tc.header})
		if !fault.Is(err, ReasonMetadataSecret) || MetadataErrors().Failure(err).Status != 401 {
			t.Errorf("%s with %v: %v", tc.query, tc.header, err)
		}
	}
}

func TestMetadataMethod(t *testing.T) {
	for _, method := range []string{"PUT", "HEAD", "DELETE", "OPTIONS", "get"} {
		c := appService("api-version=2019-08-01&resource=r")
		c.Method = method
		if _, err := DecodeEndpoint(c); !fault.Is(err, ReasonMetadataMethod) {
			t.Errorf("%s: %v", method, err)
		}
		c = imds("api-version=2018-02-01&resource=r")
		c.Method = method
		if _, err := DecodeIMDS(c); !fault.Is(err, ReasonMetadataMethod) || MetadataErrors().Failure(err).Status != 405 {
			t.Errorf("%s: %v", method, err)
		}
	}
}

func TestFlavourNames(t *testing.T) {
	var got []string
	for f := range ServiceFabric + 2 {
		got = append(got, f.String())
	}
	if diff := cmp.Diff([]string{"imds", "app_service", "app_service_legacy", "cloud_shell", "automation", "service_fabric", "unknown"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestSecretIsMasked(t *testing.T) {
	text, err := Secret("s3cret").MarshalText()
	if err != nil {
		t.Fatal(err)
	}
	shown := fmt.Sprintf("%v %+v %#v %q %s %s", Secret("s3cret"), MetadataRequest{Secret: "s3cret"}, TokenForm{Assertion: "s3cret"},
		Secret("s3cret"), text, Secret("s3cret").LogValue())
	if strings.Contains(shown, "s3cret") || strings.Count(shown, secret.Mask) < 6 {
		t.Error(shown)
	}
}

// FuzzDecodeMetadata: what is accepted has a resource, and at most one selector that is in the request as it came.
func FuzzDecodeMetadata(f *testing.F) {
	f.Add("api-version=2018-02-01&resource=r&client_id="+guid, "", byte(0))
	f.Add("api-version=2019-08-01&resource=r&mi_res_id="+identity, "", byte(1))
	f.Add("api-version=2017-09-01&resource=r&clientid=", "", byte(2))
	f.Add("x=y", "resource=r&client_id="+guid+"&&", byte(3))
	f.Add("x=y", "resource=r&client_id="+guid, byte(4))
	f.Add("api-version=2019-07-01-preview&resource=r", "", byte(5))
	f.Fuzz(func(t *testing.T, query, body string, flavour byte) {
		call := []MetadataCall{imds(query), appService(query), legacy(query), cloudShell(body), automation(body), legacy(query)}[flavour%6]
		if call.Method == "POST" {
			call.RawQuery = query
		}
		r, err := map[byte]func(MetadataCall) (MetadataRequest, error){0: DecodeIMDS, 1: DecodeEndpoint, 2: DecodeEndpoint, 3: DecodeEndpoint, 4: DecodeAutomation, 5: DecodeServiceFabric}[flavour%6](call)
		if err != nil {
			if !fault.IsKind(err, fault.Invalid) && !fault.Is(err, ReasonMetadataSecret) {
				t.Errorf("refused as %v", err)
			}
			return
		}
		if r.Resource == "" || r.Flavour != Flavour(flavour%6) {
			t.Errorf("got %+v", r)
		}
		if (r.Selector.Kind == Unselected) != (r.Selector == Selector{}) {
			t.Errorf("half a selector: %+v", r.Selector)
		}
		given, why := parseForm(query+"&"+body, Limits{1 << 20, 1 << 10})
		if why != "" || r.Selector.Kind == Unselected {
			return
		}
		if !slices.Contains(slices.Collect(maps.Keys(given)), r.Selector.Param) {
			t.Errorf("%+v is not in %q", r.Selector, query)
		}
	})
}

func BenchmarkMetadata(b *testing.B) {
	c := appService("api-version=2019-08-01&resource=https%3A%2F%2Fstorage.azure.com&client_id=" + guid)
	b.ReportAllocs()
	for b.Loop() {
		r, err := DecodeEndpoint(c)
		if err != nil {
			b.Fatal(err)
		}
		AppendMetadataToken(nil, r.Flavour, IssuedToken{AccessToken: c.RawQuery, Resource: r.Resource, ClientID: guid})
	}
}
