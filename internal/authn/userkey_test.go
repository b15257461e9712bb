package authn_test

import (
	"strings"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/internal/authn"
	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/credential"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/secret"
	"github.com/lanyard-id/lanyard/internal/view"
)

const anasKey = "AKIAANAANAANAANAANAA"

// SealLasting makes the house's keyring seal what is stored, too.
func (h *house) SealLasting(purpose string, aad, plain []byte) ([]byte, error) {
	return h.Seal(purpose, aad, plain)
}

// ana is a user with a key of a month.
func ana(t *testing.T, h *house) (*view.User, *view.AccessKey) {
	t.Helper()
	u := &view.User{ARN: must(name.NewARN("iam", "", h.role.ARN.Account(), "user/ana")), UniqueID: "AIDAANAANAANAANAANA00", Path: "/", Name: "ana"}
	k := &view.AccessKey{ID: anasKey, Account: u.ARN.Account(), User: u.UniqueID, Created: now, Expires: now.Add(30 * 24 * time.Hour)}
	if err := credential.SealUserKey(h, k, "ana's secret"); err != nil {
		t.Fatal(err)
	}
	return u, k
}

// signedByAna is what a client sends that has the key with this id and secret.
func signedByAna(t *testing.T, id string, text secret.Text, at time.Time) awswire.Request {
	t.Helper()
	return sign(t, post(), awswire.Signing{
		Credentials: awswire.Credentials{KeyID: id, Secret: text}, Region: "us-east-2", Service: "sts", At: at,
	})
}

// TestSignedByAUser: a key makes its user the caller, and nobody else.
func TestSignedByAUser(t *testing.T) {
	h := newHouse(t)
	u, k := ana(t, h)
	h.view = h.with(t, u)
	h.view = h.with(t, k)
	got, err := h.Signed(h.view, signedByAna(t, k.ID, "ana's secret", now), awswire.QueryRule("sts"))
	if err != nil {
		t.Fatal(err)
	}
	if got.Role != nil || got.Kind != credential.UserKey || got.UserID() != u.UniqueID || got.ARN(nil) != u.ARN {
		t.Errorf("the caller is %+v", got)
	}
}

// TestUserKeysThatDoNotCount: every state of key, user and house in which a key signs nothing, and what the record says of it.
func TestUserKeysThatDoNotCount(t *testing.T) {
	for what, tc := range map[string]struct {
		change func(*house, *view.User, *view.AccessKey)
		later  time.Duration
		text   secret.Text
		want   fault.Reason
	}{
		"another secret": {text: "ana's secret.", want: awswire.ReasonBadSignature},
		"no secret":      {text: " ", want: awswire.ReasonBadSignature},
		"inactive":       {change: func(_ *house, _ *view.User, k *view.AccessKey) { k.Inactive = true }, want: authn.KeyInactive},
		"inactive, and another secret": {
			change: func(_ *house, _ *view.User, k *view.AccessKey) { k.Inactive = true }, text: "guess", want: awswire.ReasonBadSignature,
		},
		"at its end":            {later: 30 * 24 * time.Hour, want: authn.KeyExpired},
		"of a user that is not": {change: func(_ *house, u *view.User, _ *view.AccessKey) { u.UniqueID = "AIDABOBBOBBOBBOBBOB00" }, want: authn.UnknownKey},
		"another key's secret, moved": {change: func(h *house, _ *view.User, k *view.AccessKey) {
			other := *k
			other.ID = "AKIABOBBOBBOBBOBBOBB"
			if err := credential.SealUserKey(h, &other, "ana's secret"); err != nil {
				panic(err)
			}
			k.Sealed = other.Sealed
		}, want: credential.KeyDamaged},
		"another user's secret, moved": {change: func(h *house, _ *view.User, k *view.AccessKey) {
			other := *k
			other.User = "AIDABOBBOBBOBBOBBOB00"
			if err := credential.SealUserKey(h, &other, "ana's secret"); err != nil {
				panic(err)
			}
			k.Sealed = other.Sealed
		}, want: credential.KeyDamaged},
		"one byte of what is kept changed": {change: func(_ *house, _ *view.User, k *view.AccessKey) { k.Sealed[len(k.Sealed)/2] ^= 1 }, want: credential.KeyDamaged},
		"a restore that nobody confirmed": {change: func(h *house, _ *view.User, _ *view.AccessKey) {
			held := *h.view.Installation()
			held.Held = true
			h.view = must(h.view.Apply(101, []view.Change{must(view.Put(&held))}))
		}, want: authn.KeysHeld},
	} {
		t.Run(what, func(t *testing.T) {
			h := newHouse(t)
			u, k := ana(t, h)
			if tc.change != nil {
				tc.change(h, u, k)
			}
			v, err := h.view.Apply(102, []view.Change{must(view.Put(u)), must(view.Put(k))})
			if err != nil {
				t.Fatal(err)
			}
			text := secret.Text("ana's secret")
			if tc.text != "" {
				text = tc.text
			}
			h.clock = now.Add(tc.later)
			got, err := h.Signed(v, signedByAna(t, k.ID, text, h.clock), awswire.QueryRule("sts"))
			refused(t, got, err, tc.want)
			if strings.Contains(err.Error(), "ana's secret") {
				t.Errorf("the error tells the secret: %v", err)
			}
		})
	}
}

// TestA10UserKeyWithAToken: a user's key comes without a session token, and a session's key never without.
func TestA10UserKeyWithAToken(t *testing.T) {
	h := newHouse(t)
	u, k := ana(t, h)
	_, token := h.session(nil)
	v, err := h.view.Apply(101, []view.Change{must(view.Put(u)), must(view.Put(k))})
	if err != nil {
		t.Fatal(err)
	}
	got, err := h.Signed(v, sign(t, post(), awswire.Signing{
		Credentials: awswire.Credentials{KeyID: k.ID, Secret: "ana's secret", SessionToken: awswire.Secret(token)},
		Region:      "us-east-2", Service: "sts", At: now,
	}), awswire.QueryRule("sts"))
	refused(t, got, err, awswire.ReasonTokenMismatch)
}
