package iam

import (
	"slices"

	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/view"
)

// KeyNotFound means that the user has no access key of this id.
const KeyNotFound fault.Reason = "directory.access_key_not_found"

// maxKeys is how many access keys a user has at once, active or not (IAM User Guide, "IAM and STS quotas").
const maxKeys = 2

// CreateKey keeps an access key of a user that mint has made. It ends when the account's keys do.
func CreateKey(e *directory.Edit, u *view.User, k view.AccessKey) error {
	if len(slices.Collect(e.View().AccessKeys(u.UniqueID))) >= maxKeys {
		return fault.New(fault.Conflict, directory.LimitExceeded, "Cannot exceed quota for AccessKeysPerUser: %d", maxKeys)
	}
	account, ok := e.View().Account(u.ARN.Account())
	if !ok || k.User != u.UniqueID {
		return fault.New(fault.NotFound, UserNotFound, "The user with name %s cannot be found.", u.Name)
	}
	k.Created = e.Now()
	k.Expires = k.Created.Add(account.KeyLife())
	_, err := e.Save(&k)
	return err
}

// SwitchKey makes a key active or inactive. Sessions that were made with it end when it becomes inactive, and stay ended when it
// is active again.
func SwitchKey(e *directory.Edit, u *view.User, id string, active bool) error {
	k, err := keyOf(e, u, id)
	if err != nil {
		return err
	}
	if !active && !k.Inactive {
		k.RevokedAt = e.NextRev()
	}
	k.Inactive = !active
	_, err = e.Save(k)
	return err
}

// DeleteKey deletes a key of a user. It signs nothing any more, and sessions that were made with it end.
func DeleteKey(e *directory.Edit, u *view.User, id string) error {
	k, err := keyOf(e, u, id)
	if err != nil {
		return err
	}
	return e.Remove(k)
}

// keyOf gives a key of a user that may be changed and saved.
func keyOf(e *directory.Edit, u *view.User, id string) (*view.AccessKey, error) {
	k, ok := e.View().AccessKey(id)
	if !ok || k.User != u.UniqueID {
		return nil, fault.New(fault.NotFound, KeyNotFound, "The Access Key with id %s cannot be found.", id)
	}
	kept := *k
	return &kept, nil
}
