package operator

import (
	"net/http"
	"strconv"

	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/directory/iam"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/opwire"
)

func status(d Door, _ *call) (any, error) { return d.Status(), nil }

func doctor(d Door, c *call) (any, error) { return d.Doctor(c.ctx()), nil }

func listKeys(d Door, c *call) (any, error) { return d.Keys.List(c.ctx()) }

// rotateKeys makes new signing keys.
func rotateKeys(d Door, c *call) (any, error) {
	var req opwire.RotateRequest
	if err := c.body(&req); err != nil {
		return nil, err
	}
	c.event.Record.Input = map[string]string{"now": strconv.FormatBool(req.Now)}
	if err := d.Ledger.Health(); err != nil {
		return nil, err
	}
	if err := d.Keys.Rotate(c.ctx(), req.Now); err != nil {
		return nil, err
	}
	if err := d.record(c, audit.Changed); err != nil {
		return nil, fault.New(fault.Unavailable, Unrecorded, "New signing keys were made, but that could not be recorded.").Because(err)
	}
	return d.Keys.List(c.ctx())
}

// revoke ends what a principal, a role or the root of an account was given so far. New credentials may be had.
func revoke(d Door, c *call) (any, error) {
	var req opwire.RevokeRequest
	if err := c.body(&req); err != nil {
		return nil, err
	}
	p, err := findPrincipal(c.v, req.Principal)
	if err != nil {
		return nil, err
	}
	c.event.Record.Resource = p.full
	if !p.azure() && !p.aws() {
		return nil, missing(directory.RoleNotFound, "%s has no role lanyard/Operator, so there are no sessions to end.", p.full)
	}
	var steps []opwire.Step
	err = d.change(c, func(e *directory.Edit) (err error) {
		steps, err = revokeAll(e, p)
		return err
	})
	if err != nil {
		return nil, err
	}
	return opwire.ApplyResult{Steps: steps, Revision: c.v.Rev()}, nil
}

// revokeAll revokes each side that the principal has.
func revokeAll(e *directory.Edit, p principal) (steps []opwire.Step, err error) {
	step := func(kind, id string) {
		steps = append(steps, opwire.Step{Action: "revoke", Kind: kind, Name: p.full, ID: id})
	}
	if p.azure() {
		id := p.owner.Principal().ObjectID
		if err := e.RevokePrincipal(id); err != nil {
			return nil, err
		}
		step("ServicePrincipal", id.String())
	}
	if p.role != nil {
		if err := e.RevokeRole(p.role.ARN); err != nil {
			return nil, err
		}
		step("Role", p.role.ARN.String())
	}
	if p.user != nil { // what a user signs is ended by its keys: they are switched off
		for k := range e.View().AccessKeys(p.user.UniqueID) {
			if err := iam.SwitchKey(e, p.user, k.ID, false); err != nil {
				return nil, err
			}
		}
		step("User", p.user.ARN.String())
	}
	if p.account != nil {
		if err := e.RevokeAccount(p.account.ID); err != nil {
			return nil, err
		}
		step("Account", p.account.ID.String())
	}
	return steps, nil
}

// backup streams a backup. It holds everything but the key encryption key, so it is recorded before its first byte.
func backup(d Door, c *call, w http.ResponseWriter) error {
	if err := d.record(c, audit.Allowed); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/x-tar")
	return d.Backup(c.ctx(), w)
}

// confirm ends the hold after a restore.
func confirm(d Door, c *call) (any, error) {
	if err := c.noBody(); err != nil {
		return nil, err
	}
	if err := d.change(c, func(e *directory.Edit) error { return e.Confirm() }); err != nil {
		return nil, err
	}
	return d.Status(), nil
}
