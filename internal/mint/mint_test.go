package mint

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/jose"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

const audience = "api://objects"

// works is an installation with resources that have no, one, two and both kinds of identities.
type works struct {
	*Mint
	ledger *ledger
	view   *view.View
	tenant name.GUID
	one    *view.UserIdentity
	two    *view.UserIdentity
	app    *view.Application
}

// ledger remembers records; fail makes it refuse.
type ledger struct {
	mu       sync.Mutex
	issued   []audit.Record
	reissued []audit.Record
	fail     error
}

func (l *ledger) Ledger(_ context.Context, r audit.Record) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fail == nil {
		l.issued = append(l.issued, r)
	}
	return l.fail
}

func (l *ledger) Access(r audit.Record) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.reissued = append(l.reissued, r)
}

// keys signs with one ES256 key and seals by leaving text as it is: sealing itself is the keyring's and tested there.
type keys struct{ signer *jose.Signer }

func (k keys) Signer(string) *jose.Signer                                 { return k.signer }
func (k keys) ThumbprintSigner(string) *jose.Signer                       { return k.signer }
func (keys) Seal(_ string, _ []byte, plain []byte) ([]byte, error)        { return plain, nil }
func (keys) SealLasting(_ string, _ []byte, plain []byte) ([]byte, error) { return plain, nil }
func (keys) Derive(purpose string, context []byte) ([]byte, error) {
	return []byte(purpose + string(context)), nil
}

func newWorks(t *testing.T) *works {
	t.Helper()
	w := &works{ledger: &ledger{}, tenant: name.NewGUID()}
	sub := name.NewGUID()
	id := func(typ, n string) name.ResourceID {
		r, err := name.NewResourceID(sub, "g", typ, n)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	principal := func() view.Principal {
		return view.Principal{ObjectID: name.NewGUID(), ClientID: name.NewGUID(), Tenant: w.tenant}
	}
	w.one = &view.UserIdentity{ID: id(view.TypeUserIdentity, "one"), Principal: principal()}
	w.two = &view.UserIdentity{ID: id(view.TypeUserIdentity, "two"), Principal: principal()}
	w.app = &view.Application{ObjectID: name.NewGUID(), DisplayName: "objects", IDURIs: []string{audience}, TokenVersion: 1, Algorithm: "ES256", Principal: principal()}
	w.app.Roles = []view.AppRole{{ID: name.NewGUID(), Value: "Read", Members: []name.GUID{w.one.Principal.ObjectID}}, {ID: name.NewGUID(), Value: "Write"}}
	attach := func(list ...*view.UserIdentity) (out []view.Attached) {
		for _, i := range list {
			out = append(out, view.Attached{ID: i.ID, ObjectID: i.Principal.ObjectID})
		}
		return out
	}
	system := principal()
	records := []view.Record{
		&view.Installation{Incarnation: "life", URLs: map[string]string{"entra": "https://127.0.0.1:8443"}, Tenant: w.tenant},
		&view.Tenant{ID: w.tenant, Name: "default"}, &view.Subscription{ID: sub, Tenant: w.tenant, Name: "default"}, w.one, w.two, w.app,
		&view.Resource{ID: id("Microsoft.Web/sites", "none"), UID: name.NewGUID()},
		&view.Resource{ID: id("Microsoft.Web/sites", "single"), UID: name.NewGUID(), Users: attach(w.one)},
		&view.Resource{ID: id("Microsoft.Web/sites", "neighbour"), UID: name.NewGUID(), Users: attach(w.one)},
		&view.Resource{ID: id("Microsoft.Web/sites", "several"), UID: name.NewGUID(), Users: attach(w.one, w.two)},
		&view.Resource{ID: id("Microsoft.Web/sites", "both"), UID: name.NewGUID(), System: &system, Users: attach(w.one)},
	}
	v, err := view.Load(7, records)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := jose.NewSigner(jose.SignerConfig{Key: key, Alg: "ES256", KID: "k1"})
	if err != nil {
		t.Fatal(err)
	}
	w.view = v
	w.Mint = &Mint{Keys: keys{signer}, Ledger: w.ledger, Lives: DefaultLives(), Now: time.Now}
	return w
}

func (w *works) on(t *testing.T, resource string) view.Workload {
	t.Helper()
	for r := range w.view.Under(name.Root()) {
		if res, ok := r.(*view.Resource); ok && res.ID.Name() == resource {
			return view.Workload{Resource: res}
		}
	}
	t.Fatalf("no resource %s", resource)
	return view.Workload{}
}

func (w *works) ask(t *testing.T, resource string, sel Selector) (Token, error) {
	t.Helper()
	return w.Token(t.Context(), w.view, TokenRequest{Workload: w.on(t, resource), Selector: sel, Audience: audience})
}

// put makes the next View.
func (w *works) put(t *testing.T, r view.Record) {
	t.Helper()
	c, err := view.Put(r)
	if err != nil {
		t.Fatal(err)
	}
	w.apply(t, c)
}

func (w *works) apply(t *testing.T, c view.Change) {
	t.Helper()
	v, err := w.view.Apply(w.view.Rev()+1, []view.Change{c})
	if err != nil {
		t.Fatal(err)
	}
	w.view = v
}

func TestTheIdentityIsChosenAndNeverReplaced(t *testing.T) {
	w := newWorks(t)
	one, two := w.one.Principal, w.two.Principal
	system := w.on(t, "both").Resource.System
	for _, tc := range []struct {
		name     string
		resource string
		sel      Selector
		want     name.GUID
		fault    fault.Reason
	}{
		{"no identity", "none", Selector{}, name.GUID{}, NoIdentity},
		{"the only one", "single", Selector{}, one.ClientID, ""},
		{"several and none named (C26)", "several", Selector{}, name.GUID{}, IdentityAmbiguous},
		{"by client id", "several", Selector{Kind: ByClient, ID: two.ClientID}, two.ClientID, ""},
		{"by object id", "several", Selector{Kind: ByObject, ID: two.ObjectID}, two.ClientID, ""},
		{"object id as client id", "several", Selector{Kind: ByClient, ID: two.ObjectID}, name.GUID{}, IdentityNotFound},
		{"object id where clients send it as client id", "several", Selector{Kind: ByEither, ID: two.ObjectID}, two.ClientID, ""},
		{"by resource id", "several", Selector{Kind: ByResource, Resource: w.two.ID}, two.ClientID, ""},
		{"system-assigned first", "both", Selector{}, system.ClientID, ""},
		{"user-assigned when named", "both", Selector{Kind: ByClient, ID: one.ClientID}, one.ClientID, ""},
		{"M15 one that is not assigned", "single", Selector{Kind: ByClient, ID: two.ClientID}, name.GUID{}, IdentityNotFound},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := w.ask(t, tc.resource, tc.sel)
			if got.ClientID != tc.want || (tc.fault == "") != (err == nil) || err != nil && !fault.Is(err, tc.fault) {
				t.Errorf("got %v, %v; want %v, %s", got.ClientID, err, tc.want, tc.fault)
			}
		})
	}
}

func TestAnIdentityMadeAgainIsNotAttached(t *testing.T) {
	w := newWorks(t)
	again := *w.one
	again.Principal = view.Principal{ObjectID: name.NewGUID(), ClientID: name.NewGUID(), Tenant: w.tenant}
	w.put(t, &again)
	if _, err := w.ask(t, "single", Selector{}); !fault.Is(err, NoIdentity) {
		t.Errorf("got %v", err)
	}
}

func TestAnUnregisteredAudienceIsRefused(t *testing.T) {
	w := newWorks(t)
	_, err := w.Token(t.Context(), w.view, TokenRequest{Workload: w.on(t, "single"), Audience: "api://other"})
	if !fault.Is(err, AudienceUnregistered) {
		t.Errorf("got %v", err)
	}
}

func TestNothingIsIssuedWhileHeld(t *testing.T) {
	w := newWorks(t)
	held := *w.view.Installation()
	held.Held = true
	w.put(t, &held)
	if _, err := w.ask(t, "single", Selector{}); !fault.Is(err, Held) {
		t.Errorf("token: %v", err)
	}
	if _, err := w.Session(t.Context(), w.view, SessionRequest{Name: "x"}); !fault.Is(err, Held) {
		t.Errorf("session: %v", err)
	}
}

func TestT09NoTokenWithoutItsRecord(t *testing.T) {
	w := newWorks(t)
	w.ledger.fail = errors.New("the disk is gone")
	for range 2 {
		if got, err := w.ask(t, "single", Selector{}); err == nil || got != (Token{}) {
			t.Fatalf("got %+v, %v", got, err)
		}
	}
	w.ledger.fail = nil
	got, err := w.ask(t, "single", Selector{})
	if err != nil || len(w.ledger.issued) != 1 || w.ledger.issued[0].TokenID != got.ID || got.ID == "" {
		t.Errorf("got %+v, %v with records %+v", got, err, w.ledger.issued)
	}
}

func TestTheSameTokenIsServedAgainUntilItAges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorks(t)
		first, err := w.ask(t, "single", Selector{})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(w.Lives.Refresh - time.Second)
		if again, _ := w.ask(t, "single", Selector{}); again != first {
			t.Error("a young token was not served again")
		}
		time.Sleep(time.Second)
		if later, _ := w.ask(t, "single", Selector{}); later.ID == first.ID {
			t.Error("a token was served again past its refresh age")
		}
		if len(w.ledger.issued) != 2 || len(w.ledger.reissued) != 1 {
			t.Errorf("%d issued and %d reissued", len(w.ledger.issued), len(w.ledger.reissued))
		}
	})
}

func TestWhatMakesATokenAnotherOne(t *testing.T) {
	w := newWorks(t)
	first, err := w.ask(t, "single", Selector{})
	if err != nil {
		t.Fatal(err)
	}
	if other, _ := w.ask(t, "neighbour", Selector{}); other.ID == first.ID || other.ID == "" {
		t.Error("two hosts that share an identity shared a token")
	}
	revoked := *w.one
	revoked.Principal.RevokedAt = w.view.Rev() + 1
	w.put(t, &revoked)
	if other, _ := w.ask(t, "single", Selector{}); other.ID == first.ID || other.ID == "" {
		t.Error("a token from before a revocation was served again")
	}
}

func TestManyWhoAskAtOnceGetOneToken(t *testing.T) {
	w := newWorks(t)
	ids := make([]string, 64)
	var all sync.WaitGroup
	for i := range ids {
		all.Go(func() {
			if got, err := w.ask(t, "single", Selector{}); err == nil {
				ids[i] = got.ID
			}
		})
	}
	all.Wait()
	for _, id := range ids {
		if id != ids[0] || id == "" {
			t.Fatalf("different tokens: %v", ids)
		}
	}
	if len(w.ledger.issued) != 1 {
		t.Errorf("%d tokens were signed", len(w.ledger.issued))
	}
}

func TestClaimsOfBothVersions(t *testing.T) {
	w := newWorks(t)
	claims := func() map[string]any {
		got, err := w.ask(t, "single", Selector{})
		if err != nil {
			t.Fatal(err)
		}
		set, err := jose.Verify(got.Access.Reveal(), func(string, string) []jose.Key {
			return []jose.Key{w.Keys.Signer("ES256").Public()}
		}, jose.Options{})
		if err != nil {
			t.Fatal(err)
		}
		all := map[string]any{}
		for _, n := range set.Names() {
			raw, _ := set.Raw(n)
			var v any
			if err := json.Unmarshal(raw, &v); err != nil {
				t.Fatal(err)
			}
			all[n] = v
		}
		return all
	}
	v1 := claims()
	id := w.one.Principal
	base := "https://127.0.0.1:8443/" + w.tenant.String() + "/"
	for k, want := range map[string]any{
		"aud": audience, "iss": base, "appid": id.ClientID.String(), "appidacr": "2", "idp": base, "oid": id.ObjectID.String(),
		"sub": id.ObjectID.String(), "tid": w.tenant.String(), "ver": "1.0", "idtyp": "app", "xms_mirid": w.one.ID.String(),
		"xms_az_rid": w.on(t, "single").Resource.ID.String(), "lyd_inc": "life", "lyd_rev": float64(7), "azp": nil,
	} {
		if v1[k] != want {
			t.Errorf("v1 %s is %v, want %v", k, v1[k], want)
		}
	}
	if roles, _ := v1["roles"].([]any); len(roles) != 1 || roles[0] != "Read" {
		t.Errorf("roles are %v", v1["roles"])
	}
	app := *w.app
	app.TokenVersion = 2
	w.put(t, &app)
	v2 := claims()
	for k, want := range map[string]any{
		"aud": w.app.Principal.ClientID.String(), "iss": base + "v2.0", "azp": id.ClientID.String(), "azpacr": "2", "ver": "2.0",
		"appid": nil, "idp": nil,
	} {
		if v2[k] != want {
			t.Errorf("v2 %s is %v, want %v", k, v2[k], want)
		}
	}
}

func TestTheShortestLifeHolds(t *testing.T) {
	w := newWorks(t)
	short := *w.one
	short.MaxLifetime = 3
	w.put(t, &short)
	got, err := w.ask(t, "single", Selector{})
	if err != nil || got.Expires.Sub(got.Issued) != 3*time.Second {
		t.Errorf("life is %s, %v", got.Expires.Sub(got.Issued), err)
	}
}

func TestSessionLives(t *testing.T) {
	w := newWorks(t)
	arn, err := name.ParseARN("arn:aws:iam::123456789012:role/r")
	if err != nil {
		t.Fatal(err)
	}
	role := func(bound int) *view.Role {
		return &view.Role{ARN: arn, UniqueID: "AROA", Name: "r", MaxSession: 7200, MaxLifetime: bound}
	}
	for _, tc := range []struct {
		name  string
		role  *view.Role
		asked time.Duration
		want  time.Duration // 0: refused
	}{
		{"nothing asked", role(0), 0, time.Hour},
		{"as long as the role allows", role(0), 2 * time.Hour, 2 * time.Hour},
		{"V33 longer fails and is not clipped", role(0), 2*time.Hour + time.Second, 0},
		{"an operator's bound shortens", role(3), time.Hour, 3 * time.Second},
	} {
		got, err := w.Session(t.Context(), w.view, SessionRequest{Role: tc.role, Name: "s", Duration: tc.asked})
		switch {
		case tc.want == 0 && !fault.Is(err, DurationTooLong):
			t.Errorf("%s: %v", tc.name, err)
		case tc.want != 0 && (err != nil || got.Expires.Sub(got.Issued) != tc.want):
			t.Errorf("%s: %v, %v", tc.name, got, err)
		case tc.want != 0 && (!strings.HasPrefix(got.KeyID, "ASIA") || len(got.KeyID) != 20 || len(got.Secret.Reveal()) != 40):
			t.Errorf("%s: key %q", tc.name, got.KeyID)
		}
	}
}
