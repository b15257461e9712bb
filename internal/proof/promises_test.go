//go:build unix

package proof

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/attest/resolve"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/mint"
)

func TestC02C07C09OneIdentityReadsBothStores(t *testing.T) {
	h := newHouse(t)
	h.play(t, userScene())
	w := h.as(t, "function")
	h.readBoth(t, w)
	h.kill() // the function goes on with a server that was killed under it
	h.start(t)
	h.readBoth(t, w)
}

func TestC08ASystemAssignedIdentityReadsBothStores(t *testing.T) {
	h := newHouse(t)
	h.play(t, systemScene())
	h.readBoth(t, h.as(t, "function"))
}

// A function holds one thing: the secret of its launch, which opens the metadata door and nothing else. What stands in its
// settings is addresses.
func TestC01C12TheWorkloadHoldsNoCredential(t *testing.T) {
	h := newHouse(t)
	h.play(t, userScene())
	cmd := h.command(t.Context(), "run", "--data", h.data, "--as", "function", "--", "env")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("run: %v", err)
	}
	credential := regexp.MustCompile(`(?i)eyJ[a-z0-9_-]+\.|ASIA[A-Z0-9]{16}|AKIA|AccountKey=|SharedAccessSignature|client_secret|PRIVATE KEY`)
	for line := range strings.Lines(string(out)) {
		if credential.MatchString(line) {
			t.Errorf("the function's environment has a credential: %s", line)
		}
	}
	var secret string
	for line := range strings.Lines(string(out)) {
		if s, ok := strings.CutPrefix(strings.TrimSpace(line), "IDENTITY_HEADER="); ok {
			secret = s
		}
	}
	if secret == "" {
		t.Fatal("the function cannot ask for tokens")
	}
	a, err := h.blob(http.MethodGet, "/proofs/files/hello.txt", secret, nil)
	if err != nil || a.status != http.StatusUnauthorized {
		t.Errorf("the launch's secret at the Blob door: %v, status %d", err, a.status)
	}
	// The launch has ended with the process: its secret proves nothing any more.
	if a, err := (workload{h, secret}).ask(storage, ""); err != nil || a.status < 400 {
		t.Errorf("the secret of a function that has ended: %v, status %d", err, a.status)
	}
}

// The same question, asked again, gives another token as soon as the first has aged: nobody renews anything.
func TestC13TokensAreRenewedWithoutTheWorkload(t *testing.T) {
	h := newHouse(t)
	h.play(t, strings.Replace(userScene(), "name: reader\nresourceGroup: proof\n", "name: reader\nresourceGroup: proof\nmaxLifetime: 3s\n", 1))
	w := h.as(t, "function")
	first := w.mustToken(t, storage, "")
	deadline := time.Now().Add(patience)
	for {
		next := w.mustToken(t, storage, "")
		a, err := h.blob(http.MethodGet, "/proofs/files/hello.txt", next, nil)
		if err != nil || a.status != http.StatusOK {
			t.Fatalf("a token that was just given: %v, status %d: %s", err, a.status, a.body)
		}
		if next != first {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the token is never renewed")
		}
		time.Sleep(20 * time.Millisecond)
	}
	for time.Now().Before(deadline) { // the first ends by itself
		a, err := h.blob(http.MethodGet, "/proofs/files/hello.txt", first, nil)
		if err != nil {
			t.Fatal(err)
		}
		if a.status == http.StatusUnauthorized {
			h.want(t, "the first token", a, http.StatusUnauthorized, "token.expired")
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Error("the first token never ends")
}

func TestC14ARoleOpensItsScopeAndNoOther(t *testing.T) {
	h := newHouse(t)
	h.play(t, userScene())
	w := h.as(t, "function")
	bearer, session := w.mustToken(t, storage, ""), h.mustAssume(t, h.role(), w.mustToken(t, audience, ""))
	for _, tc := range []struct {
		what   string
		ask    func() (answer, error)
		status int
		why    fault.Reason
	}{
		{"read in the scope", func() (answer, error) { return h.blob(http.MethodGet, "/proofs/files/hello.txt", bearer, nil) }, 200, ""},
		{"read beside the scope", func() (answer, error) { return h.blob(http.MethodGet, "/proofs/private/hello.txt", bearer, nil) }, 403, access.Denied},
		{"write with a reader's role", func() (answer, error) { return h.blob(http.MethodPut, "/proofs/files/x", bearer, []byte("x")) }, 403, access.Denied},
		{"read what the policy names", func() (answer, error) {
			return h.signed(http.MethodGet, "/proof-files/hello.txt", session, nil)
		}, 200, ""},
		{"delete what it does not", func() (answer, error) {
			return h.signed(http.MethodDelete, "/proof-files/hello.txt", session, nil)
		}, 403, access.Denied},
	} {
		a, err := tc.ask()
		if err != nil {
			t.Fatalf("%s: %v", tc.what, err)
		}
		h.want(t, tc.what, a, tc.status, tc.why)
	}
}

// Source, identity, destination: each refusal names the one that is missing.
func TestC22EachMissingPartIsNamed(t *testing.T) {
	h := newHouse(t)
	h.play(t, userScene()+"---\nkind: Resource\ntype: Microsoft.Web/sites\nname: bare\nresourceGroup: proof\n")
	must := func(a answer, err error) answer {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	h.want(t, "no source", must(workload{h, "nobody"}.ask(storage, "")), http.StatusUnauthorized, resolve.UnknownProof)
	h.want(t, "no identity", must(h.as(t, "bare").ask(storage, "")), http.StatusBadRequest, mint.NoIdentity)
	h.want(t, "no destination", must(h.as(t, "function").ask("api://nowhere", "")), http.StatusBadRequest, mint.AudienceUnregistered)
	bearer := h.as(t, "function").mustToken(t, storage, "")
	h.want(t, "no right at the destination", must(h.blob(http.MethodGet, "/proofs/private/hello.txt", bearer, nil)), http.StatusForbidden, access.Denied)
}

func TestC26OfSeveralIdentitiesOneMustBeNamed(t *testing.T) {
	h := newHouse(t)
	h.play(t, userScene()+`---
kind: UserAssignedIdentity
name: writer
resourceGroup: proof
---
kind: Resource
type: Microsoft.Web/sites
name: function
resourceGroup: proof
identity: {type: UserAssigned, userAssignedIdentities: [reader, writer]}
`)
	w := h.as(t, "function")
	a, err := w.ask(storage, "")
	if err != nil {
		t.Fatal(err)
	}
	h.want(t, "none named", a, http.StatusBadRequest, mint.IdentityAmbiguous)
	reader := h.thing(t, "UserAssignedIdentity", "reader")
	for _, which := range []string{
		"client_id=" + reader["clientId"].(string), "principal_id=" + reader["principalId"].(string), "mi_res_id=" + reader["id"].(string),
	} {
		bearer := w.mustToken(t, storage, which)
		if a, err := h.blob(http.MethodGet, "/proofs/files/hello.txt", bearer, nil); err != nil || a.status != http.StatusOK {
			t.Errorf("%s: %v, status %d", which, err, a.status)
		}
	}
	writer := h.thing(t, "UserAssignedIdentity", "writer")
	bearer := w.mustToken(t, storage, "client_id="+writer["clientId"].(string))
	if a, err := h.blob(http.MethodGet, "/proofs/files/hello.txt", bearer, nil); err != nil || a.status != http.StatusForbidden {
		t.Errorf("the other identity: %v, status %d", err, a.status)
	}
}
