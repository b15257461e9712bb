package s3

import (
	"net/http"

	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/door/s3/body"
	"github.com/lanyard-id/lanyard/internal/door/s3/wire"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/objects"
	"github.com/lanyard-id/lanyard/internal/reason"
	"github.com/lanyard-id/lanyard/internal/web"
)

// maxBatch bounds the list of objects to be deleted (S3 API Reference, DeleteObjects: 2 MB).
const maxBatch = 2 << 20

// NoDigest means that a list of objects to be deleted came without a digest.
const NoDigest fault.Reason = "s3.digest_missing"

// deleteObjects removes objects, each by a right of its own: what is refused of one says nothing of another. The first
// refusal is recorded like that of a whole request before anything is deleted.
func (d Door) deleteObjects(c *call, w http.ResponseWriter) error {
	b, err := body.Open(c.source())
	if err != nil {
		return err
	}
	if b.Algorithm() == "" && b.MD5 == "" {
		return fault.New(fault.Invalid, NoDigest, "Missing required header for this request: Content-MD5 OR x-amz-checksum-*")
	}
	text, err := b.All(maxBatch)
	if err != nil {
		return err
	}
	list, quiet, err := wire.ParseDelete(text)
	if err != nil {
		return err
	}
	refused, err := d.refusals(c, list)
	if err != nil {
		return err
	}
	x := awswire.NewDocument("DeleteResult", awswire.S3Namespace)
	errors := awswire.S3Errors(rows())
	for i, doomed := range list {
		err := refused[i]
		if err == nil {
			err = d.deleteOne(c, doomed)
		}
		switch {
		case err != nil:
			failure := errors.Failure(err)
			x.Begin("Error")
			x.Text("Key", doomed.Key)
			x.Text("Code", failure.Code)
			x.Text("Message", failure.Message)
			x.End()
		case !quiet:
			x.Begin("Deleted")
			x.Text("Key", doomed.Key)
			x.End()
		}
	}
	return writeXML(w, x)
}

// refusals asks for the right to delete each object.
func (d Door) refusals(c *call, list []wire.Doomed) ([]error, error) {
	refused := make([]error, len(list))
	var first error
	var allowed *reason.Decision
	for i, doomed := range list {
		one := *c
		one.target.key = doomed.Key
		if refused[i] = one.permit(actionDelete, one.resource()); refused[i] == nil && doomed.ETag != "" {
			_, refused[i] = d.mayRead(&one) // what the object is like is for who may read it
		}
		switch {
		case refused[i] == nil:
			allowed = &one.decision
		case first == nil:
			first = refused[i]
			c.event.Record.Resource = one.resource()
		}
	}
	if allowed != nil { // a refusal of another must not hide that something was deleted
		c.decision = *allowed
	}
	if first == nil {
		return refused, nil
	}
	if f := web.RecordRefusal(c.context(), fault.From(first)); f != first { //nolint:errorlint // the same, or why it cannot be recorded
		return nil, f
	}
	c.recorded = allowed == nil
	c.event.Record.Resource = c.resource()
	return refused, nil
}

// deleteOne removes one object of a list, if its condition holds. That it was not there is no failure without one.
func (d Door) deleteOne(c *call, doomed wire.Doomed) error {
	if doomed.Other || doomed.Version != "" && doomed.Version != "null" {
		return unsupported("Versions, and conditions but on the ETag, are not offered.")
	}
	var check objects.Check
	if doomed.ETag != "" {
		check = func(now *objects.Info) error {
			if doomed.ETag != "*" && doomed.ETag != now.ETag {
				return notMet()
			}
			return nil
		}
	}
	err := d.Objects.DeleteIf(c.context(), c.bucket.UID, doomed.Key, check)
	if fault.Is(err, objects.NotFound) {
		if check != nil {
			return notMet()
		}
		return nil
	}
	return err
}
