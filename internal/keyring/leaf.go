package keyring

import (
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// leaf is the certificate of this server's listeners. Its key is in memory only and new at each start.
type leaf struct {
	now    atomic.Pointer[issued]
	making sync.Mutex // one is made at a time
}

// issued is a leaf certificate and who issued it.
type issued struct {
	tls   *tls.Certificate
	by    *authorityKey
	renew time.Time
}

// CertificatePEM is the certificates that clients must trust, as text: the authority that issues, and older ones that
// have not ended.
func (r *Ring) CertificatePEM() []byte {
	var out []byte
	now := r.cfg.Now()
	for _, a := range r.snap.Load().authorities {
		if now.Before(a.cert.NotAfter) {
			out = append(out, pemCertificate(a.cert)...)
		}
	}
	return out
}

// CertPool is the same as CertificatePEM, for Go clients.
func (r *Ring) CertPool() *x509.CertPool {
	pool := x509.NewCertPool()
	for _, a := range r.snap.Load().authorities {
		pool.AddCert(a.cert)
	}
	return pool
}

// GetCertificate is for tls.Config. It gives the listeners' certificate and renews it at half of its life, and when
// another authority issues.
func (r *Ring) GetCertificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	by, now := r.snap.Load().issuing, r.cfg.Now()
	if l := r.leaf.now.Load(); l != nil && l.fits(by, now) {
		return l.tls, nil
	}
	r.leaf.making.Lock()
	defer r.leaf.making.Unlock()
	if l := r.leaf.now.Load(); l != nil && l.fits(by, now) {
		return l.tls, nil
	}
	cert, err := by.issueLeaf(r.hosts, now)
	if err != nil {
		return nil, err
	}
	r.leaf.now.Store(&issued{cert, by, now.Add(leafLife / 2)})
	return cert, nil
}

func (l *issued) fits(by *authorityKey, now time.Time) bool {
	return l.by.id == by.id && now.Before(l.renew) && !now.Before(l.tls.Leaf.NotBefore)
}

// issueLeaf makes a server certificate with a new key.
func (a *authorityKey) issueLeaf(hosts hostNames, now time.Time) (*tls.Certificate, error) {
	if a.private == nil {
		return nil, errors.New("this authority issues no more")
	}
	key, err := newP256()
	if err != nil {
		return nil, fmt.Errorf("make server key: %w", err)
	}
	template := &x509.Certificate{
		Subject:               pkix.Name{CommonName: hosts.dns[len(hosts.dns)-1]},
		NotBefore:             now.Add(-backdate),
		NotAfter:              now.Add(leafLife),
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
		DNSNames:              hosts.dns,
		IPAddresses:           hosts.ips,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, key.Public(), a.private)
	if err != nil {
		return nil, fmt.Errorf("issue server certificate: %w", err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("issue server certificate: %w", err)
	}
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: parsed}, nil
}

// certificate is nil for no authority.
func (a *authorityKey) certificate() *x509.Certificate {
	if a == nil {
		return nil
	}
	return a.cert
}
