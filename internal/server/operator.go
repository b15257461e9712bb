package server

import (
	"context"
	"crypto/sha1" //nolint:gosec // the thumbprint that a protocol compares
	"crypto/tls"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"

	"github.com/lanyard-id/lanyard/internal/authn"
	"github.com/lanyard-id/lanyard/internal/door/operator"
	"github.com/lanyard-id/lanyard/internal/keyring"
	"github.com/lanyard-id/lanyard/internal/opwire"
)

// operatorDoor puts the operator's door together: it reaches nearly everything.
func (s *Server) operatorDoor() operator.Door {
	return operator.Door{
		Directory: s.dir, Mint: s.mint, Ledger: s.audit, Trail: s.audit, Keys: signingKeys{s.ring}, Objects: s.objects,
		Backup: s.Backup, Doctor: s.Doctor, Room: s.guard.Check, Last: s.guard.Last, Status: s.Status, Now: s.now,
		UIDs: append([]int{os.Geteuid()}, s.cfg.Operators...), Peer: authn.PeerUID,
	}
}

// Status is what the server says of itself.
func (s *Server) Status() opwire.Status {
	v := s.View()
	inst := v.Installation()
	return opwire.Status{
		Version: Version, StoreID: inst.StoreID.String(), Revision: v.Rev(), Held: inst.Held, URLs: inst.URLs,
		CA: filepath.Join(s.cfg.Data, bundleFile), OwnCA: filepath.Join(s.cfg.Data, ownCAFile), AWSCA: filepath.Join(s.cfg.Data, s.awsRoots()),
		Tenant: inst.Tenant.String(), Subscription: inst.Subscription.String(), Account: inst.Account.String(),
		Region: inst.Region, PID: os.Getpid(), Thumbprint: s.thumbprint(),
	}
}

// thumbprint is that of the certificate that the listeners show at present, as Service Fabric writes it; empty if there is
// none to show. SHA-1 is what its clients compare.
func (s *Server) thumbprint() string {
	c, err := s.getCert(&tls.ClientHelloInfo{})
	if err != nil || len(c.Certificate) == 0 {
		return ""
	}
	sum := sha1.Sum(c.Certificate[0]) //nolint:gosec // the protocol's own: IDENTITY_SERVER_THUMBPRINT
	return strings.ToUpper(hex.EncodeToString(sum[:]))
}

// signingKeys shows the keyring's signing keys in the operator's words.
type signingKeys struct{ ring *keyring.Ring }

// List gives the signing keys without their private parts.
func (k signingKeys) List(ctx context.Context) ([]opwire.Key, error) {
	all, err := k.ring.List(ctx)
	if err != nil {
		return nil, err
	}
	var out []opwire.Key
	for _, i := range all {
		if i.Kind == "signing" {
			out = append(out, opwire.Key{ID: i.ID, Algorithm: i.Alg, State: string(i.State), Since: i.Active, Until: i.Ends})
		}
	}
	return out, nil
}

// Rotate makes new signing keys.
func (k signingKeys) Rotate(ctx context.Context, atOnce bool) error {
	return k.ring.Rotate(ctx, atOnce)
}

// awsRoots is the file whose roots AWS's clients are given. They have none of the system's, so that a client which goes to a
// host of AWS's all the same, as AWS CLI 1 does for some services, fails before it sends a session to it. A certificate that
// somebody configured may be vouched for by the system's roots alone.
func (s *Server) awsRoots() string {
	if s.ownCert != nil {
		return bundleFile
	}
	return ownCAFile
}
