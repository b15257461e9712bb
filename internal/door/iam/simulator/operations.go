package simulator

import (
	"strings"

	"github.com/lanyard-id/lanyard/internal/access/simulate"
	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/door/iam/kit"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
)

// Operations is the room's table.
func Operations() []kit.Operation {
	asked := []string{
		"PolicyInputList.member.N", "PermissionsBoundaryPolicyInputList.member.N", "ActionNames.member.N", "ResourceArns.member.N",
		"ResourcePolicy", "ResourceOwner", "CallerArn", "ContextEntries.member.N.ContextKeyName", "ContextEntries.member.N.ContextKeyType",
		"ContextEntries.member.N.ContextKeyValues.member.N",
	}
	return []kit.Operation{
		{
			Name: "SimulateCustomPolicy", Do: custom, Doc: "what policies that are handed over would decide",
			Params: kit.Paged(asked...),
		},
		{
			Name: "SimulatePrincipalPolicy", Do: principal, Doc: "what the policies of a role would decide, with those that are handed over",
			Params: kit.Paged(append([]string{"PolicySourceArn"}, asked...)...),
		},
		{
			Name: "GetContextKeysForCustomPolicy", Do: customKeys, Doc: "the condition keys that policies read",
			Params: []string{"PolicyInputList.member.N"},
		},
		{
			Name: "GetContextKeysForPrincipalPolicy", Do: principalKeys, Doc: "the condition keys that the policies of a role read",
			Params: []string{"PolicySourceArn", "PolicyInputList.member.N"},
		},
	}
}

func custom(c *kit.Call) (kit.Result, error) {
	if err := c.Allow(kit.Only(kit.Ask{Resource: "*"})); err != nil {
		return nil, err
	}
	req, err := decode(c)
	if err != nil {
		return nil, err
	}
	results, err := simulate.Custom(c.View, c.Account(), req)
	if err != nil {
		return nil, err
	}
	return answer(c, results)
}

func principal(c *kit.Call) (kit.Result, error) {
	source, err := sourceOf(c)
	if err != nil {
		return nil, err
	}
	req, err := decode(c)
	if err != nil {
		return nil, err
	}
	if err := ofAccount(req.Caller, c.Account()); err != nil {
		return nil, err
	}
	results, err := simulate.Principal(c.View, source, req)
	if err != nil {
		return nil, err
	}
	return answer(c, results)
}

// ofAccount refuses a caller of another account: the policies that its own account has now would show in the answer.
func ofAccount(caller string, account name.AccountID) error {
	if caller == "" {
		return nil
	}
	arn, err := name.ParseARN(caller)
	if err != nil || arn.Account() != account {
		return fault.New(fault.Invalid, kit.BadInput, "CallerArn must name a principal of this account.")
	}
	return nil
}

func customKeys(c *kit.Call) (kit.Result, error) {
	if err := c.Allow(kit.Only(kit.Ask{Resource: "*"})); err != nil {
		return nil, err
	}
	policies, err := c.Form.List("PolicyInputList", simulate.MaxPolicies)
	if err != nil {
		return nil, err
	}
	keys, err := simulate.CustomKeys(policies)
	return func(x *awswire.XML) { texts(x, "ContextKeyNames", keys) }, err
}

func principalKeys(c *kit.Call) (kit.Result, error) {
	source, err := sourceOf(c)
	if err != nil {
		return nil, err
	}
	policies, err := c.Form.List("PolicyInputList", simulate.MaxPolicies)
	if err != nil {
		return nil, err
	}
	keys, err := simulate.PrincipalKeys(c.View, source, policies)
	return func(x *awswire.XML) { texts(x, "ContextKeyNames", keys) }, err
}

// sourceOf reads whose policies are meant and asks for the right to see what they decide, whether or not there is such a
// role, user or group.
func sourceOf(c *kit.Call) (name.ARN, error) {
	kind := "role"
	for _, other := range []string{"user", "group"} {
		if strings.Contains(c.Form.Value("PolicySourceArn"), ":"+other+"/") {
			kind = other
		}
	}
	arn, text, err := c.Named("PolicySourceArn", kind)
	if err != nil {
		return arn, err
	}
	if err := c.Allow(kit.Only(kit.Ask{Resource: text})); err != nil {
		return arn, err
	}
	if arn.IsZero() { // of another account, or of AWS's own
		return arn, fault.New(fault.NotFound, simulate.NoSuchEntity, "The %s with ARN %s cannot be found.", kind, text)
	}
	return arn, nil
}

// decode reads what both simulations have in common. What the values must be is for simulate to say.
func decode(c *kit.Call) (r simulate.Request, err error) {
	for _, list := range []struct {
		to   *[]string
		name string
		most int
	}{
		{&r.Policies, "PolicyInputList", simulate.MaxPolicies},
		{&r.Boundary, "PermissionsBoundaryPolicyInputList", simulate.MaxPolicies},
		{&r.Actions, "ActionNames", simulate.MaxEvaluations},
		{&r.Resources, "ResourceArns", simulate.MaxEvaluations},
	} {
		if *list.to, err = c.Form.List(list.name, list.most); err != nil {
			return r, err
		}
	}
	entries, err := c.Form.Structs("ContextEntries", simulate.MaxEntries)
	if err != nil {
		return r, err
	}
	for _, e := range entries {
		values, err := e.List("ContextKeyValues", simulate.MaxEntries)
		if err != nil {
			return r, err
		}
		r.Context = append(r.Context, simulate.Entry{Key: e.Value("ContextKeyName"), Type: e.Value("ContextKeyType"), Values: values})
	}
	r.ResourcePolicy, r.ResourceOwner, r.Caller = c.Form.Value("ResourcePolicy"), c.Form.Value("ResourceOwner"), c.Form.Value("CallerArn")
	return r, nil
}
