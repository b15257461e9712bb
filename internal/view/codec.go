package view

import (
	"encoding/json"
	"fmt"

	"github.com/lanyard-id/lanyard/internal/view/aws"
	"github.com/lanyard-id/lanyard/internal/view/stored"
)

// Change is one key's new value at a revision; a nil Value means that the key is gone.
type Change struct {
	Key   string
	Value []byte
	Rev   int64
}

// Put makes the change that writes the record.
func Put(r Record) (Change, error) {
	b, err := json.Marshal(r)
	if err != nil {
		return Change{}, fmt.Errorf("encode %s: %w", r.StoreKey(), err)
	}
	return Change{Key: r.StoreKey(), Value: b}, nil
}

// Remove makes the change that deletes the record.
func Remove(r Record) Change { return Change{Key: r.StoreKey()} }

// Decoder reads stored values, one after the other. It is the slow part of loading; each goroutine needs its own.
type Decoder struct {
	plain   stored.Plain
	general stored.General
}

// Decode reads the record that lies under a key. The store is our own, but it may be damaged or written by a newer
// version: an unknown kind or field is an error, so that nothing is half understood.
func (d *Decoder) Decode(c Change) (Record, error) {
	kind, _, ok := stored.SplitKey(c.Key)
	if !ok {
		return nil, fmt.Errorf("key %q is not a record's", c.Key)
	}
	r := newRecord(kind, c.Rev)
	if r == nil {
		return nil, fmt.Errorf("key %q: unknown kind of record: written by a newer version?", c.Key)
	}
	if !d.plain.Read(c.Value, r) { // nearly all are as Put writes them
		r = newRecord(kind, c.Rev)
		if err := d.general.Read(c.Value, r); err != nil {
			return nil, fmt.Errorf("key %q: %w", c.Key, err)
		}
	}
	if r.StoreKey() != c.Key {
		return nil, fmt.Errorf("key %q holds the record of %q", c.Key, r.StoreKey())
	}
	return r, nil
}

func newRecord(kind string, rev int64) Record {
	switch kind {
	case kindInstallation:
		return &Installation{Rev: rev}
	case kindTenant:
		return &Tenant{Rev: rev}
	case kindOperator:
		return &Operator{Rev: rev}
	case kindSubscription:
		return &Subscription{Rev: rev}
	case kindGroup:
		return &ResourceGroup{Rev: rev}
	case kindResource:
		return &Resource{Rev: rev}
	case kindIdentity:
		return &UserIdentity{Rev: rev}
	case kindApplication:
		return &Application{Rev: rev}
	case kindRoleDef:
		return &RoleDefinition{Rev: rev, compiled: new(compiledDefinition)}
	case kindAssignment:
		return &RoleAssignment{Rev: rev}
	case kindDeny:
		return &DenyAssignment{Rev: rev, compiled: new(compiledDeny)}
	case kindContainer:
		return &Container{Rev: rev}
	case kindSecret:
		return &Secret{Rev: rev}
	case kindSecretVersion:
		return &SecretVersion{Rev: rev}
	case kindTombstone:
		return &Tombstone{Rev: rev}
	case kindRevocation:
		return &Revocation{Rev: rev}
	case kindRule:
		return &WorkloadRule{Rev: rev}
	case kindDirectoryGroup:
		return &DirectoryGroup{Rev: rev}
	case kindIssuer:
		return &Issuer{Rev: rev, compiled: new(compiledIssuer)}
	}
	return aws.New(kind, rev)
}
