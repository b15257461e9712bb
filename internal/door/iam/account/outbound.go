package account

import (
	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/directory/iam"
	"github.com/lanyard-id/lanyard/internal/door/iam/kit"
	"github.com/lanyard-id/lanyard/internal/fault"
)

// outbound is the table of outbound web identity federation (IAM API Reference).
func outbound() []kit.Operation {
	return []kit.Operation{
		{Name: "EnableOutboundWebIdentityFederation", Do: enable, Doc: "let principals of the account get tokens for others"},
		{Name: "DisableOutboundWebIdentityFederation", Do: disable, Doc: "let them get no more tokens for others"},
		{Name: "GetOutboundWebIdentityFederationInfo", Do: info, Doc: "the issuer of the account's tokens for others"},
	}
}

func enable(c *kit.Call) (kit.Result, error) {
	if err := turn(c, true); err != nil {
		return nil, err
	}
	return func(x *awswire.XML) { x.Text("IssuerIdentifier", c.View.Installation().IssuerAWS(c.Account())) }, nil
}

func disable(c *kit.Call) (kit.Result, error) { return nil, turn(c, false) }

func turn(c *kit.Call, on bool) error {
	return c.Change(kit.Only(kit.Ask{Resource: "*"}), func(e *directory.Edit) error { return iam.SetOutbound(e, c.Account(), on) })
}

func info(c *kit.Call) (kit.Result, error) {
	if err := c.Allow(kit.Only(kit.Ask{Resource: "*"})); err != nil {
		return nil, err
	}
	if a, ok := c.View.Account(c.Account()); !ok || !a.Outbound {
		return nil, fault.New(fault.NotFound, iam.FeatureOff, "Outbound web identity federation is not enabled for this account.")
	}
	return func(x *awswire.XML) {
		x.Text("IssuerIdentifier", c.View.Installation().IssuerAWS(c.Account()))
		x.Bool("JwtVendingEnabled", true)
	}, nil
}
