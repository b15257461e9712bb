package directory

import (
	"crypto/rand"
	"errors"
	"maps"
	"strings"

	"github.com/lanyard-id/lanyard/internal/directory/form"
	"github.com/lanyard-id/lanyard/internal/directory/holds"
	"github.com/lanyard-id/lanyard/internal/directory/start"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// DefaultRegion is the AWS region of a new installation: one for which all SDKs sign with SigV4 without being told.
const DefaultRegion = "us-east-2"

// OperatorService is the service principal as which Lanyard's operator assumes roles.
const OperatorService = start.OperatorService

// BootstrapSpec is what a first start decides.
type BootstrapSpec struct {
	URLs  map[string]string // public base URLs by door
	Store string            // incarnation of the store
}

// Bootstrap makes the installation with its first tenant, subscription and AWS account, each named "default". On an
// installation that exists it changes nothing.
func (e *Edit) Bootstrap(s BootstrapSpec) (Outcome, error) {
	if e.view.Installation() != nil {
		return Unchanged, nil
	}
	i := &view.Installation{
		StoreID: name.NewGUID(), Incarnation: rand.Text(), Region: DefaultRegion,
		Store: s.Store, URLs: maps.Clone(s.URLs), Created: e.now,
	}
	if _, err := e.Save(i); err != nil {
		return Unchanged, err
	}
	first := *i
	var err error
	if first.Tenant, err = e.CreateTenant("default"); err != nil {
		return Unchanged, err
	}
	if first.Subscription, err = e.CreateSubscription(first.Tenant, "default"); err != nil {
		return Unchanged, err
	}
	if first.Account, err = e.CreateAccount("default"); err != nil {
		return Unchanged, err
	}
	_, err = e.Save(&first)
	return Created, err
}

func (e *Edit) installation() (*view.Installation, error) {
	i := e.view.Installation()
	if i == nil {
		return nil, fault.New(fault.Unavailable, Unavailable, "the installation is not set up yet").
			Because(errors.New("no installation record: bootstrap has not run"))
	}
	return i, nil
}

// CreateTenant makes a tenant with its operator and the house's applications, and gives its id.
func (e *Edit) CreateTenant(tenant string) (name.GUID, error) {
	if err := because(InvalidName, form.House("a tenant", tenant)); err != nil {
		return name.GUID{}, err
	}
	if _, taken := e.view.TenantNamed(tenant); taken {
		return name.GUID{}, conflict(Exists, "there is already a tenant named %q", tenant)
	}
	t := &view.Tenant{ID: name.NewGUID(), Name: tenant, Created: e.now}
	if _, err := e.Save(t); err != nil {
		return name.GUID{}, err
	}
	return t.ID, firstError(e.makeOperator(t.ID), e.makeHouseApplications(t.ID))
}

// makeOperator makes the principal that operates a tenant. Its rights are ordinary assignments, to be seen and taken
// away like others.
func (e *Edit) makeOperator(tenant name.GUID) error {
	o := &view.Operator{Principal: *newPrincipal(tenant)}
	if _, err := e.Save(o); err != nil {
		return err
	}
	for _, role := range start.OperatorRoles() {
		_, _, err := e.PutAssignment(AssignmentSpec{
			Tenant: tenant, Scope: name.Root(), Role: role,
			Principal: o.ObjectID, Name: "operator",
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// fillStep is how many applications FillHouse makes at a time.
const fillStep = 100

// FillHouse gives tenants that are older than an application of the house that application, a step at a time; more tells to
// ask again. A name that an application of the tenant's own has taken stays with it.
func (e *Edit) FillHouse() (more bool, err error) {
	made := 0
	for t := range e.view.Tenants() {
		for _, a := range start.Applications() {
			if start.Taken(e.view, t.ID, a) {
				continue
			}
			if made++; made > fillStep {
				return true, nil
			}
			if err := e.makeHouseApplication(t.ID, a); err != nil {
				return false, err
			}
		}
	}
	return false, nil
}

func (e *Edit) makeHouseApplications(tenant name.GUID) error {
	for _, a := range start.Applications() {
		if err := e.makeHouseApplication(tenant, a); err != nil {
			return err
		}
	}
	return nil
}

func (e *Edit) makeHouseApplication(tenant name.GUID, a view.Application) error {
	made := start.In(e.view, tenant, a)
	made.Created = e.now
	_, err := e.Save(&made)
	return err
}

// DeleteTenant deletes a tenant that has no subscription, application or role definition of its own left. Its operator
// and the house's applications go with it. The default tenant stays.
func (e *Edit) DeleteTenant(id name.GUID) error {
	t, ok := e.view.Tenant(id)
	if !ok {
		return notFound(TenantNotFound, "there is no tenant %s", id)
	}
	if e.isDefault(func(i *view.Installation) bool { return i.Tenant == id }) {
		return conflict(InUse, "the default tenant stays")
	}
	own, still := holds.Tenant(e.view, id)
	if still != "" {
		return conflict(InUse, "the tenant still has %s", still)
	}
	for _, r := range own {
		if err := e.removeAll(r); err != nil {
			return err
		}
	}
	return e.Remove(t)
}

// CreateSubscription makes a subscription of a tenant and gives its id. Names are unique in the installation.
func (e *Edit) CreateSubscription(tenant name.GUID, subscription string) (name.GUID, error) {
	if err := because(InvalidName, form.House("a subscription", subscription)); err != nil {
		return name.GUID{}, err
	}
	if _, ok := e.view.Tenant(tenant); !ok {
		return name.GUID{}, notFound(TenantNotFound, "there is no tenant %s", tenant)
	}
	for s := range e.view.Subscriptions() {
		if strings.EqualFold(s.Name, subscription) {
			return name.GUID{}, conflict(Exists, "there is already a subscription named %q", subscription)
		}
	}
	s := &view.Subscription{ID: name.NewGUID(), Tenant: tenant, Name: subscription, Created: e.now}
	_, err := e.Save(s)
	return s.ID, err
}

// DeleteSubscription deletes a subscription without resource groups, and the assignments on it. The default one stays.
func (e *Edit) DeleteSubscription(id name.GUID) error {
	s, ok := e.view.Subscription(id)
	if !ok {
		return notFound(SubscriptionNotFound, "there is no subscription %s", id)
	}
	if e.isDefault(func(i *view.Installation) bool { return i.Subscription == id }) {
		return conflict(InUse, "the default subscription stays")
	}
	own, still, fenced := holds.Subscription(e.view, s)
	switch {
	case fenced:
		return conflict(Fenced, "%s is still being deleted; try again when that is done", still)
	case still != "":
		return conflict(InUse, "the subscription still has %s", still)
	}
	for _, r := range own {
		if err := e.Remove(r); err != nil {
			return err
		}
	}
	return e.Remove(s)
}

// CreateAccount makes an AWS account with its operator role, and gives its id.
func (e *Edit) CreateAccount(account string) (name.AccountID, error) {
	if err := because(InvalidName, form.House("an AWS account", account)); err != nil {
		return name.AccountID{}, err
	}
	if _, taken := e.view.AccountNamed(account); taken {
		return name.AccountID{}, conflict(Exists, "there is already an AWS account named %q", account)
	}
	id, err := e.newAccountID()
	if err != nil {
		return name.AccountID{}, err
	}
	if _, err := e.Save(&view.Account{ID: id, Name: account, Created: e.now}); err != nil {
		return name.AccountID{}, err
	}
	_, err = e.PutRole(RoleSpec{
		Account: id, Path: start.OperatorPath, Name: start.OperatorName, Trust: start.OperatorTrust,
		Description: "What an operator of this installation may do here", Inline: map[string]string{"all": start.OperatorPolicy},
	})
	return id, err
}

// newAccountID gives an id that no account has.
func (e *Edit) newAccountID() (name.AccountID, error) {
	for {
		id, err := form.NewAccountID()
		if err != nil {
			return name.AccountID{}, refused(err)
		}
		if _, taken := e.view.Account(id); !taken {
			return id, nil
		}
	}
}

// DeleteAccount deletes an AWS account that holds nothing but its operator role. The default account stays.
func (e *Edit) DeleteAccount(id name.AccountID) error {
	a, ok := e.view.Account(id)
	if !ok {
		return notFound(AccountNotFound, "there is no AWS account %s", id)
	}
	if e.isDefault(func(i *view.Installation) bool { return i.Account == id }) {
		return conflict(InUse, "the default AWS account stays")
	}
	own, still := holds.Account(e.view, id)
	if still != "" {
		return conflict(InUse, "the account still has %s", still)
	}
	for _, r := range own {
		if err := e.Remove(r); err != nil {
			return err
		}
	}
	return e.Remove(a)
}

func (e *Edit) isDefault(is func(*view.Installation) bool) bool {
	i := e.view.Installation()
	return i != nil && is(i)
}
