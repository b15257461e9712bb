package directory

import (
	"github.com/lanyard-id/lanyard/internal/directory/form"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// GroupSpec is a resource group as somebody wants it.
type GroupSpec struct {
	Subscription   name.GUID
	Name, Location string
	Tags           view.Tags
}

// PutGroup makes or updates a resource group.
func (e *Edit) PutGroup(s GroupSpec) (Outcome, error) {
	if _, ok := e.view.Subscription(s.Subscription); !ok {
		return Unchanged, notFound(SubscriptionNotFound, "there is no subscription %s", s.Subscription)
	}
	err := firstError(
		because(InvalidName, form.Group(s.Name)),
		because(InvalidValue, form.Location(s.Location)), because(InvalidValue, form.Tags(s.Tags)))
	if err != nil {
		return Unchanged, err
	}
	scope, err := name.ParseScope("/subscriptions/" + s.Subscription.String() + "/resourceGroups/" + s.Name)
	if err != nil {
		return Unchanged, invalid(InvalidName, "resource group: %v", err)
	}
	if e.view.Fenced(scope) {
		return Unchanged, fenced(scope)
	}
	g := &view.ResourceGroup{Subscription: s.Subscription, Name: s.Name, Location: s.Location, Tags: s.Tags, Created: e.now}
	if old, ok := e.view.Group(s.Subscription, s.Name); ok {
		g.Name, g.Created = old.Name, old.Created
	}
	return e.Save(g)
}

// DeleteGroup deletes a resource group and everything in it. All of it is gone when the command is committed, whatever
// the sweep has still to remove.
func (e *Edit) DeleteGroup(subscription name.GUID, group string) error {
	g, ok := e.view.Group(subscription, group)
	if !ok {
		return notFound(GroupNotFound, "there is no resource group %q", shown(group))
	}
	return e.removeTree(&view.Tombstone{Scope: g.Scope(), Began: e.now})
}

// place checks that a resource can lie where its id says, and gives the tenant.
func (e *Edit) place(id name.ResourceID) (tenant name.GUID, err error) {
	sub, ok := e.view.Subscription(id.Subscription())
	if !ok {
		return name.GUID{}, notFound(SubscriptionNotFound, "there is no subscription %s", id.Subscription())
	}
	if e.view.Fenced(id.Scope()) {
		return name.GUID{}, fenced(id.Scope())
	}
	if _, ok := e.view.Group(id.Subscription(), id.Group()); !ok {
		return name.GUID{}, notFound(GroupNotFound, "there is no resource group %q", id.Group())
	}
	if parent, nested := id.Parent(); nested {
		if _, ok := e.view.Resource(parent); !ok {
			return name.GUID{}, notFound(ResourceNotFound, "the parent resource %s does not exist", parent)
		}
	}
	return sub.Tenant, nil
}

func fenced(s name.Scope) error {
	return conflict(Fenced, "%s is being deleted; try again when that is done", s)
}
