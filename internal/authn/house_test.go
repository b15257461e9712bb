package authn_test

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"iter"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/internal/authn"
	"github.com/lanyard-id/lanyard/internal/credential"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/jose"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/secret"
	"github.com/lanyard-id/lanyard/internal/view"
)

// Audiences of the tests.
const (
	storage = "https://storage.azure.com"
	shop    = "https://127.0.0.1:8446/shop"
)

const incarnation = "first-life"

var now = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// house is an installation with one identity and one role, its keys, and the authenticator that is tested.
type house struct {
	view     *view.View
	identity *view.UserIdentity
	role     *view.Role
	signer   *jose.Signer
	aead     cipher.AEAD
	clock    time.Time
	*authn.Authenticator
}

func newHouse(t testing.TB) *house {
	t.Helper()
	tenant, sub := name.NewGUID(), name.NewGUID()
	account := must(name.ParseAccountID("111122223333"))
	h := &house{
		clock: now,
		identity: &view.UserIdentity{
			ID:        must(name.NewResourceID(sub, "g", view.TypeUserIdentity, "reader")),
			Principal: view.Principal{ObjectID: name.NewGUID(), ClientID: name.NewGUID(), Tenant: tenant},
		},
		role: &view.Role{
			ARN: must(name.NewARN("iam", "", account, "role/reader")), UniqueID: "AROAREADERREADERREADE", Name: "reader", Path: "/",
			MaxSession: 3600,
		},
	}
	h.view = must(view.Load(100, []view.Record{
		&view.Installation{Incarnation: incarnation, URLs: map[string]string{"entra": "https://127.0.0.1:8443"}, Tenant: tenant},
		&view.Tenant{ID: tenant, Name: "default"}, &view.Subscription{ID: sub, Tenant: tenant, Name: "default"},
		&view.ResourceGroup{Subscription: sub, Name: "g"}, &view.Account{ID: account, Name: "default"}, h.identity, h.role,
	}))
	key := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	h.signer = must(jose.NewSigner(jose.SignerConfig{Key: key, Alg: "ES256", KID: "k1"}))
	h.aead = must(cipher.NewGCMWithRandomNonce(must(aes.NewCipher(make([]byte, 32)))))
	h.Authenticator = authn.New(&credential.Tokens{Keys: h}, h, func() time.Time { return h.clock })
	return h
}

// Key, Seal and Unseal make the house its own keyring.
func (h *house) Key(kid string) (jose.Key, bool) { return h.signer.Public(), kid == "k1" }

func (h *house) Seal(purpose string, aad, plain []byte) ([]byte, error) {
	return h.aead.Seal(nil, nil, plain, []byte(purpose+"\x00"+string(aad))), nil
}

func (h *house) Unseal(purpose string, aad, sealed []byte) ([]byte, error) {
	return h.aead.Open(nil, nil, sealed, []byte(purpose+"\x00"+string(aad)))
}

// token is a good token of the identity for the storage audience, with claims changed.
// Derived gives the one key that the house ever derived for a purpose and context.
func (h *house) Derived(purpose string, context []byte) iter.Seq[[]byte] {
	sum := sha256.Sum256([]byte(purpose + string(context)))
	return slices.Values([][]byte{sum[:]})
}

func (h *house) token(changed map[string]any) string {
	issuer, _ := credential.IssuerOf(h.view.Installation(), h.identity.Principal.Tenant)
	id := h.identity.Principal.ObjectID.String()
	claims := map[string]any{
		"iss": issuer, "aud": storage, "sub": id, "oid": id, "iat": now.Unix(), "nbf": now.Unix(), "exp": now.Add(time.Hour).Unix(),
		"uti": "u1", credential.ClaimRev: 90, credential.ClaimInc: incarnation,
	}
	maps.Copy(claims, changed)
	return must(h.signer.Sign(must(json.Marshal(claims))))
}

// session is a good session of the role, with the token that its owner presents.
func (h *house) session(change func(*credential.Session)) (*credential.Session, string) {
	s := &credential.Session{
		KeyID: "ASIAAAAAAAAAAAAAAAAA", Secret: secret.Text(rand.Text()), Account: h.role.ARN.Account(), RoleID: h.role.UniqueID,
		Name: "job", Origin: h.identity.Principal.ObjectID, Issued: now, Expires: now.Add(time.Hour), Rev: 90, Inc: incarnation,
	}
	if change != nil {
		change(s)
	}
	return s, must(s.Seal(h))
}

// after is the View after a record was put, or removed.
func (h *house) after(t *testing.T, c view.Change, err error) *view.View {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	v, err := h.view.Apply(101, []view.Change{c})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func (h *house) with(t *testing.T, r view.Record) *view.View {
	t.Helper()
	c, err := view.Put(r)
	return h.after(t, c, err)
}

func (h *house) without(t *testing.T, r view.Record) *view.View {
	t.Helper()
	return h.after(t, view.Remove(r), nil)
}

// refused wants an error of this reason and no caller beside it.
func refused[C any](t *testing.T, caller *C, err error, want fault.Reason) {
	t.Helper()
	if !fault.Is(err, want) {
		t.Errorf("got %v, want %s", err, want)
	}
	if caller != nil {
		t.Errorf("a caller comes with the error: %+v", caller)
	}
}
