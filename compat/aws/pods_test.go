package aws

import (
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/compat/harness"
)

// cluster is a cluster of the issuer, where the service account "cart" of "web" has a role.
const cluster = `
---
kind: Role
name: GROUP-role
trust:
  Version: "2012-10-17"
  Statement: [{Effect: Allow, Principal: {Service: pods.eks.amazonaws.com}, Action: ["sts:AssumeRole", "sts:TagSession"]}]
---
kind: EKSCluster
name: GROUP
issuer: ISSUER
podIdentityAssociations:
  - {namespace: web, serviceAccount: cart, role: GROUP-role}
`

const podUID = "0190a5c2-3b1e-8000-8000-00000000000a"

// podToken is what Kubernetes puts into a pod's file for EKS.
func podToken(t *testing.T, i *harness.Issuer, account string) string {
	t.Helper()
	return i.Token(t, map[string]any{
		"sub": "system:serviceaccount:web:" + account, "aud": []string{"pods.eks.amazonaws.com"},
		"kubernetes.io": map[string]any{
			"namespace": "web", "serviceaccount": map[string]any{"name": account, "uid": "1"}, "pod": map[string]any{"name": "cart-7d9f", "uid": podUID},
		},
	})
}

// TestPodsByIdentity: what runs in a pod finds its role by its own token, and another service account's pod finds none.
func TestPodsByIdentity(t *testing.T) {
	words := map[string]string{
		"cli": "Error when retrieving credentials from container-role", "py": "CredentialRetrievalError: ",
		"js": "CredentialsProviderError: ", "go": "*client.EndpointError AccessDenied",
	}
	for who, c := range callers() {
		t.Run(who, func(t *testing.T) {
			t.Parallel()
			if !harness.Tell(t, c.client, "credentials: EKS Pod Identity",
				"AWS_CONTAINER_CREDENTIALS_FULL_URI, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE with the service account's token") {
				return
			}
			group, i := "pod-"+who, harness.NewIssuer(t)
			house.Apply(t, i.Manifest()+strings.NewReplacer("GROUP", group, "ISSUER", i.URL).Replace(cluster))
			s := house.Session(t, "")
			s.Set(t, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", s.File(t, "pod", podToken(t, i, "cart")))
			s.Must(t, "sh", "-c", `test -n "$LANYARD_METADATA"`)
			s.Shell(t, `export AWS_CONTAINER_CREDENTIALS_FULL_URI="$LANYARD_METADATA/clusters/`+house.Fact(t, "account")+`/`+group+`/v1/credentials"`)
			want(t, "who asks", s.Must(t, c.argv...), "arn:aws:sts::"+house.Fact(t, "account")+":assumed-role/"+group+"-role/eks-"+group+"-cart-7d9f-"+podUID)
			refused := func() {
				t.Helper()
				if who == "js" { // it shows no id
					s.Failed(t, words[who], c.argv...)
					return
				}
				s.Refused(t, words[who], "eks.no_association", c.argv...)
			}
			s.File(t, "pod", podToken(t, i, "other"))
			refused()
			s.File(t, "pod", podToken(t, i, "cart"))
			house.Apply(t, "kind: EKSCluster\nname: "+group+"\nissuer: "+i.URL+"\npodIdentityAssociations: []")
			refused()
		})
	}
}

// running is a function whose identity a role of an account of its own trusts.
const running = `
kind: Account
name: GROUP
---
kind: ResourceGroup
name: GROUP
---
kind: Resource
type: Microsoft.Web/sites
name: GROUP-site
resourceGroup: GROUP
identity: {type: SystemAssigned}
---
kind: Application
name: GROUP-app
identifierUris: ["api://GROUP"]
---
kind: OIDCProvider
account: GROUP
url: $(issuer)
clientIds: ["api://GROUP"]
---
kind: Role
account: GROUP
name: GROUP-role
trust:
  Version: "2012-10-17"
  Statement:
    - Effect: Allow
      Principal: {Federated: "arn:aws:iam::$(account):oidc-provider/$(issuer.host)"}
      Action: sts:AssumeRoleWithWebIdentity
      Condition: {StringEquals: {"$(issuer.host):sub": $(Resource/GROUP-site.principalId)}}
`

// TestPodsOfAzure: an Azure workload's client of AWS finds its role by the file that run keeps, and none when the role is gone.
func TestPodsOfAzure(t *testing.T) {
	refused := map[string]string{
		"cli": "An error occurred (AccessDenied) when calling the AssumeRoleWithWebIdentity operation", "py": "ClientError: An error occurred (AccessDenied)",
		"js": "AccessDenied: ", "go": "*smithy.GenericAPIError AccessDenied",
	}
	for who, c := range callers() {
		t.Run(who, func(t *testing.T) {
			t.Parallel()
			if !harness.Tell(t, c.client, "credentials: web identity file of an Azure workload", "run --aws-role --aws-audience") {
				return
			}
			group := "running-" + who
			house.Apply(t, strings.ReplaceAll(running, "GROUP", group))
			role := house.Field(t, "Role", group+"-role", "id")
			s := house.Session(t, group+"-site", "--aws-role", role, "--aws-audience", "api://"+group)
			want(t, "who asks", s.Must(t, c.argv...),
				strings.NewReplacer(":iam:", ":sts:", ":role/", ":assumed-role/").Replace(role)+"/"+group+"-site")
			house.Do(t, "", "delete", "Role", role)
			s.Set(t, "AWS_ROLE_SESSION_NAME", "again") // a session of another name is not in any client's cache
			if who == "cli" {
				s.Failed(t, refused[who], c.argv...) // it shows no id
				return
			}
			s.Refused(t, refused[who], "access.denied", c.argv...)
		})
	}
}
