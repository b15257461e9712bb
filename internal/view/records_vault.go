package view

import (
	"strings"
	"time"

	"github.com/lanyard-id/lanyard/internal/azwire"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view/stored"
)

// Secret is a named secret of a key vault. Its values are its versions; this record says which of them is the newest.
type Secret struct {
	Vault    name.ResourceID `json:"vault"`
	VaultUID name.GUID       `json:"vaultUid"` // a new vault of the same name has another, and none of these secrets
	Name     string          `json:"name"`     // as created; compared ignoring case
	Current  string          `json:"current"`  // id of the newest version
	Versions int             `json:"versions"` // how many there are
	Created  time.Time       `json:"created"`
	Deleted  time.Time       `json:"deleted,omitzero"` // zero while it is not deleted
	Purge    time.Time       `json:"purge,omitzero"`   // a deleted secret is removed for good then
	Rev      int64           `json:"-"`
}

// SecretVersion is one value of a secret, which is here as sealed bytes only: a View, the store and each of its backups
// hold no value that could be read without the keyring.
type SecretVersion struct {
	Vault       name.ResourceID `json:"vault"`
	VaultUID    name.GUID       `json:"vaultUid"`
	Secret      string          `json:"secret"` // the secret's name as created
	ID          string          `json:"id"`     // 32 hex digits, random
	Sealed      []byte          `json:"sealed"`
	ContentType string          `json:"contentType,omitempty"`
	Tags        Tags            `json:"tags,omitempty"`
	Disabled    bool            `json:"disabled,omitempty"`
	NotBefore   time.Time       `json:"notBefore,omitzero"` // told, not enforced, as at Key Vault
	Expires     time.Time       `json:"expires,omitzero"`   // the same
	Created     time.Time       `json:"created"`
	Updated     time.Time       `json:"updated"`
	Rev         int64           `json:"-"`
}

// VaultAudience is the audience of tokens for every key vault, under the name that it has everywhere.
const VaultAudience = "https://vault.azure.net"

// VaultURL is where a key vault is reached, with the slash that Azure's vaultUri has; empty where there is no such door.
func VaultURL(i *Installation, vault string) string {
	scheme, domain, ok := strings.Cut(i.URLs["keyvault"], "://")
	if !ok {
		return ""
	}
	return scheme + "://" + strings.ToLower(vault) + "." + domain + "/"
}

// versionOverhead is what a version counts towards its vault's share beside its value: names, tags and indexes.
const versionOverhead = 1 << 10

// Weight is how many bytes the version counts towards its vault's share of memory.
func (s *SecretVersion) Weight() int { return len(s.Sealed) + versionOverhead }

// IsDeleted tells whether the secret is deleted and can only be recovered or purged.
func (s *Secret) IsDeleted() bool { return !s.Deleted.IsZero() }

// Scope is the secret's place in the ARM tree, where roles are granted.
func (s *Secret) Scope() name.Scope {
	scope, _ := SecretScope(s.Vault, s.Name) // the name was checked when it was made
	return scope
}

// SecretScope is the place of a secret, whether it exists or not; an error for what cannot be one.
func SecretScope(vault name.ResourceID, secret string) (name.Scope, error) {
	return vault.Scope().Join("secrets", secret)
}

// versionScopeKey lies below the secret's, so that it goes with it.
func (s *SecretVersion) versionScopeKey() string {
	scope, _ := SecretScope(s.Vault, s.Secret)
	return scope.Key() + "/versions/" + s.ID
}

// StoreKey implements Record.
func (s *Secret) StoreKey() string { return stored.Key(kindSecret, s.Scope().Key()) }

// StoreKey implements Record.
func (s *SecretVersion) StoreKey() string { return stored.Key(kindSecretVersion, s.versionScopeKey()) }

// VaultRules gives the rules of a key vault. They were checked when its properties were written; those that an older
// version let in count as the defaults.
func (r *Resource) VaultRules() azwire.VaultRules {
	rules, err := azwire.ParseVaultRules(r.Properties)
	if err != nil {
		return azwire.VaultRules{RetentionDays: azwire.DefaultVaultRetention}
	}
	return rules
}
