package kinds

import (
	"encoding/json"

	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/manifest"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// IssuerItem shows an outside issuer. Implied says that it became known with the first trust that names it.
type IssuerItem struct {
	Head
	Preset            string          `json:"preset,omitempty"`
	Keys              json.RawMessage `json:"keys,omitempty"`
	CA                string          `json:"ca,omitempty"`
	Private           bool            `json:"private,omitempty"`
	AllowHTTPLoopback bool            `json:"allowHTTPLoopback,omitempty"`
	Shared            bool            `json:"shared,omitempty"`
	OneUse            bool            `json:"oneUseJTI,omitempty"`
	Disabled          bool            `json:"disabled,omitempty"`
	Implied           bool            `json:"implied,omitempty"`
}

func (t thing) issuerItem(r *view.Issuer) IssuerItem {
	return IssuerItem{t.head(), r.Preset, r.Keys, r.CA, r.Private, r.AllowHTTPLoopback, r.Shared, r.OneUse, r.Disabled, r.Implied}
}

func (p *planner) putIssuer(s *manifest.Issuer) (string, directory.Outcome, error) {
	spec := directory.IssuerSpec{
		Private: s.Private, AllowHTTPLoopback: s.AllowHTTPLoopback, Shared: s.Shared, OneUse: s.OneUse, Disabled: s.Disabled,
	}
	var url string
	err := p.all(pair{&url, s.URL}, pair{&spec.Preset, s.Preset}, pair{&spec.CA, s.CA})
	if err != nil {
		return "", directory.Unchanged, err
	}
	if url != "" {
		if spec.URL, err = name.ParseIssuerURL(url); err != nil {
			return "", directory.Unchanged, at(s.URL.At, invalidID("%v", err))
		}
	}
	if spec.Keys, err = p.document(s.Keys); err != nil {
		return "", directory.Unchanged, at(s.Keys.At, err)
	}
	issuer, outcome, err := p.e.PutIssuer(spec)
	return issuer.String(), outcome, err
}
