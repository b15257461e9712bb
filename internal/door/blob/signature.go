package blob

import (
	"net/netip"
	"strings"

	"github.com/lanyard-id/lanyard/internal/azwire"
	"github.com/lanyard-id/lanyard/internal/fault"
)

// Why a signature that holds does not reach what is asked for.
const (
	// SignatureScope means that the signature is for another kind of resource, or for another part of the container.
	SignatureScope fault.Reason = "blob.signature_scope"
	// SignaturePermission means that the signature grants less than the operation needs.
	SignaturePermission fault.Reason = "blob.signature_permission"
	// SignatureAddress means that the signature is for other addresses than the one the request comes from.
	SignatureAddress fault.Reason = "blob.signature_address"
	// SignatureProtocol means that the signature is for HTTPS and the request did not come by it.
	SignatureProtocol fault.Reason = "blob.signature_protocol"
)

// signedPath is what was signed if the signature is for what the target names: the blob, its container, or the directory
// that it lies in. A list of a directory names it by its prefix.
func signedPath(sas *azwire.SharedAccess, t target) (string, bool) {
	switch sas.Resource {
	case "b":
		return t.container + "/" + t.blob, t.blob != ""
	case "c":
		return t.container, t.container != ""
	}
	path := t.blob
	if t.level() == atContainer {
		path, _ = t.query.Get("prefix")
	}
	parts := strings.SplitN(path, "/", sas.Depth+1)
	if t.container == "" || len(parts) <= sas.Depth { // the directory itself is no blob of a flat namespace
		return "", false
	}
	return t.container + "/" + strings.Join(parts[:sas.Depth], "/"), true
}

// within holds the request to where the signature says that it may come from.
func (c *call) within(sas *azwire.SharedAccess, t target) error {
	if sas.HTTPSOnly && c.r.TLS == nil {
		return fault.New(fault.Denied, SignatureProtocol, "This request is not authorized to perform this operation using this protocol.")
	}
	if sas.From.IsValid() && !between(sas.From, c.event.Remote().Unmap(), sas.To) {
		return fault.New(fault.Denied, SignatureAddress, "This request is not authorized to perform this operation using this source IP %s.",
			c.event.Remote())
	}
	if c.op.letters == "" || t.level() == atAccount {
		return fault.New(fault.Denied, SignatureScope, "This request is not authorized to perform this operation using this resource type.")
	}
	return nil
}

func between(from, at, to netip.Addr) bool {
	return at.Is4() && from.Compare(at) <= 0 && at.Compare(to) <= 0
}

// grants tells whether the signature's permissions have one of the letters.
func grants(sas *azwire.SharedAccess, letters string) bool {
	return sas == nil || strings.ContainsAny(sas.Permissions, letters)
}

func signaturePermission() error {
	return fault.New(fault.Denied, SignaturePermission, "This request is not authorized to perform this operation using this permission.")
}

// response gives the headers that the signature sets in place of the blob's own.
func response(sas *azwire.SharedAccess) map[string]string {
	if sas == nil {
		return nil
	}
	return map[string]string{
		"Cache-Control": sas.CacheControl, "Content-Disposition": sas.Disposition, "Content-Encoding": sas.Encoding,
		"Content-Language": sas.Language, "Content-Type": sas.Type,
	}
}
