package operator

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/directory/kinds"
	"github.com/lanyard-id/lanyard/internal/manifest"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/objects"
	"github.com/lanyard-id/lanyard/internal/opwire"
)

func TestApply(t *testing.T) {
	w := newWorld(t)
	before := w.view().Rev()
	plan := get[opwire.ApplyResult](w, "POST", opwire.PathApply, opwire.ApplyRequest{Manifest: scene, DryRun: true})
	if !plan.DryRun || plan.Revision != before || w.view().Rev() != before || len(plan.Steps) != 13 {
		t.Fatalf("the plan is %+v", plan)
	}
	made := w.apply(scene)
	if made.DryRun || made.Revision != w.view().Rev() || len(made.Steps) != len(plan.Steps) {
		t.Fatalf("made %+v", made)
	}
	for i, s := range made.Steps {
		if s.Action != "create" || s.ID == "" || s.Kind != plan.Steps[i].Kind {
			t.Errorf("step %d: %+v", i, s)
		}
	}
	rec := w.ledger("apply")
	if rec.Outcome != audit.Changed || rec.Input["create"] != "13" || rec.Input["step.01"] != "create ResourceGroup "+made.Steps[0].ID {
		t.Errorf("the record is %+v", rec)
	}
	get[opwire.ApplyResult](w, "POST", opwire.PathApply, opwire.ApplyRequest{Manifest: "kind: ResourceGroup\nname: g\n", File: "a\x1b.yaml"})
	if rec := w.ledger("apply"); rec.Input["file"] == "" || strings.Contains(rec.Input["file"], "\x1b") {
		t.Errorf("the record is %+v", rec)
	}
	if again := w.apply(scene); again.Steps[4].Action != "unchanged" {
		t.Errorf("applied again: %+v", again.Steps)
	}
	changed := w.apply(strings.ReplaceAll(scene, "value: films", "value: books"))
	if s := changed.Steps[4]; s.Action != "update" || len(s.Changes) == 0 {
		t.Errorf("the change is %+v", s)
	}
}

func TestApplyErrors(t *testing.T) {
	w := newWorld(t)
	got := w.refused("POST", opwire.PathApply, opwire.ApplyRequest{Manifest: "kind: Thing\n"}, manifest.UnknownKind)
	if !strings.HasPrefix(got.Message, "line 1, column 7: ") || got.Next != "lanyard apply --help" {
		t.Errorf("got %+v", got)
	}
	text := "kind: ResourceGroup\nname: ok\n---\nkind: Resource\ntype: Microsoft.Web/sites\nname: r\nresourceGroup: missing\n"
	for _, dry := range []bool{true, false} {
		got = w.refused("POST", opwire.PathApply, opwire.ApplyRequest{Manifest: text, DryRun: dry}, directory.GroupNotFound)
		if !strings.HasPrefix(got.Message, "line 4, column 1: ") {
			t.Errorf("got %+v", got)
		}
	}
	if _, made := w.view().Group(w.view().Installation().Subscription, "ok"); made {
		t.Error("half of a manifest was made")
	}
	large := "# " + strings.Repeat("x", manifest.MaxBytes)
	w.refused("POST", opwire.PathApply, opwire.ApplyRequest{Manifest: large}, manifest.TooLarge)
}

// item is what all records begin with.
type item struct{ Kind, Name, ID string }

func TestGetRecords(t *testing.T) {
	w := newWorld(t)
	w.apply(scene)
	if got := get[[]item](w, "GET", opwire.PathRecords+"Resource", nil); len(got) < 4 {
		t.Errorf("resources: %+v", got)
	}
	id := resourceOf(w, "other", "twin")
	for _, n := range []string{id, "other/twin"} {
		got := get[[]item](w, "GET", opwire.RecordPath("resource", n), nil)
		if len(got) != 1 || got[0].ID != id || got[0].Kind != "Resource" {
			t.Errorf("%s: %+v", n, got)
		}
	}
	if got := get[[]item](w, "GET", opwire.RecordPath("Resource", "twin"), nil); len(got) != 2 {
		t.Errorf("twins: %+v", got)
	}
	if got := get[[]item](w, "GET", opwire.RecordPath("Role", "loader"), nil); len(got) != 1 || got[0].Name != "loader" {
		t.Errorf("role: %+v", got)
	}
	w.refused("GET", opwire.RecordPath("Role", "nobody"), nil, kinds.NotFound)
	w.refused("GET", opwire.PathRecords+"Thing", nil, kinds.UnknownKind)
}

func TestDeleteRecord(t *testing.T) {
	w := newWorld(t)
	w.apply(scene)
	got := get[opwire.ApplyResult](w, "DELETE", opwire.RecordPath("Role", "loader"), nil)
	if len(got.Steps) != 1 || got.Steps[0].Action != "delete" || got.Revision != w.view().Rev() {
		t.Errorf("got %+v", got)
	}
	rec := w.ledger("delete")
	if rec.Outcome != audit.Changed || rec.Resource != got.Steps[0].ID || rec.Input["step.01"] != "delete Role "+got.Steps[0].ID {
		t.Errorf("the record is %+v", rec)
	}
	w.refused("DELETE", opwire.RecordPath("Role", "loader"), nil, kinds.NotFound)
	w.refused("DELETE", opwire.RecordPath("Resource", "twin"), nil, kinds.Ambiguous)
	w.refused("DELETE", opwire.RecordPath("Tenant", "default"), nil, directory.InUse)
}

// TestProviderByURL finds and deletes a provider by its ARN and by its URL: both end in a slash, and one has two in a row.
func TestProviderByURL(t *testing.T) {
	const issuer = "https://login.example/tenant/"
	w := newWorld(t)
	for _, by := range []func(item) string{func(p item) string { return p.ID }, func(p item) string { return p.Name }} {
		w.apply("{kind: OIDCProvider, url: \"" + issuer + "\", clientIds: [\"api://films\"]}")
		made := get[[]item](w, "GET", opwire.PathRecords+"OIDCProvider", nil)
		if len(made) != 1 || made[0].Name != issuer || !strings.HasSuffix(made[0].ID, "/tenant/") {
			t.Fatalf("made %+v", made)
		}
		if got := get[[]item](w, "GET", opwire.RecordPath("OIDCProvider", by(made[0])), nil); len(got) != 1 {
			t.Errorf("%s: found %+v", by(made[0]), got)
		}
		if got := get[opwire.ApplyResult](w, "DELETE", opwire.RecordPath("OIDCProvider", by(made[0])), nil); len(got.Steps) != 1 {
			t.Errorf("%s: deleted %+v", by(made[0]), got)
		}
		if left := get[[]item](w, "GET", opwire.PathRecords+"OIDCProvider", nil); len(left) != 0 {
			t.Errorf("%+v stays", left)
		}
	}
}

// TestNoNameIsNotAll wants a request that names nothing refused: an empty name would mean whatever there is.
func TestNoNameIsNotAll(t *testing.T) {
	w := newWorld(t)
	w.apply(scene)
	for _, query := range []string{"", "?", "?name=", "?name=loader&name=loader", "?name=loader&kind=Role", "?Name=loader"} {
		for _, method := range []string{"GET", "DELETE"} {
			if code, body := w.send(method, opwire.PathRecords+"Role/named"+query, nil); code != 400 {
				t.Errorf("%s %s: %d %s", method, query, code, body)
			}
		}
	}
}

// put stores an object.
func (w *world) put(space name.GUID, key string) {
	w.t.Helper()
	_, err := w.objects.Put(w.t.Context(), objects.Upload{Space: space, Key: key, Body: strings.NewReader("x"), Size: 1})
	must(w.t, err)
}

// count is how many objects a space holds.
func (w *world) count(space name.GUID) int {
	w.t.Helper()
	page, err := w.objects.List(w.t.Context(), space, objects.Query{})
	if err != nil {
		return 0
	}
	return len(page.Objects)
}

func TestDeleteBucket(t *testing.T) {
	w := newWorld(t)
	w.apply(scene)
	bucket, _ := w.view().Bucket("films-bucket")
	w.put(bucket.UID, "a")
	for _, n := range []string{"films-bucket", bucket.ARN().String()} {
		code, body := w.send("DELETE", opwire.RecordPath("Bucket", n), nil)
		if _, stays := w.view().Bucket("films-bucket"); !stays || code < 400 {
			t.Fatalf("a bucket with objects was deleted as %s: %d %s", n, code, body)
		}
	}
	w.refused("DELETE", opwire.RecordPath("Bucket", "films-bucket"), nil, BucketNotEmpty)
	must(t, w.objects.Delete(t.Context(), bucket.UID, "a"))
	get[opwire.ApplyResult](w, "DELETE", opwire.RecordPath("Bucket", "films-bucket"), nil)
	if _, stays := w.view().Bucket("films-bucket"); stays {
		t.Error("the bucket stays")
	}
	if err := putIn(w, bucket.UID); err == nil {
		t.Error("the space of a deleted bucket takes objects")
	}
}

func putIn(w *world, space name.GUID) error {
	_, err := w.objects.Put(w.t.Context(), objects.Upload{Space: space, Key: "late", Body: strings.NewReader("x"), Size: 1})
	return err
}

// TestDeleteTakesBytes wants the blobs of a container to go with it, with its account and with its group.
func TestDeleteTakesBytes(t *testing.T) {
	for _, what := range [][2]string{{"Container", "films/reels"}, {"StorageAccount", "films"}, {"ResourceGroup", "demo"}} {
		t.Run(what[0], func(t *testing.T) {
			w := newWorld(t)
			w.apply(scene)
			account, _ := w.view().StorageAccount("films")
			reels, _ := w.view().Container(account, "reels")
			w.put(reels.UID, "a")
			get[opwire.ApplyResult](w, "DELETE", opwire.RecordPath(what[0], what[1]), nil)
			if n := w.count(reels.UID); n != 0 || putIn(w, reels.UID) == nil {
				t.Errorf("%d blobs are left, or the space takes more", n)
			}
			w.apply(scene)
			account, _ = w.view().StorageAccount("films")
			again, ok := w.view().Container(account, "reels")
			if !ok || again.UID == reels.UID || w.count(again.UID) != 0 {
				t.Error("a container of the old name inherits")
			}
		})
	}
}

// stuck is a disk that gives no space back.
type stuck struct{ Objects }

func (stuck) RemoveSpace(context.Context, name.GUID) error { return errors.New("the disk broke") }

func TestDeleteLeavesBytes(t *testing.T) {
	w := newWorld(t, func(d *Door) { d.Objects = stuck{d.Objects} })
	w.apply(scene)
	got := w.refused("DELETE", opwire.RecordPath("Container", "films/reels"), nil, BytesLeft)
	account, _ := w.view().StorageAccount("films")
	if _, stays := w.view().Container(account, "reels"); stays || !strings.Contains(got.Message, "was deleted") {
		t.Errorf("stays %v, and the answer is %+v", stays, got)
	}
	changed := 0
	for _, err := range w.audit.Query(t.Context(), audit.Filter{Operation: "delete", Outcome: audit.Changed}) {
		must(t, err)
		changed++
	}
	if rec := w.ledger("delete"); changed != 1 || rec.Outcome != audit.Failed { // the change, then that it was not finished
		t.Errorf("%d records of the change, and then %+v", changed, rec)
	}
	get[opwire.ApplyResult](w, "DELETE", opwire.RecordPath("Role", "loader"), nil) // which has no bytes
}
