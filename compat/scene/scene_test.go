package scene

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
)

// report is what "lanyard demo --json" prints.
type report struct {
	Listings []struct {
		Store     string
		Container string
		Objects   []struct{ Name string }
	}
	Refusals []refusal
}

type refusal struct{ Name, Via, WireError, Reason, RequestID string }

// played is one performance.
type played struct {
	report report
	story  string
	err    error
}

// performances are played once each, whoever asks first.
var performances sync.Map

// poison is an environment that would lead every SDK elsewhere, or to other credentials, if it reached one.
var poison = []string{
	"AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY=poison", "AWS_PROFILE=poison", "AWS_REGION=poison-1",
	"AWS_ENDPOINT_URL=http://192.0.2.1", "AWS_CA_BUNDLE=/nonexistent", "AWS_WEB_IDENTITY_TOKEN_FILE=/nonexistent",
	"AZURE_CLIENT_ID=00000000-0000-0000-0000-00000000dead", "AZURE_CLIENT_SECRET=poison", "AZURE_TENANT_ID=poison",
	"AZURE_FEDERATED_TOKEN_FILE=/nonexistent", "AZURE_AUTHORITY_HOST=https://192.0.2.1",
	"IDENTITY_ENDPOINT=http://192.0.2.1", "IDENTITY_HEADER=poison", "MSI_ENDPOINT=http://192.0.2.1", "MSI_SECRET=poison",
	"HTTP_PROXY=http://192.0.2.1:1", "HTTPS_PROXY=http://192.0.2.1:1", "ALL_PROXY=http://192.0.2.1:1",
	"SSL_CERT_FILE=/nonexistent", "NODE_EXTRA_CA_CERTS=/nonexistent", "GOOGLE_APPLICATION_CREDENTIALS=/nonexistent",
}

// play plays the scene with one function, "NAME=COMMAND", and both kinds of identity as asked.
func play(t *testing.T, function string, flags ...string) played {
	t.Helper()
	lanyard := os.Getenv("COMPAT_LANYARD")
	name, command, ok := strings.Cut(function, "=")
	if lanyard == "" || !ok {
		t.Fatal("COMPAT_LANYARD and COMPAT_FUNCTIONS are set by compat/run.sh: run that")
	}
	key := name + " " + strings.Join(flags, " ")
	once, _ := performances.LoadOrStore(key, sync.OnceValue(func() played {
		var out, story bytes.Buffer
		cmd := exec.Command(lanyard, append([]string{"demo", "--json", "--function", command}, flags...)...)
		cmd.Env, cmd.Stdout, cmd.Stderr = append(os.Environ(), poison...), &out, &story
		p := played{err: cmd.Run(), story: story.String()}
		if err := json.Unmarshal(out.Bytes(), &p.report); p.err == nil {
			p.err = err
		}
		return p
	}))
	p := once.(func() played)()
	if p.err != nil {
		t.Fatalf("%s: %v\n%s", key, p.err, p.story)
	}
	return p
}

// each runs a check for every function: one subtest a language.
func each(t *testing.T, check func(t *testing.T, function string)) {
	functions := strings.Split(strings.TrimSpace(os.Getenv("COMPAT_FUNCTIONS")), "\n")
	for _, function := range functions {
		name, _, _ := strings.Cut(function, "=")
		t.Run(name, func(t *testing.T) { check(t, function) })
	}
}

// listed wants objects of a store.
func (p played) listed(t *testing.T, stores ...string) {
	t.Helper()
	for _, store := range stores {
		found := false
		for _, l := range p.report.Listings {
			found = found || l.Store == store && len(l.Objects) > 0
		}
		if !found {
			t.Errorf("no object of %s was listed", store)
		}
	}
}

// refused wants a refusal that a client met, with the beginning of its reason.
func (p played) refused(t *testing.T, name, via, reason string) {
	t.Helper()
	i := slices.IndexFunc(p.report.Refusals, func(r refusal) bool { return r.Name == name })
	if i < 0 {
		t.Errorf("nothing was refused as %q", name)
		return
	}
	if r := p.report.Refusals[i]; r.Via != via || !strings.HasPrefix(r.Reason, reason) || r.RequestID == "" || r.WireError == "" {
		t.Errorf("%q: %+v, want it via %s for %s", name, r, via, reason)
	}
}

func TestC01CredentialsAreHandledInTheBackground(t *testing.T) {
	each(t, func(t *testing.T, function string) {
		p := play(t, function) // in an environment full of other credentials
		p.listed(t, "azure", "aws")
		p.refused(t, "removed role assignment", "child", "access.denied")
	})
}

func TestC02AFunctionReachesAStorageAccount(t *testing.T) {
	each(t, func(t *testing.T, function string) { play(t, function).listed(t, "azure") })
}

func TestC07OneUserAssignedIdentityReadsBoth(t *testing.T) {
	each(t, func(t *testing.T, function string) {
		p := play(t, function)
		p.listed(t, "azure", "aws")
		p.refused(t, "deleted identity", "child", "mint.no_identity")
	})
}

func TestC08OneSystemAssignedIdentityReadsBoth(t *testing.T) {
	each(t, func(t *testing.T, function string) {
		p := play(t, function, "--system-assigned")
		p.listed(t, "azure", "aws")
		p.refused(t, "deleted identity", "child", "attest.workload_deleted") // it died with its resource
	})
}

func TestC09ByAWebIdentityRole(t *testing.T) {
	each(t, func(t *testing.T, function string) {
		p := play(t, function)
		p.listed(t, "aws")
		p.refused(t, "trust policy subject mismatch", "child", "access.denied: trust policy")
		p.refused(t, "wrong audience for the role", "child", "federation.audience_mismatch")
		p.refused(t, "session past its expiry", "child", "authn.session_expired")
	})
}

func TestC11ThePageShowsBoth(t *testing.T) {
	each(t, func(t *testing.T, function string) {
		// The demonstration fails unless the page names every file once for each store, and says where it looked.
		if p := play(t, function); !strings.Contains(p.story, "  page ") {
			t.Errorf("the page was not looked at:\n%s", p.story)
		}
	})
}

func TestC13CredentialsRenewThemselves(t *testing.T) {
	each(t, func(t *testing.T, function string) {
		// The demonstration fails unless the SDK lists again, by itself, after its token was over.
		play(t, function).refused(t, "expired token", "child", "token.expired")
	})
}
