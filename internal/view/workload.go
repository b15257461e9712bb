package view

import "iter"

// Workload is a caller of the metadata door after its proof was matched with a rule: exactly one field is set.
type Workload struct {
	Resource *Resource    // a workload that somebody made, or
	AWS      *AWSResource // one in AWS's words, or
	Operator *Operator    // the operator of a tenant, for tools that an operator runs
}

// Name says which workload it is, for records and refusals.
func (w Workload) Name() string {
	switch {
	case w.Operator != nil:
		return "operator of tenant " + w.Operator.Tenant.String()
	case w.AWS != nil:
		return w.AWS.ARN.String()
	}
	return w.Resource.ID.String()
}

// Containers yields in order the containers of a storage account.
func (v *View) Containers(account *Resource) iter.Seq[*Container] {
	return func(yield func(*Container) bool) {
		for r := range v.Under(account.ID.Scope()) {
			if c, ok := r.(*Container); ok && c.AccountUID == account.UID && !yield(c) {
				return
			}
		}
	}
}
