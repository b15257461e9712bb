package iampolicy

import (
	"strings"

	"github.com/lanyard-id/lanyard/internal/cond"
	"github.com/lanyard-id/lanyard/internal/glob"
	"github.com/lanyard-id/lanyard/internal/name"
)

// PrincipalType says what sort of caller a Principal is. The zero value is Anonymous.
type PrincipalType uint8

// The types.
const (
	Anonymous     PrincipalType = iota // nobody in particular
	Root                               // an account's root user
	User                               // an IAM user
	AssumedRole                        // a session of a role
	FederatedUser                      // a session of GetFederationToken
	Service                            // a service acting for itself
	WebIdentity                        // an outside token: OIDC or SAML, before it has a session
)

// String is the value of aws:PrincipalType; empty for the types that have none.
func (t PrincipalType) String() string {
	switch t {
	case Anonymous:
		return "Anonymous"
	case Root:
		return "Account"
	case User:
		return "User"
	case AssumedRole:
		return "AssumedRole"
	case FederatedUser:
		return "FederatedUser"
	case Service, WebIdentity:
	}
	return ""
}

// Principal is the caller.
type Principal struct {
	Type PrincipalType
	// ARN is the caller itself: root, user, role session or federated-user session.
	ARN name.ARN
	// PrincipalARN is the role of a role session, or the user who made a federated-user session.
	PrincipalARN name.ARN
	Account      name.AccountID
	// UniqueID is the id that dies with the user or role: AIDA… or AROA… (of the role, of the user who federated).
	// Principals saved as unique ids match by it.
	UniqueID string
	// UserID is aws:userid: "AIDA…", "AROA…:session", "account:name", or the account's digits for root.
	UserID string
	// Username is aws:username, of IAM users only.
	Username string
	// Federated is the provider that a WebIdentity came from, or that a role session was made through: its ARN, or the
	// well-known name.
	Federated string
	// Service is the name of a Service, "lambda.amazonaws.com".
	Service string
	// ServiceLinked marks a session of a service-linked role, which service control policies do not limit.
	ServiceLinked bool
}

// inAccount tells whether the caller has an identity side: policies of an account that say what it may do.
func (p *Principal) inAccount() bool {
	return p.Type == Root || p.Type == User || p.Type == AssumedRole || p.Type == FederatedUser
}

// mustBeNamed tells whether a trust policy lets the caller in only where it names it, or its provider.
func (p *Principal) mustBeNamed() bool { return p.Type == WebIdentity || p.Type == Service }

// String names the caller for people.
func (p *Principal) String() string {
	switch {
	case !p.ARN.IsZero():
		return p.ARN.String()
	case p.Type == Service:
		return p.Service
	case p.Type == WebIdentity:
		return p.Federated
	}
	return "anonymous"
}

// Request is what is asked.
type Request struct {
	Principal Principal
	Action    string // "s3:GetObject"; case does not matter
	Resource  string // ARN, or "*" for actions that are about none
	// ResourceAccount owns the resource. Unknown (zero) counts as another account than the caller's.
	ResourceAccount name.AccountID
	// Context holds the other condition keys; nil is none.
	Context cond.Context
}

// Named is a policy with its name.
type Named struct {
	ID     string // ARN of a managed policy, or "role/NAME/inline/POLICY" and the like
	Rev    int64  // revision at which it was read
	Policy *Policy
}

// Level is the control policies attached to one level of an organization: root, a unit, the account. Each level must
// allow by itself.
type Level []Named

// Input is a request with every policy that applies to it. A missing policy never helps the caller: a Named without a
// Policy, or with one of a kind that does not belong there, refuses.
type Input struct {
	Request
	Identity       []Named // of the user and its groups, or of the role
	Boundary       *Named  // nil: no boundary
	Session        []Named // none: no session policy was given
	ResourcePolicy *Named  // nil: none
	SCPs           []Level // of the caller's account, from the organization's root down; none: no organization
	RCPs           []Level // of the resource's account
	// TrustPolicy says that the resource is guarded like a role: ResourcePolicy must allow, and an identity policy alone
	// is never enough. It is so for role trust policies and for key policies.
	TrustPolicy bool
}

// incomplete says what the input lacks so that no decision can be made, or nothing. A caller that is half known would
// slip through denies that name it.
func (in *Input) incomplete() string {
	p := &in.Principal
	service, action, _ := strings.Cut(in.Action, ":")
	session := p.Type == AssumedRole || p.Type == FederatedUser
	switch {
	case service == "" || action == "" || in.Resource == "":
		return "the request names no action or no resource"
	case p.Type > WebIdentity, p.Type == Service && p.Service == "", p.Type == WebIdentity && p.Federated == "":
		return "the caller is not known"
	case !p.inAccount():
		return ""
	case p.Account.IsZero() || p.ARN.Account() != p.Account || p.UserID == "":
		return "the caller's account, ARN or user id is missing, or they disagree"
	case p.Type != Root && p.UniqueID == "":
		return "the caller's unique id is missing"
	case session && p.PrincipalARN.Account() != p.Account:
		return "the role or user behind the session is missing, or of another account"
	}
	return ""
}

// facts is the Context that conditions see: what follows from the principal, then what the door put in.
type facts struct {
	who   *Principal
	owner name.AccountID
	more  cond.Context
	slots [9]string
}

// Lookup answers for the keys that Decide supplies itself before it asks the request's own context, so that a request
// cannot claim to be somebody else.
func (f *facts) Lookup(key string) ([]string, bool) {
	if strings.HasPrefix(key, "aws:") {
		if slot, text, own := f.derived(key); own {
			if text == "" {
				return nil, false
			}
			f.slots[slot] = text
			return f.slots[slot : slot+1 : slot+1], true
		}
	}
	if f.more == nil {
		return nil, false
	}
	return f.more.Lookup(key)
}

// Derived gives the value of a condition key that Decide supplies itself, empty for one that is absent; own tells whether
// the key is such a one, which a request's Context cannot set.
func Derived(r *Request, key string) (value string, own bool) {
	f := facts{who: &r.Principal, owner: r.ResourceAccount}
	_, value, own = f.derived(glob.Lower(key))
	return value, own
}

// derived gives the value of a key that follows from the principal or the resource; own is false for other keys.
func (f *facts) derived(key string) (slot int, text string, own bool) {
	switch key {
	case "aws:principalarn":
		return 0, f.principalARN(), true
	case "aws:principalaccount":
		return 1, f.who.Account.String(), true
	case "aws:principaltype":
		return 2, f.who.Type.String(), true
	case "aws:userid":
		return 3, f.who.UserID, true
	case "aws:username":
		return 4, f.who.Username, true
	case "aws:federatedprovider":
		return 5, f.who.Federated, true
	case "aws:principalisawsservice":
		if f.who.Type == Service {
			return 6, "true", true
		}
		return 6, "false", true
	case "aws:principalservicename":
		return 7, f.who.Service, true
	case "aws:resourceaccount":
		return 8, f.owner.String(), true
	}
	return 0, "", false
}

// principalARN is the role's ARN for a role session, never the session's (IAM User Guide, "Global condition keys").
func (f *facts) principalARN() string {
	if f.who.Type == AssumedRole {
		return f.who.PrincipalARN.String()
	}
	return f.who.ARN.String()
}
