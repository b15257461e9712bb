package server

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/directory/kinds"
	"github.com/lanyard-id/lanyard/internal/federation/issuertest"
	"github.com/lanyard-id/lanyard/internal/manifest"
	"github.com/lanyard-id/lanyard/internal/name"
)

// ciManifest trusts one repository of an outside issuer in both clouds. ISSUER, HOST and CA are put in.
const ciManifest = `
kind: Issuer
url: ISSUER
preset: github
shared: true
private: true
ca: "CA"
---
kind: UserAssignedIdentity
name: deployer
resourceGroup: scene
federatedCredentials:
  - {name: main, issuer: ISSUER, subject: "repo:acme/a:ref:refs/heads/main", audiences: [api://AzureADTokenExchange]}
---
kind: Application
name: pipeline
federatedCredentials:
  - name: releases
    issuer: ISSUER
    expression: "claims['sub'] matches 'repo:acme/a:*' and claims['environment'] eq 'prod'"
    audiences: [api://AzureADTokenExchange]
---
kind: OIDCProvider
url: ISSUER
clientIds: [sts.amazonaws.com]
---
kind: Role
name: object-reader
trust:
  Version: "2012-10-17"
  Statement:
    Effect: Allow
    Action: sts:AssumeRoleWithWebIdentity
    Principal: {Federated: "arn:aws:iam::$(account):oidc-provider/HOST"}
    Condition:
      StringEquals: {"HOST:aud": sts.amazonaws.com, "HOST:sub": "repo:acme/a:ref:refs/heads/main"}
policies:
  read:
    Version: "2012-10-17"
    Statement:
      - {Effect: Allow, Action: "s3:ListBucket", Resource: "arn:aws:s3:::scene-bucket"}
`

// ci is a house that trusts a pipeline's issuer.
type ci struct {
	*house
	issuer *issuertest.Issuer
}

func startCI(t *testing.T) ci {
	t.Helper()
	c := ci{startHouse(t), issuertest.New(t, time.Now)}
	text := strings.NewReplacer("ISSUER", c.issuer.URL, "HOST", strings.TrimPrefix(c.issuer.URL, "https://"),
		"CA", strings.ReplaceAll(c.issuer.CA, "\n", `\n`)).Replace(ciManifest)
	docs, err := manifest.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := kinds.Apply(t.Context(), c.dir, docs); err != nil {
		t.Fatal(err)
	}
	return c
}

// job asks for a token as GitHub's toolkit does inside of a job.
func (c ci) job(claims map[string]any, audience string) string {
	c.t.Helper()
	at, bearer := c.issuer.Job(claims)
	outer := c.client
	defer func() { c.client = outer }()
	c.client = issuerClient(c.t, c.issuer)
	status, _, body := c.send(http.MethodGet, at+"&audience="+url.QueryEscape(audience), map[string]string{"Authorization": "Bearer " + bearer}, nil)
	var answer struct {
		Value string `json:"value"`
	}
	if err := json.Unmarshal([]byte(body), &answer); err != nil || status != http.StatusOK {
		c.t.Fatalf("the job's token: %d %s", status, body)
	}
	return answer.Value
}

// exchange asks the Entra door for a token for storage.
func (c ci) exchange(client, assertion string) (int, string) {
	c.t.Helper()
	form := url.Values{
		"grant_type": {"client_credentials"}, "client_id": {client}, "scope": {"https://storage.azure.com/.default"},
		"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"}, "client_assertion": {assertion},
	}
	status, _, body := c.send(http.MethodPost, c.url("entra")+"/"+c.View().Installation().Tenant.String()+"/oauth2/v2.0/token",
		map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, []byte(form.Encode()))
	return status, body
}

func (c ci) clientID(kind, called string) string {
	c.t.Helper()
	items, err := kinds.Get(c.View(), kind, called)
	if err != nil {
		c.t.Fatal(err)
	}
	switch item := items[0].(type) {
	case kinds.UserIdentityItem:
		return item.ClientID.String()
	case kinds.ApplicationItem:
		return item.ClientID.String()
	}
	c.t.Fatalf("%s %s has no client id", kind, called)
	return ""
}

const (
	forAzure = "api://AzureADTokenExchange"
	forAWS   = "sts.amazonaws.com"
)

func github(sub string) map[string]any {
	return map[string]any{"sub": sub, "repository": "acme/a"}
}

func TestC05C36AJobOfOneRepository(t *testing.T) {
	c := startCI(t)
	identity, app := c.clientID("UserAssignedIdentity", "deployer"), c.clientID("Application", "pipeline")
	main := github("repo:acme/a:ref:refs/heads/main")
	status, session, body := c.assume(c.job(main, forAWS))
	if status != http.StatusOK {
		t.Fatalf("the job's role: %d %s", status, body)
	}
	if status, body := c.s3(session, http.MethodGet, "/scene-bucket", "list-type=2"); status != http.StatusOK {
		t.Errorf("list of objects: %d %s", status, body)
	}
	if status, body := c.exchange(identity, c.job(main, forAzure)); status != http.StatusOK {
		t.Errorf("the identity's token: %d %s", status, body)
	}
	prod := github("repo:acme/a:environment:prod")
	prod["environment"] = "prod"
	if status, body := c.exchange(app, c.job(prod, forAzure)); status != http.StatusOK {
		t.Errorf("the application's token: %d %s", status, body)
	}
	for what, tc := range map[string]struct {
		claims            map[string]any
		onAWS, onAzure    string
		awsWant, azWanted string
	}{
		"another repository":      {github("repo:acme/b:ref:refs/heads/main"), forAWS, forAzure, "AccessDenied", "AADSTS700213"},
		"a fork":                  {github("repo:evil/a:ref:refs/heads/main"), forAWS, forAzure, "AccessDenied", "AADSTS700213"},
		"F05 a pull request":      {github("repo:acme/a:pull_request"), forAWS, forAzure, "AccessDenied", "AADSTS700213"},
		"another branch":          {github("repo:acme/a:ref:refs/heads/x"), forAWS, forAzure, "AccessDenied", "AADSTS700213"},
		"F21 another case":        {github("Repo:acme/a:ref:refs/heads/main"), forAWS, forAzure, "AccessDenied", "AADSTS700213"},
		"F15 another audience":    {main, "https://github.com/acme", "https://github.com/acme", "InvalidIdentityToken", "AADSTS700212"},
		"the other cloud's token": {main, forAzure, forAWS, "InvalidIdentityToken", "AADSTS700212"},
	} {
		if status, _, body := c.assume(c.job(tc.claims, tc.onAWS)); status/100 != 4 || !strings.Contains(body, tc.awsWant) {
			t.Errorf("%s on AWS: %d %s", what, status, body)
		}
		if status, body := c.exchange(identity, c.job(tc.claims, tc.onAzure)); status/100 != 4 || !strings.Contains(body, tc.azWanted) {
			t.Errorf("%s on Azure: %d %s", what, status, body)
		}
	}
}

// Another issuer that the account knows does not stand for the one that the role trusts.
func TestF09AnIssuerDoesNotStandForAnother(t *testing.T) {
	c := startCI(t)
	other := issuertest.New(t, time.Now)
	docs, err := manifest.Parse([]byte(strings.NewReplacer("ISSUER", other.URL, "CA", strings.ReplaceAll(other.CA, "\n", `\n`)).Replace(
		"kind: Issuer\nurl: ISSUER\nprivate: true\nca: \"CA\"\n---\nkind: OIDCProvider\nurl: ISSUER\nclientIds: [sts.amazonaws.com]\n")))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := kinds.Apply(t.Context(), c.dir, docs); err != nil {
		t.Fatal(err)
	}
	main := github("repo:acme/a:ref:refs/heads/main")
	mixed := c.issuer
	c.issuer = other
	if status, _, body := c.assume(c.job(main, forAWS)); status != http.StatusForbidden || !strings.Contains(body, "AccessDenied") {
		t.Errorf("assume with another issuer's token: %d %s", status, body)
	}
	if status, body := c.exchange(c.clientID("UserAssignedIdentity", "deployer"), c.job(main, forAzure)); status/100 != 4 || !strings.Contains(body, "AADSTS700211") {
		t.Errorf("exchange with another issuer's token: %d %s", status, body)
	}
	main["iss"] = mixed.URL
	if status, _, body := c.assume(c.job(main, forAWS)); status != http.StatusBadRequest || !strings.Contains(body, "InvalidIdentityToken") {
		t.Errorf("J06 assume with the issuer's name and another's key: %d %s", status, body)
	}
}

// TestF17ADisabledIssuerEndsAtOnce: both clouds refuse the next token of an issuer that was disabled, whose keys are kept, and
// take it again when it is enabled.
func TestF17ADisabledIssuerEndsAtOnce(t *testing.T) {
	c := startCI(t)
	main := github("repo:acme/a:ref:refs/heads/main")
	aws, azure, deployer := c.job(main, forAWS), c.job(main, forAzure), c.clientID("UserAssignedIdentity", "deployer")
	for _, disabled := range []bool{false, true, false} {
		text := strings.NewReplacer("ISSUER", c.issuer.URL, "CA", strings.ReplaceAll(c.issuer.CA, "\n", `\n`), "DISABLED", strconv.FormatBool(disabled)).Replace(
			"kind: Issuer\nurl: ISSUER\npreset: github\nprivate: true\nca: \"CA\"\ndisabled: DISABLED\n")
		docs, err := manifest.Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := kinds.Apply(t.Context(), c.dir, docs); err != nil {
			t.Fatal(err)
		}
		assumed, _, body := c.assume(aws)
		exchanged, answer := c.exchange(deployer, azure)
		if (assumed == http.StatusOK) == disabled || (exchanged == http.StatusOK) == disabled {
			t.Errorf("disabled %t: assume %d %s, exchange %d %s", disabled, assumed, body, exchanged, answer)
		}
	}
}

func TestF17AProviderThatIsDeletedEndsAtOnce(t *testing.T) {
	c := startCI(t)
	token := c.job(github("repo:acme/a:ref:refs/heads/main"), forAWS)
	if status, _, body := c.assume(token); status != http.StatusOK {
		t.Fatalf("before: %d %s", status, body)
	}
	_, err := c.dir.Do(t.Context(), func(e *directory.Edit) error {
		arn, err := name.ParseARN("arn:aws:iam::" + e.View().Installation().Account.String() + ":oidc-provider/" + strings.TrimPrefix(c.issuer.URL, "https://"))
		if err != nil {
			return err
		}
		return e.DeleteOIDCProvider(arn)
	})
	if err != nil {
		t.Fatal(err)
	}
	if status, _, body := c.assume(token); status != http.StatusBadRequest || !strings.Contains(body, "No OpenIDConnect provider") {
		t.Errorf("after: %d %s", status, body)
	}
}

func issuerClient(t *testing.T, i *issuertest.Issuer) *http.Client {
	t.Helper()
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM([]byte(i.CA)) {
		t.Fatal("the issuer's authority cannot be read")
	}
	return &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}}}
}

// Four kinds of pipelines, each with an issuer and subjects of its own form; the cluster's keys are uploaded.
func TestC35FourPipelinesSignIn(t *testing.T) {
	h := startHouse(t)
	for kind, subject := range map[string]string{
		"github":       "repo:acme@1/a@2:ref:refs/heads/main",
		"gitlab":       "project_path:acme/a:ref_type:branch:ref:main",
		"azure-devops": "sc://acme/project/connection",
		"kubernetes":   "system:serviceaccount:prod:app",
	} {
		i := issuertest.New(t, time.Now)
		c := ci{h, i}
		how := "private: true, ca: \"" + strings.ReplaceAll(i.CA, "\n", `\n`) + `"`
		if kind == "kubernetes" {
			how = "keys: " + i.JWKS()
		}
		docs, err := manifest.Parse([]byte(strings.NewReplacer("ISSUER", i.URL, "KIND", kind, "SUBJECT", subject, "HOW", how).Replace(`
{kind: Issuer, url: "ISSUER", preset: KIND, shared: true, HOW}
---
kind: UserAssignedIdentity
name: from-KIND
resourceGroup: scene
federatedCredentials: [{name: only, issuer: "ISSUER", subject: "SUBJECT", audiences: ["api://AzureADTokenExchange"]}]
`)))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := kinds.Apply(t.Context(), h.dir, docs); err != nil {
			t.Fatal(err)
		}
		identity := c.clientID("UserAssignedIdentity", "from-"+kind)
		if status, body := c.exchange(identity, c.job(github(subject), forAzure)); status != http.StatusOK {
			t.Errorf("%s: %d %s", kind, status, body)
		}
		if status, body := c.exchange(identity, c.job(github(subject+"x"), forAzure)); status/100 != 4 || !strings.Contains(body, "AADSTS700213") {
			t.Errorf("%s, another subject: %d %s", kind, status, body)
		}
		if kind == "kubernetes" && i.Asked() != 0 {
			t.Error("a cluster whose keys are uploaded was asked")
		}
	}
}
