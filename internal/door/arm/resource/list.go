package resource

import (
	"iter"
	"strings"
	"time"

	"github.com/lanyard-id/lanyard/internal/door/arm/kit"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// entry is a resource in a list: exactly one field is set.
type entry struct {
	resource *view.Resource
	identity *view.UserIdentity
}

func (e entry) id() name.ResourceID {
	if e.identity != nil {
		return e.identity.ID
	}
	return e.resource.ID
}

// entries yields resources and identities under a scope that are there, in the order of keys.
func entries(v *view.View, scope name.Scope, after string) iter.Seq2[string, entry] {
	return func(yield func(string, entry) bool) {
		for key, r := range v.UnderAfter(scope, after) {
			var e entry
			switch r := r.(type) {
			case *view.Resource:
				e.resource = r
			case *view.UserIdentity:
				e.identity = r
			default:
				continue
			}
			if !v.Fenced(e.id().Scope()) && !yield(key, e) {
				return
			}
		}
	}
}

// listResources lists what the caller may read, of every type.
func listResources(c *kit.Call) (kit.Answer, error) {
	filter, err := c.Filter("name", "resourceGroup", "resourceType", "location", "tagName", "tagValue", "identity/principalId")
	if err != nil {
		return kit.Answer{}, err
	}
	expand, err := expanded(c)
	if err != nil {
		return kit.Answer{}, err
	}
	if c.Param("group") != "" {
		if _, err := findGroup(c, c.View); err != nil {
			return kit.Answer{}, err
		}
	}
	return kit.List(c, func(after string, yield func(kit.Item) bool) {
		for key, e := range entries(c.View, c.Scope, after) {
			if !filter.Matches(fields(e)) || !c.Sees(e.id().Type()+"/read", e.id().Scope()) {
				continue
			}
			if !yield(kit.Item{Key: key, Body: listedAs(c.View, e, expand)}) {
				return
			}
		}
	})
}

// listedAs is one line of such a list, with what $expand asks for.
func listedAs(v *view.View, e entry, expand map[string]bool) wireResource {
	var w wireResource
	var made time.Time
	if e.identity != nil {
		w, made = outlineIdentity(e.identity), e.identity.Created
	} else {
		w, made = outline(v, e.resource), e.resource.Created
	}
	if expand["createdtime"] {
		w.Created = made.UTC().Format(timeForm)
	}
	if expand["provisioningstate"] {
		w.State = "Succeeded"
	}
	return w
}

// expanded reads $expand. changedTime is known to clients and not to us: it is left out of the answers.
func expanded(c *kit.Call) (map[string]bool, error) {
	asked := map[string]bool{}
	text, _ := c.Query("$expand")
	for word := range strings.SplitSeq(text, ",") {
		word = strings.ToLower(strings.TrimSpace(word))
		switch word {
		case "":
		case "createdtime", "changedtime", "provisioningstate":
			asked[word] = true
		default:
			return nil, fault.New(fault.Invalid, kit.BadParameter, "The $expand of '%s' is not supported.", kit.Shown(word))
		}
	}
	return asked, nil
}

// fields are what a filter may ask about.
func fields(e entry) kit.Fields {
	id := e.id()
	f := kit.Fields{Texts: map[string]string{"name": id.Name(), "resourceGroup": id.Group(), "resourceType": id.Type()}}
	switch {
	case e.identity != nil:
		f.Tags, f.Texts["location"], f.Texts["identity/principalId"] = e.identity.Tags, e.identity.Location, e.identity.Principal.ObjectID.String()
	case e.resource.System != nil:
		f.Tags, f.Texts["location"], f.Texts["identity/principalId"] = e.resource.Tags, e.resource.Location, e.resource.System.ObjectID.String()
	default:
		f.Tags, f.Texts["location"] = e.resource.Tags, e.resource.Location
	}
	return f
}

// listOfType lists the resources of one type at the scope, with their properties.
func listOfType(c *kit.Call) (kit.Answer, error) {
	if c.Param("group") != "" {
		if _, err := findGroup(c, c.View); err != nil {
			return kit.Answer{}, err
		}
	}
	return kit.List(c, func(after string, yield func(kit.Item) bool) {
		for key, e := range entries(c.View, c.Scope, after) {
			if e.resource == nil || !e.resource.ID.IsType(c.Type) || !c.Sees(c.Type+"/read", e.id().Scope()) {
				continue
			}
			if !yield(kit.Item{Key: key, Body: present(c.View, e.resource)}) {
				return
			}
		}
	})
}
