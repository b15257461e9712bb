package operator

import (
	"fmt"
	"time"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/iampolicy"
	"github.com/lanyard-id/lanyard/internal/mint"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/opwire"
	"github.com/lanyard-id/lanyard/internal/reason"
	"github.com/lanyard-id/lanyard/internal/view"
)

// NoAccount means that AWS credentials were asked for and the name has no AWS account: it is a tenant's only, or a
// resource's.
const NoAccount fault.Reason = "operator.no_account"

// sessionLife is how long an operator's AWS credentials live.
const sessionLife = time.Hour

// The operations under which sessions stand in the ledger.
const (
	opSessionOperator = "session.operator"
	opSessionRoot     = "session.root"
)

// session gives AWS credentials of the operator's role or of an account's root.
func session(d Door, c *call) (any, error) {
	var req opwire.SessionRequest
	if err := c.body(&req); err != nil {
		return nil, err
	}
	t, err := findAs(c.v, req.As)
	if err != nil {
		return nil, err
	}
	c.event.Record.Resource = t.full
	if t.account == nil {
		return nil, fault.New(fault.Invalid, NoAccount, "%s has no AWS account; say operator, operator@ACCOUNT or root@ACCOUNT.", t.full)
	}
	out, err := d.session(c, t)
	if err != nil {
		return nil, err // and not a nil *Session in an any
	}
	return out, nil
}

// session mints a session of the target's AWS side; mint records it.
func (d Door) session(c *call, t target) (*opwire.Session, error) {
	req := mint.SessionRequest{
		Account: t.account.ID, Name: fmt.Sprintf("operator-uid-%d", c.uid), Duration: sessionLife, Record: c.event.Draft(),
	}
	req.Record.Operation = opSessionRoot
	req.Record.Input = map[string]string{"session": req.Name}
	if !t.root {
		decision, role, err := d.mayAssume(c.v, t.account.ID, req.Name)
		if err != nil {
			return nil, err
		}
		req.Role, req.Record.Operation, req.Record.Decision = role, opSessionOperator, decision
		req.Record.Resource = role.ARN.String()
	}
	s, err := d.Mint.Session(c.ctx(), c.v, req)
	if err != nil {
		return nil, err
	}
	c.recorded = true
	return &opwire.Session{
		Version: 1, AccessKeyID: s.KeyID, SecretAccessKey: s.Secret.Reveal(), SessionToken: s.Token.Reveal(),
		Expiration: s.Expires, AccountID: s.Account.String(), ARN: s.ARN(req.Role).String(),
	}, nil
}

// mayAssume asks the trust policy of the account's operator role whether the operator may assume it.
func (d Door) mayAssume(v *view.View, account name.AccountID, sessionName string) (*reason.Decision, *view.Role, error) {
	arn := operatorRoleARN(account)
	role, _ := v.Role(arn)
	facts := access.Facts(access.Network{Now: d.Now(), Secure: true}) // a unix socket: nobody between
	facts.Set("sts:RoleSessionName", sessionName)
	decision := access.Assume(v, access.AssumeRequest{
		Role: role, RoleARN: arn, Action: "sts:AssumeRole", Context: facts,
		Caller: iampolicy.Principal{Type: iampolicy.Service, Service: directory.OperatorService},
	})
	public := fmt.Sprintf("%s is not authorized to perform: sts:AssumeRole on resource: %s", directory.OperatorService, arn)
	return &decision, role, access.Refusal(decision, public)
}

// operatorRoleARN is the role with which an operator works in an account.
func operatorRoleARN(account name.AccountID) name.ARN {
	arn, _ := name.NewARN("iam", "", account, "role/lanyard/Operator") // an account id that exists is well formed
	return arn
}
