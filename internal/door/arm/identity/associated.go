package identity

import (
	"slices"
	"strconv"

	"github.com/lanyard-id/lanyard/internal/door/arm/kit"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// associated is the wire's form of a resource that an identity is attached to.
type associated struct {
	ID           string `json:"id"`
	Name         string `json:"name"`
	Type         string `json:"type"`
	Group        string `json:"resourceGroup"`
	Subscription string `json:"subscriptionId"`
	Display      string `json:"subscriptionDisplayName"`
}

// listAssociated lists the resources of the tenant that the identity is attached to. The right to ask is on the identity:
// who may assign it may know where it is, as at Azure.
func listAssociated(c *kit.Call) (kit.Answer, error) {
	if err := c.NoBody(); err != nil {
		return kit.Answer{}, err
	}
	for _, unsupported := range []string{"$filter", "$orderby"} {
		if text, ok := c.Query(unsupported); ok && text != "" {
			return kit.Answer{}, fault.New(fault.Invalid, kit.BadFilter, "%s is not supported here.", unsupported)
		}
	}
	i, err := find(c, c.View)
	if err != nil {
		return kit.Answer{}, err
	}
	skip := uint64(0)
	if text, ok := c.Query("$skip"); ok {
		if skip, err = strconv.ParseUint(text, 10, 31); err != nil {
			return kit.Answer{}, fault.New(fault.Invalid, kit.BadParameter, "The value '%s' of $skip is not a number.", kit.Shown(text))
		}
	}
	all := attachedTo(c.View, i)
	out, err := kit.List(c, func(after string, yield func(kit.Item) bool) {
		for at, r := range all {
			if uint64(at) < skip || after != "" && r.ID.Key() <= after { //nolint:gosec // an index is never negative
				continue
			}
			if !yield(kit.Item{Key: r.ID.Key(), Body: presentAssociated(c.View, r)}) {
				return
			}
		}
	})
	if err != nil {
		return out, err
	}
	return out.WithTotal(len(all)), nil
}

// attachedTo finds the resources, in the order of their keys.
func attachedTo(v *view.View, i *view.UserIdentity) (all []*view.Resource) {
	for s := range v.Subscriptions() {
		at, err := name.ParseScope("/subscriptions/" + s.ID.String())
		if err != nil || s.Tenant != i.Principal.Tenant {
			continue
		}
		for _, rec := range v.UnderAfter(at, "") {
			r, ok := rec.(*view.Resource)
			if ok && !v.Fenced(r.ID.Scope()) && slices.ContainsFunc(r.Users, func(a view.Attached) bool { return a.ObjectID == i.Principal.ObjectID }) {
				all = append(all, r)
			}
		}
	}
	slices.SortFunc(all, func(a, b *view.Resource) int {
		if a.ID.Key() < b.ID.Key() {
			return -1
		}
		return 1
	})
	return all
}

func presentAssociated(v *view.View, r *view.Resource) associated {
	out := associated{
		ID: r.ID.String(), Name: r.ID.Name(), Type: r.ID.Type(), Group: r.ID.Group(), Subscription: r.ID.Subscription().String(),
	}
	if s, ok := v.Subscription(r.ID.Subscription()); ok {
		out.Display = s.Name
	}
	return out
}
