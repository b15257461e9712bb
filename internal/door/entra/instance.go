package entra

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/web"
)

// InstanceUnknown means that a client asks whether an authority is to be trusted that is not this one.
const InstanceUnknown fault.Reason = "entra.instance_unknown"

// instance is the document with which clients make sure of an authority before they use it.
type instance struct {
	Discovery string  `json:"tenant_discovery_endpoint"`
	Version   string  `json:"api-version"`
	Metadata  []alias `json:"metadata"`
}

// alias says which host names are one authority.
type alias struct {
	Network string   `json:"preferred_network"`
	Cache   string   `json:"preferred_cache"`
	Aliases []string `json:"aliases"`
}

// instance confirms this authority under its own name, and no other.
func (d Door) instance(w http.ResponseWriter, r *http.Request) error {
	q, err := web.ParseQuery(r.URL.RawQuery, web.QueryRules{})
	if err != nil {
		return err
	}
	version, _ := q.Get("api-version")
	text, _ := q.Get("authorization_endpoint")
	asked, err := url.Parse(text)
	unknown := fault.New(fault.Invalid, InstanceUnknown, "Unable to validate the authority: '%s' is not one of this server.", bounded(text))
	if err != nil || asked.Scheme != "https" || asked.User != nil || asked.RawQuery != "" || version != "1.0" && version != "1.1" {
		return unknown
	}
	v := d.View()
	base := v.Installation().URLs["entra"]
	_, host, _ := strings.Cut(base, "://")
	if !strings.EqualFold(asked.Host, host) {
		return unknown
	}
	path := strings.Split(strings.Trim(asked.Path, "/"), "/")
	tenant, err := tenantIn(v, path[0])
	if err != nil {
		return err
	}
	at := base + "/" + tenant.ID.String()
	if len(path) > 2 && strings.EqualFold(path[2], "v2.0") {
		at += "/v2.0"
	}
	return web.WriteJSON(w, http.StatusOK, instance{
		Discovery: at + "/.well-known/openid-configuration", Version: version, Metadata: []alias{{host, host, []string{host}}},
	})
}
