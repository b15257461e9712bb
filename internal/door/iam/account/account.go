package account

import (
	"slices"

	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/door/iam/kit"
)

// Operations is the room's table.
func Operations() []kit.Operation {
	return append(outbound(), []kit.Operation{
		{Name: "GetAccountSummary", Do: summary, Doc: "how many things the account has, and how many it may have"},
		{Name: "ListAccountAliases", Do: aliases, Doc: "the aliases of the account: there are none", Params: kit.Paged()},
	}...)
}

// entry is one figure of the summary.
type entry struct {
	key   string
	value int
}

func summary(c *kit.Call) (kit.Result, error) {
	if err := c.Allow(kit.Only(kit.Ask{Resource: "*"})); err != nil {
		return nil, err
	}
	v, account, versions := c.View, c.Account(), 0
	for p := range v.Policies(account) {
		versions += len(p.Versions())
	}
	figures := []entry{
		{"Roles", len(slices.Collect(v.Roles(account)))},
		{"Policies", len(slices.Collect(v.Policies(account)))},
		{"PolicyVersionsInUse", versions},
		{"InstanceProfiles", len(slices.Collect(v.InstanceProfiles(account)))},
		{"Providers", len(slices.Collect(v.OIDCProviders(account)))},
		{"Users", len(slices.Collect(v.Users(account)))},
		{"Groups", len(slices.Collect(v.UserGroups(account)))},
		{"AccessKeysPerUserQuota", 2},
		{"GroupsPerUserQuota", 10},
		{"AttachedPoliciesPerUserQuota", 20},
		{"AttachedPoliciesPerGroupQuota", 20},
		{"UserPolicySizeQuota", 2048},
		{"GroupPolicySizeQuota", 5120},
		{"MFADevices", 0},
		{"AccountMFAEnabled", 0},
		{"AccountAccessKeysPresent", 0},
		{"AccountSigningCertificatesPresent", 0},
		{"VersionsPerPolicyQuota", 5},
		{"AttachedPoliciesPerRoleQuota", 20},
		{"PolicySizeQuota", 6144},
		{"RolePolicySizeQuota", 10240},
		{"AssumeRolePolicySizeQuota", 2048},
	}
	return func(x *awswire.XML) {
		x.Begin("SummaryMap")
		for _, f := range figures {
			x.Begin("entry")
			x.Text("key", f.key)
			x.Int("value", int64(f.value))
			x.End()
		}
		x.End()
	}, nil
}

func aliases(c *kit.Call) (kit.Result, error) {
	if err := c.Allow(kit.Only(kit.Ask{Resource: "*"})); err != nil {
		return nil, err
	}
	return c.List("AccountAliases", nil)
}
