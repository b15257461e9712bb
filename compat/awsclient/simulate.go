package main

import (
	"context"
	"errors"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// asked are what both simulators are asked.
func asked() []string { return []string{get, "s3:PutObject"} }

// decided wants the verdicts of an answer.
func decided(results []types.EvaluationResult, wanted string) error {
	var got []string
	for _, r := range results {
		got = append(got, string(r.EvalDecision))
	}
	return same(strings.Join(got, " "), wanted)
}

func (k keeper) simulate(ctx context.Context) error {
	mine := func(actions ...string) ([]types.EvaluationResult, error) {
		got, err := k.SimulatePrincipalPolicy(ctx, &iam.SimulatePrincipalPolicyInput{
			PolicySourceArn: k.arn("role/" + *k.role), ActionNames: actions, ResourceArns: []string{k.book()},
		})
		if err != nil {
			return nil, err
		}
		return got.EvaluationResults, nil
	}
	free, err := mine(asked()...)
	if err := errors.Join(err, decided(free, "allowed implicitDeny")); err != nil {
		return err
	}
	_, made := k.CreatePolicy(ctx, &iam.CreatePolicyInput{PolicyName: aws.String(k.group + "-bound"), PolicyDocument: statement("Allow", "iam:*", "*", "")})
	_, put := k.PutRolePermissionsBoundary(ctx, &iam.PutRolePermissionsBoundaryInput{RoleName: k.role, PermissionsBoundary: k.bound})
	shown, read := k.GetRole(ctx, &iam.GetRoleInput{RoleName: k.role})
	bound, err := mine(get)
	_, deleted := k.DeleteRolePermissionsBoundary(ctx, &iam.DeleteRolePermissionsBoundaryInput{RoleName: k.role})
	if err := errors.Join(made, put, read, err, deleted, decided(bound, "implicitDeny")); err != nil {
		return err
	}
	return errors.Join(same(*shown.Role.PermissionsBoundary.PermissionsBoundaryArn, *k.bound),
		same(bound[0].PermissionsBoundaryDecisionDetail.AllowedByPermissionsBoundary, false), k.custom(ctx))
}

// custom asks about policies that nobody has.
func (k keeper) custom(ctx context.Context) error {
	ask := func(entries []types.ContextEntry, policies ...string) ([]types.EvaluationResult, error) {
		got, err := k.SimulateCustomPolicy(ctx, &iam.SimulateCustomPolicyInput{
			PolicyInputList: policies, ActionNames: asked(), ResourceArns: []string{k.book()}, ContextEntries: entries,
		})
		if err != nil {
			return nil, err
		}
		return got.EvaluationResults, nil
	}
	const key = "aws:PrincipalTag/team"
	tagged := *statement("Allow", get, "*", `,"Condition":{"StringEquals":{"`+key+`":"shop"}}`)
	both, err := ask(nil, *k.read(), *statement("Deny", "s3:PutObject", "*", ""))
	with, also := ask([]types.ContextEntry{{
		ContextKeyName: aws.String(key), ContextKeyType: types.ContextKeyTypeEnumString, ContextKeyValues: []string{"shop"},
	}}, tagged)
	keys, listed := k.GetContextKeysForCustomPolicy(ctx, &iam.GetContextKeysForCustomPolicyInput{PolicyInputList: []string{tagged}})
	if err := errors.Join(err, also, listed); err != nil {
		return err
	}
	_, none := k.SimulatePrincipalPolicy(ctx, &iam.SimulatePrincipalPolicyInput{PolicySourceArn: k.arn("role/" + k.group + "-none"), ActionNames: asked()})
	_, bad := ask(nil, "{")
	return errors.Join(decided(both, "allowed explicitDeny"), decided(with, "allowed implicitDeny"), same(strings.Join(keys.ContextKeyNames, " "), key),
		missing(none), refusedAs[*types.InvalidInputException]("InvalidInput", bad))
}

func (k keeper) providers(ctx context.Context) error {
	arn, address := k.arn("oidc-provider/"+k.group+".ci.example/jobs"), aws.String("https://"+k.group+".ci.example/jobs")
	thumb := func(digits string) []string { return []string{strings.Repeat(digits, 20)} }
	made, err := k.CreateOpenIDConnectProvider(ctx, &iam.CreateOpenIDConnectProviderInput{Url: address, ClientIDList: []string{"one"}, ThumbprintList: thumb("0f")})
	if err != nil {
		return err
	}
	_, again := k.CreateOpenIDConnectProvider(ctx, &iam.CreateOpenIDConnectProviderInput{Url: address})
	_, plain := k.CreateOpenIDConnectProvider(ctx, &iam.CreateOpenIDConnectProviderInput{Url: aws.String("http://ci.example/plain")})
	_, added := k.AddClientIDToOpenIDConnectProvider(ctx, &iam.AddClientIDToOpenIDConnectProviderInput{OpenIDConnectProviderArn: arn, ClientID: aws.String("two")})
	_, removed := k.RemoveClientIDFromOpenIDConnectProvider(ctx, &iam.RemoveClientIDFromOpenIDConnectProviderInput{OpenIDConnectProviderArn: arn, ClientID: aws.String("one")})
	_, updated := k.UpdateOpenIDConnectProviderThumbprint(ctx, &iam.UpdateOpenIDConnectProviderThumbprintInput{OpenIDConnectProviderArn: arn, ThumbprintList: thumb("a0")})
	_, tagged := k.TagOpenIDConnectProvider(ctx, &iam.TagOpenIDConnectProviderInput{OpenIDConnectProviderArn: arn, Tags: label("a", "b")})
	got, shown := k.GetOpenIDConnectProvider(ctx, &iam.GetOpenIDConnectProviderInput{OpenIDConnectProviderArn: arn})
	all, listed := k.ListOpenIDConnectProviders(ctx, nil)
	_, deleted := k.DeleteOpenIDConnectProvider(ctx, &iam.DeleteOpenIDConnectProviderInput{OpenIDConnectProviderArn: arn})
	if err := errors.Join(added, removed, updated, tagged, shown, listed, deleted); err != nil {
		return err
	}
	found := false
	for _, p := range all.OpenIDConnectProviderList {
		found = found || *p.Arn == *arn
	}
	_, none := k.GetOpenIDConnectProvider(ctx, &iam.GetOpenIDConnectProviderInput{OpenIDConnectProviderArn: arn})
	return errors.Join(same(*made.OpenIDConnectProviderArn, *arn), same(found, true), same(strings.Join(got.ClientIDList, " "), "two"),
		same(strings.Join(got.ThumbprintList, " "), thumb("a0")[0]), labelled(got.Tags, "a", "b"), missing(none),
		refusedAs[*types.EntityAlreadyExistsException]("EntityAlreadyExists", again), refusedAs[*types.InvalidInputException]("InvalidInput", plain))
}
