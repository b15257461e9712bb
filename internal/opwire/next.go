package opwire

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/lanyard-id/lanyard/internal/fault"
)

// getWorkload lists the workloads in AWS's words.
const getWorkload = "lanyard get AWSResource"

// Next names the command that helps after a refusal of this reason; empty when none does. It knows reasons by their words,
// because the packages that declare them lie beside this one or above it; a test looks each of them up in the sources.
func Next(why fault.Reason) string {
	switch why {
	case "mint.held":
		return "lanyard restore --confirm"
	case "operator.not_a_workload", "operator.name_unknown", "operator.name_ambiguous", "operator.bad_name", "operator.app_setting",
		"directory.resource_not_found", "mint.no_identity", "mint.identity_ambiguous", "mint.identity_not_found":
		return "lanyard get Resource"
	case "attest.no_proof", "attest.unknown_proof", "attest.rule_expired", "attest.workload_deleted", "directory.rule_not_found":
		return "lanyard run --as RESOURCE -- COMMAND"
	case "mint.audience_unregistered", "directory.application_not_found", "federation.audience_mismatch":
		return "lanyard get Application"
	case "federation.issuer_unknown", "sts.invalid_identity_token", "directory.provider_not_found":
		return "lanyard get OIDCProvider"
	case "federation.subject_mismatch", "directory.identity_not_found", "directory.credential_not_found", "directory.principal_not_found":
		return "lanyard get UserAssignedIdentity"
	case "directory.account_not_found":
		return "lanyard get Account"
	case "directory.tenant_not_found":
		return "lanyard get Tenant"
	case "directory.subscription_not_found":
		return "lanyard get Subscription"
	case "directory.aws_resource_not_found", "operator.not_an_aws_workload", "operator.bad_arn", "metadata.no_role",
		"metadata.role_deleted", "metadata.not_an_instance":
		return getWorkload
	case "directory.role_not_found", "sts.duration", "workload.role_untrusting", "workload.role_elsewhere":
		return "lanyard get Role"
	case "directory.bucket_not_found":
		return "lanyard get Bucket"
	case "directory.container_not_found":
		return "lanyard get Container"
	case "directory.role_unknown", "directory.role_definition_not_found", "directory.role_not_assignable":
		return "lanyard get RoleDefinition"
	case "kinds.unknown_kind", "manifest.unknown_kind", "manifest.unknown_key", "manifest.missing":
		return "lanyard apply --help"
	case "audit.unavailable", "audit.unreadable", "directory.unavailable", "disk.full", "operator.unrecorded", "operator.bytes_left":
		return "lanyard doctor"
	}
	return ""
}

// nextOf names the command that helps after a recorded refusal: what would grant it, or else the rule that came nearest.
func nextOf(r Record) string {
	d := r.Decision
	if d == nil {
		return nextFor(r)
	}
	if role, scope, ok := grantOf(d.Hint); ok && d.Question.Principal != "" {
		manifest := fmt.Sprintf("{kind: RoleAssignment, principal: %s, role: %s, scope: %s}",
			quoted(d.Question.Principal), quoted(role), quoted(scope))
		return "echo " + shellWord(manifest) + " | lanyard apply -f -"
	}
	for _, c := range slices.Concat(d.Decisive, d.Nearest) {
		if show := showRule(c.Kind, c.Rule); show != "" {
			return show
		}
	}
	return Next(r.Reason)
}

// nextFor names the command that helps after a refusal that no rule decided, with the name of who was refused where the
// record has it.
func nextFor(r Record) string {
	next, who := Next(r.Reason), r.Principal.Display
	switch {
	case who == "" || !strings.HasPrefix(string(r.Reason), "metadata.") || next != getWorkload:
		return next
	case strings.HasPrefix(who, "arn:"):
		return next + " " + shellWord(who)
	}
	return "lanyard run --help" // an Azure workload's role is no binding
}

// wouldDo says what would change a refusal that no rule decided; empty where its text says it all.
func wouldDo(r Record) string {
	switch {
	case r.Reason == "mint.audience_unregistered" && r.Audience != "":
		return "an Application with identifierUris: [" + quoted(r.Audience) + "]"
	case r.Reason != "metadata.no_role" && r.Reason != "metadata.role_deleted":
		return ""
	case strings.HasPrefix(r.Principal.Display, "arn:"):
		return "a role in its manifest, kind AWSResource: role: NAME"
	}
	return "--aws-role and --aws-audience at lanyard run: an Azure workload assumes a role with its token"
}

// grantOf reads the hint of the Azure engine: grant "ROLE" at SCOPE.
func grantOf(hint string) (role, scope string, ok bool) {
	rest, ok := strings.CutPrefix(hint, `grant "`)
	if !ok {
		return "", "", false
	}
	role, scope, ok = strings.Cut(rest, `" at `)
	return role, scope, ok && role != "" && strings.HasPrefix(scope, "/")
}

// showRule names the command that shows a rule: an assignment's id, a policy's or role's ARN, or role/NAME/inline/POLICY,
// with the statement behind "#".
func showRule(kind, rule string) string {
	id, _, _ := strings.Cut(rule, "#")
	switch {
	case id == "":
		return ""
	case kind == "role assignment":
		return "lanyard get RoleAssignment " + shellWord(id)
	case strings.HasPrefix(id, "role/"):
		role, _, _ := strings.Cut(strings.TrimPrefix(id, "role/"), "/")
		return "lanyard get Role " + shellWord(role)
	case strings.HasPrefix(id, "arn:aws:iam:") && strings.Contains(id, ":role/"):
		return "lanyard get Role " + shellWord(id)
	case strings.HasPrefix(id, "arn:aws:iam:") && strings.Contains(id, ":policy/"):
		return "lanyard get Policy " + shellWord(id)
	case strings.HasPrefix(id, "arn:aws:s3:::"):
		return "lanyard get Bucket " + shellWord(strings.TrimPrefix(id, "arn:aws:s3:::"))
	}
	return ""
}

// shellWord quotes a word for a shell where it needs it: it may hold what a stranger wrote.
func shellWord(s string) string {
	plain := strings.IndexFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("-_./:@+=,", r)
	}) < 0
	if plain && s != "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// quoted writes a text as a double-quoted YAML scalar (YAML 1.2 section 7.3.1), whose escapes are a superset of Go's.
func quoted(s string) string { return strconv.QuoteToASCII(s) }
