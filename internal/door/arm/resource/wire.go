package resource

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/verify/strictjson"
)

// wireResource is a resource on the wire; the members of the envelope follow its own.
type wireResource struct {
	ID         string        `json:"id"`
	Name       string        `json:"name"`
	Type       string        `json:"type"`
	Kind       string        `json:"kind,omitempty"`
	Location   string        `json:"location,omitempty"`
	Tags       view.Tags     `json:"tags,omitempty"`
	Identity   *wireIdentity `json:"identity,omitempty"`
	Properties any           `json:"properties,omitempty"`
	Created    string        `json:"createdTime,omitempty"`
	State      string        `json:"provisioningState,omitempty"`

	envelope view.Raw
}

// plainResource is a wireResource without an envelope: it is written once, and not once more by whoever asked for its JSON.
type plainResource wireResource

// MarshalJSON writes the members, and then those of the envelope as they were sent.
func (r wireResource) MarshalJSON() ([]byte, error) {
	b, err := json.Marshal(plainResource(r))
	if err != nil || len(r.envelope) == 0 {
		return b, err
	}
	o, err := strictjson.Parse(r.envelope, strictjson.Limits{})
	if err != nil {
		return nil, err
	}
	out := bytes.NewBuffer(bytes.TrimSuffix(b, []byte("}")))
	for called, v := range o.All() {
		quoted, err := json.Marshal(called)
		if err != nil {
			return nil, err
		}
		out.WriteString(",")
		out.Write(quoted)
		out.WriteString(":")
		out.Write(v.Raw())
	}
	out.WriteString("}")
	return out.Bytes(), nil
}

// wireIdentity is the identity block of an answer.
type wireIdentity struct {
	Type      string              `json:"type"`
	Principal string              `json:"principalId,omitempty"`
	Tenant    string              `json:"tenantId,omitempty"`
	Users     map[string]wireUser `json:"userAssignedIdentities,omitempty"`
}

// wireUser is one user-assigned identity in it; both ids are missing when the identity that was attached is gone.
type wireUser struct {
	Principal string `json:"principalId,omitempty"`
	Client    string `json:"clientId,omitempty"`
}

// presentIdentity fills in what stands on the identities. A resource without any has no block.
func presentIdentity(v *view.View, r *view.Resource) *wireIdentity {
	typ := directory.IdentityType(r)
	if typ == "None" {
		return nil
	}
	if spaced(r.ID.Type()) {
		typ = strings.ReplaceAll(typ, ",", ", ")
	}
	w := &wireIdentity{Type: typ}
	if r.System != nil {
		w.Principal, w.Tenant = r.System.ObjectID.String(), r.System.Tenant.String()
	}
	for _, a := range r.Users {
		if w.Users == nil {
			w.Users = map[string]wireUser{}
		}
		user := wireUser{}
		if i, ok := v.Identity(a.ID); ok && i.Principal.ObjectID == a.ObjectID {
			user = wireUser{i.Principal.ObjectID.String(), i.Principal.ClientID.String()}
		}
		w.Users[a.ID.String()] = user
	}
	return w
}

// spaced tells whether the provider writes both kinds of identity with a space after the comma; its clients compare the
// text.
func spaced(typ string) bool {
	namespace, _, _ := strings.Cut(strings.ToLower(typ), "/")
	return namespace == "microsoft.compute" || namespace == "microsoft.web"
}

// present is a resource with everything.
func present(v *view.View, r *view.Resource) any {
	w := outline(v, r)
	w.Properties = presentProperties(v, r)
	if len(w.envelope) == 0 {
		return plainResource(w)
	}
	return w
}

// outline is a resource as lists across types show it: without its properties.
func outline(v *view.View, r *view.Resource) wireResource {
	return wireResource{
		ID: r.ID.String(), Name: r.ID.Name(), Type: r.ID.Type(), Kind: r.Kind, Location: r.Location, Tags: r.Tags,
		Identity: presentIdentity(v, r), envelope: r.Envelope,
	}
}

// outlineIdentity is a user-assigned identity in such a list.
func outlineIdentity(i *view.UserIdentity) wireResource {
	return wireResource{ID: i.ID.String(), Name: i.ID.Name(), Type: i.ID.Type(), Location: i.Location, Tags: i.Tags}
}
