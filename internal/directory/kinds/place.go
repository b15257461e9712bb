package kinds

import (
	"errors"
	"strings"

	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/manifest"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// place is where a document's thing belongs.
type place struct {
	tenant       name.GUID
	subscription name.GUID // zero if the tenant has none or several and the document does not say which
	account      name.AccountID
	region       string
}

// planner makes one document's thing so.
type planner struct {
	e *directory.Edit
	place
}

func newPlanner(e *directory.Edit, d manifest.Document) (*planner, error) {
	i := e.View().Installation()
	if i == nil {
		return nil, fault.New(fault.Unavailable, directory.Unavailable, "the installation is not set up yet").
			Because(errors.New("no installation record"))
	}
	p := &planner{e: e, place: place{tenant: i.Tenant, subscription: i.Subscription, account: i.Account, region: i.Region}}
	for _, step := range []struct {
		said manifest.Text
		take func(string) error
	}{{d.Tenant, p.takeTenant}, {d.Subscription, p.takeSubscription}, {d.Account, p.takeAccount}} {
		said, err := p.text(step.said)
		if err != nil {
			return nil, err
		}
		if said == "" {
			continue
		}
		if err := step.take(said); err != nil {
			return nil, at(step.said.At, err)
		}
	}
	sub, ok := e.View().Subscription(p.subscription)
	switch {
	case !ok || sub.Tenant == p.tenant:
	case d.Tenant.IsZero():
		p.tenant = sub.Tenant
	default:
		return nil, at(d.Subscription.At, fault.New(fault.Invalid, directory.TenantMismatch,
			"the subscription %q does not belong to the tenant", sub.Name))
	}
	return p, nil
}

// takeTenant chooses a tenant and, if it has exactly one, its subscription.
func (p *planner) takeTenant(said string) error {
	t, ok := findTenant(p.e.View(), said)
	if !ok {
		return fault.New(fault.NotFound, directory.TenantNotFound, "there is no tenant %q", said)
	}
	p.tenant = t.ID
	if sub, ok := p.e.View().Subscription(p.subscription); ok && sub.Tenant == t.ID {
		return nil
	}
	p.subscription = name.GUID{}
	for s := range p.e.View().Subscriptions() {
		if s.Tenant != t.ID {
			continue
		}
		if !p.subscription.IsZero() {
			p.subscription = name.GUID{}
			return nil
		}
		p.subscription = s.ID
	}
	return nil
}

func (p *planner) takeSubscription(said string) error {
	s, ok := findSubscription(p.e.View(), said)
	if !ok {
		return fault.New(fault.NotFound, directory.SubscriptionNotFound, "there is no subscription %q", said)
	}
	p.subscription = s.ID
	return nil
}

func (p *planner) takeAccount(said string) error {
	a, ok := findAccount(p.e.View(), said)
	if !ok {
		return fault.New(fault.NotFound, directory.AccountNotFound, "there is no AWS account %q", said)
	}
	p.account = a.ID
	return nil
}

func findTenant(v *view.View, said string) (*view.Tenant, bool) {
	if id, err := name.ParseGUID(said); err == nil {
		return v.Tenant(id)
	}
	return v.TenantNamed(said)
}

func findSubscription(v *view.View, said string) (*view.Subscription, bool) {
	if id, err := name.ParseGUID(said); err == nil {
		return v.Subscription(id)
	}
	for s := range v.Subscriptions() {
		if strings.EqualFold(s.Name, said) {
			return s, true
		}
	}
	return nil, false
}

func findAccount(v *view.View, said string) (*view.Account, bool) {
	if id, err := name.ParseAccountID(said); err == nil {
		return v.Account(id)
	}
	return v.AccountNamed(said)
}

// inSubscription gives the subscription of what lies in one.
func (p *planner) inSubscription() (name.GUID, error) {
	if p.subscription.IsZero() {
		return name.GUID{}, fault.New(fault.Invalid, directory.SubscriptionNotFound,
			`the tenant has no subscription, or several: say which with the key "subscription"`)
	}
	return p.subscription, nil
}

// text gives a text with its references resolved.
func (p *planner) text(t manifest.Text) (string, error) { return t.Expand(p.resolve) }

// texts does so for a list.
func (p *planner) texts(list []manifest.Text) ([]string, error) {
	var out []string
	for _, t := range list {
		s, err := p.text(t)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

// all resolves several texts, each into its place.
func (p *planner) all(pairs ...pair) error {
	for _, each := range pairs {
		s, err := p.text(each.from)
		if err != nil {
			return err
		}
		*each.to = s
	}
	return nil
}

// pair is a text and where its value goes.
type pair struct {
	to   *string
	from manifest.Text
}

// document gives a JSON text with its references resolved.
func (p *planner) document(j manifest.JSON) (string, error) { return j.Expand(p.resolve) }

func (p *planner) tags(tags manifest.Tags) (view.Tags, error) {
	if len(tags) == 0 {
		return nil, nil
	}
	out := view.Tags{}
	for k, t := range tags {
		s, err := p.text(t)
		if err != nil {
			return nil, err
		}
		out[k] = s
	}
	return out, nil
}

// resolve gives what a reference stands for.
func (p *planner) resolve(r manifest.Reference) (string, error) {
	if r.Word != "" {
		return p.word(r)
	}
	found, err := p.find(r.Kind, r.Group, r.Name)
	if err != nil {
		return "", at(r.At, err)
	}
	value := found.field(r.Field)
	if r.Field == "blobEndpoint" && found.kind == "StorageAccount" {
		value = p.e.View().Installation().URLs["blob"] + "/" + found.name
	}
	if r.Field == "vaultUri" && found.kind == "KeyVault" {
		value = view.VaultURL(p.e.View().Installation(), found.name)
	}
	if value == "" {
		return "", at(r.At, fault.New(fault.Invalid, NoSuchField, "%s: this %s has no %s", r, r.Kind, r.Field))
	}
	return value, nil
}

func (p *planner) word(r manifest.Reference) (string, error) {
	i := p.e.View().Installation()
	var value string
	switch r.Word {
	case "tenant":
		value = p.tenant.String()
	case "subscription":
		value = p.subscription.String()
	case "account":
		value = p.account.String()
	case "region":
		value = p.region
	case "issuer":
		value = i.IssuerV1(p.tenant)
	case "issuer.host":
		_, value, _ = strings.Cut(i.IssuerV1(p.tenant), "://")
	}
	if value == "" {
		return "", at(r.At, fault.New(fault.Invalid, NoSuchField, "%s is not known here", r))
	}
	return value, nil
}

// find gives the one thing of a kind that has the name: in the document's own place, or else anywhere.
func (p *planner) find(kind, group, thingName string) (thing, error) {
	var near, far []thing
	for t := range candidates(p.e.View(), kind, group, thingName) {
		far = append(far, t)
		if t.in(p.place) {
			near = append(near, t)
		}
	}
	if len(near) > 0 {
		far = near
	}
	return single(kind, thingName, far)
}
