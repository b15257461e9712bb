package access

import (
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lanyard-id/lanyard/internal/cond"
	"github.com/lanyard-id/lanyard/internal/credential"
	"github.com/lanyard-id/lanyard/internal/glob"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/verify"
	"github.com/lanyard-id/lanyard/verify/strictjson"
)

// Network is what a door knows of how a request came.
type Network struct {
	Now       time.Time
	Remote    netip.Addr // zero if unknown
	Secure    bool       // came over TLS to this process
	UserAgent string
}

// Facts gives the global condition keys of a request (IAM User Guide, "AWS global condition context keys"), in lower case,
// as conditions look for them. What follows from the caller and the resource is added by the engine itself.
func Facts(n Network) *cond.Facts {
	f := new(cond.Facts)
	f.SetLater("aws:currenttime", func() []string { return []string{n.Now.UTC().Format(time.RFC3339)} })
	f.SetLater("aws:epochtime", func() []string { return []string{strconv.FormatInt(n.Now.Unix(), 10)} })
	f.Set("aws:securetransport", strconv.FormatBool(n.Secure))
	if n.Remote.IsValid() {
		f.SetLater("aws:sourceip", func() []string { return []string{n.Remote.String()} })
	}
	if n.UserAgent != "" {
		f.Set("aws:useragent", n.UserAgent)
	}
	return f
}

// AddSession puts in what policies may ask about a session: its issue time, which a user's own key has none of, and the tags
// of the role or the user and of the session.
func AddSession(f *cond.Facts, v *view.View, s *credential.Session, role *view.Role) {
	if s.Kind != credential.UserKey {
		f.SetLater("aws:TokenIssueTime", func() []string { return []string{s.Issued.UTC().Format(time.RFC3339)} })
	}
	if s.SourceID != "" {
		f.Set("aws:SourceIdentity", s.SourceID)
	}
	if saml := s.SubjectOf; saml.Qualifier != "" {
		f.Set("saml:sub", s.Subject)
		f.Set("saml:sub_type", saml.Type)
		f.Set("saml:namequalifier", saml.Qualifier)
	}
	for k, tag := range ownTags(v, s, role) {
		f.Set("aws:PrincipalTag/"+k, tag)
	}
	for k, tag := range s.Tags { // a session tag overrides that one, whatever its case: the key is folded
		f.Set("aws:PrincipalTag/"+k, tag)
	}
}

// PrincipalTags are the tags of a caller: those of its role or user, which those of the session replace.
func PrincipalTags(v *view.View, s *credential.Session, role *view.Role) map[string]string {
	return credential.Replace(ownTags(v, s, role), s.Tags)
}

func ownTags(v *view.View, s *credential.Session, role *view.Role) map[string]string {
	if role != nil {
		return role.Tags
	}
	if u, ok := v.UserByID(s.User.ID); ok {
		return u.Tags
	}
	return nil
}

// Assuming is what a request to assume a role says of the session that it asks for.
type Assuming struct {
	Name       string
	Tags       map[string]string // session tags of the request, not those that the caller's session hands on
	Transitive []string
	SourceID   string
	ExternalID *string // nil if the request has none
}

// AddAssuming puts in what trust policies may ask about a request to assume a role (Service Authorization Reference,
// "Condition keys for AWS STS").
func AddAssuming(f *cond.Facts, a Assuming) {
	f.Set("sts:rolesessionname", a.Name) // in lower case, which costs nothing
	if a.SourceID != "" {
		f.Set("sts:SourceIdentity", a.SourceID)
	}
	if a.ExternalID != nil {
		f.Set("sts:ExternalId", *a.ExternalID)
	}
	AddRequestTags(f, a.Tags)
	if len(a.Transitive) > 0 {
		f.Set("sts:TransitiveTagKeys", a.Transitive...)
	}
}

// AddRequestTags puts in the tags that a request brings.
func AddRequestTags(f *cond.Facts, tags map[string]string) {
	if len(tags) == 0 {
		return
	}
	for k, tag := range tags {
		f.Set("aws:RequestTag/"+k, tag)
	}
	f.Set("aws:TagKeys", slices.Sorted(maps.Keys(tags))...)
}

// AddRole puts in the tags of the role that is asked for. What the caller's session hands on stands in place of the role's
// own tag of that key, because it will in the session (IAM User Guide, "Chaining roles with session tags").
func AddRole(f *cond.Facts, role *view.Role, from *credential.Session) {
	if role == nil {
		return
	}
	tags := role.Tags
	if from != nil && len(from.Transitive) > 0 {
		tags = maps.Clone(tags)
		inherited := credential.WithTransitive(from, nil)
		for k := range tags {
			for key, value := range inherited {
				if glob.Lower(k) == glob.Lower(key) {
					tags[k] = value
				}
			}
		}
	}
	for k, tag := range tags {
		f.Set("aws:ResourceTag/"+k, tag)
		f.Set("iam:ResourceTag/"+k, tag)
	}
}

// AddClaims puts in every claim of a token under "{issuer without scheme}:{claim}". AWS offers a few claims of a few
// issuers; that any claim of any issuer can be asked for is an extension. Keys ignore case, so a token with two claims that
// differ in nothing else could pass one for the other (threat J13): it tells nothing, and clash names the second.
func AddClaims(f *cond.Facts, issuer string, claims *verify.Claims) (clash string) {
	if !strings.ContainsAny(issuer, "./:") { // https://aws and its claim SourceIp would pose as aws:SourceIp
		return ""
	}
	if clash = twice(claims); clash != "" {
		return clash
	}
	f.SetUnder(issuer+":", func(claim string) (values []string, present bool) {
		for name, value := range claims.All() {
			if glob.Lower(name) == claim {
				values = textsOf(value)
				return values, values != nil
			}
		}
		return nil, false
	})
	return ""
}

// twice names a claim that differs from an earlier one in nothing but case. No two claims of a token have the same name, so
// there is none where all are in lower case, as nearly always.
func twice(claims *verify.Claims) string {
	lower := true
	for name := range claims.All() {
		lower = lower && glob.Lower(name) == name
	}
	if lower {
		return ""
	}
	told := map[string]bool{}
	for name := range claims.All() {
		key := glob.Lower(name)
		if told[key] {
			return name
		}
		told[key] = true
	}
	return ""
}

// textsOf is what a claim holds for conditions: texts, a number or a truth; nil for what has a form of its own.
func textsOf(value strictjson.Value) []string {
	if texts, ok := value.Texts(); ok {
		return texts
	}
	if n, ok := value.Float(); ok {
		return []string{strconv.FormatFloat(n, 'f', -1, 64)}
	}
	if value.Kind() == strictjson.Bool {
		return []string{string(value.Raw())}
	}
	return nil
}
