package server

import (
	"bytes"
	"net/url"
	"os"
	"path/filepath"
	"slices"
)

// systemRoots are where systems keep their trusted roots as one PEM file, the usual first.
func systemRoots() []string {
	return []string{
		"/etc/ssl/certs/ca-certificates.crt",                // Debian, Ubuntu, Gentoo
		"/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", // Fedora, RHEL
		"/etc/ssl/ca-bundle.pem",                            // openSUSE
		"/etc/ssl/cert.pem",                                 // Alpine, macOS
	}
}

// writeBundles writes what vouches for the doors: our authority's certificate and, where the operator configured a
// certificate, the end of its chain, because no client knows a self-signed one or a company's own authority.
func (s *Server) writeBundles() error {
	own := s.ring.CertificatePEM()
	if s.ownCert != nil {
		own = slices.Concat(own, s.ownCert.TrustPEM())
	}
	return writeBundleFiles(s.cfg.Data, own)
}

// writeBundleFiles writes our own certificates alone, for clients that add to their roots, and behind the system's
// roots, for clients that replace them.
func writeBundleFiles(data string, own []byte) error {
	var roots []byte
	for _, file := range systemRoots() {
		if b, err := os.ReadFile(file); err == nil { //nolint:gosec // fixed paths
			roots = append(bytes.TrimRight(b, "\n"), '\n')
			break
		}
	}
	if err := replaceFile(filepath.Join(data, ownCAFile), own); err != nil {
		return err
	}
	return replaceFile(filepath.Join(data, bundleFile), slices.Concat(roots, own))
}

// replaceFile writes a file that others may read, whole or not at all.
func replaceFile(path string, content []byte) error {
	if old, err := os.ReadFile(path); err == nil && bytes.Equal(old, content) { //nolint:gosec // in the data folder
		return nil
	}
	tmp := path + ".new"
	if err := os.WriteFile(tmp, content, 0o644); err != nil { //nolint:gosec // certificates are public
		return err
	}
	return os.Rename(tmp, path)
}

// hostsOf are the names and addresses in the public URLs; key vaults and storage accounts are sub-domains of theirs.
func hostsOf(urls map[string]string) []string {
	var hosts []string
	for place, text := range urls {
		u, err := url.Parse(text)
		switch {
		case err != nil || u.Hostname() == "":
		case place == vaultPlace:
			hosts = append(hosts, "*."+u.Hostname())
		case place == storagePlace:
			hosts = append(hosts, "*.blob."+u.Hostname(), "s3."+u.Hostname(), "*.s3."+u.Hostname())
		default:
			hosts = append(hosts, u.Hostname())
		}
	}
	slices.Sort(hosts)
	return slices.Compact(hosts)
}
