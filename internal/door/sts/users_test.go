package sts_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/credential"
	"github.com/lanyard-id/lanyard/internal/door/doortest"
	"github.com/lanyard-id/lanyard/internal/mint"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

const anaID = "AIDAANAANAANAANAANA00"

func anaARN() string { return "arn:aws:iam::" + doortest.Main().String() + ":user/people/ana" }

// ana makes a user with an access key and what she may do, and gives the key as she holds it.
func ana(t *testing.T, w *doortest.World, statements string) (*view.User, *view.AccessKey, mint.IssuedSession) {
	t.Helper()
	arn, err := name.ParseARN(anaARN())
	if err != nil {
		t.Fatal(err)
	}
	u := &view.User{ARN: arn, UniqueID: anaID, Path: "/people/", Name: "ana", Tags: view.Tags{"team": "red"}, Created: w.Now()}
	if statements != "" {
		u.Inline = map[string]string{"rights": `{"Version":"2012-10-17","Statement":[` + statements + `]}`}
	}
	text, k, err := w.Mint.UserKey(w.View, u)
	if err != nil {
		t.Fatal(err)
	}
	k.Created, k.Expires = w.Now(), w.Now().Add(90*24*time.Hour)
	w.Write(u, &k)
	return u, &k, mint.IssuedSession{Session: &credential.Session{KeyID: k.ID, Secret: text}}
}

const mayAssume = `{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}`

// trustingAna makes the role "named" trust what is given.
func trustingAna(t *testing.T, w *doortest.World, principal string) {
	t.Helper()
	r := *must(t, w, "named")
	r.Trust = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"` + principal + `"},"Action":"sts:AssumeRole"}}`
	w.Write(&r)
}

func whoIs(w *doortest.World, h http.Handler, s mint.IssuedSession) *httptest.ResponseRecorder {
	return as(w, h, s, op("GetCallerIdentity"))
}

// TestC03UserAssumesARole: a user gets temporary credentials of a role by the role's trust policy and its own policies, on both
// sides, and they end with the user, with its key and with the key's time.
func TestC03UserAssumesARole(t *testing.T) {
	for what, tc := range map[string]struct {
		principal, may string
		role           string
		allowed        bool
	}{
		"named in one account":                     {anaID, "", doortest.RoleARN("named"), true},
		"the account, without a right of her own":  {doortest.Main().String(), "", doortest.RoleARN("named"), false},
		"the account, with a right of her own":     {doortest.Main().String(), mayAssume, doortest.RoleARN("named"), true},
		"another user":                             {"AIDAOTHEROTHEROTHER00", mayAssume, doortest.RoleARN("named"), false},
		"abroad, with a right of her own":          {anaID, mayAssume, "arn:aws:iam::" + doortest.Other().String() + ":role/abroad", true},
		"abroad, without a right of her own":       {anaID, "", "arn:aws:iam::" + doortest.Other().String() + ":role/abroad", false},
		"denied by her own policy":                 {anaID, `{"Effect":"Deny","Action":"sts:*","Resource":"*"}`, doortest.RoleARN("named"), false},
		"no such role":                             {anaID, mayAssume, doortest.RoleARN("nobody"), false},
		"trusted where the trust is of her tag":    {anaID, mayAssume, doortest.RoleARN("red"), true},
		"a role that asks for the id that is sent": {anaID, mayAssume, doortest.RoleARN("external"), false},
	} {
		t.Run(what, func(t *testing.T) {
			w, h := serve(t)
			_, _, key := ana(t, w, tc.may)
			trustingAna(t, w, tc.principal)
			rec := as(w, h, key, with(ask("named"), "RoleArn", tc.role))
			if !tc.allowed {
				w.Refused(rec, http.StatusForbidden, access.Denied)
				return
			}
			s := issued(t, rec)
			if body := whoIs(w, h, s).Body.String(); !strings.Contains(body, ":assumed-role/"+tc.role[strings.LastIndex(tc.role, "/")+1:]+"/test") {
				t.Errorf("the session is of %s", body)
			}
		})
	}
}

// TestC03UsersCredentialsEnd: whatever came from a user's key ends with key and user, and does not come back.
func TestC03UsersCredentialsEnd(t *testing.T) {
	for what, end := range map[string]func(*doortest.World, *view.User, *view.AccessKey){
		"the key is switched off":    func(w *doortest.World, _ *view.User, k *view.AccessKey) { k.Inactive = true; w.Write(k) },
		"the key was off, and is on": func(w *doortest.World, _ *view.User, k *view.AccessKey) { k.RevokedAt = w.View.Rev() + 1; w.Write(k) },
		"the key is deleted":         func(w *doortest.World, _ *view.User, k *view.AccessKey) { w.Delete(k) },
		"the user is deleted":        func(w *doortest.World, u *view.User, _ *view.AccessKey) { w.Delete(u) },
		"the key is over":            func(w *doortest.World, _ *view.User, k *view.AccessKey) { k.Expires = w.Now(); w.Write(k) },
		"the user has come a new time": func(w *doortest.World, u *view.User, _ *view.AccessKey) {
			w.Delete(u)
			u.UniqueID = "AIDANEWNEWNEWNEWNEW00"
			w.Write(u)
		},
	} {
		t.Run(what, func(t *testing.T) {
			w, h := serve(t)
			u, k, key := ana(t, w, mayAssume)
			trustingAna(t, w, anaID)
			role := issued(t, as(w, h, key, ask("named")))
			own := issued(t, as(w, h, key, op("GetSessionToken")))
			chained := issued(t, as(w, h, own, ask("named")))
			for _, s := range []mint.IssuedSession{role, own, chained} {
				if rec := whoIs(w, h, s); rec.Code != http.StatusOK {
					t.Fatalf("before: %d %s", rec.Code, rec.Body)
				}
			}
			end(w, u, k)
			for _, s := range []mint.IssuedSession{role, own, chained} {
				w.Refused(whoIs(w, h, s), http.StatusForbidden, credential.SessionRevoked)
			}
		})
	}
}

// TestUserIdentity: what a user is called, by its key and by its session, and what a session of it may not ask for.
func TestUserIdentity(t *testing.T) {
	w, h := serve(t)
	_, k, key := ana(t, w, "")
	own := issued(t, as(w, h, key, op("GetSessionToken", "DurationSeconds", "129600")))
	for _, s := range []mint.IssuedSession{key, own} {
		body := whoIs(w, h, s).Body.String()
		for _, want := range []string{"<Arn>" + anaARN() + "</Arn>", "<UserId>" + anaID + "</UserId>", "<Account>" + doortest.Main().String() + "</Account>"} {
			if !strings.Contains(body, want) {
				t.Errorf("no %s in %s", want, body)
			}
		}
	}
	s, _ := opened(t, w, own)
	if life := s.Expires.Sub(s.Issued); life != 36*time.Hour {
		t.Errorf("the session lives %s", life)
	}
	for _, params := range []url.Values{op("GetSessionToken"), op("GetFederationToken", "Name", "bob"), op("GetAccessKeyInfo", "AccessKeyId", k.ID)} {
		w.Refused(as(w, h, own, params), http.StatusForbidden, access.Denied)
	}
	root := w.RootSession(doortest.Main())
	if body := as(w, h, root, op("GetAccessKeyInfo", "AccessKeyId", k.ID)).Body.String(); !strings.Contains(body, doortest.Main().String()) {
		t.Errorf("GetAccessKeyInfo: %s", body)
	}
	w.Refused(as(w, h, key, op("GetFederationToken", "Name", "bob")), http.StatusForbidden, access.Denied)
}

// TestFederatedByUser: a federated user has what both its session policies and the user who made it have.
func TestFederatedByUser(t *testing.T) {
	w, h := serve(t)
	_, _, key := ana(t, w, `{"Effect":"Allow","Action":["sts:GetFederationToken","s3:GetObject"],"Resource":"*"}`)
	both := `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":"*"}}`
	rec := as(w, h, key, op("GetFederationToken", "Name", "bob", "Policy", both))
	if !strings.Contains(rec.Body.String(), ":federated-user/bob</Arn>") {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	for action, want := range map[string]bool{"s3:GetObject": true, "s3:PutObject": false, "s3:DeleteObject": false} {
		s, role := opened(t, w, issued(t, rec))
		facts := access.Facts(access.Network{Now: w.Now(), Secure: true})
		access.AddSession(facts, w.View, s, role)
		d := access.AWS(w.View, access.AWSRequest{Session: s, Role: role, Action: action, Resource: "arn:aws:s3:::photos/a", Owner: doortest.Main(), Context: facts})
		if d.Allowed() != want {
			t.Errorf("%s: %v", action, d)
		}
		if got, _ := facts.Lookup("aws:principaltag/team"); len(got) != 1 || got[0] != "red" {
			t.Errorf("the tags of who made it: %v", got)
		}
	}
	bare, role := opened(t, w, issued(t, as(w, h, key, op("GetFederationToken", "Name", "bob"))))
	if d := access.AWS(w.View, access.AWSRequest{Session: bare, Role: role, Action: "s3:GetObject", Resource: "arn:aws:s3:::photos/a", Owner: doortest.Main()}); d.Allowed() {
		t.Error("without a session policy it may read")
	}
	w.Refused(as(w, h, issued(t, rec), ask("named")), http.StatusForbidden, access.Denied)
}

// TestKeysAreHeldAfterARestore: until an operator has confirmed it, a key that may have been deleted since signs nothing.
func TestKeysAreHeldAfterARestore(t *testing.T) {
	w, h := serve(t)
	_, _, key := ana(t, w, "")
	held := *w.View.Installation()
	held.Held = true
	w.Write(&held)
	if rec := whoIs(w, h, key); rec.Code != http.StatusServiceUnavailable {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
}
