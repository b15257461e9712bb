package metadata

import (
	"net/http"

	"github.com/lanyard-id/lanyard/internal/attest/resolve"
	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/azwire"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/mint"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web"
)

// decoder reads a request in one family of flavours.
type decoder func(azwire.MetadataCall) (azwire.MetadataRequest, error)

// handler serves one token request: decode, find the workload, have its token made, answer in the same flavour.
func (d Door) handler(decode decoder) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		event := web.EventOf(r.Context())
		if header := web.Forwarded(r); header != "" {
			return fault.New(fault.Invalid, azwire.ReasonMetadataForwarded, "Forwarded requests are not answered: the header %.64s is there.", header)
		}
		body, err := web.ReadBody(r)
		if err != nil {
			return err
		}
		req, err := decode(azwire.MetadataCall{Method: r.Method, RawQuery: r.URL.RawQuery, Header: r.Header, Body: body})
		if err != nil {
			return err
		}
		event.Record.Audience = req.Resource
		now, v := d.Now(), d.View()
		workload, err := resolve.Workload(v, now, resolve.Facts{LaunchSecret: launchSecret(r, req)})
		if err != nil {
			return err
		}
		event.Caller(callerOf(workload))
		token, err := d.Mint.Token(r.Context(), v, mint.TokenRequest{
			Workload: workload, Selector: selectorOf(req.Selector), Audience: req.Resource, Record: event.Draft(),
		})
		if err != nil {
			return err
		}
		h := w.Header()
		h.Set("Content-Type", "application/json; charset=utf-8")
		h.Set("Cache-Control", "no-store")
		_, err = w.Write(azwire.AppendMetadataToken(make([]byte, 0, 2048), req.Flavour, azwire.IssuedToken{
			AccessToken: token.Access.Reveal(), ClientID: token.ClientID.String(), Resource: token.Resource,
			NotBefore: token.Issued, ExpiresOn: token.Expires, Now: now,
		}))
		return err
	}
}

// launchSecret is the proof of which workload calls: in the path where the flavour has no header for it.
func launchSecret(r *http.Request, req azwire.MetadataRequest) string {
	if s := web.Param(r, "secret"); s != "" {
		return s
	}
	return string(req.Secret)
}

// callerOf names the workload in the record of a refusal; mint names the identity in the record of a token.
func callerOf(w view.Workload) audit.Principal {
	if w.Operator != nil {
		return audit.Principal{Kind: "operator", ID: w.Operator.ObjectID.String(), Display: w.Name()}
	}
	if w.AWS != nil {
		return audit.Principal{Kind: "resource", ID: w.AWS.UID.String(), Display: w.Name()}
	}
	return audit.Principal{Kind: "resource", ID: w.Resource.UID.String(), Display: w.Name()}
}

func selectorOf(s azwire.Selector) mint.Selector {
	switch s.Kind {
	case azwire.ByClientID:
		return mint.Selector{Kind: mint.ByClient, ID: s.ID}
	case azwire.ByPrincipalID:
		return mint.Selector{Kind: mint.ByObject, ID: s.ID}
	case azwire.ByClientOrPrincipalID:
		return mint.Selector{Kind: mint.ByEither, ID: s.ID}
	case azwire.ByResourceID:
		return mint.Selector{Kind: mint.ByResource, Resource: s.Resource}
	case azwire.Unselected:
	}
	return mint.Selector{}
}
