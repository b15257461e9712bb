package aws

import (
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/lanyard-id/lanyard/internal/iampolicy"
)

type compiledAccount struct {
	once     sync.Once
	service  iampolicy.Level
	resource iampolicy.Level
	err      error
}

// fullAccess is the policy that every organization has on its resources and that cannot be taken off: others only deny
// (AWS Organizations, "Resource control policies").
const (
	fullAccessName = "RCPFullAWSAccess"
	fullAccess     = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}}`
)

func (a *Account) compile() (*compiledAccount, error) {
	c := a.compiled
	c.once.Do(func() {
		if c.service, c.err = a.level("scp", iampolicy.SCP, a.ServiceControl); c.err != nil {
			return
		}
		if c.resource, c.err = a.level("rcp", iampolicy.RCP, a.ResourceControl); c.err != nil || c.resource == nil {
			return
		}
		full, err := iampolicy.Parse([]byte(fullAccess), iampolicy.RCP)
		c.err = err
		c.resource = append(c.resource, iampolicy.Named{ID: "rcp/" + fullAccessName, Policy: full})
	})
	return c, c.err
}

// level compiles the documents of one level of the organization.
func (a *Account) level(what string, kind iampolicy.Kind, documents map[string]string) (iampolicy.Level, error) {
	var level iampolicy.Level
	for _, n := range slices.Sorted(maps.Keys(documents)) {
		p, err := iampolicy.Parse([]byte(documents[n]), kind)
		if err != nil {
			return nil, fmt.Errorf("%s %q of account %s: %w", kind, n, a.ID, err)
		}
		level = append(level, iampolicy.Named{ID: "account/" + a.ID.String() + "/" + what + "/" + n, Rev: a.Rev, Policy: p})
	}
	return level, nil
}

// ServiceControls gives the levels of service control policies that limit the principals of the account; none is no
// organization.
func (a *Account) ServiceControls() ([]iampolicy.Level, error) {
	c, err := a.compile()
	if err != nil || c.service == nil {
		return nil, err
	}
	return []iampolicy.Level{c.service}, nil
}

// ResourceControls gives the levels of resource control policies that limit what is done to the resources of the account;
// none is no organization.
func (a *Account) ResourceControls() ([]iampolicy.Level, error) {
	c, err := a.compile()
	if err != nil || c.resource == nil {
		return nil, err
	}
	return []iampolicy.Level{c.resource}, nil
}
