package credential

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/jose"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/secret"
	"github.com/lanyard-id/lanyard/internal/view"
)

// house is an installation with one tenant, one identity and one role, and the keys to make credentials for them.
type house struct {
	view     *view.View
	identity *view.UserIdentity
	role     *view.Role
	signer   *jose.Signer
	aead     cipher.AEAD
	now      time.Time
}

const incarnation = "first-life"

func newHouse(t *testing.T) *house {
	t.Helper()
	must := func(err error) {
		if err != nil {
			t.Helper()
			t.Fatal(err)
		}
	}
	tenant, sub := name.NewGUID(), name.NewGUID()
	id, err := name.NewResourceID(sub, "g", view.TypeUserIdentity, "reader")
	must(err)
	account, err := name.ParseAccountID("123456789012")
	must(err)
	arn, err := name.NewARN("iam", "", account, "role/app/reader")
	must(err)
	h := &house{
		now:      time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC),
		identity: &view.UserIdentity{ID: id, Principal: view.Principal{ObjectID: name.NewGUID(), ClientID: name.NewGUID(), Tenant: tenant}},
		role:     &view.Role{ARN: arn, UniqueID: "AROAAAAAAAAAAAAAAAAAA", Name: "reader", Path: "/app/", MaxSession: 3600},
	}
	h.view, err = view.Load(100, []view.Record{
		&view.Installation{Incarnation: incarnation, URLs: map[string]string{"entra": "https://127.0.0.1:8443"}, Tenant: tenant},
		&view.Tenant{ID: tenant, Name: "default"}, &view.Subscription{ID: sub, Tenant: tenant, Name: "default"},
		&view.Account{ID: account, Name: "default"}, h.identity, h.role,
	})
	must(err)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(err)
	h.signer, err = jose.NewSigner(jose.SignerConfig{Key: key, Alg: "ES256", KID: "k1"})
	must(err)
	block, err := aes.NewCipher(make([]byte, 32))
	must(err)
	h.aead, err = cipher.NewGCMWithRandomNonce(block)
	must(err)
	return h
}

// Key, Seal and Unseal make the house the keyring of these tests.
func (h *house) Key(kid string) (jose.Key, bool) { return h.signer.Public(), kid == "k1" }

func (h *house) Seal(purpose string, aad, plain []byte) ([]byte, error) {
	return h.aead.Seal(nil, nil, plain, []byte(purpose+"\x00"+string(aad))), nil
}

func (h *house) Unseal(purpose string, aad, sealed []byte) ([]byte, error) {
	return h.aead.Open(nil, nil, sealed, []byte(purpose+"\x00"+string(aad)))
}

// claims are what a good token of the identity says; change edits them.
func (h *house) claims(change func(map[string]any)) map[string]any {
	v1, _ := IssuerOf(h.view.Installation(), h.identity.Principal.Tenant)
	c := map[string]any{
		"iss": v1, "aud": "api://x", "sub": h.identity.Principal.ObjectID.String(), "oid": h.identity.Principal.ObjectID.String(),
		"iat": h.now.Unix(), "nbf": h.now.Unix(), "exp": h.now.Add(time.Hour).Unix(), "uti": "u1", ClaimRev: 90, ClaimInc: incarnation,
	}
	if change != nil {
		change(c)
	}
	return c
}

func (h *house) token(t *testing.T, change func(map[string]any)) string {
	t.Helper()
	b, err := json.Marshal(h.claims(change))
	if err != nil {
		t.Fatal(err)
	}
	text, err := h.signer.Sign(b)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// apply makes the next View.
func (h *house) apply(t *testing.T, records ...view.Record) *view.View {
	t.Helper()
	var changes []view.Change
	for _, r := range records {
		c, err := view.Put(r)
		if err != nil {
			t.Fatal(err)
		}
		changes = append(changes, c)
	}
	v, err := h.view.Apply(h.view.Rev()+1, changes)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func (h *house) without(t *testing.T, r view.Record) *view.View {
	t.Helper()
	v, err := h.view.Apply(h.view.Rev()+1, []view.Change{view.Remove(r)})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestAGoodTokenSaysWhoItIsAbout(t *testing.T) {
	h := newHouse(t)
	tokens := &Tokens{Keys: h}
	for range 2 { // the second time from the cache of signatures
		got, err := tokens.Verify(h.view, h.now, h.token(t, nil))
		if err != nil {
			t.Fatal(err)
		}
		if got.Owner.Identity == nil || !got.Owner.Identity.ID.Equal(h.identity.ID) || got.ID != "u1" || got.Rev != 90 {
			t.Errorf("token is about %+v", got)
		}
	}
}

func TestATokenThatDoesNotHold(t *testing.T) {
	h := newHouse(t)
	revoked := *h.identity
	revoked.Principal.RevokedAt = 91
	restored := *h.view.Installation()
	restored.Incarnation = "second-life"
	for _, tc := range []struct {
		name   string
		view   *view.View
		at     time.Duration
		change func(map[string]any)
		want   fault.Reason
	}{
		{"expired to the second", h.view, time.Hour, nil, TokenExpired},
		{"not valid yet", h.view, -time.Second, nil, TokenNotYet},
		{"identity deleted", h.without(t, h.identity), 0, nil, TokenPrincipalGone},
		{"tokens revoked", h.apply(t, &revoked), 0, nil, TokenRevoked},
		{"restored since", h.apply(t, &restored), 0, nil, TokenIncarnation},
		{"no incarnation", h.view, 0, func(c map[string]any) { delete(c, ClaimInc) }, TokenIncarnation},
		{"from the future of the store", h.view, 0, func(c map[string]any) { c[ClaimRev] = 101 }, ViewBehind},
		{"unknown tenant", h.view, 0, func(c map[string]any) {
			c["iss"] = "https://127.0.0.1:8443/" + name.NewGUID().String() + "/"
		}, TokenIssuer},
		{"issuer without its slash", h.view, 0, func(c map[string]any) { c["iss"] = strings.TrimSuffix(c["iss"].(string), "/") }, TokenIssuer},
		{"another authority", h.view, 0, func(c map[string]any) { c["iss"] = "https://127.0.0.1:8443.evil/" }, TokenIssuer},
		{"no object id", h.view, 0, func(c map[string]any) { delete(c, "oid") }, TokenMalformed},
		{"no expiry", h.view, 0, func(c map[string]any) { delete(c, "exp") }, TokenMalformed},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := (&Tokens{Keys: h}).Verify(tc.view, h.now.Add(tc.at), h.token(t, tc.change))
			if !fault.Is(err, tc.want) {
				t.Errorf("got %v, want %s", err, tc.want)
			}
		})
	}
}

// The cache remembers signatures, never verdicts: whatever ends a token ends it although its signature is remembered.
func TestTheCacheDoesNotOutliveAnything(t *testing.T) {
	h := newHouse(t)
	tokens := &Tokens{Keys: h}
	raw := h.token(t, nil)
	if _, err := tokens.Verify(h.view, h.now, raw); err != nil {
		t.Fatal(err)
	}
	if _, err := tokens.Verify(h.without(t, h.identity), h.now, raw); !fault.Is(err, TokenPrincipalGone) {
		t.Errorf("after deletion: %v", err)
	}
	if _, err := tokens.Verify(h.view, h.now.Add(2*time.Hour), raw); !fault.Is(err, TokenExpired) {
		t.Errorf("after expiry: %v", err)
	}
	withdrawn := &Tokens{Keys: noKeys{}}
	withdrawn.cache.put(Present(raw).hash, verified{claims: nil, kid: "k1"})
	if _, err := withdrawn.Verify(h.view, h.now, raw); !fault.Is(err, TokenSignature) {
		t.Errorf("after its key was withdrawn: %v", err)
	}
}

type noKeys struct{}

func (noKeys) Key(string) (jose.Key, bool) { return jose.Key{}, false }

func TestJ30EveryChangedTokenIsRefused(t *testing.T) {
	h := newHouse(t)
	tokens := &Tokens{Keys: h}
	raw := h.token(t, nil)
	for i := range len(raw) {
		for _, changed := range []string{raw[:i], raw[i+1:], raw[:i] + string(raw[i]^1) + raw[i+1:], raw[:i] + "A" + raw[i:]} {
			if changed == raw {
				continue
			}
			if _, err := tokens.Verify(h.view, h.now, changed); err == nil {
				t.Fatalf("the token changed at %d was accepted", i)
			}
		}
	}
}

func (h *house) session() *Session {
	return &Session{
		KeyID: "ASIAAAAAAAAAAAAAAAAA", Secret: "s3cret", Account: h.role.ARN.Account(), RoleID: h.role.UniqueID, Name: "job",
		Origin: h.identity.Principal.ObjectID, Provider: "p", Subject: "s", Tags: map[string]string{"a": "b"},
		Policies: []string{"{}"}, Managed: []SessionPolicy{{ARN: h.role.ARN, ID: "ANPA"}}, Issued: h.now, Expires: h.now.Add(time.Hour), Rev: 90, Inc: incarnation,
	}
}

func TestASessionTravelsInItsToken(t *testing.T) {
	h := newHouse(t)
	want := h.session()
	token, err := want.Seal(h)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(token, "s3cret") {
		t.Error("the token shows the secret")
	}
	got, err := OpenSession(h, want.KeyID, token)
	if err != nil {
		t.Fatal(err)
	}
	equalTimes := cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) })
	plain := cmp.AllowUnexported(name.AccountID{}, name.GUID{}, name.ARN{})
	if diff := cmp.Diff(want, got, equalTimes, plain, cmp.Comparer(func(a, b secret.Text) bool { return a == b })); diff != "" {
		t.Error(diff)
	}
	role, err := got.Live(h.view, h.now)
	if err != nil || role.UniqueID != h.role.UniqueID {
		t.Errorf("live: %v, %v", role, err)
	}
	if arn := got.ARN(role).String(); arn != "arn:aws:sts::123456789012:assumed-role/reader/job" {
		t.Errorf("ARN is %s: it must drop the role's path", arn)
	}
}

// What was read is remembered; that the keyring opens the seal, and for which access key, is asked each time.
func TestAnOpenedSessionIsOpenedAgainEachTime(t *testing.T) {
	h := newHouse(t)
	want := h.session()
	token, err := want.Seal(h)
	if err != nil {
		t.Fatal(err)
	}
	keys := &countingOpener{with: h}
	sessions := &Sessions{Keys: keys}
	for range 3 {
		if got, err := sessions.Open(want.KeyID, token); err != nil || got.Secret != want.Secret || got.KeyID != want.KeyID {
			t.Fatalf("got %+v, %v", got, err)
		}
	}
	if keys.opened != 3 {
		t.Errorf("the seal was opened %d times, want 3", keys.opened)
	}
	if _, err := sessions.Open("ASIABBBBBBBBBBBBBBBB", token); !fault.Is(err, awswire.ReasonTokenMismatch) {
		t.Errorf("with another access key: %v", err)
	}
	keys.withdrawn = true
	if _, err := sessions.Open(want.KeyID, token); !fault.Is(err, awswire.ReasonTokenMismatch) {
		t.Errorf("after the key was withdrawn: %v", err)
	}
}

// countingOpener counts, and refuses once its key was withdrawn.
type countingOpener struct {
	with      Opener
	opened    int
	withdrawn bool
}

func (c *countingOpener) Unseal(purpose string, aad, sealed []byte) ([]byte, error) {
	c.opened++
	if c.withdrawn {
		return nil, errors.New("no key of this id")
	}
	return c.with.Unseal(purpose, aad, sealed)
}

func TestA10ASessionTokenWorksWithItsOwnKeyOnly(t *testing.T) {
	h := newHouse(t)
	token, err := h.session().Seal(h)
	if err != nil {
		t.Fatal(err)
	}
	account, sealed, _ := strings.Cut(token, ".")
	for what, tc := range map[string][2]string{
		"another key":     {"ASIABBBBBBBBBBBBBBBB", token},
		"another account": {h.session().KeyID, "210987654321." + sealed},
		"no account":      {h.session().KeyID, sealed},
		"truncated":       {h.session().KeyID, token[:len(token)-1]},
		"line break":      {h.session().KeyID, account + "." + sealed[:8] + "\n" + sealed[8:]},
		"too long":        {h.session().KeyID, token + strings.Repeat("A", MaxSealed)},
		"empty":           {h.session().KeyID, ""},
	} {
		if _, err := OpenSession(h, tc[0], tc[1]); !fault.Is(err, awswire.ReasonTokenMismatch) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestASessionThatHasEnded(t *testing.T) {
	h := newHouse(t)
	revokedRole := *h.role
	revokedRole.RevokedAt = 91
	revokedIdentity := *h.identity
	revokedIdentity.Principal.RevokedAt = 91
	restored := *h.view.Installation()
	restored.Incarnation = "second-life"
	// A role that took the name later is another role: its unique id is another.
	again := *h.role
	again.UniqueID = "AROABBBBBBBBBBBBBBBBB"
	for _, tc := range []struct {
		name string
		view *view.View
		at   time.Duration
		want fault.Reason
	}{
		{"expired to the second", h.view, time.Hour, SessionExpired},
		{"role deleted", h.without(t, h.role), 0, SessionRevoked},
		{"role made again under its name", h.apply(t, &again), 0, SessionRevoked},
		{"role revoked", h.apply(t, &revokedRole), 0, SessionRevoked},
		{"identity behind it deleted", h.without(t, h.identity), 0, SessionRevoked},
		{"identity behind it revoked", h.apply(t, &revokedIdentity), 0, SessionRevoked},
		{"restored since", h.apply(t, &restored), 0, TokenIncarnation},
	} {
		if _, err := h.session().Live(tc.view, h.now.Add(tc.at)); !fault.Is(err, tc.want) {
			t.Errorf("%s: got %v, want %s", tc.name, err, tc.want)
		}
	}
}

// A session that was reached through other roles ends with each of them.
func TestASessionEndsWithTheRolesThatLedToIt(t *testing.T) {
	h := newHouse(t)
	through := *h.role
	arn, err := name.ParseARN("arn:aws:iam::123456789012:role/first")
	if err != nil {
		t.Fatal(err)
	}
	through.ARN, through.UniqueID, through.Name = arn, "AROAFIRSTFIRSTFIRSTFI", "first"
	revoked := through
	revoked.RevokedAt = 91
	s := h.session()
	s.Chain = []string{through.UniqueID}
	if _, err := s.Live(h.apply(t, &through), h.now); err != nil {
		t.Errorf("the role is there: %v", err)
	}
	for what, v := range map[string]*view.View{"deleted": h.view, "revoked": h.apply(t, &revoked)} {
		if _, err := s.Live(v, h.now); !fault.Is(err, SessionRevoked) {
			t.Errorf("the first role was %s: %v", what, err)
		}
	}
}

// TestSessionNames: how sessions that are of no role are named (AWS STS, "FederatedUser").
func TestSessionNames(t *testing.T) {
	s := newHouse(t).session()
	s.RoleID = ""
	for kind, want := range map[SessionKind][2]string{
		FederatedUser: {"arn:aws:sts::123456789012:federated-user/job", "123456789012:job"},
		SessionToken:  {"arn:aws:iam::123456789012:root", "123456789012"},
		Assumed:       {"arn:aws:iam::123456789012:root", "123456789012"},
	} {
		s.Kind = kind
		if got := [2]string{s.ARN(nil).String(), s.UserID()}; got != want {
			t.Errorf("%q: %v, want %v", kind, got, want)
		}
	}
}

// TestPackedSize: the percentage reaches 100 where the token ends, and not before.
func TestPackedSize(t *testing.T) {
	h := newHouse(t)
	s := h.session()
	s.Tags, s.Policies, s.Managed = nil, nil, nil
	last := -1
	for n := 0; ; n += 100 {
		if n > 0 {
			s.Policies = []string{strings.Repeat("x", n)}
		}
		token, err := s.Seal(h)
		if err != nil {
			break
		}
		size := s.PackedSize(token)
		if size < last || size > 100 || (n == 0) != (size == 0) {
			t.Errorf("%d characters are %d percent, after %d", n, size, last)
		}
		last = size
	}
	if last < 90 {
		t.Errorf("the last that fits is %d percent", last)
	}
}

func TestTheRootOfAnAccountCanBeRevoked(t *testing.T) {
	h := newHouse(t)
	s := h.session()
	s.RoleID, s.Origin = "", name.GUID{}
	if role, err := s.Live(h.view, h.now); role != nil || err != nil {
		t.Errorf("root session: %v, %v", role, err)
	}
	if err := s.liveAfter(t, h, &view.Account{ID: s.Account, Name: "default", RevokedAt: 91}); !fault.Is(err, SessionRevoked) {
		t.Errorf("after a revocation: %v", err)
	}
	if _, err := s.Live(h.without(t, &view.Account{ID: s.Account}), h.now); !fault.Is(err, SessionRevoked) {
		t.Errorf("after the account is gone: %v", err)
	}
}

func (s *Session) liveAfter(t *testing.T, h *house, r view.Record) error {
	t.Helper()
	_, err := s.Live(h.apply(t, r), h.now)
	return err
}

func TestASessionMustFitItsToken(t *testing.T) {
	h := newHouse(t)
	s := h.session()
	s.Policies = []string{strings.Repeat("x", MaxSealed)}
	if _, err := s.Seal(h); !fault.Is(err, SessionTooLarge) {
		t.Errorf("got %v", err)
	}
}

func TestASessionPrintsNoSecret(t *testing.T) {
	s := newHouse(t).session()
	if shown := fmt.Sprintf("%v %+v %#v", s, *s, s); strings.Contains(shown, "s3cret") {
		t.Error(shown)
	}
}

func FuzzOpenSession(f *testing.F) {
	h := &house{now: time.Unix(1, 0)}
	block, err := aes.NewCipher(make([]byte, 32))
	if err != nil {
		f.Fatal(err)
	}
	if h.aead, err = cipher.NewGCMWithRandomNonce(block); err != nil {
		f.Fatal(err)
	}
	f.Add("ASIAAAAAAAAAAAAAAAAA", "123456789012.AAAA")
	f.Fuzz(func(t *testing.T, keyID, token string) {
		if s, err := OpenSession(h, keyID, token); err == nil || s != nil {
			t.Errorf("something that nobody sealed was opened: %q", token)
		} else if f := (*fault.Fault)(nil); !errors.As(err, &f) {
			t.Errorf("not a fault: %v", err)
		}
	})
}
