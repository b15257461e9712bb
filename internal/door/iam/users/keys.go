package users

import (
	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/directory/iam"
	"github.com/lanyard-id/lanyard/internal/door/iam/kit"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/secret"
	"github.com/lanyard-id/lanyard/internal/view"
)

// createKey gives a user an access key. The secret leaves the house here and never again; what is kept of it is sealed, and
// written together with its record before anybody sees the answer.
func createKey(m Minter) func(*kit.Call) (kit.Result, error) {
	return func(c *kit.Call) (kit.Result, error) {
		called, err := subject(c)
		if err != nil {
			return nil, err
		}
		var text secret.Text
		var made view.AccessKey
		err = c.Change(onUser(c, called, nil), func(e *directory.Edit) error {
			u, err := findUser(c, e.View(), called)
			if err != nil {
				return err
			}
			if text, made, err = m.UserKey(e.View(), u); err != nil {
				return err
			}
			c.Note("accessKeyId", made.ID)
			return iam.CreateKey(e, u, made)
		})
		if err != nil {
			return nil, err
		}
		k, ok := c.View.AccessKey(made.ID)
		if !ok {
			return nil, fault.New(fault.NotFound, iam.KeyNotFound, "The Access Key with id %s cannot be found.", made.ID)
		}
		return func(x *awswire.XML) {
			x.Begin("AccessKey")
			writeKey(x, called, k)
			x.Text("SecretAccessKey", text.Reveal())
			x.End()
		}, nil
	}
}

// writeKey writes what is told of a key at any time.
func writeKey(x *awswire.XML, user string, k *view.AccessKey) {
	x.Text("UserName", user)
	x.Text("AccessKeyId", k.ID)
	status := "Active"
	if k.Inactive {
		status = "Inactive"
	}
	x.Text("Status", status)
	x.Time("CreateDate", k.Created)
}

func listKeys(c *kit.Call) (kit.Result, error) {
	called, err := subject(c)
	if err != nil {
		return nil, err
	}
	u, err := readUser(c, called)
	if err != nil {
		return nil, err
	}
	var items []kit.Item
	for k := range c.View.AccessKeys(u.UniqueID) {
		items = append(items, kit.Item{Key: k.ID, Write: func(x *awswire.XML) { writeKey(x, u.Name, k) }})
	}
	return c.List("AccessKeyMetadata", items)
}

func updateKey(c *kit.Call) (kit.Result, error) {
	status, err := c.OneOf("Status", "Active", "Inactive")
	if err != nil {
		return nil, err
	}
	return nil, onKey(c, c.Change, func(e *directory.Edit, u *view.User, id string) error {
		return iam.SwitchKey(e, u, id, status == "Active")
	})
}

func deleteKey(c *kit.Call) (kit.Result, error) { return nil, onKey(c, c.Delete, iam.DeleteKey) }

// onKey does something to the key that the request names.
func onKey(c *kit.Call, change func(kit.Asks, directory.Command) error, do func(e *directory.Edit, u *view.User, id string) error) error {
	called, err := subject(c)
	if err != nil {
		return err
	}
	id, err := c.KeyID()
	if err != nil {
		return err
	}
	return change(onUser(c, called, nil), func(e *directory.Edit) error {
		u, err := findUser(c, e.View(), called)
		if err != nil {
			return err
		}
		return do(e, u, id)
	})
}

// lastUsed tells whose a key is. When it was used is not kept beside the ledger: the answer is the one that AWS gives for a key
// of which nothing is known.
func lastUsed(c *kit.Call) (kit.Result, error) {
	id, err := c.KeyID()
	if err != nil {
		return nil, err
	}
	u := ownerOf(c, id)
	called := "*"
	if u != nil {
		called = u.Name
	}
	if err := c.Allow(onUser(c, called, nil)); err != nil {
		return nil, err
	}
	if u == nil {
		return nil, fault.New(fault.NotFound, iam.KeyNotFound, "The Access Key with id %s cannot be found.", id)
	}
	return func(x *awswire.XML) {
		x.Text("UserName", u.Name)
		x.Begin("AccessKeyLastUsed")
		x.Text("ServiceName", "N/A")
		x.Text("Region", "N/A")
		x.End()
	}, nil
}

// ownerOf finds the user of the caller's account that has a key; nil if none does.
func ownerOf(c *kit.Call, id string) *view.User {
	k, ok := c.View.AccessKey(id)
	if !ok || k.Account != c.Account() {
		return nil
	}
	u, _ := c.View.UserByID(k.User)
	return u
}
