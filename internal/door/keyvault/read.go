package keyvault

import (
	"net/http"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/web"
)

// SecretDisabled means that the version that is asked for is disabled; what is known of it can still be listed.
const SecretDisabled fault.Reason = "keyvault.secret_disabled"

// getSecret gives the value of a version, or of the newest. nbf and exp are told and not held against the caller: get
// works outside of them (Azure Key Vault, "About secrets", date-time controlled operations).
func (d Door) getSecret(c *call, w http.ResponseWriter) error {
	s, err := c.find(d, false)
	if err != nil {
		return err
	}
	id := c.target.version
	if id == "" {
		id = s.Current
	}
	version, err := c.versionOf(s, id)
	if err != nil {
		return err
	}
	if version.Disabled {
		return fault.New(fault.Denied, SecretDisabled, "Operation get is not allowed on a disabled secret.")
	}
	value, err := d.Values.Open(version)
	if err != nil {
		return err
	}
	out := c.bundle(version, c.versionID(version))
	out.Value = &revealed{value}
	d.allowed(c)
	return web.WriteJSON(w, http.StatusOK, out)
}

// listSecrets lists the secrets of a vault by their newest versions.
func (d Door) listSecrets(c *call, w http.ResponseWriter) error {
	p, err := c.page()
	if err != nil {
		return err
	}
	for s := range c.v.Secrets(c.vault, p.after) {
		if s.IsDeleted() {
			continue
		}
		version, err := c.current(s)
		if err != nil {
			return err
		}
		if !p.add(s.Name, c.bundle(version, c.idOf(s))) {
			break
		}
	}
	d.allowed(c)
	return web.WriteJSON(w, http.StatusOK, p.listing(c))
}

// listVersions lists the versions of a secret.
func (d Door) listVersions(c *call, w http.ResponseWriter) error {
	p, err := c.page()
	if err != nil {
		return err
	}
	s, err := c.find(d, false)
	if err != nil {
		return err
	}
	for version := range c.v.SecretVersions(s, p.after) {
		if !p.add(version.ID, c.bundle(version, c.versionID(version))) {
			break
		}
	}
	d.allowed(c)
	return web.WriteJSON(w, http.StatusOK, p.listing(c))
}

// listDeleted lists the secrets of a vault that can be recovered.
func (d Door) listDeleted(c *call, w http.ResponseWriter) error {
	p, err := c.page()
	if err != nil {
		return err
	}
	for s := range c.v.Secrets(c.vault, p.after) {
		if !s.IsDeleted() || !s.Purge.After(d.Now()) {
			continue
		}
		version, err := c.current(s)
		if err != nil {
			return err
		}
		if !p.add(s.Name, c.deleted(s, version, c.idOf(s))) {
			break
		}
	}
	d.allowed(c)
	return web.WriteJSON(w, http.StatusOK, p.listing(c))
}

// getDeleted tells what is known of a deleted secret.
func (d Door) getDeleted(c *call, w http.ResponseWriter) error {
	s, err := c.find(d, true)
	if err != nil {
		return err
	}
	version, err := c.current(s)
	if err != nil {
		return err
	}
	d.allowed(c)
	return web.WriteJSON(w, http.StatusOK, c.deleted(s, version, c.versionID(version)))
}
