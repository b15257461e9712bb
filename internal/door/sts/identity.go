package sts

import (
	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/authn"
	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/web"
)

// callerIdentity answers who signed the request. It needs no permission: an explicit deny does not stop it (AWS STS,
// GetCallerIdentity).
func (d Door) callerIdentity(c *call) (func(*awswire.XML), error) {
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
func (d Door) signer(c *call) (*authn.Session, error) {
	s, err := d.Authn.Signed(c.v, awswire.Request{
		Method: c.r.Method, Path: web.RawPath(c.r), RawQuery: c.r.URL.RawQuery, Host: c.r.Host, Header: c.r.Header,
		Body: []byte(c.body), Secure: c.r.TLS != nil,
	}, awswire.QueryRule("sts"))
	if err != nil {
		return nil, err
	}
	kind := "role"
	if s.Role == nil {
		kind = "root"
	}
	c.event.Record.Account = s.Account
	c.event.Caller(audit.Principal{Kind: kind, ID: s.UserID(), Display: s.ARN(s.Role).String(), Session: s.Name})
	return s, nil
}
