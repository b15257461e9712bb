package operator

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/directory/kinds"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/manifest"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/objects"
	"github.com/lanyard-id/lanyard/internal/opwire"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web"
)

// Why a deletion is refused, or was not finished.
const (
	// BucketNotEmpty means that a bucket still holds objects, as AWS refuses it too.
	BucketNotEmpty fault.Reason = "operator.bucket_not_empty"
	// BytesLeft means that the thing was deleted and its objects could not be removed from the disk; nobody can read them.
	BytesLeft fault.Reason = "operator.bytes_left"
)

// maxApply bounds the body of an apply in bytes: the longest manifest, with room for JSON's escapes.
const maxApply = 2*manifest.MaxBytes + 64<<10

// maxNamed bounds how many steps the record of an apply names.
const maxNamed = 24

// apply makes what a manifest says, or says what that would be.
func apply(d Door, c *call) (any, error) {
	var req opwire.ApplyRequest
	if err := c.body(&req); err != nil {
		return nil, err
	}
	documents, err := manifest.Parse([]byte(req.Manifest))
	if err != nil {
		return nil, err
	}
	if req.DryRun {
		steps, err := kinds.Plan(c.v, d.Now(), documents)
		if err != nil {
			return nil, err
		}
		return opwire.ApplyResult{Steps: wireSteps(steps), Revision: c.v.Rev(), DryRun: true}, nil
	}
	if err := d.Room(); err != nil {
		return nil, err
	}
	var steps []kinds.Step
	err = d.change(c, func(e *directory.Edit) error {
		if err := kinds.Command(documents, &steps)(e); err != nil {
			return err
		}
		c.event.Record.Input = inputOf(steps)
		if req.File != "" {
			c.event.Record.Input["file"] = req.File
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return opwire.ApplyResult{Steps: wireSteps(steps), Revision: c.v.Rev()}, nil
}

// inputOf is what the record says of a change: what was done with what, by name.
func inputOf(steps []kinds.Step) map[string]string {
	in := map[string]string{}
	counts := map[string]int{}
	for _, s := range steps {
		counts[s.Action]++
		if s.Action != directory.Unchanged.String() && len(in) < maxNamed {
			in[fmt.Sprintf("step.%02d", len(in)+1)] = s.Action + " " + s.Kind + " " + cmp.Or(s.ID, s.Name)
		}
	}
	for action, n := range counts {
		in[action] = fmt.Sprint(n)
	}
	return in
}

func wireSteps(steps []kinds.Step) []opwire.Step {
	out := make([]opwire.Step, len(steps))
	for i, s := range steps {
		out[i] = opwire.Step(s)
	}
	return out
}

// listRecords gives all things of a kind.
func listRecords(_ Door, c *call) (any, error) {
	return kinds.Get(c.v, web.Param(c.r, "kind"), "")
}

// getRecords gives the things of a kind that have a name.
func getRecords(_ Door, c *call) (any, error) {
	name, err := c.recordName()
	if err != nil {
		return nil, err
	}
	return kinds.Get(c.v, web.Param(c.r, "kind"), name)
}

// recordName is the name in the query string. Nothing is no name, because it would mean all.
func (c *call) recordName() (string, error) {
	q, err := web.ParseQuery(c.r.URL.RawQuery, web.QueryRules{})
	if err != nil {
		return "", err
	}
	name, _ := q.Get("name")
	if name == "" || len(q.Pairs()) != 1 {
		return "", badRequest("One parameter is read here, and it is needed: name.")
	}
	return name, nil
}

// deleteRecord deletes the one thing of a kind that has the name, and the bytes that nobody can reach any more.
func deleteRecord(d Door, c *call) (any, error) {
	if err := c.noBody(); err != nil {
		return nil, err
	}
	name, err := c.recordName()
	if err != nil {
		return nil, err
	}
	var step kinds.Step
	deletion := kinds.Delete(web.Param(c.r, "kind"), name, &step)
	if err := d.mayLose(c, deletion); err != nil {
		return nil, err
	}
	var before *view.View
	err = d.change(c, func(e *directory.Edit) error {
		before = e.View()
		if err := deletion(e); err != nil {
			return err
		}
		c.event.Record.Resource, c.event.Record.Input = step.ID, inputOf([]kinds.Step{step})
		return nil
	})
	if err != nil {
		return nil, err
	}
	if !holdsBytes(step.Kind) {
		return deleted(c, step), nil
	}
	if err := d.removeBytes(c, before); err != nil {
		return nil, fault.New(fault.Unavailable, BytesLeft,
			"%s %s was deleted at revision %d, but objects of it could not be removed from the disk.", step.Kind, step.Name, c.v.Rev()).
			Because(err)
	}
	return deleted(c, step), nil
}

func deleted(c *call, step kinds.Step) opwire.ApplyResult {
	return opwire.ApplyResult{Steps: wireSteps([]kinds.Step{step}), Revision: c.v.Rev()}
}

// holdsBytes tells whether objects may go with a thing of the kind.
func holdsBytes(kind string) bool {
	switch kind {
	case "Bucket", "Container", "StorageAccount", "Resource", "ResourceGroup":
		return true
	}
	return false
}

// mayLose refuses to delete a bucket that holds objects (Amazon S3, DeleteBucket), by whatever name it is meant. Azure's
// containers go with their blobs, as there. An object that is written between this look and the deletion goes as well.
func (d Door) mayLose(c *call, deletion directory.Command) error {
	after, _, err := directory.Try(c.v, d.Now(), deletion)
	if err != nil {
		return err
	}
	for bucket := range c.v.Buckets(name.AccountID{}) {
		if _, stays := after.Bucket(bucket.Name); stays {
			continue
		}
		page, err := d.Objects.List(c.ctx(), bucket.UID, objects.Query{Max: 1})
		if err != nil {
			return err
		}
		if len(page.Objects) > 0 {
			return fault.New(fault.Conflict, BucketNotEmpty, "The bucket %s still holds objects. Delete them first.", bucket.Name)
		}
	}
	return nil
}

// removeBytes removes the spaces of the buckets and containers that were there before and are not any more, also when the
// caller does not wait for it.
func (d Door) removeBytes(c *call, before *view.View) error {
	now := spaces(c.v)
	var errs []error
	for id := range spaces(before) {
		if !now[id] {
			errs = append(errs, d.Objects.RemoveSpace(context.WithoutCancel(c.ctx()), id))
		}
	}
	return errors.Join(errs...)
}

// spaces gives the ids under which objects are kept.
func spaces(v *view.View) map[name.GUID]bool {
	ids := map[name.GUID]bool{}
	for b := range v.Buckets(name.AccountID{}) {
		ids[b.UID] = true
	}
	for r := range v.Under(name.Root()) {
		if container, ok := r.(*view.Container); ok && !v.Fenced(container.Scope()) {
			ids[container.UID] = true
		}
	}
	return ids
}
