package preset

import (
	"slices"
	"strings"
)

// Preset is what is known of a kind of issuer.
type Preset struct {
	Name string
	// Issuers are the URLs of those that the world shares, the usual one first; none where everybody has their own. Issuers
	// below one, such as those of one enterprise, are of the same kind.
	Issuers []string
	// Shared says that anybody can get a token of that issuer: only Tells says whose it is.
	Shared bool
	// Tells is what says whose a token is: a claim, or a condition key where there is a colon in it; empty is the subject.
	Tells string
	// OneUse says that a token may be used once. It is so nowhere by default: clients of all of these use one several times.
	OneUse bool
	// Owners are the forms in which a subject begins.
	Owners []Form
}

// Form is one form of the beginning of a subject: Lead, then the owner's name, then one of the characters of End.
type Form struct{ Lead, End string }

// All lists the presets.
func All() []Preset { return append(detailed(), listed()...) }

// detailed are those of which the forms of subjects are known.
func detailed() []Preset {
	return []Preset{
		{
			// repo:OWNER/REPO:..., since 2026 repo:OWNER@ID/REPO@ID:...; an organization may have its subjects begin with
			// other claims (GitHub, "OpenID Connect reference").
			Name: "github", Issuers: []string{"https://token.actions.githubusercontent.com"}, Shared: true,
			Owners: []Form{
				{"repo:", "/@"},
				{"repository_owner:", ":"},
				{"repository_owner_id:", ":"},
				{"repository_id:", ":"},
				{"job_workflow_ref:", "/"},
			},
		},
		{
			// project_path:GROUP/PROJECT:ref_type:branch:ref:main (GitLab, "OpenID Connect authentication using ID tokens").
			Name: "gitlab", Issuers: []string{"https://gitlab.com"}, Shared: true,
			Owners: []Form{{"project_path:", "/"}, {"project_id:", ":"}, {"namespace_id:", ":"}},
		},
		{
			// organization:ORG:project:P:workspace:W:run_phase:plan (HCP Terraform, "Workload identity tokens").
			Name: "terraform-cloud", Issuers: []string{"https://app.terraform.io"}, Shared: true,
			Owners: []Form{{"organization:", ":"}},
		},
		{
			// organization:ORG:pipeline:P:ref:... (Buildkite, "OIDC with Buildkite").
			Name: "buildkite", Issuers: []string{"https://agent.buildkite.com"}, Shared: true,
			Owners: []Form{{"organization:", ":"}},
		},
		{
			// sc://ORG/PROJECT/CONNECTION from vstoken.dev.azure.com/{organization id}, /eid1/c/... from the tenant's issuer:
			// the organization is part of the issuer, so none is shared.
			Name: "azure-devops", Owners: []Form{{"sc://", "/"}, {"p://", "/"}, {"/eid1/", ""}},
		},
		{
			// system:serviceaccount:NAMESPACE:NAME; each cluster is an issuer of its own.
			Name: "kubernetes", Owners: []Form{{"system:serviceaccount:", ":"}},
		},
	}
}

// Named finds a preset by its name.
func Named(name string) (Preset, bool) {
	all := All()
	at := slices.IndexFunc(all, func(p Preset) bool { return p.Name == name })
	if at < 0 {
		return Preset{}, false
	}
	return all[at], true
}

// Names lists the presets' names.
func Names() []string {
	var names []string
	for _, p := range All() {
		names = append(names, p.Name)
	}
	return names
}

// Of finds the preset that an issuer's URL belongs to.
func Of(issuer string) (Preset, bool) {
	for _, p := range All() {
		if p.Covers(issuer) {
			return p, true
		}
	}
	return Preset{}, false
}

// Covers tells whether the URL is a shared issuer of the preset, or one below it.
func (p Preset) Covers(issuer string) bool {
	return slices.ContainsFunc(p.Issuers, func(url string) bool { return issuer == url || strings.HasPrefix(issuer, url+"/") })
}

// Key is the condition key of a trust policy that says whose a token is. provider is the issuer's URL without its scheme.
func (p Preset) Key(provider string) string {
	switch {
	case p.Tells == "":
		return provider + ":sub"
	case strings.Contains(p.Tells, ":"):
		return p.Tells
	}
	return provider + ":" + p.Tells
}

// Limits tells whether a wanted subject is limited to one owner. literal is the subject up to its first wildcard, whole
// that there is none. The owner's name must be complete: "repo:acme*" would let acme-evil in (threat F02). Without a
// preset, any literal beginning will do.
func (p Preset) Limits(literal string, whole bool) bool {
	if len(p.Owners) == 0 {
		return literal != ""
	}
	return slices.ContainsFunc(p.Owners, func(f Form) bool { return f.owned(literal, whole) })
}

func (f Form) owned(literal string, whole bool) bool {
	rest, ok := strings.CutPrefix(literal, f.Lead)
	end := strings.IndexAny(rest, f.End)
	return ok && rest != "" && end != 0 && (end > 0 || whole || f.End == "")
}
