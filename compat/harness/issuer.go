package harness

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// Issuer is an outside issuer on loopback, such as a CI system has: discovery and keys over TLS, and the request by which a
// job of GitHub's gets its token ("OpenID Connect reference": ACTIONS_ID_TOKEN_REQUEST_URL and _TOKEN).
type Issuer struct {
	URL string
	CA  string // PEM of the certificate that clients must trust

	key  *ecdsa.PrivateKey
	mu   sync.Mutex
	jobs map[string]map[string]any // guarded by mu; by the bearer of the job
}

// NewIssuer starts an issuer that answers until the test ends.
func NewIssuer(t testing.TB) *Issuer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	i := &Issuer{key: key, jobs: map[string]map[string]any{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, map[string]any{"issuer": i.URL, "jwks_uri": i.URL + "/keys", "id_token_signing_alg_values_supported": []string{"ES256"}})
	})
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) { answer(w, i.keys(t)) })
	mux.HandleFunc("GET /job/token", i.jobToken(t))
	server := httptest.NewTLSServer(mux)
	t.Cleanup(server.Close)
	i.URL = server.URL
	i.CA = string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
	return i
}

// Manifest registers the issuer, so that its certificate is trusted and its address on loopback may be asked.
func (i *Issuer) Manifest() string {
	return fmt.Sprintf("kind: Issuer\nurl: %s\nprivate: true\nca: %q\n", i.URL, i.CA)
}

// Token signs claims. The issuer, the audience of a token exchange and the times are filled in where they are not given.
func (i *Issuer) Token(t testing.TB, claims map[string]any) string {
	t.Helper()
	all := map[string]any{
		"iss": i.URL, "aud": "api://AzureADTokenExchange", "iat": time.Now().Unix(), "exp": time.Now().Add(10 * time.Minute).Unix(),
		"jti": rand.Text(),
	}
	maps.Copy(all, claims)
	text, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	signed := encode([]byte(`{"alg":"ES256","typ":"JWT","kid":"k1"}`)) + "." + encode(text)
	hash := sha256.Sum256([]byte(signed))
	r, s, err := ecdsa.Sign(rand.Reader, i.key, hash[:])
	if err != nil {
		t.Fatal(err)
	}
	signature := make([]byte, 64) // RFC 7518 section 3.4: R and S, 32 octets each
	return signed + "." + encode(append(r.FillBytes(signature[:32]), s.FillBytes(signature[32:])...))
}

// Job gives what a job with these claims finds in its environment.
func (i *Issuer) Job(claims map[string]any) (url, bearer string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	bearer = rand.Text()
	i.jobs[bearer] = claims
	return i.URL + "/job/token?api-version=2.0", bearer
}

func (i *Issuer) jobToken(t testing.TB) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		bearer, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		i.mu.Lock()
		claims, ok := i.jobs[bearer]
		i.mu.Unlock()
		audience := r.URL.Query().Get("audience")
		if !ok || audience == "" {
			http.Error(w, "no such job, or no audience", http.StatusUnauthorized)
			return
		}
		all := maps.Clone(claims)
		all["aud"] = audience
		answer(w, map[string]any{"count": 1, "value": i.Token(t, all)})
	}
}

func (i *Issuer) keys(t testing.TB) map[string]any {
	point, err := i.key.PublicKey.Bytes() // 4, X and Y
	if err != nil {
		t.Error(err)
		return nil
	}
	return map[string]any{"keys": []any{map[string]any{
		"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": "k1", "x": encode(point[1:33]), "y": encode(point[33:]),
	}}}
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) // a caller that has gone needs no answer
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }
