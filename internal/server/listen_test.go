package server

import (
	"maps"
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

// TestANewerDoorGetsItsURL: data folders that were made before a door existed get its address, and what is stored stays.
func TestANewerDoorGetsItsURL(t *testing.T) {
	stored := map[string]string{
		"entra": "https://127.0.0.1:0", "sts": "https://127.0.0.1:0", "s3": "https://127.0.0.1:0",
		"blob": "https://127.0.0.1:0", "console": "https://127.0.0.1:0", "metadata": "http://127.0.0.1:0",
	}
	before := maps.Clone(stored)
	open, added, err := listenAgain(t.Context(), Config{VaultDomain: "vault.example.org"}, stored)
	if err != nil {
		t.Fatal(err)
	}
	defer open.close()
	_, port, _ := strings.Cut(open[vaultPlace].Addr().String(), ":")
	want := map[string]string{
		"keyvault": "https://vault.example.org:" + port, "iam": stored["sts"], "arm": stored["entra"], "graph": stored["entra"] + "/graph",
		"storage": "https://storage.localhost:0",
	}
	if !maps.Equal(added, want) {
		t.Errorf("added %v, want %v", added, want)
	}
	if !maps.Equal(stored, before) {
		t.Errorf("what is stored became %v", stored)
	}
	// The next start has them all, listens at the vaults' port again, and adds nothing.
	open.close()
	maps.Copy(stored, added)
	stored[vaultPlace] = "https://vault.example.org:0"
	again, added, err := listenAgain(t.Context(), Config{}, stored)
	if err != nil || len(added) != 0 || again[vaultPlace] == nil {
		t.Errorf("the next start added %v, %v", added, err)
	}
	again.close()
}

// TestAnOldVaultPortInUse: a vault URL whose port is somebody else's is an honest error, never another port.
func TestAnOldVaultPortInUse(t *testing.T) {
	open, urls, err := listenFresh(t.Context(), Config{Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	defer open.close()
	for _, p := range places() {
		if p.name != vaultPlace {
			urls[p.name] = "https://127.0.0.1:0"
		}
	}
	again, _, err := listenAgain(t.Context(), Config{}, urls)
	if !fault.Is(err, PortInUse) {
		t.Errorf("got %v, want %s", err, PortInUse)
	}
	again.close()
}
