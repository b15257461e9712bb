package policies

import (
	"fmt"

	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/directory/iam"
	"github.com/lanyard-id/lanyard/internal/door/iam/kit"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web/query"
)

// versionOf reads the id of a version: v and a number.
func versionOf(c *kit.Call) (string, error) {
	id := c.Form.Value("VersionId")
	var n uint32
	if _, err := fmt.Sscanf(id, "v%d", &n); err != nil || n == 0 || id != fmt.Sprintf("v%d", n) {
		return "", query.Constraint(id, "versionId", `satisfy regular expression pattern: v[1-9][0-9]*(\.[A-Za-z0-9-]*)?`)
	}
	return id, nil
}

func createVersion(c *kit.Call) (kit.Result, error) {
	t, err := named(c)
	if err != nil {
		return nil, err
	}
	doc, err := c.Document("PolicyDocument")
	if err != nil {
		return nil, err
	}
	decides, err := c.Flag("SetAsDefault")
	if err != nil {
		return nil, err
	}
	var made view.PolicyVersion
	err = change(c, t, t.on(nil), func(e *directory.Edit) (err error) {
		made, err = iam.CreateVersion(e, t.arn, doc, decides)
		return err
	})
	return func(x *awswire.XML) {
		x.Begin("PolicyVersion")
		kit.WriteVersion(x, made, decides)
		x.End()
	}, err
}

func getVersion(c *kit.Call) (kit.Result, error) {
	id, err := versionOf(c)
	if err != nil {
		return nil, err
	}
	p, err := read(c)
	if err != nil {
		return nil, err
	}
	v, ok := p.Version(id)
	if !ok {
		return nil, fault.New(fault.NotFound, directory.PolicyNotFound, "Policy %s version %s does not exist or is not attachable.", p.ARN, id)
	}
	return func(x *awswire.XML) {
		x.Begin("PolicyVersion")
		kit.WriteDocument(x, "Document", v.Document)
		kit.WriteVersion(x, v, v.N == p.DefaultVersion().N)
		x.End()
	}, nil
}

func listVersions(c *kit.Call) (kit.Result, error) {
	p, err := read(c)
	if err != nil {
		return nil, err
	}
	var items []kit.Item
	for i, v := range p.Versions() {
		items = append(items, kit.Item{Key: fmt.Sprintf("%d", i), Write: func(x *awswire.XML) {
			kit.WriteVersion(x, v, v.N == p.DefaultVersion().N)
		}})
	}
	return c.List("Versions", items)
}

func deleteVersion(c *kit.Call) (kit.Result, error) {
	t, id, err := namedVersion(c)
	if err != nil {
		return nil, err
	}
	return nil, change(c, t, t.on(nil), func(e *directory.Edit) error { return iam.DeleteVersion(e, t.arn, id) })
}

func setDefault(c *kit.Call) (kit.Result, error) {
	t, id, err := namedVersion(c)
	if err != nil {
		return nil, err
	}
	return nil, change(c, t, t.on(nil), func(e *directory.Edit) error { return iam.SetDefaultVersion(e, t.arn, id) })
}

func namedVersion(c *kit.Call) (t target, id string, err error) {
	if t, err = named(c); err != nil {
		return t, "", err
	}
	id, err = versionOf(c)
	return t, id, err
}
