package demo

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/opwire"
)

// The ways in which something is tried.
const (
	viaChild = "child"
	viaRaw   = "raw"
)

// expected is how something must be refused.
type expected struct {
	name   string
	status int
	code   string // the cloud's error code; empty where the SDK does not tell one
	reason fault.Reason
}

// child makes a function try what must be refused.
func (d *demo) child(ctx context.Context, f *function, a attempt, want expected) error {
	out, err := f.try(ctx, a)
	if err != nil {
		return fmt.Errorf("%s: %w", want.name, err)
	}
	if out.Refusal == nil {
		d.say("  %-40s LET THROUGH", want.name)
		d.differ("%s: it was let through, with %s", want.name, counted(out.Objects, "object"))
		return nil
	}
	if out.Refusal.Type == "" {
		d.differ("%s: the SDK's error has no type", want.name)
	}
	return d.refused(ctx, viaChild, *out.Refusal, want)
}

// refused looks the refusal up in the server's audit and holds it to what is expected.
func (d *demo) refused(ctx context.Context, via string, got said, want expected) error {
	r := Refusal{Name: want.name, Via: via, WireError: got.text(), RequestID: got.RequestID}
	before := len(d.report.Differs)
	if got.Status != want.status || want.code != "" && got.Code != want.code {
		d.differ("%s: answered %s, want %d %s", want.name, r.WireError, want.status, want.code)
	}
	var rec opwire.Record
	if got.RequestID == "" {
		d.differ("%s: the answer has no request id: %s", want.name, r.WireError)
	} else if err := d.operator.Do(ctx, http.MethodGet, opwire.PathRecord+got.RequestID, nil, &rec); err != nil {
		if ctx.Err() != nil {
			return err
		}
		d.differ("%s: the record of %s cannot be had: %v", want.name, got.RequestID, err)
	} else {
		r.Reason = because(rec)
		if rec.Reason != want.reason || rec.Outcome != audit.Refused || rec.ID.String() != got.RequestID {
			d.differ("%s: the record %s says %s for %q, want it refused for %q", want.name, rec.ID, rec.Outcome, rec.Reason, want.reason)
		}
	}
	d.report.Refusals = append(d.report.Refusals, r)
	d.showRefusal(r, got, len(d.report.Differs) == before)
	return nil
}

// text is the error in one line.
func (s said) text() string {
	text := fmt.Sprintf("%d %s: %s", s.Status, cmp.Or(s.Code, s.Type), s.Message)
	if s.Code != "" && s.Type != "" {
		text += " [" + s.Type + "]"
	}
	return text
}

// because is the record's reason, and what the record says of the case: what was missing where rules decided, else what was
// asked for, and where.
func because(rec opwire.Record) string {
	var parts []string
	if d := rec.Decision; d != nil {
		for _, c := range append(d.Decisive, d.Nearest...) {
			parts = append(parts, c.Kind+": "+c.Text)
		}
		parts = parts[:min(len(parts), 1)] // the first is the nearest
		if d.Hint != "" {
			parts = append(parts, d.Hint)
		}
	} else {
		text := "at the " + rec.Door + " door"
		if what := cmp.Or(rec.Audience, rec.Resource); what != "" {
			text = "for " + what + " " + text
		}
		if rec.Operation != "" {
			text = rec.Operation + " " + text
		}
		parts = append(parts, text)
	}
	return string(rec.Reason) + ": " + strings.Join(parts, "; ")
}

// refusals plays what is refused while everybody keeps what they have.
func (d *demo) refusals(ctx context.Context) error {
	d.heading("What is refused")
	brief, err := d.clientID(ctx, "brief")
	if err != nil {
		return err
	}
	plain, err := d.clientID(ctx, "plain")
	if err != nil {
		return err
	}
	over, err := d.keepBrief(ctx, brief)
	if err != nil {
		return err
	}
	if err := d.forgeries(ctx); err != nil {
		return err
	}
	for _, each := range []struct {
		by   *function
		what attempt
		want expected
	}{
		{
			d.function,
			attempt{Do: "blobs", Audience: audience},
			expected{"wrong audience", 401, "InvalidAuthenticationInfo", "authn.wrong_audience"},
		},
		{
			d.function,
			attempt{Do: "session", Audience: storageAudience},
			expected{"wrong audience for the role", 400, "InvalidIdentityToken", "federation.audience_mismatch"},
		},
		{
			d.function,
			attempt{Do: "token", Audience: "api://nobody"},
			expected{"unregistered audience", 400, "", "mint.audience_unregistered"},
		},
		{
			d.stranger,
			attempt{Do: "blobs"},
			expected{"foreign tenant", 401, "InvalidAuthenticationInfo", "authn.foreign_tenant"},
		},
		{
			d.function,
			attempt{Do: "token", Audience: storageAudience, Identity: plain},
			expected{"unassigned identity", 400, "", "mint.identity_not_found"},
		},
		{
			d.neighbour,
			attempt{Do: "token", Audience: storageAudience},
			expected{"ambiguous identity", 400, "", "mint.identity_ambiguous"},
		},
		{
			d.neighbour,
			attempt{Do: "session", Identity: plain},
			expected{"trust policy subject mismatch", 403, "AccessDenied", "access.denied"},
		},
	} {
		if err := d.child(ctx, each.by, each.what, each.want); err != nil {
			return err
		}
	}
	return d.expiries(ctx, over)
}

// keepBrief makes the functions keep a token and a session that live three seconds, and shows that they are good. The
// hurried one lists with such by itself. It gives the time when all are over.
func (d *demo) keepBrief(ctx context.Context, identity string) (over time.Time, err error) {
	listings, err := d.hurried.list(ctx)
	if err != nil {
		return over, err
	}
	d.compare("first listing of the hurried one", listings)
	token, err := d.works(ctx, "a token of three seconds", d.neighbour,
		attempt{Do: "token", Identity: identity, Audience: storageAudience, Keep: "brief"})
	if err != nil {
		return over, err
	}
	if _, err := d.works(ctx, "a listing with it", d.neighbour, attempt{Do: "blobs", Use: "brief"}); err != nil {
		return over, err
	}
	session, err := d.works(ctx, "a session of three seconds", d.function,
		attempt{Do: "session", Role: d.roleARN(briefRole), Keep: "brief"})
	if err != nil {
		return over, err
	}
	_, err = d.works(ctx, "a listing with it", d.function, attempt{Do: "objects", Use: "brief"})
	if over = token.Expires; session.Expires.After(over) {
		over = session.Expires
	}
	return over, err
}

// expiries waits until the kept token and session are over, really, and tries them. Who keeps none sees nothing of it: its
// SDKs get new ones.
func (d *demo) expiries(ctx context.Context, over time.Time) error {
	if left := time.Until(over); left > 0 {
		done := d.Progress(fmt.Sprintf("waiting %.1f s for a token and a session to end", left.Seconds()))
		err := pause(ctx, left)
		done()
		if err != nil {
			return err
		}
	}
	err := d.child(ctx, d.neighbour, attempt{Do: "blobs", Use: "brief"},
		expected{"expired token", 401, "InvalidAuthenticationInfo", "token.expired"})
	if err != nil {
		return err
	}
	err = d.child(ctx, d.function, attempt{Do: "objects", Use: "brief"},
		expected{"session past its expiry", 400, "ExpiredToken", "authn.session_expired"})
	if err != nil {
		return err
	}
	listings, err := d.hurried.list(ctx)
	if err != nil {
		return err
	}
	if d.compare("listing of the hurried one, after its token and its session were over", listings) {
		d.say("")
		d.line("renewed", "both stores listed again by a function that did nothing for it")
	}
	return nil
}
