package main

import (
	"context"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/msi/armmsi"
)

func msi() (*armmsi.ClientFactory, error) {
	cred, err := credential()
	if err != nil {
		return nil, err
	}
	return armmsi.NewClientFactory(subscription(), cred, options())
}

// identities are the operations of armmsi. Arguments: resource group, identity, credential.
func identities() []operation {
	return []operation{
		{"identity-create", 2, func(ctx context.Context, a []string) (any, error) {
			f, err := msi()
			if err != nil {
				return nil, err
			}
			got, err := f.NewUserAssignedIdentitiesClient().CreateOrUpdate(ctx, a[0], a[1],
				armmsi.Identity{Location: to.Ptr("westeurope"), Tags: map[string]*string{"by": to.Ptr("armmsi")}}, nil)
			return got.Identity, err
		}},
		{"identity-tag", 3, func(ctx context.Context, a []string) (any, error) {
			f, err := msi()
			if err != nil {
				return nil, err
			}
			got, err := f.NewUserAssignedIdentitiesClient().Update(ctx, a[0], a[1],
				armmsi.IdentityUpdate{Tags: map[string]*string{"team": to.Ptr(a[2])}}, nil)
			return got.Identity, err
		}},
		{"identity-get", 2, func(ctx context.Context, a []string) (any, error) {
			f, err := msi()
			if err != nil {
				return nil, err
			}
			got, err := f.NewUserAssignedIdentitiesClient().Get(ctx, a[0], a[1], nil)
			return got.Identity, err
		}},
		{"identity-list", 1, identityList},
		{"identity-delete", 2, func(ctx context.Context, a []string) (any, error) {
			f, err := msi()
			if err != nil {
				return nil, err
			}
			return f.NewUserAssignedIdentitiesClient().Delete(ctx, a[0], a[1], nil)
		}},
		{"system-get", 1, func(ctx context.Context, a []string) (any, error) {
			f, err := msi()
			if err != nil {
				return nil, err
			}
			got, err := f.NewSystemAssignedIdentitiesClient().GetByScope(ctx, a[0], nil)
			return got.SystemAssignedIdentity, err
		}},
		{"trust-create", 5, trustCreate},
		{"trust-list", 2, trustList},
		{"trust-delete", 3, func(ctx context.Context, a []string) (any, error) {
			f, err := msi()
			if err != nil {
				return nil, err
			}
			return f.NewFederatedIdentityCredentialsClient().Delete(ctx, a[0], a[1], a[2], nil)
		}},
	}
}

func identityList(ctx context.Context, a []string) (any, error) {
	f, err := msi()
	if err != nil {
		return nil, err
	}
	all := []*armmsi.Identity{}
	for pager := f.NewUserAssignedIdentitiesClient().NewListByResourceGroupPager(a[0], nil); pager.More(); {
		page, err := pager.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		all = append(all, page.Value...)
	}
	return all, nil
}

// trustCreate takes group, identity, name, issuer and subject.
func trustCreate(ctx context.Context, a []string) (any, error) {
	f, err := msi()
	if err != nil {
		return nil, err
	}
	got, err := f.NewFederatedIdentityCredentialsClient().CreateOrUpdate(ctx, a[0], a[1], a[2], armmsi.FederatedIdentityCredential{
		Properties: &armmsi.FederatedIdentityCredentialProperties{
			Issuer: to.Ptr(a[3]), Subject: to.Ptr(a[4]), Audiences: []*string{to.Ptr("api://AzureADTokenExchange")},
		},
	}, nil)
	return got.FederatedIdentityCredential, err
}

func trustList(ctx context.Context, a []string) (any, error) {
	f, err := msi()
	if err != nil {
		return nil, err
	}
	all := []*armmsi.FederatedIdentityCredential{}
	for pager := f.NewFederatedIdentityCredentialsClient().NewListPager(a[0], a[1], nil); pager.More(); {
		page, err := pager.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		all = append(all, page.Value...)
	}
	return all, nil
}
