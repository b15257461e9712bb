package federation

import (
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/federation/issuertest"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// trusting is a world with one issuer and a way to ask whether a credential accepts claims.
type trusting struct {
	*world
	issuer *issuertest.Issuer
}

func newTrusting(t *testing.T, change func(*view.Issuer)) trusting {
	t.Helper()
	w := newWorld(t)
	i := w.issuer()
	r := w.record(i)
	if change != nil {
		change(r)
	}
	w.put(r)
	return trusting{w, i}
}

func (w trusting) match(c view.FederatedCredential, claims map[string]any) error {
	w.t.Helper()
	a, err := w.Verify(w.t.Context(), w.view, w.issuer.Token(job(claims)))
	if err != nil {
		w.t.Fatal(err)
	}
	c.Name, c.Issuer, c.Audiences = "c", mustIssuer(w.t, w.issuer.URL), []string{"api://x"}
	_, err = Match(a, []view.FederatedCredential{c})
	return err
}

func (w trusting) each(c view.FederatedCredential, cases map[string]bool) {
	w.t.Helper()
	for sub, fits := range cases {
		want := missed(c)
		if fits {
			want = ""
		}
		w.want(sub, w.match(c, map[string]any{"sub": sub}), want)
	}
}

func TestC39F02WildcardBranches(t *testing.T) {
	w := newTrusting(t, nil)
	w.each(view.FederatedCredential{Pattern: "repo:acme/app:ref:refs/heads/release-*"}, map[string]bool{
		"repo:acme/app:ref:refs/heads/release-1":             true,
		"repo:acme/app:ref:refs/heads/release-":              true,
		"repo:acme/app:ref:refs/heads/release-1/x":           false,
		"repo:acme/app:ref:refs/heads/release-1:x":           false,
		"repo:acme/app:ref:refs/heads/release-1@x":           false,
		"repo:acme/app:ref:refs/heads/releas":                false,
		"repo:acme/app:ref:refs/heads/Release-1":             false,
		"repo:acme/app:ref:refs/tags/release-1":              false,
		"repo:acme/app:pull_request":                         false,
		"repo:acme/app-evil:ref:refs/heads/release-1":        false,
		"repo:evil/acme/app:ref:refs/heads/release-1":        false,
		"xrepo:acme/app:ref:refs/heads/release-1":            false,
		"repo:acme/app:environment:x:refs/heads/release-1":   false,
		" repo:acme/app:ref:refs/heads/release-1":            false,
		"repo:acme@1/app@2:ref:refs/heads/release-1":         false,
		"repo:acme/app:ref:refs/heads/release-\u0661/../../": false,
	})
	w.each(view.FederatedCredential{Pattern: "repo:acme*/app:ref:refs/heads/main"}, map[string]bool{
		"repo:acme-evil/app:ref:refs/heads/main":  true, // what such a pattern says; of a shared issuer it is refused, see below
		"repo:acme/evil/app:ref:refs/heads/main":  false,
		"repo:acme:evil/app:ref:refs/heads/main":  false,
		"repo:acme@evil/app:ref:refs/heads/main":  false,
		"repo:acme@12/app@34:ref:refs/heads/main": false,
	})
	w.each(view.FederatedCredential{Expression: "claims['sub'] matches 'repo:acme/app:ref:refs/heads/feature/*'"}, map[string]bool{
		"repo:acme/app:ref:refs/heads/feature/a":     true,
		"repo:acme/app:ref:refs/heads/feature/a/b":   true, // Entra's wildcard crosses everything
		"repo:acme/app:ref:refs/heads/main":          false,
		"repo:acme/app-evil:ref:refs/heads/feature/": false,
	})
}

func TestC40GitLabByEnvironment(t *testing.T) {
	w := newTrusting(t, nil)
	sub := "project_path:acme/app:ref_type:branch:ref:main" // the same for all three
	dev, prod := map[string]any{"sub": sub, "environment": "dev"}, map[string]any{"sub": sub, "environment": "prod", "ref_protected": "true"}
	ofDev := view.FederatedCredential{Expression: "claims['sub'] matches 'project_path:acme/app:*' and claims['environment'] eq 'dev'"}
	ofProd := view.FederatedCredential{
		Expression: "claims['sub'] matches 'project_path:acme/app:*' and claims['environment'] eq 'prod' and claims['ref_protected'] eq 'true'",
	}
	w.want("dev as dev", w.match(ofDev, dev), "")
	w.want("prod as prod", w.match(ofProd, prod), "")
	w.want("dev as prod", w.match(ofProd, dev), ExpressionMismatch)
	w.want("prod as dev", w.match(ofDev, prod), ExpressionMismatch)
	w.want("prod from a branch without protection", w.match(ofProd, map[string]any{"sub": sub, "environment": "prod", "ref_protected": "false"}), ExpressionMismatch)
	w.want("no environment", w.match(ofDev, map[string]any{"sub": sub}), ExpressionMismatch)
}

func TestC41F05GitHubInDetail(t *testing.T) {
	w := newTrusting(t, nil)
	main := map[string]any{"environment": nil, "job_workflow_ref": "acme/shared/.github/workflows/deploy.yml@refs/tags/v1"}
	environment := view.FederatedCredential{Subject: "repo:acme/app:environment:prod"}
	branch := view.FederatedCredential{Subject: "repo:acme/app:ref:refs/heads/main"}
	reusable := view.FederatedCredential{
		Expression: "claims['sub'] matches 'repo:acme/*' and claims['job_workflow_ref'] eq 'acme/shared/.github/workflows/deploy.yml@refs/tags/v1'",
	}
	custom := view.FederatedCredential{Subject: "repository_owner_id:12:job_workflow_ref:acme/shared/.github/workflows/deploy.yml@refs/tags/v1"}
	pull := map[string]any{"sub": "repo:acme/app:pull_request"}
	w.want("branch", w.match(branch, main), "")
	w.want("branch for the environment", w.match(environment, main), SubjectMismatch)
	w.want("environment", w.match(environment, map[string]any{"sub": environment.Subject}), "")
	w.want("reusable workflow", w.match(reusable, main), "")
	w.want("another workflow", w.match(reusable, map[string]any{"job_workflow_ref": "acme/app/.github/workflows/x.yml@refs/heads/main"}), ExpressionMismatch)
	w.want("custom subject", w.match(custom, map[string]any{"sub": custom.Subject}), "")
	w.want("F05 a fork's pull request for the branch", w.match(branch, pull), SubjectMismatch)
	w.want("F05 for the environment", w.match(environment, pull), SubjectMismatch)
	w.want("F05 for the workflow", w.match(reusable, pull), ExpressionMismatch)
}

// A branch may be called anything: what it says in the subject is not what the claim says.
func TestF03AForgedConcatenation(t *testing.T) {
	w := newTrusting(t, nil)
	c := view.FederatedCredential{Expression: "claims['repository'] eq 'acme/app' and claims['environment'] eq 'prod'"}
	forged := map[string]any{"sub": "repo:acme/app:ref:refs/heads/x:environment:prod", "repository": "acme/app"}
	w.want("forged", w.match(c, forged), ExpressionMismatch)
	forged["environment"] = "prod"
	w.want("real", w.match(c, forged), "")
	exact := view.FederatedCredential{Pattern: "repo:acme/app:*:environment:prod"}
	w.want("across separators", w.match(exact, map[string]any{"sub": "repo:acme/app:ref:refs/heads/x:environment:prod"}), SubjectMismatch)
}

func TestF15AnotherAudience(t *testing.T) {
	w := newTrusting(t, nil)
	pod := view.FederatedCredential{Subject: "system:serviceaccount:ns:app"}
	w.want("the API server's", w.match(pod, map[string]any{"sub": pod.Subject, "aud": "https://kubernetes.default.svc"}), AudienceMismatch)
	w.want("ours", w.match(pod, map[string]any{"sub": pod.Subject}), "")
}

func TestF21CaseAndLength(t *testing.T) {
	w := newTrusting(t, nil)
	long := "repo:acme/" + strings.Repeat("a", 590)
	c := view.FederatedCredential{Subject: long}
	w.want("600 characters", w.match(c, map[string]any{"sub": long}), "")
	w.want("the last differs", w.match(c, map[string]any{"sub": long[:len(long)-1] + "b"}), SubjectMismatch)
	err := w.match(view.FederatedCredential{Subject: "repo:acme/app:pull_request"}, map[string]any{"sub": "Repo:acme/app:pull_request"})
	w.want("case", err, SubjectMismatch)
	if d := fault.From(err).Decision; d == nil || !strings.Contains(d.Nearest[0].Text, "differs only in case") {
		t.Errorf("the record does not say so: %+v", d)
	}
	err = w.match(view.FederatedCredential{Subject: "repo:acme/app:pull_request"}, map[string]any{"sub": "repo:acme@1/app@2:pull_request"})
	if d := fault.From(err).Decision; d == nil || !strings.Contains(d.Nearest[0].Text, "without ids") {
		t.Errorf("the record does not name GitHub's two forms: %+v", d)
	}
}

// What came into the store before it was refused, or around it, is not accepted either.
func TestF01SharedIssuersNeedAnOwner(t *testing.T) {
	w := newTrusting(t, func(i *view.Issuer) { i.Shared, i.Preset = true, "github" })
	for _, c := range []view.FederatedCredential{
		{Expression: "claims['repository'] eq 'acme/app'"},
		{Expression: "claims['sub'] matches '*'"},
		{Expression: "claims['sub'] matches 'repo:acme*'"},
		{Pattern: "repo:acme*/app:ref:refs/heads/main"},
		{Pattern: "repo:*/app:ref:refs/heads/main"},
	} {
		w.want(c.Expression+c.Pattern, w.match(c, map[string]any{"repository": "acme/app"}), missed(c))
	}
	w.want("limited", w.match(view.FederatedCredential{Expression: "claims['sub'] matches 'repo:acme/*'"}, nil), "")
	w.want("exact", w.match(view.FederatedCredential{Subject: "repo:acme/app:ref:refs/heads/main"}, nil), "")
}

func TestF01ARoleThatTrustsEverybodyIsNotAssumable(t *testing.T) {
	w := newTrusting(t, func(i *view.Issuer) { i.Shared, i.Preset = true, "github" })
	a, err := w.Verify(t.Context(), w.view, w.issuer.Token(job(nil)))
	if err != nil {
		t.Fatal(err)
	}
	url := mustIssuer(t, w.issuer.URL)
	provider := &view.OIDCProvider{ARN: mustARN(t, "arn:aws:iam::123456789012:oidc-provider/"+url.WithoutScheme()), URL: url}
	for condition, why := range map[string]fault.Reason{
		`{"StringEquals":{"` + url.WithoutScheme() + `:aud":"api://x"}}`:                    TrustOpen,
		`{"StringLike":{"` + url.WithoutScheme() + `:sub":"repo:acme*"}}`:                   TrustOpen,
		`{"StringLike":{"` + url.WithoutScheme() + `:sub":"repo:acme/*"}}`:                  "",
		`{"StringEquals":{"` + url.WithoutScheme() + `:sub":"repo:acme/app:pull_request"}}`: "",
	} {
		role := &view.Role{
			ARN: mustARN(t, "arn:aws:iam::123456789012:role/r"), Name: "r", UniqueID: "AROAAAAAAAAAAAAAAAAAA",
			Trust: `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity","Principal":{"Federated":"` +
				provider.ARN.String() + `"},"Condition":` + condition + `}]}`,
		}
		w.put(role)
		stored, _ := w.view.Role(role.ARN)
		err := CheckTrust(a, provider, stored)
		w.want(condition, err, why)
		if why != "" && strings.Contains(fault.From(err).Public, w.issuer.URL) {
			t.Error("the trust is shown to a stranger")
		}
	}
}

func mustARN(t *testing.T, s string) name.ARN {
	t.Helper()
	arn, err := name.ParseARN(s)
	if err != nil {
		t.Fatal(err)
	}
	return arn
}

// missed is how a credential says that the subject does not fit.
func missed(c view.FederatedCredential) fault.Reason {
	if c.Expression != "" {
		return ExpressionMismatch
	}
	return SubjectMismatch
}
