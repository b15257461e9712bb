package server

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/fault"
)

// TestMetadataStaysOnLoopback wants the one listener without TLS on loopback wherever the others are: launch secrets and
// tokens go over it in clear.
func TestMetadataStaysOnLoopback(t *testing.T) {
	for host, want := range map[string]string{
		"127.0.0.1": "127.0.0.1", "127.0.0.2": "127.0.0.2", "::1": "::1", "::ffff:127.0.0.3": "::ffff:127.0.0.3",
		"localhost": "localhost", "": loopback, "0.0.0.0": loopback, "::": loopback, "192.0.2.7": loopback,
		"2001:db8::7": loopback, "lanyard.example": loopback, "localhost.example": loopback, "LOCALHOST": loopback,
	} {
		for _, p := range places() {
			wanted := host
			if p.name == "metadata" {
				wanted = want
			}
			if got := p.host(host); got != wanted {
				t.Errorf("%s of a server at %q is at %q, want %q", p.name, host, got, wanted)
			}
		}
	}
}

// TestListenNamesOneAddress wants a host that every URL can name: what listens everywhere has no address, and its tokens
// an issuer that leads nowhere.
func TestListenNamesOneAddress(t *testing.T) {
	for _, listen := range []string{":0", "0.0.0.0:0", "[::]:0", "[::ffff:0.0.0.0]:0"} {
		open, _, err := listenFresh(t.Context(), Config{Listen: listen})
		if !fault.Is(err, CannotListen) {
			t.Errorf("%q gave %v, want %s", listen, err, CannotListen)
		}
		open.close()
	}
	open, urls, err := listenFresh(t.Context(), Config{Listen: "127.0.0.2:0"})
	if err != nil {
		t.Fatal(err)
	}
	defer open.close()
	for name, text := range urls {
		if name == storagePlace { // a domain at a door that is here already
			continue
		}
		u, err := url.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if name == vaultPlace { // its URL is a domain
			u.Host = open[name].Addr().String()
		}
		if at, err := netip.ParseAddrPort(u.Host); err != nil || at.Addr().String() != "127.0.0.2" {
			t.Errorf("%s is at %s", name, text)
		}
	}
}

// TestAStorageDomain: accounts have names below the domain, at the Blob listener's port, and the certificate vouches for them.
func TestAStorageDomain(t *testing.T) {
	for domain, want := range map[string]string{"": "storage.localhost", "storage.example.org": "storage.example.org"} {
		open, urls, err := listenFresh(t.Context(), Config{Listen: "127.0.0.1:0", StorageDomain: domain})
		if err != nil {
			t.Fatal(err)
		}
		open.close()
		u, err := url.Parse(urls[storagePlace])
		if err != nil || u.Hostname() != want || ":"+u.Port() != urls["blob"][strings.LastIndex(urls["blob"], ":"):] {
			t.Errorf("the domain %q is at %s, %v", domain, urls[storagePlace], err)
		}
		if hosts := hostsOf(urls); !slices.Contains(hosts, "*.blob."+want) {
			t.Errorf("the certificate is for %v", hosts)
		}
	}
}
