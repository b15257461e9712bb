package view

import (
	"fmt"
	"strings"

	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view/aws"
	"github.com/lanyard-id/lanyard/internal/view/table"
)

// View is all state at one revision. It is immutable: any number of goroutines may read it.
type View struct {
	rev           int64
	builtins      *builtinRoles
	installation  *Installation
	tenants       table.Map[*Tenant]
	tenantNames   table.Map[*Tenant]
	operators     table.Map[*Operator] // by tenant id
	subscriptions table.Map[*Subscription]
	groups        table.Map[*ResourceGroup]
	resources     table.Map[*Resource] // by resource id key
	identities    table.Map[*UserIdentity]
	principals    table.Map[Owner] // by object id
	clients       table.Map[Owner] // by client id
	applications  table.Map[*Application]
	audiences     table.Map[*Application] // by tenant and audience
	roleDefs      table.Map[*RoleDefinition]
	assignments   table.Map[*RoleAssignment]
	granted       table.Map[[]*RoleAssignment] // by principal object id, in the order of their ids
	denies        table.Map[*DenyAssignment]
	blocked       table.Map[[]*DenyAssignment] // by scope key
	containers    table.Map[*Container]
	vaults        vaultTables
	endpoints     table.Map[*Resource]  // storage accounts and vaults by lower-case type and name
	scopes        table.Ordered[Record] // everything that lies in the ARM tree, by scope key
	tombstones    table.Map[*Tombstone]
	ended         revocations
	awsHalf
	rules       table.Map[*WorkloadRule] // by id
	proofs      table.Map[*WorkloadRule] // by secret hash
	outside     table.Map[*Issuer]       // issuers that are not our own, by URL
	memberships memberships
}

// Owner is the thing that a service principal belongs to: exactly one field is set.
type Owner struct {
	Resource    *Resource     // system-assigned
	Identity    *UserIdentity // user-assigned
	Application *Application
	Operator    *Operator
}

// Principal gives the service principal itself.
func (o Owner) Principal() *Principal {
	switch {
	case o.Resource != nil:
		return o.Resource.System
	case o.Identity != nil:
		return &o.Identity.Principal
	case o.Application != nil:
		return &o.Application.Principal
	case o.Operator != nil:
		return &o.Operator.Principal
	}
	return nil
}

// Display names the principal for people: a system-assigned identity has its resource's name.
func (o Owner) Display() string {
	switch {
	case o.Resource != nil:
		return o.Resource.ID.Name()
	case o.Identity != nil:
		return o.Identity.ID.Name()
	case o.Application != nil:
		return o.Application.DisplayName
	case o.Operator != nil:
		return "operator"
	}
	return ""
}

// scopeKey is where the owner lies in the ARM tree; empty for what does not.
func (o Owner) scopeKey() string {
	switch {
	case o.Resource != nil:
		return o.Resource.ID.Key()
	case o.Identity != nil:
		return o.Identity.ID.Key()
	}
	return ""
}

// Load makes a View from all records of the store at one revision, in any order. rev is the revision of the last write
// among them. An error names the thing that two records claim.
func Load(rev int64, records []Record) (*View, error) {
	l := NewLoader()
	l.Place(records)
	if err := l.Enter(records); err != nil {
		return nil, err
	}
	return l.View(rev)
}

// Loader makes a View while the records are still being read. Each record must be both placed and entered, in any order:
// the two touch different tables, and so may run in two goroutines.
type Loader struct{ v *View }

// NewLoader begins with nothing.
func NewLoader() *Loader { return &Loader{new(View)} }

// Place enters records into the ARM tree.
func (l *Loader) Place(records []Record) {
	for _, r := range records {
		l.v.place(r)
	}
}

// Enter enters records into all other tables. An error names the thing that two records claim; the Loader is of no use
// after it.
func (l *Loader) Enter(records []Record) error {
	for _, r := range records {
		if err := l.v.enter(r); err != nil {
			return err
		}
	}
	return nil
}

// View ends the loading, when all is placed and entered. rev is the revision of the last write among the records.
func (l *Loader) View(rev int64) (*View, error) {
	builtins, err := compileBuiltins()
	if err != nil {
		return nil, fmt.Errorf("built-in roles: %w", err)
	}
	l.v.seal()
	l.v.rev, l.v.builtins = rev, builtins
	return l.v, nil
}

// Decode reads one stored value.
func Decode(c Change) (Record, error) { return new(Decoder).Decode(c) }

// Apply gives the View after the changes of one revision, whoever made them. The changes are a set: each key occurs at
// most once and their order means nothing, so that one record may take over in the same revision what another gives up.
// v itself does not change. An error that is *Taken says that two records would claim one unique thing.
func (v *View) Apply(rev int64, changes []Change) (*View, error) {
	return new(Decoder).Apply(v, rev, changes)
}

// Apply is View.Apply for somebody who applies one change after the other.
func (d *Decoder) Apply(v *View, rev int64, changes []Change) (*View, error) {
	next := *v
	records := make([]Record, 0, len(changes))
	for _, c := range changes {
		next.drop(next.At(c.Key))
		if c.Value == nil {
			continue
		}
		c.Rev = rev
		r, err := d.Decode(c)
		if err != nil {
			return nil, err
		}
		records = append(records, r)
	}
	for _, r := range records {
		if err := next.put(r); err != nil {
			return nil, err
		}
	}
	next.rev = rev
	return &next, nil
}

// Rev is the store revision of the last write that this View shows.
func (v *View) Rev() int64 { return v.rev }

// Installation is the house's own record; nil only before the first start has written it.
func (v *View) Installation() *Installation { return v.installation }

// fenced tells whether the scope lies in a subtree that is being deleted.
func (v *View) fenced(key string) bool {
	if v.tombstones.Len() == 0 || key == "" {
		return false
	}
	for k := key; k != ""; k = k[:strings.LastIndexByte(k, '/')] {
		if _, dead := v.tombstones.Get(k); dead {
			return true
		}
	}
	return false
}

// Fenced tells whether the scope lies in a subtree that is being deleted; nothing may be made there.
func (v *View) Fenced(s name.Scope) bool { return v.fenced(s.Key()) }

func (v *View) seal() {
	sealAll := []interface{ Seal() }{
		&v.tenants, &v.tenantNames, &v.operators, &v.subscriptions, &v.groups, &v.resources, &v.identities,
		&v.principals, &v.clients, &v.applications, &v.audiences, &v.roleDefs, &v.assignments, &v.granted,
		&v.denies, &v.blocked, &v.vaults.secrets, &v.vaults.versions, &v.vaults.trash, &v.vaults.weights,
		&v.containers, &v.endpoints, &v.scopes, &v.tombstones, &v.rules, &v.proofs, &v.outside,
		&v.memberships.groups, &v.memberships.of, &v.ended.byPrincipal, &v.ended.inOrder,
	}
	for _, t := range sealAll {
		t.Seal()
	}
	aws.Seal(&v.awsHalf)
}
