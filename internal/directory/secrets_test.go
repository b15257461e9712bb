package directory

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lanyard-id/lanyard/internal/directory/vault"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/store"
	"github.com/lanyard-id/lanyard/internal/store/memory"
	"github.com/lanyard-id/lanyard/internal/view"
)

// vault puts the key vault "keys" that keeps deleted secrets for seven days.
func (h *house) vault(tb testing.TB) *view.Resource {
	tb.Helper()
	id := h.id(tb, view.TypeKeyVault, "keys")
	v := h.must(tb, func(e *Edit) error {
		_, err := e.PutResource(ResourceSpec{ID: id, Properties: view.Raw(`{"softDeleteRetentionInDays":7}`)})
		return err
	})
	r, ok := v.Resource(id)
	if !ok {
		tb.Fatalf("%s is not there after it was put", id)
	}
	return r
}

func putSecret(at SecretPlace, s SecretSpec) Command {
	return func(e *Edit) error { return e.PutSecret(at, s) }
}

func trash(at SecretPlace, deleted bool) Command {
	return func(e *Edit) error { return e.TrashSecret(at, deleted) }
}

func purge(at SecretPlace) Command { return func(e *Edit) error { return e.PurgeSecret(at) } }

func changeSecret(at SecretPlace, version string, c SecretChange) Command {
	return func(e *Edit) error { return e.ChangeSecret(at, version, c) }
}

// versionID is the id of the n-th version in these tests.
func versionID(n int) string { return fmt.Sprintf("%032x", n) }

// known is what a View has of a vault's secrets: the names, and how many versions lie in each.
func known(v *view.View, vault *view.Resource) map[string]int {
	found := map[string]int{}
	for s := range v.Secrets(vault, "") {
		found[s.Name] = count(v.SecretVersions(s, ""))
	}
	return found
}

// TestSecretsComeAndGo takes one secret through its whole life, and asks at each station for what must not be possible.
func TestSecretsComeAndGo(t *testing.T) {
	h := newHouse(t)
	h.group(t)
	at := SecretPlace{Vault: h.vault(t), Name: "Db"}
	h.refused(t, vault.NotFound, trash(at, true))
	h.refused(t, vault.NotFound, trash(at, false))
	h.refused(t, vault.NotFound, purge(at))
	h.refused(t, vault.NotFound, changeSecret(at, "", SecretChange{}))

	h.must(t, putSecret(at, SecretSpec{Version: versionID(1), Sealed: []byte("one"), Tags: view.Tags{"k": "v"}, ContentType: "text"}))
	h.must(t, putSecret(SecretPlace{Vault: at.Vault, Name: "dB"}, SecretSpec{Version: versionID(2), Sealed: []byte("two")}))
	v := h.View()
	s, ok := v.Secret(at.Vault, "DB")
	if !ok || s.Name != "Db" || s.Current != versionID(2) || s.Versions != 2 || v.VaultWeight(at.Vault.ID) == 0 {
		t.Errorf("the secret is %+v", s)
	}
	h.refused(t, vault.NotFound, purge(at)) // what is not deleted is not purged
	h.refused(t, vault.NotFound, trash(at, false))
	h.refused(t, vault.NotFound, changeSecret(at, versionID(3), SecretChange{}))
	off, exp := true, now().Add(time.Hour)
	h.must(t, changeSecret(at, versionID(1), SecretChange{Disabled: &off, Expires: &exp}))
	first, _ := h.View().SecretVersion(s, versionID(1))
	second, _ := h.View().SecretVersion(s, versionID(2))
	if !first.Disabled || !first.Expires.Equal(exp) || first.Tags["k"] != "v" || first.ContentType != "text" || string(first.Sealed) != "one" || second.Disabled {
		t.Errorf("the first version is %+v, the second %+v", first, second)
	}

	h.must(t, trash(at, true))
	s, _ = h.View().Secret(at.Vault, "db")
	if !s.IsDeleted() || !s.Purge.Equal(now().AddDate(0, 0, 7)) {
		t.Errorf("deleted: %+v", s)
	}
	h.refused(t, vault.Deleted, putSecret(at, SecretSpec{Version: versionID(3)}))
	h.refused(t, vault.NotFound, changeSecret(at, "", SecretChange{Disabled: &off}))
	h.refused(t, vault.NotFound, trash(at, true))
	h.must(t, trash(at, false))
	if s, _ = h.View().Secret(at.Vault, "db"); s.IsDeleted() || !s.Purge.IsZero() || s.Versions != 2 {
		t.Errorf("recovered: %+v", s)
	}
	h.must(t, trash(at, true))
	h.must(t, purge(at))
	if v := h.settled(t); len(known(v, at.Vault)) != 0 || v.VaultWeight(at.Vault.ID) != 0 {
		t.Errorf("purged, and there are %v weighing %d", known(v, at.Vault), v.VaultWeight(at.Vault.ID))
	}
	h.must(t, putSecret(at, SecretSpec{Version: versionID(4)})) // the name is free again, and none of the old versions is back
	if found := known(h.View(), at.Vault); !maps.Equal(found, map[string]int{"Db": 1}) {
		t.Errorf("made again: %v", found)
	}
	sameAsStore(t, h.View(), h.store)
}

// TestSecretBounds: each bound lets its last through and not one more.
func TestSecretBounds(t *testing.T) {
	h := newHouse(t)
	h.group(t)
	keys := h.vault(t)
	tags := func(n int) view.Tags {
		all := view.Tags{}
		for i := range n {
			all[fmt.Sprint(i)] = ""
		}
		return all
	}
	for n, tc := range []struct {
		what string
		good SecretSpec
		bad  SecretSpec
	}{
		{"content type", SecretSpec{ContentType: strings.Repeat("c", 255)}, SecretSpec{ContentType: strings.Repeat("c", 256)}},
		{"tags", SecretSpec{Tags: tags(15)}, SecretSpec{Tags: tags(16)}},
		{"a tag's name", SecretSpec{Tags: view.Tags{strings.Repeat("k", 256): ""}}, SecretSpec{Tags: view.Tags{strings.Repeat("k", 257): ""}}},
		{"a tag's value", SecretSpec{Tags: view.Tags{"k": strings.Repeat("v", 256)}}, SecretSpec{Tags: view.Tags{"k": strings.Repeat("v", 257)}}},
		{"no name of a tag", SecretSpec{}, SecretSpec{Tags: view.Tags{"": "v"}}},
	} {
		t.Run(tc.what, func(t *testing.T) {
			tc.good.Version, tc.bad.Version = versionID(2*n), versionID(2*n+1)
			at := SecretPlace{Vault: keys, Name: fmt.Sprintf("s%d", n)}
			h.refused(t, vault.Invalid, putSecret(at, tc.bad))
			h.must(t, putSecret(at, tc.good))
			h.refused(t, vault.Invalid, changeSecret(at, "", SecretChange{Tags: &tc.bad.Tags, ContentType: &tc.bad.ContentType}))
		})
	}
	for _, bad := range []string{"", "a/b", "a_b", "a b", "ä", strings.Repeat("n", 128)} {
		h.refused(t, vault.Invalid, putSecret(SecretPlace{Vault: keys, Name: bad}, SecretSpec{Version: versionID(1)}))
	}
	h.must(t, putSecret(SecretPlace{Vault: keys, Name: strings.Repeat("n", 127)}, SecretSpec{Version: versionID(1)}))
}

// TestVersionsAreBounded: a secret has as many versions as it may and not one more.
func TestVersionsAreBounded(t *testing.T) {
	h := newHouse(t)
	h.group(t)
	at := SecretPlace{Vault: h.vault(t), Name: "many"}
	h.must(t, func(e *Edit) error {
		for n := range 500 {
			if err := e.PutSecret(at, SecretSpec{Version: versionID(n)}); err != nil {
				return err
			}
		}
		return nil
	})
	h.refused(t, vault.Full, putSecret(at, SecretSpec{Version: versionID(500)}))
}

// TestF13SecretsOfAVaultThatIsAnother: who was let into one vault does nothing in another that took its name since.
func TestF13SecretsOfAVaultThatIsAnother(t *testing.T) {
	h := newHouse(t)
	h.group(t)
	at := SecretPlace{Vault: h.vault(t), Name: "db"}
	h.must(t, putSecret(at, SecretSpec{Version: versionID(1)}))
	h.must(t, trash(at, true))
	h.must(t, func(e *Edit) error { return e.DeleteResource(at.Vault.ID) })
	v := h.settled(t)
	if n := count(v.DeletedSecrets()); n != 0 || v.VaultWeight(at.Vault.ID) != 0 {
		t.Errorf("%d deleted secrets are left of a vault that is gone", n)
	}
	for range 2 { // without the vault, and with another of its name
		h.refused(t, vault.Gone, putSecret(at, SecretSpec{Version: versionID(2)}))
		h.refused(t, vault.Gone, changeSecret(at, "", SecretChange{}))
		h.refused(t, vault.Gone, trash(at, false))
		h.refused(t, vault.Gone, purge(at))
		if found := known(h.View(), h.vault(t)); len(found) != 0 {
			t.Errorf("the new vault has %v", found)
		}
	}
	site := SecretPlace{Vault: h.site(t, "f", false), Name: "db"}
	h.refused(t, vault.Gone, putSecret(site, SecretSpec{Version: versionID(1)}))
}

// TestVaultProperties: a vault is its subscription's tenant's, and its rules are Key Vault's.
func TestVaultProperties(t *testing.T) {
	h := newHouse(t)
	h.group(t)
	id := h.id(t, view.TypeKeyVault, "keys")
	put := func(properties string) Command {
		return func(e *Edit) error {
			_, err := e.PutResource(ResourceSpec{ID: id, Properties: view.Raw(properties)})
			return err
		}
	}
	for _, bad := range []string{
		`{"tenantId":"00000009-0000-4000-8000-000000000000"}`, `{"softDeleteRetentionInDays":6}`, `{"softDeleteRetentionInDays":91}`,
	} {
		h.refused(t, vault.Invalid, put(bad))
	}
	h.must(t, put(`{"tenantId":"`+strings.ToUpper(h.View().Installation().Tenant.String())+`","softDeleteRetentionInDays":90}`))
}

// TestDeletedSecretsAreSweptByDate: a deleted secret can be recovered until its last moment and is gone for good then, with
// its versions and the assignments on it; also when the server did not run at that moment, and when there are many.
func TestDeletedSecretsAreSweptByDate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := memory.New()
		h, stop := sleeper(t, s)
		h.must(t, func(e *Edit) error { _, err := e.Bootstrap(BootstrapSpec{}); return err })
		h.group(t)
		keys := h.vault(t)
		at := func(n string) SecretPlace { return SecretPlace{Vault: keys, Name: n} }
		for i := range sweepStep + 1 {
			h.must(t, putSecret(at("first"), SecretSpec{Version: versionID(i)}))
		}
		h.must(t, putSecret(at("kept"), SecretSpec{Version: versionID(1)}))
		h.must(t, putSecret(at("later"), SecretSpec{Version: versionID(1)}))
		h.must(t, putSecret(at("back"), SecretSpec{Version: versionID(1)}))
		first, _ := h.View().Secret(keys, "first")
		assignment := h.grant(t, h.site(t, "f", true).System.ObjectID, first.Scope())
		h.must(t, trash(at("first"), true))
		h.must(t, trash(at("back"), true))
		time.Sleep(24 * time.Hour)
		h.must(t, trash(at("later"), true))
		time.Sleep(6*24*time.Hour - 2*time.Minute)
		h.must(t, trash(at("back"), false)) // in time
		synctest.Wait()
		if found := known(h.View(), keys); len(found) != 4 {
			t.Errorf("before the day there are %v", found)
		}
		stop()
		synctest.Wait()
		time.Sleep(4 * time.Minute) // its time ends while nothing runs
		h, stop = sleeper(t, s)
		defer stop()
		if _, err := h.Do(h.ctx, trash(at("first"), false)); !fault.Is(err, vault.NotFound) {
			t.Errorf("swept or not, it came back: %v", err)
		}
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		v := h.View()
		if found := known(v, keys); !maps.Equal(found, map[string]int{"kept": 1, "later": 1, "back": 1}) {
			t.Errorf("after the day there are %v", found)
		}
		if count(v.Tombstones()) != 0 || hasAssignment(v, assignment) {
			t.Error("something of the secret is left")
		}
		time.Sleep(24 * time.Hour)
		synctest.Wait()
		if found := known(h.View(), keys); !maps.Equal(found, map[string]int{"kept": 1, "back": 1}) {
			t.Errorf("a day later there are %v", found)
		}
	})
}

// sleeper is a house whose time is the bubble's, on a store that outlives it.
func sleeper(t *testing.T, s store.Store) (*house, func()) {
	t.Helper()
	d, err := Open(t.Context(), Config{Store: s, Now: time.Now, Logger: quiet()})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	go func() { _ = d.Run(ctx) }()
	return &house{Directory: d, store: s, ctx: ctx}, cancel
}

func hasAssignment(v *view.View, id name.GUID) bool {
	for a := range v.Assignments() {
		if a.ID == id {
			return true
		}
	}
	return false
}

// TestStoredURLsStay: a newer door's URL is added, and one that is stored never changes: tokens and settings hold it.
func TestStoredURLsStay(t *testing.T) {
	h := newHouse(t)
	before := maps.Clone(h.View().Installation().URLs)
	v := h.must(t, func(e *Edit) error {
		return e.AddURLs(map[string]string{"entra": "https://elsewhere.example", "keyvault": "https://vault.localhost:8447"})
	})
	want := maps.Clone(before)
	want["keyvault"] = "https://vault.localhost:8447"
	if got := v.Installation().URLs; !maps.Equal(got, want) {
		t.Errorf("the URLs are %v, want %v", got, want)
	}
	sameAsStore(t, v, h.store)
}
