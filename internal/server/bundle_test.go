package server

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestClientsTrustAnOwnCertificate configures a self-signed certificate, which nobody's system knows, and reaches a door
// with nothing but the files that clients are pointed at; then it replaces the certificate.
func TestClientsTrustAnOwnCertificate(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	cfg := Config{Data: t.TempDir(), Listen: "127.0.0.1:0"}
	cfg.Certificate, cfg.Key = selfSigned(t, t.TempDir())
	s, err := New(t.Context(), cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("the server stopped with %v", err)
		}
	})
	reach := func(when string) {
		t.Helper()
		for _, file := range []string{ownCAFile, bundleFile} {
			if err := getTrusting(t, filepath.Join(cfg.Data, file), s.View().Installation().URLs["console"]+"/livez"); err != nil {
				t.Errorf("%s, with the roots of %s: %v", when, file, err)
			}
		}
	}
	reach("at the start")
	if got := filepath.Base(s.Status().AWSCA); got != bundleFile { // the system's roots may be what vouches for it
		t.Errorf("AWS's clients are given %s", got)
	}
	if got := filepath.Base((&Server{cfg: cfg}).awsRoots()); got != ownCAFile {
		t.Errorf("without a configured certificate AWS's clients are given %s", got)
	}

	selfSigned(t, filepath.Dir(cfg.Certificate))
	if err := s.reloadCertificate(t.Context()); err != nil {
		t.Fatal(err)
	}
	reach("after another certificate took its place")
}

// getTrusting asks for a page on a connection of its own, with the roots of a file.
func getTrusting(t *testing.T, file, url string) error {
	t.Helper()
	roots := x509.NewCertPool()
	content, err := os.ReadFile(file)
	if err != nil || !roots.AppendCertsFromPEM(content) {
		t.Fatalf("no roots in %s: %v", file, err)
	}
	client := &http.Client{Transport: &http.Transport{
		DisableKeepAlives: true, TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
	}}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := client.Do(req)
	if err != nil {
		return err
	}
	return answer.Body.Close()
}

// selfSigned writes a certificate for 127.0.0.1 that vouches for itself, and its key.
func selfSigned(t *testing.T, dir string) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	cert, key = filepath.Join(dir, "own.pem"), filepath.Join(dir, "own.key")
	for path, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: keyDER}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key
}
