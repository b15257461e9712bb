package entra

import (
	"net/http"
	"strconv"

	"github.com/lanyard-id/lanyard/internal/azwire"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/mint"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web"
)

// Why the token endpoint refuses a client, beside what the form and the assertion can be wrong in.
const (
	// ClientUnknown means that no application or identity of the tenant has this client id.
	ClientUnknown fault.Reason = "entra.client_unknown"
	// ClientDisabled means that the application's service principal is disabled.
	ClientDisabled fault.Reason = "entra.client_disabled"
	// NoService means that the application has no service principal, so nobody signs in as it.
	NoService fault.Reason = "entra.no_service"
)

// token serves the token endpoint: who is the client, does it trust the assertion, then a token of the client's identity.
func (d Door) token(w http.ResponseWriter, r *http.Request) error {
	event := web.EventOf(r.Context())
	body, err := web.ReadBody(r)
	if err != nil {
		return err
	}
	form, err := azwire.DecodeTokenForm(azwire.TokenCall{
		ContentType: r.Header.Get("Content-Type"), Authorization: r.Header.Values("Authorization"), Body: body,
	}, azwire.TokenLimits())
	if err != nil {
		return err
	}
	event.Record.Audience, event.Record.Input = form.Resource, map[string]string{"client_id": bounded(form.ClientID)}
	v := d.View()
	client, err := clientIn(v, web.Param(r, "tenant"), form.ClientID)
	if err != nil {
		if form.ClientSecret != "" {
			_ = d.Proofs.ClientSecret(nil, form.ClientSecret) // only for its time: threat A18
		}
		return err
	}
	event.Record.Tenant = client.Principal().Tenant
	if err := d.prove(v, r, client, form); err != nil {
		return err
	}
	event.Caller(mint.PrincipalOf(client))
	token, err := d.Mint.Exchange(r.Context(), v, mint.ExchangeRequest{
		Owner: client, Secret: form.ClientSecret != "", Audience: form.Resource, Record: event.Draft(),
	})
	if err != nil {
		return err
	}
	return d.answer(w, form, token)
}

// clientIn finds the application or identity that a client id names; the tenant of the path must be its own. The /adfs
// form has no tenant in the path: client ids are unique in the installation.
func clientIn(v *view.View, tenant, client string) (view.Owner, error) {
	unknown := fault.New(fault.Invalid, ClientUnknown,
		"Application with identifier '%s' was not found in the directory. "+
			"You may have sent your authentication request to the wrong tenant.", bounded(client))
	id, err := name.ParseGUID(client)
	if err != nil {
		return view.Owner{}, unknown
	}
	owner, found := v.PrincipalByClient(id)
	if tenant != "" {
		t, err := tenantIn(v, tenant)
		if err != nil {
			return view.Owner{}, err
		}
		found = found && owner.Principal().Tenant == t.ID
	}
	if !found || owner.Operator != nil {
		return view.Owner{}, unknown
	}
	return owner, nil
}

// bounded keeps what a stranger wrote short enough for an error and a record.
func bounded(s string) string {
	if len(s) > 64 {
		return s[:64] + "..."
	}
	return s
}

func (d Door) answer(w http.ResponseWriter, form azwire.TokenForm, token mint.Token) error {
	write := azwire.AppendTokenV1
	if form.ByScope {
		write = azwire.AppendTokenV2
	}
	b := write(make([]byte, 0, 2048), azwire.IssuedToken{
		AccessToken: token.Access.Reveal(), Resource: token.Resource,
		NotBefore: token.Issued, ExpiresOn: token.Expires, Now: d.Now(),
	})
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(b)))
	h.Set("Cache-Control", "no-store") // RFC 6749 section 5.1
	h.Set("Pragma", "no-cache")
	_, err := w.Write(b)
	return err
}
