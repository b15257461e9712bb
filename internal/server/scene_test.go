package server

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"encoding/xml"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/internal/attest/resolve"
	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/directory/kinds"
	"github.com/lanyard-id/lanyard/internal/manifest"
	"github.com/lanyard-id/lanyard/internal/name"
)

// sceneManifest is one function with one identity that may read a container and, through a role, a bucket.
const sceneManifest = `
kind: ResourceGroup
name: scene
---
kind: Application
name: two-clouds
identifierUris: [api://two-clouds]
---
kind: UserAssignedIdentity
name: reader
resourceGroup: scene
---
kind: Resource
type: Microsoft.Web/sites
name: lister
resourceGroup: scene
identity: {type: UserAssigned, userAssignedIdentities: [reader]}
---
kind: StorageAccount
name: scenestore
resourceGroup: scene
containers: [papers]
---
kind: RoleAssignment
principal: $(UserAssignedIdentity/reader.principalId)
role: Storage Blob Data Reader
scope: $(StorageAccount/scenestore.id)
---
kind: OIDCProvider
url: $(issuer)
clientIds: [api://two-clouds]
---
kind: Bucket
name: scene-bucket
---
kind: Role
name: object-reader
trust:
  Version: "2012-10-17"
  Statement:
    Effect: Allow
    Action: sts:AssumeRoleWithWebIdentity
    Principal: {Federated: "arn:aws:iam::$(account):oidc-provider/$(issuer.host)"}
    Condition:
      StringEquals:
        $(issuer.host):aud: api://two-clouds
        $(issuer.host):sub: $(UserAssignedIdentity/reader.principalId)
policies:
  read:
    Version: "2012-10-17"
    Statement:
      - {Effect: Allow, Action: "s3:ListBucket", Resource: "arn:aws:s3:::scene-bucket"}
      - {Effect: Allow, Action: "s3:GetObject", Resource: "arn:aws:s3:::scene-bucket/*"}
`

// house is a running server with the scene in it.
type house struct {
	*Server
	client *http.Client
	t      *testing.T
}

func startHouse(t *testing.T) *house {
	t.Helper()
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	s, err := New(t.Context(), Config{Data: t.TempDir(), Listen: "127.0.0.1:0"}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("the server stopped with %v", err)
		}
	})
	h := &house{Server: s, t: t, client: &http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: s.ring.CertPool(), MinVersion: tls.VersionTLS12},
	}}}
	docs, err := manifest.Parse([]byte(sceneManifest))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := kinds.Apply(t.Context(), s.dir, docs); err != nil {
		t.Fatal(err)
	}
	return h
}

func (h *house) url(door string) string { return h.View().Installation().URLs[door] }

// launch gives the header secret of a process that runs as the resource.
func (h *house) launch(resource string) string {
	h.t.Helper()
	secret := "launch-secret-of-" + resource
	id, err := name.NewResourceID(h.View().Installation().Subscription, "scene", "Microsoft.Web/sites", resource)
	if err != nil {
		h.t.Fatal(err)
	}
	_, err = h.dir.Do(h.t.Context(), func(e *directory.Edit) error {
		_, err := e.CreateRule(directory.RuleSpec{
			SecretHash: resolve.HashSecret(secret), Resource: id, Launcher: "test", Expires: time.Now().Add(time.Hour),
		})
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return secret
}

// send gives status, headers and body of one request.
func (h *house) send(method, at string, headers map[string]string, body []byte) (int, http.Header, string) {
	h.t.Helper()
	req, err := http.NewRequestWithContext(h.t.Context(), method, at, bytes.NewReader(body))
	if err != nil {
		h.t.Fatal(err)
	}
	for k, v := range headers {
		req.Header.Set(k, v)
	}
	res, err := h.client.Do(req)
	if err != nil {
		h.t.Fatal(err)
	}
	defer res.Body.Close() //nolint:errcheck // read to its end
	b, err := io.ReadAll(res.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	return res.StatusCode, res.Header, string(b)
}

// token asks the metadata door as the launched process does.
func (h *house) token(secret, audience string) (int, string) {
	h.t.Helper()
	status, _, body := h.send(http.MethodGet, h.url("metadata")+"/msi/token?api-version=2019-08-01&resource="+url.QueryEscape(audience),
		map[string]string{"X-IDENTITY-HEADER": secret}, nil)
	var answer struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.Unmarshal([]byte(body), &answer); err != nil {
		h.t.Fatal(err)
	}
	if status != http.StatusOK {
		return status, body
	}
	return status, answer.AccessToken
}

// awsSession is what AssumeRoleWithWebIdentity gives.
type awsSession struct {
	KeyID  string `xml:"AssumeRoleWithWebIdentityResult>Credentials>AccessKeyId"`
	Secret string `xml:"AssumeRoleWithWebIdentityResult>Credentials>SecretAccessKey"`
	Token  string `xml:"AssumeRoleWithWebIdentityResult>Credentials>SessionToken"`
}

func (h *house) assume(token string) (int, awsSession, string) {
	h.t.Helper()
	form := url.Values{
		"Action": {"AssumeRoleWithWebIdentity"}, "Version": {"2011-06-15"}, "RoleSessionName": {"scene"},
		"RoleArn":          {"arn:aws:iam::" + h.View().Installation().Account.String() + ":role/object-reader"},
		"WebIdentityToken": {token},
	}
	status, _, body := h.send(http.MethodPost, h.url("sts"),
		map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, []byte(form.Encode()))
	var s awsSession
	if err := xml.Unmarshal([]byte(body), &s); err != nil {
		h.t.Fatalf("%s: %v", body, err)
	}
	return status, s, body
}

// s3 sends a signed request.
func (h *house) s3(s awsSession, method, path, query string) (int, string) {
	h.t.Helper()
	u, err := url.Parse(h.url("s3"))
	if err != nil {
		h.t.Fatal(err)
	}
	signed, err := awswire.Sign(
		awswire.Request{Method: method, Path: path, RawQuery: query, Host: u.Host, Header: http.Header{}, Secure: true},
		awswire.Signing{
			Credentials: awswire.Credentials{KeyID: s.KeyID, Secret: awswire.Secret(s.Secret), SessionToken: awswire.Secret(s.Token)},
			Region:      "us-east-2", Service: "s3", At: time.Now(),
		})
	if err != nil {
		h.t.Fatal(err)
	}
	headers := map[string]string{}
	for k := range signed {
		headers[k] = signed.Get(k)
	}
	status, _, body := h.send(method, h.url("s3")+path+"?"+query, headers, nil)
	return status, body
}

func (h *house) blobs(token, path string) (int, http.Header, string) {
	h.t.Helper()
	return h.send(http.MethodGet, h.url("blob")+path, map[string]string{"Authorization": "Bearer " + token, "x-ms-version": "2026-02-06"}, nil)
}

const listPapers = "/scenestore/papers?restype=container&comp=list"

func TestC07C09OneIdentityReadsBothClouds(t *testing.T) {
	h := startHouse(t)
	secret := h.launch("lister")
	status, storage := h.token(secret, "https://storage.azure.com")
	if status != http.StatusOK {
		t.Fatalf("token for storage: %d %s", status, storage)
	}
	if status, _, body := h.blobs(storage, listPapers); status != http.StatusOK {
		t.Errorf("list of blobs: %d %s", status, body)
	}
	_, federated := h.token(secret, "api://two-clouds")
	status, session, body := h.assume(federated)
	if status != http.StatusOK {
		t.Fatalf("assume: %d %s", status, body)
	}
	if status, body := h.s3(session, http.MethodGet, "/scene-bucket", "list-type=2"); status != http.StatusOK {
		t.Errorf("list of objects: %d %s", status, body)
	}
	if status, body := h.s3(session, http.MethodPut, "/scene-bucket/x", ""); status != http.StatusForbidden {
		t.Errorf("a write that nothing allows: %d %s", status, body)
	}

	// A deletion that is acknowledged ends what was issued, at once and everywhere.
	id, err := name.ParseResourceID(
		"/subscriptions/" + h.View().Installation().Subscription.String() +
			"/resourceGroups/scene/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.dir.Do(t.Context(), func(e *directory.Edit) error { return e.DeleteUserIdentity(id) }); err != nil {
		t.Fatal(err)
	}
	if status, body := h.token(secret, "https://storage.azure.com"); status != http.StatusBadRequest {
		t.Errorf("token after deletion: %d %s", status, body)
	}
	if status, _, body := h.blobs(storage, listPapers); status != http.StatusUnauthorized {
		t.Errorf("blob with an earlier token after deletion: %d %s", status, body)
	}
	if status, _, body := h.assume(federated); status != http.StatusBadRequest {
		t.Errorf("assume with an earlier token after deletion: %d %s", status, body)
	}
	if status, body := h.s3(session, http.MethodGet, "/scene-bucket", "list-type=2"); status != http.StatusBadRequest {
		t.Errorf("list with an earlier session after deletion: %d %s", status, body)
	}
}
