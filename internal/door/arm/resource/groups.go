package resource

import (
	"net/http"

	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/door/arm/kit"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// Why a group is not what the request takes it for.
const (
	// GroupFixed means that a group cannot move to another location.
	GroupFixed fault.Reason = "arm.group_location_fixed"
	// OperationUnknown means that the handle of a long operation is none of the caller's, or of an earlier run of the server.
	OperationUnknown fault.Reason = "arm.operation_unknown"
)

// group is the wire's form (Resource Groups - Get).
type group struct {
	ID         string    `json:"id"`
	Name       string    `json:"name"`
	Type       string    `json:"type"`
	Location   string    `json:"location"`
	Tags       view.Tags `json:"tags,omitempty"`
	Properties state     `json:"properties"`
}

// state is what every thing says of the work on it: all of it is done when it is answered.
type state struct {
	Provisioning string `json:"provisioningState"`
}

func done() state { return state{"Succeeded"} }

func presentGroup(g *view.ResourceGroup) group {
	return group{
		ID: g.Scope().String(), Name: g.Name, Type: "Microsoft.Resources/resourceGroups", Location: g.Location, Tags: g.Tags, Properties: done(),
	}
}

// findGroup gives the group of the path.
func findGroup(c *kit.Call, v *view.View) (*view.ResourceGroup, error) {
	id, err := c.Subscription()
	if err != nil {
		return nil, err
	}
	g, ok := v.Group(id, c.Param("group"))
	if !ok {
		return nil, fault.New(fault.NotFound, directory.GroupNotFound, "Resource group '%s' could not be found.", kit.Shown(c.Param("group")))
	}
	return g, nil
}

func getGroup(c *kit.Call) (kit.Answer, error) {
	g, err := findGroup(c, c.View)
	if err != nil {
		return kit.Answer{}, err
	}
	return kit.OK(presentGroup(g), g.Rev), nil
}

func checkGroup(c *kit.Call) (kit.Answer, error) {
	if _, err := findGroup(c, c.View); err != nil {
		return kit.Answer{}, err
	}
	return kit.Answer{Status: http.StatusNoContent}, nil
}

// listGroups lists what the caller may read, whether it may read all of the subscription or some groups of it.
func listGroups(c *kit.Call) (kit.Answer, error) {
	filter, err := c.Filter("tagName", "tagValue", "name", "location")
	if err != nil {
		return kit.Answer{}, err
	}
	return kit.List(c, func(after string, yield func(kit.Item) bool) {
		for key, r := range c.View.UnderAfter(c.Scope, after) {
			g, ok := r.(*view.ResourceGroup)
			if !ok || c.View.Fenced(g.Scope()) || !filter.Matches(groupFields(g)) || !c.Sees(groupRead, g.Scope()) {
				continue
			}
			if !yield(kit.Item{Key: key, Body: presentGroup(g)}) {
				return
			}
		}
	})
}

func groupFields(g *view.ResourceGroup) kit.Fields {
	return kit.Fields{Texts: map[string]string{"name": g.Name, "location": g.Location}, Tags: g.Tags}
}

func putGroup(c *kit.Call) (kit.Answer, error) {
	body, err := c.Body()
	if err != nil {
		return kit.Answer{}, err
	}
	location, err := body.Text("location")
	if err != nil {
		return kit.Answer{}, err
	}
	tags, _, err := body.Tags()
	if err != nil {
		return kit.Answer{}, err
	}
	if location == "" {
		return kit.Answer{}, fault.New(fault.Invalid, kit.BadBody, "The location property is required for this definition.")
	}
	return changeGroup(c, func(old *view.ResourceGroup) (directory.GroupSpec, error) {
		if old != nil && !kit.SameLocation(old.Location, location) {
			return directory.GroupSpec{}, kit.Moved(GroupFixed, old.Location, location)
		}
		return directory.GroupSpec{Location: location, Tags: tags}, nil
	})
}

func patchGroup(c *kit.Call) (kit.Answer, error) {
	body, err := c.Body()
	if err != nil {
		return kit.Answer{}, err
	}
	tags, given, err := body.Tags()
	if err != nil {
		return kit.Answer{}, err
	}
	return changeGroup(c, func(old *view.ResourceGroup) (directory.GroupSpec, error) {
		if old == nil {
			return directory.GroupSpec{}, fault.New(fault.NotFound, directory.GroupNotFound, "Resource group '%s' could not be found.", kit.Shown(c.Param("group")))
		}
		spec := directory.GroupSpec{Location: old.Location, Tags: old.Tags}
		if given {
			spec.Tags = tags
		}
		return spec, nil
	})
}

// changeGroup puts what want makes of the group that is there.
func changeGroup(c *kit.Call, want func(old *view.ResourceGroup) (directory.GroupSpec, error)) (kit.Answer, error) {
	var outcome directory.Outcome
	err := c.Change(func(e *directory.Edit) error {
		id, err := c.Subscription()
		if err != nil {
			return err
		}
		old, exists := e.View().Group(id, c.Param("group"))
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
		spec.Subscription, spec.Name = id, c.Param("group")
		outcome, err = e.PutGroup(spec)
		return err
	})
	if err != nil {
		return kit.Answer{}, err
	}
	g, err := findGroup(c, c.View)
	if err != nil {
		return kit.Answer{}, err
	}
	return kit.Put(outcome, presentGroup(g), g.Rev), nil
}

// deleteGroup answers 202 with the place to ask at: the group is fenced at once, and what lay in it is removed in steps.
// It never answers 204, which the command line takes for a failure.
func deleteGroup(c *kit.Call) (kit.Answer, error) {
	g, err := findGroup(c, c.View)
	if err != nil {
		return kit.Answer{}, err
	}
	err = c.Change(func(e *directory.Edit) error {
		found, err := findGroup(c, e.View())
		if err != nil {
			return err
		}
		if err := c.Match(found.Rev); err != nil {
			return err
		}
		return e.DeleteGroup(found.Subscription, found.Name)
	})
	if err != nil {
		return kit.Answer{}, err
	}
	return pending(c, c.Handle(g.Scope().Key())), nil
}

// pending is the answer while a deletion is still under way.
func pending(c *kit.Call, handle string) kit.Answer {
	id, _ := c.Scope.Subscription()
	version, _ := c.Query("api-version")
	at := c.View.Installation().URLs["arm"] + "/subscriptions/" + id.String() + "/operationresults/" + handle + "?api-version=" + version
	return kit.Answer{Status: http.StatusAccepted, Header: map[string]string{"Location": at, "Retry-After": "1"}}
}

// operationResult tells whether a deletion has ended: 202 until nothing is left, then 200.
func operationResult(c *kit.Call) (kit.Answer, error) {
	key, ok := c.Handled(c.Param("handle"))
	scope, err := name.ParseScope(key)
	if !ok || err != nil {
		return kit.Answer{}, fault.New(fault.NotFound, OperationUnknown, "There is no operation of this id.")
	}
	if c.View.Fenced(scope) {
		return pending(c, c.Param("handle")), nil
	}
	return kit.Answer{}, nil
}
