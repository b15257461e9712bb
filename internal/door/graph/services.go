package graph

import (
	"net/http"
	"slices"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/directory/registration"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// Managed means that a managed identity is changed through Azure Resource Manager only.
const Managed fault.Reason = "graph.managed_identity"

// service is a service principal as Graph shows it.
type service struct {
	Context      string      `json:"@odata.context,omitempty"`
	Type         string      `json:"@odata.type,omitempty"`
	ID           string      `json:"id"`
	AppID        string      `json:"appId"`
	Display      string      `json:"displayName"`
	AppDisplay   *string     `json:"appDisplayName"`
	Enabled      bool        `json:"accountEnabled"`
	Kind         string      `json:"servicePrincipalType"`
	Names        []string    `json:"servicePrincipalNames"`
	Alternatives []string    `json:"alternativeNames"`
	Roles        []appRole   `json:"appRoles"`
	Tenant       string      `json:"appOwnerOrganizationId"`
	Required     bool        `json:"appRoleAssignmentRequired"`
	Certificates []keyProof  `json:"keyCredentials"`
	Secrets      []textProof `json:"passwordCredentials"`
	Tags         []string    `json:"tags"`
}

// showService shows a service principal. A managed identity is one without an application; the ARM id that it belongs to
// stands among its alternative names.
func showService(o view.Owner) service {
	p := o.Principal()
	out := service{
		ID: p.ObjectID.String(), AppID: p.ClientID.String(), Display: o.Display(), Enabled: true, Kind: "Application",
		Names: []string{p.ClientID.String()}, Alternatives: []string{}, Roles: []appRole{}, Tenant: p.Tenant.String(),
		Certificates: []keyProof{}, Secrets: []textProof{}, Tags: []string{},
	}
	switch {
	case o.Application != nil:
		a := o.Application
		out.AppDisplay, out.Enabled, out.Roles = &a.DisplayName, !a.Disabled, showRoles(a)
		out.Names = append(slices.Clone(a.IDURIs), p.ClientID.String())
	case o.Identity != nil:
		out.Kind, out.Alternatives = "ManagedIdentity", []string{"isExplicit=True", o.Identity.ID.String()}
	case o.Resource != nil:
		out.Kind, out.Alternatives = "ManagedIdentity", []string{"isExplicit=False", o.Resource.ID.String()}
	}
	return out
}

// typedService is a service principal among objects of other types.
func typedService(o view.Owner) service {
	out := showService(o)
	out.Type = "#microsoft.graph.servicePrincipal"
	return out
}

func listServices(c *call) (answer, error) {
	if err := c.permit(access.DirectoryRequest{Action: access.ReadApplications, Target: "servicePrincipals"}); err != nil {
		return answer{}, err
	}
	var rows []row
	for o := range c.v.Principals() {
		p := o.Principal()
		if p.Tenant != c.token.Tenant {
			continue
		}
		rows = append(rows, row{p.ObjectID.String(), func(property string) []string {
			switch property {
			case "appId":
				return []string{p.ClientID.String()}
			case "displayName":
				return []string{o.Display()}
			case "servicePrincipalNames":
				return showService(o).Names
			case "alternativeNames":
				return showService(o).Alternatives
			case "servicePrincipalType":
				return []string{showService(o).Kind}
			}
			return []string{p.ObjectID.String()}
		}, func() any { return showService(o) }})
	}
	return c.list("servicePrincipals", rows, "appId", "displayName", "id", "servicePrincipalType", "servicePrincipalNames/any", "alternativeNames/any")
}

// serviceFor finds the service principal of the path for a caller who may do that with it.
func (c *call) serviceFor(action access.DirectoryAction) (view.Owner, error) {
	o, missing := c.service()
	ask := access.DirectoryRequest{Action: action, Application: o.Application, Target: "servicePrincipals/" + c.event.Record.Resource}
	if err := c.permit(ask); err != nil {
		return o, err
	}
	return o, missing
}

func getService(c *call) (answer, error) {
	o, err := c.serviceFor(access.ReadApplications)
	if err != nil {
		return answer{}, err
	}
	out := showService(o)
	out.Context = c.context("servicePrincipals/$entity")
	return c.one(out)
}

func createService(c *call) (answer, error) {
	m, err := c.members()
	if err != nil {
		return answer{}, err
	}
	said, _, err := textOf(m, "appId")
	if err != nil {
		return answer{}, err
	}
	enabled, there := m["accountenabled"]
	if there && string(enabled.Raw()) == "true" {
		delete(m, "accountenabled")
	}
	if err := only(m, "appid"); err != nil {
		return answer{}, err
	}
	client, err := name.ParseGUID(said)
	if err != nil {
		return answer{}, badBody("The property 'appId' must be a GUID.")
	}
	o, ok := c.v.PrincipalByClient(client)
	if !ok || o.Application == nil || o.Application.Principal.Tenant != c.token.Tenant {
		o.Application = nil
	}
	// Whoever has a proof of the application signs in with it from now on: that is what the right to give proofs is about.
	ask := access.DirectoryRequest{Action: access.ProveApplications, Application: o.Application, Target: "servicePrincipals"}
	if err := c.permit(ask); err != nil {
		return answer{}, err
	}
	if o.Application == nil {
		return answer{}, badBody("The appId '%.40s' of the service principal does not reference a valid application object.", said)
	}
	id := o.Application.ObjectID
	err = c.change(ask, func(e *directory.Edit) error {
		_, err := e.ChangeApplication(id, registration.NewService())
		return err
	})
	if err != nil {
		return answer{}, err
	}
	a, _ := c.v.Application(id)
	out := showService(view.Owner{Application: a})
	out.Context = c.context("servicePrincipals/$entity")
	return answer{http.StatusCreated, out}, nil
}

// changeable finds a service principal of the path that is an application's and may be changed here.
func (c *call) changeable() (*view.Application, error) {
	o, err := c.serviceFor(access.WriteApplications)
	switch {
	case err != nil:
		return nil, err
	case o.Application == nil:
		return nil, fault.New(fault.Denied, Managed, "Insufficient privileges to complete the operation: a managed identity is "+
			"changed where it was made.")
	}
	return o.Application, nil
}

func updateService(c *call) (answer, error) {
	a, err := c.changeable()
	if err != nil {
		return answer{}, err
	}
	m, err := c.members()
	if err != nil {
		return answer{}, err
	}
	if err := only(m, "accountenabled"); err != nil {
		return answer{}, err
	}
	enabled, ok := m["accountenabled"].Bool()
	if !ok {
		return answer{}, badBody("The property 'accountEnabled' must be true or false; others are not offered.")
	}
	ask := access.DirectoryRequest{Action: access.WriteApplications, Application: a, Target: "servicePrincipals/" + a.Principal.ObjectID.String()}
	if enabled {
		ask.Action = access.ProveApplications // its proofs work again
	}
	err = c.change(ask, func(e *directory.Edit) error {
		_, err := e.ChangeApplication(a.ObjectID, registration.Enabled(enabled))
		return err
	})
	return answer{status: http.StatusNoContent}, err
}

func deleteService(c *call) (answer, error) {
	a, err := c.changeable()
	if err != nil {
		return answer{}, err
	}
	ask := access.DirectoryRequest{Action: access.WriteApplications, Application: a, Target: "servicePrincipals/" + a.Principal.ObjectID.String()}
	err = c.change(ask, func(e *directory.Edit) error {
		_, err := e.ChangeApplication(a.ObjectID, registration.NoService())
		return err
	})
	return answer{status: http.StatusNoContent}, err
}
