package operator

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/mint"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/opwire"
	"github.com/lanyard-id/lanyard/internal/view"
)

// maxAudience bounds the audience in bytes.
const maxAudience = 2048

// token gives an operator the token that a workload would get at the metadata door. The ledger names both: mint records
// whose token it is, and the door that the operator was given it, also when it is one that was issued before.
func token(d Door, c *call) (any, error) {
	var req opwire.TokenRequest
	if err := c.body(&req); err != nil {
		return nil, err
	}
	if req.Resource == "" || len(req.Resource) > maxAudience || !printable(req.Resource) {
		return nil, badRequest("Say which resource the token is for, such as https://storage.azure.com.")
	}
	t, err := findAs(c.v, req.As)
	if err != nil {
		return nil, err
	}
	c.event.Record.Resource, c.event.Record.Audience = t.full, req.Resource
	c.event.Record.Input = map[string]string{"for": c.by()}
	w, err := t.workload()
	if err != nil {
		return nil, err
	}
	selector, err := findSelector(c.v, w, req.Identity)
	if err != nil {
		return nil, err
	}
	issued, err := d.Mint.Token(c.ctx(), c.v, mint.TokenRequest{
		Workload: w, Selector: selector, Audience: req.Resource, Record: c.event.Draft(),
	})
	if err != nil {
		return nil, err
	}
	c.event.Record.TokenID = issued.ID
	if err := d.record(c, audit.Allowed); err != nil {
		return nil, err
	}
	claims, err := claimsOf(issued.Access.Reveal())
	if err != nil {
		return nil, err
	}
	return opwire.Token{
		AccessToken: issued.Access.Reveal(), ExpiresOn: issued.Expires, ClientID: issued.ClientID.String(), Claims: claims,
	}, nil
}

// findSelector reads which of several identities is meant: a client or object id, a resource id, or a name.
func findSelector(v *view.View, w view.Workload, text string) (mint.Selector, error) {
	if text == "" {
		return mint.Selector{}, nil
	}
	if id, err := name.ParseGUID(text); err == nil {
		return mint.Selector{Kind: mint.ByEither, ID: id}, nil
	}
	a, err := parseAs(text)
	switch {
	case err != nil:
		return mint.Selector{}, err
	case a.kind == byID:
		return mint.Selector{Kind: mint.ByResource, Resource: a.id}, nil
	case a.kind != byName || w.Resource == nil:
		return mint.Selector{}, badName("%q does not name an identity: want a client id, an object id, a resource id or a name.", text)
	}
	for _, i := range attached(v, w.Resource) {
		if a.names(i.ID) {
			return mint.Selector{Kind: mint.ByResource, Resource: i.ID}, nil
		}
	}
	return mint.Selector{}, fault.New(fault.Denied, mint.IdentityNotFound, "%q is not assigned to %s.", text, w.Name())
}

// claimsOf reads the claims out of a token that was just minted (RFC 7519 section 3).
func claimsOf(token string) (json.RawMessage, error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil, fmt.Errorf("a minted token has %d parts", len(parts))
	}
	claims, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return nil, fmt.Errorf("read a minted token: %w", err)
	}
	return claims, nil
}
