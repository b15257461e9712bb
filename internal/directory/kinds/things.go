package kinds

import (
	"slices"
	"strings"

	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/directory/iam"
	"github.com/lanyard-id/lanyard/internal/directory/pods"
	"github.com/lanyard-id/lanyard/internal/directory/workload"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/manifest"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// thing is one noun as references, get and delete see it.
type thing struct {
	kind, group, name string // group is a resource group, or a container's storage account
	id                string // what identifies it for good: resource id, ARN, GUID; for a bucket its name
	arn               string
	principal         *view.Principal // nil if it has none
	tenant            name.GUID
	subscription      name.GUID
	account           name.AccountID
	record            view.Record
}

// label is what people call the thing.
func (t thing) label() string {
	if t.group != "" {
		return t.group + "/" + t.name
	}
	return t.name
}

// is tells whether the thing has the name; an empty group is any.
func (t thing) is(group, thingName string) bool {
	return strings.EqualFold(t.name, thingName) && (group == "" || strings.EqualFold(t.group, group))
}

// in tells whether the thing belongs to the place; what a thing does not have does not count.
func (t thing) in(p place) bool {
	return (t.tenant.IsZero() || t.tenant == p.tenant) &&
		(t.subscription.IsZero() || t.subscription == p.subscription) &&
		(t.account.IsZero() || t.account == p.account)
}

// field is what a reference to the thing can ask for; empty if it does not have it.
func (t thing) field(f string) string {
	switch {
	case f == "id":
		return t.id
	case f == "arn":
		return t.arn
	case f == "principalId" && t.principal != nil:
		return t.principal.ObjectID.String()
	case f == "clientId" && t.principal != nil:
		return t.principal.ClientID.String()
	}
	return ""
}

// Kinds lists the kinds that get and delete know.
func Kinds() []string { return append(manifest.Kinds(), "Container") }

// Get gives all things of a kind, or those that have the name: "name", "group/name" or the id. They are structs with
// stable JSON names, sorted by what people call them. A name that nothing has is NotFound.
func Get(v *view.View, kind, thingName string) ([]any, error) {
	kind, err := spelled(kind)
	if err != nil {
		return nil, err
	}
	found := selected(v, kind, thingName)
	if thingName != "" && len(found) == 0 {
		return nil, missing(kind, thingName)
	}
	items := make([]any, 0, len(found))
	for _, t := range found {
		items = append(items, t.item(v))
	}
	return items, nil
}

// Delete makes the command that deletes the one thing of a kind that has the name, and stores in step what it did.
// Whether a bucket or container still holds objects is for the caller to look at first.
func Delete(kind, thingName string, step *Step) directory.Command {
	return func(e *directory.Edit) error {
		kind, err := spelled(kind)
		if err != nil {
			return err
		}
		t, err := single(kind, thingName, selected(e.View(), kind, thingName))
		if err != nil {
			return err
		}
		*step = Step{Action: "delete", Kind: kind, Name: t.label(), ID: t.id}
		return t.delete(e)
	}
}

// selected gives the things of a kind that have the name, or all for an empty name, sorted.
func selected(v *view.View, kind, thingName string) []thing {
	group, last, grouped := strings.Cut(thingName, "/")
	if !grouped || group == "" {
		group, last = "", thingName
	}
	seq := things(v, kind)
	if thingName != "" {
		seq = candidates(v, kind, group, last)
	}
	found := slices.Collect(seq)
	if grouped && group != "" { // an OIDC provider's URL and a task's name have slashes of their own
		found = slices.AppendSeq(found, candidates(v, kind, "", thingName))
	}
	slices.SortFunc(found, func(a, b thing) int {
		return strings.Compare(a.label()+"\x00"+a.id, b.label()+"\x00"+b.id)
	})
	return found
}

func missing(kind, thingName string) error {
	return fault.New(fault.NotFound, NotFound, "there is no %s %q", kind, thingName)
}

func single(kind, thingName string, found []thing) (thing, error) {
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return thing{}, missing(kind, thingName)
	}
	var ids []string
	for _, t := range found {
		ids = append(ids, t.id)
	}
	slices.Sort(ids)
	return thing{}, fault.New(fault.Invalid, Ambiguous, "%d things of the kind %s are named %q, say which: %s",
		len(ids), kind, thingName, strings.Join(ids[:min(len(ids), 5)], ", "))
}

// spelled gives the kind as it is spelled; case does not count on a command line.
func spelled(kind string) (string, error) {
	for _, k := range Kinds() {
		if strings.EqualFold(k, kind) {
			return k, nil
		}
	}
	return "", fault.New(fault.Invalid, UnknownKind, "there is no kind %q: the kinds are %s", kind, strings.Join(Kinds(), ", "))
}

// delete makes the directory delete the thing.
func (t thing) delete(e *directory.Edit) error {
	switch r := t.record.(type) {
	case *view.Tenant:
		return e.DeleteTenant(r.ID)
	case *view.Subscription:
		return e.DeleteSubscription(r.ID)
	case *view.ResourceGroup:
		return e.DeleteGroup(r.Subscription, r.Name)
	case *view.Resource:
		return e.DeleteResource(r.ID)
	case *view.UserIdentity:
		return e.DeleteUserIdentity(r.ID)
	case *view.Container:
		return e.DeleteContainer(r.Account, r.Name)
	case *view.Application:
		return e.DeleteApplication(r.ObjectID)
	case *view.RoleDefinition:
		return e.DeleteRoleDefinition(r.ID)
	case *view.RoleAssignment:
		return e.DeleteAssignment(r.ID)
	case *view.DenyAssignment:
		return e.DeleteDeny(r.ID)
	case *view.Account:
		return e.DeleteAccount(r.ID)
	case *view.Role:
		return e.DeleteRole(r.ARN)
	case *view.Policy:
		return iam.DeletePolicy(e, r.ARN)
	case *view.OIDCProvider:
		return e.DeleteOIDCProvider(r.ARN)
	case *view.SAMLProvider:
		return iam.DeleteSAML(e, r.ARN)
	case *view.Issuer:
		return e.DeleteIssuer(r.URL)
	case *view.DirectoryGroup:
		return e.DeleteDirectoryGroup(r.ObjectID)
	case *view.Bucket:
		return e.DeleteBucket(r.Name)
	case *view.AWSResource:
		return workload.Delete(e, r.ARN)
	case *view.Cluster:
		return pods.DeleteCluster(e, r.ARN)
	}
	return missing(t.kind, t.label())
}
