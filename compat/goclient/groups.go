package main

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/resources/armresources"
)

func resources() (*armresources.ClientFactory, error) {
	cred, err := credential()
	if err != nil {
		return nil, err
	}
	return armresources.NewClientFactory(subscription(), cred, options())
}

// groups are the operations of armresources.
func groups() []operation {
	return []operation{
		{"group-create", 1, func(ctx context.Context, a []string) (any, error) {
			f, err := resources()
			if err != nil {
				return nil, err
			}
			got, err := f.NewResourceGroupsClient().CreateOrUpdate(ctx, a[0], armresources.ResourceGroup{Location: to.Ptr("westeurope")}, nil)
			return got.ResourceGroup, err
		}},
		{"group-get", 1, func(ctx context.Context, a []string) (any, error) {
			f, err := resources()
			if err != nil {
				return nil, err
			}
			got, err := f.NewResourceGroupsClient().Get(ctx, a[0], nil)
			return got.ResourceGroup, err
		}},
		{"group-list", 0, groupList},
		{"group-delete", 1, func(ctx context.Context, a []string) (any, error) {
			f, err := resources()
			if err != nil {
				return nil, err
			}
			poller, err := f.NewResourceGroupsClient().BeginDelete(ctx, a[0], nil)
			if err != nil {
				return nil, err
			}
			return poller.PollUntilDone(ctx, nil)
		}},
		{"resource-put", 3, resourcePut},
		{"resource-get", 2, func(ctx context.Context, a []string) (any, error) {
			f, err := resources()
			if err != nil {
				return nil, err
			}
			got, err := f.NewClient().GetByID(ctx, a[0], a[1], nil)
			return got.GenericResource, err
		}},
		{"resource-list", 1, resourceList},
		{"resource-delete", 2, func(ctx context.Context, a []string) (any, error) {
			f, err := resources()
			if err != nil {
				return nil, err
			}
			poller, err := f.NewClient().BeginDeleteByID(ctx, a[0], a[1], nil)
			if err != nil {
				return nil, err
			}
			return poller.PollUntilDone(ctx, nil)
		}},
		{"provider-get", 1, func(ctx context.Context, a []string) (any, error) {
			f, err := resources()
			if err != nil {
				return nil, err
			}
			got, err := f.NewProvidersClient().Get(ctx, a[0], nil)
			return got.Provider, err
		}},
	}
}

func groupList(ctx context.Context, _ []string) (any, error) {
	f, err := resources()
	if err != nil {
		return nil, err
	}
	all := []*armresources.ResourceGroup{}
	for pager := f.NewResourceGroupsClient().NewListPager(nil); pager.More(); {
		page, err := pager.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		all = append(all, page.Value...)
	}
	return all, nil
}

// resourcePut takes id, api-version and the resource as JSON.
func resourcePut(ctx context.Context, a []string) (any, error) {
	f, err := resources()
	if err != nil {
		return nil, err
	}
	var body armresources.GenericResource
	if err := json.Unmarshal([]byte(a[2]), &body); err != nil {
		return nil, errors.Join(errors.New("the resource is no JSON"), err)
	}
	poller, err := f.NewClient().BeginCreateOrUpdateByID(ctx, a[0], a[1], body, nil)
	if err != nil {
		return nil, err
	}
	got, err := poller.PollUntilDone(ctx, nil)
	return got.GenericResource, err
}

// resourceList takes a filter.
func resourceList(ctx context.Context, a []string) (any, error) {
	f, err := resources()
	if err != nil {
		return nil, err
	}
	all := []*armresources.GenericResourceExpanded{}
	for pager := f.NewClient().NewListPager(&armresources.ClientListOptions{Filter: to.Ptr(a[0])}); pager.More(); {
		page, err := pager.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		all = append(all, page.Value...)
	}
	return all, nil
}
