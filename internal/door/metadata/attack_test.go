package metadata_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/internal/attest/resolve"
	"github.com/lanyard-id/lanyard/internal/azwire"
	"github.com/lanyard-id/lanyard/internal/door/doortest"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/mint"
	"github.com/lanyard-id/lanyard/internal/web"
)

const storage = "resource=https%3A%2F%2Fstorage.azure.com"

// appService is the request of an SDK that was started with a secret.
func appService(secret, more string) doortest.Request {
	return doortest.Request{
		Target: "/msi/token?api-version=2019-08-01&" + storage + more, Header: http.Header{"X-Identity-Header": {secret}}, Plain: true,
	}
}

// imds is a request in the instance metadata form, on the path that a launcher gave.
func imds(workload, query string) doortest.Request {
	return doortest.Request{
		Target: "/launch/" + doortest.Secret(workload) + "/metadata/identity/oauth2/token?" + query,
		Header: http.Header{"Metadata": {"true"}}, Plain: true,
	}
}

// reply is a token answer.
type reply struct {
	AccessToken string `json:"access_token"`
	ClientID    string `json:"client_id"`
	ExpiresOn   string `json:"expires_on"`
	ExpiresIn   string `json:"expires_in"`
}

// granted wants a token and gives the answer.
func granted(t *testing.T, w *doortest.World, h http.Handler, req doortest.Request) reply {
	t.Helper()
	rec := w.Do(h, req)
	var r reply
	if err := json.Unmarshal(rec.Body.Bytes(), &r); rec.Code != http.StatusOK || err != nil || r.AccessToken == "" {
		t.Fatalf("status %d, %v: %s", rec.Code, err, rec.Body)
	}
	return r
}

func TestM01ForgedBrowserRequest(t *testing.T) {
	w, h := serve(t)
	for name, header := range map[string][]string{
		"absent": nil, "empty": {""}, "false": {"false"}, "list": {"true, true"}, "twice": {"true", "true"},
	} {
		t.Run(name, func(t *testing.T) {
			req := imds("function", "api-version=2018-02-01&"+storage)
			req.Header = http.Header{"Metadata": header}
			w.Refused(w.Do(h, req), http.StatusBadRequest, azwire.ReasonMetadataHeader)
		})
	}
}

func TestM02Forwarded(t *testing.T) {
	w, h := serve(t)
	for _, header := range []string{
		"X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Port", "Forwarded", "Via", "X-Real-IP",
		"x_forwarded_for", "X_Forwarded-For", "X-Original-Forwarded-For",
	} {
		t.Run(header, func(t *testing.T) {
			for _, req := range []doortest.Request{
				appService(doortest.Secret("function"), ""), imds("function", "api-version=2018-02-01&"+storage),
			} {
				req.Header.Set(header, "127.0.0.1")
				w.Refused(w.Do(h, req), http.StatusBadRequest, azwire.ReasonMetadataForwarded)
			}
		})
	}
}

func TestM05OtherSpellingsOfThePath(t *testing.T) {
	w, h := serve(t)
	for _, path := range []string{
		`/metadata\identity\oauth2\token`, "/metadata%5cidentity/oauth2/token", "/metadata%2fidentity/oauth2/token",
		"//metadata/identity/oauth2/token", "/metadata//identity/oauth2/token", "/./metadata/identity/oauth2/token",
		"/x/../metadata/identity/oauth2/token", "/metadata/identity/oauth2/token;x", "/METADATA/identity/oauth2/token",
		"/metadata/identity/oauth2/token//", "/metadata/identity/oauth2/token%2f", "/metadata/identity/oauth2/token%00",
		"/launch//metadata/identity/oauth2/token", "/launch/a/b/metadata/identity/oauth2/token", "/msi//token", "/MSI/token",
		"/launch/%2e%2e/msi/token", "/",
	} {
		t.Run(path, func(t *testing.T) {
			rec := w.Do(h, doortest.Request{
				Target: path + "?api-version=2018-02-01&" + storage, Plain: true,
				Header: http.Header{"Metadata": {"true"}, "X-Identity-Header": {doortest.Secret("function")}},
			})
			w.Refused(rec, http.StatusNotFound, web.NoRoute)
			if to := rec.Header().Get("Location"); to != "" {
				t.Errorf("redirected to %s", to)
			}
		})
	}
}

// TestM09AnotherWorkloadsSecret holds that a secret is good for its own workload and nothing else: there is one endpoint for
// all, so knowing where it is gives nothing.
func TestM09AnotherWorkloadsSecret(t *testing.T) {
	w, h := serve(t)
	stranger := granted(t, w, h, appService(doortest.Secret("stranger"), ""))
	if want := doortest.GUID(doortest.StrangerID + 1).String(); stranger.ClientID != want {
		t.Errorf("the stranger's secret gives the identity %s", stranger.ClientID)
	}
	of := doortest.GUID(doortest.FunctionID + 1).String()
	w.Refused(w.Do(h, appService(doortest.Secret("stranger"), "&client_id="+of)), http.StatusBadRequest, mint.IdentityNotFound)
	w.Refused(w.Do(h, appService("", "&client_id="+of)), http.StatusUnauthorized, azwire.ReasonMetadataSecret)
}

func TestM10SecretHeader(t *testing.T) {
	w, h := serve(t)
	right := doortest.Secret("function")
	for name, tc := range map[string]struct {
		header http.Header
		want   fault.Reason
	}{
		"absent":          {nil, azwire.ReasonMetadataSecret},
		"empty":           {http.Header{"X-Identity-Header": {""}}, azwire.ReasonMetadataSecret},
		"twice":           {http.Header{"X-Identity-Header": {right, right}}, azwire.ReasonMetadataSecret},
		"wrong":           {http.Header{"X-Identity-Header": {right + "x"}}, resolve.UnknownProof},
		"cut":             {http.Header{"X-Identity-Header": {right[:len(right)-1]}}, resolve.UnknownProof},
		"its hash":        {http.Header{"X-Identity-Header": {resolve.HashSecret(right)}}, resolve.UnknownProof},
		"other flavour's": {http.Header{"Secret": {right}}, azwire.ReasonMetadataSecret},
		"as a bearer":     {http.Header{"Authorization": {"Bearer " + right}}, azwire.ReasonMetadataSecret},
	} {
		t.Run(name, func(t *testing.T) {
			req := appService(right, "")
			req.Header = tc.header
			w.Refused(w.Do(h, req), http.StatusUnauthorized, tc.want)
		})
	}
	t.Run("rule over", func(t *testing.T) {
		w.Pass(25 * time.Hour)
		w.Refused(w.Do(h, appService(right, "")), http.StatusUnauthorized, resolve.RuleExpired)
	})
}

func TestM14ParameterPollution(t *testing.T) {
	w, h := serve(t)
	client, object := doortest.GUID(doortest.OneID+1).String(), doortest.GUID(doortest.OneID).String()
	for name, tc := range map[string]struct {
		query string
		want  fault.Reason
	}{
		"resource twice":     {"api-version=2018-02-01&" + storage + "&" + storage, azwire.ReasonMetadataParameters},
		"resource escaped":   {"api-version=2018-02-01&" + storage + "&%72esource=api://x", azwire.ReasonMetadataParameters},
		"version twice":      {"api-version=2018-02-01&api-version=2019-08-01&" + storage, azwire.ReasonMetadataParameters},
		"two selectors":      {"api-version=2018-02-01&" + storage + "&client_id=" + client + "&object_id=" + object, azwire.ReasonMetadataSelector},
		"selector in case":   {"api-version=2018-02-01&" + storage + "&Client_ID=" + client, azwire.ReasonMetadataSelector},
		"other spelling":     {"api-version=2018-02-01&" + storage + "&clientid=" + client, azwire.ReasonMetadataSelector},
		"unknown version":    {"api-version=2017-12-01&" + storage, azwire.ReasonMetadataVersion},
		"no version":         {storage, azwire.ReasonMetadataVersion},
		"no resource":        {"api-version=2018-02-01", azwire.ReasonMetadataResource},
		"empty resource":     {"api-version=2018-02-01&resource=", azwire.ReasonMetadataResource},
		"semicolon":          {"api-version=2018-02-01;" + storage, azwire.ReasonMetadataVersion},
		"bad escape":         {"api-version=2018-02-01&resource=%zz", azwire.ReasonMetadataParameters},
		"too many":           {"api-version=2018-02-01&" + storage + strings.Repeat("&a=b", 100), azwire.ReasonMetadataParameters},
		"selector not an id": {"api-version=2018-02-01&" + storage + "&client_id=one", azwire.ReasonMetadataSelector},
	} {
		t.Run(name, func(t *testing.T) {
			w.Refused(w.Do(h, imds("several", tc.query)), http.StatusBadRequest, tc.want)
		})
	}
}

// TestM15NoFallback wants 400 and no token for an identity that is not the workload's own, however it is named.
func TestM15NoFallback(t *testing.T) {
	w, h := serve(t)
	two := doortest.ResourceID(doortest.North(), "Microsoft.ManagedIdentity/userAssignedIdentities", "two").String()
	for _, selector := range []string{
		"client_id=" + doortest.GUID(doortest.TwoID+1).String(), "object_id=" + doortest.GUID(doortest.TwoID).String(),
		"principal_id=" + doortest.GUID(doortest.TwoID).String(), "mi_res_id=" + two, "msi_res_id=" + two,
		"client_id=" + doortest.GUID(doortest.TwoID).String(), // an object id is no client id here
		"client_id=" + doortest.GUID(0xfff).String(),
	} {
		for _, workload := range []string{"function", "shared"} {
			rec := w.Do(h, imds(workload, "api-version=2018-02-01&"+storage+"&"+selector))
			w.Refused(rec, http.StatusBadRequest, mint.IdentityNotFound)
			if !strings.Contains(rec.Body.String(), "Identity not found") {
				t.Errorf("%s: clients look for the words: %s", selector, rec.Body)
			}
		}
	}
}

// TestIdentityGoneIs400 covers what happens after a deletion: never a status that clients repeat.
func TestIdentityGoneIs400(t *testing.T) {
	w, h := serve(t)
	one := doortest.ResourceID(doortest.North(), "Microsoft.ManagedIdentity/userAssignedIdentities", "one")
	record, _ := w.View.Identity(one)
	w.Delete(record)
	w.Refused(w.Do(h, appService(doortest.Secret("shared"), "")), http.StatusBadRequest, mint.NoIdentity)
	w.Delete(w.Workload("function").Resource)
	w.Refused(w.Do(h, appService(doortest.Secret("function"), "")), http.StatusBadRequest, resolve.WorkloadGone)
}

// TestF11OtherTenantsAudience asks for a token for an application that only the other tenant has.
func TestF11OtherTenantsAudience(t *testing.T) {
	w, h := serve(t)
	south := "api-version=2018-02-01&resource=" + doortest.SouthAudience
	granted(t, w, h, imds("stranger", south))
	w.Refused(w.Do(h, imds("function", south)), http.StatusBadRequest, mint.AudienceUnregistered)
}
