package arm_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/credential"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/door/arm/kit"
	"github.com/lanyard-id/lanyard/internal/door/doortest"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/web"
)

// TestPaging reads a list in pages and wants each entry once, and each token to open nothing but its own list.
func TestPaging(t *testing.T) {
	w, h := serve(t)
	other := actor(w, "other", owner, northSub)
	var names []string
	target := northGroup + "/resources?api-version=2021-04-01&$top=2"
	first := ""
	for target != "" {
		page := read(t, w.Want(h, http.StatusOK, as(w, "function", "GET", target, "")))
		if len(page.Value) > 2 {
			t.Errorf("%d entries", len(page.Value))
		}
		for _, v := range page.Value {
			names = append(names, v.ID)
		}
		target = strings.TrimPrefix(page.NextLink, doortest.ARMURL)
		if first == "" {
			first = target
		}
	}
	whole := read(t, w.Want(h, http.StatusOK, as(w, "function", "GET", northGroup+"/resources", "")))
	if len(whole.Value) != len(names) || len(names) < 7 {
		t.Fatalf("%d in pages, %d at once", len(names), len(whole.Value))
	}
	for i, v := range whole.Value {
		if names[i] != v.ID {
			t.Errorf("entry %d is %s, then %s", i, names[i], v.ID)
		}
	}
	u, err := url.Parse(first)
	if err != nil {
		t.Fatal(err)
	}
	token := u.Query().Get("$skiptoken")
	for what, req := range map[string]doortest.Request{
		"another scope":   as(w, "function", "GET", northSub+"/resources?api-version=2021-04-01&$top=2&$skiptoken="+token, ""),
		"another top":     as(w, "function", "GET", northGroup+"/resources?api-version=2021-04-01&$top=3&$skiptoken="+token, ""),
		"another filter":  as(w, "function", "GET", northGroup+"/resources?api-version=2021-04-01&$top=2&$filter=name%20eq%20'x'&$skiptoken="+token, ""),
		"another version": as(w, "function", "GET", northGroup+"/resources?api-version=2020-06-01&$top=2&$skiptoken="+token, ""),
		"another caller":  as(w, other, "GET", first, ""),
		"forged":          as(w, "function", "GET", northGroup+"/resources?api-version=2021-04-01&$top=2&$skiptoken=L3N1YnNjcmlwdGlvbnM", ""),
		"none":            as(w, "function", "GET", northGroup+"/resources?api-version=2021-04-01&$top=2&$skiptoken=", ""),
	} {
		if what == "another caller" { // the same query by somebody who may read as much
			req = as(w, other, "GET", northGroup+"/resources?api-version=2021-04-01&$top=2&$skiptoken="+token, "")
		}
		rec := w.Do(h, req)
		if rec.Code != http.StatusBadRequest {
			t.Errorf("%s: %d %s", what, rec.Code, doortest.Text(rec))
			continue
		}
		w.Refused(rec, http.StatusBadRequest, kit.BadPageToken)
	}
	for _, top := range []string{"0", "-1", "x", "99999999999", "1e3"} {
		w.Refused(w.Do(h, as(w, "function", "GET", northGroup+"/resources?api-version=2021-04-01&$top="+top, "")), http.StatusBadRequest, kit.BadParameter)
	}
}

// TestBadInput: the cloud's own error, and nothing half written.
func TestBadInput(t *testing.T) {
	w, h := serve(t)
	before := w.View.Rev()
	huge := as(w, "function", "PUT", vms+"vm", "")
	huge.Header.Set("Content-Length", fmt.Sprint(100<<20))
	w.Refused(w.Do(h, huge), http.StatusRequestEntityTooLarge, web.BodyTooLarge)
	for what, r := range map[string]struct {
		method, target, body string
		status               int
		why                  fault.Reason
	}{
		"long body":          {"PUT", vms + "vm", `{"location":"` + strings.Repeat("x", kit.MaxBody) + `"}`, 413, web.BodyTooLarge},
		"no JSON":            {"PUT", vms + "vm", `location=local`, 400, kit.BadBody},
		"an array":           {"PUT", vms + "vm", `[]`, 400, kit.BadBody},
		"nothing":            {"PUT", vms + "vm", ``, 400, kit.BadBody},
		"bad UTF-8":          {"PUT", vms + "vm", "{\"location\":\"\xff\"}", 400, kit.BadBody},
		"NUL":                {"PUT", vms + "vm", `{"location":"\u0000"}`, 400, kit.BadBody},
		"name twice deep":    {"PUT", vms + "vm", `{"location":"l","properties":{"a":1,"a":2}}`, 400, kit.BadBody},
		"location a number":  {"PUT", vms + "vm", `{"location":1}`, 400, kit.BadBody},
		"tags of numbers":    {"PUT", vms + "vm", `{"location":"l","tags":{"a":1}}`, 400, kit.BadBody},
		"too many tags":      {"PUT", vms + "vm", `{"location":"l","tags":{` + many(51) + `}}`, 400, directory.InvalidValue},
		"long location":      {"PUT", vms + "vm", `{"location":"` + strings.Repeat("l", 91) + `"}`, 400, directory.InvalidValue},
		"long name":          {"PUT", vms + strings.Repeat("v", 261), `{"location":"l"}`, 400, kit.BadParameter},
		"bad name":           {"PUT", vms + "vm.", `{"location":"l"}`, 400, directory.InvalidName},
		"bad type":           {"PUT", northGroup + "/providers/Microsoft.X!/things/a", `{"location":"l"}`, 403, "access.denied"},
		"escaped slash":      {"PUT", vms + "a%2fb", `{"location":"l"}`, 404, web.NoRoute},
		"dots":               {"GET", northGroup + "/providers/../providers/x/y/z", "", 404, web.NoRoute},
		"percent in a name":  {"PUT", vms + "a%25b", `{"location":"l"}`, 400, kit.BadParameter},
		"no group":           {"PUT", northSub + "/resourceGroups/none/providers/A.B/c/d", `{"location":"l"}`, 404, directory.GroupNotFound},
		"no parent":          {"PUT", vms + "none/extensions/e", `{"location":"l"}`, 404, directory.ResourceNotFound},
		"no group location":  {"PUT", northSub + "/resourceGroups/x", `{}`, 400, kit.BadBody},
		"version twice":      {"GET", vms + "vm?api-version=2020-06-01&api-version=2020-06-01", "", 400, web.RepeatedParameter},
		"version twice fold": {"GET", vms + "vm?api-version=2020-06-01&API-VERSION=2020-06-01", "", 400, web.RepeatedParameter},
		"semicolon":          {"GET", vms + "vm?api-version=2020-06-01;x", "", 400, web.BadQuery},
		"not a date":         {"GET", vms + "vm?api-version=2020-13-01", "", 400, kit.BadVersion},
		"bad issuer":         {"PUT", identities + "one/federatedIdentityCredentials/abc" + msi, `{"properties":{"issuer":"http://x","subject":"s","audiences":["a"]}}`, 400, "arm.bad_federated_credential"},
		"no properties":      {"PUT", identities + "one/federatedIdentityCredentials/abc" + msi, `{}`, 400, "arm.bad_federated_credential"},
		"bad expression":     {"PUT", identities + "one/federatedIdentityCredentials/abc" + msi, `{"properties":{"issuer":"https://x.example","claimsMatchingExpression":{"languageVersion":1,"value":"true"},"audiences":["a"]}}`, 400, directory.InvalidValue},
		"language 2":         {"PUT", identities + "one/federatedIdentityCredentials/abc" + msi, `{"properties":{"issuer":"https://x.example","claimsMatchingExpression":{"languageVersion":2,"value":"claims['sub'] eq 'x'"},"audiences":["a"]}}`, 400, "arm.bad_federated_credential"},
		"short name":         {"PUT", identities + "ab" + msi, `{"location":"l"}`, 400, directory.InvalidName},
		"regional":           {"PUT", identities + "abc" + msi, `{"location":"l","properties":{"isolationScope":"Regional"}}`, 400, "arm.isolation_unsupported"},
		"a body for an act":  {"POST", identities + "one/revokeTokens" + msi, `{"x":1}`, 400, kit.BadBody},
	} {
		t.Run(what, func(t *testing.T) {
			rec := w.Do(h, as(w, "function", r.method, r.target, r.body))
			w.Refused(rec, r.status, r.why)
			if text := doortest.Text(rec); !strings.HasPrefix(text, `{"error":{"code":"`) || !strings.Contains(text, doortest.RequestID) {
				t.Errorf("not ARM's error: %s", text)
			}
		})
	}
	if w.View.Rev() != before {
		t.Error("something was written")
	}
}

func many(n int) string {
	var list []string
	for i := range n {
		list = append(list, fmt.Sprintf(`"t%d":"v"`, i))
	}
	return strings.Join(list, ",")
}

// TestTwentyCredentials: as many as Azure takes, and not one more.
func TestTwentyCredentials(t *testing.T) {
	w, h := serve(t)
	at := func(i int) string {
		return fmt.Sprintf("%sone/federatedIdentityCredentials/number%d%s", identities, i, msi)
	}
	body := func(i int) string {
		return fmt.Sprintf(`{"properties":{"issuer":"https://issuer.example","subject":"s%d","audiences":["a"]}}`, i)
	}
	for i := range 20 {
		w.Want(h, http.StatusCreated, as(w, "function", "PUT", at(i), body(i)))
	}
	w.Refused(w.Do(h, as(w, "function", "PUT", at(20), body(20))), http.StatusBadRequest, directory.LimitExceeded)
	w.Refused(w.Do(h, as(w, "function", "PUT", at(3), body(4))), http.StatusConflict, directory.CredentialRepeated)
	w.Want(h, http.StatusOK, as(w, "function", "PUT", at(3), body(33)))
}

// TestRevokeTokens: a token from before is refused, one from after is not.
func TestRevokeTokens(t *testing.T) {
	w, h := serve(t)
	grant(w, doortest.GUID(doortest.OneID), reader, northSub)
	before := as(w, "shared", "GET", northGroup, "")
	w.Want(h, http.StatusOK, before)
	w.Want(h, http.StatusOK, as(w, "function", "POST", identities+"one/revokeTokens"+msi, ""))
	w.Refused(w.Do(h, before), http.StatusUnauthorized, credential.TokenRevoked)
	w.Want(h, http.StatusOK, as(w, "shared", "GET", northGroup, ""))
}

// TestWire15GroupDeletionEnds: 202 until the sweep has removed everything, then 200; nobody else may ask.
func TestWire15GroupDeletionEnds(t *testing.T) {
	w, h := serve(t)
	other := actor(w, "other", owner, northSub)
	w.Want(h, http.StatusCreated, as(w, "function", "PUT", northSub+"/resourceGroups/brief", `{"location":"local"}`))
	w.Want(h, http.StatusCreated, as(w, "function", "PUT", northSub+"/resourceGroups/brief/providers/A.B/c/d", `{"location":"local"}`))
	rec := w.Want(h, http.StatusAccepted, as(w, "function", "DELETE", northSub+"/resourceGroups/brief", ""))
	w.Want(h, http.StatusNotFound, as(w, "function", "GET", northSub+"/resourceGroups/brief/providers/A.B/c/d", ""))
	poll := strings.TrimPrefix(rec.Header().Get("Location"), doortest.ARMURL)
	w.Want(h, http.StatusNotFound, as(w, other, "GET", poll, ""))
	for {
		rec := w.Do(h, as(w, "function", "GET", poll, ""))
		if rec.Code == http.StatusOK {
			return
		}
		if rec.Code != http.StatusAccepted || rec.Header().Get("Location") != doortest.ARMURL+poll {
			t.Fatalf("%d %v", rec.Code, rec.Header())
		}
	}
}

// TestConditions: a change with a revision that is not the present one does nothing; reads that know it already are 304.
func TestConditions(t *testing.T) {
	w, h := serve(t)
	etag := w.Want(h, http.StatusCreated, as(w, "function", "PUT", vms+"vm", `{"location":"local"}`)).Header().Get("ETag")
	conditioned := func(method, header, value, body string) doortest.Request {
		req := as(w, "function", method, vms+"vm", body)
		req.Header.Set(header, value)
		return req
	}
	w.Want(h, http.StatusNotModified, conditioned("GET", "If-None-Match", etag, ""))
	w.Want(h, http.StatusOK, conditioned("PATCH", "If-Match", etag, `{"tags":{"a":"b"}}`))
	for _, method := range []string{"PUT", "PATCH", "DELETE"} {
		w.Refused(w.Do(h, conditioned(method, "If-Match", etag, `{"location":"local"}`)), http.StatusPreconditionFailed, web.ConditionNotMet)
	}
	w.Refused(w.Do(h, conditioned("PUT", "If-None-Match", "*", `{"location":"local"}`)), http.StatusPreconditionFailed, web.ConditionNotMet)
	w.Want(h, http.StatusOK, conditioned("DELETE", "If-Match", "*", ""))
	w.Refused(w.Do(h, conditioned("PUT", "If-Match", "*", `{"location":"local"}`)), http.StatusPreconditionFailed, web.ConditionNotMet)
	w.Want(h, http.StatusCreated, conditioned("PUT", "If-None-Match", "*", `{"location":"local"}`))
}
