package view

import (
	"crypto/x509"
	"errors"
	"fmt"
	"iter"
	"sync"
	"time"

	"github.com/lanyard-id/lanyard/internal/jose"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/preset"
	"github.com/lanyard-id/lanyard/internal/view/stored"
)

// Issuer is an outside issuer as this installation knows it: once, whoever trusts it. OIDC providers and federated
// credentials name it by its URL.
type Issuer struct {
	URL    name.IssuerURL `json:"url"`
	Preset string         `json:"preset,omitempty"` // what is known of its kind, by name
	// Keys is its key set (RFC 7517) where somebody has uploaded it; nothing is fetched then. Without it the keys are
	// found by discovery.
	Keys Raw `json:"keys,omitempty"`
	// CA is the PEM of the authorities that its certificates must come from; empty is the system's.
	CA string `json:"ca,omitempty"`
	// Private lets its servers have private and loopback addresses.
	Private bool `json:"private,omitempty"`
	// AllowHTTPLoopback lets it be asked in plain HTTP, on loopback and nowhere else.
	AllowHTTPLoopback bool `json:"allowHTTPLoopback,omitempty"`
	// Shared says that anybody can get a token of it, so that only the subject says whose it is.
	Shared bool `json:"shared,omitempty"`
	// OneUse says that a token may be presented once only.
	OneUse bool `json:"oneUseJTI,omitempty"`
	// Disabled says that its tokens are refused, whoever trusts it.
	Disabled bool `json:"disabled,omitempty"`
	// Implied says that nobody registered it by itself: it became known with the first trust that names it.
	Implied bool      `json:"implied,omitempty"`
	Created time.Time `json:"created"`
	Rev     int64     `json:"-"`

	compiled *compiledIssuer
}

type compiledIssuer struct {
	keys  sync.Once
	set   []jose.Key
	err   error
	roots sync.Once
	pool  *x509.CertPool
	caErr error
}

// StoreKey implements Record.
func (i *Issuer) StoreKey() string { return stored.Key(kindIssuer, i.URL.String()) }

// KeySet is the uploaded key set; nil without an error where there is none.
func (i *Issuer) KeySet() ([]jose.Key, error) {
	if len(i.Keys) == 0 {
		return nil, nil
	}
	c := i.compiled
	c.keys.Do(func() {
		if c.set, c.err = jose.ParseJWKS(i.Keys); c.err != nil {
			c.err = fmt.Errorf("keys of the issuer %s: %w", i.URL, c.err)
		}
	})
	return c.set, c.err
}

// Roots are the authorities that the issuer's certificates must come from; nil without an error is the system's.
func (i *Issuer) Roots() (*x509.CertPool, error) {
	if i.CA == "" {
		return nil, nil
	}
	c := i.compiled
	c.roots.Do(func() {
		c.pool = x509.NewCertPool()
		if !c.pool.AppendCertsFromPEM([]byte(i.CA)) {
			c.caErr = fmt.Errorf("authorities of the issuer %s: %w", i.URL, errors.New("no certificate can be read"))
		}
	})
	return c.pool, c.caErr
}

// Limits tells whether a trust that wants this subject is limited enough for the issuer: one that is shared needs a
// subject with a complete owner. literal is the wanted subject up to its first wildcard, whole that there is none.
func (i *Issuer) Limits(literal string, whole bool) bool {
	p, _ := preset.Named(i.Preset) // without a preset any beginning will do
	return !i.Shared || p.Limits(literal, whole)
}

// Issuer finds an outside issuer by its exact URL.
func (v *View) Issuer(url string) (*Issuer, bool) { return v.outside.Get(url) }

// Issuers yields all outside issuers.
func (v *View) Issuers() iter.Seq[*Issuer] { return v.outside.All() }
