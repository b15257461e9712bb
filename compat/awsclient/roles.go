package main

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// keeper keeps a role, a policy and what belongs to them. All that there is, the play makes and takes away again.
type keeper struct {
	account
	*iam.Client
	role, policy, bound *string // the role's name, the policies' ARNs
}

// keepRoles plays with roles, policies and OIDC providers, as the operator.
func keepRoles(ctx context.Context, group, id string) error {
	cfg, err := config.LoadDefaultConfig(ctx, config.WithRetryMaxAttempts(1))
	if err != nil {
		return err
	}
	k := keeper{account: account{cfg: cfg, id: id, group: group}, Client: iam.NewFromConfig(cfg), role: aws.String(group + "-app")}
	k.policy, k.bound = k.arn("policy/"+group+"-read"), k.arn("policy/"+group+"-bound")
	return steps(ctx, []step{
		{"make", k.make}, {"tags", k.tags}, {"inline", k.inline}, {"managed", k.managed}, {"simulate", k.simulate}, {"providers", k.providers},
		{"little", k.little}, {"away", k.away},
	})
}

// arn is the ARN of something in the account.
func (k keeper) arn(rest string) *string { return aws.String("arn:aws:iam::" + k.id + ":" + rest) }

// trust is a trust policy for one kind of principal.
func trust(kind, who string) *string {
	return aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"` + kind + `":"` + who + `"},"Action":"sts:AssumeRole"}]}`)
}

func (k keeper) ours() *string { return trust("AWS", *k.arn("root")) }

// statement is a policy of one statement; more is what stands in it beside effect, action and resource.
func statement(effect, action, resource, more string) *string {
	return aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"` + effect + `","Action":"` + action + `","Resource":"` + resource + `"` + more + `}]}`)
}

const get = "s3:GetObject"

func (k keeper) book() string { return "arn:aws:s3:::" + k.group + "-files/a+b book" }

func (k keeper) read() *string { return statement("Allow", get, k.book(), "") }

// document wants a document, which IAM sends percent-encoded, to be what was sent.
func document(got, sent *string) error {
	text, err := url.QueryUnescape(strings.ReplaceAll(*got, "+", "%2B"))
	return errors.Join(err, same(text, *sent))
}

func (k keeper) make(ctx context.Context) error {
	made, err := k.CreateRole(ctx, &iam.CreateRoleInput{
		RoleName: k.role, AssumeRolePolicyDocument: trust("Service", "lambda.amazonaws.com"), Description: aws.String("first"), MaxSessionDuration: aws.Int32(7200),
	})
	if err != nil {
		return err
	}
	_, again := k.CreateRole(ctx, &iam.CreateRoleInput{RoleName: aws.String(strings.ToUpper(*k.role)), AssumeRolePolicyDocument: k.ours()})
	_, described := k.UpdateRole(ctx, &iam.UpdateRoleInput{RoleName: k.role, Description: aws.String("second"), MaxSessionDuration: aws.Int32(3600)})
	_, trusted := k.UpdateAssumeRolePolicy(ctx, &iam.UpdateAssumeRolePolicyInput{RoleName: k.role, PolicyDocument: k.ours()})
	_, nobody := k.UpdateAssumeRolePolicy(ctx, &iam.UpdateAssumeRolePolicyInput{RoleName: k.role, PolicyDocument: trust("AWS", *k.arn("role/nobody"))})
	got, err := k.GetRole(ctx, &iam.GetRoleInput{RoleName: k.role})
	if err := errors.Join(described, trusted, err); err != nil {
		return err
	}
	found := false
	for pages := iam.NewListRolesPaginator(k, &iam.ListRolesInput{MaxItems: aws.Int32(1)}); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		found = found || slices.ContainsFunc(page.Roles, func(r types.Role) bool { return *r.RoleName == *k.role })
	}
	return errors.Join(
		same(*made.Role.Arn, *k.arn("role/" + *k.role)), document(made.Role.AssumeRolePolicyDocument, trust("Service", "lambda.amazonaws.com")),
		same(*got.Role.RoleId, *made.Role.RoleId), same(*got.Role.Description, "second"), same(*got.Role.MaxSessionDuration, 3600),
		document(got.Role.AssumeRolePolicyDocument, k.ours()), same(found, true),
		refusedAs[*types.EntityAlreadyExistsException]("EntityAlreadyExists", again),
		refusedAs[*types.MalformedPolicyDocumentException]("MalformedPolicyDocument", nobody))
}

func label(key, value string) []types.Tag {
	return []types.Tag{{Key: &key, Value: &value}}
}

// labelled wants one label.
func labelled(got []types.Tag, key, value string) error {
	if len(got) != 1 {
		return same(len(got), 1)
	}
	return same(*got[0].Key+"="+*got[0].Value, key+"="+value)
}

func (k keeper) tags(ctx context.Context) error {
	_, both := k.TagRole(ctx, &iam.TagRoleInput{RoleName: k.role, Tags: append(label("team", "web"), label("cost", "1")...)})
	_, other := k.TagRole(ctx, &iam.TagRoleInput{RoleName: k.role, Tags: label("team", "shop")})
	_, without := k.UntagRole(ctx, &iam.UntagRoleInput{RoleName: k.role, TagKeys: []string{"cost"}})
	got, err := k.ListRoleTags(ctx, &iam.ListRoleTagsInput{RoleName: k.role})
	if err := errors.Join(both, other, without, err); err != nil {
		return err
	}
	_, none := k.TagRole(ctx, &iam.TagRoleInput{RoleName: aws.String(k.group + "-none"), Tags: label("a", "b")})
	return errors.Join(labelled(got.Tags, "team", "shop"), missing(none))
}

// missing wants the refusal for what there is not.
func missing(err error) error { return refusedAs[*types.NoSuchEntityException]("NoSuchEntity", err) }

// conflict wants the refusal for what is still in use.
func conflict(err error) error {
	return refusedAs[*types.DeleteConflictException]("DeleteConflict", err)
}

func (k keeper) inline(ctx context.Context) error {
	put := func(name string, text *string) error {
		_, err := k.PutRolePolicy(ctx, &iam.PutRolePolicyInput{RoleName: k.role, PolicyName: &name, PolicyDocument: text})
		return err
	}
	look := aws.String(strings.Replace(*statement("Allow", "iam:GetRole", "*", ""), `"iam:GetRole"`, `["iam:GetRole","iam:PutRolePolicy"]`, 1))
	read := aws.String("read")
	if err := errors.Join(put("look", look), put("read", k.read())); err != nil {
		return err
	}
	got, err := k.GetRolePolicy(ctx, &iam.GetRolePolicyInput{RoleName: k.role, PolicyName: read})
	list, listed := k.ListRolePolicies(ctx, &iam.ListRolePoliciesInput{RoleName: k.role})
	_, deleted := k.DeleteRolePolicy(ctx, &iam.DeleteRolePolicyInput{RoleName: k.role, PolicyName: read})
	if err := errors.Join(err, listed, deleted); err != nil {
		return err
	}
	_, none := k.GetRolePolicy(ctx, &iam.GetRolePolicyInput{RoleName: k.role, PolicyName: read})
	return errors.Join(document(got.PolicyDocument, k.read()), same(strings.Join(list.PolicyNames, " "), "look read"), missing(none),
		refusedAs[*types.MalformedPolicyDocumentException]("MalformedPolicyDocument", put("bad", aws.String("{"))))
}

func (k keeper) managed(ctx context.Context) error {
	create := iam.CreatePolicyInput{PolicyName: aws.String(k.group + "-read"), PolicyDocument: k.read(), Tags: label("a", "b")}
	made, err := k.CreatePolicy(ctx, &create)
	if err != nil {
		return err
	}
	_, again := k.CreatePolicy(ctx, &create)
	err = errors.Join(same(*made.Policy.Arn, *k.policy), same(*made.Policy.DefaultVersionId, "v1"),
		refusedAs[*types.EntityAlreadyExistsException]("EntityAlreadyExists", again), k.versions(ctx))
	if err != nil {
		return err
	}
	_, tagged := k.TagPolicy(ctx, &iam.TagPolicyInput{PolicyArn: k.policy, Tags: label("team", "shop")})
	_, untagged := k.UntagPolicy(ctx, &iam.UntagPolicyInput{PolicyArn: k.policy, TagKeys: []string{"a"}})
	tags, listed := k.ListPolicyTags(ctx, &iam.ListPolicyTagsInput{PolicyArn: k.policy})
	_, attached := k.AttachRolePolicy(ctx, &iam.AttachRolePolicyInput{RoleName: k.role, PolicyArn: k.policy})
	of, shown := k.ListAttachedRolePolicies(ctx, &iam.ListAttachedRolePoliciesInput{RoleName: k.role})
	users, used := k.ListEntitiesForPolicy(ctx, &iam.ListEntitiesForPolicyInput{PolicyArn: k.policy})
	if err := errors.Join(tagged, untagged, listed, attached, shown, used); err != nil {
		return err
	}
	_, held := k.DeletePolicy(ctx, &iam.DeletePolicyInput{PolicyArn: k.policy})
	return errors.Join(labelled(tags.Tags, "team", "shop"), same(len(of.AttachedPolicies), 1), same(*of.AttachedPolicies[0].PolicyArn, *k.policy),
		same(len(users.PolicyRoles), 1), same(*users.PolicyRoles[0].RoleName, *k.role), conflict(held))
}

// versions gives the policy another version, which is its default for a while.
func (k keeper) versions(ctx context.Context) error {
	use := func(version string) error {
		_, err := k.SetDefaultPolicyVersion(ctx, &iam.SetDefaultPolicyVersionInput{PolicyArn: k.policy, VersionId: &version})
		return err
	}
	_, err := k.CreatePolicyVersion(ctx, &iam.CreatePolicyVersionInput{PolicyArn: k.policy, PolicyDocument: statement("Allow", "s3:*", "*", "")})
	if err := errors.Join(err, use("v2")); err != nil {
		return err
	}
	first, err := k.GetPolicyVersion(ctx, &iam.GetPolicyVersionInput{PolicyArn: k.policy, VersionId: aws.String("v1")})
	_, held := k.DeletePolicyVersion(ctx, &iam.DeletePolicyVersionInput{PolicyArn: k.policy, VersionId: aws.String("v2")})
	back := use("v1")
	all, listed := k.ListPolicyVersions(ctx, &iam.ListPolicyVersionsInput{PolicyArn: k.policy})
	if err := errors.Join(err, back, listed); err != nil {
		return err
	}
	var defaults []string
	for _, v := range all.Versions {
		if v.IsDefaultVersion {
			defaults = append(defaults, *v.VersionId)
		}
	}
	return errors.Join(document(first.PolicyVersion.Document, k.read()), conflict(held), same(len(all.Versions), 2), same(strings.Join(defaults, " "), "v1"))
}

func (k keeper) little(ctx context.Context) error {
	got, err := k.take(ctx, "app", func(in *sts.AssumeRoleInput) { in.RoleSessionName = aws.String("story") })
	if err != nil {
		return err
	}
	held := iam.NewFromConfig(k.as(got.Credentials).cfg)
	shown, err := held.GetRole(ctx, &iam.GetRoleInput{RoleName: k.role})
	if err != nil {
		return err
	}
	_, more := held.CreateRole(ctx, &iam.CreateRoleInput{RoleName: aws.String(k.group + "-more"), AssumeRolePolicyDocument: k.ours()})
	_, all := held.PutRolePolicy(ctx, &iam.PutRolePolicyInput{RoleName: k.role, PolicyName: aws.String("all"), PolicyDocument: statement("Allow", "*", "*", "")})
	_, asked := held.SimulatePrincipalPolicy(ctx, &iam.SimulatePrincipalPolicyInput{PolicySourceArn: k.arn("role/" + *k.role), ActionNames: []string{get}})
	_, gone := held.DeleteRole(ctx, &iam.DeleteRoleInput{RoleName: k.role})
	return errors.Join(same(*shown.Role.RoleName, *k.role), refused("AccessDenied", more), refused("AccessDenied", all), refused("AccessDenied", asked), refused("AccessDenied", gone),
		same(strings.Contains(orNothing(more).Error(), "/"+*k.role+"/story is not authorized to perform: iam:CreateRole on resource: "+*k.arn("role/" + k.group + "-more")), true))
}

func (k keeper) away(ctx context.Context) error {
	detach := func() error {
		_, err := k.DetachRolePolicy(ctx, &iam.DetachRolePolicyInput{RoleName: k.role, PolicyArn: k.policy})
		return err
	}
	remove := func() error {
		_, err := k.DeleteRole(ctx, &iam.DeleteRoleInput{RoleName: k.role})
		return err
	}
	if err := errors.Join(conflict(remove()), detach(), missing(detach()), conflict(remove())); err != nil {
		return err
	}
	_, err := k.DeleteRolePolicy(ctx, &iam.DeleteRolePolicyInput{RoleName: k.role, PolicyName: aws.String("look")})
	if err := errors.Join(err, remove()); err != nil {
		return err
	}
	_, none := k.GetRole(ctx, &iam.GetRoleInput{RoleName: k.role})
	_, version := k.DeletePolicyVersion(ctx, &iam.DeletePolicyVersionInput{PolicyArn: k.policy, VersionId: aws.String("v2")})
	_, first := k.DeletePolicy(ctx, &iam.DeletePolicyInput{PolicyArn: k.policy})
	_, second := k.DeletePolicy(ctx, &iam.DeletePolicyInput{PolicyArn: k.bound})
	_, gone := k.GetPolicy(ctx, &iam.GetPolicyInput{PolicyArn: k.policy})
	return errors.Join(version, first, second, missing(none), missing(gone))
}
