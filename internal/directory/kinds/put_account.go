package kinds

import (
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/directory/iam"
	"github.com/lanyard-id/lanyard/internal/directory/organization"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/manifest"
	"github.com/lanyard-id/lanyard/internal/name"
)

func (p *planner) putAccount(s *manifest.Account) (string, directory.Outcome, error) {
	account, err := p.text(s.Name)
	if err != nil {
		return "", directory.Unchanged, err
	}
	var c organization.Controls
	if c.Service, err = p.inline(s.ServiceControl); err != nil {
		return "", directory.Unchanged, err
	}
	if c.Resource, err = p.inline(s.ResourceControl); err != nil {
		return "", directory.Unchanged, err
	}
	if a, ok := p.e.View().AccountNamed(account); ok {
		outcome, err := p.settleAccount(a.ID, c, s.KeyDays)
		return a.ID.String(), outcome, err
	}
	id, err := p.e.CreateAccount(account)
	if err == nil {
		_, err = p.settleAccount(id, c, s.KeyDays)
	}
	return id.String(), directory.Created, err
}

// settleAccount sets what an account has beside its name.
func (p *planner) settleAccount(id name.AccountID, c organization.Controls, days manifest.Number) (directory.Outcome, error) {
	controls, err := organization.SetControls(p.e, id, c)
	if err != nil {
		return controls, err
	}
	if days.Given && days.N == 0 { // no days are not the default
		return controls, at(days.At, fault.New(fault.Invalid, directory.InvalidValue, "an access key lives a day at least"))
	}
	keys, err := iam.SetKeyDays(p.e, id, days.N)
	if err != nil {
		return keys, at(days.At, err)
	}
	return max(controls, keys), nil
}
