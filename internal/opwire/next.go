package opwire

import "github.com/lanyard-id/lanyard/internal/fault"

// Next names the command that helps after a refusal of this reason; empty when none does. It knows reasons by their words,
// because the packages that declare them lie beside this one; a test compares the words with docs/errors.md.
func Next(why fault.Reason) string {
	switch why {
	case "mint.held":
		return "lanyard restore --confirm"
	case "mint.no_identity", "mint.identity_ambiguous", "mint.identity_not_found", "operator.not_a_workload", "operator.name_unknown",
		"operator.name_ambiguous", "operator.app_setting", "directory.resource_not_found", "operator.bad_name":
		return "lanyard get Resource"
	case "mint.audience_unregistered", "directory.application_not_found":
		return "lanyard get Application"
	}
	return ""
}
