package directory

import (
	"regexp"
	"time"

	"github.com/lanyard-id/lanyard/internal/directory/launch"
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
	switch launch.Name(e.view, r, launch.Workload{Resource: s.Resource, ARN: s.ARN, Operator: s.Operator}) {
	case launch.Resource:
		return name.GUID{}, notFound(ResourceNotFound, "there is no resource %s", s.Resource)
	case launch.AWSResource:
		return name.GUID{}, notFound(AWSResourceNotFound, "there is no AWS resource %s", s.ARN)
	case launch.Operator:
		return name.GUID{}, notFound(PrincipalNotFound, "there is no operator with the object id %s", s.Operator)
	case launch.One:
		return name.GUID{}, invalid(InvalidValue, "a workload rule is for exactly one resource, AWS resource or operator")
	case launch.Nothing:
	}
	_, err := e.Save(r)
	return r.ID, err
}

func (e *Edit) checkExpiry(at time.Time) error {
	if !at.After(e.now) || at.After(e.now.Add(maxRuleLife)) {
		return invalid(InvalidValue, "a workload rule expires in the future and within %s", maxRuleLife)
	}
	return nil
}

// RenewRule lets a rule live until expires. A rule that has expired or whose workload is gone cannot come back.
func (e *Edit) RenewRule(id name.GUID, expires time.Time) error {
	r, ok := e.view.Rule(id)
	if !ok || !r.Expires.After(e.now) || !launch.Lives(e.view, r) {
		return notFound(RuleNotFound, "there is no workload rule %s", id)
	}
	if err := e.checkExpiry(expires); err != nil {
		return err
	}
	renewed := *r
	renewed.Expires = expires.UTC()
	_, err := e.Save(&renewed)
	return err
}

// DeleteRule ends a rule.
func (e *Edit) DeleteRule(id name.GUID) error {
	r, ok := e.view.Rule(id)
	if !ok {
		return notFound(RuleNotFound, "there is no workload rule %s", id)
	}
	return e.Remove(r)
}
