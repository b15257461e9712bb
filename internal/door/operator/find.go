package operator

import (
	"slices"
	"strings"

	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// Why a name that is well formed leads to nobody.
const (
	// NameUnknown means that no resource has the name.
	NameUnknown fault.Reason = "operator.name_unknown"
	// NameAmbiguous means that several things have the name; the message lists them.
	NameAmbiguous fault.Reason = "operator.name_ambiguous"
	// NotAWorkload means that the name is a thing that nothing can run as, such as an identity.
	NotAWorkload fault.Reason = "operator.not_a_workload"
	// NotAnAWSWorkload means that the ARN is that of a role, which nothing runs as.
	NotAnAWSWorkload fault.Reason = "operator.not_an_aws_workload"
)

// maxCandidates bounds how many things an error lists.
const maxCandidates = 10

// target is who "--as" means: a workload of one cloud, or an operator with a side in each cloud that the name has.
type target struct {
	resource *view.Resource
	aws      *view.AWSResource
	operator *view.Operator // of the tenant that is named; nil where the name is an account's only
	account  *view.Account  // where the AWS side acts; nil where the name is a tenant's only
	root     bool           // the AWS side is the account's root
	full     string         // unmistakable
}

// findAs finds who the text means.
func findAs(v *view.View, text string) (target, error) {
	a, err := parseAs(text)
	if err != nil {
		return target{}, err
	}
	switch a.kind {
	case byID:
		return resourceByID(v, a.id)
	case byName:
		return resourceByName(v, a)
	case byARN:
		return awsWorkload(v, a.arn)
	case operator:
		return findOperator(v, a.name)
	case root:
	}
	account, ok := findAccount(v, a.name)
	if !ok {
		return target{}, missing(directory.AccountNotFound, "There is no AWS account %q.", a.name)
	}
	return target{account: account, root: true, full: "root@" + account.ID.String()}, nil
}

// workload gives the caller that a process runs as who the target is.
func (t target) workload() (view.Workload, error) {
	switch {
	case t.resource != nil:
		return view.Workload{Resource: t.resource}, nil
	case t.aws != nil:
		return view.Workload{AWS: t.aws}, nil
	case t.operator != nil:
		return view.Workload{Operator: t.operator}, nil
	}
	return view.Workload{}, fault.New(fault.Invalid, NotAWorkload,
		"%s is of an AWS account and has no identity in a tenant; ask for a session instead.", t.full)
}

func resourceByID(v *view.View, id name.ResourceID) (target, error) {
	if r, ok := v.Resource(id); ok {
		return target{resource: r, full: r.ID.String()}, nil
	}
	if i, ok := v.Identity(id); ok {
		return target{}, identityIsNone(v, i)
	}
	return target{}, unknown("There is no resource %s.", id)
}

func resourceByName(v *view.View, a as) (target, error) {
	found, identities := named(v, a)
	switch {
	case len(found) == 1:
		return target{resource: found[0], full: found[0].ID.String()}, nil
	case len(found) > 1:
		ids := make([]string, len(found))
		for i, r := range found {
			ids[i] = r.ID.String()
		}
		return target{}, ambiguous(a.String(), ids)
	case len(identities) > 0:
		return target{}, identityIsNone(v, identities[0])
	}
	return target{}, unnamed(v, a, "There is no resource named %q.")
}

// unnamed refuses a name that no resource has. AWS workloads have ARNs: whoever says the name of one is told its ARN, and
// does not get it by guessing.
func unnamed(v *view.View, a as, format string) error {
	var arns []string
	for w := range v.AWSResources() {
		if a.group == "" && w.Name() == a.name {
			arns = append(arns, w.ARN.String())
		}
	}
	if len(arns) == 0 {
		return unknown(format, a)
	}
	return missing(directory.AWSResourceNotFound, format+" An AWS workload is named by its ARN: %s.", a, listed(arns))
}

// String is how the text was written.
func (a as) String() string {
	if a.group != "" {
		return a.group + "/" + a.name
	}
	return a.name
}

// named gives the resources and the identities of a name, those that are being deleted left out.
func named(v *view.View, a as) (resources []*view.Resource, identities []*view.UserIdentity) {
	for r := range v.Under(name.Root()) {
		switch r := r.(type) {
		case *view.Resource:
			if _, lives := v.Resource(r.ID); lives && a.names(r.ID) {
				resources = append(resources, r)
			}
		case *view.UserIdentity:
			if _, lives := v.Identity(r.ID); lives && a.names(r.ID) {
				identities = append(identities, r)
			}
		}
	}
	return resources, identities
}

func (a as) names(id name.ResourceID) bool {
	return strings.EqualFold(id.Name(), a.name) && (a.group == "" || strings.EqualFold(id.Group(), a.group))
}

// identityIsNone says from where an identity can be used.
func identityIsNone(v *view.View, i *view.UserIdentity) error {
	var hosts []string
	for r := range v.Under(name.Root()) {
		if r, ok := r.(*view.Resource); ok && slices.ContainsFunc(r.Users, func(a view.Attached) bool {
			return a.ObjectID == i.Principal.ObjectID
		}) {
			hosts = append(hosts, r.ID.String())
		}
	}
	if len(hosts) == 0 {
		return fault.New(fault.Invalid, NotAWorkload,
			"%s is a managed identity, which nothing runs as. Attach it to a resource and name the resource.", i.ID)
	}
	return fault.New(fault.Invalid, NotAWorkload,
		"%s is a managed identity, which nothing runs as. Name a resource that has it: %s.", i.ID, listed(hosts))
}

// awsWorkload finds a workload by its ARN, and says what an ARN of something else is good for.
func awsWorkload(v *view.View, arn name.ARN) (target, error) {
	if w, ok := v.AWSResource(arn); ok {
		return target{aws: w, full: arn.String()}, nil
	}
	if _, ok := v.Role(arn); ok {
		return target{}, fault.New(fault.Invalid, NotAnAWSWorkload,
			"%s is a role, which nothing runs as. Name a workload that has it, or a resource whose identity it trusts.", arn)
	}
	return target{}, missing(directory.AWSResourceNotFound, "There is no AWS workload %s.", arn)
}

// findOperator finds the operator of a tenant and the AWS account of that name, whichever there are; without a name, of
// the installation's defaults.
func findOperator(v *view.View, of string) (t target, err error) {
	inst := v.Installation()
	if of == "" {
		t.account, _ = v.Account(inst.Account)
		t.operator, _ = v.OperatorOf(inst.Tenant)
		t.full = "operator"
	} else {
		if tenant, ok := findTenant(v, of); ok {
			t.operator, _ = v.OperatorOf(tenant.ID)
		}
		t.account, _ = findAccount(v, of)
		t.full = "operator@" + of
	}
	if t.operator == nil && t.account == nil {
		return t, missing(directory.TenantNotFound, "There is no tenant and no AWS account %q.", of)
	}
	return t, nil
}

func findTenant(v *view.View, said string) (*view.Tenant, bool) {
	if id, err := name.ParseGUID(said); err == nil {
		return v.Tenant(id)
	}
	return v.TenantNamed(said)
}

func findAccount(v *view.View, said string) (*view.Account, bool) {
	if id, err := name.ParseAccountID(said); err == nil {
		return v.Account(id)
	}
	return v.AccountNamed(said)
}

// unknown refuses the name of a resource.
func unknown(format string, args ...any) error { return missing(NameUnknown, format, args...) }

// missing refuses a name with the reason of what it should have been the name of: the advice hangs on that.
func missing(why fault.Reason, format string, args ...any) error {
	return fault.New(fault.NotFound, why, format, args...)
}

func ambiguous(said string, ids []string) error {
	return fault.New(fault.Invalid, NameAmbiguous, "%d things are named %q, say which: %s.", len(ids), said, listed(ids))
}

// listed joins the first few.
func listed(ids []string) string {
	slices.Sort(ids)
	if len(ids) > maxCandidates {
		return strings.Join(ids[:maxCandidates], ", ") + ", ..."
	}
	return strings.Join(ids, ", ")
}
