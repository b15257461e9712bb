package iampolicy

import (
	"regexp"
	"strings"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/verify/strictjson"
)

// principal is one principal named in a statement.
type principal struct {
	kind  string // "AWS", "Service", "Federated", "*"
	value string // as written
	form  form
	// account is the account of an account principal, as twelve digits.
	account string
	// start and end are where the value's JSON string lies in the document.
	start, end int
}

// form is what the value of a principal names.
type form uint8

const (
	everyoneForm form = iota + 1
	accountForm
	userForm
	roleForm
	sessionForm
	federatedUserForm
	uniqueIDForm
	serviceForm
	providerForm
)

// level says how closely a statement names the caller, which decides what its allow is worth in the caller's own
// account (IAM User Guide, "Policy evaluation logic": resource-based policies within one account).
type level uint8

const (
	unnamed   level = iota
	byAccount       // the caller's account: delegates to its identity policies
	byRole          // the role of the session, or the user who federated: identity policies need not allow
	direct          // the caller itself, or everybody: nothing else need allow
)

// everyone tells whether p is a star.
func (p principal) everyone() bool { return p.form == everyoneForm }

// level tells how closely p names who.
func (p *principal) level(who *Principal) level {
	named, at := false, direct
	switch p.form {
	case everyoneForm:
		return direct
	case accountForm:
		named, at = who.inAccount() && who.Account.String() == p.account, byAccount
	case userForm:
		if named = who.Type == User && who.ARN.String() == p.value; !named {
			named, at = who.Type == FederatedUser && who.PrincipalARN.String() == p.value, byRole
		}
	case roleForm:
		named, at = who.Type == AssumedRole && who.PrincipalARN.String() == p.value, byRole
	case sessionForm:
		named = who.Type == AssumedRole && who.ARN.String() == p.value
	case federatedUserForm:
		named = who.Type == FederatedUser && who.ARN.String() == p.value
	case uniqueIDForm:
		named = who.inAccount() && who.UniqueID == p.value
		if who.Type != User {
			at = byRole
		}
	case serviceForm:
		named = who.Type == Service && who.Service == p.value
	case providerForm:
		named = who.Type == WebIdentity && who.Federated == p.value
	}
	if !named {
		return unnamed
	}
	return at
}

// uniqueIDs are the ids of users and roles: a prefix and upper-case base 32 (IAM User Guide, "Unique identifiers").
var uniqueIDs = regexp.MustCompile(`^(AIDA|AROA)[A-Z0-9]{12,124}$`)

// services are names of services: dotted lower-case words.
var services = regexp.MustCompile(`^[a-z0-9-]+(\.[a-z0-9-]+)+$`)

// wellKnownProvider tells whether s is a provider that AWS knows without registration.
func wellKnownProvider(s string) bool {
	switch s {
	case "accounts.google.com", "cognito-identity.amazonaws.com", "graph.facebook.com", "www.amazon.com":
		return true
	}
	return false
}

// newPrincipal classifies a value under Principal; form is zero if it can name nobody. Wildcards within a value are
// refused, only a lone star is legal (IAM User Guide, "Principal").
func newPrincipal(kind, value string) principal {
	p := principal{kind: kind, value: value}
	switch {
	case kind == "Service" && services.MatchString(value):
		p.form = serviceForm
	case kind == "Federated" && (wellKnownProvider(value) || isProvider(value)):
		p.form = providerForm
	case kind != "AWS":
	case value == "*":
		p.form = everyoneForm
	case uniqueIDs.MatchString(value):
		p.form = uniqueIDForm
	default:
		p.form, p.account = classifyAWS(value)
	}
	return p
}

// classifyAWS tells what an account number or ARN names.
func classifyAWS(value string) (f form, account string) {
	if id, err := name.ParseAccountID(value); err == nil {
		return accountForm, id.String()
	}
	arn, err := name.ParseARN(value)
	if err != nil || strings.ContainsAny(value, "*?") || arn.Account().IsZero() || arn.Region() != "" {
		return 0, ""
	}
	kind, rest, _ := strings.Cut(arn.Resource(), "/")
	switch arn.Service() + ":" + kind {
	case "iam:root":
		if rest == "" && !strings.Contains(arn.Resource(), "/") {
			return accountForm, arn.Account().String()
		}
	case "iam:user":
		return named(userForm, rest != ""), ""
	case "iam:role":
		return named(roleForm, rest != ""), ""
	case "sts:assumed-role":
		role, session, _ := strings.Cut(rest, "/")
		return named(sessionForm, role != "" && session != "" && !strings.Contains(session, "/")), ""
	case "sts:federated-user":
		return named(federatedUserForm, rest != ""), ""
	}
	return 0, ""
}

// named is f if the ARN names something at all.
func named(f form, ok bool) form {
	if ok {
		return f
	}
	return 0
}

// isProvider tells whether value is the ARN of an OIDC or SAML provider.
func isProvider(value string) bool {
	arn, err := name.ParseARN(value)
	if err != nil || strings.ContainsAny(value, "*?") || arn.Service() != "iam" || arn.Account().IsZero() {
		return false
	}
	kind, rest, _ := strings.Cut(arn.Resource(), "/")
	return rest != "" && (kind == "oidc-provider" || kind == "saml-provider")
}

// principals reads the value of Principal or NotPrincipal: "*", or an object from kinds to values.
func (d *document) principals(v strictjson.Value) ([]principal, error) {
	if text, ok := v.Text(); ok && text == "*" {
		return []principal{{kind: "*", value: "*", form: everyoneForm}}, nil
	}
	object, ok := v.Object()
	if !ok {
		return nil, d.malformed(v.Offset(), `Principal must be "*" or an object of AWS, Service and Federated`)
	}
	var list []principal
	for kind, values := range object.All() {
		more, err := d.principalsOf(kind, values)
		if err != nil {
			return nil, err
		}
		list = append(list, more...)
	}
	if len(list) == 0 {
		return nil, d.malformed(v.Offset(), "Principal names nobody")
	}
	return list, nil
}

// principalsOf reads the values of one kind.
func (d *document) principalsOf(kind string, v strictjson.Value) ([]principal, error) {
	switch kind {
	case "AWS", "Service", "Federated":
	case "CanonicalUser":
		return nil, fault.New(fault.Unsupported, UnsupportedPrincipal,
			"Principals of kind CanonicalUser are not offered; name the account instead")
	default:
		return nil, d.malformed(v.Offset(), "Unknown kind of principal %q: want AWS, Service or Federated", kind)
	}
	var list []principal
	for _, each := range oneOrMore(v) {
		value, ok := each.Text()
		p := newPrincipal(kind, value)
		if !ok || p.form == 0 {
			return nil, invalidPrincipal(d.source, each.Offset(), kind, value)
		}
		p.start, p.end = each.Offset(), each.Offset()+len(each.Raw())
		list = append(list, p)
	}
	return list, nil
}

// oneOrMore gives the elements of an array, or v itself.
func oneOrMore(v strictjson.Value) []strictjson.Value {
	if list, ok := v.Elements(); ok {
		return list
	}
	return []strictjson.Value{v}
}
