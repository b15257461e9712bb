package keyvault_test

import (
	"net/http"
	"strings"
	"testing"
)

// TestWire17PortInTheChallenge: the resource of the challenge is the domain of the vaults with its port. Go compares it with
// the end of the vault's host and port, and refuses a challenge without.
func TestWire17PortInTheChallenge(t *testing.T) {
	w := newWorld(t)
	rec := w.ask("", http.MethodGet, "/secrets/open/", "")
	challenge := rec.Header().Get("WWW-Authenticate")
	_, resource, _ := strings.Cut(challenge, `resource="https://`)
	resource = strings.TrimSuffix(resource, `"`)
	if rec.Code != http.StatusUnauthorized || !strings.Contains(resource, ":") || !strings.HasSuffix(northVault, "."+resource) {
		t.Errorf("%d: %s at %s", rec.Code, challenge, northVault)
	}
	_, authority, _ := strings.Cut(challenge, `authorization="https://`)
	if _, tenant, ok := strings.Cut(authority, "/"); !ok || tenant == "" { // Go reads what stands behind the host
		t.Errorf("no tenant in %s", challenge)
	}
}
