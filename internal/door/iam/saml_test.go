package iam_test

import (
	"html"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/door/doortest"
	"github.com/lanyard-id/lanyard/internal/iampolicy"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/saml/samltest"
	"github.com/lanyard-id/lanyard/internal/view"
)

// documents are the metadata of these tests by name: making keys takes time.
type documents struct {
	mu     sync.Mutex
	byName map[string]string
}

var manifests documents

// metadata gives the metadata of an identity provider with a key of its own.
func metadata(t testing.TB, called string) string {
	t.Helper()
	manifests.mu.Lock()
	defer manifests.mu.Unlock()
	if doc, ok := manifests.byName[called]; ok {
		return doc
	}
	p, err := samltest.New("https://idp.example/"+called, 2048, doortest.Start())
	if err != nil {
		t.Fatal(err)
	}
	if manifests.byName == nil {
		manifests.byName = map[string]string{}
	}
	manifests.byName[called] = p.Metadata()
	return p.Metadata()
}

func samlARN(called string) string {
	return "arn:aws:iam::" + doortest.Main().String() + ":saml-provider/" + called
}

func trustsSAML(called string) string {
	return strings.Replace(trusting(`{"Federated":"`+samlARN(called)+`"}`), "sts:AssumeRole", "sts:AssumeRoleWithSAML", 1)
}

// corp is a provider that somebody else signs for.
func corp(t testing.TB) *view.SAMLProvider {
	t.Helper()
	arn, err := name.ParseARN(samlARN("corp"))
	if err != nil {
		t.Fatal(err)
	}
	return &view.SAMLProvider{ARN: arn, UID: doortest.GUID(0x5a31), Metadata: metadata(t, "first"), Created: doortest.Start()}
}

// signedInto lists the roles that whoever has the key of the metadata "mine" may have.
func signedInto(w *doortest.World, v *view.View) (roles []*view.Role) {
	for p := range v.SAMLProviders(doortest.Main()) {
		if !strings.Contains(p.Metadata, "https://idp.example/mine") {
			continue
		}
		for r := range v.Roles(doortest.Main()) {
			d := access.Assume(v, access.AssumeRequest{
				Role: r, RoleARN: r.ARN, Action: "sts:AssumeRoleWithSAML", Context: access.Facts(access.Network{Now: w.Now(), Secure: true}),
				Caller: iampolicy.Principal{Type: iampolicy.WebIdentity, Federated: p.ARN.String()},
			})
			if d.Allowed() {
				roles = append(roles, r)
			}
		}
	}
	return roles
}

// TestSAMLProviders: metadata comes back as it was given; what is none is refused and changes nothing; another account's
// provider is like one that is not there.
func TestSAMLProviders(t *testing.T) {
	w, h := serve(t)
	admin := as(t, w, h, "admin")
	doc := metadata(t, "first")
	admin.must("CreateSAMLProvider", "Name", "corp", "SAMLMetadataDocument", doc)
	arn := samlARN("corp")
	if got := html.UnescapeString(between(t, admin.must("GetSAMLProvider", "SAMLProviderArn", arn), "<SAMLMetadataDocument>", "</SAMLMetadataDocument>")); got != doc {
		t.Errorf("got %q", got)
	}
	uid := between(t, admin.must("GetSAMLProvider", "SAMLProviderArn", arn), "<SAMLProviderUUID>", "<")
	long := strings.Repeat("x", 1000)
	for what, pairs := range map[string][]string{
		"CreateSAMLProvider no name":          {"SAMLMetadataDocument", doc},
		"CreateSAMLProvider odd name":         {"Name", "a/b", "SAMLMetadataDocument", doc},
		"CreateSAMLProvider long name":        {"Name", strings.Repeat("x", 129), "SAMLMetadataDocument", doc},
		"CreateSAMLProvider no metadata":      {"Name", "b"},
		"CreateSAMLProvider short":            {"Name", "b", "SAMLMetadataDocument", "<x/>"},
		"CreateSAMLProvider tags":             {"Name", "b", "SAMLMetadataDocument", doc, "Tags.member.1.Key", "<k>", "Tags.member.1.Value", ""},
		"UpdateSAMLProvider no metadata":      {"SAMLProviderArn", arn},
		"UpdateSAMLProvider name":             {"SAMLProviderArn", arn, "SAMLMetadataDocument", doc, "Name", "x"},
		"GetSAMLProvider no ARN":              nil,
		"TagSAMLProvider no tags is no error": {"SAMLProviderArn", ""},
	} {
		action, _, _ := strings.Cut(what, " ")
		admin.refused(http.StatusBadRequest, "ValidationError", action, pairs...)
	}
	for _, bad := range []string{long, "<!DOCTYPE x>" + doc, strings.ReplaceAll(doc, "IDPSSO", "SPSSO"), doc + strings.Repeat(" ", 130<<10)} {
		admin.refused(http.StatusBadRequest, "InvalidInput", "CreateSAMLProvider", "Name", "b", "SAMLMetadataDocument", bad)
		admin.refused(http.StatusBadRequest, "InvalidInput", "UpdateSAMLProvider", "SAMLProviderArn", arn, "SAMLMetadataDocument", bad)
	}
	for _, param := range []string{"AssertionEncryptionMode", "AddPrivateKey"} {
		admin.refused(http.StatusBadRequest, "InvalidInput", "CreateSAMLProvider", "Name", "b", "SAMLMetadataDocument", doc, param, "Allowed")
	}
	admin.refused(http.StatusConflict, "EntityAlreadyExists", "CreateSAMLProvider", "Name", "corp", "SAMLMetadataDocument", doc)
	admin.refused(http.StatusNotFound, "NoSuchEntity", "GetSAMLProvider", "SAMLProviderArn", samlARN("Corp"))
	admin.refused(http.StatusNotFound, "NoSuchEntity", "DeleteSAMLProvider", "SAMLProviderArn", "arn:aws:iam::"+doortest.Other().String()+":saml-provider/corp")

	// Under its name another one is made, and not the same again.
	admin.must("CreateRole", "RoleName", "r", "AssumeRolePolicyDocument", trustsSAML("corp"))
	admin.must("DeleteSAMLProvider", "SAMLProviderArn", arn)
	admin.refused(http.StatusBadRequest, "MalformedPolicyDocument", "CreateRole", "RoleName", "r2", "AssumeRolePolicyDocument", trustsSAML("corp"))
	admin.must("CreateSAMLProvider", "Name", "corp", "SAMLMetadataDocument", doc)
	if again := between(t, admin.must("GetSAMLProvider", "SAMLProviderArn", arn), "<SAMLProviderUUID>", "<"); again == uid {
		t.Errorf("made again it is the same: %s", again)
	}
}

// TestSAMLProvidersOpenNoRoles: whoever has not every right of IAM lets nobody sign for a provider that roles with more than
// the caller trust.
func TestSAMLProvidersOpenNoRoles(t *testing.T) {
	w, h := serve(t)
	admin, deploy := as(t, w, h, "admin"), as(t, w, h, "deploy")
	mine := metadata(t, "mine")
	deploy.must("CreateSAMLProvider", "Name", "corp", "SAMLMetadataDocument", mine) // which nobody trusts
	deploy.must("UpdateSAMLProvider", "SAMLProviderArn", samlARN("corp"), "SAMLMetadataDocument", metadata(t, "first"))
	admin.must("UpdateAssumeRolePolicy", "RoleName", "viewer", "PolicyDocument", trustsSAML("corp"))
	if body := deploy.refused(http.StatusForbidden, "AccessDenied", "UpdateSAMLProvider", "SAMLProviderArn", samlARN("corp"), "SAMLMetadataDocument", mine); !strings.Contains(body, "every right of IAM") {
		t.Errorf("refused otherwise: %s", body)
	}
	deploy.must("UpdateSAMLProvider", "SAMLProviderArn", samlARN("corp"), "SAMLMetadataDocument", metadata(t, "first")) // as it is
	admin.must("DeleteSAMLProvider", "SAMLProviderArn", samlARN("corp"))
	deploy.refused(http.StatusForbidden, "AccessDenied", "CreateSAMLProvider", "Name", "corp", "SAMLMetadataDocument", mine)
	admin.must("CreateSAMLProvider", "Name", "corp", "SAMLMetadataDocument", mine)
	if roles := signedInto(w, w.Current()); !slices.ContainsFunc(roles, func(r *view.Role) bool { return r.Name == "viewer" }) {
		t.Error("the test's own measure does not see what a signer may have")
	}
}
