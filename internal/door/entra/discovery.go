package entra

import (
	"net/http"
	"strings"

	"github.com/lanyard-id/lanyard/internal/credential"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web"
)

// TenantUnknown means that no tenant has the id or name in the path.
const TenantUnknown fault.Reason = "entra.tenant_unknown"

// form is one of the three forms in which clients ask for discovery.
type form uint8

const (
	v1 form = iota
	v2
	adfs
)

// configuration is the discovery document (OpenID Connect Discovery 1.0 section 3), as far as it is true here: there are
// no users, so nothing can be authorized interactively. The authorization endpoint is named because clients refuse a
// document without it; it answers 404.
type configuration struct {
	Issuer        string   `json:"issuer"`
	Authorization string   `json:"authorization_endpoint"`
	Token         string   `json:"token_endpoint"`
	Keys          string   `json:"jwks_uri"`
	AuthMethods   []string `json:"token_endpoint_auth_methods_supported"`
	Grants        []string `json:"grant_types_supported"`
	ResponseTypes []string `json:"response_types_supported"`
	SubjectTypes  []string `json:"subject_types_supported"`
	Algorithms    []string `json:"id_token_signing_alg_values_supported"`
}

// discovery serves the document in one form. Every URL in it, and the issuer, come from the stored public URL and never
// from the request (threat T11).
func (d Door) discovery(f form) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		v := d.View()
		base := v.Installation().URLs["entra"]
		c := configuration{
			AuthMethods: []string{"client_secret_post", "client_secret_basic", "private_key_jwt"}, Grants: []string{"client_credentials"},
			ResponseTypes: []string{"token"}, SubjectTypes: []string{"pairwise"}, Algorithms: []string{"RS256", "ES256"},
		}
		if f == adfs {
			c.Issuer, c.Keys = base+"/adfs", base+"/common/discovery/keys"
			c.Authorization, c.Token = base+"/adfs/oauth2/authorize", base+"/adfs/oauth2/token"
			return web.WriteJSON(w, http.StatusOK, c)
		}
		tenant, err := tenantIn(v, web.Param(r, "tenant"))
		if err != nil {
			return err
		}
		one, two := credential.IssuerOf(v.Installation(), tenant.ID)
		at := base + "/" + tenant.ID.String()
		c.Issuer, c.Keys, c.Authorization, c.Token = one, at+"/discovery/keys", at+"/oauth2/authorize", at+"/oauth2/token"
		if f == v2 {
			c.Issuer, c.Keys = two, at+"/discovery/v2.0/keys"
			c.Authorization, c.Token = at+"/oauth2/v2.0/authorize", at+"/oauth2/v2.0/token"
		}
		return web.WriteJSON(w, http.StatusOK, c)
	}
}

// outbound is the discovery document of the tokens that AWS principals of an account get for others (AWS STS,
// GetWebIdentityToken). An account that does not hand out any has none.
type outbound struct {
	Issuer        string   `json:"issuer"`
	Keys          string   `json:"jwks_uri"`
	ResponseTypes []string `json:"response_types_supported"`
	SubjectTypes  []string `json:"subject_types_supported"`
	Algorithms    []string `json:"id_token_signing_alg_values_supported"`
}

func (d Door) discoveryOfAccount(w http.ResponseWriter, r *http.Request) error {
	v := d.View()
	id, err := name.ParseAccountID(web.Param(r, "account"))
	account, ok := v.Account(id)
	if err != nil || !ok || !account.Outbound {
		return fault.New(fault.NotFound, TenantUnknown, "There is no issuer under this path.")
	}
	return web.WriteJSON(w, http.StatusOK, outbound{
		Issuer: v.Installation().IssuerAWS(id), Keys: v.Installation().URLs["entra"] + "/common/discovery/keys",
		ResponseTypes: []string{"id_token"}, SubjectTypes: []string{"public"}, Algorithms: []string{"RS256"},
	})
}

// keys serves the public signing keys of the installation: all tenants share them, the issuer tells them apart.
func (d Door) keys(w http.ResponseWriter, r *http.Request) error {
	if tenant := web.Param(r, "tenant"); tenant != "" {
		if _, err := tenantIn(d.View(), tenant); err != nil {
			return err
		}
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "public, max-age=3600") // no longer than a key is published before its first use
	_, err := w.Write(d.Keys.JWKS())
	return err
}

// tenantIn finds the tenant of a path: by id, by name, or the only one where a client says "common" or "organizations".
func tenantIn(v *view.View, text string) (*view.Tenant, error) {
	if id, err := name.ParseGUID(text); err == nil {
		if t, ok := v.Tenant(id); ok {
			return t, nil
		}
	} else if t, ok := v.TenantNamed(text); ok {
		return t, nil
	} else if strings.EqualFold(text, "common") || strings.EqualFold(text, "organizations") {
		if t, ok := only(v); ok {
			return t, nil
		}
	}
	return nil, fault.New(fault.NotFound, TenantUnknown, "Tenant '%s' not found. Check to make sure you have the correct tenant ID.", bounded(text))
}

// only is the one tenant of an installation that has no more than one.
func only(v *view.View) (*view.Tenant, bool) {
	var found *view.Tenant
	for t := range v.Tenants() {
		if found != nil {
			return nil, false
		}
		found = t
	}
	return found, found != nil
}
