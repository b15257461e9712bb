package kit

import (
	"maps"
	"slices"

	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/iampolicy"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// Full says how much of a role an answer shows (IAM API Reference): a list less than one that is asked for by name.
type Full uint8

// The amounts.
const (
	Made   Full = iota // the answer to CreateRole
	Listed             // an entry of a list
	Whole              // the answer to GetRole
)

// WriteRole writes what is inside the element Role.
func (c *Call) WriteRole(x *awswire.XML, r *view.Role, how Full) {
	x.Text("Path", r.Path)
	x.Text("RoleName", r.Name)
	x.Text("RoleId", r.UniqueID)
	x.Text("Arn", r.ARN.String())
	x.Time("CreateDate", r.Created)
	WriteDocument(x, "AssumeRolePolicyDocument", directory.Readable(c.View, r.Trust, iampolicy.Trust))
	if r.Description != "" {
		x.Text("Description", r.Description)
	}
	if how != Made {
		x.Int("MaxSessionDuration", int64(r.MaxSession))
	}
	if how == Listed {
		return
	}
	WriteBoundary(x, r.Boundary)
	if len(r.Tags) > 0 {
		WriteTags(x, r.Tags)
	}
	if how == Whole {
		x.Begin("RoleLastUsed") // use is not tracked; who used a role when is in the ledger
		x.End()
	}
}

// WriteProfile writes what is inside the element of an instance profile, but for its labels.
func (c *Call) WriteProfile(x *awswire.XML, p *view.InstanceProfile) {
	x.Text("Path", p.Path)
	x.Text("InstanceProfileName", p.Name)
	x.Text("InstanceProfileId", p.UniqueID)
	x.Text("Arn", p.ARN.String())
	x.Time("CreateDate", p.Created)
	x.Begin("Roles")
	if r, ok := c.View.RoleByID(p.RoleID); ok {
		x.Begin("member")
		c.WriteRole(x, r, Made)
		x.End()
	}
	x.End()
}

// WriteBoundary writes the permissions boundary, where there is one.
func WriteBoundary(x *awswire.XML, boundary name.ARN) {
	if boundary.IsZero() {
		return
	}
	x.Begin("PermissionsBoundary")
	x.Text("PermissionsBoundaryType", "Policy")
	x.Text("PermissionsBoundaryArn", boundary.String())
	x.End()
}

// WriteDocument writes a policy document as IAM does: percent-encoded by RFC 3986, so that a plus is no space to whoever
// decodes it as a form.
func WriteDocument(x *awswire.XML, called, doc string) { x.Text(called, awswire.URIEncode(doc)) }

// WriteTags writes the list Tags, also if it is empty.
func WriteTags(x *awswire.XML, tags view.Tags) {
	x.Begin("Tags")
	for _, k := range slices.Sorted(maps.Keys(tags)) {
		x.Begin("member")
		writeTag(x, k, tags[k])
		x.End()
	}
	x.End()
}

func writeTag(x *awswire.XML, key, value string) {
	x.Text("Key", key)
	x.Text("Value", value)
}

// ListTags answers with a page of labels.
func (c *Call) ListTags(tags view.Tags) (Result, error) {
	var items []Item
	for k, v := range tags {
		items = append(items, Item{Key: k, Write: func(x *awswire.XML) { writeTag(x, k, v) }})
	}
	return c.List("Tags", items)
}

// WriteList writes a list of texts.
func WriteList(x *awswire.XML, called string, texts []string) {
	x.Begin(called)
	for _, t := range texts {
		x.Text("member", t)
	}
	x.End()
}
