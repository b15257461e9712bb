//go:build proof && linux

package proof

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/lanyard-id/lanyard/internal/mint"
	"github.com/lanyard-id/lanyard/internal/opwire"
)

// mustRun runs a verb of the command.
func (h *house) mustRun(t *testing.T, args ...string) {
	t.Helper()
	if out, err := h.command(t.Context(), args...).CombinedOutput(); err != nil {
		t.Fatalf("lanyard %v: %v\n%s", args, err, out)
	}
}

// TestARestoreBringsTheSceneBackAndLeaksNothing backs the running server up, removes its data, restores and confirms. The
// scene must pass as before, what was issued before must not, and neither the backup nor the data nor a log may hold a
// byte of a key or of a credential.
func TestARestoreBringsTheSceneBackAndLeaksNothing(t *testing.T) {
	h := newHouse(t)
	h.play(t, userScene())
	h.apply(t, vaultScene)
	w := h.as(t, "function")
	h.readBoth(t, w)
	secrets, uses := h.hoardOf(t, w)
	values := h.keepSecrets(t)
	maps.Copy(secrets, values)
	h.readSecrets(t, values)
	for _, use := range uses {
		if a, err := use.try(); err != nil || a.status != http.StatusOK {
			t.Fatalf("%s before the backup: %v, status %d: %s", use.what, err, a.status, a.body)
		}
	}
	primes := h.primes(t)
	if len(primes) < 2 {
		t.Fatalf("%d private primes were found in the server's memory: the search for them would prove nothing", len(primes))
	}
	for i, p := range primes {
		little := slices.Clone(p)
		slices.Reverse(little)
		secrets[fmt.Sprintf("prime %d", i)], secrets[fmt.Sprintf("prime %d, lowest byte first", i)] = p, little
	}
	backup := filepath.Join(t.TempDir(), "lanyard.backup")
	h.mustRun(t, "backup", backup, "--data", h.data)
	h.mustRun(t, "doctor", "--data", h.data)
	h.stop(t)
	found, read := secrets.findBelow(t, backup, h.data, h.log)
	if err := os.RemoveAll(h.data); err != nil {
		t.Fatal(err)
	}
	h.mustRun(t, "restore", backup, "--data", h.data)
	h.start(t)

	a, err := w.ask(storage, "")
	if err != nil {
		t.Fatal(err)
	}
	h.want(t, "a token before the restore is confirmed", a, http.StatusServiceUnavailable, mint.Held)
	h.mustRun(t, "restore", "--confirm", "--data", h.data)
	h.readBoth(t, w)
	h.readBoth(t, h.as(t, "function"))
	h.readSecrets(t, values)
	for _, use := range uses {
		if a, err := use.try(); err != nil || a.status < 400 {
			t.Errorf("%s from before the restore: %v, status %d", use.what, err, a.status)
		}
	}
	h.intact(t)
	h.stop(t)
	later, more := secrets.findBelow(t, h.data, h.log)
	for _, f := range append(found, later...) {
		t.Error(f)
	}
	figure(t, "the scene passes after the restore; %d secrets (%d private primes) looked for in %d MiB of backup, data and logs: %d found",
		len(secrets), len(primes), (read+more)>>20, len(found)+len(later))
}

// hoardOf has the workload and the operator get one of each credential, and gives them with the ways to use them.
func (h *house) hoardOf(t *testing.T, w workload) (hoard, []use) {
	t.Helper()
	kek, err := os.ReadFile(filepath.Join(h.keys, "lanyard.kek"))
	if err != nil {
		t.Fatal(err)
	}
	bearer, assertion := w.mustToken(t, storage, ""), w.mustToken(t, audience, "")
	session, operator := h.mustAssume(t, h.role(), assertion), h.operatorSession(t)
	var token opwire.Token
	if err := h.ask(http.MethodPost, opwire.PathToken, opwire.TokenRequest{As: "operator", Resource: storage}, &token); err != nil {
		t.Fatal(err)
	}
	found := hoard{
		"key encryption key": decode64(t, bytes.TrimSpace(kek)), "launch secret": []byte(w.secret),
		"token for storage": []byte(bearer), "token for AWS": []byte(assertion), "operator's token": []byte(token.AccessToken),
		"secret access key": []byte(session.Secret.Reveal()), "session token": []byte(session.SessionToken.Reveal()),
		"operator's secret access key": []byte(operator.Secret.Reveal()), "operator's session token": []byte(operator.SessionToken.Reveal()),
	}
	return found, []use{
		{"the bearer token", func() (answer, error) { return h.blob(http.MethodGet, "/proofs/files/hello.txt", bearer, nil) }},
		{"the token for AWS", func() (answer, error) { _, a, err := h.assume(h.role(), assertion); return a, err }},
		{"the session", func() (answer, error) { return h.getObject(session) }},
		{"the operator's session", func() (answer, error) { return h.getObject(operator) }},
	}
}

// keepSecrets puts secrets into a vault in every way that a value can lie there: as the newest version, as an older one,
// disabled, and deleted; and sends some that are refused. It gives the values by what they are.
func (h *house) keepSecrets(t *testing.T) hoard {
	t.Helper()
	const vault = "proofkeys"
	operator := h.operatorToken(t, vaultAudience)
	kept := hoard{}
	for _, what := range []string{"newest", "older", "disabled", "deleted", "refused", "long"} {
		kept["secret "+what] = []byte("canary-" + rand.Text() + rand.Text())
	}
	kept["secret long"] = bytes.Repeat(kept["secret long"], 300) // beside what a sealed value of any length looks like
	must := func(method, path, body string, status int) {
		t.Helper()
		if a, err := h.secret(method, vault, path, operator, body); err != nil || a.status != status {
			t.Fatalf("%s %s: %v, status %d: %s", method, path, err, a.status, a.body)
		}
	}
	h.keep(t, vault, "newest", string(kept["secret older"]))
	for _, what := range []string{"newest", "disabled", "deleted", "long"} {
		h.keep(t, vault, what, string(kept["secret "+what]))
	}
	must(http.MethodPatch, "/secrets/disabled", `{"attributes":{"enabled":false}}`, http.StatusOK)
	must(http.MethodGet, "/secrets/disabled", "", http.StatusForbidden)
	must(http.MethodDelete, "/secrets/deleted", "", http.StatusOK)
	refused := string(kept["secret refused"])
	must(http.MethodPut, "/secrets/refused", `{"value":"`+refused+`","`+refused+`":1}`, http.StatusBadRequest)
	must(http.MethodPut, "/secrets/refused", `{"value":"`+refused, http.StatusBadRequest)
	return kept
}

// readSecrets has the function whose role says so read what is kept in its vault.
func (h *house) readSecrets(t *testing.T, kept hoard) {
	t.Helper()
	token := h.as(t, "vaultfunction").mustToken(t, vaultAudience, "")
	for _, what := range []string{"newest", "long"} {
		a, err := h.secret(http.MethodGet, "proofkeys", "/secrets/"+what, token, "")
		if err != nil || a.status != http.StatusOK || !bytes.Contains(a.body, kept["secret "+what]) {
			t.Errorf("read %s: %v, status %d: %.200s", what, err, a.status, a.body)
		}
	}
}
