package directory

import (
	"slices"
	"strings"

	"github.com/lanyard-id/lanyard/internal/directory/trust"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// Holder is who holds federated credentials: exactly one field is set.
type Holder struct {
	Identity    name.ResourceID
	Application name.GUID // object id
}

// PutFederated makes or replaces the federated credential of that name.
func (e *Edit) PutFederated(h Holder, c view.FederatedCredential) (Outcome, error) {
	list, err := e.federated(h)
	if err != nil {
		return Unchanged, err
	}
	list = slices.Clone(list)
	at := slices.IndexFunc(list, func(o view.FederatedCredential) bool { return strings.EqualFold(o.Name, c.Name) })
	if at < 0 {
		list = append(list, c)
	} else {
		c.Name = list[at].Name
		list[at] = c
	}
	outcome, err := e.SetFederated(h, list)
	if outcome == Updated && at < 0 {
		outcome = Created
	}
	return outcome, err
}

// DeleteFederated deletes the federated credential of that name.
func (e *Edit) DeleteFederated(h Holder, credential string) error {
	list, err := e.federated(h)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(list, func(o view.FederatedCredential) bool { return strings.EqualFold(o.Name, credential) })
	if at < 0 {
		return notFound(CredentialNotFound, "there is no federated credential %q", shown(credential))
	}
	_, err = e.SetFederated(h, slices.Delete(slices.Clone(list), at, at+1))
	return err
}

// SetFederated makes the list the holder's whole set of federated credentials.
func (e *Edit) SetFederated(h Holder, list []view.FederatedCredential) (Outcome, error) {
	before, err := e.federated(h)
	if err != nil {
		return Unchanged, err
	}
	if list, err = checkFederated(list); err != nil {
		return Unchanged, err
	}
	if err := e.checkTrusted(before, list); err != nil {
		return Unchanged, err
	}
	if !h.Identity.IsZero() {
		i, _ := e.view.Identity(h.Identity)
		changed := *i
		changed.Federated = list
		return e.Save(&changed)
	}
	a, _ := e.view.Application(h.Application)
	changed := *a
	changed.Federated = list
	return e.Save(&changed)
}

func (e *Edit) federated(h Holder) ([]view.FederatedCredential, error) {
	if !h.Identity.IsZero() {
		i, ok := e.view.Identity(h.Identity)
		if !ok {
			return nil, notFound(IdentityNotFound, "there is no user-assigned identity %s", h.Identity)
		}
		return i.Federated, nil
	}
	a, err := e.ownApplication(h.Application)
	if err != nil {
		return nil, err
	}
	return a.Federated, nil
}

// checkFederated gives the list with its expressions in canonical form.
func checkFederated(list []view.FederatedCredential) ([]view.FederatedCredential, error) {
	out, flaw, err := trust.Checked(list)
	switch flaw {
	case trust.TooMany:
		return nil, because(LimitExceeded, err)
	case trust.BadName:
		return nil, because(InvalidName, err)
	case trust.Repeated:
		return nil, conflict(CredentialRepeated, "%s", err)
	case trust.BadValue, trust.None:
	}
	return out, because(InvalidValue, err)
}
