package view

import (
	"iter"
	"strings"

	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view/table"
)

// vaultTables hold the secrets of all vaults.
type vaultTables struct {
	secrets  table.Ordered[*Secret]        // by scope key
	versions table.Ordered[*SecretVersion] // by scope key
	trash    table.Map[*Secret]            // the deleted ones, by scope key
	weights  table.Map[int]                // of all versions of a vault, by the vault's scope key
}

func (t *vaultTables) put(r Record) {
	switch r := r.(type) {
	case *Secret:
		t.secrets.Set(r.Scope().Key(), r)
		if r.IsDeleted() {
			t.trash.Set(r.Scope().Key(), r)
		}
	case *SecretVersion:
		t.versions.Set(r.versionScopeKey(), r)
		t.weigh(r, r.Weight())
	}
}

func (t *vaultTables) drop(r Record) {
	switch r := r.(type) {
	case *Secret:
		t.secrets.Delete(r.Scope().Key())
		t.trash.Delete(r.Scope().Key())
	case *SecretVersion:
		t.versions.Delete(r.versionScopeKey())
		t.weigh(r, -r.Weight())
	}
}

func (t *vaultTables) weigh(r *SecretVersion, by int) {
	sum, _ := t.weights.Get(r.Vault.Key())
	if sum += by; sum <= 0 {
		t.weights.Delete(r.Vault.Key())
		return
	}
	t.weights.Set(r.Vault.Key(), sum)
}

// Secret finds a secret of a vault, deleted or not. One of an earlier vault of that name, and one that is being removed
// for good, is not found.
func (v *View) Secret(vault *Resource, secret string) (*Secret, bool) {
	scope, err := SecretScope(vault.ID, secret)
	if err != nil {
		return nil, false
	}
	s, ok := v.vaults.secrets.Get(scope.Key())
	return s, ok && s.VaultUID == vault.UID && !v.fenced(scope.Key())
}

// SecretVersion finds a version of a secret by its id.
func (v *View) SecretVersion(s *Secret, id string) (*SecretVersion, bool) {
	version, ok := v.vaults.versions.Get(s.Scope().Key() + "/versions/" + id)
	return version, ok && version.VaultUID == s.VaultUID
}

// Secrets yields the secrets of a vault, deleted ones too, in the order of their lower-case names and behind the one that
// is named; empty is from the first.
func (v *View) Secrets(vault *Resource, after string) iter.Seq[*Secret] {
	return func(yield func(*Secret) bool) {
		prefix := vault.ID.Key() + "/secrets/"
		for _, s := range v.vaults.secrets.Prefixed(prefix, startAfter(prefix, strings.ToLower(after))) {
			if s.VaultUID == vault.UID && !v.fenced(s.Scope().Key()) && !yield(s) {
				return
			}
		}
	}
}

// SecretVersions yields the versions of a secret in the order of their ids, behind the one that is named; empty is from
// the first.
func (v *View) SecretVersions(s *Secret, after string) iter.Seq[*SecretVersion] {
	return func(yield func(*SecretVersion) bool) {
		prefix := s.Scope().Key() + "/versions/"
		for _, version := range v.vaults.versions.Prefixed(prefix, startAfter(prefix, after)) {
			if version.VaultUID == s.VaultUID && !yield(version) {
				return
			}
		}
	}
}

// startAfter is the first key behind prefix and name.
func startAfter(prefix, name string) string {
	if name == "" {
		return prefix
	}
	return prefix + name + "\x00"
}

// DeletedSecrets yields the deleted secrets of all vaults, in no order: what the sweep removes when their time has come.
func (v *View) DeletedSecrets() iter.Seq[*Secret] { return v.vaults.trash.All() }

// VaultWeight is how many bytes the versions of a vault's secrets count.
func (v *View) VaultWeight(vault name.ResourceID) int {
	sum, _ := v.vaults.weights.Get(vault.Key())
	return sum
}
