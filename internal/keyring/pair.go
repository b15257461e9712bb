package keyring

import (
	"bytes"
	"crypto/tls"
	"encoding/pem"
	"fmt"
	"os"
	"sync/atomic"

	"github.com/lanyard-id/lanyard/internal/fault"
)

// maxPEM bounds a configured certificate or key file in bytes.
const maxPEM = 1 << 20

// Pair is a certificate of the operator's own, read from files.
type Pair struct {
	certFile, keyFile string
	now               atomic.Pointer[readPair]
}

// readPair is what the files held.
type readPair struct {
	certPEM []byte
	tls     *tls.Certificate
}

// LoadPair reads a certificate chain, leaf first, and its key, both PEM. The fault is BadCertificate.
func LoadPair(certFile, keyFile string) (*Pair, error) {
	p := &Pair{certFile: certFile, keyFile: keyFile}
	if _, err := p.Reload(); err != nil {
		return nil, err
	}
	return p, nil
}

// Reload reads the files again and tells whether the certificate is another one. After an error the pair goes on with
// what it has: certificate and key are often replaced one after the other.
func (p *Pair) Reload() (changed bool, err error) {
	certPEM, err := readBounded(p.certFile)
	if err != nil {
		return false, badPair(p.certFile, err)
	}
	keyPEM, err := readBounded(p.keyFile)
	if err != nil {
		return false, badPair(p.keyFile, err)
	}
	cert, err := tls.X509KeyPair(certPEM, keyPEM)
	if err != nil {
		return false, badPair(p.certFile, err)
	}
	if old := p.now.Load(); old != nil && bytes.Equal(old.certPEM, certPEM) {
		return false, nil
	}
	p.now.Store(&readPair{certPEM, &cert})
	return true, nil
}

// GetCertificate is for tls.Config.
func (p *Pair) GetCertificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	return p.now.Load().tls, nil
}

// TrustPEM is the certificate that a client must trust to believe the pair: the last of the chain, which is the pair's own
// if it stands alone.
func (p *Pair) TrustPEM() []byte {
	chain := p.now.Load().tls.Certificate
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: chain[len(chain)-1]})
}

func readBounded(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxPEM {
		return nil, fmt.Errorf("%s is not a file of at most %d bytes", path, maxPEM)
	}
	return os.ReadFile(path) //nolint:gosec // the operator's configuration names it
}

func badPair(path string, err error) error {
	return fault.New(fault.Precondition, BadCertificate, "the certificate %s cannot be used", path).Because(err)
}
