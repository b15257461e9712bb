package s3

import (
	"context"
	"net/http"
	"strconv"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/authn"
	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/cond"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/door/s3/body"
	"github.com/lanyard-id/lanyard/internal/door/s3/wire"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/objects"
	"github.com/lanyard-id/lanyard/internal/reason"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web"
)

// Why a request is refused once its caller is known, beside what access says.
const (
	// OtherOwner means that the bucket does not belong to the account which the request expects to own it.
	OtherOwner fault.Reason = "s3.unexpected_bucket_owner"
	// UnexpectedBody means that the request has a body and its operation takes none.
	UnexpectedBody fault.Reason = "s3.unexpected_body"
)

// emptySHA256 is the SHA-256 of no bytes.
const emptySHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

// call is one request: what it names, who asks, and what was found.
type call struct {
	r        *http.Request
	header   http.Header // of the request, with what a presigned URL has in its query instead
	v        *view.View
	event    *web.Event
	target   target
	op       operation
	session  *authn.Session
	bucket   *view.Bucket // nil at the service's level
	facts    *cond.Facts
	decision reason.Decision
	recorded bool // a change is in the ledger

	tags map[string]string // that the request sets; nil if it sets none
	seen *objects.Info     // the object whose tags the decision looked at; nil if it did not

	blind error // why the tags could not be looked at
}

// serve is the way of every request: who asks, what is asked, may they, then do it.
func (d Door) serve(w http.ResponseWriter, r *http.Request) error {
	c := &call{r: r, v: d.View(), event: web.EventOf(r.Context())}
	if err := d.authenticate(c); err != nil {
		return err
	}
	if err := d.understand(c); err != nil {
		return err
	}
	if err := c.find(); err != nil {
		return err
	}
	if c.op.before != nil {
		if err := c.op.before(c); err != nil {
			return err
		}
	}
	c.facts = d.factsOf(c)
	if !c.op.each {
		if err := c.permit(c.op.action, c.resource()); err != nil {
			return err
		}
	}
	if err := c.op.do(d, c, w); err != nil {
		return err
	}
	if !c.recorded {
		d.Audit.Access(c.record(audit.Allowed))
	}
	return nil
}

// record is what is kept of the request.
func (c *call) record(outcome audit.Outcome) audit.Record {
	rec := c.event.Draft()
	rec.Operation, rec.Outcome, rec.Decision, rec.Rev = c.event.Route, outcome, &c.decision, c.v.Rev()
	return rec
}

// authenticate says who asks. Nothing of the request is looked at before, and nothing of its body is read.
func (d Door) authenticate(c *call) error {
	s, err := d.Authn.Signed(c.v, awswire.Request{
		Method: c.r.Method, Path: web.RawPath(c.r), RawQuery: c.r.URL.RawQuery, Host: c.r.Host, Header: c.r.Header,
		Secure: c.r.TLS != nil,
	}, awswire.S3Rule())
	if err != nil {
		return err
	}
	c.session = s
	c.event.Caller(s.Principal())
	c.event.Record.Account = s.Account
	return nil
}

// understand finds the operation, and refuses what the operation does not understand.
func (d Door) understand(c *call) (err error) {
	if c.target, err = parseTarget(c.r, c.v.Installation().URLs["storage"]); err != nil {
		return err
	}
	c.target.presigned = c.session.Proof.Presigned
	if c.header = c.r.Header; c.target.presigned {
		if c.header, err = wire.Headers(c.header, c.target.query); err != nil {
			return err
		}
	}
	if c.op, err = c.target.operation(d.table, c.r.Method, c.header); err != nil {
		return err
	}
	c.event.Route = c.op.name
	if err := c.op.checkHeaders(c.header); err != nil {
		return err
	}
	if c.op.body {
		return nil
	}
	switch p := c.session.Proof.Payload; {
	case c.r.ContentLength != 0, p.Streaming():
		return fault.New(fault.Invalid, UnexpectedBody, "%s takes no body.", c.op.name)
	case p.Mode == awswire.PayloadHashed && p.SHA256 != emptySHA256:
		return body.Mismatch()
	}
	return nil
}

// find looks for the bucket. That one of this name exists is no secret: its name is an address.
func (c *call) find() error {
	c.event.Record.Resource = c.resource()
	if c.target.bucket == "" || c.op.makes {
		return nil
	}
	found, ok := c.v.Bucket(c.target.bucket)
	if !ok {
		return fault.New(fault.NotFound, directory.BucketNotFound, "The specified bucket does not exist")
	}
	if owner := c.header.Get("x-amz-expected-bucket-owner"); owner != "" && owner != found.Account.String() {
		return fault.New(fault.Denied, OtherOwner, "The bucket does not belong to the expected account.")
	}
	c.bucket, c.event.Record.Account = found, found.Account
	return nil
}

// resource is what the right is needed on. A key is part of its ARN as it is: patterns stand in policies only. Where there is no
// bucket it is all of them: policies name that by "*" and by "arn:aws:s3:::*" (Amazon S3 User Guide, "Identity-based policies").
func (c *call) resource() string {
	switch {
	case c.target.bucket == "":
		return "arn:aws:s3:::*"
	case c.target.key == "":
		return "arn:aws:s3:::" + c.target.bucket
	}
	return "arn:aws:s3:::" + c.target.bucket + "/" + c.target.key
}

// permit asks for a right and keeps the answer for the record.
func (c *call) permit(action, resource string) error {
	c.decision = access.AWS(c.v, access.AWSRequest{
		Session: c.session.Session, Role: c.session.Role, Action: action, Resource: resource, Bucket: c.bucket, Context: c.facts,
	})
	if c.blind != nil {
		return c.blind
	}
	if c.decision.Allowed() {
		return nil
	}
	return access.Refusal(c.decision, access.Denial(c.session.ARN(c.session.Role).String(), action, strconv.Quote(resource), c.decision))
}

// param gives a query parameter; understand has seen that none stands twice.
func (c *call) param(name string) (value string, sent bool) {
	value, sent, _ = c.target.query.One(name)
	return value, sent
}

func (c *call) context() context.Context { return c.r.Context() }
