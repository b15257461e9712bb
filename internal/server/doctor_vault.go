package server

import (
	"crypto/tls"
	"crypto/x509"
	"net/url"

	"github.com/lanyard-id/lanyard/internal/opwire"
)

// checkVaultNames looks whether the listeners' certificate vouches for key vaults: every one is a name below one domain.
// Whether the names lead here is another question, which each client's machine answers for itself.
func (s *Server) checkVaultNames() opwire.Finding {
	u, err := url.Parse(s.View().Installation().URLs[vaultPlace])
	if err == nil {
		err = s.vouches("any." + u.Hostname())
	}
	if err != nil {
		return ill("vault certificate", "use a certificate that names them", "the certificate does not vouch for key vaults: %s", err)
	}
	return well("vault certificate", "it vouches for *.%s", u.Hostname())
}

// vouches tells whether the listeners' certificate is good for a host.
func (s *Server) vouches(host string) error {
	cert, err := s.getCert(&tls.ClientHelloInfo{ServerName: host})
	if err != nil {
		return err
	}
	leaf, err := x509.ParseCertificate(cert.Certificate[0])
	if err != nil {
		return err
	}
	return leaf.VerifyHostname(host)
}
