package view

import (
	"bytes"
	"testing"

	"github.com/lanyard-id/lanyard/internal/name"
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
