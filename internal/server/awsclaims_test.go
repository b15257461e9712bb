package server

import (
	"encoding/xml"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/directory/kinds"
	"github.com/lanyard-id/lanyard/internal/manifest"
)

// taggedManifest is an audience whose tokens tell AWS the team of the identity, and the one role that they are for: the role
// reads what is below its team's name.
const taggedManifest = `
kind: UserAssignedIdentity
name: reader
resourceGroup: scene
tags: {team: TEAM}
---
kind: Application
name: tagged
identifierUris: [api://tagged]
awsClaims:
  tags: {squad: "tag:team"}
  transitiveTags: [squad]
  sourceIdentity: objectId
  roles: [by-team]
---
kind: OIDCProvider
url: $(issuer)
clientIds: [api://two-clouds, api://tagged]
---
kind: Role
name: by-team
trust:
  Version: "2012-10-17"
  Statement:
    - Effect: Allow
      Action: [sts:AssumeRoleWithWebIdentity, sts:TagSession, sts:SetSourceIdentity]
      Principal: {Federated: "arn:aws:iam::$(account):oidc-provider/$(issuer.host)"}
      Condition:
        StringEquals:
          $(issuer.host):sub: $(UserAssignedIdentity/reader.principalId)
          aws:RequestTag/squad: blue
policies:
  read:
    Version: "2012-10-17"
    Statement:
      - Effect: Allow
        Action: "s3:ListBucket"
        Resource: "arn:aws:s3:::scene-bucket"
        Condition: {StringEquals: {"s3:prefix": "${aws:PrincipalTag/squad}/"}}
---
kind: Role
name: any-team
trust:
  Version: "2012-10-17"
  Statement:
    - Effect: Allow
      Action: [sts:AssumeRoleWithWebIdentity, sts:TagSession, sts:SetSourceIdentity]
      Principal: {Federated: "arn:aws:iam::$(account):oidc-provider/$(issuer.host)"}
      Condition:
        StringEquals: {$(issuer.host):sub: $(UserAssignedIdentity/reader.principalId)}
`

// applyText makes what a manifest says.
func (h *house) applyText(text string) {
	h.t.Helper()
	docs, err := manifest.Parse([]byte(text))
	if err != nil {
		h.t.Fatal(err)
	}
	if _, err := kinds.Apply(h.t.Context(), h.dir, docs); err != nil {
		h.t.Fatal(err)
	}
}

// assumeAs asks STS for a role by its name.
func (h *house) assumeAs(role, token string) (int, awsSession, string) {
	h.t.Helper()
	form := url.Values{
		"Action": {"AssumeRoleWithWebIdentity"}, "Version": {"2011-06-15"}, "RoleSessionName": {"scene"}, "WebIdentityToken": {token},
		"RoleArn": {"arn:aws:iam::" + h.View().Installation().Account.String() + ":role/" + role},
	}
	status, _, body := h.send(http.MethodPost, h.url("sts"), map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, []byte(form.Encode()))
	var s awsSession
	if err := xml.Unmarshal([]byte(body), &s); err != nil {
		h.t.Fatalf("%s: %v", body, err)
	}
	return status, s, body
}

// TestTagsOfAnIdentityDecideInAWS goes from the metadata door to an object: the team of the identity, which is told to AWS by
// the audience's setting, decides what the role lets its session read.
func TestTagsOfAnIdentityDecideInAWS(t *testing.T) {
	h := startHouse(t)
	h.applyText(strings.ReplaceAll(taggedManifest, "TEAM", "blue"))
	secret := h.launch("lister")
	_, token := h.token(secret, "api://tagged")
	status, session, body := h.assumeAs("by-team", token)
	if status != http.StatusOK || !strings.Contains(body, "<SourceIdentity>") {
		t.Fatalf("%d %s", status, body)
	}
	if status, body := h.s3(session, http.MethodGet, "/scene-bucket", "list-type=2&prefix=blue%2F"); status != http.StatusOK {
		t.Errorf("what is the team's: %d %s", status, body)
	}
	for _, other := range []string{"list-type=2", "list-type=2&prefix=red%2F"} {
		if status, body := h.s3(session, http.MethodGet, "/scene-bucket", other); status != http.StatusForbidden {
			t.Errorf("what is another team's: %d %s", status, body)
		}
	}
	if status, _, body := h.assumeAs("any-team", token); status != http.StatusBadRequest || !strings.Contains(body, "InvalidIdentityToken") {
		t.Errorf("a role that trusts the identity and is not among the token's roles: %d %s", status, body)
	}
	_, plain := h.token(secret, "api://two-clouds")
	if status, _, body := h.assumeAs("by-team", plain); status != http.StatusForbidden {
		t.Errorf("a token of the identity that tells no team: %d %s", status, body)
	}
	h.applyText(strings.ReplaceAll(taggedManifest, "TEAM", "red"))
	_, red := h.token(secret, "api://tagged")
	if status, _, body := h.assumeAs("by-team", red); red == token || status != http.StatusForbidden {
		t.Errorf("a team that the role does not trust: %d %s", status, body)
	}
	if status, body := h.s3(session, http.MethodGet, "/scene-bucket", "list-type=2&prefix=blue%2F"); status != http.StatusOK {
		t.Errorf("a session keeps the tags that it was made with, as on AWS: %d %s", status, body)
	}
	h.applyText("kind: UserAssignedIdentity\nname: reader\nresourceGroup: scene\n")
	if status, body := h.token(secret, "api://tagged"); status != http.StatusBadRequest || !strings.Contains(body, "tag:team") {
		t.Errorf("an identity without the tag that its tokens tell: %d %s", status, body)
	}
}
