package blob

import (
	"strings"
	"time"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/azwire"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/rbac"
	"github.com/lanyard-id/lanyard/internal/reason"
	"github.com/lanyard-id/lanyard/internal/view"
)

const (
	listing      = rbac.BlobList
	notPermitted = "This request is not authorized to perform this operation using this permission."
)

// permit asks for the operation's right, and keeps the answer for the record. A signature takes away what it does not
// name; what it names is only there if its signer has it, now.
func (d Door) permit(c *call) error {
	right := right{account: c.account, target: c.target, principal: c.principal, sas: c.sas}
	scope, err := right.scope()
	if err != nil {
		return err
	}
	c.event.Record.Resource = scope.String()
	letters := c.op.letters
	if c.op.name == "LeaseBlob" && strings.EqualFold(c.r.Header.Get("x-ms-lease-action"), "break") {
		letters += "d" // Lease Blob: breaking needs write or delete
	}
	if !grants(c.sas, letters) {
		if !c.op.creates || !grants(c.sas, "c") {
			return signaturePermission()
		}
		c.mayNotReplace = signaturePermission()
	}
	ask := func(action string) reason.Decision { return right.ask(c.v, c.op, action, d.Now()) }
	c.decision = ask(c.op.action)
	refusal := access.Refusal(c.decision, notPermitted)
	if refusal == nil || !c.op.creates {
		return refusal
	}
	if add := ask(blobsAdd); add.Allowed() { // a new blob needs no more (Put Blob, Authorization)
		c.decision, c.mayNotReplace = add, refusal
		return nil
	}
	return refusal
}

// right is whose rights are asked, and where.
type right struct {
	account   *view.Resource
	target    target
	principal *view.Principal
	sas       *azwire.SharedAccess
}

// scope is where the right is needed: the container, whether it exists or not, so that nobody learns that without it.
func (r right) scope() (name.Scope, error) {
	if r.target.container == "" {
		return r.account.ID.Scope(), nil
	}
	s, err := r.account.ID.Scope().Join("blobServices", "default", "containers", r.target.container)
	if err != nil {
		return s, fault.New(fault.Invalid, BadPath, "The container's name is not valid.").Because(err)
	}
	return s, nil
}

// ask decides.
func (r right) ask(v *view.View, op operation, action string, now time.Time) reason.Decision {
	scope, _ := r.scope() // it was asked before
	attributes := rbac.Attributes{{Key: rbac.AccountName, Value: r.account.ID.Name()}}
	if r.target.container != "" {
		attributes = append(attributes, rbac.Attribute{Key: rbac.ContainerName, Value: r.target.container})
	}
	if r.target.blob != "" {
		attributes = append(attributes, rbac.Attribute{Key: rbac.BlobPath, Value: r.target.blob})
	}
	if prefix, given := r.target.query.Get("prefix"); given && prefix != "" && op.sub == listing {
		attributes = append(attributes, rbac.Attribute{Key: rbac.BlobPrefix, Value: prefix})
	}
	if include, _ := r.target.query.Get("include"); include != "" && op.sub == listing {
		for part := range strings.SplitSeq(include, ",") {
			attributes = append(attributes, rbac.Attribute{Key: rbac.BlobInclude, Value: part})
		}
	}
	return access.Azure(v, access.AzureRequest{
		Principal: r.principal, Action: action, Data: op.data, Scope: scope,
		SubOperation: op.sub, Attributes: attributes, Now: now,
	})
}
