package operator

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/opwire"
	"github.com/lanyard-id/lanyard/internal/reason"
	"github.com/lanyard-id/lanyard/internal/requestid"
	"github.com/lanyard-id/lanyard/internal/web"
)

func TestStatusAndDoctor(t *testing.T) {
	w := newWorld(t)
	if got := get[opwire.Status](w, "GET", opwire.PathStatus, nil); got.Revision != w.view().Rev() {
		t.Errorf("status: %+v", got)
	}
	if got := get[[]opwire.Finding](w, "GET", opwire.PathDoctor, nil); len(got) != 1 || got[0].Check != "store" {
		t.Errorf("doctor: %+v", got)
	}
}

// TestForeignUID wants another user to get nothing from any route, and a record of each try.
func TestForeignUID(t *testing.T) {
	w := newWorld(t, func(d *Door) { d.Peer = func(*net.UnixConn) (int, error) { return 4242, nil } })
	before := w.view().Rev()
	for _, r := range w.door.routes() {
		path := strings.NewReplacer("{kind}", "Role", "{id}", "0194f3c0-0000-7000-8000-000000000000").Replace(r.Pattern)
		got := w.refused(r.Method, path, nil, ForeignUID)
		id, err := requestid.Parse(got.RequestID)
		must(t, err)
		rec, err := w.audit.Find(t.Context(), id)
		must(t, err)
		if rec.Stream != audit.RefusalsStream || rec.Principal.ID != "" || rec.Principal.Display != "uid 4242" || rec.Operation != r.Name {
			t.Errorf("%s: the record is %+v", r.Name, rec)
		}
	}
	if w.view().Rev() != before {
		t.Error("a foreign user changed something")
	}
}

func TestPeerUnknown(t *testing.T) {
	w := newWorld(t, func(d *Door) {
		d.Peer = func(*net.UnixConn) (int, error) { return os.Getuid(), errors.New("no credentials") }
	})
	w.refused("GET", opwire.PathStatus, nil, PeerUnknown)
}

// TestNoUnixConnection wants a request that did not come over the socket refused, whatever it says of itself.
func TestNoUnixConnection(t *testing.T) {
	d := newWorld(t).door
	ctx := ConnContext(t.Context(), &net.TCPConn{})
	r, err := http.NewRequestWithContext(ctx, "GET", opwire.PathStatus, http.NoBody)
	must(t, err)
	c := &call{r: r, v: d.Directory.View(), event: web.EventOf(ctx)}
	if err := d.identify(c); !fault.Is(err, PeerUnknown) {
		t.Errorf("got %v", err)
	}
}

// TestListedUID lets in whom the configuration lists, under the uid that the kernel says.
func TestListedUID(t *testing.T) {
	w := newWorld(t, func(d *Door) {
		d.UIDs = []int{1, 4242}
		d.Peer = func(*net.UnixConn) (int, error) { return 4242, nil }
	})
	w.apply("kind: ResourceGroup\nname: demo\n")
	rec := w.ledger("apply")
	inst := w.view().Installation()
	operator, _ := w.view().OperatorOf(inst.Tenant)
	want := audit.Principal{Kind: "operator", ID: operator.ObjectID.String(), Display: "uid 4242"}
	if rec.Principal != want || rec.Outcome != audit.Changed || rec.Rev != w.view().Rev() {
		t.Errorf("the record is %+v", rec)
	}
}

// TestOperatorWithoutGrants wants the grants to be about the clouds' doors only: whoever takes them away can still give
// them back.
func TestOperatorWithoutGrants(t *testing.T) {
	w := newWorld(t)
	operator, _ := w.view().OperatorOf(w.view().Installation().Tenant)
	grants := get[[]struct{ ID, PrincipalID string }](w, "GET", opwire.PathRecords+"RoleAssignment", nil)
	for _, g := range grants {
		if g.PrincipalID != operator.ObjectID.String() {
			continue
		}
		if got := get[opwire.ApplyResult](w, "DELETE", opwire.RecordPath("RoleAssignment", g.ID), nil); len(got.Steps) != 1 {
			t.Errorf("deleting the grant %s: %+v", g.ID, got)
		}
	}
	if left := w.view().AssignmentsOf(operator.ObjectID); len(grants) < 3 || len(left) != 0 {
		t.Fatalf("%d grants were visible, %d are left", len(grants), len(left))
	}
	can := get[reason.Decision](w, "POST", opwire.PathCan, opwire.CanRequest{
		Principal: "operator", Action: "Microsoft.Web/sites/write", Resource: "/subscriptions/" + w.view().Installation().Subscription.String(),
	})
	if can.Allowed() {
		t.Errorf("an operator without grants may: %s", can)
	}
	w.apply("kind: RoleAssignment\nprincipal: " + operator.ObjectID.String() + "\nrole: Owner\nscope: /\n")
}

func TestMountIncomplete(t *testing.T) {
	whole := newWorld(t).door
	for name, spoil := range map[string]func(*Door){
		"no uids": func(d *Door) { d.UIDs = nil }, "no peer": func(d *Door) { d.Peer = nil },
		"no ledger": func(d *Door) { d.Ledger = nil }, "nothing": func(d *Door) { *d = Door{} },
	} {
		d := whole
		spoil(&d)
		if _, err := d.Mount(web.Config{}); err == nil {
			t.Errorf("%s: it was mounted", name)
		}
	}
}

func TestStrictBodies(t *testing.T) {
	w := newWorld(t)
	for name, body := range map[string]string{
		"empty": "", "no JSON": "as=x", "unknown name": `{"as":"x","more":1}`, "twice": `{"as":"x","as":"y"}`,
		"trailing": `{"as":"x"} {}`, "folded": `{"AS":"x"}`, "wrong type": `{"as":1}`, "bad UTF-8": "{\"as\":\"\xff\"}",
	} {
		t.Run(name, func(t *testing.T) {
			w := *w
			w.t = t
			w.refused("POST", opwire.PathLaunch, body, BadRequest)
		})
	}
	w.refused("POST", opwire.PathConfirm, `{"really":true}`, BadRequest)
	w.refused("POST", opwire.PathLaunch, `{"as":"`+strings.Repeat("x", web.DefaultMaxBody)+`"}`, web.BodyTooLarge)
	w.refused("PATCH", opwire.PathLaunch, nil, web.MethodNotAllowed)
	w.refused("GET", "/v1/nothing", nil, web.NoRoute)
}

// TestLedgerDown wants nothing changed and nothing handed out while the ledger takes no records.
func TestLedgerDown(t *testing.T) {
	down := fault.New(fault.Unavailable, audit.Unavailable, "The audit takes no records.")
	w := newWorld(t)
	w.apply(scene)
	sick := newSick(w, down)
	before := w.view().Rev()
	for _, r := range [][2]string{
		{opwire.PathApply, `{"manifest":"kind: ResourceGroup\nname: late\n"}`},
		{opwire.PathLaunch, `{"as":"reader"}`},
		{opwire.PathConfirm, ``},
		{opwire.PathRevoke, `{"principal":"reader"}`},
		{opwire.PathRotate, `{}`},
	} {
		sick.refused("POST", r[0], r[1], audit.Unavailable)
	}
	sick.refused("GET", opwire.PathBackup, nil, audit.Unavailable)
	sick.refused("DELETE", opwire.RecordPath("Role", "loader"), nil, audit.Unavailable)
	if w.view().Rev() != before {
		t.Error("something was changed without a record")
	}
}

// TestLedgerFailsAfterRotation wants an answer that says that the keys were made.
func TestLedgerFailsAfterRotation(t *testing.T) {
	sick := newSick(newWorld(t), nil)
	if got := sick.refused("POST", opwire.PathRotate, `{}`, Unrecorded); !strings.Contains(got.Message, "were made") {
		t.Errorf("the answer is %+v", got)
	}
}

func TestAFullDiskTakesNoManifestsAndLosesNoDeletion(t *testing.T) {
	w := newWorld(t, func(d *Door) {
		d.Room = func() error { return fault.New(fault.Unavailable, "disk.full", "no space is left") }
	})
	w.refused("POST", opwire.PathApply, opwire.ApplyRequest{Manifest: "kind: ResourceGroup\nname: late\n"}, "disk.full")
	if _, made := w.view().Group(w.view().Installation().Subscription, "late"); made {
		t.Error("a refused manifest was applied")
	}
	code, _ := w.send("DELETE", opwire.RecordPath("Resource", "nobody"), nil)
	if code != http.StatusNotFound {
		t.Errorf("a deletion is answered with %d", code)
	}
}

// TestAFailingDiskFailsNoStore wants every write refused that would end the process, and nothing of it done.
func TestAFailingDiskFailsNoStore(t *testing.T) {
	full := false
	w := newWorld(t, func(d *Door) {
		d.Last = func() error {
			if full {
				return fault.New(fault.Unavailable, "disk.full", "no space is left")
			}
			return nil
		}
	})
	w.apply(scene)
	l := w.launched("reader")
	full = true
	before := w.view().Rev()
	w.refused("POST", opwire.PathLaunch, opwire.LaunchRequest{As: "reader"}, "disk.full")
	w.refused("PUT", opwire.PathLaunch+"/"+l.ID, nil, "disk.full")
	w.refused("DELETE", opwire.PathLaunch+"/"+l.ID, nil, "disk.full")
	w.refused("POST", opwire.PathRevoke, opwire.RevokeRequest{Principal: "reader"}, "disk.full")
	w.refused("DELETE", opwire.RecordPath("Resource", "reader"), nil, "disk.full")
	if after := w.view().Rev(); after != before {
		t.Errorf("revision %d became %d", before, after)
	}
}

// newSick is a second door on the same world whose ledger takes no records; health is what it says of itself.
func newSick(w *world, health error) *world {
	sick := *w
	sick.door.Ledger = sickLedger{w.audit, health}
	sick.listen()
	return &sick
}

type sickLedger struct {
	*audit.Log
	health error
}

func (l sickLedger) Health() error { return l.health }

func (sickLedger) Ledger(context.Context, audit.Record) error {
	return fault.New(fault.Unavailable, audit.Unavailable, "The audit takes no records.")
}

func TestBackup(t *testing.T) {
	w := newWorld(t)
	code, body := w.send("GET", opwire.PathBackup, nil)
	if code != http.StatusOK || body != "a backup" {
		t.Errorf("got %d %q", code, body)
	}
	if rec := w.ledger("backup"); rec.Outcome != audit.Allowed || rec.Principal.Kind != "operator" {
		t.Errorf("the record is %+v", rec)
	}
}

// TestBackupCutShort wants a backup that fails half-way to end in a broken connection, never to look whole.
func TestBackupCutShort(t *testing.T) {
	w := newWorld(t, func(d *Door) {
		d.Backup = func(_ context.Context, out io.Writer) error {
			_, _ = out.Write(make([]byte, 1<<20))
			return errors.New("the disk broke")
		}
	})
	req, err := http.NewRequestWithContext(t.Context(), "GET", "http://operator"+opwire.PathBackup, http.NoBody)
	must(t, err)
	resp, err := w.client.Do(req)
	must(t, err)
	defer resp.Body.Close() //nolint:errcheck // it was only read
	if _, err := io.Copy(io.Discard, resp.Body); err == nil {
		t.Error("half a backup looks whole")
	}
}

func TestBackupFailsBeforeFirstByte(t *testing.T) {
	w := newWorld(t, func(d *Door) {
		d.Backup = func(context.Context, io.Writer) error { return errors.New("the store broke") }
	})
	w.refused("GET", opwire.PathBackup, nil, fault.Unforeseen)
}

func TestConfirm(t *testing.T) {
	w := newWorld(t)
	_, err := w.dir.Do(t.Context(), func(e *directory.Edit) error { return e.Restored("other") })
	must(t, err)
	w.apply(scene)
	got := w.refused("POST", opwire.PathToken, opwire.TokenRequest{As: "reader", Resource: "https://storage.azure.com"}, "mint.held")
	if got.Next != "lanyard restore --confirm" {
		t.Errorf("next is %q", got.Next)
	}
	w.refused("POST", opwire.PathSession, opwire.SessionRequest{As: "operator"}, "mint.held")
	if got := get[opwire.Status](w, "POST", opwire.PathConfirm, nil); got.Held {
		t.Error("still held")
	}
	get[opwire.Token](w, "POST", opwire.PathToken, opwire.TokenRequest{As: "reader", Resource: "https://storage.azure.com"})
	if rec := w.ledger("confirm"); rec.Outcome != audit.Changed {
		t.Errorf("the record is %+v", rec)
	}
}

func TestKeys(t *testing.T) {
	w := newWorld(t)
	before := get[[]opwire.Key](w, "GET", opwire.PathKeys, nil)
	after := get[[]opwire.Key](w, "POST", opwire.PathRotate, opwire.RotateRequest{Now: true})
	if len(before) == 0 || len(after) != len(before)+2 {
		t.Errorf("%d keys before and %d after", len(before), len(after))
	}
	if rec := w.ledger("keys.rotate"); rec.Outcome != audit.Changed || rec.Input["now"] != "true" {
		t.Errorf("the record is %+v", rec)
	}
}

func TestRoutesDocumented(t *testing.T) {
	page := web.Surface("operator", newWorld(t).door.routes())
	for _, path := range []string{opwire.PathStatus, opwire.PathBackup, "/v1/records/{kind}/named", "/v1/launches/{id}"} {
		if !strings.Contains(page, path) {
			t.Errorf("the table does not show %s", path)
		}
	}
}
