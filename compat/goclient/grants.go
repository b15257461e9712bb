package main

import (
	"context"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	auth "github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/authorization/armauthorization/v2"
)

func authorization() (*auth.ClientFactory, error) {
	cred, err := credential()
	if err != nil {
		return nil, err
	}
	return auth.NewClientFactory(subscription(), cred, options())
}

// grants are the operations of armauthorization.
func grants() []operation {
	return []operation{
		{"grant", 4, grant},
		{"revoke", 2, func(ctx context.Context, a []string) (any, error) {
			f, err := authorization()
			if err != nil {
				return nil, err
			}
			got, err := f.NewRoleAssignmentsClient().Delete(ctx, a[0], a[1], nil)
			return got.RoleAssignment, err
		}},
		{"grants", 2, grantList},
		{"roles", 2, roleList},
		{"role-create", 4, roleCreate},
		{"role-delete", 2, func(ctx context.Context, a []string) (any, error) {
			f, err := authorization()
			if err != nil {
				return nil, err
			}
			got, err := f.NewRoleDefinitionsClient().Delete(ctx, a[0], a[1], nil)
			return got.RoleDefinition, err
		}},
	}
}

// grant takes scope, name (a GUID), role definition id, principal, and perhaps a condition.
func grant(ctx context.Context, a []string) (any, error) {
	f, err := authorization()
	if err != nil {
		return nil, err
	}
	p := &auth.RoleAssignmentProperties{
		RoleDefinitionID: to.Ptr(a[2]), PrincipalID: to.Ptr(a[3]), PrincipalType: to.Ptr(auth.PrincipalTypeServicePrincipal),
	}
	if len(a) > 4 {
		p.Condition, p.ConditionVersion = to.Ptr(a[4]), to.Ptr("2.0")
	}
	got, err := f.NewRoleAssignmentsClient().Create(ctx, a[0], a[1], auth.RoleAssignmentCreateParameters{Properties: p}, nil)
	return got.RoleAssignment, err
}

// grantList takes scope and filter.
func grantList(ctx context.Context, a []string) (any, error) {
	f, err := authorization()
	if err != nil {
		return nil, err
	}
	all := []*auth.RoleAssignment{}
	pager := f.NewRoleAssignmentsClient().NewListForScopePager(a[0], &auth.RoleAssignmentsClientListForScopeOptions{Filter: to.Ptr(a[1])})
	for pager.More() {
		page, err := pager.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		all = append(all, page.Value...)
	}
	return all, nil
}

// roleList takes scope and filter.
func roleList(ctx context.Context, a []string) (any, error) {
	f, err := authorization()
	if err != nil {
		return nil, err
	}
	all := []*auth.RoleDefinition{}
	pager := f.NewRoleDefinitionsClient().NewListPager(a[0], &auth.RoleDefinitionsClientListOptions{Filter: to.Ptr(a[1])})
	for pager.More() {
		page, err := pager.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		all = append(all, page.Value...)
	}
	return all, nil
}

// roleCreate takes scope, name (a GUID), role name and one action.
func roleCreate(ctx context.Context, a []string) (any, error) {
	f, err := authorization()
	if err != nil {
		return nil, err
	}
	got, err := f.NewRoleDefinitionsClient().CreateOrUpdate(ctx, a[0], a[1], auth.RoleDefinition{Properties: &auth.RoleDefinitionProperties{
		RoleName: to.Ptr(a[2]), RoleType: to.Ptr("CustomRole"), Description: to.Ptr("made by armauthorization"),
		AssignableScopes: []*string{to.Ptr("/" + a[0])}, Permissions: []*auth.Permission{{Actions: []*string{to.Ptr(a[3])}}},
	}}, nil)
	return got.RoleDefinition, err
}
