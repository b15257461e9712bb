package graph_test

import (
	"net/http"
	"testing"

	"github.com/lanyard-id/lanyard/internal/door/doortest"
)

// FuzzBodies throws bodies at each operation that reads one: the answer is always Graph's own, never a failure of the house's.
func FuzzBodies(f *testing.F) {
	for n, seed := range []string{
		``, `{}`, `[]`, `null`, `{"displayName":"a","DISPLAYNAME":"b"}`, `{"displayName":"\ud800"}`, "{\"displayName\":\"\xff\"}",
		`{"appRoles":[{"value":"a","allowedMemberTypes":["Application"],"id":"x"}]}`, `{"keyCredentials":[{"key":"AAAA","type":"AsymmetricX509Cert","usage":"Verify"}]}`,
		`{"passwordCredential":{"endDateTime":"2026-06-01T00:00:00Z"}}`, `{"name":"abc","issuer":"https://x.example","subject":"s","audiences":["a"]}`,
		`{"@odata.id":"https://x/directoryObjects/"}`, `{"ids":["x"]}`, `{"api":{"requestedAccessTokenVersion":2e0}}`, `{"accountEnabled":1}`,
	} {
		f.Add(n%len(targets()), seed)
	}
	f.Fuzz(func(t *testing.T, i int, body string) {
		if i < 0 || i >= len(targets()) || len(body) > 1<<16 {
			return
		}
		w, h := serve(t)
		at := targets()[i]
		rec := w.Do(h, as(w, "function", at[0], at[1], body))
		if rec.Code >= http.StatusInternalServerError {
			t.Errorf("%s %s %q: %d %s", at[0], at[1], body, rec.Code, doortest.Text(rec))
		}
	})
}

func targets() [][2]string {
	return [][2]string{
		{"POST", "/applications"},
		{"PATCH", "/applications/" + deployer},
		{"POST", "/applications/" + deployer + "/addPassword"},
		{"POST", "/applications/" + deployer + "/federatedIdentityCredentials"},
		{"POST", "/groups"},
		{"POST", "/servicePrincipals"},
		{"POST", "/directoryObjects/getByIds"},
		{"POST", "/servicePrincipals/000002f0-0000-4000-8000-000000000000/appRoleAssignedTo"},
	}
}
