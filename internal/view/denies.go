package view

import (
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/rbac"
	"github.com/lanyard-id/lanyard/internal/view/stored"
)

// DenyAssignment blocks operations at a scope and below it, whatever roles grant there.
type DenyAssignment struct {
	ID          name.GUID        `json:"id"`
	Tenant      name.GUID        `json:"tenant"`
	Scope       name.Scope       `json:"scope"`
	Name        string           `json:"name"`
	Description string           `json:"description,omitempty"`
	OnlyHere    bool             `json:"onlyHere,omitempty"` // at exactly this scope, not below it
	Permissions []RolePermission `json:"permissions"`
	Principals  []name.GUID      `json:"principals"` // object ids; rbac.Everyone() stands for all
	Exclude     []name.GUID      `json:"exclude,omitempty"`
	Created     time.Time        `json:"created"`
	Rev         int64            `json:"-"`

	compiled *compiledDeny
}

type compiledDeny struct {
	once        sync.Once
	permissions rbac.PermissionSet
	err         error
}

// Parse compiles the permissions without keeping them: a check before the record is written.
func (d *DenyAssignment) Parse() (rbac.PermissionSet, error) {
	return rbac.CompilePermissions(permissions(d.Permissions))
}

// Compiled is the deny assignment as the engine decides by it. An error means that the store is damaged: nobody knows then
// what it would have blocked, so the caller must refuse.
func (d *DenyAssignment) Compiled() (rbac.DenyAssignment, error) {
	c := d.compiled
	c.once.Do(func() {
		if c.permissions, c.err = d.Parse(); c.err != nil {
			c.err = fmt.Errorf("deny assignment %s: %w", d.ID, c.err)
		}
	})
	return rbac.DenyAssignment{
		ID: d.ID, Rev: d.Rev, Name: d.Name, Scope: d.Scope, AppliesToChildren: !d.OnlyHere, Permissions: c.permissions,
		Principals: d.Principals, Exclude: d.Exclude,
	}, c.err
}

// permissions gives permission blocks in the engine's words.
func permissions(list []RolePermission) []rbac.Permission {
	out := make([]rbac.Permission, len(list))
	for i, p := range list {
		out[i] = rbac.Permission(p)
	}
	return out
}

// StoreKey implements Record.
func (d *DenyAssignment) StoreKey() string { return stored.Key(kindDeny, d.ID.String()) }

// Deny finds a deny assignment by id.
func (v *View) Deny(id name.GUID) (*DenyAssignment, bool) { return v.denies.Get(id.String()) }

// Denies yields all deny assignments.
func (v *View) Denies() iter.Seq[*DenyAssignment] { return v.denies.All() }

// DeniesOver gives the deny assignments of a tenant whose scope is s or lies above it.
func (v *View) DeniesOver(tenant name.GUID, s name.Scope) []*DenyAssignment {
	if v.denies.Len() == 0 {
		return nil
	}
	var over []*DenyAssignment
	for key := range s.Ancestors() {
		list, _ := v.blocked.Get(key)
		for _, d := range list {
			if d.Tenant == tenant {
				over = append(over, d)
			}
		}
	}
	return over
}

// denyScopeKey sorts deny assignments behind the role assignments on the same scope.
func denyScopeKey(d *DenyAssignment) string {
	return strings.TrimSuffix(d.Scope.Key(), "/") + "/\x01" + d.ID.String()
}

func (v *View) putDeny(d *DenyAssignment) {
	v.denies.Set(d.ID.String(), d)
	list, _ := v.blocked.Get(d.Scope.Key())
	v.blocked.Set(d.Scope.Key(), append(slices.Clip(list), d)) // a sealed View keeps its own slice: append copies
}

func (v *View) dropDeny(d *DenyAssignment) {
	v.denies.Delete(d.ID.String())
	list, _ := v.blocked.Get(d.Scope.Key())
	var kept []*DenyAssignment
	for _, other := range list {
		if other.ID != d.ID {
			kept = append(kept, other)
		}
	}
	v.blocked.Set(d.Scope.Key(), kept)
}
