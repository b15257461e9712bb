package vault

import (
	"iter"
	"strings"
	"time"

	"github.com/lanyard-id/lanyard/internal/azwire"
	"github.com/lanyard-id/lanyard/internal/directory/form"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// Why a change of a secret is refused.
const (
	// NotFound: the vault has no such secret, or the secret no such version, or it is deleted and not to be found here.
	NotFound fault.Reason = "directory.secret_not_found"
	// Deleted: a secret of this name was deleted and can still be recovered, so the name is not free.
	Deleted fault.Reason = "directory.secret_deleted"
	// Gone: the key vault was deleted, or another one has its name now.
	Gone fault.Reason = "directory.vault_not_found"
	// Invalid: a name, tag, content type or property breaks Key Vault's rules, or asks for what is not offered.
	Invalid fault.Reason = "directory.vault_invalid"
	// Full: the secret has as many versions as it may, or the vault's secrets take as much memory as they may.
	Full fault.Reason = "directory.vault_full"
)

// Place names a secret of a vault. The vault is the one that the caller was let into: nothing happens in another one that
// has taken its name since.
type Place struct {
	Vault *view.Resource
	Name  string
}

// Spec is a new version of a secret.
type Spec struct {
	Version     string // its id
	Sealed      []byte // its value, sealed for this vault, secret and version
	ContentType string
	Tags        view.Tags
	Disabled    bool
	NotBefore   time.Time // zero is none
	Expires     time.Time // zero is none
}

// Change changes what is known of a version; nil leaves it as it is. Its value never changes.
type Change struct {
	ContentType *string
	Tags        *view.Tags
	Disabled    *bool
	NotBefore   *time.Time
	Expires     *time.Time
}

// Bounds of secrets: the first three are Key Vault's. All versions lie in memory, so the last two say how much of it one
// vault can take.
const (
	maxContentType = 255
	maxTags        = 15
	maxTagText     = 256
	maxVersions    = 500
	maxWeight      = 64 << 20
)

// Put gives the records of a secret with one more version.
func Put(v *view.View, at Place, s Spec, now time.Time) ([]view.Record, error) {
	scope, err := at.scope(v)
	if err != nil {
		return nil, err
	}
	secret := &view.Secret{Vault: at.Vault.ID, VaultUID: at.Vault.UID, Name: at.Name, Created: now}
	if old, ok := v.Secret(at.Vault, at.Name); ok {
		kept := *old
		secret = &kept
	}
	version := &view.SecretVersion{
		Vault: secret.Vault, VaultUID: secret.VaultUID, Secret: secret.Name, ID: s.Version, Sealed: s.Sealed,
		ContentType: s.ContentType, Tags: s.Tags, Disabled: s.Disabled, NotBefore: s.NotBefore, Expires: s.Expires,
		Created: now, Updated: now,
	}
	switch {
	case v.Fenced(scope):
		return nil, fault.New(fault.Conflict, Deleted, "Secret %s is being removed; try again when that is done.", at.Name)
	case secret.IsDeleted():
		return nil, fault.New(fault.Conflict, Deleted, "Secret %s is currently in a deleted but recoverable state, and its name cannot be "+
			"reused; in this state, the secret can only be recovered or purged.", secret.Name)
	case secret.Versions >= maxVersions:
		return nil, fault.New(fault.Invalid, Full, "a secret has at most %d versions", maxVersions)
	case v.VaultWeight(secret.Vault)+version.Weight() > maxWeight:
		return nil, fault.New(fault.Invalid, Full, "the secrets of a vault take at most %d MiB", maxWeight>>20)
	}
	secret.Current, secret.Versions = version.ID, secret.Versions+1
	return []view.Record{version, secret}, check(version)
}

// Changed gives one version with the change, or the newest if none is named.
func Changed(v *view.View, at Place, version string, c Change, now time.Time) ([]view.Record, error) {
	secret, err := at.find(v, false, now)
	if err != nil {
		return nil, err
	}
	if version == "" {
		version = secret.Current
	}
	found, ok := v.SecretVersion(secret, version)
	if !ok {
		return nil, at.notFound()
	}
	changed := *found
	set(&changed.ContentType, c.ContentType)
	set(&changed.Tags, c.Tags)
	set(&changed.Disabled, c.Disabled)
	set(&changed.NotBefore, c.NotBefore)
	set(&changed.Expires, c.Expires)
	changed.Updated = now
	return []view.Record{&changed}, check(&changed)
}

func set[T any](field, to *T) {
	if to != nil {
		*field = *to
	}
}

// check holds a version's attributes to Key Vault's bounds.
func check(s *view.SecretVersion) error {
	if len(s.ContentType) > maxContentType {
		return fault.New(fault.Invalid, Invalid, "a content type has at most %d characters", maxContentType)
	}
	if len(s.Tags) > maxTags {
		return fault.New(fault.Invalid, Invalid, "a secret has at most %d tags", maxTags)
	}
	for k, v := range s.Tags {
		if k == "" || len(k) > maxTagText || len(v) > maxTagText {
			return fault.New(fault.Invalid, Invalid, "a tag has a name, and name and value have at most %d characters", maxTagText)
		}
	}
	return nil
}

// Trashed gives a secret deleted: it can be recovered for as many days as its vault says. Or it takes that back.
func Trashed(v *view.View, at Place, deleted bool, now time.Time) ([]view.Record, error) {
	secret, err := at.find(v, !deleted, now)
	if err != nil {
		return nil, err
	}
	changed := *secret
	changed.Deleted, changed.Purge = time.Time{}, time.Time{}
	if deleted {
		vault, _ := v.Resource(secret.Vault) // find has found it
		changed.Deleted, changed.Purge = now, now.AddDate(0, 0, vault.VaultRules().RetentionDays)
	}
	return []view.Record{&changed}, nil
}

// Purgeable is the scope of a deleted secret: all that is removed with it lies there or below.
func Purgeable(v *view.View, at Place, now time.Time) (name.Scope, error) {
	secret, err := at.find(v, true, now)
	if err != nil {
		return name.Scope{}, err
	}
	return secret.Scope(), nil
}

// Due yields the scopes of the deleted secrets whose time to be recovered is over.
func Due(v *view.View, now time.Time) iter.Seq[name.Scope] {
	return func(yield func(name.Scope) bool) {
		for s := range v.DeletedSecrets() {
			if scope := s.Scope(); !s.Purge.After(now) && !v.Fenced(scope) && !yield(scope) {
				return
			}
		}
	}
}

// find finds a secret of a vault that still is the one that the caller was let into.
func (at Place) find(v *view.View, deleted bool, now time.Time) (*view.Secret, error) {
	if _, err := at.scope(v); err != nil {
		return nil, err
	}
	s, ok := v.Secret(at.Vault, at.Name)
	if !ok || s.IsDeleted() != deleted || deleted && !s.Purge.After(now) {
		return nil, at.notFound()
	}
	return s, nil
}

// scope is the place of a secret in a vault that still is.
func (at Place) scope(v *view.View) (name.Scope, error) {
	vault, ok := v.Resource(at.Vault.ID)
	if !ok || vault.UID != at.Vault.UID || !vault.ID.IsType(view.TypeKeyVault) {
		return name.Scope{}, fault.New(fault.NotFound, Gone, "there is no key vault %s", at.Vault.ID)
	}
	scope, err := view.SecretScope(vault.ID, at.Name)
	if err == nil {
		err = form.Secret(at.Name)
	}
	if err != nil {
		return name.Scope{}, fault.New(fault.Invalid, Invalid, "%v", err)
	}
	return scope, nil
}

func (at Place) notFound() error {
	return fault.New(fault.NotFound, NotFound, "A secret with (name/id) %s was not found in this key vault. "+
		"If you recently deleted this secret you may be able to recover it using the correct recovery command.", form.Shown(at.Name))
}

// Check looks at the properties of what becomes a key vault of the tenant; other resources it lets pass.
func Check(id name.ResourceID, properties view.Raw, tenant name.GUID) error {
	if !id.IsType(view.TypeKeyVault) {
		return nil
	}
	rules, err := azwire.ParseVaultRules(properties)
	if err != nil {
		return fault.New(fault.Invalid, Invalid, "the properties of a key vault: %v", err)
	}
	if rules.Tenant != "" && !strings.EqualFold(rules.Tenant, tenant.String()) {
		return fault.New(fault.Invalid, Invalid, "a key vault's tenantId is its subscription's tenant, %s", tenant)
	}
	return nil
}
