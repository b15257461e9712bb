package keyring

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/jose"
	"github.com/lanyard-id/lanyard/verify"
)

// sign makes a token at the ring's present time.
func sign(t *testing.T, r *Ring, alg string) string {
	t.Helper()
	token, err := r.Signer(alg).Sign([]byte(`{"iss":"i","sub":"s","exp":9999999999}`))
	must(t, err)
	return token
}

// verifies tells whether the published key set, as an outsider reads it, verifies the token.
func verifies(t *testing.T, jwks []byte, token string) bool {
	t.Helper()
	keys, err := jose.ParseJWKS(jwks)
	must(t, err)
	parsed, err := verify.Parse(token, 0)
	must(t, err)
	for _, k := range keys {
		if k.KID == parsed.KeyID() {
			_, err := parsed.Verify(k.Public, k.Alg)
			return err == nil
		}
	}
	return false
}

func TestSignersAreTheFirstKeys(t *testing.T) {
	r := newHouse(t).open(t)
	for _, alg := range []string{RS256, ES256} {
		token := sign(t, r, alg)
		if !verifies(t, r.JWKS(), token) {
			t.Errorf("%s: the published keys do not verify the token", alg)
		}
		kid := r.Signer(alg).KID()
		if k, ok := r.Key(kid); !ok || k.X5T != kid || len(k.X5C) != 1 {
			t.Errorf("%s: Key(%s) = %v, %v", alg, kid, k, ok)
		}
		if got := r.ThumbprintSigner(alg).KID(); got != kid {
			t.Errorf("%s: the signer with thumbprint has key %s, want %s", alg, got, kid)
		}
	}
	if r.Signer("HS256") != nil || r.Signer("none") != nil || r.ThumbprintSigner("") != nil {
		t.Error("there is a signer for an algorithm that is not signed with")
	}
	if _, ok := r.Key("nobody"); ok {
		t.Error("a key that nobody made is published")
	}
}

func TestRotateOverlaps(t *testing.T) {
	h := newHouse(t)
	r := h.open(t)
	before := r.Signer(RS256).KID()
	oldToken := sign(t, r, RS256)

	must(t, r.Rotate(t.Context(), false))
	if got := r.Signer(RS256).KID(); got != before {
		t.Error("the next key signs at once")
	}
	if got := len(r.Public()); got != 4 {
		t.Errorf("%d keys are published, want 4", got)
	}
	cached := r.JWKS() // what a client fetches now and keeps
	must(t, r.Rotate(t.Context(), false))
	if got := len(r.Public()); got != 4 {
		t.Errorf("rotating twice publishes %d keys, want 4", got)
	}

	h.clock.forward(24*time.Hour - time.Second)
	if r.Signer(RS256).KID() != before {
		t.Error("the next key signs before everybody can know it")
	}
	h.clock.forward(time.Second)
	if r.Signer(RS256).KID() == before {
		t.Error("the next key does not sign when its time has come")
	}
	if !verifies(t, cached, sign(t, r, RS256)) {
		t.Error("a client that fetched the keys when the next one was published cannot verify its first token")
	}

	h.clock.forward(48 * time.Hour)
	must(t, r.Maintain(t.Context()))
	if !verifies(t, r.JWKS(), oldToken) {
		t.Error("the old key is gone while its tokens may be alive")
	}
	h.clock.forward(time.Second)
	must(t, r.Maintain(t.Context()))
	if verifies(t, r.JWKS(), oldToken) {
		t.Error("the old key stays for ever")
	}
	if _, ok := r.Key(before); ok {
		t.Error("the old key is still looked up")
	}
}

func TestRotateAtOnceAndWithdraw(t *testing.T) {
	h := newHouse(t)
	r := h.open(t)
	before := r.Signer(ES256).KID()
	oldToken := sign(t, r, ES256)
	if err := r.Withdraw(t.Context(), before); !fault.Is(err, KeyInUse) {
		t.Errorf("withdrawing the key that signs: %v, want %s", err, KeyInUse)
	}
	h.clock.forward(time.Minute)
	must(t, r.Rotate(t.Context(), true))
	if r.Signer(ES256).KID() == before {
		t.Error("the old key still signs")
	}
	if !verifies(t, r.JWKS(), oldToken) || !verifies(t, r.JWKS(), sign(t, r, ES256)) {
		t.Error("old and new tokens do not both verify")
	}
	must(t, r.Withdraw(t.Context(), before))
	if verifies(t, r.JWKS(), oldToken) {
		t.Error("a token of the withdrawn key verifies")
	}
	if err := r.Withdraw(t.Context(), before); !fault.Is(err, UnknownKey) {
		t.Errorf("withdrawing twice: %v, want %s", err, UnknownKey)
	}
}

// TestAgeRotation lives through four months in steps of an hour, as the server does, and checks at each step what
// every client relies on.
func TestAgeRotation(t *testing.T) {
	h := newHouse(t)
	r := h.open(t)
	type minted struct {
		token string
		dies  time.Time
	}
	var alive []minted
	signers := map[string]bool{}
	var fetched []byte // by a client that fetches the keys once an hour
	for hour := range 24 * 120 {
		must(t, r.Maintain(t.Context()))
		kid := r.Signer(ES256).KID()
		if fetched != nil && !bytes.Contains(fetched, []byte(kid)) {
			t.Fatalf("hour %d: a key signs that was not published an hour ago", hour)
		}
		signers[kid] = true
		fetched = r.JWKS()
		if hour%12 == 0 {
			alive = append(alive, minted{sign(t, r, ES256), h.clock.t.Add(24 * time.Hour)})
		}
		alive = slices.DeleteFunc(alive, func(m minted) bool { return m.dies.Before(h.clock.t) })
		if hour%6 == 0 {
			for _, m := range alive {
				if !verifies(t, fetched, m.token) {
					t.Fatalf("hour %d: a living token does not verify", hour)
				}
			}
		}
		h.clock.forward(time.Hour)
	}
	if got := len(signers); got != 4 {
		t.Errorf("%d keys signed in 120 days, want 4", got)
	}
	if got := len(r.Public()); got > 6 {
		t.Errorf("%d keys are published, want at most 3 an algorithm", got)
	}
}

func TestSetBackClockStillSigns(t *testing.T) {
	h := newHouse(t)
	r := h.open(t)
	h.clock.forward(-10 * 365 * 24 * time.Hour)
	if r.Signer(RS256) == nil {
		t.Fatal("no key signs")
	}
	must(t, r.Maintain(t.Context()))
	if _, err := r.Seal("p", nil, nil); err != nil {
		t.Error(err)
	}
	if _, err := r.GetCertificate(nil); err != nil {
		t.Error(err)
	}
}

func TestRotateByTwoServers(t *testing.T) {
	h := newHouse(t)
	a, b := h.open(t), h.open(t)
	must(t, a.Rotate(t.Context(), false))
	if got := len(b.Public()); got != 2 {
		t.Errorf("b published %d keys before it reloaded", got)
	}
	must(t, b.Rotate(t.Context(), false)) // sees a's key and adds none
	if diff := cmp.Diff(string(a.JWKS()), string(b.JWKS())); diff != "" {
		t.Errorf("the servers publish different keys:\n%s", diff)
	}
	must(t, a.Rotate(t.Context(), true))
	must(t, b.Reload(t.Context()))
	if a.Signer(RS256).KID() != b.Signer(RS256).KID() {
		t.Error("the servers sign with different keys")
	}
}

func TestReloadKeepsKeysWhenTheStoreIsDamaged(t *testing.T) {
	h := newHouse(t)
	r := h.open(t)
	h.flip(t, signKeys)
	h.put(t, keyTurn, []byte("later"))
	if err := r.Reload(t.Context()); !fault.Is(err, Corrupt) {
		t.Errorf("Reload: %v, want %s", err, Corrupt)
	}
	if !verifies(t, r.JWKS(), sign(t, r, RS256)) {
		t.Error("the ring lost its keys")
	}
}

func TestJWKSFor(t *testing.T) {
	r := newHouse(t).open(t)
	const issuer = `https://h/{tenantid}/v2.0"x`
	type set struct{ Keys []map[string]any }
	var plain, with set
	must(t, json.Unmarshal(r.JWKS(), &plain))
	must(t, json.Unmarshal(r.JWKSFor(issuer), &with))
	for _, k := range with.Keys {
		if k["issuer"] != issuer {
			t.Errorf("issuer %v", k["issuer"])
		}
		delete(k, "issuer")
	}
	if diff := cmp.Diff(plain, with); diff != "" {
		t.Errorf("beside the issuer the sets differ:\n%s", diff)
	}
	for _, k := range plain.Keys {
		for _, member := range []string{"d", "p", "q", "dp", "dq", "qi", "k"} {
			if _, ok := k[member]; ok {
				t.Errorf("the key set has the private member %q", member)
			}
		}
		if k["use"] != "sig" || k["kid"] != k["x5t"] {
			t.Errorf("key %v", k)
		}
	}
}

func TestList(t *testing.T) {
	h := newHouse(t)
	r := h.open(t)
	must(t, r.Rotate(t.Context(), false))
	infos, err := r.List(t.Context())
	must(t, err)
	got := map[string]int{}
	for _, i := range infos {
		got[fmt.Sprint(i.Kind, " ", i.Alg, " ", i.State)]++
		if i.State == Current && i.Kind == "signing" && !i.Ends.Equal(h.clock.t.Add(72*time.Hour)) {
			t.Errorf("the signing key ends %v, want in 72 h", i.Ends)
		}
	}
	want := map[string]int{
		"signing RS256 current": 1, "signing RS256 next": 1, "signing ES256 current": 1, "signing ES256 next": 1,
		"sealing A256GCM current": 1, "sealing, lasting A256GCM current": 1, "authority P-256 current": 1,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("list (-want +got):\n%s", diff)
	}
}
