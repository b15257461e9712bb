package blob

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/lanyard-id/lanyard/internal/azwire"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/objects"
	"github.com/lanyard-id/lanyard/internal/web"
)

// Why a copy is refused.
const (
	// BadCopySource means that x-ms-copy-source is not the address of a blob of this server.
	BadCopySource fault.Reason = "blob.bad_copy_source"
	// CopySourceDenied means that the caller may not read the source, as far as anybody may know whether it exists.
	CopySourceDenied fault.Reason = "blob.copy_source_denied"
)

// copyBlob copies a blob of this server, whole and at once. The source is read under the right that it needs itself
// (threat A15): that of its own signature, else that of the caller.
func (d Door) copyBlob(c *call, w http.ResponseWriter) error {
	check, err := d.check(c)
	if err != nil {
		return err
	}
	given, err := userMeta(c.r.Header)
	if err != nil {
		return err
	}
	o, err := d.openSource(c)
	if err != nil {
		return err
	}
	defer o.Close() //nolint:errcheck // it was only read
	meta := o.Meta
	if given != nil {
		meta.User = given
	}
	info, err := d.Objects.Put(c.context(), objects.Upload{
		Space: c.container.UID, Key: c.target.blob, Meta: meta, Body: o, Size: o.Size, Check: check,
	})
	if err != nil {
		return err
	}
	w.Header().Set("x-ms-copy-id", name.NewGUID().String())
	w.Header().Set("x-ms-copy-status", "success")
	return written(w, info, http.StatusAccepted, c)
}

// openSource opens what is to be copied, if the caller may read it and its conditions hold.
func (d Door) openSource(c *call) (*objects.Object, error) {
	from, err := c.copySource()
	if err != nil {
		return nil, err
	}
	r, err := d.sourceRight(c, from)
	if err != nil {
		return nil, err
	}
	read := operation{data: true}
	decision := r.ask(c.v, read, blobsRead, d.Now())
	if !decision.Allowed() {
		return nil, fault.From(copyDenied()).Explained(decision)
	}
	container, ok := c.v.Container(r.account, from.container)
	if !ok {
		return nil, containerNotFound()
	}
	k, err := conditionsOf(c.r.Header, "x-ms-source-")
	if err != nil {
		return nil, err
	}
	o, err := d.Objects.Get(c.context(), container.UID, from.blob)
	if err != nil {
		return nil, err
	}
	if err := d.sourceHolds(k, o.Info); err != nil {
		_ = o.Close() // it was only opened
		return nil, err
	}
	return o, nil
}

// sourceHolds holds the conditions on the source.
func (d Door) sourceHolds(k conditions, info objects.Info) error {
	if _, err := (conditions{lease: k.lease}).forRead(info, d.Now()); err != nil {
		return err
	}
	if err := k.holds(info); fault.Is(err, web.ConditionNotMet) {
		return fault.New(fault.Precondition, SourceCondition, "The source condition specified using HTTP conditional header(s) is not met.")
	} else if err != nil {
		return err
	}
	return nil
}

// copySource reads the address of the source. No other server is ever asked.
func (c *call) copySource() (target, error) {
	bad := fault.New(fault.Invalid, BadCopySource, "The header x-ms-copy-source is not the address of a blob of this server.")
	u, err := url.Parse(c.r.Header.Get(copySource))
	if err != nil || u.Scheme != "https" || u.User != nil || u.Fragment != "" {
		return target{}, bad
	}
	urls := c.v.Installation().URLs
	own, err := url.Parse(urls["blob"])
	_, sub := accountIn(u.Host, urls["storage"])
	if err != nil || !sub && u.Host != c.r.Host && u.Host != own.Host {
		return target{}, bad
	}
	t, err := parseAddress(urls["storage"], u.Host, u.EscapedPath(), u.RawQuery)
	if err != nil || t.level() != atBlob {
		return target{}, bad
	}
	_, signed := t.query.Get("sig")
	for _, p := range t.query.Pairs() {
		if !signed || !azwire.IsSASField(strings.ToLower(p.Name)) {
			return target{}, fault.New(fault.Unsupported, OtherOperation, "A source with the query parameter %.64q is not offered.", p.Name)
		}
	}
	return t, nil
}

// sourceRight says by whose right the source is read. A caller that came by a signature has no right beyond it.
func (d Door) sourceRight(c *call, from target) (right, error) {
	if _, signed := from.query.Get("sig"); !signed {
		account, ok := c.v.StorageAccount(from.account)
		if !ok || c.sas != nil {
			return right{}, copyDenied()
		}
		return right{account: account, target: from, principal: c.principal}, nil
	}
	sas, err := azwire.ParseSharedAccess(from.query.Get)
	if err != nil {
		return right{}, err
	}
	owner, account, err := d.verify(c.v, sas, from, c.r)
	if err != nil {
		return right{}, err
	}
	if err := c.within(sas, from); err != nil {
		return right{}, err
	}
	if !grants(sas, "r") {
		return right{}, copyDenied()
	}
	return right{account: account, target: from, principal: owner.Principal(), sas: sas}, nil
}

func copyDenied() error {
	return fault.New(fault.Denied, CopySourceDenied, "The source of the copy cannot be read with the rights of this request.")
}
