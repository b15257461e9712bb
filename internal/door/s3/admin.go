package s3

import (
	"context"
	"errors"
	"net/http"

	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/door/s3/body"
	"github.com/lanyard-id/lanyard/internal/door/s3/wire"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/iampolicy"
	"github.com/lanyard-id/lanyard/internal/view"
)

// Why a bucket is not made or changed.
const (
	// BucketOwned means that the bucket is there already and belongs to the caller's account.
	BucketOwned fault.Reason = "s3.bucket_owned"
	// BucketTaken means that another account has a bucket of this name.
	BucketTaken fault.Reason = "directory.bucket_exists"
	// WrongRegion means that the bucket is to be in a region that there is not.
	WrongRegion fault.Reason = "s3.wrong_region"
	// ForeignPolicy means that the bucket whose policy is to be set is another account's.
	ForeignPolicy fault.Reason = "s3.foreign_policy"
	// NoConfiguration means that the bucket has no configuration of the kind that was asked for.
	NoConfiguration fault.Reason = "s3.no_configuration"
)

// Bounds of the documents of buckets.
const (
	maxLocation = 4 << 10
	maxPolicy   = 20 << 10 // S3 User Guide, "Policies and permissions": 20 KB
)

// createBucket makes a bucket in the caller's own account.
func (d Door) createBucket(c *call, w http.ResponseWriter) error {
	text, err := body.Document(c.source(), maxLocation)
	if err != nil {
		return err
	}
	region, err := wire.ParseLocation(text)
	if err != nil {
		return err
	}
	if here := c.v.Installation().Region; region != "" && region != here {
		return fault.New(fault.Invalid, WrongRegion, "The specified location-constraint is not valid: this installation is the region %s.", here)
	}
	if err := wire.CheckBucketOptions(c.header); err != nil {
		return err
	}
	err = d.alter(c, d.Room, func(e *directory.Edit) error {
		if old, ok := e.View().Bucket(c.target.bucket); ok {
			if old.Account == c.session.Account {
				return fault.New(fault.Conflict, BucketOwned, "Your previous request to create the named bucket succeeded and you already own it.")
			}
			return fault.New(fault.Conflict, BucketTaken, "The requested bucket name is not available.")
		}
		_, err := e.PutBucket(directory.BucketSpec{Account: c.session.Account, Name: c.target.bucket})
		return err
	})
	if err != nil {
		return err
	}
	w.Header().Set("Location", "/"+c.target.bucket)
	return done(w, http.StatusOK)
}

// deleteBucket deletes a bucket that has no objects. From the moment that it was seen to be empty, nothing is put into it.
func (d Door) deleteBucket(c *call, w http.ResponseWriter) error {
	if _, err := d.Objects.AllPending(c.context(), c.bucket.UID); err != nil { // has it loaded, which may take its time
		return err
	}
	err := d.change(c, d.Last, func(e *directory.Edit, now *view.Bucket) error {
		if err := d.Objects.CloseEmpty(c.context(), now.UID); err != nil {
			return err
		}
		return e.DeleteBucket(now.Name)
	})
	if err != nil {
		return err
	}
	if err := d.Objects.RemoveSpace(context.WithoutCancel(c.context()), c.bucket.UID); err != nil {
		return err
	}
	return done(w, http.StatusNoContent)
}

// change changes the bucket that was found.
func (d Door) change(c *call, room func() error, command func(*directory.Edit, *view.Bucket) error) error {
	was := c.bucket.UID
	return d.alter(c, room, func(e *directory.Edit) error {
		if c.bucket.UID != was {
			return fault.New(fault.NotFound, directory.BucketNotFound, "The specified bucket does not exist")
		}
		return command(e, c.bucket)
	})
}

// alter runs a command that is written together with its record, after asking once more by the View that it changes: a
// right that is lost in between is not used. Nothing is changed while the ledger takes no records or the disk has no room.
func (d Door) alter(c *call, room func() error, command directory.Command) error {
	if err := errors.Join(d.Audit.Health(), room()); err != nil {
		return err
	}
	v, err := d.Directory.Do(c.context(), directory.Command(func(e *directory.Edit) error {
		if err := d.again(c, e.View()); err != nil {
			return err
		}
		return command(e)
	}).Recorded(func() audit.Record { return c.record(audit.Changed) }))
	if err != nil {
		return err
	}
	c.v, c.recorded = v, true
	return nil
}

func (d Door) again(c *call, v *view.View) (err error) {
	if c.session.Role, err = c.session.Live(v, d.Now()); err != nil {
		return err
	}
	c.v = v
	if err := c.find(); err != nil {
		return err
	}
	c.facts = d.factsOf(c)
	return c.permit(c.op.action, c.resource())
}

// getPolicy tells a bucket's policy as people write it.
func (d Door) getPolicy(c *call, w http.ResponseWriter) error {
	if c.bucket.Policy == "" {
		return none("NoSuchBucketPolicy", "The bucket policy does not exist")
	}
	w.Header().Set("Content-Type", "application/json")
	return writeText(w, []byte(directory.Readable(c.v, c.bucket.Policy, iampolicy.Resource)))
}

// putPolicy replaces a bucket's policy. A principal that it names must exist.
func (d Door) putPolicy(c *call, w http.ResponseWriter) error {
	text, err := body.Document(c.source(), maxPolicy)
	if err != nil {
		return err
	}
	return d.setPolicy(c, w, string(text))
}

func (d Door) deletePolicy(c *call, w http.ResponseWriter) error { return d.setPolicy(c, w, "") }

// setPolicy sets the policy of a bucket of the caller's own account: another account's may not, whatever the policy allows
// (S3 API Reference, PutBucketPolicy, "Permissions").
func (d Door) setPolicy(c *call, w http.ResponseWriter, policy string) error {
	if c.session.Account != c.bucket.Account {
		return fault.New(fault.Denied, ForeignPolicy, "The specified method is not allowed against this resource.")
	}
	if policy == "" && c.r.Method == http.MethodPut {
		return fault.New(fault.Invalid, iampolicy.Malformed, "Policies must be valid JSON and the first byte must be '{'")
	}
	err := d.change(c, d.Room, func(e *directory.Edit, now *view.Bucket) error {
		_, err := e.PutBucket(directory.BucketSpec{Account: now.Account, Name: now.Name, Policy: policy})
		return err
	})
	if err != nil {
		return err
	}
	return done(w, http.StatusNoContent)
}

// policyStatus tells whether the policy lets everybody in. None does: every request must be signed here, and a statement
// for everybody means everybody with an identity of this installation.
func (d Door) policyStatus(c *call, w http.ResponseWriter) error {
	if c.bucket.Policy == "" {
		return none("NoSuchBucketPolicy", "The bucket policy does not exist")
	}
	x := awswire.NewDocument("PolicyStatus", awswire.S3Namespace)
	x.Bool("IsPublic", false)
	return writeXML(w, x)
}

// bucketTags tells the tags of a bucket.
func (d Door) bucketTags(c *call, w http.ResponseWriter) error {
	if len(c.bucket.Tags) == 0 {
		return none("NoSuchTagSet", "The TagSet does not exist")
	}
	return writeXML(w, wire.Tagging(c.bucket.Tags))
}

func (d Door) tagBucket(c *call, w http.ResponseWriter) error {
	text, err := body.Document(c.source(), maxTagging)
	if err != nil {
		return err
	}
	tags, err := wire.ParseTagging(text, wire.MaxBucketTags)
	if err != nil {
		return err
	}
	return d.setTags(c, w, tags)
}

func (d Door) untagBucket(c *call, w http.ResponseWriter) error {
	return d.setTags(c, w, map[string]string{})
}

func (d Door) setTags(c *call, w http.ResponseWriter, tags map[string]string) error {
	err := d.change(c, d.Room, func(e *directory.Edit, now *view.Bucket) error {
		_, err := e.PutBucket(directory.BucketSpec{Account: now.Account, Name: now.Name, Policy: now.Policy, Tags: tags})
		return err
	})
	if err != nil {
		return err
	}
	return done(w, http.StatusNoContent)
}

func done(w http.ResponseWriter, status int) error {
	if status != http.StatusNoContent {
		w.Header().Set("Content-Length", "0")
	}
	w.WriteHeader(status)
	return nil
}
