package keyvault

import (
	"net/http"
	"strconv"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/azwire"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// dialect writes Key Vault's error JSON, and the challenge that tells a client where to get a token and for whom.
type dialect struct {
	errors *azwire.ErrorTable
	view   func() *view.View
}

// noVault answers for a vault that does not exist and for one of another tenant, which must look the same.
func noVault() azwire.Row {
	return azwire.Row{Status: http.StatusNotFound, Code: "VaultNotFound", Message: "There is no vault of this name.", Fixed: true}
}

// rows are the refusals that only this door knows.
func rows() map[fault.Reason]azwire.Row {
	return map[fault.Reason]azwire.Row{
		VaultNotFound: noVault(),
		ForeignTenant: noVault(),
	}
}

// inner is the inner code of a refusal; empty for none.
func inner(why fault.Reason) string {
	switch why {
	case access.Denied:
		return "ForbiddenByRbac"
	case SecretDisabled:
		return "SecretDisabled"
	case directory.SecretDeleted:
		return "ObjectIsDeletedButRecoverable"
	}
	return ""
}

// WriteError answers a refusal. A 401 carries the challenge with the tenant of the vault that was asked for: without it
// clients that serve several tenants could not ask the right one.
func (d dialect) WriteError(w http.ResponseWriter, r *http.Request, f *fault.Fault, requestID string) {
	failure := d.errors.Failure(f)
	h := w.Header()
	if failure.Status == http.StatusUnauthorized {
		v := d.view()
		urls := v.Installation().URLs
		h.Set("WWW-Authenticate", azwire.VaultChallenge(urls["entra"], tenantFor(v, r).String(), urls["keyvault"]))
	}
	body := azwire.AppendVaultError(nil, failure, inner(f.Reason), requestID)
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(failure.Status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // a caller who has gone reads nothing
	}
}

// tenantFor is the tenant whose tokens count for the vault that is asked for; the default one for an unknown vault.
func tenantFor(v *view.View, r *http.Request) name.GUID {
	if t, err := parseTarget(v, r); err == nil {
		if vault, ok := v.Vault(t.vault); ok {
			if tenant, ok := v.TenantOf(vault.ID.Scope()); ok {
				return tenant
			}
		}
	}
	return v.Installation().Tenant
}

// Code is the error code for the record.
func (d dialect) Code(f *fault.Fault) string {
	if code := inner(f.Reason); code != "" {
		return code
	}
	return d.errors.Failure(f).Code
}
