//go:build unix

package proof

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/authn"
	"github.com/lanyard-id/lanyard/internal/credential"
	"github.com/lanyard-id/lanyard/internal/door/keyvault"
	"github.com/lanyard-id/lanyard/internal/opwire"
)

// vaultAudience is what tokens for secrets are made for.
const vaultAudience = "https://vault.azure.net"

// vaultScene is two vaults, a function that may read the secrets of the first, one that has an identity and no role, and
// one whose system-assigned identity may read what another vault holds.
const vaultScene = `
kind: ResourceGroup
name: proof
---
kind: KeyVault
name: proofkeys
resourceGroup: proof
---
kind: KeyVault
name: otherkeys
resourceGroup: proof
---
kind: UserAssignedIdentity
name: vaultreader
resourceGroup: proof
---
kind: Resource
type: Microsoft.Web/sites
name: vaultfunction
resourceGroup: proof
identity: {type: UserAssigned, userAssignedIdentities: [vaultreader]}
---
kind: Resource
type: Microsoft.Web/sites
name: norole
resourceGroup: proof
identity: {type: SystemAssigned}
---
kind: RoleAssignment
principal: $(UserAssignedIdentity/vaultreader.principalId)
role: Key Vault Secrets User
scope: $(KeyVault/proofkeys.id)
`

// secret sends a request to a vault under the vault's own name.
func (h *house) secret(method, vault, path, token, body string) (answer, error) {
	at, err := url.Parse(h.status.URLs["keyvault"])
	if err != nil {
		return answer{}, err
	}
	at.Host = vault + "." + at.Host
	header := map[string]string{"Content-Type": "application/json"}
	if token != "" {
		header["Authorization"] = "Bearer " + token
	}
	req := h.request(method, "keyvault", path+"?api-version=7.4", []byte(body), header)
	req.URL.Host, req.Host = at.Host, at.Host
	return h.send(req)
}

// operatorToken is a bearer token of the operator.
func (h *house) operatorToken(t *testing.T, resource string) string {
	t.Helper()
	var token opwire.Token
	if err := h.ask(http.MethodPost, opwire.PathToken, opwire.TokenRequest{As: "operator", Resource: resource}, &token); err != nil {
		t.Fatal(err)
	}
	return token.AccessToken
}

// keep sets a secret as the operator.
func (h *house) keep(t *testing.T, vault, called, value string) {
	t.Helper()
	body, err := json.Marshal(map[string]string{"value": value})
	if err != nil {
		t.Fatal(err)
	}
	a, err := h.secret(http.MethodPut, vault, "/secrets/"+called, h.operatorToken(t, vaultAudience), string(body))
	if err != nil || a.status != http.StatusOK {
		t.Fatalf("set %s of %s: %v, status %d: %s", called, vault, err, a.status, a.body)
	}
}

// TestC15AFunctionReadsASecretByItsRole: the code holds no credential, its identity's role opens the one vault, and whatever
// is missing refuses it for a reason that explain finds.
func TestC15AFunctionReadsASecretByItsRole(t *testing.T) {
	h := newHouse(t)
	h.apply(t, vaultScene)
	const value = "a database's password"
	h.keep(t, "proofkeys", "db", value)
	h.keep(t, "otherkeys", "db", value)
	get := func(vault, token string) answer {
		t.Helper()
		a, err := h.secret(http.MethodGet, vault, "/secrets/db", token, "")
		if err != nil {
			t.Fatal(err)
		}
		if a.status != http.StatusOK && strings.Contains(string(a.body), value) {
			t.Errorf("a refusal has the value: %s", a.body)
		}
		return a
	}
	explained := func(what string, a answer, words ...string) {
		t.Helper()
		text := opwire.Explain(h.record(t, a.requestID()))
		for _, w := range words {
			if !strings.Contains(text, w) {
				t.Errorf("%s: explain does not say %q:\n%s", what, w, text)
			}
		}
	}
	function := h.as(t, "vaultfunction")
	token := function.mustToken(t, vaultAudience, "")
	a := get("proofkeys", token)
	h.want(t, "its vault", a, http.StatusOK, "")
	var got struct{ Value, ID string }
	if err := json.Unmarshal(a.body, &got); err != nil || got.Value != value || !strings.Contains(got.ID, "https://proofkeys.") {
		t.Errorf("the secret is %s, %v", a.body, err)
	}

	a = get("proofkeys", "")
	h.want(t, "no token", a, http.StatusUnauthorized, "authn.no_credentials")
	if c := a.header.Get("WWW-Authenticate"); !strings.Contains(c, h.status.URLs["entra"]+"/") || !strings.Contains(c, `resource="`+h.status.URLs["keyvault"]+`"`) {
		t.Errorf("the challenge is %s", c)
	}
	a = get("otherkeys", token)
	h.want(t, "another vault", a, http.StatusForbidden, access.Denied)
	explained("another vault", a, string(access.Denied), "vaultreader", "otherkeys", "Microsoft.KeyVault/vaults/secrets/getSecret/action")
	a = get("proofkeys", h.as(t, "norole").mustToken(t, vaultAudience, ""))
	h.want(t, "no role", a, http.StatusForbidden, access.Denied)
	explained("no role", a, string(access.Denied), "norole", "proofkeys")
	a = get("proofkeys", function.mustToken(t, storage, ""))
	h.want(t, "a token for storage", a, http.StatusUnauthorized, authn.WrongAudience)
	a, err := h.secret(http.MethodPut, "proofkeys", "/secrets/db", token, `{"value":"mine"}`)
	if err != nil {
		t.Fatal(err)
	}
	h.want(t, "write with a reader's role", a, http.StatusForbidden, access.Denied)
	a, err = h.secret(http.MethodGet, "nokeys", "/secrets/db", token, "")
	if err != nil {
		t.Fatal(err)
	}
	h.want(t, "a vault that is not there", a, http.StatusNotFound, keyvault.VaultNotFound)

	if err := h.ask(http.MethodDelete, opwire.RecordPath("UserAssignedIdentity", "vaultreader"), nil, nil); err != nil {
		t.Fatalf("delete the identity: %v", err)
	}
	a = get("proofkeys", token)
	h.want(t, "after the identity's deletion", a, http.StatusUnauthorized, credential.TokenPrincipalGone)
	explained("after the identity's deletion", a, string(credential.TokenPrincipalGone))
	if a, err := function.ask(vaultAudience, ""); err != nil || a.status < 400 {
		t.Errorf("a new token after the identity's deletion: %v, status %d", err, a.status)
	}
}
