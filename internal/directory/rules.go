package directory

import (
	"regexp"
	"time"

	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// RuleSpec is a launch rule as a launcher wants it: exactly one of Resource, ARN and Operator says for whom.
type RuleSpec struct {
	SecretHash string // hex SHA-256 of the header secret
	Resource   name.ResourceID
	ARN        name.ARN
	Operator   name.GUID // object id of an operator principal
	Launcher   string
	Expires    time.Time
}

var secretHashes = regexp.MustCompile(`^[0-9a-f]{64}$`)

// maxRuleLife bounds how long a rule lives without being renewed.
const maxRuleLife = 24 * time.Hour

// CreateRule makes a workload rule and gives its id. The rule names the workload's incarnation: it dies with it.
func (e *Edit) CreateRule(s RuleSpec) (name.GUID, error) {
	r := &view.WorkloadRule{ID: name.NewGUID(), SecretHash: s.SecretHash, Launcher: s.Launcher, Expires: s.Expires.UTC()}
	switch {
	case !secretHashes.MatchString(s.SecretHash):
		return name.GUID{}, invalid(InvalidValue, "a workload rule needs the SHA-256 of its secret in lower-case hex")
	case len(s.Launcher) > 256:
		return name.GUID{}, invalid(InvalidValue, "the launcher's name has at most 256 bytes")
	}
	if err := e.checkExpiry(s.Expires); err != nil {
		return name.GUID{}, err
	}
	if err := e.nameWorkload(r, s); err != nil {
		return name.GUID{}, err
	}
	_, err := e.save(r)
	return r.ID, err
}

func (e *Edit) checkExpiry(at time.Time) error {
	if !at.After(e.now) || at.After(e.now.Add(maxRuleLife)) {
		return invalid(InvalidValue, "a workload rule expires in the future and within %s", maxRuleLife)
	}
	return nil
}

func (e *Edit) nameWorkload(r *view.WorkloadRule, s RuleSpec) error {
	count := 0
	if !s.Resource.IsZero() {
		count++
		found, ok := e.view.Resource(s.Resource)
		if !ok {
			return notFound(ResourceNotFound, "there is no resource %s", s.Resource)
		}
		r.Resource, r.ResourceUID = found.ID, found.UID
	}
	if !s.ARN.IsZero() {
		count++
		found, ok := e.view.AWSResource(s.ARN)
		if !ok {
			return notFound(AWSResourceNotFound, "there is no AWS resource %s", s.ARN)
		}
		r.ARN, r.ResourceUID = found.ARN, found.UID
	}
	if !s.Operator.IsZero() {
		count++
		if o, ok := e.view.PrincipalByObject(s.Operator); !ok || o.Operator == nil {
			return notFound(PrincipalNotFound, "there is no operator with the object id %s", s.Operator)
		}
		r.Operator = s.Operator
	}
	if count != 1 {
		return invalid(InvalidValue, "a workload rule is for exactly one resource, AWS resource or operator")
	}
	return nil
}

// RenewRule lets a rule live until expires. A rule that has expired or whose workload is gone cannot come back.
func (e *Edit) RenewRule(id name.GUID, expires time.Time) error {
	r, ok := e.view.Rule(id)
	if !ok || !r.Expires.After(e.now) || !e.workloadLives(r) {
		return notFound(RuleNotFound, "there is no workload rule %s", id)
	}
	if err := e.checkExpiry(expires); err != nil {
		return err
	}
	renewed := *r
	renewed.Expires = expires.UTC()
	_, err := e.save(&renewed)
	return err
}

// DeleteRule ends a rule.
func (e *Edit) DeleteRule(id name.GUID) error {
	r, ok := e.view.Rule(id)
	if !ok {
		return notFound(RuleNotFound, "there is no workload rule %s", id)
	}
	return e.remove(r)
}

// workloadLives tells whether the workload of a rule is still the one that the rule was made for.
func (e *Edit) workloadLives(r *view.WorkloadRule) bool {
	switch {
	case !r.Resource.IsZero():
		found, ok := e.view.Resource(r.Resource)
		return ok && found.UID == r.ResourceUID
	case !r.ARN.IsZero():
		found, ok := e.view.AWSResource(r.ARN)
		return ok && found.UID == r.ResourceUID
	}
	_, ok := e.view.PrincipalByObject(r.Operator)
	return ok
}
