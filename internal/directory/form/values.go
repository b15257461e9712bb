package form

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/lanyard-id/lanyard/internal/claims"
	"github.com/lanyard-id/lanyard/internal/view"
)

// Tags bounds labels as ARM and IAM do.
func Tags(tags view.Tags) error {
	if len(tags) > 50 {
		return fmt.Errorf("a thing has at most 50 tags, not %d", len(tags))
	}
	for k, v := range tags {
		if k == "" || utf8.RuneCountInString(k) > 512 || utf8.RuneCountInString(v) > 256 {
			return fmt.Errorf("the tag %q is empty, or its key has more than 512 or its value more than 256 characters", Shown(k))
		}
	}
	return nil
}

// Location bounds a free text that Lanyard only repeats.
func Location(s string) error {
	if utf8.RuneCountInString(s) > 90 {
		return errors.New("a location has at most 90 characters")
	}
	return nil
}

// minLifetime is the shortest maxLifetime: below it a token is over before it can be used.
const minLifetime = 2

// Lifetime checks a maxLifetime in seconds; 0 is "no bound of its own".
func Lifetime(seconds int) error {
	if seconds != 0 && seconds < minLifetime {
		return fmt.Errorf("maxLifetime is %d s, the shortest is %d s", seconds, minLifetime)
	}
	return nil
}

// IdentityType reads the type of an identity block, without regard to spaces and case.
func IdentityType(s string) (system, user bool, err error) {
	switch strings.ToLower(strings.ReplaceAll(s, " ", "")) {
	case "none":
	case "systemassigned":
		system = true
	case "userassigned":
		user = true
	case "systemassigned,userassigned", "userassigned,systemassigned":
		system, user = true, true
	default:
		return false, false, fmt.Errorf("%q is no type of identity: want None, SystemAssigned, UserAssigned or "+
			"SystemAssigned,UserAssigned", Shown(s))
	}
	return system, user, nil
}

// ClientIDs checks the audiences that an OIDC provider accepts (IAM User Guide, "IAM and STS quotas").
func ClientIDs(list []string) error {
	if len(list) > 100 {
		return fmt.Errorf("a provider has at most 100 client ids, not %d", len(list))
	}
	for i, id := range list {
		if id == "" || len(id) > 255 || slices.Contains(list[:i], id) {
			return fmt.Errorf("the client id %q is empty, longer than 255 bytes or listed twice", Shown(id))
		}
	}
	return nil
}

// Thumbprints checks SHA-1 digests of certificates in hexadecimal (IAM API Reference, CreateOpenIDConnectProvider).
func Thumbprints(list []string) error {
	if len(list) > 5 {
		return fmt.Errorf("a provider has at most 5 thumbprints, not %d", len(list))
	}
	for _, t := range list {
		if len(t) != 40 || strings.Trim(t, "0123456789abcdefABCDEF") != "" {
			return fmt.Errorf("the thumbprint %q is not 40 hexadecimal digits", Shown(t))
		}
	}
	return nil
}

// IDURIs checks the identifier URIs of an application. Two that differ in a trailing slash are one.
func IDURIs(list []string) error {
	if len(list) > 50 {
		return fmt.Errorf("an application has at most 50 identifier URIs, not %d", len(list))
	}
	seen := map[string]bool{}
	for _, u := range list {
		if err := idURI(u); err != nil {
			return err
		}
		plain := strings.TrimSuffix(u, "/")
		if seen[plain] {
			return fmt.Errorf("the identifier URI %q is listed twice", u)
		}
		seen[plain] = true
	}
	return nil
}

// idURI accepts what Entra does: api://..., https://... and other absolute URIs without query and fragment.
func idURI(s string) error {
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Scheme == "" || u.String() != s || len(s) > 255 || strings.ContainsAny(s, " *"):
	case u.RawQuery != "" || u.Fragment != "" || u.User != nil || strings.HasSuffix(s, "?") || strings.HasSuffix(s, "#"):
	case u.Host == "" && u.Opaque == "" && u.Path == "":
	default:
		return nil
	}
	return fmt.Errorf("%q is no identifier URI: want an absolute URI such as api://NAME or https://HOST/PATH, "+
		"without query or fragment, of at most 255 characters", Shown(s))
}

// Credential checks a federated credential but for its name, and gives it with its expression in canonical form.
func Credential(c view.FederatedCredential) (view.FederatedCredential, error) {
	switch {
	case c.Issuer.IsZero():
		return c, fmt.Errorf("the federated credential %q needs an issuer", c.Name)
	case given(c.Subject, c.Expression, c.Pattern) != 1:
		return c, fmt.Errorf("the federated credential %q needs either a subject or an expression or a pattern", c.Name)
	case max(len(c.Subject), len(c.Pattern)) > 600:
		return c, fmt.Errorf("the subject of %q has more than 600 characters", c.Name)
	case len(c.Description) > 600:
		return c, fmt.Errorf("the description of %q has more than 600 characters", c.Name)
	case len(c.Audiences) < 1 || len(c.Audiences) > 10:
		return c, fmt.Errorf("the federated credential %q needs 1 to 10 audiences", c.Name)
	}
	for _, a := range c.Audiences {
		if a == "" || len(a) > 600 {
			return c, fmt.Errorf("an audience of %q is empty or has more than 600 characters", c.Name)
		}
	}
	if c.Pattern != "" {
		if _, err := claims.Wildcard(c.Pattern); err != nil {
			return c, fmt.Errorf("the pattern of %q: %w", c.Name, err)
		}
	}
	if c.Expression == "" {
		return c, nil
	}
	compiled, err := claims.Compile(c.Expression)
	if err != nil {
		return c, fmt.Errorf("the expression of %q: %w", c.Name, err)
	}
	c.Expression = compiled.String()
	return c, nil
}

// given counts the texts that are not empty.
func given(texts ...string) int {
	n := 0
	for _, t := range texts {
		if t != "" {
			n++
		}
	}
	return n
}
