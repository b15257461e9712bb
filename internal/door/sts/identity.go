package sts

import (
	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/authn"
	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/web/query"
)

// callerIdentity answers who signed the request. It needs no permission: an explicit deny does not stop it (AWS STS,
// GetCallerIdentity).
func (d Door) callerIdentity(c *query.Call) (func(*awswire.XML), error) {
	s, err := d.signer(c)
	if err != nil {
		return nil, err
	}
	arn := access.PrincipalOf(s.Session, s.Role).ARN.String()
	return func(x *awswire.XML) {
		x.Text("Arn", arn)
		x.Text("UserId", s.UserID())
		x.Text("Account", s.Account.String())
	}, nil
}

// signer says who signed the request and enters it into the event.
func (d Door) signer(c *query.Call) (*authn.Session, error) {
	s, err := d.Authn.Signed(c.View, c.Proof(), awswire.QueryRule("sts"))
	if err != nil {
		return nil, err
	}
	c.Event.Record.Account = s.Account
	c.Event.Caller(s.Principal())
	return s, nil
}
