package trust

import (
	"slices"
	"strings"

	"github.com/lanyard-id/lanyard/internal/claims"
	"github.com/lanyard-id/lanyard/internal/iampolicy"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/preset"
	"github.com/lanyard-id/lanyard/internal/view"
)

// Credentials refuses new credentials that trust everybody of a shared issuer (threat F01). One that was there before is
// left alone: it does not match either.
func Credentials(v *view.View, before, after []view.FederatedCredential) error {
	for _, c := range after {
		i, ok := v.Issuer(c.Issuer.String())
		kept := slices.ContainsFunc(before, func(o view.FederatedCredential) bool { return claimed(o) == claimed(c) })
		if !ok || kept {
			continue
		}
		limited, err := claims.Limited(c.Subject, c.Pattern, c.Expression, i.Limits)
		if err != nil {
			return invalid(Invalid, "the expression of %q: %v", c.Name, err)
		}
		if !limited {
			return invalid(Shared, "anybody can get a token of %s: %q must name a subject with its owner, such as %s",
				c.Issuer, c.Name, example(i))
		}
	}
	return nil
}

// Twice finds two credentials with one name, or with the same subject of the same issuer.
func Twice(list []view.FederatedCredential) (what string, found bool) {
	names, subjects := map[string]bool{}, map[[4]string]bool{}
	for _, c := range list {
		switch {
		case names[strings.ToLower(c.Name)]:
			return "there are two federated credentials named " + c.Name, true
		case subjects[claimed(c)]:
			return "two federated credentials have the issuer " + c.Issuer.String() + " and the same subject", true
		}
		names[strings.ToLower(c.Name)], subjects[claimed(c)] = true, true
	}
	return "", false
}

// claimed is whom a credential trusts.
func claimed(c view.FederatedCredential) [4]string {
	return [4]string{c.Issuer.String(), c.Subject, c.Pattern, c.Expression}
}

// Policy refuses a trust policy that lets everybody of a shared issuer in (IAM User Guide, "Identity-provider controls for
// shared OIDC providers").
func Policy(v *view.View, doc string) error {
	p, err := iampolicy.Parse([]byte(doc), iampolicy.Trust)
	if err != nil {
		return err
	}
	for kind, value := range p.Principals() {
		i, ok := everybodys(v, kind, value)
		if !ok {
			continue
		}
		known, _ := preset.Named(i.Preset)
		key := known.Key(i.URL.WithoutScheme())
		if s := p.OpenTo(value, key, i.Limits); s != nil {
			return invalid(Shared, "anybody can get a token of %s: the trust policy's statement %s must limit %s to an owner, "+
				"such as %s", i.URL, s.Rule("trust"), key, example(i))
		}
	}
	return nil
}

// everybodys finds the shared issuer that a principal stands for. A provider that AWS knows without registration is shared
// where its preset says so, though no token of it is ever taken here: the policy may move to AWS.
func everybodys(v *view.View, kind, value string) (*view.Issuer, bool) {
	if kind != "Federated" {
		return nil, false
	}
	if arn, err := name.ParseARN(value); err == nil {
		provider, ok := v.OIDCProvider(arn)
		if !ok {
			return nil, false
		}
		i, ok := v.Issuer(provider.URL.String())
		return i, ok && i.Shared
	}
	url, err := name.ParseIssuerURL("https://" + value)
	p, ok := preset.Of(url.String())
	return &view.Issuer{URL: url, Preset: p.Name, Shared: p.Shared}, err == nil && ok && p.Shared
}

// example is a beginning of a subject that is limited.
func example(i *view.Issuer) string {
	p, _ := preset.Named(i.Preset)
	if len(p.Owners) == 0 {
		return "the whole of it"
	}
	end := p.Owners[0].End
	return p.Owners[0].Lead + "OWNER" + end[:min(len(end), 1)] + "..."
}
