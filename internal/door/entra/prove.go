package entra

import (
	"net/http"

	"github.com/lanyard-id/lanyard/internal/authn"
	"github.com/lanyard-id/lanyard/internal/azwire"
	"github.com/lanyard-id/lanyard/internal/credential"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/federation"
	"github.com/lanyard-id/lanyard/internal/jose"
	"github.com/lanyard-id/lanyard/internal/mint"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web"
)

// prove checks the one proof that the client brings. Only who has proved to be the application learns that it is disabled.
func (d Door) prove(v *view.View, r *http.Request, client view.Owner, form azwire.TokenForm) error {
	if form.ClientSecret != "" {
		web.EventOf(r.Context()).Record.Input["proof"] = "secret"
		if err := d.Proofs.ClientSecret(client.Application, form.ClientSecret); err != nil {
			return err
		}
		return usable(client)
	}
	token, err := jose.Parse(string(form.Assertion), federation.MaxAssertion)
	if err == nil && authn.SelfSigned(token, client.Principal().ClientID) {
		web.EventOf(r.Context()).Record.Input["proof"] = "certificate"
		if err := d.Proofs.ClientAssertion(client.Application, token, audiences(v, r, client.Principal())); err != nil {
			return err
		}
		return usable(client)
	}
	if err := d.federated(v, r, client, form); err != nil {
		return err
	}
	return usable(client)
}

// federated checks an assertion of somebody else: its issuer says who it is about, the client's credentials whether it may
// act for the client. Who is known to us stands in the record with its tenant, which may be another one (threat F11).
func (d Door) federated(v *view.View, r *http.Request, client view.Owner, form azwire.TokenForm) error {
	event := web.EventOf(r.Context())
	assertion, err := d.Verifier.Verify(r.Context(), v, string(form.Assertion))
	if err != nil {
		return err
	}
	event.Record.Input["subject"], event.Record.Input["issuer"] = assertion.Subject, assertion.Issuer
	if assertion.Own != nil {
		event.Caller(mint.PrincipalOf(assertion.Own.Owner)) // who tries it, until the client is known to trust it
		if assertion.Own.Tenant != client.Principal().Tenant {
			event.Record.Input["caller_tenant"] = assertion.Own.Tenant.String()
		}
	}
	_, err = federation.Match(assertion, trusted(client))
	return err
}

// usable tells whether a client that has proved itself gets tokens at all.
func usable(client view.Owner) error {
	switch a := client.Application; {
	case a == nil:
		return nil
	case !a.HasService():
		return fault.New(fault.Denied, NoService, "The client application %s is missing service principal in the tenant %s.",
			a.Principal.ClientID, a.Principal.Tenant)
	case a.Disabled:
		return fault.New(fault.Denied, ClientDisabled, "The application '%s' is disabled.", a.Principal.ClientID)
	}
	return nil
}

// audiences are the names that a client's own assertion may be made for: the endpoint that it is sent to, under the
// tenant's id or as the client wrote it, and the tenant's issuers. Nothing else, whoever could present it (threat F19).
// The host is the stored one and never the request's.
func audiences(v *view.View, r *http.Request, p *view.Principal) []string {
	base := v.Installation().URLs["entra"]
	v1, v2 := credential.IssuerOf(v.Installation(), p.Tenant)
	tenant := base + "/" + p.Tenant.String()
	return []string{
		base + r.URL.Path, tenant + "/oauth2/v2.0/token", tenant + "/oauth2/token", base + "/adfs/oauth2/token", v1, v2,
	}
}

// trusted lists the federated credentials of a client; a system-assigned identity can have none.
func trusted(client view.Owner) []view.FederatedCredential {
	switch {
	case client.Identity != nil:
		return client.Identity.Federated
	case client.Application != nil:
		return client.Application.Federated
	}
	return nil
}
