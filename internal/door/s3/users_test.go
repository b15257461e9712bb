package s3_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/internal/authn"
	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/door/doortest"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// TestKeysOfUsers: a user reads by its own policies, and a key that does not count is to its holder as unknown as one that
// never was; only the record says why.
func TestKeysOfUsers(t *testing.T) {
	for what, tc := range map[string]struct {
		change func(*doortest.World, *view.AccessKey)
		status int
		code   string
		why    fault.Reason
	}{
		"active":   {func(*doortest.World, *view.AccessKey) {}, http.StatusOK, "", ""},
		"inactive": {func(_ *doortest.World, k *view.AccessKey) { k.Inactive = true }, http.StatusForbidden, "InvalidAccessKeyId", authn.KeyInactive},
		"over":     {func(w *doortest.World, k *view.AccessKey) { k.Expires = w.Now() }, http.StatusForbidden, "InvalidAccessKeyId", authn.KeyExpired},
		"unknown":  {func(_ *doortest.World, k *view.AccessKey) { k.User = "AIDANOBODYNOBODYNOB00" }, http.StatusForbidden, "InvalidAccessKeyId", authn.UnknownKey},
		"held": {func(w *doortest.World, _ *view.AccessKey) {
			held := *w.View.Installation()
			held.Held = true
			w.Write(&held)
		}, http.StatusServiceUnavailable, "ServiceUnavailable", authn.KeysHeld},
	} {
		t.Run(what, func(t *testing.T) {
			w, h := serve(t)
			put(t, w, photos, "a", "1")
			u, with, k := ana(t, w, `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::photos/*"}}`)
			tc.change(w, &k)
			w.Write(u, &k)
			rec := w.Do(h, w.Signed(doortest.Request{Target: "/photos/a"}, with))
			wantCode(t, rec, tc.status, tc.code)
			if tc.why != "" {
				w.Refused(rec, tc.status, tc.why)
				return
			}
			wantCode(t, w.Do(h, w.Signed(doortest.Request{Method: http.MethodDelete, Target: "/photos/a"}, with)), http.StatusForbidden, "AccessDenied")
		})
	}
}

// ana is a user with one policy, and signs by a key that nobody has stored yet.
func ana(t *testing.T, w *doortest.World, policy string) (*view.User, awswire.Signing, view.AccessKey) {
	t.Helper()
	arn, err := name.NewARN("iam", "", doortest.Main(), "user/ana")
	if err != nil {
		t.Fatal(err)
	}
	u := &view.User{ARN: arn, UniqueID: "AIDAANAANAANAANAANA00", Path: "/", Name: "ana", Inline: map[string]string{"read": policy}}
	text, k, err := w.Mint.UserKey(w.View, u)
	if err != nil {
		t.Fatal(err)
	}
	k.Created, k.Expires = w.Now(), w.Now().Add(time.Hour)
	return u, awswire.Signing{Credentials: awswire.Credentials{KeyID: k.ID, Secret: text}, Region: "us-east-2", Service: "s3", At: w.Now()}, k
}

// TestVector23OldVersionAtTheDoor: a variable is plain text under the old version and where no version is named.
func TestVector23OldVersionAtTheDoor(t *testing.T) {
	const statement = `"Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::photos/${aws:username}"}}`
	for version, status := range map[string][2]int{
		`{"Version":"2012-10-17",`: {yes, no}, `{"Version":"2008-10-17",`: {no, yes}, `{`: {no, yes},
	} {
		w, h := serve(t)
		put(t, w, photos, "ana", "1")
		put(t, w, photos, "${aws:username}", "1")
		u, with, k := ana(t, w, version+statement)
		w.Write(u, &k)
		for i, target := range []string{"/photos/ana", "/photos/%24%7Baws%3Ausername%7D"} {
			if got := w.Do(h, w.Signed(doortest.Request{Target: target}, with)).Code; got != status[i] {
				t.Errorf("%s of %s: %d, want %d", target, version, got, status[i])
			}
		}
	}
}
