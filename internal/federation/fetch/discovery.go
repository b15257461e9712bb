package fetch

import (
	"net/url"
	"strings"

	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/verify/strictjson"
)

// maxDiscovery bounds a discovery document.
const maxDiscovery = 256 << 10

// DiscoveryURL is where an issuer's discovery document lies (OpenID Connect Discovery 1.0 section 4.1): a slash at the
// issuer's end is not doubled.
func DiscoveryURL(issuer name.IssuerURL) string {
	return strings.TrimSuffix(issuer.String(), "/") + "/.well-known/openid-configuration"
}

// ParseDiscovery reads a discovery document and gives where the keys are. The document must name exactly the issuer that
// it was asked of (OpenID Connect Discovery 1.0 section 4.3), else somebody's document would speak for somebody else.
func ParseDiscovery(doc []byte, issuer name.IssuerURL) (*url.URL, error) {
	o, err := strictjson.Parse(doc, strictjson.Limits{Bytes: maxDiscovery})
	if err != nil {
		return nil, refused(DiscoveryMalformed, "The discovery document of %s is not strict JSON.", issuer).Because(err)
	}
	if m, of, found := o.Lookalike("issuer", "jwks_uri"); found {
		return nil, refused(DiscoveryMalformed, "The discovery document of %s has a member %q beside %q.", issuer, shown(m.Name), of)
	}
	said, _ := o.Get("issuer")
	if text, ok := said.Text(); !ok || text != issuer.String() {
		return nil, refused(DiscoveryMismatch, "The discovery document of %s names another issuer: %q.", issuer, shown(text))
	}
	where, _ := o.Get("jwks_uri")
	text, _ := where.Text()
	keys, ok := keysURL(text)
	if !ok {
		return nil, refused(DiscoveryMalformed, "The discovery document of %s has no jwks_uri that can be used: %q.", issuer, shown(text))
	}
	return keys, nil
}

// keysURL reads where the keys are: https, or http that the caller judges; no user, no fragment, nothing odd.
func keysURL(text string) (*url.URL, bool) {
	if len(text) > 2*name.MaxIssuer || strings.ContainsFunc(text, func(r rune) bool { return r <= 0x20 || r >= 0x7f || r == '\\' }) {
		return nil, false
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Hostname() == "" || u.User != nil || u.Opaque != "" || u.Fragment != "" {
		return nil, false
	}
	return u, u.Scheme == "https" || u.Scheme == "http"
}

// shown cuts what a stranger wrote.
func shown(s string) string {
	if len(s) > 128 {
		return s[:128] + "..."
	}
	return s
}
