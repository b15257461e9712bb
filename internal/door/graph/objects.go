package graph

import (
	"net/http"
	"slices"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/name"
)

// maxIDs is how many ids may be asked for at once (Microsoft Graph, "directoryObject: getByIds").
const maxIDs = 1000

// getByIDs tells what the ids are: of what the caller may not read, the type alone. Ids that are nothing here, or another
// tenant's, are left out.
func getByIDs(c *call) (answer, error) {
	if err := c.permit(access.DirectoryRequest{Action: access.ReadDirectory, Target: "directoryObjects"}); err != nil {
		return answer{}, err
	}
	m, err := c.members()
	if err != nil {
		return answer{}, err
	}
	if err := only(m, "ids", "types"); err != nil {
		return answer{}, err
	}
	ids, there, err := texts(m, "ids")
	if err != nil {
		return answer{}, err
	}
	if !there || len(ids) > maxIDs {
		return answer{}, badBody("The property 'ids' must be a list of at most %d ids.", maxIDs)
	}
	types, _, err := texts(m, "types")
	if err != nil {
		return answer{}, err
	}
	wanted := func(kind string) bool {
		return len(types) == 0 || slices.Contains(types, kind) || slices.Contains(types, "directoryObject")
	}
	out := page{Context: c.context("directoryObjects"), Value: []any{}}
	for _, said := range ids {
		id, err := name.ParseGUID(said)
		if err != nil {
			return answer{}, badBody("Invalid GUID: %.60s", said)
		}
		who, ok := c.v.Assignee(id)
		if a, isApp := c.v.Application(id); isApp && !a.House && a.Principal.Tenant == c.token.Tenant && wanted("application") {
			out.Value = append(out.Value, c.typedApplication(a))
		}
		switch {
		case !ok || who.Tenant != c.token.Tenant:
		case who.Group != nil && wanted("group"), who.Group == nil && wanted("servicePrincipal"):
			out.Value = append(out.Value, c.typed(who))
		}
	}
	return answer{http.StatusOK, out}, nil
}

// organization shows the tenant.
func organization(c *call) (answer, error) {
	if err := c.permit(access.DirectoryRequest{Action: access.ReadDirectory, Target: "organization"}); err != nil {
		return answer{}, err
	}
	t, ok := c.v.Tenant(c.token.Tenant)
	if !ok {
		return answer{}, notFound(c.token.Tenant.String())
	}
	type shown struct {
		ID      string   `json:"id"`
		Display string   `json:"displayName"`
		Domains []string `json:"verifiedDomains"`
	}
	return answer{http.StatusOK, page{Context: c.context("organization"), Value: []any{shown{t.ID.String(), t.Name, []string{}}}}}, nil
}
