package pods

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

const trust = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"pods.eks.amazonaws.com"},"Action":["sts:AssumeRole","sts:TagSession"]}}`

// house is a View that commands change.
type house struct {
	*testing.T
	v *view.View
}

func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{T: t}
	role := func(text, id string) *view.Role {
		a := h.arn(text)
		return &view.Role{ARN: a, UniqueID: id, Path: "/", Name: a.Resource()[len("role/"):], MaxSession: 3600, Trust: trust}
	}
	var all []view.Record
	for _, r := range []view.Record{
		&view.Installation{Region: "us-east-2", Account: h.account("111122223333")},
		&view.Account{ID: h.account("111122223333"), Name: "home"}, &view.Account{ID: h.account("444455556666"), Name: "other"},
		role("arn:aws:iam::111122223333:role/a", "AROAA"), role("arn:aws:iam::111122223333:role/b", "AROAB"), role("arn:aws:iam::444455556666:role/far", "AROAFAR"),
		&view.Issuer{URL: h.issuer("https://one.example")}, &view.Issuer{URL: h.issuer("https://two.example")}, &view.Issuer{URL: h.issuer("https://all.example"), Shared: true},
	} {
		c, err := view.Put(r)
		if err != nil {
			t.Fatal(err)
		}
		back, err := view.Decode(c)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, back)
	}
	var err error
	if h.v, err = view.Load(7, all); err != nil {
		t.Fatal(err)
	}
	return h
}

func (h *house) arn(text string) name.ARN {
	h.Helper()
	a, err := name.ParseARN(text)
	if err != nil {
		h.Fatal(err)
	}
	return a
}

func (h *house) account(text string) name.AccountID {
	h.Helper()
	a, err := name.ParseAccountID(text)
	if err != nil {
		h.Fatal(err)
	}
	return a
}

func (h *house) issuer(text string) name.IssuerURL {
	h.Helper()
	u, err := name.ParseIssuerURL(text)
	if err != nil {
		h.Fatal(err)
	}
	return u
}

func (h *house) do(command directory.Command) error {
	next, _, err := directory.Try(h.v, time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), command)
	if err == nil {
		h.v = next
	}
	return err
}

// put puts the cluster "c" with a whole list, or with none said.
func (h *house) put(whole bool, list ...Spec) (done directory.Outcome, err error) {
	spec := ClusterSpec{Account: h.account("111122223333"), Name: "c", Issuer: h.issuer("https://one.example"), Whole: whole, Associations: list}
	err = h.do(func(e *directory.Edit) (err error) { _, done, err = Put(e, spec); return err })
	return done, err
}

func (h *house) of(account, role string) Spec {
	return Spec{Namespace: "n", ServiceAccount: account, RoleARN: h.arn("arn:aws:iam::111122223333:role/" + role)}
}

func (h *house) have() map[string]string {
	h.Helper()
	out := map[string]string{}
	for c := range h.v.Clusters() {
		for _, a := range Show(h.v, c).Associations {
			out[a.Namespace+"/"+a.ServiceAccount] = a.Role
		}
	}
	return out
}

// TestAListIsTheWholeSet: and where nothing is said of associations, they stay as they are.
func TestAListIsTheWholeSet(t *testing.T) {
	h := newHouse(t)
	step := func(whole bool, want directory.Outcome, all map[string]string, list ...Spec) {
		t.Helper()
		done, err := h.put(whole, list...)
		if err != nil || done != want {
			t.Fatalf("%v %v, want %v", done, err, want)
		}
		if diff := cmp.Diff(all, h.have()); diff != "" {
			t.Fatal(diff)
		}
	}
	const a, b = "arn:aws:iam::111122223333:role/a", "arn:aws:iam::111122223333:role/b"
	step(true, directory.Created, map[string]string{"n/x": a, "n/y": b}, h.of("x", "a"), h.of("y", "b"))
	step(true, directory.Unchanged, map[string]string{"n/x": a, "n/y": b}, h.of("y", "b"), h.of("x", "a"))
	step(false, directory.Unchanged, map[string]string{"n/x": a, "n/y": b})
	step(true, directory.Updated, map[string]string{"n/x": b, "n/z": a}, h.of("x", "b"), h.of("z", "a"))
	if err := h.do(func(e *directory.Edit) error {
		return DeleteCluster(e, h.arn("arn:aws:eks:us-east-2:111122223333:cluster/c"))
	}); !fault.Is(err, ClusterInUse) {
		t.Errorf("deleted with associations: %v", err)
	}
	if err := h.do(func(e *directory.Edit) error { return e.DeleteIssuer(h.issuer("https://one.example")) }); err == nil {
		t.Error("the cluster's issuer was deleted")
	}
	step(true, directory.Updated, map[string]string{})
	if err := h.do(func(e *directory.Edit) error {
		return DeleteCluster(e, h.arn("arn:aws:eks:us-east-2:111122223333:cluster/c"))
	}); err != nil {
		t.Error(err)
	}
}

// TestARoleMadeAgainIsAnotherOne: an association names the role itself.
func TestARoleMadeAgainIsAnotherOne(t *testing.T) {
	h := newHouse(t)
	if _, err := h.put(true, h.of("x", "a")); err != nil {
		t.Fatal(err)
	}
	if err := h.do(func(e *directory.Edit) error { return e.DeleteRole(h.arn("arn:aws:iam::111122223333:role/a")) }); err != nil {
		t.Fatal(err)
	}
	err := h.do(func(e *directory.Edit) error {
		_, err := e.Save(&view.Role{ARN: h.arn("arn:aws:iam::111122223333:role/a"), UniqueID: "AROAAGAIN", Path: "/", Name: "a", MaxSession: 3600, Trust: trust})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if have := h.have(); have["n/x"] != "AROAA" {
		t.Errorf("the association has %v", have)
	}
	if done, err := h.put(true, h.of("x", "a")); err != nil || done != directory.Updated {
		t.Errorf("bound again: %v %v", done, err)
	}
}

// TestWhatCannotBe: names, issuers, roles of another account, and a service account twice.
func TestWhatCannotBe(t *testing.T) {
	h := newHouse(t)
	if _, err := h.put(true, h.of("x", "a")); err != nil {
		t.Fatal(err)
	}
	for what, tc := range map[string]struct {
		spec ClusterSpec
		why  fault.Reason
	}{
		"no such account":    {ClusterSpec{Account: h.account("999999999999"), Name: "d", Issuer: h.issuer("https://one.example")}, directory.AccountNotFound},
		"a name of slashes":  {ClusterSpec{Account: h.account("111122223333"), Name: "d/e", Issuer: h.issuer("https://one.example")}, directory.InvalidValue},
		"a bad tag":          {ClusterSpec{Account: h.account("111122223333"), Name: "d", Issuer: h.issuer("https://one.example"), Tags: view.Tags{"": "x"}}, directory.InvalidValue},
		"an unknown issuer":  {ClusterSpec{Account: h.account("111122223333"), Name: "d", Issuer: h.issuer("https://none.example")}, IssuerUnfit},
		"a shared issuer":    {ClusterSpec{Account: h.account("111122223333"), Name: "d", Issuer: h.issuer("https://all.example")}, IssuerUnfit},
		"another issuer":     {ClusterSpec{Account: h.account("111122223333"), Name: "c", Issuer: h.issuer("https://two.example")}, IssuerFixed},
		"no such role":       {ClusterSpec{Account: h.account("111122223333"), Name: "d", Issuer: h.issuer("https://one.example"), Whole: true, Associations: []Spec{h.of("x", "none")}}, directory.RoleNotFound},
		"twice":              {ClusterSpec{Account: h.account("111122223333"), Name: "d", Issuer: h.issuer("https://one.example"), Whole: true, Associations: []Spec{h.of("x", "a"), h.of("x", "a")}}, directory.InvalidValue},
		"no service account": {ClusterSpec{Account: h.account("111122223333"), Name: "d", Issuer: h.issuer("https://one.example"), Whole: true, Associations: []Spec{h.of("", "a")}}, directory.InvalidValue},
		"another's role": {ClusterSpec{
			Account: h.account("111122223333"), Name: "d", Issuer: h.issuer("https://one.example"), Whole: true,
			Associations: []Spec{{Namespace: "n", ServiceAccount: "x", RoleARN: h.arn("arn:aws:iam::444455556666:role/far")}},
		}, RoleElsewhere},
	} {
		if err := h.do(func(e *directory.Edit) error { _, _, err := Put(e, tc.spec); return err }); !fault.Is(err, tc.why) {
			t.Errorf("%s: %v, want %s", what, err, tc.why)
		}
	}
	gone := name.NewGUID()
	for what, err := range map[string]error{
		"update": h.do(func(e *directory.Edit) error { _, err := Update(e, gone, Change{}); return err }),
		"delete": h.do(func(e *directory.Edit) error { _, err := Delete(e, gone); return err }),
		"create": h.do(func(e *directory.Edit) error {
			_, _, err := Create(e, Spec{Cluster: gone, Namespace: "n", ServiceAccount: "x"})
			return err
		}),
		"cluster": h.do(func(e *directory.Edit) error {
			return DeleteCluster(e, h.arn("arn:aws:eks:us-east-2:111122223333:cluster/none"))
		}),
	} {
		if fault.From(err).Kind != fault.NotFound {
			t.Errorf("%s of what is not there: %v", what, err)
		}
	}
}
