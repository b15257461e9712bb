package iampolicy_test

import (
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/iampolicy"
	"github.com/lanyard-id/lanyard/internal/reason"
)

// The vectors are situations in which some implementation gave the wrong answer, or which are documented traps. Each of the
// forty is here; where the trap is a door's to step over, the test here holds the engine to what the door builds on.

// A deny with StringNotEquals on a key that the request lacks applies.
func TestVector01DenyNotEqualsAbsent(t *testing.T) {
	in := read(user())
	in.Identity = identity(t, allowAll, when(denyRead, `{"StringNotEquals":{"aws:PrincipalTag/team":"red"}}`))
	want(t, in, reason.ExplicitDeny)
}

// An allow with StringNotEquals on an absent key matches.
func TestVector02AllowNotEqualsAbsent(t *testing.T) {
	in := read(user())
	in.Identity = identity(t, when(allowRead, `{"StringNotEquals":{"aws:PrincipalTag/team":"red"}}`))
	want(t, in, reason.Allow)
}

// ForAllValues holds for an absent key; a Null guard closes that.
func TestVector03ForAllValuesAbsent(t *testing.T) {
	in := read(user())
	in.Identity = identity(t, when(allowRead, `{"ForAllValues:StringEquals":{"aws:TagKeys":["a"]}}`))
	want(t, in, reason.Allow)
	in.Identity = identity(t, when(allowRead, `{"ForAllValues:StringEquals":{"aws:TagKeys":["a"]},"Null":{"aws:TagKeys":"false"}}`))
	want(t, in, reason.ImplicitDeny)
}

// ForAnyValue does not hold for an absent key.
func TestVector04ForAnyValueAbsent(t *testing.T) {
	in := read(user())
	in.Identity = identity(t, when(allowRead, `{"ForAnyValue:StringEquals":{"aws:TagKeys":["a"]}}`))
	want(t, in, reason.ImplicitDeny)
}

// The second statement of a trust policy counts when the first names somebody else.
func TestVector05SecondTrustStatement(t *testing.T) {
	other := strings.Replace(userARN, "ana", "bob", 1)
	in := assume(t, user(),
		`{"Effect":"Allow","Principal":{"AWS":"`+other+`"},"Action":"sts:AssumeRole"}`,
		`{"Effect":"Allow","Principal":{"AWS":"`+userARN+`"},"Action":"sts:AssumeRole"}`)
	want(t, in, reason.Allow)
}

// A trust policy with nothing but a deny denies, although the statement has no Resource.
func TestVector06TrustDenyOnly(t *testing.T) {
	in := assume(t, user(), `{"Effect":"Deny","Principal":{"AWS":"`+userARN+`"},"Action":"sts:AssumeRole"}`)
	in.Identity = identity(t, allowAll)
	want(t, in, reason.ExplicitDeny)
}

// An unknown operator is refused when the policy is saved, and a condition that does not hold does not grant.
func TestVector07Operators(t *testing.T) {
	_ = refused(t, iampolicy.Identity, document(when(allowRead, `{"IpAdress":{"aws:SourceIp":"10.0.0.0/8"}}`)), "Invalid Condition type : IpAdress")
	in := read(user())
	in.Identity = identity(t, when(allowRead, `{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}`))
	in.Context = facts("aws:SourceIp", "192.0.2.1")
	want(t, in, reason.ImplicitDeny)
}

// A role that is missing has no trust policy, and is refused with the outcome of one that does not trust the caller. That
// both look alike on the wire is for the door of STS.
func TestVector08MissingRole(t *testing.T) {
	in := assume(t, user(), trustAccount)
	in.ResourcePolicy = nil
	in.Identity = identity(t, allowAll)
	want(t, in, reason.ImplicitDeny)
	in.ResourcePolicy = policy(t, iampolicy.Trust, `{"Effect":"Allow","Principal":{"AWS":"`+accountB+`"},"Action":"sts:AssumeRole"}`)
	want(t, in, reason.ImplicitDeny)
}

// A session policy and the role's policies intersect.
func TestVector09SessionIntersection(t *testing.T) {
	in := read(session(accountA))
	in.Identity = identity(t, allowRead)
	in.Session = []iampolicy.Named{*policy(t, iampolicy.Session, `{"Effect":"Allow","Action":"s3:*","Resource":"*"}`)}
	want(t, in, reason.Allow)
	in.Action = "s3:PutObject"
	want(t, in, reason.ImplicitDeny)
}

// What a session was restricted to also stands in the way of a new credential, whether of another role that trusts its
// role or of a user of its own account.
func TestVector10RestrictedSessionMakesNone(t *testing.T) {
	restricted := []iampolicy.Named{*policy(t, iampolicy.Session, allowRead)}
	in := assume(t, session(accountA), `{"Effect":"Allow","Principal":{"AWS":"`+roleARN+`"},"Action":"sts:AssumeRole"}`)
	in.Identity = identity(t, allowAll)
	want(t, in, reason.Allow)
	in.Session = restricted
	want(t, in, reason.ImplicitDeny)
	for action, resource := range map[string]string{"iam:CreateAccessKey": userARN, "sts:GetFederationToken": federatedA} {
		in := read(session(accountA))
		in.Action, in.Resource, in.Identity = action, resource, identity(t, allowAll)
		want(t, in, reason.Allow)
		in.Session = restricted
		want(t, in, reason.ImplicitDeny)
	}
}

// A resource policy that names the session goes past the session policy; one that names the role does not.
func TestVector11ResourcePolicyAndSessionPolicy(t *testing.T) {
	in := read(session(accountA))
	in.Session = []iampolicy.Named{*policy(t, iampolicy.Session, allowList)}
	in.ResourcePolicy = policy(t, iampolicy.Resource, grant(aws(sessionARN)))
	want(t, in, reason.Allow)
	in.ResourcePolicy = policy(t, iampolicy.Resource, grant(aws(roleARN)))
	want(t, in, reason.ImplicitDeny)
}

// A bucket policy's deny beats role and session.
func TestVector12BucketDeny(t *testing.T) {
	in := read(session(accountA))
	in.Identity = identity(t, allowAll)
	in.Session = []iampolicy.Named{*policy(t, iampolicy.Session, allowAll)}
	in.ResourcePolicy = policy(t, iampolicy.Resource,
		`{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::shelf/*"}`)
	want(t, in, reason.ExplicitDeny)
}

// A boundary limits what a resource policy gives to the role, but not what it gives to the session.
func TestVector13Boundary(t *testing.T) {
	in := read(session(accountA))
	in.Boundary = policy(t, iampolicy.Boundary, allowList)
	in.ResourcePolicy = policy(t, iampolicy.Resource, grant(aws(roleARN)))
	want(t, in, reason.ImplicitDeny)
	in.ResourcePolicy = policy(t, iampolicy.Resource, grant(aws(sessionARN)))
	want(t, in, reason.Allow)
}

// Naming the account delegates and grants nothing by itself.
func TestVector14AccountDelegates(t *testing.T) {
	in := read(session(accountA))
	in.ResourcePolicy = policy(t, iampolicy.Resource, grant(aws(rootARN)))
	want(t, in, reason.ImplicitDeny)
	in.Identity = identity(t, allowRead)
	want(t, in, reason.Allow)
}

// Across accounts both sides must allow.
func TestVector15CrossAccount(t *testing.T) {
	in := read(session(accountB))
	roleB := strings.Replace(roleARN, accountA, accountB, 1)
	in.ResourcePolicy = policy(t, iampolicy.Resource, grant(aws(roleB)))
	want(t, in, reason.ImplicitDeny)
	in.Identity = identity(t, allowRead)
	want(t, in, reason.Allow)
	in.ResourcePolicy = nil
	want(t, in, reason.ImplicitDeny)
}

// NotAction with Allow leaves out and does not deny.
func TestVector16NotActionAllow(t *testing.T) {
	in := read(user())
	in.Action, in.Resource = "iam:GetRole", roleARN
	notIAM := `{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}`
	in.Identity = identity(t, notIAM)
	want(t, in, reason.ImplicitDeny)
	in.Identity = identity(t, notIAM, `{"Effect":"Allow","Action":"iam:GetRole","Resource":"*"}`)
	want(t, in, reason.Allow)
}

func TestVector17NotPrincipalInTrust(t *testing.T) {
	_ = refused(t, iampolicy.Trust, document(`{"Effect":"Deny","NotPrincipal":{"AWS":"`+userARN+`"},"Action":"sts:AssumeRole"}`),
		"Has prohibited field NotPrincipal")
}

func TestVector18WildcardPrincipal(t *testing.T) {
	_ = refused(t, iampolicy.Trust, document(`{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::`+accountA+`:role/*"},"Action":"sts:AssumeRole"}`),
		`Invalid principal in policy: "AWS":"arn:aws:iam::`+accountA+`:role/*"`)
	for _, star := range []string{`"*"`, `{"AWS":"*"}`, `{"AWS":["*"]}`} {
		in := assume(t, user(), `{"Effect":"Allow","Principal":`+star+`,"Action":"sts:AssumeRole"}`)
		want(t, in, reason.Allow)
	}
}

// A role that was made again under the same name is not the one that the policies named.
func TestVector19RecreatedRole(t *testing.T) {
	saved, err := policy(t, iampolicy.Trust, `{"Effect":"Allow","Principal":{"AWS":"`+roleARN+`"},"Action":"sts:AssumeRole"}`).
		Policy.Rewrite(func(_, value string) (string, error) { return map[string]string{roleARN: roleID}[value], nil })
	if err != nil {
		t.Fatal(err)
	}
	in := assume(t, session(accountA), trustAccount)
	in.ResourcePolicy = &iampolicy.Named{ID: "trust", Policy: parse(t, iampolicy.Trust, string(saved))}
	want(t, in, reason.Allow)
	in.Principal.UniqueID = "AROANEWNEWNEWNEWNEWNE"
	want(t, in, reason.ImplicitDeny)
}

// Keys ignore case, so a session tag in another case takes the place of the role's. That an inherited transitive tag is
// refused is for the door of STS.
func TestVector20TagCase(t *testing.T) {
	in := read(session(accountA))
	in.Identity = identity(t, when(allowRead, `{"StringEquals":{"aws:PrincipalTag/Team":"blue"}}`))
	f := facts("aws:PrincipalTag/Team", "red")
	in.Context = f
	want(t, in, reason.ImplicitDeny)
	f.Set("aws:principaltag/TEAM", "blue")
	want(t, in, reason.Allow)
	f.Set("aws:PrincipalTag/team", "red")
	want(t, in, reason.ImplicitDeny)
}

// Tags need sts:TagSession in the trust policy; a door asks for it as an action of its own.
func TestVector21TagSession(t *testing.T) {
	only := `{"Effect":"Allow","Principal":{"AWS":"` + userARN + `"},"Action":"sts:AssumeRole"}`
	in := assume(t, user(), only)
	in.Action = "sts:TagSession"
	want(t, in, reason.ImplicitDeny)
	in.ResourcePolicy = policy(t, iampolicy.Trust, strings.Replace(only, `"sts:AssumeRole"`, `["sts:AssumeRole","sts:TagSession"]`, 1))
	want(t, in, reason.Allow)
}

// A tag whose value is a star matches a literal star only.
func TestVector22TagValueStar(t *testing.T) {
	in := read(user())
	in.Identity = identity(t, `{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::shelf/${aws:PrincipalTag/team}"}`)
	in.Context = facts("aws:PrincipalTag/team", "*")
	want(t, in, reason.ImplicitDeny)
	in.Resource = "arn:aws:s3:::shelf/*"
	want(t, in, reason.Allow)
}

// Under the old version ${...} is plain text.
func TestVector23OldVersion(t *testing.T) {
	const statement = `{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::shelf/${aws:username}"}`
	for _, doc := range []string{`{"Version":"2008-10-17","Statement":` + statement + `}`, `{"Statement":` + statement + `}`} {
		in := read(user())
		in.Identity = []iampolicy.Named{{ID: "old", Policy: parse(t, iampolicy.Identity, doc)}}
		in.Resource = "arn:aws:s3:::shelf/ana"
		want(t, in, reason.ImplicitDeny)
		in.Resource = "arn:aws:s3:::shelf/${aws:username}"
		want(t, in, reason.Allow)
	}
}

// A variable without a value in Resource makes a statement match nothing, also a deny.
func TestVector24AbsentVariable(t *testing.T) {
	in := read(user())
	const rest = `"Action":"s3:GetObject","Resource":"arn:aws:s3:::shelf/${aws:PrincipalTag/x}*"}`
	in.Identity = identity(t, `{"Effect":"Allow",`+rest)
	want(t, in, reason.ImplicitDeny)
	in.Identity = identity(t, allowRead, `{"Effect":"Deny",`+rest)
	want(t, in, reason.Allow)
	in.Context = facts("aws:PrincipalTag/x", "book")
	want(t, in, reason.ExplicitDeny)
}

// A wildcard of ArnLike does not reach over a colon, one of StringLike does.
func TestVector25ArnLike(t *testing.T) {
	for operator, outcome := range map[string]reason.Outcome{"ArnLike": reason.ImplicitDeny, "ArnEquals": reason.ImplicitDeny, "StringLike": reason.Allow} {
		in := read(user())
		in.Identity = identity(t, when(allowRead, `{"`+operator+`":{"aws:SourceArn":"arn:aws:s:*:1:finance/*"}}`))
		in.Context = facts("aws:SourceArn", "arn:aws:s:r:x:1:finance/a")
		want(t, in, outcome)
		in.Context = facts("aws:SourceArn", "arn:aws:s:r:1:finance/a")
		want(t, in, reason.Allow)
	}
}

// Addresses of both families; an absent one is not in any block.
func TestVector26Addresses(t *testing.T) {
	_ = refused(t, iampolicy.Identity, document(when(allowRead, `{"IpAddress":{"aws:SourceIp":"2001:db8::1"}}`)), "not an address block")
	for _, tc := range []struct {
		operator, block, addr string
		outcome               reason.Outcome
	}{
		{"IpAddress", "2001:db8::/32", "2001:db8::5", reason.Allow},
		{"IpAddress", "192.0.2.1", "192.0.2.1", reason.Allow},
		{"IpAddress", "192.0.2.0/24", "::ffff:192.0.2.1", reason.Allow},
		{"IpAddress", "0.0.0.0/0", "2001:db8::5", reason.ImplicitDeny},
		{"IpAddress", "0.0.0.0/0", "", reason.ImplicitDeny},
		{"NotIpAddress", "0.0.0.0/0", "", reason.Allow},
	} {
		in := read(user())
		in.Identity = identity(t, when(allowRead, `{"`+tc.operator+`":{"aws:SourceIp":"`+tc.block+`"}}`))
		if tc.addr != "" {
			in.Context = facts("aws:SourceIp", tc.addr)
		}
		want(t, in, tc.outcome)
	}
}

// A deny of what did not come over TLS reads what the door saw: what it did not see is absent, and Bool then does not hold.
func TestVector27SecureTransport(t *testing.T) {
	in := read(user())
	in.Identity = identity(t, allowRead, when(denyRead, `{"Bool":{"aws:SecureTransport":"false"}}`))
	for value, outcome := range map[string]reason.Outcome{"false": reason.ExplicitDeny, "true": reason.Allow} {
		in.Context = facts("aws:SecureTransport", value)
		want(t, in, outcome)
	}
	in.Context = facts()
	want(t, in, reason.Allow)
	in.Identity = identity(t, allowRead, when(denyRead, `{"BoolIfExists":{"aws:SecureTransport":"false"}}`))
	want(t, in, reason.ExplicitDeny)
}

// Null with strings and with booleans.
func TestVector28Null(t *testing.T) {
	for value, outcome := range map[string][2]reason.Outcome{
		`"true"`: {reason.Allow, reason.ImplicitDeny}, `true`: {reason.Allow, reason.ImplicitDeny},
		`"false"`: {reason.ImplicitDeny, reason.Allow}, `false`: {reason.ImplicitDeny, reason.Allow},
	} {
		in := read(user())
		in.Identity = identity(t, when(allowRead, `{"Null":{"aws:TokenIssueTime":`+value+`}}`))
		want(t, in, outcome[0])
		in.Context = facts("aws:TokenIssueTime", "2026-01-01T00:00:00Z")
		want(t, in, outcome[1])
	}
}

// Numbers compare as numbers.
func TestVector29Numbers(t *testing.T) {
	in := read(user())
	in.Identity = identity(t, when(allowRead, `{"NumericGreaterThan":{"s3:max-keys":9}}`))
	for have, outcome := range map[string]reason.Outcome{"10": reason.Allow, "9": reason.ImplicitDeny, "ten": reason.ImplicitDeny} {
		in.Context = facts("s3:max-keys", have)
		want(t, in, outcome)
	}
}

// Dates are ISO 8601 or seconds since 1970.
func TestVector30Dates(t *testing.T) {
	for _, limit := range []string{`"2026-01-01T00:00:00Z"`, `"1767225600"`, `1767225600`} {
		in := read(user())
		in.Identity = identity(t, when(allowRead, `{"DateLessThan":{"aws:CurrentTime":`+limit+`}}`))
		for now, outcome := range map[string]reason.Outcome{
			"2025-12-31T23:59:59Z": reason.Allow, "1767225599": reason.Allow, "2026-01-01T00:00:00Z": reason.ImplicitDeny, "1767225600": reason.ImplicitDeny,
		} {
			in.Context = facts("aws:CurrentTime", now)
			want(t, in, outcome)
		}
	}
}

// A star in StringEquals is a star; the explanation says so.
func TestVector31StarInStringEquals(t *testing.T) {
	in := assume(t, webIdentity(), when(`{"Effect":"Allow","Principal":{"Federated":"`+providerARN+`"},"Action":"sts:AssumeRoleWithWebIdentity"}`,
		`{"StringEquals":{"sts.example/t/:sub":"repo:acme/*"}}`))
	in.Context = facts("sts.example/t/:sub", "repo:acme/app")
	if d := want(t, in, reason.ImplicitDeny); len(d.Nearest) != 1 || !strings.Contains(d.Nearest[0].Text, "StringLike takes them as wildcards") {
		t.Errorf("no hint at StringLike:\n%s", d)
	}
	in.Context = facts("sts.example/t/:sub", "repo:acme/*")
	want(t, in, reason.Allow)
}

// A policy that denies GetCallerIdentity denies it here like anything else: that everybody may ask who they are is because
// the door of STS never asks.
func TestVector32GetCallerIdentity(t *testing.T) {
	in := read(user())
	in.Action, in.Resource = "sts:GetCallerIdentity", "*"
	in.Identity = identity(t, allowAll, `{"Effect":"Deny","Action":"sts:GetCallerIdentity","Resource":"*"}`)
	want(t, in, reason.ExplicitDeny)
}

// How long a session may last is the door's to hold; a policy can ask about it with sts:DurationSeconds.
func TestVector33Duration(t *testing.T) {
	in := assume(t, user(), when(`{"Effect":"Allow","Principal":{"AWS":"`+userARN+`"},"Action":"sts:AssumeRole"}`,
		`{"NumericLessThanEquals":{"sts:DurationSeconds":"3600"}}`))
	for seconds, outcome := range map[string]reason.Outcome{"3600": reason.Allow, "900": reason.Allow, "3601": reason.ImplicitDeny} {
		in.Context = facts("sts:DurationSeconds", seconds)
		want(t, in, outcome)
	}
}

// Whether a missing object is told from a forbidden one hangs on ListBucket of the bucket, which GetObject of the object
// does not give.
func TestVector34ListingIsItsOwnRight(t *testing.T) {
	in := read(session(accountA))
	in.Identity = identity(t, `{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::shelf/*"}`)
	want(t, in, reason.Allow)
	in.Action, in.Resource = "s3:ListBucket", "arn:aws:s3:::shelf"
	want(t, in, reason.ImplicitDeny)
	in.Identity = identity(t, `{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::shelf/*"}`)
	want(t, in, reason.ImplicitDeny)
}

// A missing prefix is an absent key.
func TestVector35AbsentPrefix(t *testing.T) {
	in := read(user())
	in.Action, in.Resource = "s3:ListBucket", "arn:aws:s3:::shelf"
	in.Identity = identity(t, when(allowList, `{"StringLike":{"s3:prefix":"*"}}`))
	want(t, in, reason.ImplicitDeny)
	in.Context = facts("s3:prefix", "")
	want(t, in, reason.Allow)
	in.Identity = identity(t, when(allowList, `{"StringLikeIfExists":{"s3:prefix":"home/*"}}`))
	want(t, in, reason.ImplicitDeny)
	in.Context = facts()
	want(t, in, reason.Allow)
}

// The case of an action does not matter, that of a resource does.
func TestVector36Case(t *testing.T) {
	in := read(user())
	in.Identity = identity(t, `{"Effect":"Allow","Action":"S3:getOBJECT","Resource":"arn:aws:s3:::shelf/*"}`)
	in.Action = "s3:GETobject"
	want(t, in, reason.Allow)
	in.Resource = "arn:aws:s3:::Shelf/book"
	want(t, in, reason.ImplicitDeny)
}

// Sessions from before a point in time are revoked by a deny.
func TestVector37RevokeOlderSessions(t *testing.T) {
	in := read(session(accountA))
	in.Identity = identity(t, allowRead, when(denyRead, `{"DateLessThan":{"aws:TokenIssueTime":"2026-01-01T00:00:00Z"}}`))
	in.Context = facts("aws:TokenIssueTime", "2025-12-31T23:59:59Z")
	want(t, in, reason.ExplicitDeny)
	in.Context = facts("aws:TokenIssueTime", "2026-01-01T00:00:01Z")
	want(t, in, reason.Allow)
	in.Context = facts() // a long-term key has no issue time
	want(t, in, reason.Allow)
}

// All values of an aud array are there.
func TestVector38AudienceArray(t *testing.T) {
	in := assume(t, webIdentity(), when(`{"Effect":"Allow","Principal":{"Federated":"`+providerARN+`"},"Action":"sts:AssumeRoleWithWebIdentity"}`,
		`{"StringEquals":{"sts.example/t/:aud":"api://two"}}`))
	f := facts()
	f.Set("sts.example/t/:aud", "api://one", "api://two")
	in.Context = f
	want(t, in, reason.Allow)
	f.Set("sts.example/t/:aud", "api://one")
	want(t, in, reason.ImplicitDeny)
}

// Keys of two issuers, one a prefix of the other, are two keys.
func TestVector39IssuerPrefix(t *testing.T) {
	in := assume(t, webIdentity(), when(`{"Effect":"Allow","Principal":{"Federated":"`+providerARN+`"},"Action":"sts:AssumeRoleWithWebIdentity"}`,
		`{"StringEquals":{"sts.example/t/:sub":"s"}}`))
	for _, key := range []string{"sts.example/t:sub", "sts.example/t/b:sub", "sts.example/t//:sub"} {
		in.Context = facts(key, "s")
		want(t, in, reason.ImplicitDeny)
	}
	in.Context = facts("STS.example/t/:SUB", "s")
	want(t, in, reason.Allow)
	in.Principal.Federated = strings.TrimSuffix(providerARN, "/")
	want(t, in, reason.ImplicitDeny)
}

// What a simulator asks about sts:AssumeRole is decided with the trust policy.
func TestVector40SimulatorHonoursTrust(t *testing.T) {
	in := assume(t, session(accountB), trustAccount)
	in.Identity = identity(t, allowAll)
	want(t, in, reason.ImplicitDeny)
	in = assume(t, session(accountA), trustAccount)
	want(t, in, reason.ImplicitDeny)
	in.Identity = identity(t, allowAll)
	want(t, in, reason.Allow)
	in.ResourcePolicy = nil
	want(t, in, reason.ImplicitDeny)
}
