package cloud

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/lanyard-id/lanyard/internal/door/arm/kit"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web"
)

// Name is what clients call this cloud. It is never AzureCloud: the command line replaces that one's addresses by the
// real ones.
const Name = "Lanyard"

// Public is the table of what is answered to anybody.
func Public(current func() *view.View) []web.Route {
	return []web.Route{{
		Method: http.MethodGet, Pattern: "/metadata/endpoints", Name: "MetadataEndpoints", Permission: "none", Fold: true, Slash: true,
		Doc: "where everything is, for az (2015-01-01, 2019-05-01) and Terraform (2022-09-01)",
		Handler: func(w http.ResponseWriter, r *http.Request) error {
			query, err := web.ParseQuery(r.URL.RawQuery, web.QueryRules{Fold: true})
			if err != nil {
				return err
			}
			version, _ := query.Get("api-version")
			out, err := document(current().Installation(), version)
			if err != nil {
				return err
			}
			w.Header().Set("Cache-Control", "no-cache")
			return web.WriteJSON(w, http.StatusOK, out)
		},
	}}
}

// document gives the metadata in one of its three forms. The api-version tells the families of clients apart: the command
// line asks for the first two, and believes a private authority only when its address ends in /adfs; Terraform asks for
// the third and puts the tenant behind the address itself.
func document(inst *view.Installation, version string) (any, error) {
	entra := inst.URLs["entra"]
	switch version {
	case "2015-01-01":
		return first{
			Gallery: inst.URLs["arm"], Graph: graphOf(inst), Portal: inst.URLs["console"],
			Authentication: authentication{Login: entra + "/adfs", Audiences: audiences()},
		}, nil
	case "2019-05-01", "2020-06-01":
		return []metadata{describe(inst, entra+"/adfs")}, nil
	case "2022-09-01", "2023-11-01", "2023-12-01":
		return describe(inst, entra), nil
	case "":
		return nil, fault.New(fault.Invalid, kit.MissingVersion, "The api-version query parameter (?api-version=) is required for all requests.")
	}
	return nil, fault.New(fault.Invalid, kit.BadVersion, "The api-version '%s' is invalid. The supported versions are '%s'.", kit.Shown(version),
		"2023-12-01, 2023-11-01, 2022-09-01, 2020-06-01, 2019-05-01, 2015-01-01")
}

// first is the document's oldest form, of one cloud.
type first struct {
	Gallery        string         `json:"galleryEndpoint"`
	Graph          string         `json:"graphEndpoint"`
	Portal         string         `json:"portalEndpoint"`
	Authentication authentication `json:"authentication"`
}

type authentication struct {
	Login     string   `json:"loginEndpoint"`
	Audiences []string `json:"audiences"`
	Tenant    string   `json:"tenant,omitempty"`
	Provider  string   `json:"identityProvider,omitempty"`
}

// metadata is one cloud in the later forms. What is no part of this cloud is left out, so that no client takes an empty
// address for one.
type metadata struct {
	Portal          string         `json:"portal,omitempty"`
	Authentication  authentication `json:"authentication"`
	GraphAudience   string         `json:"graphAudience,omitempty"`
	Graph           string         `json:"graph"`
	Name            string         `json:"name"`
	Suffixes        suffixes       `json:"suffixes"`
	ResourceManager string         `json:"resourceManager"`
	Gallery         string         `json:"gallery"`
	MicrosoftGraph  string         `json:"microsoftGraphResourceId"`
	Media           string         `json:"media,omitempty"`
}

type suffixes struct {
	Storage  string `json:"storage"`
	KeyVault string `json:"keyVaultDns"`
}

// audiences of tokens for the Resource Manager, the one that clients choose first.
func audiences() []string {
	return []string{"https://management.core.windows.net/", "https://management.azure.com/"}
}

func describe(inst *view.Installation, login string) metadata {
	return metadata{
		Portal: inst.URLs["console"], Name: Name, ResourceManager: inst.URLs["arm"], Gallery: inst.URLs["arm"],
		Authentication: authentication{Login: login, Audiences: audiences(), Tenant: "common", Provider: "AAD"},
		Graph:          graphOf(inst), GraphAudience: graphOf(inst), MicrosoftGraph: graphOf(inst),
		Suffixes: suffixes{Storage: hostOf(inst.URLs["storage"]), KeyVault: hostOf(inst.URLs["keyvault"])},
	}
}

// graphOf is the address of Microsoft Graph here. Clients ask for tokens of this very text, and put /v1.0 behind it.
func graphOf(inst *view.Installation) string {
	if at := inst.URLs["graph"]; at != "" {
		return at + "/"
	}
	return inst.URLs["entra"] + "/"
}

// hostOf is host and port of a URL; empty for none.
func hostOf(text string) string {
	u, err := url.Parse(strings.TrimSpace(text))
	if err != nil {
		return ""
	}
	return u.Host
}
