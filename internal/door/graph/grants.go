package graph

import (
	"net/http"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/directory/registration"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web"
)

// assignment is who holds which app role, as Graph shows it. Its id follows from what it says.
type assignment struct {
	Context   string `json:"@odata.context,omitempty"`
	ID        string `json:"id"`
	Role      string `json:"appRoleId"`
	Principal string `json:"principalId"`
	Display   string `json:"principalDisplayName"`
	Kind      string `json:"principalType"`
	Resource  string `json:"resourceId"`
	Of        string `json:"resourceDisplayName"`
}

// held is an app role of an application and one who holds it.
type held struct {
	app   *view.Application
	grant registration.Grant
}

func (h held) id() string {
	return stableID(h.app.Principal.ObjectID.String(), h.grant.Role.String(), h.grant.Principal.String()).String()
}

func (c *call) show(h held) assignment {
	o, _ := c.v.PrincipalByObject(h.grant.Principal)
	return assignment{
		ID: h.id(), Role: h.grant.Role.String(), Principal: h.grant.Principal.String(), Display: o.Display(), Kind: "ServicePrincipal",
		Resource: h.app.Principal.ObjectID.String(), Of: h.app.DisplayName,
	}
}

// heldBy gives the app roles that a service principal holds; heldOf those of an application. Who is gone holds none.
func (c *call) heldBy(principal name.GUID) (list []held) {
	for a := range c.v.Applications() {
		if a.Principal.Tenant != c.token.Tenant || !a.HasService() {
			continue
		}
		for _, h := range c.heldOf(a) {
			if h.grant.Principal == principal {
				list = append(list, h)
			}
		}
	}
	return list
}

func (c *call) heldOf(a *view.Application) (list []held) {
	for _, role := range a.Roles {
		for _, member := range role.Members {
			if _, lives := c.v.PrincipalByObject(member); lives {
				list = append(list, held{a, registration.Grant{Role: role.ID, Principal: member}})
			}
		}
	}
	return list
}

func (c *call) listAssignments(o view.Owner, list []held, set string) (answer, error) {
	var rows []row
	for _, h := range list {
		rows = append(rows, row{h.id(), nil, func() any { return c.show(h) }})
	}
	return c.list("servicePrincipals('"+o.Principal().ObjectID.String()+"')/"+set, rows)
}

func listHeld(c *call) (answer, error) {
	o, err := c.serviceFor(access.ReadApplications)
	if err != nil {
		return answer{}, err
	}
	return c.listAssignments(o, c.heldBy(o.Principal().ObjectID), "appRoleAssignments")
}

func listGranted(c *call) (answer, error) {
	o, err := c.serviceFor(access.ReadApplications)
	if err != nil {
		return answer{}, err
	}
	var list []held
	if o.Application != nil {
		list = c.heldOf(o.Application)
	}
	return c.listAssignments(o, list, "appRoleAssignedTo")
}

func grantHeld(c *call) (answer, error)    { return c.grant("appRoleAssignments") }
func grantGranted(c *call) (answer, error) { return c.grant("appRoleAssignedTo") }

// grant lets a service principal hold an app role. The object of the path is the one side, and the body names both.
func (c *call) grant(set string) (answer, error) {
	o, err := c.serviceFor(access.AssignAppRoles)
	if err != nil {
		return answer{}, err
	}
	m, err := c.members()
	if err != nil {
		return answer{}, err
	}
	if err := only(m, "principalid", "resourceid", "approleid"); err != nil {
		return answer{}, err
	}
	var ids [3]name.GUID
	for i, called := range []string{"principalId", "resourceId", "appRoleId"} {
		said, _, err := textOf(m, called)
		if err != nil {
			return answer{}, err
		}
		if ids[i], err = name.ParseGUID(said); err != nil {
			return answer{}, badBody("The property '%s' must be a GUID.", called)
		}
	}
	side := 0
	if set == "appRoleAssignedTo" {
		side = 1
	}
	if ids[side] != o.Principal().ObjectID {
		return answer{}, badBody("The object of the path is not the one that the body names.")
	}
	resource, ok := c.v.PrincipalByObject(ids[1])
	if !ok || resource.Application == nil {
		return answer{}, notFound(ids[1].String())
	}
	if err := c.ours(resource.Principal().Tenant, ids[1].String()); err != nil {
		return answer{}, err
	}
	h := held{resource.Application, registration.Grant{Role: ids[2], Principal: ids[0]}}
	err = c.assign(h, h.grant.Role, registration.Hold(h.grant))
	if err != nil {
		return answer{}, err
	}
	out := c.show(h)
	out.Context = c.context(set + "/$entity")
	return answer{http.StatusCreated, out}, nil
}

// assign changes who holds an app role; gives is the role that somebody gets.
func (c *call) assign(h held, gives name.GUID, change registration.Change) error {
	ask := access.DirectoryRequest{
		Action: access.AssignAppRoles, Application: h.app, Gives: gives, Target: "servicePrincipals/" + h.app.Principal.ObjectID.String(),
	}
	return c.change(ask, func(e *directory.Edit) error {
		_, err := e.ChangeHolders(h.app.ObjectID, change)
		return err
	})
}

func dropHeld(c *call) (answer, error) {
	o, err := c.serviceFor(access.AssignAppRoles)
	if err != nil {
		return answer{}, err
	}
	return c.drop(c.heldBy(o.Principal().ObjectID))
}

func dropGranted(c *call) (answer, error) {
	o, err := c.serviceFor(access.AssignAppRoles)
	if err != nil {
		return answer{}, err
	}
	var list []held
	if o.Application != nil {
		list = c.heldOf(o.Application)
	}
	return c.drop(list)
}

func (c *call) drop(list []held) (answer, error) {
	id := web.Param(c.r, "assignment")
	for _, h := range list {
		if h.id() == id {
			return answer{status: http.StatusNoContent}, c.assign(h, name.GUID{}, registration.Drop(h.grant))
		}
	}
	return answer{}, fault.New(fault.NotFound, AssignmentNotFound, "Resource '%.80s' does not exist.", id)
}
