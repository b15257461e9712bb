package preset

import "testing"

func TestF02TheOwnerMustBeComplete(t *testing.T) {
	for _, tc := range []struct {
		preset, literal string
		whole, want     bool
	}{
		{"github", "repo:acme/", false, true},
		{"github", "repo:acme/app:ref:refs/heads/main", true, true},
		{"github", "repo:acme@12/", false, true},
		{"github", "repo:acme@12/app@34:environment:prod", true, true},
		{"github", "repository_owner:acme:", false, true},
		{"github", "repository_owner_id:12", true, true},
		{"github", "job_workflow_ref:acme/shared/", false, true},
		{"github", "repo:acme", false, false},
		{"github", "repo:", false, false},
		{"github", "repo:/", false, false},
		{"github", "", false, false},
		{"github", "", true, false},
		{"github", "environment:prod:repo:acme/", false, false},
		{"github", "repository_owner_id:1", false, false},
		{"gitlab", "project_path:acme/", false, true},
		{"gitlab", "project_path:acme", false, false},
		{"terraform-cloud", "organization:acme:", false, true},
		{"terraform-cloud", "organization:acme", false, false},
		{"azure-devops", "sc://acme/", false, true},
		{"azure-devops", "/eid1/c/pub", false, true},
		{"kubernetes", "system:serviceaccount:ns:", false, true},
		{"kubernetes", "system:serviceaccount:", false, false},
		{"", "x", false, true},
		{"", "", false, false},
	} {
		p, _ := Named(tc.preset)
		if got := p.Limits(tc.literal, tc.whole); got != tc.want {
			t.Errorf("%s %q whole=%v: %v", tc.preset, tc.literal, tc.whole, got)
		}
	}
}

func TestOf(t *testing.T) {
	for issuer, want := range map[string]string{
		"https://token.actions.githubusercontent.com":      "github",
		"https://token.actions.githubusercontent.com/acme": "github",
		"https://token.actions.githubusercontent.com.evil": "",
		"http://token.actions.githubusercontent.com":       "",
		"https://gitlab.com":                               "gitlab",
		"https://gitlab.example.org":                       "",
		"https://app.terraform.io":                         "terraform-cloud",
		"":                                                 "",
		"https://agent.buildkite.com":                      "buildkite",
		"https://oidc.vercel.com/acme":                     "vercel",
		"https://api.pulumi.com":                           "",
		"https://api.pulumi.com/oidc":                      "pulumi",
		"https://rh-oidc.s3.us-east-1.amazonaws.com/x":     "",
		"https://oidc.op1.openshiftapps.com/2c51blsaqa9gkjt0o9rt11mle8mmropu": "turbonomic",
		"https://sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d/":       "azure-sentinel",
		"https://sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33e/":       "",
	} {
		if got, _ := Of(issuer); got.Name != want {
			t.Errorf("%s: %q, want %q", issuer, got.Name, want)
		}
	}
	for _, n := range Names() {
		if p, ok := Named(n); !ok || p.Shared != (len(p.Issuers) > 0) || p.OneUse {
			t.Errorf("%s: %+v", n, p)
		}
	}
}

func TestPlainGitHub(t *testing.T) {
	for subject, want := range map[string]string{
		"repo:acme@12/app@34:ref:refs/heads/main": "repo:acme/app:ref:refs/heads/main",
		"repo:acme/app:ref:refs/heads/main":       "",
		"repo:acme@x/app@34:pull_request":         "",
		"repo:acme@12/app:pull_request":           "",
		"repo:acme@12/app@34":                     "",
		"repo:acme":                               "",
		"project_path:acme@1/app@2:x":             "",
		"repo:acme@12:x":                          "",
	} {
		if got, ok := PlainGitHub(subject); got != want || ok != (want != "") {
			t.Errorf("%s: %q %v", subject, got, ok)
		}
	}
}

func TestKey(t *testing.T) {
	for preset, want := range map[string]string{
		"": "x/y:sub", "github": "x/y:sub", "upbound": "x/y:sub", "vercel": "x/y:aud", "azure-sentinel": "sts:RoleSessionName",
	} {
		p, _ := Named(preset)
		if got := p.Key("x/y"); got != want {
			t.Errorf("%q: %s, want %s", preset, got, want)
		}
	}
}
