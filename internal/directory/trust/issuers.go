package trust

import (
	"crypto/x509"
	"encoding/pem"
	"slices"
	"strings"
	"time"

	"github.com/lanyard-id/lanyard/internal/directory/form"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/jose"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/preset"
	"github.com/lanyard-id/lanyard/internal/view"
)

// Reasons about outside issuers.
const (
	// Invalid: a field of the issuer has a value that cannot be, or a trust names an issuer that must be registered first.
	Invalid fault.Reason = "directory.issuer_invalid"
	// InUse: something still trusts the issuer.
	InUse fault.Reason = "directory.issuer_in_use"
	// NotFound: no outside issuer is registered under this URL.
	NotFound fault.Reason = "directory.issuer_not_found"
	// OtherKeys: the issuer is registered with other keys. Two parties use one URL, or all keys were replaced at once:
	// upload a set that has an old key beside the new ones, or delete the issuer and what trusts it first.
	OtherKeys fault.Reason = "directory.issuer_other_keys"
	// Shared: anybody can get a token of this issuer, and the trust does not limit the subject to an owner.
	Shared fault.Reason = "directory.issuer_shared"
)

// maxCA bounds the PEM text of an issuer's authorities.
const maxCA = 64 << 10

// Spec is an outside issuer as somebody wants it.
type Spec struct {
	URL               name.IssuerURL // zero: the preset's
	Preset            string         // zero: found by the URL
	Keys              string         // JWK set; empty is discovery
	CA                string         // PEM
	Private           bool
	AllowHTTPLoopback bool
	Shared            bool // true for a preset's shared issuer, whatever is said here
	OneUse            bool
	Disabled          bool
}

// Issuer makes the record that a spec wants, in the place of the one that is there.
func Issuer(v *view.View, s Spec, now time.Time) (*view.Issuer, error) {
	if err := s.complete(); err != nil {
		return nil, err
	}
	if own(v, s.URL) {
		return nil, invalid(Invalid, "%s is an issuer of this installation: it needs no registration", s.URL)
	}
	if err := s.check(); err != nil {
		return nil, err
	}
	keys, err := uploaded(s.Keys)
	if err != nil {
		return nil, err
	}
	i := &view.Issuer{
		URL: s.URL, Preset: s.Preset, Keys: keys, CA: s.CA, Private: s.Private, AllowHTTPLoopback: s.AllowHTTPLoopback,
		Shared: s.Shared, OneUse: s.OneUse, Disabled: s.Disabled, Created: now,
	}
	if old, ok := v.Issuer(s.URL.String()); ok {
		i.Created = old.Created
		return i, sameIssuer(old, keys)
	}
	return i, nil
}

// complete fills in what follows from the preset or the URL.
func (s *Spec) complete() (err error) {
	p, known := preset.Named(s.Preset)
	switch {
	case s.Preset != "" && !known:
		return invalid(Invalid, "there is no preset %q: want one of %s", form.Shown(s.Preset), strings.Join(preset.Names(), ", "))
	case s.URL.IsZero() && len(p.Issuers) == 0:
		return invalid(Invalid, "an issuer needs a URL; of the presets, those of shared issuers know theirs")
	case s.URL.IsZero():
		if s.URL, err = name.ParseIssuerURL(p.Issuers[0]); err != nil {
			return err
		}
	case s.Preset == "":
		p, _ = preset.Of(s.URL.String())
	}
	s.Preset = p.Name
	s.Shared = s.Shared || p.Shared && p.Covers(s.URL.String())
	return nil
}

func (s *Spec) check() error {
	plain := strings.HasPrefix(s.URL.String(), "http://")
	fetched := s.CA != "" || s.Private || s.AllowHTTPLoopback
	switch {
	case s.Keys != "" && fetched:
		return invalid(Invalid, "the keys of %s are uploaded and never fetched: ca, private and allowHTTPLoopback mean nothing", s.URL)
	case plain && s.Keys == "" && !s.AllowHTTPLoopback:
		return invalid(Invalid, "%s is plain HTTP: allowHTTPLoopback must say that this is meant", s.URL)
	case len(s.CA) > maxCA:
		return invalid(Invalid, "the certificates of an issuer's authorities have at most %d bytes", maxCA)
	}
	return checkCA(s.CA)
}

// checkCA wants PEM certificates and nothing else: a private key would be shown to whoever reads the issuer.
func checkCA(text string) error {
	for rest := []byte(text); len(strings.TrimSpace(string(rest))) > 0; {
		block, after := pem.Decode(rest)
		if block == nil || block.Type != "CERTIFICATE" {
			return invalid(Invalid, "the certificates of an issuer's authorities must be PEM certificates and nothing else")
		}
		if _, err := x509.ParseCertificate(block.Bytes); err != nil {
			return invalid(Invalid, "a certificate of an issuer's authorities cannot be read: %v", err)
		}
		rest = after
	}
	return nil
}

// uploaded reads a key set and gives it as it is kept: the keys that can verify tokens.
func uploaded(text string) (view.Raw, error) {
	if text == "" {
		return nil, nil
	}
	keys, err := jose.ParseJWKS([]byte(text))
	if err != nil {
		return nil, err
	}
	kept, err := jose.MarshalJWKS(keys)
	if err != nil {
		return nil, err
	}
	return kept, nil
}

// sameIssuer refuses to let another issuer take over a URL with all that trusts it (threat F14). Uploaded keys are
// rotated by sets that overlap; between uploaded keys and discovery there is no way but deletion.
func sameIssuer(old *view.Issuer, keys view.Raw) error {
	other := conflict(OtherKeys, "the issuer %s is registered with other keys: upload a set that also holds one of them, "+
		"or delete it and what trusts it first", old.URL)
	switch {
	case old.Implied, len(old.Keys) == 0 && len(keys) == 0:
		return nil
	case len(old.Keys) == 0 || len(keys) == 0:
		return other
	}
	before, err := thumbprints(old.Keys)
	if err != nil {
		return err
	}
	after, err := thumbprints(keys)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(after, func(k string) bool { return slices.Contains(before, k) }) {
		return other
	}
	return nil
}

func thumbprints(set view.Raw) ([]string, error) {
	keys, err := jose.ParseJWKS(set)
	if err != nil {
		return nil, err
	}
	var prints []string
	for _, k := range keys {
		sum, err := k.Thumbprint()
		if err != nil {
			return nil, err
		}
		prints = append(prints, sum)
	}
	return prints, nil
}

// Deletable gives an issuer that nothing trusts any more: under its URL another one may be registered later.
func Deletable(v *view.View, url name.IssuerURL) (*view.Issuer, error) {
	i, ok := v.Issuer(url.String())
	if !ok {
		return nil, fault.New(fault.NotFound, NotFound, "there is no issuer %s", url)
	}
	for p := range v.OIDCProviders(name.AccountID{}) {
		if p.URL == url {
			return nil, conflict(InUse, "the OIDC provider %s still stands for the issuer", p.ARN)
		}
	}
	for c := range v.Clusters() {
		if c.Issuer == url {
			return nil, conflict(InUse, "the cluster %s still has the issuer", c.ARN)
		}
	}
	trusts := func(c view.FederatedCredential) bool { return c.Issuer == url }
	for r := range v.Under(name.Root()) {
		if u, ok := r.(*view.UserIdentity); ok && slices.ContainsFunc(u.Federated, trusts) {
			return nil, conflict(InUse, "the identity %s still trusts the issuer", u.ID)
		}
	}
	for a := range v.Applications() {
		if slices.ContainsFunc(a.Federated, trusts) {
			return nil, conflict(InUse, "the application %q still trusts the issuer", a.DisplayName)
		}
	}
	return i, nil
}

// own tells whether the URL is that of a tenant of this installation, present, past or to come.
func own(v *view.View, url name.IssuerURL) bool {
	i := v.Installation()
	return i != nil && i.URLs["entra"] != "" && strings.HasPrefix(url.String(), strings.TrimSuffix(i.URLs["entra"], "/")+"/")
}

// Known gives the registration of an issuer that somebody is about to trust; nil for our own. One that nobody registered
// is made as clients of both clouds expect it: by discovery, on public addresses. isNew tells that it must be kept.
func Known(v *view.View, url name.IssuerURL, now time.Time) (i *view.Issuer, isNew bool, err error) {
	if own(v, url) {
		return nil, false, nil
	}
	if i, ok := v.Issuer(url.String()); ok {
		return i, false, nil
	}
	if !strings.HasPrefix(url.String(), "https://") {
		return nil, false, invalid(Invalid, "the issuer %s must be registered first: it is not https", url)
	}
	p, _ := preset.Of(url.String())
	return &view.Issuer{URL: url, Preset: p.Name, Shared: p.Shared, Implied: true, Created: now}, true, nil
}

func invalid(why fault.Reason, format string, args ...any) *fault.Fault {
	return fault.New(fault.Invalid, why, format, args...)
}

func conflict(why fault.Reason, format string, args ...any) *fault.Fault {
	return fault.New(fault.Conflict, why, format, args...)
}
