package identity

import (
	"net/http"

	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/door/arm/kit"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/view"
)

// identity is the wire's form (User Assigned Identities - Get).
type identity struct {
	ID         string     `json:"id"`
	Name       string     `json:"name"`
	Type       string     `json:"type"`
	Location   string     `json:"location"`
	Tags       view.Tags  `json:"tags"`
	Properties properties `json:"properties"`
}

type properties struct {
	Tenant    string `json:"tenantId"`
	Principal string `json:"principalId"`
	Client    string `json:"clientId"`
	Isolation string `json:"isolationScope,omitempty"`
}

func present(i *view.UserIdentity) identity {
	tags := i.Tags
	if tags == nil {
		tags = view.Tags{}
	}
	return identity{
		ID: i.ID.String(), Name: i.ID.Name(), Type: view.TypeUserIdentity, Location: i.Location, Tags: tags,
		Properties: properties{Tenant: i.Principal.Tenant.String(), Principal: i.Principal.ObjectID.String(), Client: i.Principal.ClientID.String(), Isolation: "None"},
	}
}

// find gives the identity of the path, or ARM's sentence for none.
func find(c *kit.Call, v *view.View) (*view.UserIdentity, error) {
	if i, ok := v.Identity(c.ID); ok {
		return i, nil
	}
	if _, ok := v.Group(c.ID.Subscription(), c.ID.Group()); !ok {
		return nil, fault.New(fault.NotFound, directory.GroupNotFound, "Resource group '%s' could not be found.", kit.Shown(c.ID.Group()))
	}
	return nil, fault.New(fault.NotFound, directory.IdentityNotFound, "The Resource '%s/%s' under resource group '%s' was not found.",
		view.TypeUserIdentity, kit.Shown(c.ID.Name()), kit.Shown(c.ID.Group()))
}

func listIdentities(c *kit.Call) (kit.Answer, error) {
	if c.Param("group") != "" {
		id, _ := c.Subscription()
		if _, ok := c.View.Group(id, c.Param("group")); !ok {
			return kit.Answer{}, fault.New(fault.NotFound, directory.GroupNotFound, "Resource group '%s' could not be found.", kit.Shown(c.Param("group")))
		}
	}
	return kit.List(c, func(after string, yield func(kit.Item) bool) {
		for key, r := range c.View.UnderAfter(c.Scope, after) {
			i, ok := r.(*view.UserIdentity)
			if !ok || c.View.Fenced(i.ID.Scope()) || !c.Sees(view.TypeUserIdentity+"/read", i.ID.Scope()) {
				continue
			}
			if !yield(kit.Item{Key: key, Body: present(i)}) {
				return
			}
		}
	})
}

func getIdentity(c *kit.Call) (kit.Answer, error) {
	i, err := find(c, c.View)
	if err != nil {
		return kit.Answer{}, err
	}
	return kit.OK(present(i), i.Rev), nil
}

func checkIdentity(c *kit.Call) (kit.Answer, error) {
	if _, err := find(c, c.View); err != nil {
		return kit.Answer{}, err
	}
	return kit.Answer{Status: http.StatusNoContent}, nil
}

// wanted is what a body says of an identity.
type wanted struct {
	location string
	tags     view.Tags
	tagged   bool
}

func read(c *kit.Call) (w wanted, err error) {
	body, err := c.Body()
	if err != nil {
		return w, err
	}
	if w.location, err = body.Text("location"); err != nil {
		return w, err
	}
	if w.tags, w.tagged, err = body.Tags(); err != nil {
		return w, err
	}
	in, _, err := body.Object("properties")
	if err != nil {
		return w, err
	}
	scope, err := in.Text("isolationScope")
	if err == nil && scope != "" && scope != "None" {
		err = fault.New(fault.Unsupported, Isolation, "The isolation scope '%s' is not offered: there is one region.", kit.Shown(scope))
	}
	return w, err
}

// Isolation means that an identity is asked to be bound to a region.
const Isolation fault.Reason = "arm.isolation_unsupported"

func putIdentity(c *kit.Call) (kit.Answer, error) {
	w, err := read(c)
	if err != nil {
		return kit.Answer{}, err
	}
	if w.location == "" {
		return kit.Answer{}, fault.New(fault.Invalid, kit.BadBody, "The location property is required for this definition.")
	}
	return change(c, func(old *view.UserIdentity) (directory.UserIdentitySpec, error) {
		spec := directory.UserIdentitySpec{Location: w.location, Tags: w.tags}
		if old != nil {
			spec.MaxLifetime = old.MaxLifetime
			return spec, kit.Stays(old.Location, w.location)
		}
		return spec, nil
	})
}

func patchIdentity(c *kit.Call) (kit.Answer, error) {
	w, err := read(c)
	if err != nil {
		return kit.Answer{}, err
	}
	return change(c, func(old *view.UserIdentity) (directory.UserIdentitySpec, error) {
		if old == nil {
			_, err := find(c, c.View)
			return directory.UserIdentitySpec{}, err
		}
		spec := directory.UserIdentitySpec{Location: old.Location, Tags: old.Tags, MaxLifetime: old.MaxLifetime}
		if w.tagged {
			spec.Tags = w.tags
		}
		return spec, kit.Stays(old.Location, w.location)
	})
}

// change puts what want makes of the identity that is there: 201 when it is made, else 200.
func change(c *kit.Call, want func(old *view.UserIdentity) (directory.UserIdentitySpec, error)) (kit.Answer, error) {
	var outcome directory.Outcome
	err := c.Change(func(e *directory.Edit) error {
		old, exists := e.View().Identity(c.ID)
		rev := int64(0)
		if exists {
			rev = old.Rev
		}
		if err := c.Match(rev); err != nil {
			return err
		}
		spec, err := want(old)
		if err != nil {
			return err
		}
		spec.ID = c.ID
		outcome, err = e.PutUserIdentity(spec)
		return err
	})
	if err != nil {
		return kit.Answer{}, err
	}
	i, err := find(c, c.View)
	if err != nil {
		return kit.Answer{}, err
	}
	return kit.Put(outcome, present(i), i.Rev), nil
}

// deleteIdentity deletes an identity whether it is attached or not, as Azure does: the resources stay, and can no longer
// sign in with it. One that is not there is 204.
func deleteIdentity(c *kit.Call) (kit.Answer, error) {
	if _, err := find(c, c.View); err != nil {
		if fault.Is(err, directory.IdentityNotFound) {
			return kit.Answer{Status: http.StatusNoContent}, nil
		}
		return kit.Answer{}, err
	}
	err := c.Change(func(e *directory.Edit) error {
		i, err := find(c, e.View())
		if err != nil {
			return err
		}
		if err := c.Match(i.Rev); err != nil {
			return err
		}
		return e.DeleteUserIdentity(i.ID)
	})
	return kit.Answer{}, err
}

// revokeTokens ends every token that the identity has now; new ones may be fetched.
func revokeTokens(c *kit.Call) (kit.Answer, error) {
	if err := c.NoBody(); err != nil {
		return kit.Answer{}, err
	}
	err := c.Change(func(e *directory.Edit) error {
		i, err := find(c, e.View())
		if err != nil {
			return err
		}
		return e.RevokePrincipal(i.Principal.ObjectID)
	})
	return kit.Answer{}, err
}

// getSystem shows the system-assigned identity of the resource at the scope. There is no client secret, so there is no
// clientSecretUrl either.
func getSystem(c *kit.Call) (kit.Answer, error) {
	r, ok := c.View.Place(c.Scope).(*view.Resource)
	if !ok || c.View.Fenced(c.Scope) || r.System == nil {
		return kit.Answer{}, fault.New(fault.NotFound, directory.IdentityNotFound, "The resource '%s' has no system-assigned identity.", kit.Shown(c.Scope.String()))
	}
	return kit.OK(identity{
		ID: r.ID.String() + "/providers/Microsoft.ManagedIdentity/identities/default", Name: "default", Type: "Microsoft.ManagedIdentity/identities",
		Location: r.Location, Tags: r.Tags,
		Properties: properties{Tenant: r.System.Tenant.String(), Principal: r.System.ObjectID.String(), Client: r.System.ClientID.String()},
	}, r.Rev), nil
}
