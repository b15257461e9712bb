package samlproviders

import (
	"slices"
	"unicode/utf8"

	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/directory/iam"
	"github.com/lanyard-id/lanyard/internal/door/iam/kit"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web/query"
)

const (
	paramARN      = "SAMLProviderArn"
	paramMetadata = "SAMLMetadataDocument"
	paramMode     = "AssertionEncryptionMode"
	paramKey      = "AddPrivateKey"
	paramOldKey   = "RemovePrivateKey"
)

// Operations is the room's table.
func Operations() []kit.Operation {
	tags := []string{"Tags.member.N.Key", "Tags.member.N.Value"}
	return []kit.Operation{
		{
			Name: "CreateSAMLProvider", Do: create, Doc: "make a SAML identity provider known",
			Params: append([]string{"Name", paramMetadata, paramMode, paramKey}, tags...),
		},
		{Name: "GetSAMLProvider", Do: get, Doc: "a SAML provider with its metadata, as it was given", Params: []string{paramARN}},
		{Name: "ListSAMLProviders", Do: list, Doc: "the SAML providers of the account"},
		{
			Name: "UpdateSAMLProvider", Do: update, Doc: "give a SAML provider other metadata",
			Params: []string{paramARN, paramMetadata, paramMode, paramKey, paramOldKey},
		},
		{Name: "DeleteSAMLProvider", Do: remove, Doc: "make a SAML provider unknown, and end its sessions", Params: []string{paramARN}},
		{Name: "TagSAMLProvider", Do: tag, Doc: "put labels on a SAML provider", Params: append([]string{paramARN}, tags...)},
		{Name: "UntagSAMLProvider", Do: untag, Doc: "take labels off a SAML provider", Params: []string{paramARN, "TagKeys.member.N"}},
		{Name: "ListSAMLProviderTags", Do: listTags, Doc: "the labels of a SAML provider", Params: kit.Paged(paramARN)},
	}
}

// target is the provider that a request names.
type target struct {
	arn  name.ARN
	text string
}

func named(c *kit.Call) (t target, err error) {
	t.arn, t.text, err = c.Named(paramARN, "saml-provider")
	return t, err
}

func (t target) find(v *view.View) (*view.SAMLProvider, error) {
	if p, ok := v.SAMLProvider(t.arn); ok {
		return p, nil
	}
	return nil, fault.New(fault.NotFound, directory.ProviderNotFound, "Manifest not found for arn %s", query.Bounded(t.text))
}

func (t target) on(more func(keys map[string][]string)) kit.Asks {
	return kit.OnLabelled(t.text, func(v *view.View) view.Tags {
		if p, err := t.find(v); err == nil {
			return p.Tags
		}
		return nil
	}, more)
}

// metadata reads the metadata document (IAM API Reference, CreateSAMLProvider: 1,000 characters or more). What it must be
// is for the directory to say.
func metadata(c *kit.Call) (string, error) {
	doc := c.Form.Value(paramMetadata)
	if n := utf8.RuneCountInString(doc); n < 1000 || n > 10000000 {
		return "", query.Constraint("...", "sAMLMetadataDocument", "have length 1000 to 10000000")
	}
	return doc, nil
}

// plain refuses what is about encrypted assertions: a provider that was made to want them must not take others.
func plain(c *kit.Call) error {
	for _, param := range []string{paramMode, paramKey, paramOldKey} {
		if _, has := c.Form.Get(param); has {
			return fault.New(fault.Unsupported, kit.BadInput, "%s is about encrypted assertions, which are not offered.", param)
		}
	}
	return nil
}

func create(c *kit.Call) (kit.Result, error) {
	s := iam.SAMLSpec{Account: c.Account(), Name: c.Form.Value("Name")}
	arn, err := s.ARN()
	if err != nil {
		return nil, query.Constraint(s.Name, "name", `have length 1 to 128 and satisfy regular expression pattern: [\w._-]+`)
	}
	if s.Metadata, err = metadata(c); err != nil {
		return nil, err
	}
	if s.Tags, err = c.NewTags(); err != nil {
		return nil, err
	}
	if err := plain(c); err != nil {
		return nil, err
	}
	asks := kit.Only(kit.Ask{Resource: arn.String(), Keys: kit.Sent(map[string][]string{}, s.Tags)})
	err = c.Change(asks, func(e *directory.Edit) error { _, err := iam.CreateSAML(e, s); return err })
	return func(x *awswire.XML) {
		x.Text("SAMLProviderArn", arn.String())
		if len(s.Tags) > 0 {
			kit.WriteTags(x, s.Tags)
		}
	}, err
}

// read finds the provider that the request names, for a caller who may.
func read(c *kit.Call) (*view.SAMLProvider, error) {
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
	m, err := p.Parsed()
	if err != nil {
		return nil, err
	}
	return func(x *awswire.XML) {
		x.Text("SAMLProviderUUID", p.UID.String())
		x.Text("SAMLMetadataDocument", p.Metadata)
		x.Time("CreateDate", p.Created)
		x.Time("ValidUntil", m.Ends())
		kit.WriteTags(x, p.Tags)
	}, nil
}

func list(c *kit.Call) (kit.Result, error) {
	if err := c.Allow(kit.Only(kit.Ask{Resource: c.ARN("saml-provider/*")})); err != nil {
		return nil, err
	}
	all := slices.Collect(c.View.SAMLProviders(c.Account()))
	return func(x *awswire.XML) {
		x.Begin("SAMLProviderList")
		for _, p := range all {
			x.Begin("member")
			x.Text("Arn", p.ARN.String())
			if m, err := p.Parsed(); err == nil { // one that cannot be read has no end, and no use
				x.Time("ValidUntil", m.Ends())
			}
			x.Time("CreateDate", p.Created)
			x.End()
		}
		x.End()
	}, nil
}

func update(c *kit.Call) (kit.Result, error) {
	doc, err := metadata(c)
	if err != nil {
		return nil, err
	}
	if err := plain(c); err != nil {
		return nil, err
	}
	t, err := change(c, nil, func(s *iam.SAMLSpec) error { s.Metadata = doc; return nil })
	return func(x *awswire.XML) { x.Text("SAMLProviderArn", t.text) }, err
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
		return iam.DeleteSAML(e, t.arn)
	})
}

// change updates the provider that the request names.
func change(c *kit.Call, keys func(map[string][]string), how func(*iam.SAMLSpec) error) (target, error) {
	t, err := named(c)
	if err != nil {
		return t, err
	}
	return t, c.Change(t.on(keys), func(e *directory.Edit) error {
		if _, err := t.find(e.View()); err != nil {
			return err
		}
		return iam.ChangeSAML(e, t.arn, how)
	})
}

func tag(c *kit.Call) (kit.Result, error) {
	tags, err := c.NewTags()
	if err != nil {
		return nil, err
	}
	_, err = change(c, func(keys map[string][]string) { kit.Sent(keys, tags) }, func(s *iam.SAMLSpec) error {
		s.Tags = kit.Retagged(s.Tags, tags)
		return nil
	})
	return nil, err
}

func untag(c *kit.Call) (kit.Result, error) {
	gone, err := c.TagKeys()
	if err != nil {
		return nil, err
	}
	_, err = change(c, func(keys map[string][]string) { kit.Naming(keys, gone) }, func(s *iam.SAMLSpec) error {
		s.Tags = kit.Untagged(s.Tags, gone)
		return nil
	})
	return nil, err
}

func listTags(c *kit.Call) (kit.Result, error) {
	p, err := read(c)
	if err != nil {
		return nil, err
	}
	return c.ListTags(p.Tags)
}
