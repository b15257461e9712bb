package kinds

import (
	"iter"

	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// things yields all things of a kind, in no order, without those that are being deleted.
func things(v *view.View, kind string) iter.Seq[thing] {
	switch kind {
	case "Tenant":
		return thingsOf(v, v.Tenants())
	case "Subscription":
		return thingsOf(v, v.Subscriptions())
	case "Account":
		return thingsOf(v, v.Accounts())
	case "Application":
		return thingsOf(v, v.Applications())
	case "RoleDefinition":
		return thingsOf(v, v.RoleDefinitions())
	case "RoleAssignment":
		return thingsOf(v, v.Assignments())
	case "DenyAssignment":
		return thingsOf(v, v.Denies())
	case "Issuer":
		return thingsOf(v, v.Issuers())
	case "Group":
		return thingsOf(v, v.DirectoryGroups())
	case "OIDCProvider":
		return thingsOf(v, v.OIDCProviders(name.AccountID{}))
	case "SAMLProvider":
		return thingsOf(v, v.SAMLProviders(name.AccountID{}))
	case "Bucket":
		return thingsOf(v, v.Buckets(name.AccountID{}))
	case "Policy":
		return thingsOf(v, v.Policies(name.AccountID{}))
	case "Role":
		return thingsOf(v, v.Roles(name.AccountID{}))
	case "AWSResource":
		return thingsOf(v, v.AWSResources())
	case "EKSCluster":
		return thingsOf(v, v.Clusters())
	}
	return func(yield func(thing) bool) {
		for t := range thingsOf(v, v.Under(name.Root())) {
			if t.kind == kind && !yield(t) {
				return
			}
		}
	}
}

func thingsOf[R view.Record](v *view.View, records iter.Seq[R]) iter.Seq[thing] {
	return func(yield func(thing) bool) {
		for r := range records {
			if t, ok := thingOf(v, r); ok && !yield(t) {
				return
			}
		}
	}
}

// candidates yields the things of a kind that have the id or the name; an empty group is any. It looks up what it can,
// because an installation may hold a hundred thousand identities and a file many references.
func candidates(v *view.View, kind, group, thingName string) iter.Seq[thing] {
	return func(yield func(thing) bool) {
		if t, ok := byID(v, kind, thingName); ok && group == "" {
			yield(t)
			return
		}
		seq := things(v, kind)
		switch kind {
		case "UserAssignedIdentity":
			seq = typed(v, view.TypeUserIdentity, thingName)
		case "StorageAccount":
			seq = typed(v, view.TypeStorageAccount, thingName)
		case "KeyVault":
			seq = typed(v, view.TypeKeyVault, thingName)
		}
		for t := range seq {
			if t.is(group, thingName) && !yield(t) {
				return
			}
		}
	}
}

// typed yields what has the type and name, in all groups.
func typed(v *view.View, typ, thingName string) iter.Seq[thing] {
	return func(yield func(thing) bool) {
		for g := range v.Groups() {
			id, err := name.NewResourceID(g.Subscription, g.Name, typ, thingName)
			if err != nil {
				return
			}
			if t, ok := thingOf(v, v.Place(id.Scope())); ok && !yield(t) {
				return
			}
		}
	}
}

// one gives the thing with an id.
func one(v *view.View, kind, id string) (thing, error) {
	if t, ok := byID(v, kind, id); ok {
		return t, nil
	}
	return thing{}, missing(kind, id)
}

func byID(v *view.View, kind, id string) (thing, bool) {
	r := recordByID(v, kind, id)
	if r == nil {
		return thing{}, false
	}
	t, ok := thingOf(v, r)
	return t, ok && t.kind == kind
}

func recordByID(v *view.View, kind, id string) view.Record {
	if guid, err := name.ParseGUID(id); err == nil {
		switch kind {
		case "Tenant":
			return found(v.Tenant(guid))
		case "Subscription":
			return found(v.Subscription(guid))
		case "Application":
			return found(v.Application(guid))
		case "RoleDefinition":
			return found(v.RoleDefinition(guid))
		case "RoleAssignment":
			return found(v.Assignment(guid))
		case "DenyAssignment":
			return found(v.Deny(guid))
		case "Group":
			return found(v.DirectoryGroup(guid))
		}
		return nil
	}
	if account, err := name.ParseAccountID(id); err == nil && kind == "Account" {
		return found(v.Account(account))
	}
	if scope, err := name.ParseScope(id); err == nil {
		return v.Place(scope)
	}
	switch kind {
	case "Bucket":
		return found(v.Bucket(id))
	case "Issuer":
		return found(v.Issuer(id))
	}
	arn, err := name.ParseARN(id)
	if err != nil {
		return nil
	}
	switch kind {
	case "OIDCProvider":
		return found(v.OIDCProvider(arn))
	case "SAMLProvider":
		return found(v.SAMLProvider(arn))
	case "Policy":
		return found(v.Policy(arn))
	case "Role":
		return found(v.Role(arn))
	case "AWSResource":
		return found(v.AWSResource(arn))
	case "EKSCluster":
		return found(v.Cluster(arn))
	}
	return nil
}

// found turns a look-up that found nothing into a nil Record.
func found[R view.Record](r R, ok bool) view.Record {
	if !ok {
		return nil
	}
	return r
}

// thingOf describes a record; ok is false for what is being deleted and for records that are no thing of their own.
func thingOf(v *view.View, r view.Record) (t thing, ok bool) {
	t.record = r
	switch r := r.(type) {
	case *view.Tenant:
		t.kind, t.name, t.id, t.tenant = "Tenant", r.Name, r.ID.String(), r.ID
	case *view.Subscription:
		t.kind, t.name, t.id, t.tenant = "Subscription", r.Name, r.ID.String(), r.Tenant
	case *view.Application:
		t.kind, t.name, t.id = "Application", r.DisplayName, r.ObjectID.String()
		t.tenant = r.Principal.Tenant
		if r.HasService() {
			t.principal = &r.Principal
		}
	case *view.RoleDefinition:
		t.kind, t.name, t.id, t.tenant = "RoleDefinition", r.Name, r.ID.String(), r.Tenant
	case *view.RoleAssignment:
		t.kind, t.name, t.id, t.tenant = "RoleAssignment", assignmentName(v, r), r.ID.String(), r.Tenant
		return t, !v.Fenced(r.Scope)
	case *view.DenyAssignment:
		t.kind, t.name, t.id, t.tenant = "DenyAssignment", r.Name, r.ID.String(), r.Tenant
		return t, !v.Fenced(r.Scope)
	case *view.Issuer:
		t.kind, t.name, t.id = "Issuer", r.URL.String(), r.URL.String()
	case *view.DirectoryGroup:
		t.kind, t.name, t.id, t.tenant = "Group", r.Display, r.ObjectID.String(), r.Tenant
	case *view.ResourceGroup, *view.Resource, *view.UserIdentity, *view.Container:
		return treeThing(v, r)
	case nil:
		return t, false
	default:
		return awsThing(r)
	}
	return t, true
}

// treeThing describes what lies in the ARM tree.
func treeThing(v *view.View, r view.Record) (t thing, ok bool) {
	t.record = r
	switch r := r.(type) {
	case *view.ResourceGroup:
		t.kind, t.name, t.id, t.subscription = "ResourceGroup", r.Name, r.Scope().String(), r.Subscription
		ok = !v.Fenced(r.Scope())
	case *view.Resource:
		t.kind, t.principal = "Resource", r.System
		if r.ID.IsType(view.TypeStorageAccount) {
			t.kind = "StorageAccount"
		} else if r.ID.IsType(view.TypeKeyVault) {
			t.kind = "KeyVault"
		}
		t.group, t.name, t.id, t.subscription = r.ID.Group(), r.ID.Name(), r.ID.String(), r.ID.Subscription()
		ok = !v.Fenced(r.ID.Scope())
	case *view.UserIdentity:
		t.kind, t.principal = "UserAssignedIdentity", &r.Principal
		t.group, t.name, t.id, t.subscription = r.ID.Group(), r.ID.Name(), r.ID.String(), r.ID.Subscription()
		ok = !v.Fenced(r.ID.Scope())
	case *view.Container:
		t.kind = "Container"
		t.group, t.name, t.id, t.subscription = r.Account.Name(), r.Name, r.Scope().String(), r.Account.Subscription()
		account, exists := v.Resource(r.Account)
		ok = exists && account.UID == r.AccountUID && !v.Fenced(r.Scope())
	}
	if sub, exists := v.Subscription(t.subscription); exists {
		t.tenant = sub.Tenant
	}
	return t, ok
}

// awsThing describes what lies in an AWS account.
func awsThing(r view.Record) (t thing, ok bool) {
	t.record = r
	switch r := r.(type) {
	case *view.Account:
		t.kind, t.name, t.id, t.account = "Account", r.Name, r.ID.String(), r.ID
		return t, true
	case *view.Bucket:
		t.kind, t.name, t.id, t.account, t.arn = "Bucket", r.Name, r.Name, r.Account, r.ARN().String()
		return t, true
	}
	var arn name.ARN
	switch r := r.(type) {
	case *view.Role:
		t.kind, t.name, arn = "Role", r.Name, r.ARN
	case *view.Policy:
		t.kind, t.name, arn = "Policy", r.Name, r.ARN
	case *view.OIDCProvider:
		t.kind, t.name, arn = "OIDCProvider", r.URL.String(), r.ARN
	case *view.SAMLProvider:
		t.kind, t.name, arn = "SAMLProvider", r.Name(), r.ARN
	case *view.AWSResource:
		t.kind, t.name, arn = "AWSResource", awsResourceName(r.ARN), r.ARN
	case *view.Cluster:
		t.kind, t.name, arn = "EKSCluster", r.Name(), r.ARN
	default:
		return thing{}, false
	}
	t.id, t.arn, t.account = arn.String(), arn.String(), arn.Account()
	return t, true
}
