package iam_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/directory/iam"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/iampolicy"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

const (
	trust    = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
	allowAll = `{"Version":"2012-10-17","Statement":[{"Sid":"All","Effect":"Allow","Action":"s3:*","Resource":"*"}]}`
)

// doc is a policy that differs from others by its action.
func doc(action string) string { return strings.Replace(allowAll, "s3:*", "s3:"+action, 1) }

// state is a View that commands are tried on, one after the other.
type state struct {
	v   *view.View
	now time.Time
}

// begin is an installation with its one account.
func begin(t *testing.T) *state {
	t.Helper()
	v, err := view.Load(1, nil)
	if err != nil {
		t.Fatal(err)
	}
	s := &state{v: v, now: time.Date(2026, 3, 14, 15, 9, 26, 0, time.UTC)}
	s.must(t, func(e *directory.Edit) error {
		_, err := e.CreateAccount("main")
		return err
	})
	return s
}

func (s *state) account(t *testing.T) name.AccountID {
	t.Helper()
	a, ok := s.v.AccountNamed("main")
	if !ok {
		t.Fatal("no account")
	}
	return a.ID
}

func (s *state) must(t *testing.T, c directory.Command) {
	t.Helper()
	s.now = s.now.Add(time.Minute)
	next, _, err := directory.Try(s.v, s.now, c)
	if err != nil {
		t.Fatal(err)
	}
	s.v = next
}

func (s *state) refused(t *testing.T, why fault.Reason, c directory.Command) {
	t.Helper()
	if _, _, err := directory.Try(s.v, s.now, c); !fault.Is(err, why) {
		t.Errorf("got %v, want %s", err, why)
	}
}

// policy puts a policy with a document.
func (s *state) policy(t *testing.T, called, document string) (arn name.ARN) {
	t.Helper()
	s.must(t, func(e *directory.Edit) (err error) {
		arn, _, err = iam.PutPolicy(e, iam.PolicySpec{Account: s.account(t), Name: called, Document: document})
		return err
	})
	return arn
}

func (s *state) role(t *testing.T, spec directory.RoleSpec) *view.Role {
	t.Helper()
	spec.Account, spec.Trust = s.account(t), trust
	s.must(t, func(e *directory.Edit) error { _, err := e.PutRole(spec); return err })
	r, ok := s.v.RoleNamed(spec.Account, spec.Name)
	if !ok {
		t.Fatal("no role")
	}
	return r
}

func (s *state) versions(t *testing.T, arn name.ARN) (ids []string) {
	t.Helper()
	p, ok := s.v.Policy(arn)
	if !ok {
		t.Fatal("no policy")
	}
	for _, v := range p.Versions() {
		id := v.ID()
		if v.N == p.DefaultVersion().N {
			id += "*"
		}
		ids = append(ids, id)
	}
	return ids
}

func TestPoliciesOfARole(t *testing.T) {
	s := begin(t)
	managed, boundary := s.policy(t, "Managed", allowAll), s.policy(t, "Boundary", allowAll)
	r := s.role(t, directory.RoleSpec{
		Name: "R", Managed: []name.ARN{managed}, Boundary: boundary, Inline: map[string]string{"b": allowAll, "a": allowAll},
	})
	list, err := r.Policies(s.v)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, p := range list {
		ids = append(ids, p.ID)
		if p.Policy == nil || p.Policy.Kind() != iampolicy.Identity || p.Rev == 0 {
			t.Errorf("%s: %+v", p.ID, p)
		}
	}
	if want := "role/R/inline/a role/R/inline/b " + managed.String(); strings.Join(ids, " ") != want {
		t.Errorf("policies %v, want %s", ids, want)
	}
	if b, err := r.BoundaryPolicy(s.v); err != nil || b.Policy.Kind() != iampolicy.Boundary || b.ID != boundary.String() {
		t.Errorf("boundary %+v, %v", b, err)
	}
	p, _ := s.v.Policy(managed)
	for _, arn := range []name.ARN{managed, boundary} {
		s.refused(t, directory.InUse, func(e *directory.Edit) error { return iam.DeletePolicy(e, arn) })
	}
	s.refused(t, directory.Exists, func(e *directory.Edit) error {
		_, _, err := iam.PutPolicy(e, iam.PolicySpec{Account: s.account(t), Path: "/x/", Name: "managed", Document: allowAll})
		return err
	})
	s.refused(t, directory.Exists, func(e *directory.Edit) error {
		_, err := iam.CreatePolicy(e, iam.PolicySpec{Account: s.account(t), Name: "managed", Document: allowAll})
		return err
	})
	s.must(t, func(e *directory.Edit) error { return e.DeleteRole(r.ARN) })
	s.must(t, func(e *directory.Edit) error { return iam.DeletePolicy(e, managed) })
	s.policy(t, "Managed", allowAll)
	if again, _ := s.v.Policy(managed); again.UniqueID == p.UniqueID || !strings.HasPrefix(again.UniqueID, "ANPA") {
		t.Errorf("unique ids %s and %s", p.UniqueID, again.UniqueID)
	}
}

// TestVersionsOfAPolicy: numbers are never used again, five are kept, and the default one decides.
func TestVersionsOfAPolicy(t *testing.T) {
	s := begin(t)
	arn := s.policy(t, "P", doc("1"))
	add := func(action string, asDefault bool) directory.Command {
		return func(e *directory.Edit) error {
			_, err := iam.CreateVersion(e, arn, doc(action), asDefault)
			return err
		}
	}
	set := func(id string) directory.Command {
		return func(e *directory.Edit) error { return iam.SetDefaultVersion(e, arn, id) }
	}
	drop := func(id string) directory.Command {
		return func(e *directory.Edit) error { return iam.DeleteVersion(e, arn, id) }
	}
	want := func(document string, ids ...string) {
		t.Helper()
		if diff := cmp.Diff(ids, s.versions(t, arn)); diff != "" {
			t.Error(diff)
		}
		if p, _ := s.v.Policy(arn); p.Document != document {
			t.Errorf("%s decides, want %s", p.Document, document)
		}
	}
	want(doc("1"), "v1*")
	s.must(t, add("2", false))
	s.must(t, add("3", true))
	want(doc("3"), "v3*", "v2", "v1")
	s.must(t, set("v1"))
	s.must(t, set("v1"))
	want(doc("1"), "v3", "v2", "v1*")
	s.refused(t, directory.InUse, drop("v1"))
	s.refused(t, directory.PolicyNotFound, drop("v9"))
	s.refused(t, directory.PolicyNotFound, set("v9"))
	s.refused(t, iampolicy.Malformed, add(`"`, true))
	s.must(t, drop("v3"))
	s.must(t, add("4", false))
	s.must(t, add("5", false))
	s.must(t, add("6", false))
	want(doc("1"), "v6", "v5", "v4", "v2", "v1*")
	s.refused(t, directory.LimitExceeded, add("7", false))
	s.policy(t, "P", doc("1")) // as it is
	want(doc("1"), "v6", "v5", "v4", "v2", "v1*")
	s.policy(t, "P", doc("8")) // a manifest with another document
	want(doc("8"), "v7*", "v6", "v5", "v4", "v1")
	p, _ := s.v.Policy(arn)
	if v, ok := p.Version("v5"); !ok || v.Document != doc("5") || p.Updated.Before(p.Created) || p.DefaultVersion().Created != s.now {
		t.Errorf("%+v", p)
	}
}

func TestTagsOfAPolicy(t *testing.T) {
	s := begin(t)
	arn := s.policy(t, "P", allowAll)
	tag := func(tags view.Tags) directory.Command {
		return func(e *directory.Edit) error {
			return iam.TagPolicy(e, arn, func(view.Tags) view.Tags { return tags })
		}
	}
	s.must(t, tag(view.Tags{"team": "web"}))
	if p, _ := s.v.Policy(arn); p.Tags["team"] != "web" {
		t.Errorf("%v", p.Tags)
	}
	s.refused(t, directory.InvalidValue, tag(view.Tags{"": "x"}))
	s.refused(t, directory.InvalidValue, func(e *directory.Edit) error {
		_, err := iam.CreatePolicy(e, iam.PolicySpec{
			Account: s.account(t), Name: "Q", Document: allowAll, Description: strings.Repeat("x", 1001),
		})
		return err
	})
}

// TestInstanceProfiles: a profile holds one role, the one that was put in and none that took its name later.
func TestInstanceProfiles(t *testing.T) {
	s := begin(t)
	r := s.role(t, directory.RoleSpec{Name: "R"})
	other := s.role(t, directory.RoleSpec{Name: "Other"})
	var arn name.ARN
	create := func(called string) directory.Command {
		return func(e *directory.Edit) (err error) {
			arn, err = iam.CreateProfile(e, iam.ProfileSpec{Account: s.account(t), Name: called})
			return err
		}
	}
	add := func(r *view.Role) directory.Command {
		return func(e *directory.Edit) error { return iam.AddRole(e, arn, r) }
	}
	remove := func(r *view.Role) directory.Command {
		return func(e *directory.Edit) error { return iam.RemoveRole(e, arn, r) }
	}
	s.must(t, create("P"))
	profile := arn
	s.refused(t, directory.Exists, create("p"))
	s.refused(t, directory.InvalidName, create("a b"))
	arn = profile
	s.must(t, add(r))
	s.refused(t, directory.LimitExceeded, add(other))
	s.refused(t, directory.InUse, func(e *directory.Edit) error { return iam.DeleteProfile(e, arn) })
	s.refused(t, directory.RoleNotFound, remove(other))
	if list := iam.InProfiles(s.v, r); len(list) != 1 || list[0].Name != "P" || len(iam.InProfiles(s.v, other)) != 0 {
		t.Errorf("%v", list)
	}
	s.must(t, func(e *directory.Edit) error { return e.DeleteRole(r.ARN) })
	again := s.role(t, directory.RoleSpec{Name: "R"})
	if len(iam.InProfiles(s.v, again)) != 0 {
		t.Error("a role that was made again is in the profile of the old one")
	}
	s.must(t, add(other)) // the place of a role that is gone is free
	s.must(t, remove(other))
	s.must(t, func(e *directory.Edit) error {
		return iam.TagProfile(e, arn, func(view.Tags) view.Tags { return view.Tags{"a": "b"} })
	})
	if p, _ := s.v.InstanceProfileNamed(s.account(t), "p"); p.Tags["a"] != "b" || p.RoleID != "" {
		t.Errorf("%+v", p)
	}
	s.must(t, func(e *directory.Edit) error { return iam.DeleteProfile(e, arn) })
	s.refused(t, iam.ProfileNotFound, add(other))
	if _, ok := s.v.InstanceProfile(arn); ok {
		t.Error("the profile is still there")
	}
}

func TestOutboundSwitch(t *testing.T) {
	s := begin(t)
	turn := func(on bool) directory.Command {
		return func(e *directory.Edit) error { return iam.SetOutbound(e, s.account(t), on) }
	}
	s.refused(t, iam.FeatureOff, turn(false))
	s.must(t, turn(true))
	s.refused(t, iam.FeatureOn, turn(true))
	if a, _ := s.v.Account(s.account(t)); !a.Outbound {
		t.Error("it is not on")
	}
	s.must(t, turn(false))
}

func TestProviders(t *testing.T) {
	s := begin(t)
	u, err := name.ParseIssuerURL("https://ci.example/")
	if err != nil {
		t.Fatal(err)
	}
	var arn name.ARN
	create := func(e *directory.Edit) (err error) {
		arn, err = iam.CreateProvider(e, directory.ProviderSpec{Account: s.account(t), URL: u, ClientIDs: []string{"a"}, Tags: view.Tags{"k": "v"}})
		return err
	}
	s.must(t, create)
	s.refused(t, directory.Exists, create)
	prints := func(list ...string) directory.Command {
		return func(e *directory.Edit) error {
			return iam.UpdateProvider(e, arn, func(p *directory.ProviderSpec) error { p.Thumbprints = list; return nil })
		}
	}
	s.must(t, prints(strings.Repeat("0f", 20)))
	s.refused(t, directory.InvalidValue, prints("0f"))
	s.refused(t, directory.InvalidValue, prints(strings.Repeat("0g", 20)))
	p, _ := s.v.OIDCProvider(arn)
	if len(p.Thumbprints) != 1 || p.Tags["k"] != "v" || len(p.ClientIDs) != 1 {
		t.Errorf("%+v", p)
	}
	s.must(t, func(e *directory.Edit) error { return e.DeleteOIDCProvider(arn) })
	s.refused(t, directory.ProviderNotFound, prints())
}
