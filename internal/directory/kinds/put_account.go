package kinds

import (
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/directory/organization"
	"github.com/lanyard-id/lanyard/internal/manifest"
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
		outcome, err := organization.SetControls(p.e, a.ID, c)
		return a.ID.String(), outcome, err
	}
	id, err := p.e.CreateAccount(account)
	if err == nil {
		_, err = organization.SetControls(p.e, id, c)
	}
	return id.String(), directory.Created, err
}
