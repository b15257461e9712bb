package keyvault_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/credential"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/door/doortest"
	"github.com/lanyard-id/lanyard/internal/door/keyvault"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/secrets"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web"
)

// everyOperation is a request for each line of the table, and for what is not offered.
func everyOperation() [][2]string {
	return [][2]string{
		{http.MethodGet, "/secrets"},
		{http.MethodGet, "/secrets/open"},
		{http.MethodGet, "/secrets/open/versions"},
		{http.MethodGet, "/secrets/open/0123456789abcdef0123456789abcdef"},
		{http.MethodPut, "/secrets/open"},
		{http.MethodPatch, "/secrets/open"},
		{http.MethodPatch, "/secrets/open/0123456789abcdef0123456789abcdef"},
		{http.MethodDelete, "/secrets/open"},
		{http.MethodGet, "/deletedsecrets"},
		{http.MethodGet, "/deletedsecrets/open"},
		{http.MethodPost, "/deletedsecrets/open/recover"},
		{http.MethodDelete, "/deletedsecrets/open"},
		{http.MethodPost, "/secrets/open/backup"},
		{http.MethodGet, "/keys"},
	}
}

func set(value string) string { return `{"value":"` + value + `"}` }

// must wants a status, and gives the answer's JSON.
func must(t *testing.T, rec *httptest.ResponseRecorder, status int) map[string]any {
	t.Helper()
	var body map[string]any
	if text := doortest.Text(rec); text != "" {
		if err := json.Unmarshal([]byte(text), &body); err != nil {
			t.Fatalf("%v: %s", err, text)
		}
	}
	if rec.Code != status {
		t.Fatalf("status %d, want %d: %v", rec.Code, status, body)
	}
	return body
}

// To a caller of another tenant a vault looks like none, whatever it asks for and whatever an assignment says, and the
// attempt is in the ledger of the vault's tenant with the tenant that it came from.
func TestF11P15AnotherTenantsVaultLooksLikeNone(t *testing.T) {
	w := newWorld(t)
	must(t, w.ask("shared", http.MethodPut, "/secrets/open", set("hunter2")), http.StatusOK)
	for _, op := range everyOperation() {
		there := w.ask("stranger", op[0], op[1], set("x"))
		record := w.Ledger.Last()
		missing := w.askAt("novault."+domain, "stranger", op[0], op[1], set("x"))
		if there.Code != http.StatusNotFound || doortest.Text(there) != doortest.Text(missing) || there.Code != missing.Code {
			t.Errorf("%v: %d %s, and a vault that does not exist: %d", op, there.Code, doortest.Text(there), missing.Code)
		}
		if record.Reason != keyvault.ForeignTenant || record.Tenant != doortest.North() ||
			record.Input["caller_tenant"] != doortest.South().String() || record.Stream != "ledger" {
			t.Errorf("%v: recorded %+v", op, record)
		}
	}
	must(t, w.askAt(southVault, "stranger", http.MethodPut, "/secrets/open", set("south")), http.StatusOK)
	if got := must(t, w.ask("shared", http.MethodGet, "/secrets/open", ""), http.StatusOK)["value"]; got != "hunter2" {
		t.Errorf("the secret is %v", got)
	}
}

// Nobody without the right learns whether a secret is there: with and without it the answers are the same.
func TestRightsComeBeforeExistence(t *testing.T) {
	w := newWorld(t)
	ask := func(op [2]string) string {
		return doortest.Text(w.ask("function", op[0], strings.Replace(op[1], "open", "other", 1), set("x")))
	}
	before := map[string]string{}
	for _, op := range everyOperation() {
		before[op[0]+op[1]] = ask(op)
	}
	must(t, w.ask("shared", http.MethodPut, "/secrets/other", set("hunter2")), http.StatusOK)
	for _, op := range everyOperation() {
		if after := ask(op); after != before[op[0]+op[1]] || strings.Contains(after, "hunter2") {
			t.Errorf("%v says %s when the secret is there, %s when it is not", op, after, before[op[0]+op[1]])
		}
	}
}

// What is wrong with a body is said without repeating it, in the answer, the record and the log.
func TestL03BodiesAreNotRepeated(t *testing.T) {
	w := newWorld(t)
	const canary = "cAnArY-5f2e"
	for _, body := range []string{
		canary, `{"value":"` + canary, `{"value":"` + canary + `","value":"b"}`, `{"` + canary + `":"x","value":"y"}`,
		`{"value":"` + canary + `","VALUE":"b"}`, `{"value":["` + canary + `"]}`, `{"value":{"` + canary + `":1}}`,
		`{"value":"` + canary + `","tags":{"` + canary + `":1}}`, `{"value":"` + canary + `","attributes":{"exp":"` + canary + `"}}`,
		`{"value":"` + canary + `"}` + canary, `{"value":"\ud800` + canary + `"}`, `{"contentType":"` + canary + `"}`,
		`{"value":"` + canary + `","attributes":{"` + canary + `":true}}`, `{"value":"` + canary + `","contentType":"` + strings.Repeat("c", 256) + `"}`,
		`{"value":"` + canary + strings.Repeat("x", secrets.MaxValue) + `"}`, `{"value":"` + canary + strings.Repeat("x", 300<<10) + `"}`,
		`[{"value":"` + canary + `"}]`, strings.Repeat(`{"value":`, 100) + `"` + canary,
	} {
		rec := w.ask("shared", http.MethodPut, "/secrets/open", body)
		if rec.Code < 400 || rec.Code >= 500 {
			t.Errorf("%.60s: status %d", body, rec.Code)
		}
		record, err := json.Marshal(w.Ledger.Last())
		if err != nil {
			t.Fatal(err)
		}
		for what, text := range map[string]string{"answer": doortest.Text(rec), "record": string(record), "log": w.log.String()} {
			if strings.Contains(text, canary) {
				t.Errorf("%.60s: the %s repeats it: %s", body, what, text)
			}
		}
	}
	must(t, w.ask("shared", http.MethodGet, "/secrets/open", ""), http.StatusNotFound)
	must(t, w.ask("shared", http.MethodPut, "/secrets/open", set(canary)), http.StatusOK)
	must(t, w.ask("shared", http.MethodGet, "/secrets/open", ""), http.StatusOK)
	if strings.Contains(w.log.String(), canary) || fmt.Sprintf("%+v", w.Ledger) == "" {
		t.Errorf("the log has the value: %s", w.log)
	}
}

// A record holds no byte of a value, and a value that is moved to another place of the store does not open.
func TestT17ValuesAreSealedWhereTheyLie(t *testing.T) {
	w := newWorld(t)
	const value = "a-value-that-is-long-enough-to-be-found"
	must(t, w.ask("shared", http.MethodPut, "/secrets/open", set(value)), http.StatusOK)
	must(t, w.ask("shared", http.MethodPut, "/secrets/other", set("x")), http.StatusOK)
	vault, _ := w.Current().Vault("northvault")
	open, _ := w.Current().Secret(vault, "open")
	other, _ := w.Current().Secret(vault, "other")
	from, _ := w.Current().SecretVersion(open, open.Current)
	to, _ := w.Current().SecretVersion(other, other.Current)
	c, err := view.Put(from)
	if err != nil || strings.Contains(string(c.Value), value) || strings.Contains(string(from.Sealed), value) {
		t.Errorf("the record is %s, %v", c.Value, err)
	}
	moved := *to
	moved.Sealed = from.Sealed
	w.Write(&moved)
	w.Refused(w.ask("shared", http.MethodGet, "/secrets/other", ""), http.StatusInternalServerError, secrets.Damaged)
}

// A vault that is deleted and made again under its name has none of the old secrets, and nobody has the old rights.
func TestVaultMadeAgainInheritsNothing(t *testing.T) {
	w := newWorld(t)
	must(t, w.ask("shared", http.MethodPut, "/secrets/open", set("hunter2")), http.StatusOK)
	id := vaultID(doortest.North(), "NorthVault")
	for _, command := range []directory.Command{
		func(e *directory.Edit) error { return e.DeleteResource(id) },
		func(e *directory.Edit) error { _, err := e.PutResource(directory.ResourceSpec{ID: id}); return err },
	} {
		if _, err := w.Trying().Do(t.Context(), command); err != nil {
			t.Fatal(err)
		}
	}
	must(t, w.ask("shared", http.MethodGet, "/secrets/open", ""), http.StatusForbidden) // its assignment went with the vault
	must(t, w.ask("function", http.MethodGet, "/secrets/open", ""), http.StatusForbidden)
	vault, _ := w.Current().Vault("northvault")
	if _, ok := w.Current().Secret(vault, "open"); ok || w.Current().VaultWeight(id) != 0 {
		t.Errorf("the secret is there still, the vault weighs %d", w.Current().VaultWeight(id))
	}
}

// The token of an identity that was deleted ends at once.
func TestDeletedIdentity(t *testing.T) {
	w := newWorld(t)
	must(t, w.ask("shared", http.MethodPut, "/secrets/open", set("hunter2")), http.StatusOK)
	token := w.Token("function", view.VaultAudience)
	w.Delete(w.Workload("function").Resource)
	rec := w.send(doortest.Request{Target: "/secrets/open?api-version=7.4", Header: http.Header{
		"Host": {northVault}, "Authorization": {"Bearer " + token},
	}})
	w.Refused(rec, http.StatusUnauthorized, credential.TokenPrincipalGone)
}

// A listing comes in pages, in order and without gaps, and a token belongs to the listing that gave it.
func TestPages(t *testing.T) {
	w := newWorld(t)
	for i := range 30 {
		must(t, w.ask("shared", http.MethodPut, fmt.Sprintf("/secrets/s%02d", i), set("x")), http.StatusOK)
	}
	must(t, w.ask("shared", http.MethodDelete, "/secrets/s07", ""), http.StatusOK)
	var names []string
	target := "/secrets?api-version=7.4"
	for pages := 0; target != ""; pages++ {
		page := must(t, w.ask("shared", http.MethodGet, target, ""), http.StatusOK)
		for _, item := range page["value"].([]any) {
			id := item.(map[string]any)["id"].(string)
			names = append(names, id[strings.LastIndexByte(id, '/')+1:])
		}
		next, _ := page["nextLink"].(string)
		if target = strings.TrimPrefix(next, "https://"+northVault); target == "" {
			break
		}
		u, err := url.Parse(target)
		if err != nil || pages > 3 {
			t.Fatalf("page %d: %q, %v", pages, next, err)
		}
		for _, other := range []string{"/deletedsecrets?", "/secrets/s01/versions?"} {
			w.Refused(w.ask("shared", http.MethodGet, other+u.RawQuery, ""), http.StatusBadRequest, web.BadQuery)
		}
	}
	if len(names) != 29 || names[0] != "s00" || names[7] != "s08" || names[28] != "s29" {
		t.Errorf("listed %q", names)
	}
	for _, bad := range []string{"maxresults=26", "maxresults=x", "maxresults=-1", "$skiptoken=%20", "$skiptoken=", "$skiptoken=AAAA"} {
		w.Refused(w.ask("shared", http.MethodGet, "/secrets?api-version=7.4&"+bad, ""), http.StatusBadRequest, web.BadQuery)
	}
}

// Nothing is changed while no record can be kept or the disk is nearly full; what makes room is still done then.
func TestNothingHalfWritten(t *testing.T) {
	w := newWorld(t)
	must(t, w.ask("shared", http.MethodPut, "/secrets/open", set("hunter2")), http.StatusOK)
	rev := w.Current().Rev()
	w.ledger.sick = fault.New(fault.Unavailable, "audit.unavailable", "no record can be kept")
	for _, op := range everyOperation() {
		if op[0] != http.MethodGet && !strings.Contains(op[1], "backup") {
			if rec := w.ask("shared", op[0], op[1], set("x")); rec.Code < 400 {
				t.Errorf("%v with a ledger out of order: %d", op, rec.Code)
			}
		}
	}
	w.ledger.sick, w.room = nil, errors.New("full")
	must(t, w.ask("shared", http.MethodPut, "/secrets/open", set("x")), http.StatusInternalServerError)
	if got := w.Current().Rev(); got != rev {
		t.Errorf("the revision is %d, it was %d", got, rev)
	}
	must(t, w.ask("shared", http.MethodDelete, "/secrets/open", ""), http.StatusOK)
}

// The value of each version can be read, and what is known of one can be changed without touching the others.
func TestVersions(t *testing.T) {
	w := newWorld(t)
	first := must(t, w.ask("shared", http.MethodPut, "/secrets/open", set("one")), http.StatusOK)["id"].(string)
	second := must(t, w.ask("shared", http.MethodPut, "/secrets/open", set("two")), http.StatusOK)["id"].(string)
	path := func(id string) string { return strings.TrimPrefix(id, "https://"+northVault) }
	must(t, w.ask("shared", http.MethodPatch, path(first), `{"attributes":{"enabled":false,"nbf":1,"exp":2},"tags":{"k":"v"},"contentType":"c"}`), http.StatusOK)
	w.Refused(w.ask("function", http.MethodGet, path(first), ""), http.StatusForbidden, keyvault.SecretDisabled)
	for _, at := range []string{path(second), "/secrets/open", "/secrets/open/", "/secrets/OPEN"} {
		if got := must(t, w.ask("function", http.MethodGet, at, ""), http.StatusOK)["value"]; got != "two" {
			t.Errorf("%s is %v", at, got)
		}
	}
	// A version that is not yet valid, or valid no more, is read all the same, as at Key Vault.
	must(t, w.ask("shared", http.MethodPatch, path(first), `{"attributes":{"enabled":true}}`), http.StatusOK)
	old := must(t, w.ask("function", http.MethodGet, path(first), ""), http.StatusOK)
	if old["value"] != "one" || old["contentType"] != "c" || old["attributes"].(map[string]any)["exp"] != 2.0 {
		t.Errorf("the first version is %v", old)
	}
	w.Refused(w.ask("function", http.MethodGet, "/secrets/open/"+strings.Repeat("0", 32), ""), http.StatusNotFound, directory.SecretNotFound)
}

// Whoever may delete may not purge, read or recover with it: each action is its own right.
func TestEachActionIsItsOwnRight(t *testing.T) {
	rights := map[string]string{
		"PUT /secrets/open": "setSecret/action", "GET /secrets/open": "getSecret/action", "PATCH /secrets/open": "update/action",
		"GET /secrets/open/versions": "readMetadata/action", "DELETE /secrets/open": "delete",
		"POST /deletedsecrets/open/recover": "recover/action", "DELETE /deletedsecrets/open": "purge/action",
	}
	for granted, right := range rights {
		w := newWorld(t)
		role := &view.RoleDefinition{
			ID: doortest.GUID(0xc00), Tenant: doortest.North(), Name: "one right",
			Permissions: []view.RolePermission{{DataActions: []string{"Microsoft.KeyVault/vaults/secrets/" + right}}},
		}
		w.Write(role, &view.RoleAssignment{
			ID: doortest.GUID(0xa01), Tenant: doortest.North(), Principal: doortest.GUID(doortest.FunctionID), Role: role.ID,
			Scope: vaultID(doortest.North(), "NorthVault").Scope(),
		})
		for asked := range rights {
			method, target, _ := strings.Cut(asked, " ")
			body := "{}"
			if method == http.MethodPut {
				body = set("x")
			}
			rec := w.ask("function", method, target, body)
			if denied := rec.Code == http.StatusForbidden; denied == (asked == granted) {
				t.Errorf("with the right to %s, %s is %d: %s", right, asked, rec.Code, doortest.Text(rec))
			}
		}
	}
}

// TestJ01ForgedTokens: whatever is made of a good token without its key, or is for somebody else, opens nothing and is nobody.
func TestJ01ForgedTokens(t *testing.T) {
	w := newWorld(t)
	good := w.Token("shared", view.VaultAudience)
	must(t, w.send(doortest.Request{Target: "/secrets?api-version=7.4", Header: http.Header{"Host": {northVault}, "Authorization": {"Bearer " + good}}}), http.StatusOK)
	bad := w.Forgeries(good)
	maps.Copy(bad, w.BadAudiences(good, view.VaultAudience))
	for name, token := range bad {
		t.Run(name, func(t *testing.T) {
			rec := w.send(doortest.Request{Target: "/secrets?api-version=7.4", Header: http.Header{"Host": {northVault}, "Authorization": {"Bearer " + token}}})
			if rec.Code != http.StatusUnauthorized {
				t.Errorf("%d %s", rec.Code, rec.Body)
			}
			if who := w.Ledger.Last().Principal.ID; who != "" {
				t.Errorf("recorded as %s", who)
			}
		})
	}
}
