package directory

import (
	"crypto/rand"
	"maps"

	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// A token carries the revision of the View that it was minted from, and is dead when that is older than the RevokedAt of
// its principal. The revision of a write is known only after it, so RevokedAt is the revision of the published View plus
// one. That is sound: every View of this installation has the revision of a write of its one writer, the guard sees to
// it, so no View lies between the published one and the one that shows the revocation, and RevokedAt divides the two.

// RevokePrincipal ends all tokens of a service principal that exist; new ones may be minted.
func (e *Edit) RevokePrincipal(objectID name.GUID) error {
	o, ok := e.view.PrincipalByObject(objectID)
	if !ok {
		return notFound(PrincipalNotFound, "there is no principal with the object id %s", objectID)
	}
	revoked := *o.Principal()
	revoked.RevokedAt = e.NextRev()
	var r view.Record
	switch {
	case o.Resource != nil:
		c := *o.Resource
		c.System = &revoked
		r = &c
	case o.Identity != nil:
		c := *o.Identity
		c.Principal = revoked
		r = &c
	case o.Application != nil:
		c := *o.Application
		c.Principal = revoked
		r = &c
	default:
		c := *o.Operator
		c.Principal = revoked
		r = &c
	}
	_, err := e.Save(r)
	return err
}

// RevokeRole ends all sessions of an IAM role that exist.
func (e *Edit) RevokeRole(arn name.ARN) error {
	r, ok := e.view.Role(arn)
	if !ok {
		return notFound(RoleNotFound, "The role with ARN %s cannot be found.", arn)
	}
	revoked := *r
	revoked.RevokedAt = e.NextRev()
	_, err := e.Save(&revoked)
	return err
}

// RevokeAccount ends all root sessions of an AWS account that exist.
func (e *Edit) RevokeAccount(id name.AccountID) error {
	a, ok := e.view.Account(id)
	if !ok {
		return notFound(AccountNotFound, "there is no AWS account %s", id)
	}
	revoked := *a
	revoked.RevokedAt = e.NextRev()
	_, err := e.Save(&revoked)
	return err
}

// Restored marks the installation as one that came out of a backup: a new incarnation ends every older token, and
// nothing is issued until an operator confirms. store is the incarnation of the store that it lies in now.
func (e *Edit) Restored(store string) error {
	return e.changeInstallation(func(i *view.Installation) {
		i.Incarnation, i.Store, i.Held = rand.Text(), store, true
	})
}

// Confirm lets a restored installation issue again.
func (e *Edit) Confirm() error {
	return e.changeInstallation(func(i *view.Installation) { i.Held = false })
}

// AddURLs stores the public URLs of doors that the installation did not have. One that is stored stays: it is part of
// tokens and of people's settings.
func (e *Edit) AddURLs(urls map[string]string) error {
	return e.changeInstallation(func(i *view.Installation) {
		urls = maps.Clone(urls)
		maps.Copy(urls, i.URLs)
		i.URLs = urls
	})
}

func (e *Edit) changeInstallation(change func(*view.Installation)) error {
	old, err := e.installation()
	if err != nil {
		return err
	}
	changed := *old
	change(&changed)
	_, err = e.Save(&changed)
	return err
}
