package simulate

import (
	"strings"

	"github.com/lanyard-id/lanyard/internal/glob"
	"github.com/lanyard-id/lanyard/internal/iampolicy"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// What stands for a part of a caller that the call does not say: nobody has these.
const (
	simulated   = "simulated"
	simulatedID = "SIMULATEDSIMULATED"
)

// caller makes the principal that CallerArn names. One that exists has its own unique id, so that policies that name it so
// are about it.
func caller(v *view.View, arn name.ARN) (iampolicy.Principal, error) {
	kind, rest, _ := strings.Cut(arn.Resource(), "/")
	p := iampolicy.Principal{ARN: arn, Account: arn.Account()}
	switch arn.Service() + ":" + kind {
	case "iam:root":
		p.Type, p.UserID = iampolicy.Root, arn.Account().String()
	case "iam:user":
		p.Type, p.UniqueID, p.UserID = iampolicy.User, "AIDA"+simulatedID, "AIDA"+simulatedID
		p.Username = rest[strings.LastIndexByte(rest, '/')+1:]
		if u, ok := v.User(arn); ok {
			p.UniqueID, p.UserID = u.UniqueID, u.UniqueID
		}
	case "iam:role":
		return session(v, arn, rest[strings.LastIndexByte(rest, '/')+1:], simulated)
	case "sts:assumed-role":
		role, of, _ := strings.Cut(rest, "/")
		if r, ok := v.RoleNamed(arn.Account(), role); ok && r.Name == role {
			return session(v, r.ARN, role, of)
		}
		behind, err := name.NewARN("iam", "", arn.Account(), "role/"+role)
		if err != nil || role == "" || of == "" {
			return p, invalid("CallerArn %s is no session of a role", arn)
		}
		return session(v, behind, role, of)
	case "iam:oidc-provider", "iam:saml-provider":
		return iampolicy.Principal{Type: iampolicy.WebIdentity, Federated: arn.String()}, nil
	default:
		return p, invalid("CallerArn %s cannot be simulated: want a user, a role, a session of a role, an account's root or a provider", arn)
	}
	if arn.Account().IsZero() || (rest == "") != (p.Type == iampolicy.Root) {
		return p, invalid("CallerArn %s names nobody", arn)
	}
	return p, nil
}

// session makes the principal of a session of a role.
func session(v *view.View, role name.ARN, called, of string) (iampolicy.Principal, error) {
	self, err := name.NewARN("sts", "", role.Account(), "assumed-role/"+called+"/"+of)
	if err != nil || role.Account().IsZero() || called == "" {
		return iampolicy.Principal{}, invalid("CallerArn %s names nobody", role)
	}
	p := iampolicy.Principal{
		Type: iampolicy.AssumedRole, ARN: self, PrincipalARN: role, Account: role.Account(), UniqueID: "AROA" + simulatedID,
	}
	if r, ok := v.Role(role); ok {
		p.UniqueID = r.UniqueID
	}
	p.UserID = p.UniqueID + ":" + of
	return p, nil
}

// nameless is the caller of a call that names none: a user of the account, whose name is not known unless the context says
// it.
func (r *Request) nameless(v *view.View, account name.AccountID) (iampolicy.Principal, error) {
	called := simulated
	for _, e := range r.Context {
		switch key := glob.Lower(e.Key); {
		case key == "aws:principalarn" && len(e.Values) == 1:
			arn, err := name.ParseARN(e.Values[0])
			if err != nil {
				return iampolicy.Principal{}, invalid("aws:PrincipalArn %q is no ARN", shown(e.Values[0]))
			}
			return caller(v, arn)
		case key == "aws:username" && len(e.Values) == 1:
			called = e.Values[0]
		}
	}
	arn, err := name.NewARN("iam", "", account, "user/"+called)
	if err != nil {
		return iampolicy.Principal{}, invalid("aws:username %q cannot be the name of a user", shown(called))
	}
	p, err := caller(v, arn)
	if called == simulated {
		p.Username = ""
	}
	return p, err
}

// claimed lets the context say what nothing else says of the caller, and refuses what contradicts the rest of the call:
// Decide would not see it, and the answer would be about somebody else than the one who is meant.
func (r *Request) claimed(q *iampolicy.Request) error {
	for _, e := range r.Context {
		if len(e.Values) != 1 {
			continue
		}
		p, said := &q.Principal, e.Values[0]
		switch key := glob.Lower(e.Key); {
		case key == "aws:federatedprovider" && p.Type == iampolicy.AssumedRole:
			p.Federated = said
		case key == "aws:userid" && strings.Contains(p.UniqueID, simulatedID):
			p.UserID = said
		}
		if value, own := iampolicy.Derived(q, e.Key); own && value != said {
			return invalid("%s is %q for this caller and this resource, not %q", e.Key, value, shown(said))
		}
	}
	return nil
}
