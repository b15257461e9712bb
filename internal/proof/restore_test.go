//go:build proof && linux

package proof

import (
	"bytes"
	"fmt"
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
	w := h.as(t, "function")
	h.readBoth(t, w)
	secrets, uses := h.hoardOf(t, w)
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
