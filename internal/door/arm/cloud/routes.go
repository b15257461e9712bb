package cloud

import (
	"net/http"

	"github.com/lanyard-id/lanyard/internal/door/arm/kit"
	"github.com/lanyard-id/lanyard/internal/name"
)

// Versions of Microsoft.Resources that clients ask for; whatever they ask, the answers are the same.
func Versions() kit.Versions {
	return kit.Listed("Microsoft.Resources",
		"2015-01-01", "2015-11-01", "2016-02-01", "2016-06-01", "2016-07-01", "2016-09-01", "2017-05-10", "2018-01-01", "2018-02-01",
		"2018-05-01", "2018-06-01", "2019-03-01", "2019-05-01", "2019-05-10", "2019-06-01", "2019-07-01", "2019-08-01",
		"2019-10-01", "2019-11-01", "2020-01-01", "2020-05-01", "2020-06-01", "2020-08-01", "2020-09-01", "2020-10-01", "2021-01-01",
		"2021-04-01", "2021-05-01", "2022-01-01", "2022-05-01", "2022-09-01", "2022-12-01", "2023-07-01", "2024-03-01", "2024-07-01",
		"2024-08-01", "2024-11-01", "2025-03-01", "2025-04-01")
}

// Operations is the table. own are the providers whose operations the other sub-rooms have.
func Operations(own ...Known) []kit.Operation {
	get := func(pattern, called, doc string, do func(*kit.Call) (kit.Answer, error)) kit.Operation {
		return kit.Operation{Method: http.MethodGet, Pattern: pattern, Name: called, Doc: doc, Versions: Versions(), Do: do}
	}
	tenants := get("/tenants", "ListTenants", "the caller's tenant", listTenants)
	tenants.Asks = "a token"
	subscriptions := get("/subscriptions", "ListSubscriptions", "the subscriptions in which the caller has a role", listSubscriptions)
	subscriptions.Asks = "a token; a subscription is listed to who has a role on it or in it"
	one := get("/subscriptions/{subscription}", "GetSubscription", "a subscription", getSubscription)
	one.Scope, one.Asks = kit.AtSubscription, "a role on the subscription or in it"
	locations := get("/subscriptions/{subscription}/locations", "ListLocations", "the locations that things may be said to be at", listLocations)
	locations.Scope, locations.Asks = kit.AtSubscription, "a role on the subscription or in it"
	all := []kit.Operation{tenants, subscriptions, one, locations}
	for _, place := range []struct {
		prefix, called string
		scope          func(*kit.Call) (name.Scope, error)
		asks           string
	}{
		{"/subscriptions/{subscription}/providers", "", kit.AtSubscription, "a role on the subscription or in it"},
		{"/providers", "Tenant", nil, "a token"},
	} {
		list := get(place.prefix, "List"+place.called+"Providers", "the resource providers and their types", listProviders(own))
		provider := get(place.prefix+"/{namespace}", "Get"+place.called+"Provider", "a resource provider", getProvider(own))
		list.Scope, list.Asks, provider.Scope, provider.Asks = place.scope, place.asks, place.scope, place.asks
		all = append(all, list, provider)
	}
	register := get("/subscriptions/{subscription}/providers/{namespace}/register", "RegisterProvider", "nothing to do: every provider is registered", getProvider(own))
	register.Method, register.Scope, register.Action = http.MethodPost, kit.AtSubscription, "Microsoft.Resources/subscriptions/providers/register/action"
	return append(all, register)
}
