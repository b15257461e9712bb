package kit

import (
	"strings"

	"github.com/lanyard-id/lanyard/internal/name"
)

// AtSubscription is the scope of the pattern's {subscription}.
func AtSubscription(c *Call) (name.Scope, error) {
	id, err := c.Subscription()
	if err != nil {
		return name.Scope{}, err
	}
	return parseScope("/subscriptions/" + id.String())
}

// AtGroup is the scope of the pattern's {subscription} and {group}, whether the group exists or not.
func AtGroup(c *Call) (name.Scope, error) {
	id, err := c.Subscription()
	if err != nil {
		return name.Scope{}, err
	}
	return parseScope("/subscriptions/" + id.String() + "/resourceGroups/" + c.groupSpelling(id, c.Param("group")))
}

// AtResource makes the scope of a resource of the type whose name is the pattern's parameter called. The pattern has
// {subscription} and {group} beside it.
func AtResource(typ, called string) func(*Call) (name.Scope, error) {
	return func(c *Call) (name.Scope, error) { return c.resource(typ + "/" + c.Param(called)) }
}

// AtProviderPath is the scope of the resource whose provider, types and names are the pattern's {rest...}.
func AtProviderPath(c *Call) (name.Scope, error) { return c.resource(c.Param("rest")) }

// AtScope is the scope that the pattern's {scope...} spells out: an extension's place.
func AtScope(c *Call) (name.Scope, error) {
	s, err := parseScope("/" + c.Param("scope"))
	if err != nil {
		return s, err
	}
	if rest, ok := strings.CutPrefix(s.Key(), "/subscriptions/"); ok {
		id, _, _ := strings.Cut(rest, "/")
		_, err = c.subscription(id)
	}
	return s, err
}

// Subscription is the id in the pattern's {subscription}.
func (c *Call) Subscription() (name.GUID, error) { return c.subscription(c.Param("subscription")) }

func (c *Call) subscription(text string) (name.GUID, error) {
	id, err := name.ParseGUID(text)
	if err != nil {
		return id, invalid(BadSubscription, "The provided subscription identifier '%s' is malformed or invalid.", Shown(text))
	}
	return id, nil
}

// resource finds the id of a resource in the group of the path: spelled as it was made if it exists, else as the caller
// spells it, with ARM's own words as ARM writes them.
func (c *Call) resource(rest string) (name.Scope, error) {
	sub, err := c.Subscription()
	if err != nil {
		return name.Scope{}, err
	}
	id, err := name.ParseResourceID("/subscriptions/" + sub.String() + "/resourceGroups/" + c.groupSpelling(sub, c.Param("group")) +
		"/providers/" + rest)
	if err != nil {
		return name.Scope{}, invalid(BadParameter, "The resource id in the path is not valid: %s.", err)
	}
	if r, ok := c.View.Resource(id); ok {
		id = r.ID
	} else if i, ok := c.View.Identity(id); ok {
		id = i.ID
	}
	c.ID, c.Type = id, id.Type()
	return id.Scope(), nil
}

// groupSpelling is the group's name as it was made, or as the caller spells it. Whose group it is does not matter here:
// what is not the caller's is refused before anything of it is told.
func (c *Call) groupSpelling(sub name.GUID, group string) string {
	if s, ok := c.View.Subscription(sub); ok && s.Tenant == c.Token.Tenant {
		if g, ok := c.View.Group(sub, group); ok {
			return g.Name
		}
	}
	return group
}

func parseScope(text string) (name.Scope, error) {
	s, err := name.ParseScope(text)
	if err != nil {
		return s, invalid(BadParameter, "The path names no valid scope: %s.", err)
	}
	return s, nil
}
