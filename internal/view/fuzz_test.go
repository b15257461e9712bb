package view

import (
	"bytes"
	"reflect"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view/stored"
)

// FuzzDecode throws damaged records at the reader of the store. What it accepts lies under its own key and is written
// back as a value that reads the same.
func FuzzDecode(f *testing.F) {
	tenant := name.NewGUID()
	for _, r := range []Record{
		&Tenant{ID: tenant, Name: "default"}, &Subscription{ID: name.NewGUID(), Tenant: tenant, Name: "s"},
		&Installation{Incarnation: "life", Tenant: tenant, URLs: map[string]string{"entra": "https://127.0.0.1:8443"}},
		&RoleAssignment{ID: name.NewGUID(), Tenant: tenant, Scope: name.Root(), Role: name.NewGUID(), Principal: name.NewGUID()},
		&Account{Name: "default"},
	} {
		c, err := Put(r)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(c.Key, c.Value)
		f.Add(c.Key, append(bytes.Clone(c.Value), "{}"...))
		f.Add(c.Key, bytes.Replace(c.Value, []byte(`{`), []byte(`{"unknown":1,`), 1))
	}
	f.Add("/d/tenant/x", []byte("null"))
	f.Add("/g/writer", []byte("{}"))
	f.Fuzz(func(t *testing.T, key string, value []byte) {
		r, err := Decode(Change{Key: key, Value: value, Rev: 3})
		if err != nil {
			return
		}
		if r.StoreKey() != key {
			t.Fatalf("the record of %q was read from %q", r.StoreKey(), key)
		}
		c, err := Put(r)
		if err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		again, err := Decode(Change{Key: c.Key, Value: c.Value, Rev: 3})
		if err != nil {
			t.Fatalf("what was written cannot be read: %v", err)
		}
		if twice, err := Put(again); err != nil || !bytes.Equal(twice.Value, c.Value) {
			t.Errorf("%s became %s: %v", c.Value, twice.Value, err)
		}
	})
}

// FuzzDecodePlain holds the quick way to read a record equal to the general one, whatever the value is.
func FuzzDecodePlain(f *testing.F) {
	for _, r := range many() {
		c, err := Put(r)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(c.Key, c.Value)
		f.Add(c.Key, bytes.ToUpper(c.Value))
		f.Add(c.Key, bytes.Replace(c.Value, []byte(`Z"`), []byte(`+01:00"`), 1))
	}
	f.Fuzz(func(t *testing.T, key string, value []byte) {
		kind, _, _ := stored.SplitKey(key)
		got, want := newRecord(kind, 3), newRecord(kind, 3)
		if got == nil || !new(stored.Plain).Read(value, got) {
			return
		}
		if err := new(stored.General).Read(value, want); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s\nquickly: %+v\nin general: %+v", value, got, want)
		}
	})
}

// many gives records of the kinds that are read quickly, with and without every field.
func many() []Record {
	id := name.NewGUID()
	group := name.MustScope("/subscriptions/" + id.String() + "/resourceGroups/Group")
	made := time.Date(2026, 1, 2, 3, 4, 5, 678_000, time.UTC)
	identity, err := name.NewResourceID(id, "Group", TypeUserIdentity, "worker")
	if err != nil {
		panic(err)
	}
	p := Principal{ObjectID: name.NewGUID(), ClientID: name.NewGUID(), Tenant: id}
	revoked := p
	revoked.RevokedAt = 17
	return []Record{
		&RoleAssignment{ID: id, Tenant: id, Scope: group, Role: id, Principal: p.ObjectID, Created: made},
		&RoleAssignment{
			ID: id, Tenant: id, Scope: name.Root(), Role: id, Principal: p.ObjectID, Name: "why", Condition: "x < 'y'",
			Created: made, CreatedBy: id, Updated: made.Add(1), UpdatedBy: name.NewGUID(),
		},
		&RoleAssignment{
			ID: id, Scope: name.Root(), Name: "why", Condition: "@Resource[a] StringEquals 'b'", Created: made, CreatedBy: id,
			Updated: made.Add(1), UpdatedBy: name.NewGUID(),
		},
		&UserIdentity{ID: identity, Principal: p, Created: made},
		&UserIdentity{ID: identity, Location: "local", Principal: revoked, MaxLifetime: 60, Created: made},
		&UserIdentity{ID: identity, Tags: Tags{"a": "b"}, Principal: p, Federated: []FederatedCredential{{Name: "f"}}, Created: made},
	}
}

// TestManyRecordsAreReadQuickly wants every plain value to be read without the general decoder: what it accepts is compared
// elsewhere, and this is why there are two ways.
func TestManyRecordsAreReadQuickly(t *testing.T) {
	quick := []bool{true, false /* an escaped < */, true, true, true, false /* tags */}
	for i, r := range many() {
		c, err := Put(r)
		if err != nil {
			t.Fatal(err)
		}
		kind, _, _ := stored.SplitKey(c.Key)
		got, want := newRecord(kind, 3), newRecord(kind, 3)
		ok := new(stored.Plain).Read(c.Value, got)
		if ok != quick[i] {
			t.Errorf("%s was read quickly: %t", c.Value, ok)
		}
		if err := new(stored.General).Read(c.Value, want); err != nil {
			t.Fatal(err)
		}
		if ok && !reflect.DeepEqual(got, want) {
			t.Errorf("%s\nquickly: %+v\nin general: %+v", c.Value, got, want)
		}
	}
}
