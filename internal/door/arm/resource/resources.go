package resource

import (
	"net/http"
	"strings"

	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/door/arm/kit"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// NoAction means that a resource's own action is asked for; none is offered.
const NoAction fault.Reason = "arm.no_action"

// atAny finds the resource that the path names below a group, or the place whose resources of a type are listed: a path
// that ends in a type is one of a list.
func atAny(c *kit.Call) (name.Scope, error) {
	rest := strings.Split(c.Param("rest"), "/")
	switch {
	case len(rest) < 2:
		return name.Scope{}, fault.New(fault.Invalid, kit.BadParameter, "The path names no resource type.")
	case len(rest)%2 == 1: // namespace, then pairs of type and name
		return kit.AtProviderPath(c)
	case len(rest) == 2:
		c.Type = rest[0] + "/" + rest[1]
		return kit.AtGroup(c)
	}
	c.Type = rest[0]
	for i := 1; i < len(rest); i += 2 {
		c.Type += "/" + rest[i]
	}
	group, err := kit.AtGroup(c)
	if err != nil {
		return group, err
	}
	scope, err := group.Join("providers", strings.Join(rest[:len(rest)-1], "/"))
	if err != nil {
		return scope, fault.New(fault.Invalid, kit.BadParameter, "The path names no valid scope: %s.", err)
	}
	return scope, nil
}

// atType is the subscription, for a list of a type.
func atType(c *kit.Call) (name.Scope, error) {
	c.Type = c.Param("namespace") + "/" + c.Param("type")
	return kit.AtSubscription(c)
}

// missing is ARM's sentence for a resource that is not there, or whose group is not.
func missing(c *kit.Call, v *view.View) error {
	if _, err := findGroup(c, v); err != nil {
		return err
	}
	return fault.New(fault.NotFound, directory.ResourceNotFound, "The Resource '%s/%s' under resource group '%s' was not found.",
		kit.Shown(c.ID.Type()), kit.Shown(c.ID.Name()), kit.Shown(c.ID.Group()))
}

func find(c *kit.Call, v *view.View) (*view.Resource, error) {
	r, ok := v.Resource(c.ID)
	if !ok {
		return nil, missing(c, v)
	}
	return r, nil
}

func getOrList(c *kit.Call) (kit.Answer, error) {
	if c.ID.IsZero() {
		return listOfType(c)
	}
	r, err := find(c, c.View)
	if err != nil {
		return kit.Answer{}, err
	}
	return kit.OK(present(c.View, r), r.Rev), nil
}

func checkResource(c *kit.Call) (kit.Answer, error) {
	if _, err := find(c, c.View); err != nil {
		return kit.Answer{}, err
	}
	return kit.Answer{Status: http.StatusNoContent}, nil
}

// onlyResources refuses a change where the path names a list.
func onlyResources(c *kit.Call) error {
	if c.ID.IsZero() {
		return fault.New(fault.Invalid, kit.BadParameter, "The path ends in a resource type; a change needs the resource's name.")
	}
	return nil
}

// putResource makes or replaces a resource. Whatever the body leaves out is taken away, the identity too.
func putResource(c *kit.Call) (kit.Answer, error) {
	if err := onlyResources(c); err != nil {
		return kit.Answer{}, err
	}
	body, err := c.Body()
	if err != nil {
		return kit.Answer{}, err
	}
	spec, err := readResource(body, c.ID.Type())
	if err != nil {
		return kit.Answer{}, err
	}
	block, err := readIdentity(body)
	if err != nil {
		return kit.Answer{}, err
	}
	if spec.Identity, err = block.replace(); err != nil {
		return kit.Answer{}, err
	}
	return change(c, func(old *view.Resource) (directory.ResourceSpec, error) {
		if old != nil {
			spec.MaxLifetime = old.MaxLifetime
			if spec.Location == "" {
				spec.Location = old.Location
			}
			return spec, kit.Stays(old.Location, spec.Location)
		}
		return spec, nil
	})
}

// readResource reads everything of a body but the identity block.
func readResource(body kit.Object, typ string) (spec directory.ResourceSpec, err error) {
	if spec.Location, err = body.Text("location"); err != nil {
		return spec, err
	}
	if spec.Kind, err = body.Text("kind"); err != nil {
		return spec, err
	}
	if spec.Tags, _, err = body.Tags(); err != nil {
		return spec, err
	}
	if spec.Properties, _, err = readProperties(body, typ); err != nil {
		return spec, err
	}
	spec.Envelope, err = readEnvelope(body)
	return spec, err
}

// patchResource changes what the body names: tags as a whole, properties and the other members by merging, and identities
// one by one.
func patchResource(c *kit.Call) (kit.Answer, error) {
	if err := onlyResources(c); err != nil {
		return kit.Answer{}, err
	}
	body, err := c.Body()
	if err != nil {
		return kit.Answer{}, err
	}
	asked, err := readResource(body, c.ID.Type())
	if err != nil {
		return kit.Answer{}, err
	}
	_, tagged, err := body.Tags()
	if err != nil {
		return kit.Answer{}, err
	}
	block, err := readIdentity(body)
	if err != nil {
		return kit.Answer{}, err
	}
	return change(c, func(old *view.Resource) (directory.ResourceSpec, error) {
		if old == nil {
			return directory.ResourceSpec{}, missing(c, c.View)
		}
		spec, err := patched(old, asked, tagged)
		if err != nil {
			return spec, err
		}
		spec.Identity, err = block.merge(old)
		return spec, err
	})
}

// patched is a resource with what a body names changed.
func patched(old *view.Resource, asked directory.ResourceSpec, tagged bool) (spec directory.ResourceSpec, err error) {
	spec = directory.ResourceSpec{
		Kind: old.Kind, Location: old.Location, Tags: old.Tags, Properties: old.Properties, Envelope: old.Envelope, MaxLifetime: old.MaxLifetime,
	}
	if err := kit.Stays(old.Location, asked.Location); err != nil {
		return spec, err
	}
	if asked.Kind != "" {
		spec.Kind = asked.Kind
	}
	if tagged {
		spec.Tags = asked.Tags
	}
	if len(asked.Properties) > 0 {
		if spec.Properties, err = mergePatch(old.Properties, asked.Properties); err != nil {
			return spec, err
		}
	}
	if len(asked.Envelope) > 0 {
		spec.Envelope, err = mergePatch(old.Envelope, asked.Envelope)
	}
	return spec, err
}

// change puts what want makes of the resource that is there, once the caller may attach what it attaches.
func change(c *kit.Call, want func(old *view.Resource) (directory.ResourceSpec, error)) (kit.Answer, error) {
	status := http.StatusOK
	err := c.Change(func(e *directory.Edit) error {
		v := e.View()
		old, exists := v.Resource(c.ID)
		rev := int64(0)
		if status = createdStatus(c.ID); exists {
			status, rev = http.StatusOK, old.Rev
		}
		if err := c.Match(rev); err != nil {
			return err
		}
		spec, err := want(old)
		if err != nil {
			return err
		}
		if err := mayAttach(c, v, old, spec.Identity.Users); err != nil {
			return err
		}
		spec.ID = c.ID
		_, err = e.PutResource(spec)
		return err
	})
	if err != nil {
		return kit.Answer{}, err
	}
	r, err := find(c, c.View)
	if err != nil {
		return kit.Answer{}, err
	}
	return kit.Answer{Status: status, Body: present(c.View, r), Rev: r.Rev}, nil
}

// createdStatus is the status of a resource that was made: 201, but for the providers whose clients take that for a
// failure.
func createdStatus(id name.ResourceID) int {
	namespace, _, _ := strings.Cut(strings.ToLower(id.Type()), "/")
	if namespace == "microsoft.storage" || namespace == "microsoft.web" {
		return http.StatusOK
	}
	return http.StatusCreated
}

// deleteResource deletes a resource; one that is not there is no failure, as at ARM.
func deleteResource(c *kit.Call) (kit.Answer, error) {
	if err := onlyResources(c); err != nil {
		return kit.Answer{}, err
	}
	if _, err := findGroup(c, c.View); err != nil {
		return kit.Answer{}, err
	}
	if _, ok := c.View.Resource(c.ID); !ok {
		return kit.Answer{Status: http.StatusNoContent}, nil
	}
	err := c.Change(func(e *directory.Edit) error {
		r, err := find(c, e.View())
		if err != nil {
			return err
		}
		if err := c.Match(r.Rev); err != nil {
			return err
		}
		return e.DeleteResource(r.ID)
	})
	return kit.Answer{}, err
}

// noAction refuses whatever a resource could do beside being there. The right is asked for first, under the type alone:
// what the action's name would be is the caller's to say.
func noAction(c *kit.Call) (kit.Answer, error) {
	return kit.Answer{}, fault.New(fault.Unsupported, NoAction, "Actions of the resource type '%s' are not offered.", kit.Shown(c.Type))
}
