package aws

import (
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/compat/harness"
)

// emptyCluster is a cluster whose pods have no role yet, two roles for them, who may ask for pods' credentials, and who may keep
// associations and pass the first role alone.
const emptyCluster = `
---
kind: EKSCluster
name: GROUP
issuer: ISSUER
---
kind: Role
name: GROUP-first
trust:
  Version: "2012-10-17"
  Statement: [{Effect: Allow, Principal: {Service: pods.eks.amazonaws.com}, Action: ["sts:AssumeRole", "sts:TagSession"]}]
---
kind: Role
name: GROUP-second
trust:
  Version: "2012-10-17"
  Statement: [{Effect: Allow, Principal: {Service: pods.eks.amazonaws.com}, Action: ["sts:AssumeRole", "sts:TagSession"]}]
---
kind: Role
name: GROUP-agent
trust:
  Version: "2012-10-17"
  Statement: [{Effect: Allow, Principal: {AWS: $(account)}, Action: sts:AssumeRole}]
policies:
  ask:
    Version: "2012-10-17"
    Statement: [{Effect: Allow, Action: eks-auth:AssumeRoleForPodIdentity, Resource: "*"}]
---
kind: Role
name: GROUP-clerk
trust:
  Version: "2012-10-17"
  Statement: [{Effect: Allow, Principal: {AWS: $(account)}, Action: sts:AssumeRole}]
policies:
  keep:
    Version: "2012-10-17"
    Statement:
      - {Effect: Allow, Action: "eks:*", Resource: "*"}
      - {Effect: Allow, Action: iam:PassRole, Resource: "arn:aws:iam::$(account):role/GROUP-first"}
`

// associationRefusals are what the plays of all languages are refused, by step, code and reason.
const associationRefusals = `
make ResourceInUseException directory.association_exists
make InvalidRequestException eks.not_offered
make InvalidParameterException eks.role_missing
make ResourceNotFoundException directory.cluster_not_found
change AccessDeniedException access.denied
away ResourceNotFoundException directory.association_not_found
`

// podRefusals are those of the plays that ask for a pod's credentials too.
const podRefusals = `
pods AccessDeniedException eks.no_association
pods AccessDeniedException access.denied
pods InvalidTokenException federation.bad_signature
away AccessDeniedException eks.no_association
`

const associationFlow = "eks: pod identity associations: create, list, describe, update, delete, iam:PassRole"

// associated is an operator's shell beside a cluster of its own, with the tokens of two pods in its folder.
func associated(t *testing.T, group string) *harness.Session {
	t.Helper()
	i := harness.NewIssuer(t)
	house.Apply(t, i.Manifest()+strings.NewReplacer("GROUP", group, "ISSUER", i.URL).Replace(emptyCluster))
	s := house.Session(t, "operator")
	s.File(t, "token", podToken(t, i, "cart"))
	s.File(t, "other", podToken(t, i, "other"))
	return s
}

// TestAssociationsBySDK gives the pods of a cluster roles, looks at them, changes them and takes them away, by SDKs; boto3 also asks
// for a pod's credentials as an agent does.
func TestAssociationsBySDK(t *testing.T) {
	for key, play := range map[string]struct {
		client, flow, more string
		argv               []string
	}{
		"py": {"boto3", associationFlow + "; eks-auth", podRefusals, []string{harness.Boto3, "-B", harness.PythonPrograms() + "/associations.py"}},
		"js": {"@aws-sdk/client-eks", associationFlow, "", []string{"node", harness.Node() + "/associations.mjs"}},
		"go": {"github.com/aws/aws-sdk-go-v2/service/eks", associationFlow, "", []string{harness.AWSClient(), "eks"}},
	} {
		t.Run(key, func(t *testing.T) {
			t.Parallel()
			if harness.Tell(t, play.client, play.flow, "run, as the operator") {
				group := "eks-" + key
				associated(t, group).Played(t, associationRefusals+play.more, append(play.argv, group, house.Fact(t, "account"))...)
			}
		})
	}
}

// eks is a command of "aws eks" about a cluster.
func eks(cluster, command string, words ...string) []string {
	return append([]string{"aws", "--output", "json", "eks", command, "--cluster-name", cluster}, words...)
}

// TestAssociationsByCLI does so with the command line, which asks for a pod's credentials too.
func TestAssociationsByCLI(t *testing.T) {
	if !tell(t, associationFlow+"; eks-auth", "run, as the operator; AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN of a role") {
		return
	}
	const group = "eks-cli"
	s, roles := associated(t, group), "arn:aws:iam::"+house.Fact(t, "account")+":role/"+group+"-"
	create := func(more ...string) []string {
		return eks(group, "create-pod-identity-association", append([]string{"--namespace", "web"}, more...)...)
	}
	as := func(role string) *harness.Session {
		held := house.Session(t, "operator")
		keep(t, held, harness.At(held.JSON(t, "aws", "--output", "json", "sts", "assume-role", "--role-session-name", "story", "--role-arn", roles+role), "Credentials"), "SessionToken")
		return held
	}
	made := s.JSON(t, create("--service-account", "cart", "--role-arn", roles+"first", "--tags", "team=web")...)
	id := []string{"--association-id", harness.Text(made, "association", "associationId")}
	want(t, "the label", harness.Text(made, "association", "tags", "team"), "web")
	s.Failed(t, "(ResourceInUseException)", create("--service-account", "cart", "--role-arn", roles+"first")...)
	s.Failed(t, "(InvalidParameterException)", create("--service-account", "other", "--role-arn", roles+"none")...)
	s.Failed(t, "(ResourceNotFoundException)", eks(group+"-none", "list-pod-identity-associations")...)
	found := s.JSON(t, eks(group, "list-pod-identity-associations", "--namespace", "web", "--service-account", "cart")...)
	want(t, "the association in the list", harness.Text(found, "associations", 0, "associationId"), id[1])
	shown := s.JSON(t, eks(group, "describe-pod-identity-association", id...)...)
	want(t, "its role", harness.Text(shown, "association", "roleArn"), roles+"first")

	agent, clerk := as("agent"), as("clerk")
	ask := func(file string) []string {
		return []string{"aws", "--output", "json", "eks-auth", "assume-role-for-pod-identity", "--cluster-name", group, "--token", "file://" + s.Folder() + "/" + file}
	}
	got := agent.JSON(t, ask("token")...)
	want(t, "the pod's account", harness.Text(got, "subject", "serviceAccount"), "cart")
	agent.Failed(t, "(AccessDeniedException)", ask("other")...)
	agent.Failed(t, "is not authorized to perform: eks:DeletePodIdentityAssociation", eks(group, "delete-pod-identity-association", id...)...)
	clerk.Failed(t, "is not authorized to perform: iam:PassRole", eks(group, "update-pod-identity-association", append(id, "--role-arn", roles+"second")...)...)
	s.Must(t, eks(group, "update-pod-identity-association", append(id, "--role-arn", roles+"second")...)...)
	want(t, "the pod's role now", strings.HasPrefix(harness.Text(agent.JSON(t, ask("token")...), "assumedRoleUser", "arn"), strings.Replace(strings.Replace(roles, ":iam:", ":sts:", 1), ":role/", ":assumed-role/", 1)+"second/"), true)
	clerk.Must(t, eks(group, "delete-pod-identity-association", id...)...)
	s.Failed(t, "(ResourceNotFoundException)", eks(group, "describe-pod-identity-association", id...)...)
	agent.Failed(t, "(AccessDeniedException)", ask("token")...)
}
