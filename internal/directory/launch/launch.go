package launch

import (
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// Workload is who a rule is for: exactly one field is set.
type Workload struct {
	Resource name.ResourceID
	ARN      name.ARN
	Operator name.GUID // object id of an operator principal
}

// Lack says what keeps a workload from being named.
type Lack uint8

// The lacks. Nothing means that the rule names the workload now.
const (
	Nothing Lack = iota
	Resource
	AWSResource
	Operator
	One // not exactly one field is set
)

// Name writes the workload as it is now into the rule, with its incarnation.
func Name(v *view.View, r *view.WorkloadRule, w Workload) Lack {
	count := 0
	if !w.Resource.IsZero() {
		count++
		found, ok := v.Resource(w.Resource)
		if !ok {
			return Resource
		}
		r.Resource, r.ResourceUID = found.ID, found.UID
	}
	if !w.ARN.IsZero() {
		count++
		found, ok := v.AWSResource(w.ARN)
		if !ok {
			return AWSResource
		}
		r.ARN, r.ResourceUID = found.ARN, found.UID
	}
	if !w.Operator.IsZero() {
		count++
		if o, ok := v.PrincipalByObject(w.Operator); !ok || o.Operator == nil {
			return Operator
		}
		r.Operator = w.Operator
	}
	if count != 1 {
		return One
	}
	return Nothing
}

// Lives tells whether the workload of a rule is still the one that the rule was made for.
func Lives(v *view.View, r *view.WorkloadRule) bool {
	switch {
	case !r.Resource.IsZero():
		found, ok := v.Resource(r.Resource)
		return ok && found.UID == r.ResourceUID
	case !r.ARN.IsZero():
		found, ok := v.AWSResource(r.ARN)
		return ok && found.UID == r.ResourceUID
	}
	_, ok := v.PrincipalByObject(r.Operator)
	return ok
}
