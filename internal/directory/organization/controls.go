package organization

import (
	"maps"
	"slices"

	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/directory/form"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/iampolicy"
	"github.com/lanyard-id/lanyard/internal/name"
)

// Controls are the control policies of an account, document by name. None of a kind is no limit of that kind.
type Controls struct {
	Service  map[string]string // what its principals may do at most, its root user included
	Resource map[string]string // what anybody may do to its resources at most
}

// maxControls is how many policies of one kind an account has (AWS Organizations, "Quotas").
const maxControls = 5

// SetControls gives the account exactly these control policies. A service control policy only ever limits, so an account
// that has some needs an allow among them: without one nobody may do anything, and that is refused here.
func SetControls(e *directory.Edit, account name.AccountID, c Controls) (directory.Outcome, error) {
	a, ok := e.View().Account(account)
	if !ok {
		return directory.Unchanged, fault.New(fault.NotFound, directory.AccountNotFound, "there is no AWS account %s", account)
	}
	allows, err := check(iampolicy.SCP, c.Service)
	if err != nil {
		return directory.Unchanged, err
	}
	if len(c.Service) > 0 && !allows {
		return directory.Unchanged, fault.New(fault.Invalid, directory.InvalidValue, "no service control policy of %s allows "+
			"anything, so nobody in it could do anything: add one that allows, such as every action on every resource", a.Name)
	}
	if _, err := check(iampolicy.RCP, c.Resource); err != nil {
		return directory.Unchanged, err
	}
	changed := *a
	changed.ServiceControl, changed.ResourceControl = maps.Clone(c.Service), maps.Clone(c.Resource)
	return e.Save(&changed)
}

// check says what is wrong with the policies of one kind, and whether one of them allows anything.
func check(kind iampolicy.Kind, documents map[string]string) (allows bool, err error) {
	if len(documents) > maxControls {
		return false, fault.New(fault.Invalid, directory.LimitExceeded, "an account has at most %d policies of the kind %s", maxControls, kind)
	}
	for _, n := range slices.Sorted(maps.Keys(documents)) {
		if err := form.Policy(n); err != nil {
			return false, fault.New(fault.Invalid, directory.InvalidName, "%v", err)
		}
		p, err := iampolicy.Parse([]byte(documents[n]), kind)
		if err != nil {
			f := *fault.From(err)
			f.Public = kind.String() + " " + n + ": " + f.Public
			return false, &f
		}
		for s := range p.Statements() {
			allows = allows || s.Effect() == iampolicy.Allow
		}
	}
	return allows, nil
}
