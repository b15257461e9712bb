package cloud

import (
	"slices"
	"strings"

	"github.com/lanyard-id/lanyard/internal/door/arm/kit"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// readSubscription is the action by which a subscription is seen.
const readSubscription = "Microsoft.Resources/subscriptions/read"

// subscription is the wire's form (Subscriptions - Get).
type subscription struct {
	ID       string   `json:"id"`
	SubID    string   `json:"subscriptionId"`
	Tenant   string   `json:"tenantId"`
	Display  string   `json:"displayName"`
	State    string   `json:"state"`
	Policies policies `json:"subscriptionPolicies"`
	Source   string   `json:"authorizationSource"`
	Managed  []string `json:"managedByTenants"`
}

type policies struct {
	Location string `json:"locationPlacementId"`
	Quota    string `json:"quotaId"`
	Spending string `json:"spendingLimit"`
}

func present(s *view.Subscription) subscription {
	return subscription{
		ID: "/subscriptions/" + s.ID.String(), SubID: s.ID.String(), Tenant: s.Tenant.String(), Display: s.Name, State: "Enabled",
		Policies: policies{"Public_2014-09-01", "Internal_2014-09-01", "Off"}, Source: "RoleBased", Managed: []string{},
	}
}

// listSubscriptions lists what the caller may see, as a login needs it to go on.
func listSubscriptions(c *kit.Call) (kit.Answer, error) {
	var seen []*view.Subscription
	for s := range c.View.Subscriptions() {
		if s.Tenant == c.Token.Tenant && sees(c, s) {
			seen = append(seen, s)
		}
	}
	slices.SortFunc(seen, func(a, b *view.Subscription) int { return strings.Compare(a.ID.String(), b.ID.String()) })
	return kit.List(c, func(after string, yield func(kit.Item) bool) {
		for _, s := range seen {
			if s.ID.String() > after && !yield(kit.Item{Key: s.ID.String(), Body: present(s)}) {
				return
			}
		}
	})
}

// sees tells whether a subscription is shown to the caller: it may read it, or has a role somewhere inside it, and cannot
// get there without its id.
func sees(c *kit.Call, s *view.Subscription) bool {
	at, err := name.ParseScope("/subscriptions/" + s.ID.String())
	if err != nil {
		return false
	}
	if c.Decide(c.View, readSubscription, at).Allowed() {
		return true
	}
	me := c.Principal().ObjectID
	for _, who := range append([]name.GUID{me}, c.View.GroupsOf(me)...) {
		for _, a := range c.View.AssignmentsOf(who) {
			if a.Tenant == c.Token.Tenant && at.Covers(a.Scope) {
				return true
			}
		}
	}
	return false
}

// seen refuses a caller to whom the subscription of the path is not shown.
func seen(c *kit.Call) (*view.Subscription, error) {
	id, err := c.Subscription()
	if err != nil {
		return nil, err
	}
	s, ok := c.View.Subscription(id)
	if !ok {
		return nil, fault.New(fault.NotFound, kit.SubscriptionUnknown, "The subscription '%s' could not be found.", id)
	}
	if sees(c, s) {
		return s, nil
	}
	return nil, c.Allow(readSubscription, c.Scope)
}

func getSubscription(c *kit.Call) (kit.Answer, error) {
	s, err := seen(c)
	if err != nil {
		return kit.Answer{}, err
	}
	return kit.OK(present(s), s.Rev), nil
}

// tenant is the wire's form (Tenants - List).
type tenant struct {
	ID       string   `json:"id"`
	Tenant   string   `json:"tenantId"`
	Category string   `json:"tenantCategory"`
	Display  string   `json:"displayName"`
	Domains  []string `json:"domains"`
	Type     string   `json:"tenantType"`
}

// listTenants names the one tenant that the token is of: principals are of one only.
func listTenants(c *kit.Call) (kit.Answer, error) {
	t, ok := c.View.Tenant(c.Token.Tenant)
	if !ok { // the token's issuer was found a moment ago, in this View
		return kit.Answer{}, fault.New(fault.NotFound, kit.SubscriptionUnknown, "The tenant could not be found.")
	}
	id := t.ID.String()
	return kit.OK(map[string]any{"value": []tenant{{
		ID: "/tenants/" + id, Tenant: id, Category: "Home", Display: t.Name, Domains: []string{}, Type: "AAD",
	}}}, 0), nil
}

// location is the wire's form (Subscriptions - List Locations).
type location struct {
	ID       string            `json:"id"`
	Name     string            `json:"name"`
	Display  string            `json:"displayName"`
	Regional string            `json:"regionalDisplayName"`
	Type     string            `json:"type"`
	Metadata map[string]string `json:"metadata"`
}

// listLocations names one place: this installation is where it is, and whatever location a thing is said to have is kept
// as it was said.
func listLocations(c *kit.Call) (kit.Answer, error) {
	s, err := seen(c)
	if err != nil {
		return kit.Answer{}, err
	}
	local := location{
		ID: "/subscriptions/" + s.ID.String() + "/locations/local", Name: "local", Display: "Local", Regional: "Local", Type: "Region",
		Metadata: map[string]string{"regionType": "Physical", "regionCategory": "Recommended"},
	}
	return kit.OK(map[string]any{"value": []location{local}}, 0), nil
}
