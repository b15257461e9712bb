package server

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// forStrangers are the routes that answer whoever asks: what a verifier or a client has to read before it can prove
// anything, and the health of the process.
var forStrangers = []string{
	"DiscoveryADFS", "DiscoveryV1", "DiscoveryV2", "Instance", "KeysCommon", "KeysV1", "KeysV2", "MetadataEndpoints",
	"livez", "metrics", "readyz",
}

// notThere are paths at which other servers have given strangers their environment, their memory or their settings.
var notThere = []string{
	"/debug/pprof/", "/debug/pprof/heap", "/debug/pprof/cmdline", "/debug/vars", "/debug/requests", "/env", "/actuator/env", "/config",
	"/minio/bootstrap/v1/verify", "/minio/health/cluster", "/v2/keys/", "/v3/kv/range", "/version", "/status", "/.env", "/.git/config",
	"/server-status", "/console", "/admin", "/api/v1/secrets", "/swagger.json",
}

var parameter = regexp.MustCompile(`\{[^}]+\}`)

// TestA19OnlyTheDocumentedSetAnswersStrangers asks every route of every door, and paths that must not be there, without any
// proof. Who is served is the list above and nobody else.
func TestA19OnlyTheDocumentedSetAnswersStrangers(t *testing.T) {
	h := startHouse(t)
	h.reachByName()
	var served []string
	for _, p := range h.doors() {
		base := strings.Replace(h.url(p.place), "//vault.", "//scene.vault.", 1) // each vault has a host of its own
		d, err := p.door.Mount(h.house())
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range d.Routes() {
			path := strings.ReplaceAll(r.Pattern, "{tenant}", h.View().Installation().Tenant.String())
			path = parameter.ReplaceAllString(path, "scenestore")
			header, body := map[string]string{}, ""
			switch p.place {
			case "entra": // what would be refused for the want of it says nothing about strangers
				version := map[bool]string{true: "1.1", false: "2022-09-01"}[r.Name == "Instance"]
				tenant := base + "/" + h.View().Installation().Tenant.String() + "/oauth2/authorize"
				path += "?api-version=" + version + "&authorization_endpoint=" + url.QueryEscape(tenant)
			case "sts":
				body = "Action=" + r.Name + "&Version=2011-06-15"
				header["Content-Type"] = "application/x-www-form-urlencoded"
			}
			if status, _, _ := h.send(r.Method, base+path, header, []byte(body)); status < http.StatusBadRequest {
				served = append(served, r.Name)
			}
		}
		for _, path := range notThere {
			for _, method := range []string{http.MethodGet, http.MethodPost} {
				if status, _, body := h.send(method, base+path, nil, nil); status < http.StatusBadRequest {
					t.Errorf("%s %s%s answers %d to a stranger: %.200s", method, base, path, status, body)
				}
			}
		}
	}
	slices.Sort(served)
	if got := slices.Compact(served); !slices.Equal(got, forStrangers) {
		t.Errorf("strangers are served by\n%v\nwant\n%v", got, forStrangers)
	}
}

// reachByName has the client find every host of this house on loopback, as a hosts file would.
func (h *house) reachByName() {
	transport := h.client.Transport.(*http.Transport) //nolint:forcetypeassert // startHouse made it
	transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		_, port, err := net.SplitHostPort(address)
		if err != nil {
			return nil, err
		}
		return (&net.Dialer{Timeout: time.Second}).DialContext(ctx, network, net.JoinHostPort("127.0.0.1", port))
	}
}
