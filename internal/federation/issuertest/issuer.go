package issuertest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/internal/jose"
)

// Issuer is an issuer that answers until the test ends.
type Issuer struct {
	URL string
	CA  string // PEM of the authority that its certificate comes from

	t       testing.TB
	now     func() time.Time
	mu      sync.Mutex
	signers map[string]*jose.Signer // guarded by mu, as all that follows; by key id
	current string                  // the key that signs
	asked   int                     // how often its discovery document was asked for
	answer  http.HandlerFunc        // answers instead of it; nil is itself
	jobs    map[string]map[string]any
}

// New starts an issuer with the key "k1".
func New(t testing.TB, now func() time.Time) *Issuer {
	t.Helper()
	i := &Issuer{t: t, now: now, signers: map[string]*jose.Signer{}, jobs: map[string]map[string]any{}}
	i.Rotate("k1")
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", i.serve(i.discovery))
	mux.HandleFunc("GET /keys", i.serve(i.keys))
	mux.HandleFunc("GET /job/token", i.jobToken)
	server := httptest.NewTLSServer(mux)
	t.Cleanup(server.Close)
	i.URL = server.URL
	i.CA = string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
	return i
}

// Rotate makes a new key and signs with it; the others stay published.
func (i *Issuer) Rotate(kid string) {
	i.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		i.t.Fatal(err)
	}
	signer, err := jose.NewSigner(jose.SignerConfig{Key: key, Alg: "ES256", KID: kid})
	if err != nil {
		i.t.Fatal(err)
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.signers[kid], i.current = signer, kid
}

// Withdraw takes a key out of the published set.
func (i *Issuer) Withdraw(kid string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	delete(i.signers, kid)
}

// Answer makes something else answer for discovery and keys; nil ends that.
func (i *Issuer) Answer(with http.HandlerFunc) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.answer = with
}

// Asked is how often the discovery document was asked for.
func (i *Issuer) Asked() int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.asked
}

// JWKS is the published key set.
func (i *Issuer) JWKS() string {
	i.mu.Lock()
	defer i.mu.Unlock()
	var keys []jose.Key
	for s := range maps.Values(i.signers) {
		keys = append(keys, s.Public())
	}
	b, err := jose.MarshalJWKS(keys)
	if err != nil {
		i.t.Error(err)
	}
	return string(b)
}

// Token signs claims; iss, iat and exp are filled in where they are not given, and a claim that is nil is left out.
func (i *Issuer) Token(claims map[string]any) string {
	all := map[string]any{"iss": i.URL, "iat": i.now().Unix(), "exp": i.now().Add(10 * time.Minute).Unix()}
	maps.Copy(all, claims)
	maps.DeleteFunc(all, func(_ string, v any) bool { return v == nil })
	b, err := json.Marshal(all)
	if err != nil {
		i.t.Fatal(err)
	}
	i.mu.Lock()
	signer := i.signers[i.current]
	i.mu.Unlock()
	token, err := signer.Sign(b)
	if err != nil {
		i.t.Fatal(err)
	}
	return token
}

// Job gives what a CI job of these claims finds in its environment: ACTIONS_ID_TOKEN_REQUEST_URL and
// ACTIONS_ID_TOKEN_REQUEST_TOKEN (GitHub, "OpenID Connect reference").
func (i *Issuer) Job(claims map[string]any) (url, bearer string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	bearer = rand.Text()
	i.jobs[bearer] = claims
	return i.URL + "/job/token?api-version=2.0", bearer
}

func (i *Issuer) jobToken(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	claims, ok := i.jobs[r.Header.Get("Authorization")[min(len("Bearer "), len(r.Header.Get("Authorization"))):]]
	i.mu.Unlock()
	audience := r.URL.Query().Get("audience")
	if !ok || audience == "" {
		http.Error(w, "no such job, or no audience", http.StatusUnauthorized)
		return
	}
	all := maps.Clone(claims)
	all["aud"] = audience
	i.write(w, fmt.Sprintf(`{"value":%q}`, i.Token(all)))
}

// serve answers with h, or with what the test put in its place.
func (i *Issuer) serve(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		i.mu.Lock()
		instead := i.answer
		if r.URL.Path != "/keys" {
			i.asked++
		}
		i.mu.Unlock()
		if instead != nil {
			instead(w, r)
			return
		}
		h(w, r)
	}
}

func (i *Issuer) discovery(w http.ResponseWriter, _ *http.Request) {
	i.write(w, fmt.Sprintf(`{"issuer":%q,"jwks_uri":%q}`, i.URL, i.URL+"/keys"))
}

func (i *Issuer) keys(w http.ResponseWriter, _ *http.Request) { i.write(w, i.JWKS()) }

func (i *Issuer) write(w http.ResponseWriter, body string) {
	w.Header().Set("Content-Type", "application/json")
	if _, err := w.Write([]byte(body)); err != nil {
		i.t.Logf("the caller has gone: %v", err)
	}
}
