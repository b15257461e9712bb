package iampolicy_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-id/lanyard/internal/iampolicy"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/reason"
)

// TestP01Order: explicit deny, then allow, then nothing; at each place where a policy can stand.
func TestP01Order(t *testing.T) {
	base := func() iampolicy.Input {
		in := read(session(accountA))
		in.Identity = identity(t, allowAll)
		in.Boundary = policy(t, iampolicy.Boundary, allowAll)
		in.Session = []iampolicy.Named{*policy(t, iampolicy.Session, allowAll)}
		in.ResourcePolicy = policy(t, iampolicy.Resource, grant(aws(accountA)))
		in.SCPs = []iampolicy.Level{{*policy(t, iampolicy.SCP, allowAll)}, {*policy(t, iampolicy.SCP, allowAll)}}
		in.RCPs = []iampolicy.Level{{*policy(t, iampolicy.RCP, `{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}`)}}
		return in
	}
	want(t, base(), reason.Allow)
	denyAll := `{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}`
	for name, change := range map[string]func(in *iampolicy.Input, statement string){
		"identity": func(in *iampolicy.Input, s string) {
			in.Identity = append(in.Identity, *policy(t, iampolicy.Identity, s))
		},
		"boundary": func(in *iampolicy.Input, s string) { in.Boundary = policy(t, iampolicy.Boundary, allowAll, s) },
		"session": func(in *iampolicy.Input, s string) {
			in.Session = append(in.Session, *policy(t, iampolicy.Session, s))
		},
		"resource": func(in *iampolicy.Input, _ string) {
			in.ResourcePolicy = policy(t, iampolicy.Resource, grant(`"*"`), denyAll)
		},
		"scp": func(in *iampolicy.Input, s string) {
			in.SCPs[0] = append(in.SCPs[0], *policy(t, iampolicy.SCP, s))
		},
		"rcp": func(in *iampolicy.Input, _ string) {
			in.RCPs[0] = append(in.RCPs[0], *policy(t, iampolicy.RCP, denyAll))
		},
	} {
		t.Run("deny in "+name, func(t *testing.T) {
			in := base()
			change(&in, denyRead)
			want(t, in, reason.ExplicitDeny)
		})
	}
	for name, change := range map[string]func(in *iampolicy.Input){
		"identity":     func(in *iampolicy.Input) { in.Identity = nil },
		"boundary":     func(in *iampolicy.Input) { in.Boundary = policy(t, iampolicy.Boundary, allowList) },
		"session":      func(in *iampolicy.Input) { in.Session = []iampolicy.Named{*policy(t, iampolicy.Session, allowList)} },
		"first scp":    func(in *iampolicy.Input) { in.SCPs[0] = iampolicy.Level{*policy(t, iampolicy.SCP, allowList)} },
		"second scp":   func(in *iampolicy.Input) { in.SCPs[1] = iampolicy.Level{*policy(t, iampolicy.SCP, allowList)} },
		"empty level":  func(in *iampolicy.Input) { in.SCPs = append(in.SCPs, iampolicy.Level{}) },
		"empty rcp":    func(in *iampolicy.Input) { in.RCPs = append(in.RCPs, iampolicy.Level{}) },
		"nothing said": func(in *iampolicy.Input) { in.Identity[0] = *policy(t, iampolicy.Identity) },
		"other action": func(in *iampolicy.Input) {
			in.Action = "s3:PutObject"
			in.Session[0] = *policy(t, iampolicy.Session, allowRead)
		},
		"other account": func(in *iampolicy.Input) { in.ResourceAccount = account(accountB); in.ResourcePolicy = nil },
		"no account":    func(in *iampolicy.Input) { in.ResourceAccount = name.AccountID{}; in.ResourcePolicy = nil },
	} {
		t.Run("no allow: "+name, func(t *testing.T) {
			in := base()
			change(&in)
			want(t, in, reason.ImplicitDeny)
		})
	}
}

// TestBypass is the table of what an allow of a resource policy in the same account can do by itself: each row names the
// principal of the grant, and whether it holds with no identity policy, with a boundary that allows something else, and
// with a session policy that allows something else.
func TestBypass(t *testing.T) {
	for _, tc := range []struct {
		name               string
		who                iampolicy.Principal
		grant              string
		identity, boundary bool
		session            bool
	}{
		{"user", user(), grant(aws(userARN)), true, true, true},
		{"user by id", user(), grant(aws(userID)), true, true, true},
		{"role", session(accountA), grant(aws(roleARN)), true, false, false},
		{"role by id", session(accountA), grant(aws(roleID)), true, false, false},
		{"role session", session(accountA), grant(aws(sessionARN)), true, true, true},
		{"federated user", guest(), grant(aws(federatedA)), true, true, true},
		{"user who federated", guest(), grant(aws(userARN)), true, false, false},
		{"user who federated, by id", guest(), grant(aws(userID)), true, false, false},
		{"account", session(accountA), grant(aws(accountA)), false, false, false},
		{"root ARN", user(), grant(aws(rootARN)), false, false, false},
		{"everybody", session(accountA), grant(`"*"`), true, true, true},
		{"everybody with the role's ARN", session(accountA), when(grant(aws("*")), `{"ArnEquals":{"aws:PrincipalArn":"`+roleARN+`"}}`), true, true, true},
		{"role and session", session(accountA), grant(`{"AWS":["` + accountA + `","` + roleARN + `","` + sessionARN + `"]}`), true, true, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			in := read(tc.who)
			in.ResourcePolicy = policy(t, iampolicy.Resource, tc.grant)
			if tc.who.Type == iampolicy.FederatedUser { // has no rights at all without one
				in.Session = []iampolicy.Named{*policy(t, iampolicy.Session, allowAll)}
			}
			check := func(what string, holds bool) {
				t.Helper()
				if d := iampolicy.Decide(in); d.Allowed() != holds {
					t.Errorf("%s: want %t\n%s", what, holds, d)
				}
			}
			check("no identity policy", tc.identity)
			in.Identity = identity(t, allowAll)
			check("identity policy", true)
			in.Boundary = policy(t, iampolicy.Boundary, allowList)
			check("boundary", tc.boundary)
			in.Boundary = nil
			in.Session = []iampolicy.Named{*policy(t, iampolicy.Session, allowList)}
			check("session policy", tc.session)
		})
	}
}

// TestTrust: who may assume a role, by how the trust policy names the caller and what its own policies say.
func TestTrust(t *testing.T) {
	allow := func(principal string) string {
		return `{"Effect":"Allow","Principal":` + principal + `,"Action":"sts:*"}`
	}
	for _, tc := range []struct {
		name    string
		who     iampolicy.Principal
		trust   string
		without reason.Outcome // without an identity policy
		with    reason.Outcome // with one that allows
	}{
		{"user", user(), allow(aws(userARN)), reason.Allow, reason.Allow},
		{"account", user(), allow(aws(accountA)), reason.ImplicitDeny, reason.Allow},
		{"other account", user(), allow(aws(accountB)), reason.ImplicitDeny, reason.ImplicitDeny},
		{"cross account", session(accountB), allow(aws(accountB)), reason.ImplicitDeny, reason.Allow},
		{"cross account by session", session(accountB), allow(aws(strings.Replace(sessionARN, accountA, accountB, 1))), reason.ImplicitDeny, reason.Allow},
		{"root user", root(), allow(aws(accountA)), reason.Allow, reason.Allow},
		{"root user of another account", root(), allow(aws(accountB)), reason.ImplicitDeny, reason.ImplicitDeny},
		{"everybody", user(), allow(`"*"`), reason.Allow, reason.Allow},
		{"service", lambda(), allow(`{"Service":"lambda.amazonaws.com"}`), reason.Allow, reason.Allow},
		{"other service", lambda(), allow(`{"Service":"ec2.amazonaws.com"}`), reason.ImplicitDeny, reason.ImplicitDeny},
		{"provider", webIdentity(), allow(`{"Federated":"` + providerARN + `"}`), reason.Allow, reason.Allow},
		{"other provider", webIdentity(), allow(`{"Federated":"` + providerARN + `x"}`), reason.ImplicitDeny, reason.ImplicitDeny},
		{"everybody is no provider", webIdentity(), allow(`"*"`), reason.ImplicitDeny, reason.ImplicitDeny},
		{"deny to everybody is one to providers", webIdentity(), allow(`{"Federated":"`+providerARN+`"}`) + `,{"Effect":"Deny","Principal":"*","Action":"sts:*"}`, reason.ExplicitDeny, reason.ExplicitDeny},
		{
			"session of a provider", func() iampolicy.Principal { p := session(accountA); p.Federated = providerARN; return p }(),
			allow(`{"Federated":"` + providerARN + `"}`), reason.ImplicitDeny, reason.ImplicitDeny,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			in := assume(t, tc.who, tc.trust)
			want(t, in, tc.without)
			in.Identity = identity(t, allowAll)
			want(t, in, tc.with)
			in.ResourcePolicy = nil
			want(t, in, reason.ImplicitDeny)
		})
	}
}

// TestKeyPolicy: a resource guarded like a role, with a policy that has resources.
func TestKeyPolicy(t *testing.T) {
	in := read(user())
	in.TrustPolicy = true
	in.Identity = identity(t, allowAll)
	in.ResourcePolicy = policy(t, iampolicy.Resource, grant(aws(accountB)))
	want(t, in, reason.ImplicitDeny)
	in.ResourcePolicy = policy(t, iampolicy.Resource, grant(aws(accountA)))
	want(t, in, reason.Allow)
}

// TestCallersWithoutAccount: only the resource's word and its organization count.
func TestCallersWithoutAccount(t *testing.T) {
	for _, who := range []iampolicy.Principal{{}, lambda(), webIdentity()} {
		in := read(who)
		in.Identity = identity(t, allowAll)
		in.SCPs = []iampolicy.Level{{}} // not theirs
		want(t, in, reason.ImplicitDeny)
		in.ResourcePolicy = policy(t, iampolicy.Resource, grant(`"*"`))
		want(t, in, reason.Allow)
		in.RCPs = []iampolicy.Level{{}}
		want(t, in, reason.ImplicitDeny)
	}
}

// TestRootAndServiceLinked: the root user needs no identity policy but obeys its organization; a service-linked role does
// not.
func TestRootAndServiceLinked(t *testing.T) {
	in := read(root())
	want(t, in, reason.Allow)
	in.SCPs = []iampolicy.Level{{*policy(t, iampolicy.SCP, allowAll, denyRead)}}
	want(t, in, reason.ExplicitDeny)
	in.SCPs = []iampolicy.Level{{*policy(t, iampolicy.SCP, allowList)}}
	want(t, in, reason.ImplicitDeny)
	in.ResourcePolicy = policy(t, iampolicy.Resource, grant(`"*"`))
	want(t, in, reason.ImplicitDeny)

	in = read(session(accountA))
	in.Identity = identity(t, allowRead)
	in.SCPs = []iampolicy.Level{{*policy(t, iampolicy.SCP, denyRead)}}
	want(t, in, reason.ExplicitDeny)
	in.Principal.ServiceLinked = true
	want(t, in, reason.Allow)
}

// TestFederatedUserSession: no session policy, no rights.
func TestFederatedUserSession(t *testing.T) {
	in := read(guest())
	in.Identity = identity(t, allowAll)
	want(t, in, reason.ImplicitDeny)
	in.ResourcePolicy = policy(t, iampolicy.Resource, grant(aws(userARN)))
	want(t, in, reason.ImplicitDeny)
	in.ResourcePolicy = policy(t, iampolicy.Resource, grant(aws(federatedA)))
	want(t, in, reason.Allow)
}

// TestP03NotElements: what Not… elements leave out.
func TestP03NotElements(t *testing.T) {
	deny := func(listed ...string) string {
		return `{"Effect":"Deny","NotPrincipal":{"AWS":["` + strings.Join(listed, `","`) + `"]},"Action":"s3:*","Resource":"*"}`
	}
	for _, tc := range []struct {
		name     string
		who      iampolicy.Principal
		resource string
		outcome  reason.Outcome
	}{
		{"session, all three listed", session(accountA), deny(accountA, roleARN, sessionARN), reason.Allow},
		{"session, by id", session(accountA), deny(accountA, roleID, sessionARN), reason.Allow},
		{"session, account missing", session(accountA), deny(roleARN, sessionARN), reason.ExplicitDeny},
		{"session, role missing", session(accountA), deny(accountA, sessionARN), reason.ExplicitDeny},
		{"session, session missing", session(accountA), deny(accountA, roleARN), reason.ExplicitDeny},
		{"user", user(), deny(rootARN, userARN), reason.Allow},
		{"user, account missing", user(), deny(userARN), reason.ExplicitDeny},
		{"root", root(), deny(rootARN), reason.Allow},
		{"root, not listed", root(), deny(userARN), reason.ExplicitDeny},
		{"nobody", iampolicy.Principal{}, deny(accountA), reason.ExplicitDeny},
		{"everybody listed", iampolicy.Principal{}, deny("*"), reason.Allow},
		{"service", lambda(), `{"Effect":"Deny","NotPrincipal":{"Service":"lambda.amazonaws.com"},"Action":"s3:*","Resource":"*"}`, reason.Allow},
		{"other service", lambda(), `{"Effect":"Deny","NotPrincipal":{"Service":"ec2.amazonaws.com"},"Action":"s3:*","Resource":"*"}`, reason.ExplicitDeny},
	} {
		t.Run("NotPrincipal/"+tc.name, func(t *testing.T) {
			in := read(tc.who)
			in.ResourcePolicy = policy(t, iampolicy.Resource, grant(`"*"`), tc.resource)
			want(t, in, tc.outcome)
		})
	}
	for _, tc := range []struct {
		name, statement string
		outcome         reason.Outcome
	}{
		{"NotAction allows the rest of all services", `{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}`, reason.Allow},
		{"NotAction leaves out", `{"Effect":"Allow","NotAction":["iam:*","s3:Get*"],"Resource":"*"}`, reason.ImplicitDeny},
		{"NotAction denies the rest", `{"Effect":"Deny","NotAction":"iam:*","Resource":"*"}`, reason.ExplicitDeny},
		{"NotResource allows the rest", `{"Effect":"Allow","Action":"s3:*","NotResource":"arn:aws:s3:::safe/*"}`, reason.Allow},
		{"NotResource leaves out", `{"Effect":"Allow","Action":"s3:*","NotResource":["arn:aws:s3:::safe/*","arn:aws:s3:::shelf/*"]}`, reason.ImplicitDeny},
		{"NotResource allows nothing if what it leaves out is not known", `{"Effect":"Allow","Action":"s3:*","NotResource":"arn:aws:s3:::${aws:PrincipalTag/x}/*"}`, reason.ImplicitDeny},
		{"NotResource denies all if what it leaves out is not known", `{"Effect":"Deny","Action":"s3:*","NotResource":"arn:aws:s3:::${aws:PrincipalTag/x}/*"}`, reason.ExplicitDeny},
		{"NotResource with a default", `{"Effect":"Allow","Action":"s3:*","NotResource":"arn:aws:s3:::${aws:PrincipalTag/x, 'safe'}/*"}`, reason.Allow},
	} {
		t.Run(tc.name, func(t *testing.T) {
			in := read(user())
			in.Identity = identity(t, tc.statement)
			want(t, in, tc.outcome)
		})
	}
}

// TestP05AccountIsCompared: the same names in another account are other things.
func TestP05AccountIsCompared(t *testing.T) {
	for _, named := range []string{roleARN, sessionARN, rootARN, accountA} {
		in := read(session(accountB))
		in.Principal.UniqueID = "AROAOTHEROTHEROTHEROT"
		in.Identity = identity(t, allowAll)
		in.ResourcePolicy = policy(t, iampolicy.Resource, grant(aws(named)))
		want(t, in, reason.ImplicitDeny)
	}
	in := assume(t, webIdentity(), `{"Effect":"Allow","Principal":{"Federated":"`+providerARN+`"},"Action":"sts:*"}`)
	in.Principal.Federated = strings.Replace(providerARN, accountA, accountB, 1)
	want(t, in, reason.ImplicitDeny)
}

// TestTypeIsCompared: a caller is only what its type says, whatever its ARN looks like.
func TestTypeIsCompared(t *testing.T) {
	for _, named := range []string{sessionARN, federatedA, roleARN} {
		in := read(user())
		in.Principal.ARN, in.Principal.PrincipalARN = arn(named), arn(named)
		in.ResourcePolicy = policy(t, iampolicy.Resource, grant(aws(named)))
		want(t, in, reason.ImplicitDeny)
	}
}

// TestP02MissingKeys is the table of what conditions do about keys that a request does not have.
func TestP02MissingKeys(t *testing.T) {
	for condition, outcome := range map[string]reason.Outcome{
		`{"StringEquals":{"k:k":"v"}}`:                                   reason.ImplicitDeny,
		`{"StringNotEquals":{"k:k":"v"}}`:                                reason.Allow,
		`{"StringEqualsIfExists":{"k:k":"v"}}`:                           reason.Allow,
		`{"ForAllValues:StringEquals":{"k:k":"v"}}`:                      reason.Allow,
		`{"ForAnyValue:StringEquals":{"k:k":"v"}}`:                       reason.ImplicitDeny,
		`{"ForAnyValue:StringNotEquals":{"k:k":"v"}}`:                    reason.ImplicitDeny,
		`{"Bool":{"k:k":"false"}}`:                                       reason.ImplicitDeny,
		`{"BoolIfExists":{"k:k":"true"}}`:                                reason.Allow,
		`{"Null":{"k:k":"true"}}`:                                        reason.Allow,
		`{"NotIpAddress":{"k:k":"10.0.0.0/8"}}`:                          reason.Allow,
		`{"DateNotEquals":{"k:k":"2026-01-01"}}`:                         reason.Allow,
		`{"StringNotEquals":{"k:k":"v"},"StringEquals":{"k:other":"v"}}`: reason.ImplicitDeny,
	} {
		in := read(user())
		in.Identity = identity(t, when(allowRead, condition))
		in.Context = nil
		if d := iampolicy.Decide(in); d.Outcome != outcome {
			t.Errorf("%s: want %s\n%s", condition, outcome, d)
		}
	}
}

// TestDerivedKeys: what follows from the caller cannot be set by a request.
func TestDerivedKeys(t *testing.T) {
	forged := facts("aws:PrincipalArn", "forged", "aws:PrincipalAccount", "forged", "aws:PrincipalType", "forged", "aws:userid", "forged",
		"aws:username", "forged", "aws:FederatedProvider", "forged", "aws:PrincipalIsAWSService", "forged",
		"aws:PrincipalServiceName", "forged", "aws:ResourceAccount", "forged")
	withProvider := session(accountA)
	withProvider.Federated = providerARN
	for _, tc := range []struct {
		who  iampolicy.Principal
		want map[string]string // absent unless named
	}{
		{user(), map[string]string{
			"aws:PrincipalArn": userARN, "aws:PrincipalAccount": accountA, "aws:PrincipalType": "User",
			"aws:userid": userID, "aws:username": "ana", "aws:PrincipalIsAWSService": "false", "aws:ResourceAccount": accountA,
		}},
		{withProvider, map[string]string{
			"aws:PrincipalArn": roleARN, "aws:PrincipalAccount": accountA, "aws:PrincipalType": "AssumedRole",
			"aws:userid": roleID + ":one", "aws:FederatedProvider": providerARN, "aws:PrincipalIsAWSService": "false", "aws:ResourceAccount": accountA,
		}},
		{guest(), map[string]string{
			"aws:PrincipalArn": federatedA, "aws:PrincipalAccount": accountA, "aws:PrincipalType": "FederatedUser",
			"aws:userid": accountA + ":guest", "aws:PrincipalIsAWSService": "false", "aws:ResourceAccount": accountA,
		}},
		{root(), map[string]string{
			"aws:PrincipalArn": rootARN, "aws:PrincipalAccount": accountA, "aws:PrincipalType": "Account",
			"aws:userid": accountA, "aws:PrincipalIsAWSService": "false", "aws:ResourceAccount": accountA,
		}},
		{lambda(), map[string]string{"aws:PrincipalIsAWSService": "true", "aws:PrincipalServiceName": "lambda.amazonaws.com", "aws:ResourceAccount": accountA}},
		{webIdentity(), map[string]string{"aws:FederatedProvider": providerARN, "aws:PrincipalIsAWSService": "false", "aws:ResourceAccount": accountA}},
		{iampolicy.Principal{}, map[string]string{"aws:PrincipalType": "Anonymous", "aws:PrincipalIsAWSService": "false", "aws:ResourceAccount": accountA}},
	} {
		for _, key := range forged.Keys() {
			value, there := "", false
			for k, v := range tc.want {
				if strings.EqualFold(k, key) {
					value, there = v, true
				}
			}
			condition := `{"Null":{"` + key + `":"true"}}`
			if there {
				condition = `{"StringEquals":{"` + key + `":"` + value + `"}}`
			}
			in := read(tc.who)
			in.Context = forged
			in.ResourcePolicy = policy(t, iampolicy.Resource, when(grant(`"*"`), condition))
			want(t, in, reason.Allow)
		}
	}
}

// TestIncomplete: what is half known is refused, even where everything is allowed.
func TestIncomplete(t *testing.T) {
	for name, change := range map[string]func(in *iampolicy.Input){
		"no action":            func(in *iampolicy.Input) { in.Action = "" },
		"no service":           func(in *iampolicy.Input) { in.Action = ":x" },
		"no name":              func(in *iampolicy.Input) { in.Action = "s3:" },
		"no resource":          func(in *iampolicy.Input) { in.Resource = "" },
		"no such type":         func(in *iampolicy.Input) { in.Principal.Type = 99 },
		"nameless service":     func(in *iampolicy.Input) { in.Principal = iampolicy.Principal{Type: iampolicy.Service} },
		"nameless provider":    func(in *iampolicy.Input) { in.Principal = iampolicy.Principal{Type: iampolicy.WebIdentity} },
		"no account":           func(in *iampolicy.Input) { in.Principal.Account = name.AccountID{} },
		"another account":      func(in *iampolicy.Input) { in.Principal.Account = account(accountB) },
		"no ARN":               func(in *iampolicy.Input) { in.Principal.ARN = name.ARN{} },
		"no user id":           func(in *iampolicy.Input) { in.Principal.UserID = "" },
		"no unique id":         func(in *iampolicy.Input) { in.Principal.UniqueID = "" },
		"no role":              func(in *iampolicy.Input) { in.Principal.PrincipalARN = name.ARN{} },
		"role of another":      func(in *iampolicy.Input) { in.Principal.PrincipalARN = session(accountB).PrincipalARN },
		"identity unreadable":  func(in *iampolicy.Input) { in.Identity = append(in.Identity, iampolicy.Named{ID: "gone"}) },
		"boundary unreadable":  func(in *iampolicy.Input) { in.Boundary = &iampolicy.Named{} },
		"session unreadable":   func(in *iampolicy.Input) { in.Session = []iampolicy.Named{{}} },
		"resource unreadable":  func(in *iampolicy.Input) { in.ResourcePolicy = &iampolicy.Named{} },
		"scp unreadable":       func(in *iampolicy.Input) { in.SCPs = []iampolicy.Level{{iampolicy.Named{}}} },
		"rcp unreadable":       func(in *iampolicy.Input) { in.RCPs = []iampolicy.Level{{iampolicy.Named{}}} },
		"resource as identity": func(in *iampolicy.Input) { in.Identity = append(in.Identity, *in.ResourcePolicy) },
		"trust as resource":    func(in *iampolicy.Input) { in.ResourcePolicy = policy(t, iampolicy.Trust, trustAccount) },
		"scp as boundary":      func(in *iampolicy.Input) { in.Boundary = policy(t, iampolicy.SCP, allowAll) },
	} {
		in := read(session(accountA))
		in.Identity = identity(t, allowAll)
		in.ResourcePolicy = policy(t, iampolicy.Resource, grant(`"*"`))
		want(t, in, reason.Allow)
		change(&in)
		if d := iampolicy.Decide(in); d.Allowed() || len(d.Decisive) == 0 && d.Hint == "" {
			t.Errorf("%s:\n%s", name, d)
		}
	}
}

// TestExplanations: the words of decisions.
func TestExplanations(t *testing.T) {
	const asked = "s3:GetObject on " + book
	trusted := when(`{"Sid":"Repo","Effect":"Allow","Principal":{"Federated":"`+providerARN+`"},"Action":"sts:AssumeRoleWithWebIdentity"}`,
		`{"StringEquals":{"127.0.0.1:8443/t/v2.0:aud":"api","127.0.0.1:8443/t/v2.0:sub":"want-me"}}`)
	outside := assume(t, webIdentity(), trusted, trustAccount)
	outside.Context = facts("127.0.0.1:8443/t/v2.0:aud", "api", "127.0.0.1:8443/t/v2.0:sub", "have-me")

	bounded := read(user())
	bounded.Identity = identity(t, allowRead)
	bounded.Boundary = policy(t, iampolicy.Boundary, allowList, denyList())

	denied := read(user())
	denied.Identity = identity(t, allowAll, `{"Sid":"Stop","Effect":"Deny","Action":"s3:*","Resource":"*"}`)
	denied.ResourcePolicy = policy(t, iampolicy.Resource, `{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}`)

	roleOnly := read(session(accountA))
	roleOnly.ResourcePolicy = policy(t, iampolicy.Resource, grant(aws(roleARN)))
	roleOnly.Session = []iampolicy.Named{*policy(t, iampolicy.Session,
		`{"Effect":"Allow","NotAction":["s3:Get*","a:1","a:2","a:3"],"Resource":"*"}`,
		`{"Effect":"Allow","Action":"s3:*","Resource":["arn:aws:s3:::a/*","arn:aws:s3:::b/*"]}`)}

	accountOnly := read(user())
	accountOnly.ResourcePolicy = policy(t, iampolicy.Resource, grant(aws(accountA)))

	organized := read(root())
	organized.SCPs = []iampolicy.Level{{*policy(t, iampolicy.SCP, allowList)}}

	allowed := read(root())
	allowed.ResourcePolicy = policy(t, iampolicy.Resource, grant(aws(accountA)))

	unreadable := read(user())
	unreadable.Identity = []iampolicy.Named{{ID: "gone", Rev: 3}}

	for _, tc := range []struct {
		name string
		in   iampolicy.Input
		want reason.Decision
	}{
		{"nearest miss of a trust policy", outside, reason.Decision{
			Question: reason.Question{Principal: providerARN, Action: "sts:AssumeRoleWithWebIdentity", Resource: roleARN},
			Nearest: []reason.Clause{
				{
					Kind: "trust policy", Rule: "p:trust policy#Repo", Rev: 7, Met: 4,
					Text: `condition StringEquals 127.0.0.1:8443/t/v2.0:sub: have "have-me", want "want-me"`,
				},
				{Kind: "trust policy", Rule: "p:trust policy#2", Rev: 7, Text: "principal: have " + providerARN + ", want " + accountA},
			},
			Hint: "would need an allow of sts:AssumeRoleWithWebIdentity on " + roleARN + " from: the trust policy",
		}},
		{"boundary", bounded, reason.Decision{
			Nearest: []reason.Clause{{
				Kind: "permissions boundary", Rule: "p:permissions boundary#1", Rev: 7,
				Text: "action: have s3:GetObject, want s3:ListBucket",
			}},
			Hint: "would need an allow of " + asked + " from: the permissions boundary",
		}},
		{"denies", denied, reason.Decision{
			Outcome: reason.ExplicitDeny,
			Decisive: []reason.Clause{
				{Kind: "identity policy", Rule: "p:identity policy#Stop", Rev: 7, Text: "denies " + asked},
				{Kind: "resource policy", Rule: "p:resource policy#1", Rev: 7, Text: "denies " + asked},
			},
		}},
		{"role named, session policy shut", roleOnly, reason.Decision{
			Nearest: []reason.Clause{
				{
					Kind: "resource policy", Rule: "p:resource policy#1", Rev: 7, Met: 3,
					Text: "matches, but names the caller's role or user: a boundary and session policies must allow too",
				},
				{
					Kind: "session policy", Rule: "p:session policy#2", Rev: 7, Met: 1,
					Text: "resource: have " + book + ", want arn:aws:s3:::a/*, arn:aws:s3:::b/*",
				},
				{
					Kind: "session policy", Rule: "p:session policy#1", Rev: 7,
					Text: "action: have s3:GetObject, want anything but s3:Get*, a:1, a:2 and 1 more",
				},
			},
			Hint: "would need an allow of " + asked + " from: the session policy",
		}},
		{"account named, no identity policy", accountOnly, reason.Decision{
			Nearest: []reason.Clause{
				{
					Kind: "resource policy", Rule: "p:resource policy#1", Rev: 7, Met: 3,
					Text: "matches, but names the caller's account: an identity policy must allow too",
				},
				{Kind: "identity policy", Text: "no statement allows anything"},
			},
			Hint: "would need an allow of " + asked + " from: an identity policy of " + userARN,
		}},
		{"organization", organized, reason.Decision{
			Nearest: []reason.Clause{{
				Kind: "service control policy", Rule: "p:service control policy#1", Rev: 7,
				Text: "action: have s3:GetObject, want s3:ListBucket",
			}},
			Hint: "would need an allow of " + asked + " from: a service control policy of every level",
		}},
		{"allow", allowed, reason.Decision{
			Outcome: reason.Allow,
			Decisive: []reason.Clause{
				{Kind: "identity policy", Text: "the root user has every right in its account"},
				{Kind: "resource policy", Rule: "p:resource policy#1", Rev: 7, Text: "allows " + asked},
			},
		}},
		{"unreadable", unreadable, reason.Decision{
			Outcome: reason.ExplicitDeny,
			Decisive: []reason.Clause{{
				Kind: "identity policy", Rule: "gone", Rev: 3,
				Text: "denies everything: the policy is missing or of a kind that does not belong here",
			}},
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if tc.want.Question.Action == "" {
				tc.want.Question = reason.Question{Principal: tc.in.Principal.String(), Action: tc.in.Action, Resource: tc.in.Resource}
			}
			if diff := cmp.Diff(tc.want, iampolicy.Decide(tc.in)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func denyList() string { return `{"Effect":"Deny","Action":"s3:ListBucket","Resource":"*"}` }
