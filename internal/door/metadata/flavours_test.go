package metadata_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/attest/resolve"
	"github.com/lanyard-id/lanyard/internal/azwire"
	"github.com/lanyard-id/lanyard/internal/door/doortest"
	"github.com/lanyard-id/lanyard/internal/door/metadata"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/mint"
	"github.com/lanyard-id/lanyard/internal/web"
)

// flavour is one managed-identity protocol, for the suite that holds all of them to the same.
type flavour struct {
	name     string
	path     string // with %s where the secret goes, if it goes there
	query    string // what always stands in the query
	post     bool   // parameters go into a form
	metadata bool   // the header Metadata: true is required
	secret   string // the header with the secret; empty for one in the path
	client   string // the selector by client id; empty if nothing can be selected
	fabric   bool   // at the door with TLS
	detail   func(body map[string]any) string
}

func flavours() []flavour {
	oauth := func(b map[string]any) string { s, _ := b["error_description"].(string); return s }
	site := func(b map[string]any) string { s, _ := b["message"].(string); return s }
	nested := func(b map[string]any) string {
		inner, _ := b["error"].(map[string]any)
		s, _ := inner["message"].(string)
		return s
	}
	const imdsPath = "/launch/%s/metadata/identity/oauth2/token"
	return []flavour{
		{name: "IMDS", path: imdsPath, query: "api-version=2018-02-01", metadata: true, client: "client_id", detail: oauth},
		{name: "IMDS with a slash", path: imdsPath + "/", query: "api-version=2018-02-01", metadata: true, client: "client_id", detail: oauth},
		{name: "App Service", path: "/msi/token", query: "api-version=2019-08-01", secret: "X-Identity-Header", client: "client_id", detail: site},
		{name: "App Service of 2017", path: "/msi/token/", query: "api-version=2017-09-01", secret: "Secret", client: "clientid", detail: site},
		{name: "Azure ML", path: "/msi/token", query: "api-version=2017-09-01", secret: "Secret", client: "clientid", detail: site},
		{name: "Cloud Shell", path: "/launch/%s/msi/token", post: true, metadata: true, client: "client_id", detail: oauth},
		{name: "Automation", path: "/msi/token", post: true, metadata: true, secret: "X-Identity-Header", client: "client_id", detail: site},
		{name: "Service Fabric", path: "/msi/fabric/token", query: "api-version=2019-07-01-preview", secret: "Secret", fabric: true, detail: nested},
	}
}

// ask is a request in the flavour with the secret and the parameters.
func (f flavour) ask(secret, params string) doortest.Request {
	req := doortest.Request{Target: strings.ReplaceAll(f.path, "%s", secret), Header: http.Header{}, Plain: !f.fabric}
	if f.metadata {
		req.Header.Set("Metadata", "true")
	}
	if f.secret != "" {
		req.Header.Set(f.secret, secret)
	}
	query := f.query
	if f.post {
		req.Method, req.Body = http.MethodPost, params
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	} else {
		query += "&" + params
	}
	if query != "" {
		req.Target += "?" + query
	}
	return req
}

// both makes the door without TLS and the one with it, in one world.
func both(t *testing.T) (w *doortest.World, at func(flavour) http.Handler) {
	t.Helper()
	w, plain := serve(t)
	secure, err := metadata.Fabric{Door: metadata.Door{View: w.Current, Mint: w.Mint, Now: w.Now}}.Mount(w.Config())
	if err != nil {
		t.Fatal(err)
	}
	return w, func(f flavour) http.Handler {
		if f.fabric {
			return secure
		}
		return plain
	}
}

// refusedAs wants a refusal in the words of the flavour, with the request id in the text that clients show.
func (f flavour) refusedAs(t *testing.T, w *doortest.World, rec *httptest.ResponseRecorder, status int, why fault.Reason) {
	t.Helper()
	w.Refused(rec, status, why)
	var body map[string]any
	if err := json.Unmarshal(rec.Body.Bytes(), &body); err != nil || !strings.Contains(f.detail(body), doortest.RequestID) {
		t.Errorf("the refusal is %s, %v", rec.Body, err)
	}
	if rec.Header().Get("Server") != "" {
		t.Errorf("it says what it is: %v", rec.Header())
	}
}

// TestEveryFlavour holds all flavours to the same, each in its own words.
func TestEveryFlavour(t *testing.T) {
	for _, f := range flavours() {
		t.Run(f.name, func(t *testing.T) {
			w, at := both(t)
			h, secret := at(f), doortest.Secret("function")
			t.Run("M01ForgedBrowserRequest", func(t *testing.T) {
				granted(t, w, h, f.ask(secret, storage))
				if !f.metadata {
					return // its proof is a header already
				}
				for _, value := range [][]string{nil, {""}, {"false"}, {"true", "true"}} {
					req := f.ask(secret, storage)
					req.Header["Metadata"] = value
					f.refusedAs(t, w, w.Do(h, req), http.StatusBadRequest, azwire.ReasonMetadataHeader)
				}
			})
			t.Run("M02Forwarded", func(t *testing.T) {
				for _, header := range []string{"X-Forwarded-For", "Forwarded", "Via", "X_Forwarded_For", "X-Real-IP"} {
					req := f.ask(secret, storage)
					req.Header.Set(header, "127.0.0.1")
					f.refusedAs(t, w, w.Do(h, req), http.StatusBadRequest, azwire.ReasonMetadataForwarded)
				}
			})
			t.Run("M05OtherSpellingsOfThePath", func(t *testing.T) {
				for _, change := range []func(string) string{
					func(p string) string { return "/" + p }, func(p string) string { return strings.Replace(p, "/token", "%2ftoken", 1) },
					func(p string) string { return strings.Replace(p, "/token", `\token`, 1) }, func(p string) string { return strings.Replace(p, "/token", "/./token", 1) },
					func(p string) string { return strings.Replace(p, "/token", "/token;x", 1) }, func(p string) string { return strings.Replace(p, "/token", "/TOKEN", 1) },
				} {
					req := f.ask(secret, storage)
					path, query, found := strings.Cut(req.Target, "?")
					if req.Target = change(path); found {
						req.Target += "?" + query
					}
					w.Refused(w.Do(h, req), http.StatusNotFound, web.NoRoute)
				}
			})
			t.Run("M10SecretHeader", func(t *testing.T) {
				for _, wrong := range []string{secret + "x", secret[1:], resolve.HashSecret(secret)} {
					f.refusedAs(t, w, w.Do(h, f.ask(wrong, storage)), http.StatusUnauthorized, resolve.UnknownProof)
				}
				if f.secret == "" {
					return
				}
				for _, values := range [][]string{nil, {""}, {secret, secret}} {
					req := f.ask(secret, storage)
					req.Header[f.secret] = values
					f.refusedAs(t, w, w.Do(h, req), http.StatusUnauthorized, azwire.ReasonMetadataSecret)
				}
			})
			t.Run("M14ParameterPollution", func(t *testing.T) {
				for _, params := range []string{storage + "&" + storage, storage + "&Resource=api://x", storage + "&%72esource=x", storage + "&a=%zz"} {
					if strings.Contains(f.query, "2017-09-01") { // what cannot be read has no version: the later flavour answers
						if rec := w.Do(h, f.ask(secret, params)); rec.Code != http.StatusUnauthorized && rec.Code != http.StatusBadRequest {
							t.Errorf("%s is answered with %d", params, rec.Code)
						}
						continue
					}
					f.refusedAs(t, w, w.Do(h, f.ask(secret, params)), http.StatusBadRequest, azwire.ReasonMetadataParameters)
				}
				for _, params := range []string{"a=b", "resource=", "resource=a%20b"} {
					f.refusedAs(t, w, w.Do(h, f.ask(secret, params)), http.StatusBadRequest, azwire.ReasonMetadataResource)
				}
				id := doortest.GUID(doortest.OneID + 1).String()
				f.refusedAs(t, w, w.Do(h, f.ask(secret, storage+"&CLIENT_ID="+id)), http.StatusBadRequest, azwire.ReasonMetadataSelector)
				if f.query != "" {
					req := f.ask(secret, storage)
					req.Target = strings.Replace(req.Target, "api-version=20", "api-version=30", 1)
					if f.secret == "Secret" && !f.fabric {
						return // with another version it is another flavour, whose header is missing
					}
					f.refusedAs(t, w, w.Do(h, req), http.StatusBadRequest, azwire.ReasonMetadataVersion)
				}
			})
			t.Run("M15NoFallback", func(t *testing.T) {
				two := doortest.GUID(doortest.TwoID + 1).String()
				if f.client == "" {
					for _, selector := range []string{"client_id", "object_id", "mi_res_id", "clientid"} {
						f.refusedAs(t, w, w.Do(h, f.ask(secret, storage+"&"+selector+"="+two)), http.StatusBadRequest, azwire.ReasonMetadataSelector)
					}
					return
				}
				f.refusedAs(t, w, w.Do(h, f.ask(secret, storage+"&"+f.client+"="+two)), http.StatusBadRequest, mint.IdentityNotFound)
				f.refusedAs(t, w, w.Do(h, f.ask(doortest.Secret("several"), storage)), http.StatusBadRequest, mint.IdentityAmbiguous)
				if r := granted(t, w, h, f.ask(doortest.Secret("several"), storage+"&"+f.client+"="+two)); r.ClientID != two {
					t.Errorf("asked for %s, got %s", two, r.ClientID)
				}
			})
		})
	}
}

// TestWire20PathsOfNewerProtocols are asked by clients that look for one: any answer but 404 is a yes to them.
func TestWire20PathsOfNewerProtocols(t *testing.T) {
	w, h := serve(t)
	for _, prefix := range []string{"", "/launch/" + doortest.Secret("function")} {
		for path, method := range map[string]string{
			"/metadata/identity/getplatformmetadata": http.MethodGet, "/metadata/identity/issuecredential": http.MethodPost,
			"/metadata/identity/": http.MethodGet, "/metadata/instance/compute": http.MethodGet, "/metadata/instance": http.MethodGet,
		} {
			rec := w.Do(h, doortest.Request{
				Method: method, Target: prefix + path + "?api-version=2021-02-01", Header: http.Header{"Metadata": {"true"}}, Plain: true,
			})
			w.Refused(rec, http.StatusNotFound, web.NoRoute)
			if rec.Header().Get("Server") != "" {
				t.Errorf("it says what it is: %v", rec.Header())
			}
		}
	}
}
