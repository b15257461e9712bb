package demo

import (
	"context"
	"time"
)

// killings kills the function and the server as "kill -9" does, starts each again and lists again.
func (d *demo) killings(ctx context.Context) error {
	d.heading("What is killed and comes back")
	start := time.Now()
	if err := d.function.kill(); err != nil {
		return err
	}
	if err := d.relaunch(ctx); err != nil {
		return err
	}
	if err := d.again(ctx, "function killed", start); err != nil {
		return err
	}
	start = time.Now()
	d.server.kill()
	if err := d.startServer(ctx); err != nil {
		return err
	}
	return d.again(ctx, "server killed", start)
}

// relaunch starts the function anew.
func (d *demo) relaunch(ctx context.Context) (err error) {
	d.function, err = d.launch(ctx, "two-clouds")
	return err
}

// endings takes things away, one after the other, and puts them back.
func (d *demo) endings(ctx context.Context) error {
	d.heading("What ends at once when it is taken away")
	if err := d.loseRole(ctx); err != nil {
		return err
	}
	if err := d.loseIdentity(ctx); err != nil {
		return err
	}
	start := time.Now()
	if _, err := d.apply(ctx, d.scene()+"\n---\n"+d.neighbours()); err != nil {
		return err
	}
	// An identity of the same name is another identity: what was issued for the former stays worthless.
	err := d.child(ctx, d.function, attempt{Do: "blobs", Use: "old"},
		expected{"old token, identity made anew", 401, "InvalidAuthenticationInfo", "token.principal_deleted"})
	if err != nil {
		return err
	}
	d.function.process.stop() // its SDK still holds tokens of the former identity, and would go on with them
	if err := d.relaunch(ctx); err != nil {
		return err
	}
	return d.again(ctx, "all put back", start)
}

// loseRole deletes the role assignment: the token that the function holds opens nothing any more. A new assignment makes
// the same token good again.
func (d *demo) loseRole(ctx context.Context) error {
	if _, err := d.works(ctx, "the listing before the assignment is removed", d.function, attempt{Do: "blobs"}); err != nil {
		return err
	}
	applied, err := d.apply(ctx, d.scene())
	if err != nil {
		return err
	}
	for _, step := range applied.Steps {
		if step.Action != "unchanged" {
			d.differ("the scene is applied a second time: %s %s %s, want nothing changed", step.Action, step.Kind, step.Name)
		}
		if step.Kind == "RoleAssignment" {
			if err := d.remove(ctx, step.Kind, step.ID); err != nil {
				return err
			}
		}
	}
	err = d.child(ctx, d.function, attempt{Do: "blobs"},
		expected{"removed role assignment", 403, "AuthorizationPermissionMismatch", "access.denied"})
	if err != nil {
		return err
	}
	if _, err := d.apply(ctx, d.scene()); err != nil {
		return err
	}
	_, err = d.works(ctx, "the listing after the assignment is back", d.function, attempt{Do: "blobs"})
	return err
}

// loseIdentity deletes the identity, or the function's resource with the identity that it owns. Nothing new is issued, and
// what was issued before is worth nothing.
func (d *demo) loseIdentity(ctx context.Context) error {
	for _, a := range []attempt{{Do: "token", Audience: storageAudience, Keep: "old"}, {Do: "session", Keep: "old"}} {
		if _, err := d.works(ctx, "a "+a.Do+" before the identity is deleted", d.function, a); err != nil {
			return err
		}
	}
	for _, a := range []attempt{{Do: "blobs", Use: "old"}, {Do: "objects", Use: "old"}} {
		if _, err := d.works(ctx, a.Do+" before the identity is deleted", d.function, a); err != nil {
			return err
		}
	}
	kind, want := "UserAssignedIdentity", expected{"deleted identity", 400, "", "mint.no_identity"}
	if d.SystemAssigned {
		kind, want.reason = "Resource", "attest.workload_deleted"
	}
	if err := d.remove(ctx, kind, "two-clouds"); err != nil {
		return err
	}
	if err := d.child(ctx, d.function, attempt{Do: "token", Audience: otherAudience}, want); err != nil {
		return err
	}
	err := d.child(ctx, d.function, attempt{Do: "blobs", Use: "old"},
		expected{"token of a deleted identity", 401, "InvalidAuthenticationInfo", "token.principal_deleted"})
	if err != nil {
		return err
	}
	return d.child(ctx, d.function, attempt{Do: "objects", Use: "old"},
		expected{"session of a deleted identity", 400, "InvalidToken", "authn.session_revoked"})
}
