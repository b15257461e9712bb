//go:build proof

package proof

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/internal/requestid"
)

// mustBeRefused are the names of what the demo must show refused.
func mustBeRefused() []string {
	return []string{
		"tampered token", "alg none", "wrong audience", "unregistered audience", "expired token", "foreign tenant",
		"unassigned identity", "ambiguous identity", "removed role assignment", "deleted identity",
		"trust policy subject mismatch", "wrong SigV4 secret", "session past its expiry",
		"metadata request without its header", "metadata request with X-Forwarded-For",
	}
}

// forged are the refusals that no client can be made to ask for: they alone may be raw requests.
func forged() []string {
	return []string{
		"tampered token", "alg none", "wrong SigV4 secret", "metadata request without its header", "metadata request with X-Forwarded-For",
	}
}

// shown is what lanyard demo --json prints.
type shown struct {
	Listings []struct {
		Store, Container string
		Objects          []json.RawMessage
	}
	Refusals []struct{ Name, Via, WireError, Reason, RequestID string }
}

// demo plays the demo with a function that is built already.
func demo(t *testing.T, program string, args ...string) (stdout, stderr string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, binary, append([]string{"demo", "--function", program}, args...)...)
	var out, errs strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("lanyard demo %v: %v\n%s%s", args, err, out.String(), errs.String())
	}
	return out.String(), errs.String()
}

// check holds what the demo showed to what it must show.
func (s shown) check(t *testing.T) {
	t.Helper()
	stores := map[string]int{}
	for _, l := range s.Listings {
		stores[l.Store] += len(l.Objects)
	}
	if stores["azure"] == 0 || stores["aws"] == 0 {
		t.Errorf("the listings are of %v", stores)
	}
	byReason := map[string]string{}
	for _, name := range mustBeRefused() {
		at := slices.IndexFunc(s.Refusals, func(r struct{ Name, Via, WireError, Reason, RequestID string }) bool { return r.Name == name })
		if at < 0 {
			t.Errorf("%q was not shown", name)
			continue
		}
		r := s.Refusals[at]
		if r.WireError == "" || r.Reason == "" {
			t.Errorf("%s: wire error %q, reason %q", name, r.WireError, r.Reason)
		}
		if _, err := requestid.Parse(r.RequestID); err != nil {
			t.Errorf("%s: request id %q: %v", name, r.RequestID, err)
		}
		if raw := slices.Contains(forged(), name); raw != (r.Via == "raw") {
			t.Errorf("%s came by %q", name, r.Via)
		}
		if other := byReason[r.Reason]; other != "" {
			t.Errorf("%s and %s have the same reason: %s", name, other, r.Reason)
		}
		byReason[r.Reason] = name
	}
}

func TestTheDemoShowsEveryRefusal(t *testing.T) {
	out, _ := demo(t, buildExample(t), "--json")
	var s shown
	if err := json.Unmarshal([]byte(out), &s); err != nil {
		t.Fatalf("%v:\n%s", err, out)
	}
	s.check(t)
	figure(t, "%d listings and %d refusals, each with wire error, reason and request id", len(s.Listings), len(s.Refusals))
}

// TestBothKindsOfIdentitySurviveKills plays the demo with either kind; it kills function and server in between.
func TestBothKindsOfIdentitySurviveKills(t *testing.T) {
	program := buildExample(t)
	for _, args := range [][]string{nil, {"--system-assigned"}} {
		out, errs := demo(t, program, args...)
		for _, want := range []string{"function killed", "server killed"} {
			if !strings.Contains(out+errs, want) {
				t.Errorf("demo %v does not show %q:\n%s", args, want, out)
			}
		}
	}
	figure(t, "user-assigned and system-assigned: both stores listed again after kill -9 of the function and of the server")
}

// TestMakeDemoOnAFreshCheckout takes what is committed, and nothing else, and calls make demo.
func TestMakeDemoOnAFreshCheckout(t *testing.T) {
	top, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	fresh := filepath.Join(t.TempDir(), "lanyard")
	if out, err := exec.CommandContext(t.Context(), "git", "clone", "-q", "--no-hardlinks", top, fresh).CombinedOutput(); err != nil {
		t.Fatalf("clone: %v\n%s", err, out)
	}
	began := time.Now()
	cmd := exec.CommandContext(t.Context(), "make", "demo")
	cmd.Dir, cmd.Env = fresh, os.Environ()
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("make demo: %v\n%s", err, out)
	}
	for _, name := range mustBeRefused() {
		if !strings.Contains(string(out), name) {
			t.Errorf("it does not show %q", name)
		}
	}
	figure(t, "make demo on a fresh checkout: exit code 0 after %s, builds included", time.Since(began).Round(time.Second))
}
