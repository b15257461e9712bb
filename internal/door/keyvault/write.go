package keyvault

import (
	"net/http"

	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/secrets"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web"
)

// setSecret gives a secret a new value, and makes the secret if there is none.
func (d Door) setSecret(c *call, w http.ResponseWriter) error {
	b, err := c.body()
	if err != nil {
		return err
	}
	if b.value == nil {
		return badBody("The request body has no value.")
	}
	id := secrets.NewVersion()
	sealed, err := d.Values.Seal(c.vault, c.target.name, id, *b.value)
	if err != nil {
		return err
	}
	c.event.Record.Input = map[string]string{"version": id}
	err = d.change(c, d.Room, func(e *directory.Edit) error {
		return e.PutSecret(c.place(), directory.SecretSpec{
			Version: id, Sealed: sealed, ContentType: valueOf(b.change.ContentType), Tags: valueOf(b.change.Tags),
			Disabled: valueOf(b.change.Disabled), NotBefore: valueOf(b.change.NotBefore), Expires: valueOf(b.change.Expires),
		})
	})
	if err != nil {
		return err
	}
	version, err := d.written(c, id)
	if err != nil {
		return err
	}
	out := c.bundle(version, c.versionID(version))
	out.Value = &revealed{*b.value}
	return web.WriteJSON(w, http.StatusOK, out)
}

func valueOf[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

// updateSecret changes what is known of a version, never its value.
func (d Door) updateSecret(c *call, w http.ResponseWriter) error {
	b, err := c.body()
	if err != nil {
		return err
	}
	if b.value != nil {
		return badBody("The value of a version cannot be changed: set the secret to make another version.")
	}
	c.event.Record.Input = map[string]string{"version": c.target.version}
	err = d.change(c, d.Room, func(e *directory.Edit) error {
		return e.ChangeSecret(c.place(), c.target.version, b.change)
	})
	if err != nil {
		return err
	}
	version, err := d.written(c, c.target.version)
	if err != nil {
		return err
	}
	return web.WriteJSON(w, http.StatusOK, c.bundle(version, c.versionID(version)))
}

// written gives the version as it was just written; empty is the newest.
func (d Door) written(c *call, id string) (*view.SecretVersion, error) {
	s, err := c.find(d, false)
	if err != nil {
		return nil, err
	}
	if id == "" {
		id = s.Current
	}
	return c.versionOf(s, id)
}

// deleteSecret deletes a secret so that it can be recovered.
func (d Door) deleteSecret(c *call, w http.ResponseWriter) error {
	if err := d.change(c, d.Last, func(e *directory.Edit) error { return e.TrashSecret(c.place(), true) }); err != nil {
		return err
	}
	s, err := c.find(d, true)
	if err != nil {
		return err
	}
	version, err := c.current(s)
	if err != nil {
		return err
	}
	return web.WriteJSON(w, http.StatusOK, c.deleted(s, version, c.versionID(version)))
}

// recoverSecret takes a deletion back.
func (d Door) recoverSecret(c *call, w http.ResponseWriter) error {
	if err := d.change(c, d.Last, func(e *directory.Edit) error { return e.TrashSecret(c.place(), false) }); err != nil {
		return err
	}
	version, err := d.written(c, "")
	if err != nil {
		return err
	}
	return web.WriteJSON(w, http.StatusOK, c.bundle(version, c.versionID(version)))
}

// purgeSecret removes a deleted secret for good.
func (d Door) purgeSecret(c *call, w http.ResponseWriter) error {
	if err := d.change(c, d.Last, func(e *directory.Edit) error { return e.PurgeSecret(c.place()) }); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
