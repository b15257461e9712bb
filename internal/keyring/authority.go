package keyring

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"
)

// Lives of certificates.
const (
	authorityLife = 10 * 365 * 24 * time.Hour
	leafLife      = 30 * 24 * time.Hour
	signCertLife  = 5 * 365 * 24 * time.Hour // verifiers use the key, not the certificate's dates
	backdate      = time.Hour                // for clients whose clock is behind
)

// authorityRecord is what is stored about a certificate authority, beside its key in PKCS #8 form; both are sealed. The
// key is gone once a newer authority issues.
type authorityRecord struct {
	Created time.Time `json:"created"`
	Cert    []byte    `json:"cert"` // DER
}

// authorityKey is an authority ready for use.
type authorityKey struct {
	id      string
	created time.Time
	cert    *x509.Certificate
	private crypto.Signer // nil once a newer authority issues
}

func newP256() (crypto.Signer, error) { return ecdsa.GenerateKey(elliptic.P256(), rand.Reader) }

// hostNames are the names of the listeners, sorted into kinds.
type hostNames struct {
	dns []string
	ips []net.IP
}

// parseHosts sorts the names that every certificate has (loopback) and the configured ones. A leading "*." stands for
// one label in a certificate.
func parseHosts(hosts []string) (hostNames, error) {
	h := hostNames{dns: []string{"localhost"}, ips: []net.IP{net.IPv4(127, 0, 0, 1).To4(), net.IPv6loopback}}
	for _, host := range hosts {
		if ip := net.ParseIP(strings.Trim(host, "[]")); ip != nil {
			if v4 := ip.To4(); v4 != nil {
				ip = v4
			}
			if !slices.ContainsFunc(h.ips, ip.Equal) {
				h.ips = append(h.ips, ip)
			}
			continue
		}
		if !isHostName(strings.TrimPrefix(host, "*.")) {
			return hostNames{}, fmt.Errorf("%q is not a host name or an IP address", host)
		}
		if host = strings.ToLower(host); !slices.Contains(h.dns, host) {
			h.dns = append(h.dns, host)
		}
	}
	return h, nil
}

// isHostName tells whether s is letters, digits and dashes in labels (RFC 1123 section 2.1).
func isHostName(s string) bool {
	if len(s) > 253 {
		return false
	}
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for _, c := range []byte(label) {
			if c != '-' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
				return false
			}
		}
	}
	return true
}

// newAuthority makes an authority that can only vouch for these hosts: name constraints (RFC 5280 section 4.2.1.10)
// make a stolen authority key useless against every other site. The hosts of an authority that it replaces stay.
func newAuthority(hosts hostNames, old *x509.Certificate, now time.Time) (string, authorityRecord, secret, error) {
	key, err := newP256()
	if err != nil {
		return "", authorityRecord{}, secret{}, fmt.Errorf("make authority key: %w", err)
	}
	var serial [16]byte
	_, _ = rand.Read(serial[:]) // never fails since Go 1.24: the process ends instead
	id := hex.EncodeToString(serial[:])
	template := &x509.Certificate{
		Subject:                     pkix.Name{CommonName: "Lanyard CA " + id[:8], Organization: []string{"Lanyard"}},
		NotBefore:                   now.Add(-backdate),
		NotAfter:                    now.Add(authorityLife),
		IsCA:                        true,
		BasicConstraintsValid:       true,
		MaxPathLenZero:              true, // no authority below this one
		KeyUsage:                    x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		ExtKeyUsage:                 []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		PermittedDNSDomainsCritical: true,
	}
	permit(template, hosts)
	if old != nil {
		template.PermittedDNSDomains = union(template.PermittedDNSDomains, old.PermittedDNSDomains)
		template.PermittedIPRanges = unionNets(template.PermittedIPRanges, old.PermittedIPRanges)
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return "", authorityRecord{}, secret{}, fmt.Errorf("make authority certificate: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return "", authorityRecord{}, secret{}, fmt.Errorf("encode authority key: %w", err)
	}
	return id, authorityRecord{Created: now.UTC(), Cert: cert}, newSecret(der), nil
}

// permit constrains the template to the hosts.
func permit(template *x509.Certificate, hosts hostNames) {
	for _, d := range hosts.dns {
		template.PermittedDNSDomains = append(template.PermittedDNSDomains, strings.TrimPrefix(d, "*."))
	}
	for _, ip := range hosts.ips {
		bits := 8 * len(ip)
		template.PermittedIPRanges = append(template.PermittedIPRanges, &net.IPNet{IP: ip, Mask: net.CIDRMask(bits, bits)})
	}
}

func union(a, b []string) []string {
	for _, s := range b {
		if !slices.Contains(a, s) {
			a = append(a, s)
		}
	}
	return a
}

func unionNets(a, b []*net.IPNet) []*net.IPNet {
	for _, n := range b {
		if !slices.ContainsFunc(a, func(o *net.IPNet) bool { return o.String() == n.String() }) {
			a = append(a, n)
		}
	}
	return a
}

// covers tells whether the authority may vouch for all the hosts.
func (a *authorityKey) covers(hosts hostNames) bool {
	for _, d := range hosts.dns {
		d = strings.TrimPrefix(d, "*.")
		within := func(p string) bool { return d == p || strings.HasSuffix(d, "."+p) }
		if !slices.ContainsFunc(a.cert.PermittedDNSDomains, within) {
			return false
		}
	}
	for _, ip := range hosts.ips {
		if !slices.ContainsFunc(a.cert.PermittedIPRanges, func(n *net.IPNet) bool { return n.Contains(ip) }) {
			return false
		}
	}
	return true
}

// authorityKey makes the record ready for use.
func (r authorityRecord) authorityKey(id string, key secret) (*authorityKey, error) {
	cert, err := x509.ParseCertificate(r.Cert)
	if err != nil {
		return nil, fmt.Errorf("certificate: %w", err)
	}
	a := &authorityKey{id: id, created: r.Created, cert: cert}
	if len(key.bytes()) == 0 {
		return a, nil
	}
	if a.private, err = parsePrivate(key); err != nil {
		return nil, err
	}
	if !samePublic(cert.PublicKey, a.private.Public()) {
		return nil, errors.New("key and certificate do not belong together")
	}
	return a, nil
}

// signingCertificate is the self-signed certificate that publishes a token-signing key (x5c, x5t). It is no authority
// and vouches for no host.
func signingCertificate(key crypto.Signer, now time.Time) ([]byte, error) {
	template := &x509.Certificate{
		Subject:               pkix.Name{CommonName: "Lanyard token signing"},
		NotBefore:             now.Add(-backdate),
		NotAfter:              now.Add(signCertLife),
		KeyUsage:              x509.KeyUsageDigitalSignature,
		BasicConstraintsValid: true,
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("make signing certificate: %w", err)
	}
	return cert, nil
}

// pemCertificate is a certificate as text.
func pemCertificate(cert *x509.Certificate) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw})
}
