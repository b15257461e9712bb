//go:build unix

package proof

import (
	"net/http"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/opwire"
)

// scene is one identity, a container and a bucket. The identity is put in for IDENTITY, what gives its object id for
// PRINCIPAL.
const scene = `
kind: ResourceGroup
name: proof
---
kind: UserAssignedIdentity
name: reader
resourceGroup: proof
---
kind: Application
name: proof
identifierUris: ["api://proof"]
---
kind: StorageAccount
name: proofs
resourceGroup: proof
containers: [files, private]
---
kind: Resource
type: Microsoft.Web/sites
name: function
resourceGroup: proof
identity: IDENTITY
---
kind: RoleAssignment
principal: $(PRINCIPAL)
role: Storage Blob Data Reader
scope: $(Container/proofs/files.id)
---
kind: OIDCProvider
url: $(issuer)
clientIds: ["api://proof"]
---
kind: Bucket
name: proof-files
---
kind: Role
name: reader
trust:
  Version: "2012-10-17"
  Statement:
    - Effect: Allow
      Principal: {Federated: "arn:aws:iam::$(account):oidc-provider/$(issuer.host)"}
      Action: sts:AssumeRoleWithWebIdentity
      Condition:
        StringEquals:
          "$(issuer.host):aud": api://proof
          "$(issuer.host):sub": $(PRINCIPAL)
policies:
  read:
    Version: "2012-10-17"
    Statement:
      - {Effect: Allow, Action: "s3:ListBucket", Resource: $(Bucket/proof-files.arn)}
      - {Effect: Allow, Action: "s3:GetObject", Resource: $(Bucket/proof-files.arn)/*}
`

// userScene is the scene with the user-assigned identity, systemScene with the function's own.
func userScene() string {
	return strings.NewReplacer("IDENTITY", "{type: UserAssigned, userAssignedIdentities: [reader]}",
		"PRINCIPAL", "UserAssignedIdentity/reader.principalId").Replace(scene)
}

func systemScene() string {
	return strings.NewReplacer("IDENTITY", "{type: SystemAssigned}", "PRINCIPAL", "Resource/function.principalId").Replace(scene)
}

// play sets the scene up: what the manifest says, and objects in each store.
func (h *house) play(t *testing.T, manifest string) {
	t.Helper()
	h.apply(t, manifest)
	h.put(t, "/proofs/files/hello.txt", "/proof-files/hello.txt")
	h.put(t, "/proofs/private/hello.txt", "/proof-files/other.txt")
}

// put stores a blob and an object as the operator.
func (h *house) put(t *testing.T, blob, object string) {
	t.Helper()
	h.putBytes(t, blob, object, []byte("hello from a container"), []byte("hello from a bucket"))
}

// putBytes is put with the bytes of the blob and of the object.
func (h *house) putBytes(t *testing.T, blob, object string, inBlob, inObject []byte) {
	t.Helper()
	var token opwire.Token
	if err := h.ask(http.MethodPost, opwire.PathToken, opwire.TokenRequest{As: "operator", Resource: storage}, &token); err != nil {
		t.Fatal(err)
	}
	a, err := h.blob(http.MethodPut, blob, token.AccessToken, inBlob)
	if err != nil || a.status != http.StatusCreated {
		t.Fatalf("put %s: %v, %d: %s", blob, err, a.status, a.body)
	}
	a, err = h.signed(http.MethodPut, object, h.operatorSession(t), inObject)
	if err != nil || a.status != http.StatusOK {
		t.Fatalf("put %s: %v, %d: %s", object, err, a.status, a.body)
	}
}

func (h *house) operatorSession(t *testing.T) awswire.Credentials {
	t.Helper()
	var s opwire.Session
	if err := h.ask(http.MethodPost, opwire.PathSession, opwire.SessionRequest{As: "operator"}, &s); err != nil {
		t.Fatal(err)
	}
	return awswire.Credentials{KeyID: s.AccessKeyID, Secret: awswire.Secret(s.SecretAccessKey), SessionToken: awswire.Secret(s.SessionToken)}
}

// role is the ARN of the scene's role.
func (h *house) role() string { return "arn:aws:iam::" + h.status.Account + ":role/reader" }

// readBoth has the function list and read both stores with what its identity gets, and nothing else.
func (h *house) readBoth(t *testing.T, w workload) {
	t.Helper()
	bearer := w.mustToken(t, storage, "")
	session := h.mustAssume(t, h.role(), w.mustToken(t, audience, ""))
	for _, look := range []struct {
		what string
		ask  func() (answer, error)
		want string
	}{
		{"list the container", func() (answer, error) {
			return h.blob(http.MethodGet, "/proofs/files?restype=container&comp=list", bearer, nil)
		}, "<Name>hello.txt</Name>"},
		{"read the blob", func() (answer, error) { return h.blob(http.MethodGet, "/proofs/files/hello.txt", bearer, nil) }, "hello from a container"},
		{"list the bucket", func() (answer, error) {
			return h.signed(http.MethodGet, "/proof-files?list-type=2", session, nil)
		}, "<Key>hello.txt</Key>"},
		{"read the object", func() (answer, error) {
			return h.signed(http.MethodGet, "/proof-files/hello.txt", session, nil)
		}, "hello from a bucket"},
	} {
		a, err := look.ask()
		if err != nil || a.status != http.StatusOK || !strings.Contains(string(a.body), look.want) {
			t.Errorf("%s: %v, status %d, %q", look.what, err, a.status, a.body)
		}
	}
}
