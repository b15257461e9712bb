package web

import (
	"net/http/httptest"
	"net/netip"
	"testing"
)

func TestM02ForwardingHeaders(t *testing.T) {
	for _, name := range []string{
		"X-Forwarded-For", "x-forwarded-for", "X_Forwarded_For", "X_FORWARDED-FOR", "X-Forwarded-Host",
		"X-Forwarded-Proto", "X-Forwarded", "Forwarded", "Via", "X-Real-IP", "X_Real_IP", "X-Original-Forwarded-For",
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header[name] = []string{""}
		if got := Forwarded(r); got != name {
			t.Errorf("%s: got %q", name, got)
		}
	}
	r := httptest.NewRequest("GET", "/", nil)
	for _, name := range []string{"Metadata", "User-Agent", "X-Forward", "X-Ms-Version", "Viaduct"} {
		r.Header.Set(name, "1")
	}
	if got := Forwarded(r); got != "" {
		t.Errorf("%q counts as a forwarding header", got)
	}
}

func TestClientIP(t *testing.T) {
	trusted := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	tests := []struct {
		name, peer string
		xff        []string
		trusted    []netip.Prefix
		want       string
	}{
		{"peer", "192.0.2.1:80", nil, trusted, "192.0.2.1"},
		{"stranger's header", "192.0.2.1:80", []string{"203.0.113.9"}, trusted, "192.0.2.1"},
		{"nobody trusted", "10.0.0.1:80", []string{"203.0.113.9"}, nil, "10.0.0.1"},
		{"one proxy", "10.0.0.1:80", []string{"203.0.113.9"}, trusted, "203.0.113.9"},
		{"forged first hop", "10.0.0.1:80", []string{"127.0.0.1, 203.0.113.9"}, trusted, "203.0.113.9"},
		{"two proxies", "10.0.0.1:80", []string{"203.0.113.9, 10.0.0.2"}, trusted, "203.0.113.9"},
		{"two lines", "10.0.0.1:80", []string{"198.51.100.1", "203.0.113.9"}, trusted, "203.0.113.9"},
		{"only proxies", "10.0.0.1:80", []string{"10.0.0.3"}, trusted, "10.0.0.3"},
		{"no header", "10.0.0.1:80", nil, trusted, "10.0.0.1"},
		{"unreadable", "10.0.0.1:80", []string{"203.0.113.9, unknown"}, trusted, "invalid IP"},
		{"mapped", "[::ffff:10.0.0.1]:80", []string{"203.0.113.9"}, trusted, "203.0.113.9"},
		{"IPv6", "[fd00::1%eth0]:80", []string{"2001:db8::1"}, trusted, "2001:db8::1"},
		{"unix socket", "@", []string{"203.0.113.9"}, trusted, "invalid IP"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			r := httptest.NewRequest("GET", "/", nil)
			r.RemoteAddr = tc.peer
			r.Header["X-Forwarded-For"] = tc.xff
			if got := ClientIP(r, tc.trusted).String(); got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
		})
	}
}
