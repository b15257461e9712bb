package saml

import (
	"crypto/sha1" //nolint:gosec // AWS names a provider by it; nothing is believed because of it
	"encoding/base64"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/lanyard-id/lanyard/internal/name"
)

// prefix begins the names of the attributes that are for AWS (IAM User Guide, "Configure SAML assertions for the
// authentication response"). They are compared exactly.
const prefix = "https://aws.amazon.com/SAML/Attributes/"

// sessionNames are those that RoleSessionName and SourceIdentity may have.
var sessionNames = regexp.MustCompile(`^[a-zA-Z_0-9+=,.@-]{2,64}$`)

// Wish is what the assertion says of the session that is to be made.
type Wish struct {
	Session    string
	Source     string              // source identity; empty for none
	Duration   time.Duration       // the longest that the provider lets it last; 0 if it does not say
	Tags       map[string][]string // by key: a value each
	Transitive []string            // keys of tags
	pairs      [][2]string
}

// Wish reads the attributes for AWS. One that is not known refuses the assertion, for it may have restricted something.
func (a *Assertion) Wish() (*Wish, error) {
	w := &Wish{Tags: map[string][]string{}}
	for called, values := range a.attributes {
		if key, ours := strings.CutPrefix(called, prefix); ours {
			if err := w.read(key, values); err != nil {
				return nil, err
			}
		}
	}
	switch {
	case w.Session == "":
		return nil, untrusted(AttributeInvalid, "RoleSessionName is required in AuthnResponse")
	case len(w.pairs) == 0:
		return nil, untrusted(AttributeInvalid, "Role is required in AuthnResponse")
	}
	return w, nil
}

func (w *Wish) read(key string, values []string) error {
	if tag, ok := strings.CutPrefix(key, "PrincipalTag:"); ok {
		if tag == "" || len(values) != 1 {
			return untrusted(AttributeInvalid, "A PrincipalTag in AuthnResponse has a key and exactly one value")
		}
		w.Tags[tag] = values
		return nil
	}
	switch key {
	case "Role":
		return w.readPairs(values)
	case "TransitiveTagKeys":
		w.Transitive = values
		return nil
	case "RoleSessionName", "SourceIdentity", "SessionDuration":
		if len(values) != 1 {
			return untrusted(AttributeInvalid, "%s in AuthnResponse must have exactly one value", key)
		}
		return w.readSingle(key, values[0])
	}
	return untrusted(AttributeInvalid, "The attribute %.128q in AuthnResponse is not known.", prefix+key)
}

func (w *Wish) readSingle(key, value string) error {
	switch {
	case key == "SessionDuration":
		n, err := strconv.Atoi(value)
		if err != nil || n < 900 || n > 43200 || strconv.Itoa(n) != value {
			return untrusted(AttributeInvalid, "SessionDuration in AuthnResponse must be between 900 and 43200")
		}
		w.Duration = time.Duration(n) * time.Second
	case key == "RoleSessionName" && !sessionNames.MatchString(value):
		return untrusted(AttributeInvalid, "RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}")
	case key == "RoleSessionName":
		w.Session = value
	case !sessionNames.MatchString(value) || strings.HasPrefix(strings.ToLower(value), "aws:"):
		return untrusted(AttributeInvalid, "Source Identity must match [a-zA-Z_0-9+=,.@-]{2,64} and not begin with aws:")
	default:
		w.Source = value
	}
	return nil
}

// readPairs reads the values of Role: the ARN of a role and that of a provider, in either order.
func (w *Wish) readPairs(values []string) error {
	for _, v := range values {
		one, other, _ := strings.Cut(v, ",")
		if isARN(one, "saml-provider/") {
			one, other = other, one
		}
		if !isARN(one, "role/") || !isARN(other, "saml-provider/") {
			return untrusted(AttributeInvalid, "A Role in AuthnResponse must be the ARN of a role and the ARN of a provider, with a comma between")
		}
		w.pairs = append(w.pairs, [2]string{one, other})
	}
	return nil
}

func isARN(s, kind string) bool {
	arn, err := name.ParseARN(s)
	return err == nil && arn.String() == s && arn.Service() == "iam" && strings.HasPrefix(arn.Resource(), kind) && !strings.ContainsAny(s, ", \t\r\n")
}

// Allows tells whether the assertion lists a role together with a provider. ARNs are compared exactly.
func (w *Wish) Allows(role, provider name.ARN) bool {
	for _, p := range w.pairs {
		if p == [2]string{role.String(), provider.String()} {
			return true
		}
	}
	return false
}

// SubjectType is the format of the NameID as AWS shows it: the usual ones without what they all begin with (AWS STS,
// AssumeRoleWithSAML, SubjectType).
func (a *Assertion) SubjectType() string {
	return strings.TrimPrefix(a.Format, "urn:oasis:names:tc:SAML:2.0:nameid-format:")
}

// NameQualifier makes subjects of different providers different (AWS STS, AssumeRoleWithSAML, NameQualifier): the SHA-1 of
// the issuer, the account, a slash and the provider's name.
func (a *Assertion) NameQualifier(provider name.ARN) string {
	sum := sha1.Sum([]byte(a.Issuer + a.document(provider))) //nolint:gosec // as above
	return base64.StdEncoding.EncodeToString(sum[:])
}

// document names the provider as saml:doc does.
func (a *Assertion) document(provider name.ARN) string {
	return provider.Account().String() + "/" + strings.TrimPrefix(provider.Resource(), "saml-provider/")
}

// Keys gives the condition keys of the assertion, without the "saml:" that they begin with (IAM User Guide, "Available keys
// for SAML-based federation").
func (a *Assertion) Keys(provider name.ARN) map[string][]string {
	keys := map[string][]string{
		"aud": {a.Recipient}, "iss": {a.Issuer}, "sub": {a.Subject}, "sub_type": {a.SubjectType()},
		"namequalifier": {a.NameQualifier(provider)}, "doc": {a.document(provider)},
	}
	for _, known := range mapped() {
		for _, called := range known.attributes {
			if values := a.attributes[called]; len(values) > 0 && keys[known.key] == nil {
				keys[known.key] = values
			}
		}
	}
	return keys
}

// The attributes that AWS maps to condition keys (IAM User Guide, "Mapping SAML attributes to AWS trust policy context
// keys"). Where two attributes are one key, the first that is there counts.
const (
	eduPerson = "urn:oid:1.3.6.1.4.1.5923.1.1.1."
	eduOrg    = "urn:oid:1.3.6.1.4.1.5923.1.2.1."
	claims    = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"
)

// mapping is a condition key and the attributes that it may come from.
type mapping struct {
	key        string
	attributes []string
}

func mapped() []mapping {
	return []mapping{
		{"edupersonaffiliation", []string{eduPerson + "1"}},
		{"edupersonnickname", []string{eduPerson + "2"}},
		{"edupersonorgdn", []string{eduPerson + "3"}},
		{"edupersonorgunitdn", []string{eduPerson + "4"}},
		{"edupersonprimaryaffiliation", []string{eduPerson + "5"}},
		{"edupersonprincipalname", []string{eduPerson + "6"}},
		{"edupersonentitlement", []string{eduPerson + "7"}},
		{"edupersonprimaryorgunitdn", []string{eduPerson + "8"}},
		{"edupersonscopedaffiliation", []string{eduPerson + "9"}},
		{"edupersontargetedid", []string{eduPerson + "10"}},
		{"edupersonassurance", []string{eduPerson + "11"}},
		{"eduorghomepageuri", []string{eduOrg + "2"}},
		{"eduorgidentityauthnpolicyuri", []string{eduOrg + "3"}},
		{"eduorglegalname", []string{eduOrg + "4"}},
		{"eduorgsuperioruri", []string{eduOrg + "5"}},
		{"eduorgwhitepagesuri", []string{eduOrg + "6"}},
		{"cn", []string{"urn:oid:2.5.4.3"}},
		{"name", []string{claims + "name"}},
		{"commonName", []string{"http://schemas.xmlsoap.org/claims/CommonName", "2.5.4.3"}},
		{"givenName", []string{claims + "givenname", "2.5.4.42"}},
		{"surname", []string{claims + "surname", "2.5.4.4"}},
		{"mail", []string{claims + "emailaddress", "0.9.2342.19200300.100.1.3"}},
		{"primaryGroupSID", []string{"http://schemas.microsoft.com/ws/2008/06/identity/claims/primarygroupsid"}},
		{"uid", []string{"0.9.2342.19200300.100.1.1"}},
		{"x500UniqueIdentifier", []string{"2.5.4.45"}},
		{"organizationStatus", []string{"0.9.2342.19200300.100.1.45"}},
	}
}
