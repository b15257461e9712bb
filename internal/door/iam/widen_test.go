package iam_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/credential"
	"github.com/lanyard-id/lanyard/internal/door/doortest"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// wild makes random worlds and random calls in them.
type wild struct{ *rand.Rand }

func (r wild) one(list ...string) string { return list[r.IntN(len(list))] }

func (r wild) some(list ...string) []string {
	var out []string
	for _, s := range list {
		if r.IntN(2) == 0 {
			out = append(out, `"`+s+`"`)
		}
	}
	if len(out) == 0 {
		out = []string{`"` + list[0] + `"`}
	}
	return out
}

// statement is one of an identity policy.
func (r wild) statement() string {
	effect, condition := "Allow", ""
	if r.IntN(5) == 0 {
		effect = "Deny"
	}
	if r.IntN(4) == 0 {
		condition = `,"Condition":{"StringEquals":{"aws:PrincipalTag/team":"` + r.one("gold", "tin") + `"}}`
	}
	actions := r.some("s3:GetObject", "s3:Get*", "s3:PutObject", "s3:*", "sts:AssumeRole", "iam:PutRolePolicy")
	resources := r.some("arn:aws:s3:::photos/*", "arn:aws:s3:::photos/a", "arn:aws:s3:::photos*", "arn:aws:s3:::byname/*", "arn:aws:iam::"+doortest.Main().String()+":role/*", "*")
	return fmt.Sprintf(`{"Effect":"%s","Action":[%s],"Resource":[%s]%s}`, effect, strings.Join(actions, ","), strings.Join(resources, ","), condition)
}

func (r wild) document() string {
	list := []string{r.statement()}
	for r.IntN(3) == 0 {
		list = append(list, r.statement())
	}
	return `{"Version":"2012-10-17","Statement":[` + strings.Join(list, ",") + `]}`
}

func trusting(who string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":` + who + `,"Action":"sts:AssumeRole"}]}`
}

func (r wild) trust() string {
	return trusting(r.one(`{"AWS":"`+doortest.RoleARN("me")+`"}`, `{"AWS":"`+doortest.Main().String()+`"}`, `"*"`, `{"Service":"lambda.amazonaws.com"}`))
}

// givers are the actions by which rights are given and taken.
func givers() []string {
	return []string{
		"CreateRole", "DeleteRole", "PutRolePolicy", "DeleteRolePolicy", "AttachRolePolicy", "DetachRolePolicy", "TagRole", "UntagRole",
		"UpdateAssumeRolePolicy", "PutRolePermissionsBoundary", "DeleteRolePermissionsBoundary", "CreatePolicy", "CreatePolicyVersion",
		"SetDefaultPolicyVersion", "DeletePolicy", "DeletePolicyVersion", "UpdateRole", "TagPolicy", "UntagPolicy",
		"CreateSAMLProvider", "UpdateSAMLProvider", "DeleteSAMLProvider",
		"CreateUser", "CreateGroup", "CreateAccessKey", "UpdateAccessKey", "AddUserToGroup", "RemoveUserFromGroup", "PutUserPolicy", "DeleteUserPolicy",
		"PutGroupPolicy", "DeleteGroupPolicy", "AttachUserPolicy", "DetachUserPolicy", "AttachGroupPolicy", "DetachGroupPolicy", "TagUser", "UntagUser",
		"UpdateUser", "PutUserPermissionsBoundary", "DeleteUserPermissionsBoundary",
	}
}

// records are the caller "me", who may do some of what gives rights and has some itself, and what it could be tempted by.
func (r wild) records(t *testing.T) []view.Record {
	var may []string
	for _, a := range givers() {
		if r.IntN(4) > 0 {
			may = append(may, `"iam:`+a+`"`)
		}
	}
	may = append(may, `"iam:GetRole"`)
	me := role(50, "me", `{"Effect":"Allow","Action":[`+strings.Join(may, ",")+`],"Resource":"*"},`+r.statement()+`,`+r.statement())
	bounded := policyARN("bounding")
	arn, err := name.ParseARN(bounded)
	if err != nil {
		panic(err)
	}
	if r.IntN(3) == 0 {
		me.Boundary = arn
	}
	me.Tags = map[string]string{"team": "tin"}
	victim := role(51, "victim", `{"Effect":"Allow","Action":"s3:*","Resource":"*"}`)
	victim.Trust = lambdaTrust
	golden := role(52, "golden", `{"Effect":"Allow","Action":"s3:*","Resource":"*"}`)
	golden.Trust = strings.Replace(trusting(`{"AWS":"`+doortest.Main().String()+`"}`), `"Action"`, `"Condition":{"StringEquals":{"aws:PrincipalTag/team":"gold"}},"Action"`, 1)
	held := role(53, "held", `{"Effect":"Allow","Action":"s3:*","Resource":"*"},{"Effect":"Deny","Action":"s3:PutObject","Resource":"*"}`)
	held.Boundary = arn
	byname := role(54, "bynamed", `{"Effect":"Allow","Action":"s3:*","Resource":"*"}`)
	byname.Trust = trusting(`{"AWS":"arn:aws:sts::` + doortest.Main().String() + `:assumed-role/r1/x"}`)
	signed, unknown := role(56, "signed", `{"Effect":"Allow","Action":"s3:*","Resource":"*"}`), role(57, "unknown", `{"Effect":"Allow","Action":"s3:*","Resource":"*"}`)
	signed.Trust, unknown.Trust = trustsSAML("corp"), trustsSAML("other")
	policy := func(called, doc string) *view.Policy {
		arn, err := name.ParseARN(policyARN(called))
		if err != nil {
			panic(err)
		}
		return &view.Policy{ARN: arn, UniqueID: "ANPA" + called, Path: "/", Name: called, Document: doc, Created: doortest.Start()}
	}
	bucket := func(called, condition string) *view.Bucket {
		return &view.Bucket{
			Name: called, Account: doortest.Main(), UID: doortest.GUID(0x999), Region: "us-east-2", Created: doortest.Start(),
			Policy: `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::` + called + `/*","Condition":` + condition + `}}`,
		}
	}
	return append(users(arn), []view.Record{
		me, victim, golden, held, byname, signed, unknown, corp(t), policy("bounding", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:Get*","iam:*","sts:*"],"Resource":"*"}]}`),
		policy("p0", r.document()), bucket("looks", `{"StringEquals":{"aws:PrincipalTag/team":"gold"}}`),
		bucket("byname", `{"ArnEquals":{"aws:PrincipalArn":["`+doortest.RoleARN("r1")+`","`+userARN("u1")+`"]}}`),
	}...)
}

func userARN(called string) string {
	return "arn:aws:iam::" + doortest.Main().String() + ":user/" + called
}

// sleeping is an access key of the user "strong" that is switched off.
const sleeping = "AKIASTRONGSTRONG0000"

// users are one that is strong by its group and whose key sleeps, and one that is held by a group and whose key is at work.
func users(bounding name.ARN) []view.Record {
	user := func(n int, called string) *view.User {
		arn, err := name.ParseARN(userARN(called))
		if err != nil {
			panic(err)
		}
		return &view.User{ARN: arn, UniqueID: fmt.Sprintf("AIDAEXAMPLE%05d", n), Path: "/", Name: called, Created: doortest.Start()}
	}
	group := func(n int, called, statement string) *view.UserGroup {
		arn, err := name.ParseARN("arn:aws:iam::" + doortest.Main().String() + ":group/" + called)
		if err != nil {
			panic(err)
		}
		return &view.UserGroup{
			ARN: arn, UniqueID: fmt.Sprintf("AGPAEXAMPLE%05d", n), Path: "/", Name: called, Created: doortest.Start(),
			Inline: map[string]string{"rights": `{"Version":"2012-10-17","Statement":[` + statement + `]}`},
		}
	}
	strong, helper := user(1, "strong"), user(2, "helper")
	strongs, helds := group(1, "strongs", `{"Effect":"Allow","Action":"s3:*","Resource":"*"}`), group(2, "helds", `{"Effect":"Deny","Action":"s3:PutObject","Resource":"*"}`)
	strong.Groups, helper.Groups = []string{strongs.UniqueID}, []string{helds.UniqueID}
	helper.Tags, helper.Boundary = view.Tags{"team": "tin"}, bounding
	helper.Inline = map[string]string{"rights": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:*","sts:AssumeRole"],"Resource":"*"}]}`}
	end := doortest.Start().AddDate(1, 0, 0)
	return []view.Record{
		strong, helper, strongs, helds,
		&view.AccessKey{ID: sleeping, Account: doortest.Main(), User: strong.UniqueID, Inactive: true, Expires: end},
		&view.AccessKey{ID: "AKIAHELPERHELPER0000", Account: doortest.Main(), User: helper.UniqueID, Expires: end},
	}
}

// userCall is a random call about users and groups.
func (r wild) userCall(action string) []string {
	who, group := []string{"UserName", r.one("strong", "helper", "u1")}, []string{"GroupName", r.one("strongs", "helds", "g1")}
	policy := []string{"PolicyArn", policyARN(r.one("bounding", "p0", "p1"))}
	if strings.Contains(action, "Group") && !strings.Contains(action, "User") {
		who = group
	}
	switch action {
	case "UpdateAccessKey":
		return []string{"UserName", "strong", "AccessKeyId", sleeping, "Status", r.one("Active", "Inactive")}
	case "AddUserToGroup", "RemoveUserFromGroup":
		return append(who, group...)
	case "PutUserPolicy", "PutGroupPolicy":
		return append(who, "PolicyName", r.one("rights", "more"), "PolicyDocument", r.document())
	case "DeleteUserPolicy", "DeleteGroupPolicy":
		return append(who, "PolicyName", r.one("rights", "more"))
	case "AttachUserPolicy", "DetachUserPolicy", "AttachGroupPolicy", "DetachGroupPolicy":
		return append(who, policy...)
	case "CreateUser", "TagUser":
		return append(who, "Tags.member.1.Key", "team", "Tags.member.1.Value", r.one("gold", "tin"))
	case "UntagUser":
		return append(who, "TagKeys.member.1", "team")
	case "UpdateUser":
		return append(who, "NewUserName", r.one("helper", "u1"))
	case "PutUserPermissionsBoundary":
		return append(who, "PermissionsBoundary", policy[1])
	}
	return who
}

// signers yields the users that somebody can sign as.
func signers(v *view.View) (list []*view.User) {
	for u := range v.Users(doortest.Main()) {
		for k := range v.AccessKeys(u.UniqueID) {
			if !k.Inactive {
				list = append(list, u)
			}
		}
	}
	return list
}

// call is a random call.
func (r wild) call(t *testing.T) (action string, pairs []string) {
	action = r.one(givers()...)
	who := []string{"RoleName", r.one("me", "victim", "golden", "held", "bynamed", "r1", "r2")}
	policy := []string{"PolicyArn", policyARN(r.one("bounding", "p0", "p1"))}
	switch action {
	case "CreateRole":
		pairs = append(who, "AssumeRolePolicyDocument", r.trust())
		if r.IntN(3) == 0 {
			pairs = append(pairs, "Tags.member.1.Key", "team", "Tags.member.1.Value", "gold")
		}
	case "PutRolePolicy":
		pairs = append(who, "PolicyName", r.one("rights", "more"), "PolicyDocument", r.document())
	case "DeleteRolePolicy":
		pairs = append(who, "PolicyName", r.one("rights", "more"))
	case "AttachRolePolicy", "DetachRolePolicy":
		pairs = append(who, policy...)
	case "TagRole":
		pairs = append(who, "Tags.member.1.Key", "team", "Tags.member.1.Value", r.one("gold", "tin"))
	case "UntagRole":
		pairs = append(who, "TagKeys.member.1", "team")
	case "UpdateAssumeRolePolicy":
		pairs = append(who, "PolicyDocument", r.trust())
	case "PutRolePermissionsBoundary":
		pairs = append(who, "PermissionsBoundary", policy[1])
	case "CreatePolicy":
		pairs = []string{"PolicyName", "p1", "PolicyDocument", r.document()}
	case "CreatePolicyVersion":
		pairs = append(policy, "PolicyDocument", r.document(), "SetAsDefault", r.one("true", "false"))
	case "SetDefaultPolicyVersion", "DeletePolicyVersion":
		pairs = append(policy, "VersionId", r.one("v1", "v2", "v3"))
	case "TagPolicy":
		pairs = append(policy, "Tags.member.1.Key", "team", "Tags.member.1.Value", "gold")
	case "UntagPolicy":
		pairs = append(policy, "TagKeys.member.1", "team")
	case "CreateSAMLProvider":
		pairs = []string{"Name", r.one("corp", "other"), "SAMLMetadataDocument", metadata(t, "mine")}
	case "UpdateSAMLProvider":
		pairs = []string{"SAMLProviderArn", samlARN(r.one("corp", "other")), "SAMLMetadataDocument", metadata(t, r.one("mine", "first"))}
	case "DeleteSAMLProvider":
		pairs = []string{"SAMLProviderArn", samlARN(r.one("corp", "other"))}
	case "DeletePolicy":
		pairs = policy
	default:
		pairs = who
		if strings.Contains(action, "User") || strings.Contains(action, "Group") || strings.Contains(action, "AccessKey") {
			pairs = r.userCall(action)
		}
	}
	return action, pairs
}

// rights lists what a caller may do, as itself, as whom a SAML provider of its own lets in, as every user of whom there is a
// key at work, and as every role that these may
// assume, one after the other.
func rights(w *doortest.World, v *view.View) (list []string) {
	me, ok := v.RoleNamed(doortest.Main(), "me")
	if !ok {
		return nil
	}
	seen, next := map[string]bool{}, append(signedInto(w, v), me)
	for _, u := range signers(v) {
		list = append(list, may(v, access.AheadRequest{User: u, Now: w.Now()})...)
		session := &credential.Session{
			Account: doortest.Main(), Kind: credential.UserKey, User: credential.SessionUser{ID: u.UniqueID, ARN: u.ARN}, Issued: w.Now(),
		}
		next = append(next, assumable(w, v, session, nil)...)
	}
	for len(next) > 0 {
		r := next[0]
		next = next[1:]
		if seen[r.UniqueID] {
			continue
		}
		seen[r.UniqueID] = true
		list = append(list, may(v, access.AheadRequest{Role: r, Now: w.Now()})...)
		session := &credential.Session{Account: doortest.Main(), Name: "x", RoleID: r.UniqueID, Issued: w.Now(), Chain: []string{r.UniqueID}}
		next = append(next, assumable(w, v, session, r)...)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// may lists what somebody may do of what tempts.
func may(v *view.View, who access.AheadRequest) (list []string) {
	for _, who.Action = range []string{"s3:GetObject", "s3:PutObject", "iam:PutRolePolicy", "iam:CreateRole"} {
		for _, who.Resource = range []string{"arn:aws:s3:::photos/a", "arn:aws:s3:::photos10/a", "arn:aws:s3:::looks/a", "arn:aws:s3:::byname/a", doortest.RoleARN("victim")} {
			if access.AWSAhead(v, who).Allowed() {
				list = append(list, who.Action+" on "+who.Resource)
			}
		}
	}
	return list
}

// assumable lists the roles that a session, or a user, may assume.
func assumable(w *doortest.World, v *view.View, session *credential.Session, r *view.Role) (list []*view.Role) {
	for target := range v.Roles(doortest.Main()) {
		facts := access.Facts(access.Network{Now: w.Now(), Secure: true})
		access.AddSession(facts, v, session, r)
		d := access.AssumeBySession(v, access.SessionAssumes{Session: session, Role: r, Target: target, TargetARN: target.ARN, Context: facts})
		if d.Allowed() {
			list = append(list, target)
		}
	}
	return list
}

// TestNoSequenceOfCallsWidensOnesRights: whatever a caller without every right of IAM calls, in whatever order, neither it
// nor a role that it may assume can do more than at the beginning.
func TestNoSequenceOfCallsWidensOnesRights(t *testing.T) {
	changed, widened := 0, 0
	for seed := range uint64(60) {
		r := wild{rand.New(rand.NewPCG(seed, 36))}
		w, h := serveWith(t, r.records(t))
		me := as(t, w, h, "me")
		before := rights(w, w.Current())
		var done []string
		for range 60 {
			action, pairs := r.call(t)
			rec := me.ask(action, pairs...)
			if rec.Code == http.StatusInternalServerError {
				t.Fatalf("seed %d: %s %v: %s", seed, action, pairs, rec.Body)
			}
			if w.Ledger.Last().Reason == "iam.widens_own_rights" {
				widened++
			}
			if rec.Code != http.StatusOK {
				continue
			}
			changed++
			done = append(done, fmt.Sprintf("%s %q", action, pairs))
			for _, right := range rights(w, w.Current()) {
				if !slices.Contains(before, right) {
					t.Fatalf("seed %d: the caller now may %s, after\n%s", seed, right, strings.Join(done, "\n"))
				}
			}
			if _, alive := w.Current().RoleNamed(doortest.Main(), "me"); !alive {
				break
			}
		}
	}
	if changed < 200 || widened < 100 {
		t.Errorf("%d calls changed something and %d were refused as widening: the worlds are too dull", changed, widened)
	}
}
