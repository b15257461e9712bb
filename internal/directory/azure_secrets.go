package directory

import (
	"github.com/lanyard-id/lanyard/internal/directory/vault"
	"github.com/lanyard-id/lanyard/internal/view"
)

type (
	// SecretPlace names a secret of a vault.
	SecretPlace = vault.Place
	// SecretSpec is a new version of a secret as somebody wants it.
	SecretSpec = vault.Spec
	// SecretChange is what changes of a version.
	SecretChange = vault.Change
)

// Why a change of a secret is refused; doors tell it.
const (
	SecretNotFound = vault.NotFound
	SecretDeleted  = vault.Deleted
)

// PutSecret adds a version to a secret, which it makes if there is none.
func (e *Edit) PutSecret(at SecretPlace, s SecretSpec) error {
	return e.saveAll(vault.Put(e.view, at, s, e.now))
}

// ChangeSecret changes what is known of one version, or of the newest if none is named.
func (e *Edit) ChangeSecret(at SecretPlace, version string, c SecretChange) error {
	return e.saveAll(vault.Changed(e.view, at, version, c, e.now))
}

// TrashSecret deletes a secret so that it can be recovered for as many days as its vault says, or takes that back.
func (e *Edit) TrashSecret(at SecretPlace, deleted bool) error {
	return e.saveAll(vault.Trashed(e.view, at, deleted, e.now))
}

// PurgeSecret removes a deleted secret for good, with all its versions and the assignments on it.
func (e *Edit) PurgeSecret(at SecretPlace) error {
	scope, err := vault.Purgeable(e.view, at, e.now)
	if err != nil {
		return err
	}
	return e.removeTree(&view.Tombstone{Scope: scope, Began: e.now})
}

func (e *Edit) saveAll(records []view.Record, err error) error {
	for _, r := range records {
		if err == nil {
			_, err = e.Save(r)
		}
	}
	return err
}
