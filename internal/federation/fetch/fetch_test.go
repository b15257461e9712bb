package fetch

import (
	"context"
	"crypto/x509"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/federation/issuertest"
	"github.com/lanyard-id/lanyard/internal/name"
)

func source(t *testing.T, i *issuertest.Issuer) Source {
	t.Helper()
	u, err := name.ParseIssuerURL(i.URL)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM([]byte(i.CA))
	return Source{Issuer: u, Roots: roots, Private: true}
}

func TestT13Addresses(t *testing.T) {
	for _, tc := range []struct {
		addr                      string
		public, private, loopback bool
	}{
		{"1.1.1.1", true, true, false},
		{"2606:4700::1111", true, true, false},
		{"64:ff9b::101:101", true, true, false}, // NAT64 of 1.1.1.1
		{"10.0.0.1", false, true, false},
		{"172.31.255.255", false, true, false},
		{"192.168.1.1", false, true, false},
		{"100.64.0.1", false, true, false},
		{"fd00::1", false, true, false},
		{"::ffff:10.0.0.1", false, true, false},
		{"64:ff9b::10.0.0.1", false, true, false},
		{"2002:a00:1::", false, true, false}, // 6to4 of 10.0.0.1
		{"127.0.0.1", false, true, true},
		{"127.8.9.1", false, true, true},
		{"::1", false, true, true},
		{"::ffff:127.0.0.1", false, true, true},
		{"64:ff9b::7f00:1", false, true, true},
		{"::7f00:1", false, true, true},
		{"0.0.0.0", false, false, false},
		{"0.1.2.3", false, false, false},
		{"::", false, false, false},
		{"::ffff:0.0.0.0", false, false, false},
		{"169.254.169.254", false, false, false},
		{"::ffff:169.254.169.254", false, false, false},
		{"64:ff9b::a9fe:a9fe", false, false, false},
		{"2002:a9fe:a9fe::", false, false, false},
		{"fe80::1%eth0", false, false, false},
		{"fd00:ec2::254", false, false, false},
		{"168.63.129.16", false, false, false},
		{"224.0.0.1", false, false, false},
		{"255.255.255.255", false, false, false},
		{"ff02::1", false, false, false},
	} {
		addr := netip.MustParseAddr(tc.addr)
		for reach, want := range map[Reach]bool{Public: tc.public, Private: tc.private, Loopback: tc.loopback} {
			if got := reach.allow(addr); (got == nil) != want {
				t.Errorf("%s, reach %d: %v", tc.addr, reach, got)
			}
		}
	}
}

// The address is judged when it is dialled, so a name that leads to loopback does not help.
func TestT13TheDialledAddressCounts(t *testing.T) {
	i := issuertest.New(t, time.Now)
	src := source(t, i)
	src.Private = false
	if _, err := Keys(t.Context(), src, nil); !fault.Is(err, AddressRefused) {
		t.Errorf("an address: %v", err)
	}
	byName, err := name.ParseIssuerURL(strings.Replace(i.URL, "127.0.0.1", "localhost", 1))
	if err != nil {
		t.Fatal(err)
	}
	src.Issuer = byName
	if _, err := Keys(t.Context(), src, nil); !fault.Is(err, AddressRefused) {
		t.Errorf("a name: %v", err)
	}
	if i.Asked() != 0 {
		t.Error("it was asked")
	}
}

func TestEachStepNamesItself(t *testing.T) {
	long := strings.Repeat(" ", MaxBytes)
	for what, tc := range map[string]struct {
		answer http.HandlerFunc
		want   fault.Reason
	}{
		"redirect":  {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/keys", http.StatusFound) }, Redirected},
		"not found": {http.NotFound, Unreachable},
		"not changed unasked": {
			func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotModified) }, Redirected,
		},
		"huge": {func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, "{}", long) }, TooLarge},
		"HTML": {func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, "<html>") }, DiscoveryMalformed},
		"F18 another issuer": {
			func(w http.ResponseWriter, _ *http.Request) {
				_, _ = fmt.Fprint(w, `{"issuer":"https://evil.example","jwks_uri":"https://x/"}`)
			},
			DiscoveryMismatch,
		},
		"keys by plain HTTP": {
			func(w http.ResponseWriter, r *http.Request) {
				_, _ = fmt.Fprintf(w, `{"issuer":"https://%s","jwks_uri":"http://127.0.0.1:1/keys"}`, r.Host)
			}, AddressRefused,
		},
		"keys at a metadata service": {
			func(w http.ResponseWriter, r *http.Request) {
				_, _ = fmt.Fprintf(w, `{"issuer":"https://%s","jwks_uri":"https://169.254.169.254/keys"}`, r.Host)
			}, AddressRefused,
		},
		"garbage for keys": {
			func(w http.ResponseWriter, r *http.Request) {
				_, _ = fmt.Fprintf(w, `{"issuer":"https://%s","jwks_uri":"https://%s/keys","keys":[]}`, r.Host, r.Host)
			}, KeysRefused,
		},
	} {
		i := issuertest.New(t, time.Now)
		i.Answer(tc.answer)
		if _, err := Keys(t.Context(), source(t, i), nil); !fault.Is(err, tc.want) {
			t.Errorf("%s: got %v, want %s", what, err, tc.want)
		}
	}
}

func TestJ27AServerThatDripsIsLeft(t *testing.T) {
	i := issuertest.New(t, time.Now)
	i.Answer(func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			_, _ = fmt.Fprint(w, " ")
			_ = http.NewResponseController(w).Flush()
			time.Sleep(time.Millisecond)
		}
	})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond) // the fetch's own bound works in the same way
	defer cancel()
	if _, err := Keys(ctx, source(t, i), nil); !fault.Is(err, Unreachable) {
		t.Errorf("got %v", err)
	}
}

func TestAnAuthorityOfItsOwn(t *testing.T) {
	i := issuertest.New(t, time.Now)
	src := source(t, i)
	if set, err := Keys(t.Context(), src, nil); err != nil || len(set.Keys) != 1 {
		t.Errorf("with it: %v", err)
	}
	src.Roots = nil
	if _, err := Keys(t.Context(), src, nil); !fault.Is(err, Unreachable) || !strings.Contains(fault.From(err).Public, "certificate") {
		t.Errorf("without it: %v", err)
	}
}

func TestPlainHTTPIsForLoopbackAlone(t *testing.T) {
	var server *httptest.Server
	i := issuertest.New(t, time.Now)
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/keys" {
			_, _ = fmt.Fprint(w, i.JWKS())
			return
		}
		_, _ = fmt.Fprintf(w, `{"issuer":%q,"jwks_uri":%q}`, server.URL, server.URL+"/keys")
	}))
	defer server.Close()
	u, err := name.ParseIssuerURL(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Keys(t.Context(), Source{Issuer: u, HTTPLoopback: true}, nil); err != nil {
		t.Error(err)
	}
	if _, err := Keys(t.Context(), Source{Issuer: u, Private: true}, nil); !fault.Is(err, AddressRefused) {
		t.Errorf("without the switch: %v", err)
	}
}

func TestTheServerMaySayThatNothingChanged(t *testing.T) {
	i := issuertest.New(t, time.Now)
	sent := 0
	i.Answer(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "public, Max-Age=420")
		switch {
		case r.URL.Path != "/keys":
			_, _ = fmt.Fprintf(w, `{"issuer":%q,"jwks_uri":%q}`, i.URL, i.URL+"/keys")
		case r.Header.Get("If-None-Match") == `"v1"`:
			w.WriteHeader(http.StatusNotModified)
		default:
			sent++
			w.Header().Set("ETag", `"v1"`)
			_, _ = fmt.Fprint(w, i.JWKS())
		}
	})
	first, err := Keys(t.Context(), source(t, i), nil)
	if err != nil {
		t.Fatal(err)
	}
	second, err := Keys(t.Context(), source(t, i), first)
	if err != nil {
		t.Fatal(err)
	}
	third, err := Keys(t.Context(), source(t, i), second)
	if err != nil || sent != 1 || len(third.Keys) != 1 || third.MaxAge != 420*time.Second {
		t.Errorf("sent %d times, %+v, %v", sent, third, err)
	}
}

func TestDiscoveryURL(t *testing.T) {
	for issuer, want := range map[string]string{
		"https://a.example":           "https://a.example/.well-known/openid-configuration",
		"https://sts.windows.net/x/":  "https://sts.windows.net/x/.well-known/openid-configuration",
		"https://a.example/realms/ci": "https://a.example/realms/ci/.well-known/openid-configuration",
	} {
		u, err := name.ParseIssuerURL(issuer)
		if err != nil {
			t.Fatal(err)
		}
		if got := DiscoveryURL(u); got != want {
			t.Errorf("%s: %s", issuer, got)
		}
	}
}

func FuzzParseDiscovery(f *testing.F) {
	for _, seed := range []string{
		`{"issuer":"https://a.example","jwks_uri":"https://a.example/keys"}`,
		`{"issuer":"https://b.example","jwks_uri":"https://a.example/keys"}`,
		`{"issuer":"https://a.example","Issuer":"x","jwks_uri":"https://a.example/keys"}`,
		`{"issuer":"https://a.example","jwks_uri":"https://u@a.example/keys#x"}`,
		`{"issuer":"https://a.example","jwks_uri":"file:///etc/passwd"}`,
		`{"issuer":"https://a.example","jwks_uri":"https://"}`, `{`, `[]`, ``,
	} {
		f.Add([]byte(seed))
	}
	issuer, err := name.ParseIssuerURL("https://a.example")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		u, err := ParseDiscovery(doc, issuer)
		if err != nil {
			if f := fault.From(err); f.Kind != fault.Unavailable || len(f.Public) > 1024 {
				t.Errorf("%v", err)
			}
			return
		}
		if u.Hostname() == "" || u.User != nil || u.Fragment != "" || u.Scheme != "https" && u.Scheme != "http" {
			t.Errorf("accepted %s", u)
		}
		if !strings.Contains(string(doc), "issuer") && !strings.Contains(string(doc), `\u`) {
			t.Error("accepted a document without an issuer")
		}
	})
}
