package users

import (
	"cmp"
	"strings"

	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/directory/iam"
	"github.com/lanyard-id/lanyard/internal/door/iam/kit"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web/query"
)

// findUser gives the user of a name; names are spelled as they were given.
func findUser(c *kit.Call, v *view.View, called string) (*view.User, error) {
	if u, ok := v.UserNamed(c.Account(), called); ok && u.Name == called {
		return u, nil
	}
	return nil, fault.New(fault.NotFound, iam.UserNotFound, "The user with name %s cannot be found.", called)
}

// onUser asks for a right on a user of a name, whether it exists or not. more adds to the keys that follow from the user; its
// argument is nil where there is none.
func onUser(c *kit.Call, called string, more func(keys map[string][]string, u *view.User)) kit.Asks {
	return func(v *view.View) []kit.Ask {
		ask := kit.Ask{Resource: c.ARN("user/" + called), Keys: map[string][]string{}}
		u, err := findUser(c, v, called)
		if err == nil {
			ask.Resource, ask.Keys = u.ARN.String(), kit.Having(u.Tags)
		}
		if more != nil {
			more(ask.Keys, u)
		}
		return []kit.Ask{ask}
	}
}

// changeUser updates a user for which the caller needs a right.
func changeUser(c *kit.Call, called string, asks kit.Asks, how func(*view.User) error) error {
	return c.Change(asks, func(e *directory.Edit) error {
		u, err := findUser(c, e.View(), called)
		if err != nil {
			return err
		}
		return iam.UpdateUser(e, u, how)
	})
}

// readUser finds the user that the request names, for a caller who may.
func readUser(c *kit.Call, called string) (*view.User, error) {
	if err := c.Allow(onUser(c, called, nil)); err != nil {
		return nil, err
	}
	return findUser(c, c.View, called)
}

// subject is the user that the request names, or the user who calls where it names none.
func subject(c *kit.Call) (string, error) {
	if _, given := c.Form.Get("UserName"); given {
		return c.UserName()
	}
	if u, ok := c.View.UserByID(c.Session.User.ID); ok {
		return u.Name, nil
	}
	return "", query.Invalid("Must specify userName when calling with non-User credentials")
}

// full tells whether an answer shows boundary and labels, as that of GetUser does and lists do not.
type full bool

func writeUser(x *awswire.XML, u *view.User, all full) {
	x.Text("Path", u.Path)
	x.Text("UserName", u.Name)
	x.Text("UserId", u.UniqueID)
	x.Text("Arn", u.ARN.String())
	x.Time("CreateDate", u.Created)
	if !all {
		return
	}
	kit.WriteBoundary(x, u.Boundary)
	if len(u.Tags) > 0 {
		kit.WriteTags(x, u.Tags)
	}
}

func shownUser(u *view.User) kit.Result {
	return func(x *awswire.XML) {
		x.Begin("User")
		writeUser(x, u, true)
		x.End()
	}
}

func createUser(c *kit.Call) (kit.Result, error) {
	s := iam.UserSpec{Account: c.Account()}
	var err error
	if s.Name, err = c.UserName(); err != nil {
		return nil, err
	}
	if s.Path, err = c.Path(); err != nil {
		return nil, err
	}
	if s.Tags, err = c.NewTags(); err != nil {
		return nil, err
	}
	if _, given := c.Form.Get("PermissionsBoundary"); given {
		if s.Boundary, err = c.Boundary(); err != nil {
			return nil, err
		}
	}
	asks := kit.Only(kit.Ask{
		Resource: c.ARN("user" + s.Path + s.Name), Keys: kit.Bounded(kit.Sent(map[string][]string{}, s.Tags), s.Boundary),
	})
	if err := c.Change(asks, func(e *directory.Edit) error { return iam.CreateUser(e, s) }); err != nil {
		return nil, err
	}
	u, err := findUser(c, c.View, s.Name)
	return shownUser(u), err
}

func getUser(c *kit.Call) (kit.Result, error) {
	if _, given := c.Form.Get("UserName"); !given && c.Session.Principal().Kind == "root" {
		return getRoot(c)
	}
	called, err := subject(c)
	if err != nil {
		return nil, err
	}
	u, err := readUser(c, called)
	if err != nil {
		return nil, err
	}
	return shownUser(u), nil
}

// getRoot shows the root of the account, which has no path and no name (IAM API Reference, GetUser).
func getRoot(c *kit.Call) (kit.Result, error) {
	if err := c.Allow(kit.Only(kit.Ask{Resource: c.ARN("root")})); err != nil {
		return nil, err
	}
	a, ok := c.View.Account(c.Account())
	return func(x *awswire.XML) {
		x.Begin("User")
		x.Text("UserId", c.Account().String())
		x.Text("Arn", c.ARN("root"))
		if ok {
			x.Time("CreateDate", a.Created)
		}
		x.End()
	}, nil
}

func listUsers(c *kit.Call) (kit.Result, error) {
	prefix, err := c.PathPrefix()
	if err != nil {
		return nil, err
	}
	if err := c.Allow(kit.Only(kit.Ask{Resource: c.ARN("user" + prefix)})); err != nil {
		return nil, err
	}
	var items []kit.Item
	for u := range c.View.Users(c.Account()) {
		if strings.HasPrefix(u.Path, prefix) {
			items = append(items, kit.Item{Key: kit.Place(u.Name, u.ARN), Write: func(x *awswire.XML) { writeUser(x, u, false) }})
		}
	}
	return c.List("Users", items)
}

// updateUser moves a user to another name or path. The caller needs the right on what the user is called now and on what it
// will be called (IAM API Reference, UpdateUser).
func updateUser(c *kit.Call) (kit.Result, error) {
	called, err := c.UserName()
	if err != nil {
		return nil, err
	}
	to, err := c.Renamed("NewUserName", kit.UserNames)
	if err != nil {
		return nil, err
	}
	path, err := c.NewPath()
	if err != nil {
		return nil, err
	}
	asks := func(v *view.View) []kit.Ask {
		list := onUser(c, called, nil)(v)
		if u, err := findUser(c, v, called); err == nil {
			list = append(list, kit.Ask{Resource: c.ARN("user" + cmp.Or(path, u.Path) + cmp.Or(to, u.Name)), Keys: list[0].Keys})
		}
		return list
	}
	return nil, changeUser(c, called, asks, func(u *view.User) error {
		u.Name, u.Path = cmp.Or(to, u.Name), cmp.Or(path, u.Path)
		return nil
	})
}

func deleteUser(c *kit.Call) (kit.Result, error) {
	called, err := c.UserName()
	if err != nil {
		return nil, err
	}
	return nil, c.Delete(onUser(c, called, nil), func(e *directory.Edit) error {
		u, err := findUser(c, e.View(), called)
		if err != nil {
			return err
		}
		return iam.DeleteUser(e, u)
	})
}

func tagUser(c *kit.Call) (kit.Result, error) {
	called, err := c.UserName()
	if err != nil {
		return nil, err
	}
	tags, err := c.NewTags()
	if err != nil {
		return nil, err
	}
	asks := onUser(c, called, func(keys map[string][]string, _ *view.User) { kit.Sent(keys, tags) })
	return nil, changeUser(c, called, asks, func(u *view.User) error { u.Tags = kit.Retagged(u.Tags, tags); return nil })
}

func untagUser(c *kit.Call) (kit.Result, error) {
	called, err := c.UserName()
	if err != nil {
		return nil, err
	}
	gone, err := c.TagKeys()
	if err != nil {
		return nil, err
	}
	asks := onUser(c, called, func(keys map[string][]string, _ *view.User) { kit.Naming(keys, gone) })
	return nil, changeUser(c, called, asks, func(u *view.User) error { u.Tags = kit.Untagged(u.Tags, gone); return nil })
}

func listUserTags(c *kit.Call) (kit.Result, error) {
	called, err := c.UserName()
	if err != nil {
		return nil, err
	}
	u, err := readUser(c, called)
	if err != nil {
		return nil, err
	}
	return c.ListTags(u.Tags)
}

func putBoundary(c *kit.Call) (kit.Result, error) {
	called, err := c.UserName()
	if err != nil {
		return nil, err
	}
	arn, err := c.Boundary()
	if err != nil {
		return nil, err
	}
	asks := onUser(c, called, func(keys map[string][]string, _ *view.User) { kit.Bounded(keys, arn) })
	return nil, changeUser(c, called, asks, func(u *view.User) error { u.Boundary = arn; return nil })
}

func deleteBoundary(c *kit.Call) (kit.Result, error) {
	called, err := c.UserName()
	if err != nil {
		return nil, err
	}
	asks := onUser(c, called, func(keys map[string][]string, u *view.User) {
		if u != nil {
			kit.Bounded(keys, u.Boundary)
		}
	})
	return nil, changeUser(c, called, asks, func(u *view.User) error {
		if u.Boundary.IsZero() {
			return fault.New(fault.NotFound, directory.PolicyNotFound, "The user %s has no permissions boundary.", called)
		}
		u.Boundary = name.ARN{}
		return nil
	})
}
