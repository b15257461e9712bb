package guard

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/lanyard-id/lanyard/verify"
)

// Config says whom a Guard lets in. Issuers, Tenant, Audiences and one of Feed and UntilExpiry are required.
type Config struct {
	Issuers   []string // exact values of iss; see Issuers for those of a tenant of Lanyard
	Tenant    string   // the value of tid
	Audiences []string // exact values of aud: the service's ID URIs and its client id
	Roles     []string // roles that every caller needs; Protect can want more

	// Discovery is the URL of the issuer's discovery document; empty is the first issuer's. Its keys must be at the same
	// origin. Keys is a fixed key set (a JWK set) that is used instead.
	Discovery string
	Keys      []byte

	Roots *x509.CertPool // authorities of the issuer's certificate; nil is the system's
	// Transport reaches the issuer; nil is one with Roots. Redirects are never followed.
	Transport http.RoundTripper

	Feed *Feed // whose tokens ended
	// UntilExpiry says in so many words that no feed is followed: a token is good until it expires, whatever happened to
	// its identity.
	UntilExpiry bool

	// MaxLifetime bounds the life of the tokens that are accepted; 0 is 25 h, as long as the feed remembers.
	MaxLifetime time.Duration
}

// Feed is how to follow the issuer's feed of revocations.
type Feed struct {
	// Token gives a bearer token of this service's own identity for FeedAudience. The identity needs the role "Lanyard
	// Revocation Reader" at the root of its tenant.
	Token func(context.Context) (string, error)
	URL   string // empty is /lanyard/feed/v1/revocations at the first issuer's origin
	// Staleness is how long the feed may be silent before everything is refused; 0 is 30 s, and 2 s the least.
	Staleness time.Duration
}

// FeedAudience is whom a token for the feed is for.
const FeedAudience = "api://lanyard"

// Bounds and defaults.
const (
	defaultLifetime  = 25 * time.Hour
	defaultStaleness = 30 * time.Second
	minStaleness     = 2 * time.Second
	maxWait          = 20 * time.Second // that the feed keeps a caller waiting
	feedPath         = "/lanyard/feed/v1/revocations"
)

// Issuers gives the issuers of a tenant's tokens, of version 2 and of version 1. authority is the base URL of the tokens'
// service, tenant the tenant's id.
func Issuers(authority, tenant string) []string {
	base := strings.TrimSuffix(authority, "/") + "/" + tenant
	return []string{base + "/v2.0", base + "/"}
}

// complete checks the configuration and fills the defaults in.
func (c *Config) complete() error {
	switch {
	case len(c.Issuers) == 0 || slices.Contains(c.Issuers, ""):
		return errors.New("guard: no issuer is named")
	case c.Tenant == "":
		return errors.New("guard: no tenant is named")
	case len(c.Audiences) == 0 || slices.Contains(c.Audiences, ""):
		return errors.New("guard: no audience is named: every token of the tenant would do")
	case slices.Contains(c.Roles, ""):
		return errors.New("guard: a role without a name")
	case (c.Feed == nil) != c.UntilExpiry:
		return errors.New("guard: name either a Feed or UntilExpiry")
	case c.MaxLifetime < 0 || c.MaxLifetime > defaultLifetime:
		return fmt.Errorf("guard: MaxLifetime is not between 0 and %s", defaultLifetime)
	}
	if c.MaxLifetime == 0 {
		c.MaxLifetime = defaultLifetime
	}
	if c.Discovery == "" {
		c.Discovery = strings.TrimSuffix(c.Issuers[0], "/") + "/.well-known/openid-configuration"
	}
	if c.Transport == nil {
		c.Transport = &http.Transport{
			TLSClientConfig: &tls.Config{RootCAs: c.Roots, MinVersion: tls.VersionTLS12}, ForceAttemptHTTP2: true,
			TLSHandshakeTimeout: fetchTime, IdleConnTimeout: time.Minute, MaxResponseHeaderBytes: 64 << 10,
		}
	}
	if len(c.Keys) == 0 {
		if _, err := secureURL(c.Discovery); err != nil {
			return err
		}
	}
	return c.completeFeed()
}

func (c *Config) completeFeed() error {
	if c.Feed == nil {
		return nil
	}
	f := *c.Feed
	if f.Token == nil {
		return errors.New("guard: the feed needs a token of this service")
	}
	if f.Staleness == 0 {
		f.Staleness = defaultStaleness
	}
	if f.Staleness < minStaleness {
		return fmt.Errorf("guard: Staleness is less than %s", minStaleness)
	}
	if f.URL == "" {
		u, err := secureURL(c.Issuers[0])
		if err != nil {
			return err
		}
		f.URL = u.Scheme + "://" + u.Host + feedPath
	}
	if _, err := secureURL(f.URL); err != nil {
		return err
	}
	c.Feed = &f
	return nil
}

// secureURL reads a URL over which keys and answers may come.
func secureURL(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || u.Fragment != "" {
		return nil, fmt.Errorf("guard: %q is not an https URL", text)
	}
	return u, nil
}

// New makes a Guard. It asks nobody yet: keys are fetched with the first token, and the feed is followed by Run, without
// which a Guard that has a feed refuses everything.
func New(c Config) (*Guard, error) {
	if err := c.complete(); err != nil {
		return nil, err
	}
	g := &Guard{config: c, client: client(c.Transport)}
	if len(c.Keys) > 0 {
		set, err := verify.ParseKeySet(c.Keys)
		if err != nil {
			return nil, fmt.Errorf("guard: %w", err)
		}
		g.keys.fixed = set
	}
	return g, nil
}
