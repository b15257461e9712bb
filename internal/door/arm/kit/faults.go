package kit

import (
	"strings"

	"github.com/lanyard-id/lanyard/internal/fault"
)

// Why the Resource Manager refuses a request, beside what authn, access and the directory have against it.
const (
	// SubscriptionUnknown means that no subscription has the id in the path.
	SubscriptionUnknown fault.Reason = "arm.subscription_unknown"
	// ForeignTenant means that the subscription belongs to another tenant than the token; the caller reads the same as for
	// one that does not exist.
	ForeignTenant fault.Reason = "arm.foreign_tenant"
	// BadSubscription means that the path has something other than a GUID in the place of a subscription's id.
	BadSubscription fault.Reason = "arm.bad_subscription"
	// BadBody means that the body is not the JSON that is read here: not well formed, a name twice, or a value of the wrong
	// type.
	BadBody fault.Reason = "arm.bad_body"
	// BadParameter means that a parameter of the path or the query has a value that cannot be.
	BadParameter fault.Reason = "arm.bad_parameter"
	// BadFilter means that $filter asks for something that is not offered here.
	BadFilter fault.Reason = "arm.bad_filter"
	// BadPageToken means that a page token belongs to another query, another caller, or an earlier run of the server.
	BadPageToken fault.Reason = "arm.bad_page_token"
	// MissingVersion means that the query has no api-version.
	MissingVersion fault.Reason = "arm.missing_api_version"
	// BadVersion means that api-version is no version at all.
	BadVersion fault.Reason = "arm.bad_api_version"
	// UnsupportedVersion means that the resource provider is not served in this api-version; the message lists those that are.
	UnsupportedVersion fault.Reason = "arm.unsupported_api_version"
	// NamespaceUnknown means that no resource provider has this namespace.
	NamespaceUnknown fault.Reason = "arm.namespace_unknown"
	// LinkedDenied means that the caller may do the action, but not what it needs on a thing that the request names beside
	// it, such as attaching that user-assigned identity.
	LinkedDenied fault.Reason = "arm.linked_denied"
	// LocationFixed means that a resource or identity cannot move to another location.
	LocationFixed fault.Reason = "arm.location_fixed"
)

func invalid(why fault.Reason, format string, args ...any) *fault.Fault {
	return fault.New(fault.Invalid, why, format, args...)
}

// Stays refuses a location that is not the one where a thing is. Either may be empty, which says nothing. ARM compares them
// without case and spaces: "West US" is "westus".
func Stays(is, asked string) error {
	if is == "" || asked == "" || SameLocation(is, asked) {
		return nil
	}
	return Moved(LocationFixed, is, asked)
}

// SameLocation compares two locations as ARM does.
func SameLocation(a, b string) bool {
	return strings.EqualFold(strings.ReplaceAll(a, " ", ""), strings.ReplaceAll(b, " ", ""))
}

// Moved is the refusal of a move.
func Moved(why fault.Reason, from, to string) error {
	return fault.New(fault.Conflict, why, "It exists already in location '%s'; it cannot be made in location '%s'. Delete it first.", Shown(from), Shown(to))
}

// Shown cuts what an error repeats of a stranger's text.
func Shown(s string) string {
	const most = 128
	if len(s) <= most {
		return s
	}
	return s[:most] + "..."
}
