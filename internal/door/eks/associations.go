package eks

import (
	"regexp"

	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/directory/pods"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web"
)

// create gives the pods of a service account a role that the caller may pass.
func create(c *call) (any, error) {
	in, err := decodeWanted(c.body)
	if err != nil {
		return nil, err
	}
	if in.role.IsZero() || in.spec.Namespace == "" || in.spec.ServiceAccount == "" {
		return nil, badRequest("namespace, serviceAccount and roleArn are required.")
	}
	c.event.Record.Input = map[string]string{
		"namespace": in.spec.Namespace, "serviceAccount": in.spec.ServiceAccount, "role": in.role.String(),
	}
	if err := c.mayCreate(&in); err != nil {
		return nil, err
	}
	var made *view.PodAssociation
	err = c.change(c.d.Room, func(e *directory.Edit) (err error) {
		if err := c.mayCreate(&in); err != nil {
			return err
		}
		made, _, err = pods.Create(e, in.spec)
		return err
	})
	if err != nil {
		return nil, err
	}
	return c.show(made), nil
}

// mayCreate asks for the rights at the cluster and to pass the role, and fills in what it finds.
func (c *call) mayCreate(in *wanted) error {
	if err := c.permitCluster(in.spec.Tags); err != nil {
		return err
	}
	role, err := c.pass(in.role)
	if err != nil {
		return err
	}
	in.spec.Cluster, in.spec.Role, in.spec.NoTags = c.cluster.UID, role.UniqueID, in.noTags != nil && *in.noTags
	return nil
}

var ids = regexp.MustCompile(`^a-[a-z0-9]{1,64}$`)

// association asks for the operation's right at the association that the path names, and finds it then.
func (c *call) association() (*view.PodAssociation, error) {
	id := web.Param(c.r, "id")
	if !ids.MatchString(id) {
		return nil, badRequest("The path names no association.")
	}
	if c.r.URL.RawQuery != "" {
		return nil, badRequest("There are no parameters here.")
	}
	arn, err := name.NewARN("eks", c.arn.Region(), c.arn.Account(), "podidentityassociation/"+web.Param(c.r, "cluster")+"/"+id)
	if err != nil {
		return nil, badRequest("The path names no association.")
	}
	a, ok := c.v.PodAssociationNamed(arn)
	if ok = ok && c.cluster != nil && a.Cluster == c.cluster.UID; !ok {
		a = &view.PodAssociation{} // without labels
	}
	if err := c.permit(arn, a.Tags, nil); err != nil {
		return nil, err
	}
	if !ok {
		return nil, fault.New(fault.NotFound, pods.AssociationNotFound, "Association not found: %s", id)
	}
	return a, nil
}

func describe(c *call) (any, error) {
	if err := c.noBody(); err != nil {
		return nil, err
	}
	a, err := c.association()
	if err != nil {
		return nil, err
	}
	c.allowed()
	return c.show(a), nil
}

// update gives the pods another role that the caller may pass, or changes what sessions say of them.
func update(c *call) (any, error) {
	in, err := decodeWanted(c.body)
	if err != nil {
		return nil, err
	}
	if in.spec.Namespace != "" || in.spec.ServiceAccount != "" || in.spec.Tags != nil {
		return nil, badRequest("An association keeps its service account, and its tags here.")
	}
	if !in.role.IsZero() {
		c.event.Record.Input = map[string]string{"role": in.role.String()}
	}
	if _, _, err := c.mayUpdate(in); err != nil {
		return nil, err
	}
	var now *view.PodAssociation
	err = c.change(c.d.Room, func(e *directory.Edit) error {
		a, change, err := c.mayUpdate(in)
		if err != nil {
			return err
		}
		now, err = pods.Update(e, a.UID, change)
		return err
	})
	if err != nil {
		return nil, err
	}
	return c.show(now), nil
}

// mayUpdate asks for the rights at the association and to pass the role that it gets, and finds both.
func (c *call) mayUpdate(in wanted) (*view.PodAssociation, pods.Change, error) {
	a, err := c.association()
	change := pods.Change{NoTags: in.noTags}
	if err != nil || in.role.IsZero() {
		return a, change, err
	}
	role, err := c.pass(in.role)
	if err != nil {
		return nil, change, err
	}
	change.Role = &role.UniqueID
	return a, change, nil
}

func remove(c *call) (any, error) {
	if err := c.noBody(); err != nil {
		return nil, err
	}
	a, err := c.association()
	if err != nil {
		return nil, err
	}
	shown := c.show(a)
	return shown, c.change(c.d.Last, func(e *directory.Edit) error {
		a, err := c.association()
		if err != nil {
			return err
		}
		_, err = pods.Delete(e, a.UID)
		return err
	})
}

// listAll lists the associations of a cluster.
func listAll(c *call) (any, error) {
	in, err := decodeList(c.r.URL.RawQuery)
	if err != nil {
		return nil, err
	}
	if err := c.noBody(); err != nil {
		return nil, err
	}
	if err := c.permitCluster(nil); err != nil {
		return nil, err
	}
	c.allowed()
	out := listed{Associations: []summary{}}
	for a := range c.v.PodAssociations(c.cluster, in.after) {
		if in.namespace != "" && a.Namespace != in.namespace || in.account != "" && a.ServiceAccount != in.account {
			continue
		}
		if len(out.Associations) == in.most {
			out.Next = &out.Associations[in.most-1].ID
			break
		}
		out.Associations = append(out.Associations, summaryOf(c.cluster, a))
	}
	return out, nil
}

func (c *call) noBody() error {
	if len(c.body) > 0 && string(c.body) != "{}" { // some clients send an empty object
		return badRequest("Nothing is read from the body here.")
	}
	return nil
}
