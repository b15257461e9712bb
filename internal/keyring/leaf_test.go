package keyring

import (
	"bytes"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/store/memory"
)

func newFuzzStore(testing.TB) *memory.Store { return memory.New() }

func benchRing(b *testing.B) *Ring {
	b.Helper()
	r, err := Open(b.Context(), Config{Store: memory.New(), StoreID: "s", KEKPath: b.TempDir() + "/kek", Now: time.Now})
	if err != nil {
		b.Fatal(err)
	}
	return r
}

// handshake connects a client that trusts pool and expects serverName, and gives the client's error.
func handshake(t *testing.T, pool *x509.CertPool, serverName string, cert func(*tls.ClientHelloInfo) (*tls.Certificate, error), now func() time.Time) error {
	t.Helper()
	near, far := net.Pipe()
	server := tls.Server(far, &tls.Config{GetCertificate: cert, MinVersion: tls.VersionTLS13})
	go func() {
		_ = server.Handshake() // the client's error is what is asserted
		_ = far.Close()
	}()
	client := tls.Client(near, &tls.Config{RootCAs: pool, ServerName: serverName, Time: now, MinVersion: tls.VersionTLS13})
	defer func() { _ = near.Close() }()
	return client.HandshakeContext(t.Context())
}

func TestListenersCertificate(t *testing.T) {
	h := newHouse(t)
	h.cfg.Hosts = []string{"Lanyard.Example", "*.vault.example", "192.0.2.7", "[2001:db8::1]"}
	r := h.open(t)
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(r.CertificatePEM()) {
		t.Fatal("no certificate in the PEM")
	}
	for host, ok := range map[string]bool{
		"localhost": true, "127.0.0.1": true, "::1": true, "lanyard.example": true, "a.vault.example": true,
		"192.0.2.7": true, "2001:db8::1": true,
		"example": false, "a.lanyard.example": false, "a.b.vault.example": false, "127.0.0.2": false, "login.microsoftonline.com": false,
	} {
		if err := handshake(t, pool, host, r.GetCertificate, h.clock.now); (err == nil) != ok {
			t.Errorf("as %s: %v, want success %v", host, err, ok)
		}
	}
}

func TestCertificateIsRenewedAtHalfLife(t *testing.T) {
	h := newHouse(t)
	r := h.open(t)
	first, err := r.GetCertificate(nil)
	must(t, err)
	h.clock.forward(leafLife/2 - time.Second)
	if again, err := r.GetCertificate(nil); err != nil || again != first {
		t.Errorf("before half of its life the certificate changed (%v)", err)
	}
	h.clock.forward(time.Second)
	next, err := r.GetCertificate(nil)
	must(t, err)
	if next == first || samePublic(next.Leaf.PublicKey, first.Leaf.PublicKey) {
		t.Error("at half of its life the certificate or its key is the old one")
	}
	if got := next.Leaf.NotAfter.Sub(h.clock.t); got != leafLife {
		t.Errorf("it lives %v, want %v", got, leafLife)
	}
}

// TestH05AuthorityIsConstrained: even with the authority's key, nobody can vouch for another host.
func TestH05AuthorityIsConstrained(t *testing.T) {
	h := newHouse(t)
	h.cfg.Hosts = []string{"lanyard.example"}
	r := h.open(t)
	ca := r.snap.Load().issuing
	for _, tc := range []struct {
		name string
		dns  []string
		ips  []net.IP
		ok   bool
	}{
		{"ours", []string{"lanyard.example"}, nil, true},
		{"below ours", []string{"a.lanyard.example"}, nil, true},
		{"another", []string{"login.microsoftonline.com"}, nil, false},
		{"another beside ours", []string{"lanyard.example", "sts.amazonaws.com"}, nil, false},
		{"ours as a suffix", []string{"evil-lanyard.example"}, nil, false},
		{"in capitals", []string{"EVIL.example"}, nil, false},
		{"a wildcard above", []string{"*.example"}, nil, false},
		{"another address", nil, []net.IP{net.IPv4(169, 254, 169, 254)}, false},
		{"another loopback address", nil, []net.IP{net.IPv4(127, 0, 0, 2)}, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			leaf, err := ca.issueLeaf(hostNames{dns: append(tc.dns, "localhost"), ips: tc.ips}, h.clock.t)
			must(t, err)
			_, err = leaf.Leaf.Verify(x509.VerifyOptions{Roots: r.CertPool(), CurrentTime: h.clock.t})
			if (err == nil) != tc.ok {
				t.Errorf("%v, want success %v", err, tc.ok)
			}
		})
	}
}

func TestAuthorityIssuesNoAuthority(t *testing.T) {
	h := newHouse(t)
	r := h.open(t)
	ca := r.snap.Load().issuing
	key, err := newP256()
	must(t, err)
	template := &x509.Certificate{
		Subject: pkix.Name{CommonName: "sub"}, NotBefore: h.clock.t, NotAfter: h.clock.t.Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, ca.cert, key.Public(), ca.private)
	must(t, err)
	sub, err := x509.ParseCertificate(der)
	must(t, err)
	leaf, err := (&authorityKey{cert: sub, private: key}).issueLeaf(r.hosts, h.clock.t)
	must(t, err)
	between := x509.NewCertPool()
	between.AddCert(sub)
	_, err = leaf.Leaf.Verify(x509.VerifyOptions{Roots: r.CertPool(), Intermediates: between, CurrentTime: h.clock.t})
	if err == nil {
		t.Error("an authority below ours is trusted")
	}
}

func TestNewHostGetsANewAuthority(t *testing.T) {
	h := newHouse(t)
	first := h.open(t)
	before := first.CertificatePEM()
	oldLeaf, err := first.GetCertificate(nil)
	must(t, err)
	h.clock.forward(time.Hour)
	h.cfg.Hosts = []string{"lanyard.example"}
	second := h.open(t)
	if err := handshake(t, second.CertPool(), "lanyard.example", second.GetCertificate, h.clock.now); err != nil {
		t.Errorf("the new host: %v", err)
	}
	if !bytes.HasPrefix(second.CertificatePEM(), before) {
		t.Error("the old authority is no longer trusted")
	}
	if _, err := oldLeaf.Leaf.Verify(x509.VerifyOptions{Roots: second.CertPool(), CurrentTime: h.clock.t}); err != nil {
		t.Errorf("the certificate of the server that still runs: %v", err)
	}
	must(t, first.Reload(t.Context()))
	fresh, err := first.GetCertificate(nil)
	must(t, err)
	if fresh == oldLeaf {
		t.Error("the other server goes on with the old authority's certificate")
	}
	keys := 0
	for _, a := range second.snap.Load().authorities {
		if a.private != nil {
			keys++
		}
	}
	if keys != 1 {
		t.Errorf("%d authorities have a key, want 1", keys)
	}
	if third := h.open(t); !bytes.Equal(third.CertificatePEM(), second.CertificatePEM()) {
		t.Error("the next start made another authority")
	}
}

func TestOpenRefusesHosts(t *testing.T) {
	for _, host := range []string{"", "a b", "a..b", "-a", "a-", "*", "*.", "a.*.b", "https://x", "x:443", "ä.example"} {
		if h, err := parseHosts([]string{host}); err == nil {
			t.Errorf("host %q is accepted as %v", host, h)
		}
	}
}

func TestLoadPair(t *testing.T) {
	h := newHouse(t)
	r := h.open(t)
	dir := t.TempDir()
	certFile, keyFile := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	if _, err := LoadPair(certFile, keyFile); !fault.Is(err, BadCertificate) {
		t.Errorf("without files: %v, want %s", err, BadCertificate)
	}
	first, second := writePair(t, r, h, dir, ""), writePair(t, r, h, dir, "2")
	p, err := LoadPair(certFile, keyFile)
	must(t, err)
	if got, err := p.GetCertificate(nil); err != nil || !bytes.Equal(got.Certificate[0], first) {
		t.Errorf("the certificate is another one (%v)", err)
	}
	if changed, err := p.Reload(); changed || err != nil {
		t.Errorf("Reload = %v, %v; nothing changed", changed, err)
	}
	must(t, os.Rename(filepath.Join(dir, "cert2.pem"), certFile)) // the key follows a moment later
	if _, err := p.Reload(); !fault.Is(err, BadCertificate) {
		t.Errorf("certificate without its key: %v, want %s", err, BadCertificate)
	}
	if got, err := p.GetCertificate(nil); err != nil || !bytes.Equal(got.Certificate[0], first) {
		t.Errorf("the last good certificate is gone (%v)", err)
	}
	must(t, os.Rename(filepath.Join(dir, "key2.pem"), keyFile))
	if changed, err := p.Reload(); !changed || err != nil {
		t.Errorf("Reload = %v, %v; the pair changed", changed, err)
	}
	if got, err := p.GetCertificate(nil); err != nil || !bytes.Equal(got.Certificate[0], second) {
		t.Errorf("the new certificate is not there (%v)", err)
	}
}

// writePair writes cert<n>.pem and key<n>.pem and gives the certificate.
func writePair(t *testing.T, r *Ring, h *house, dir, n string) []byte {
	t.Helper()
	leaf, err := r.snap.Load().issuing.issueLeaf(r.hosts, h.clock.t)
	must(t, err)
	key, err := x509.MarshalPKCS8PrivateKey(leaf.PrivateKey)
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, "cert"+n+".pem"), pemCertificate(leaf.Leaf), 0o600))
	must(t, os.WriteFile(filepath.Join(dir, "key"+n+".pem"), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}), 0o600))
	return leaf.Certificate[0]
}
