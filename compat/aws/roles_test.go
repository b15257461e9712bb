package aws

import (
	"testing"

	"github.com/lanyard-id/lanyard/compat/harness"
)

// roleRefusals are what the plays of all languages are refused, by step, code and reason.
const roleRefusals = `
make EntityAlreadyExists directory.exists
make MalformedPolicyDocument policy.invalid_principal
tags NoSuchEntity directory.role_not_found
inline NoSuchEntity directory.policy_not_found
inline MalformedPolicyDocument policy.malformed
managed EntityAlreadyExists directory.exists
managed DeleteConflict directory.in_use
simulate NoSuchEntity simulate.no_such_entity
simulate InvalidInput simulate.invalid_input
providers EntityAlreadyExists directory.exists
providers InvalidInput iam.invalid_input
providers NoSuchEntity directory.provider_not_found
little AccessDenied access.denied
little AccessDenied iam.widens_own_rights
away DeleteConflict directory.in_use
away NoSuchEntity directory.policy_not_found
away NoSuchEntity directory.role_not_found
`

// TestRolesBySDK makes roles, policies with versions, boundaries and providers, changes them, asks the simulators what they
// decide, and takes them away, by SDKs; a role of these that may little is refused the rest. What IAM has a type of error for
// comes as the SDK's own.
func TestRolesBySDK(t *testing.T) {
	for key, play := range map[string]struct {
		client string
		argv   []string
	}{
		"py": {"boto3", []string{harness.Boto3, "-B", harness.PythonPrograms() + "/roles.py"}},
		"js": {"@aws-sdk/client-iam", []string{"node", harness.Node() + "/roles.mjs"}},
		"go": {"github.com/aws/aws-sdk-go-v2/service/iam", []string{harness.AWSClient(), "iam"}},
	} {
		t.Run(key, func(t *testing.T) {
			t.Parallel()
			if harness.Tell(t, play.client, "iam: roles, trust, tags, inline and managed policies, versions, boundaries, OIDC providers, simulators; a role that may little",
				"run, as the operator") {
				house.Session(t, "operator").Played(t, roleRefusals, append(play.argv, "roles-"+key, house.Fact(t, "account"))...)
			}
		})
	}
}
