package providers

import (
	"slices"
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

// Operations is the room's table.
func Operations() []kit.Operation {
	const arn = "OpenIDConnectProviderArn"
	tags := []string{"Tags.member.N.Key", "Tags.member.N.Value"}
	return []kit.Operation{
		{
			Name: "CreateOpenIDConnectProvider", Do: create, Doc: "make an outside issuer known",
			Params: append([]string{"Url", "ClientIDList.member.N", "ThumbprintList.member.N"}, tags...),
		},
		{Name: "GetOpenIDConnectProvider", Do: get, Doc: "an OIDC provider", Params: []string{arn}},
		{Name: "ListOpenIDConnectProviders", Do: list, Doc: "the OIDC providers of the account"},
		{Name: "DeleteOpenIDConnectProvider", Do: remove, Doc: "make an outside issuer unknown", Params: []string{arn}},
		{Name: "AddClientIDToOpenIDConnectProvider", Do: addClient, Doc: "accept another audience", Params: []string{arn, "ClientID"}},
		{Name: "RemoveClientIDFromOpenIDConnectProvider", Do: removeClient, Doc: "no longer accept an audience", Params: []string{arn, "ClientID"}},
		{
			Name: "UpdateOpenIDConnectProviderThumbprint", Do: replaceThumbprints, Doc: "keep other thumbprints, which nothing is believed by",
			Params: []string{arn, "ThumbprintList.member.N"},
		},
		{Name: "TagOpenIDConnectProvider", Do: tag, Doc: "put labels on an OIDC provider", Params: append([]string{arn}, tags...)},
		{Name: "UntagOpenIDConnectProvider", Do: untag, Doc: "take labels off an OIDC provider", Params: []string{arn, "TagKeys.member.N"}},
		{Name: "ListOpenIDConnectProviderTags", Do: listTags, Doc: "the labels of an OIDC provider", Params: kit.Paged(arn)},
	}
}

// target is the provider that a request names.
type target struct {
	arn  name.ARN
	text string
}

func named(c *kit.Call) (t target, err error) {
	t.arn, t.text, err = c.Named("OpenIDConnectProviderArn", "oidc-provider")
	return t, err
}

func (t target) find(v *view.View) (*view.OIDCProvider, error) {
	if p, ok := v.OIDCProvider(t.arn); ok {
		return p, nil
	}
	return nil, fault.New(fault.NotFound, directory.ProviderNotFound, "OpenIDConnect Provider not found for arn %s", query.Bounded(t.text))
}

func (t target) on(more func(keys map[string][]string)) kit.Asks {
	return kit.OnLabelled(t.text, func(v *view.View) view.Tags {
		if p, err := t.find(v); err == nil {
			return p.Tags
		}
		return nil
	}, more)
}

func create(c *kit.Call) (kit.Result, error) {
	s, err := created(c)
	if err != nil {
		return nil, err
	}
	var arn name.ARN
	asks := kit.Only(kit.Ask{Resource: c.ARN("oidc-provider/" + s.URL.WithoutScheme()), Keys: kit.Sent(map[string][]string{}, s.Tags)})
	err = c.Change(asks, func(e *directory.Edit) (err error) { arn, err = iam.CreateProvider(e, s); return err })
	return func(x *awswire.XML) {
		x.Text("OpenIDConnectProviderArn", arn.String())
		if len(s.Tags) > 0 {
			kit.WriteTags(x, s.Tags)
		}
	}, err
}

// created are the parameters of CreateOpenIDConnectProvider.
func created(c *kit.Call) (s directory.ProviderSpec, err error) {
	s.Account = c.Account()
	text := c.Form.Value("Url")
	if text == "" || len(text) > 255 {
		return s, query.Constraint(text, "url", "have length 1 to 255")
	}
	if s.URL, err = name.ParseIssuerURL(text); err != nil {
		return s, fault.New(fault.Invalid, kit.BadInput, "Invalid Open ID Connect Provider URL: %v", err)
	}
	if s.ClientIDs, err = c.Form.List("ClientIDList", 100); err != nil {
		return s, err
	}
	if s.Thumbprints, err = c.Form.List("ThumbprintList", 5); err != nil {
		return s, err
	}
	s.Tags, err = c.NewTags()
	return s, err
}

// read finds the provider that the request names, for a caller who may.
func read(c *kit.Call) (*view.OIDCProvider, error) {
	t, err := named(c)
	if err != nil {
		return nil, err
	}
	if err := c.Allow(t.on(nil)); err != nil {
		return nil, err
	}
	return t.find(c.View)
}

func get(c *kit.Call) (kit.Result, error) {
	p, err := read(c)
	if err != nil {
		return nil, err
	}
	return func(x *awswire.XML) {
		x.Text("Url", p.URL.WithoutScheme())
		kit.WriteList(x, "ClientIDList", p.ClientIDs)
		kit.WriteList(x, "ThumbprintList", p.Thumbprints)
		x.Time("CreateDate", p.Created)
		kit.WriteTags(x, p.Tags)
	}, nil
}

func list(c *kit.Call) (kit.Result, error) {
	if err := c.Allow(kit.Only(kit.Ask{Resource: c.ARN("oidc-provider/*")})); err != nil {
		return nil, err
	}
	all := slices.Collect(c.View.OIDCProviders(c.Account()))
	return func(x *awswire.XML) {
		x.Begin("OpenIDConnectProviderList")
		for _, p := range all {
			x.Begin("member")
			x.Text("Arn", p.ARN.String())
			x.End()
		}
		x.End()
	}, nil
}

func remove(c *kit.Call) (kit.Result, error) {
	t, err := named(c)
	if err != nil {
		return nil, err
	}
	return nil, c.Delete(t.on(nil), func(e *directory.Edit) error {
		if _, err := t.find(e.View()); err != nil {
			return err
		}
		return e.DeleteOIDCProvider(t.arn)
	})
}

// change updates the provider that the request names.
func change(c *kit.Call, keys func(map[string][]string), how func(*directory.ProviderSpec) error) error {
	t, err := named(c)
	if err != nil {
		return err
	}
	return c.Change(t.on(keys), func(e *directory.Edit) error {
		if _, err := t.find(e.View()); err != nil {
			return err
		}
		return iam.UpdateProvider(e, t.arn, how)
	})
}

// client reads ClientID.
func client(c *kit.Call) (string, error) {
	id := c.Form.Value("ClientID")
	if id == "" || len(id) > 255 {
		return "", query.Constraint(id, "clientID", "have length 1 to 255")
	}
	return id, nil
}

func addClient(c *kit.Call) (kit.Result, error) {
	id, err := client(c)
	if err != nil {
		return nil, err
	}
	return nil, change(c, nil, func(s *directory.ProviderSpec) error {
		if !slices.Contains(s.ClientIDs, id) { // twice is no error there either
			s.ClientIDs = append(s.ClientIDs, id)
		}
		return nil
	})
}

func removeClient(c *kit.Call) (kit.Result, error) {
	id, err := client(c)
	if err != nil {
		return nil, err
	}
	return nil, change(c, nil, func(s *directory.ProviderSpec) error {
		s.ClientIDs = slices.DeleteFunc(s.ClientIDs, func(o string) bool { return o == id })
		return nil
	})
}

func replaceThumbprints(c *kit.Call) (kit.Result, error) {
	list, err := c.Form.List("ThumbprintList", 5)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, query.Constraint("", "thumbprintList", "not be null")
	}
	for i := range list {
		list[i] = strings.ToLower(list[i])
	}
	return nil, change(c, nil, func(s *directory.ProviderSpec) error { s.Thumbprints = list; return nil })
}

func tag(c *kit.Call) (kit.Result, error) {
	tags, err := c.NewTags()
	if err != nil {
		return nil, err
	}
	return nil, change(c, func(keys map[string][]string) { kit.Sent(keys, tags) }, func(s *directory.ProviderSpec) error {
		s.Tags = kit.Retagged(s.Tags, tags)
		return nil
	})
}

func untag(c *kit.Call) (kit.Result, error) {
	gone, err := c.TagKeys()
	if err != nil {
		return nil, err
	}
	return nil, change(c, func(keys map[string][]string) { kit.Naming(keys, gone) }, func(s *directory.ProviderSpec) error {
		s.Tags = kit.Untagged(s.Tags, gone)
		return nil
	})
}

func listTags(c *kit.Call) (kit.Result, error) {
	p, err := read(c)
	if err != nil {
		return nil, err
	}
	return c.ListTags(p.Tags)
}
