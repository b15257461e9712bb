package view

import (
	"testing"

	"github.com/lanyard-id/lanyard/internal/name"
)

// put encodes the records as one revision's changes.
func changes(t *testing.T, records ...Record) []Change {
	t.Helper()
	var out []Change
	for _, r := range records {
		c, err := Put(r)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, c)
	}
	return out
}

func mustID(t *testing.T, s string) name.ResourceID {
	t.Helper()
	id, err := name.ParseResourceID(s)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func TestAnOlderViewDoesNotChange(t *testing.T) {
	empty, err := Load(0, nil)
	if err != nil {
		t.Fatal(err)
	}
	id := mustID(t, "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/G/providers/Microsoft.Web/sites/F")
	p := &Principal{ObjectID: name.NewGUID(), ClientID: name.NewGUID(), Tenant: name.NewGUID()}
	one, err := empty.Apply(1, changes(t, &Resource{ID: id, UID: name.NewGUID(), System: p}))
	if err != nil {
		t.Fatal(err)
	}
	two, err := one.Apply(2, []Change{Remove(&Resource{ID: id})})
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		at   *View
		want bool
	}{{empty, false}, {one, true}, {two, false}} {
		if _, got := tc.at.Resource(id); got != tc.want {
			t.Errorf("revision %d: resource found: %v, want %v", tc.at.Rev(), got, tc.want)
		}
		if _, got := tc.at.PrincipalByObject(p.ObjectID); got != tc.want {
			t.Errorf("revision %d: principal found: %v, want %v", tc.at.Rev(), got, tc.want)
		}
	}
}

func TestATombstoneFencesAtOnce(t *testing.T) {
	id := mustID(t, "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/G/providers/"+TypeUserIdentity+"/i")
	other := mustID(t, "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/G2/providers/"+TypeUserIdentity+"/i")
	identity := func(id name.ResourceID) *UserIdentity {
		return &UserIdentity{ID: id, Principal: Principal{ObjectID: name.NewGUID(), ClientID: name.NewGUID()}}
	}
	a, b := identity(id), identity(other)
	v, err := Load(1, []Record{a, b})
	if err != nil {
		t.Fatal(err)
	}
	group := name.MustScope("/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/G")
	v, err = v.Apply(2, changes(t, &Tombstone{Scope: group}))
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := v.Identity(id); ok {
		t.Error("an identity below a tombstone is still found")
	}
	if _, ok := v.PrincipalByClient(a.Principal.ClientID); ok {
		t.Error("its client id is still found")
	}
	if _, ok := v.PrincipalByClient(b.Principal.ClientID); !ok {
		t.Error("the neighbour group was fenced too")
	}
}

func TestTwoRecordsCannotClaimOneThing(t *testing.T) {
	obj := name.NewGUID()
	op := func() Record {
		return &Operator{Principal: Principal{ObjectID: obj, ClientID: name.NewGUID(), Tenant: name.NewGUID()}}
	}
	if _, err := Load(1, []Record{op(), op()}); err == nil {
		t.Error("two principals with one object id were loaded")
	}
}

func TestUnknownFieldsAreRefused(t *testing.T) {
	g := name.NewGUID()
	_, err := Decode(Change{Key: Prefix + "tenant/" + g.String(), Value: []byte(`{"id":"` + g.String() + `","name":"x","new":1}`)})
	if err == nil {
		t.Error("a record with an unknown field was read")
	}
}

func TestWhatFollowsARecordIsRefused(t *testing.T) {
	g := name.NewGUID()
	good := `{"id":"` + g.String() + `","name":"x","created":"2030-01-01T00:00:00Z"}`
	var d Decoder
	for _, tc := range []struct {
		value string
		ok    bool
	}{{good, true}, {good + "{}", false}, {good, true}, {good + " ]", false}, {good + "\n", true}, {good[:20], false}, {good, true}, {"", false}, {good, true}} {
		_, err := d.Decode(Change{Key: Prefix + "tenant/" + g.String(), Value: []byte(tc.value)})
		if (err == nil) != tc.ok {
			t.Errorf("%q: %v", tc.value, err)
		}
	}
}
