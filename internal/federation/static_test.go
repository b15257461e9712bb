package federation

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"fmt"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/internal/jose"
	"github.com/lanyard-id/lanyard/internal/view"
)

func issuerOf(t *testing.T, url string) static {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	s, err := jose.NewSigner(jose.SignerConfig{Key: key, Alg: "ES256", KID: "k"})
	if err != nil {
		t.Fatal(err)
	}
	return static{&view.Issuer{URL: mustIssuer(t, url)}, []jose.Key{s.Public()}, s}
}

func (s static) token(t *testing.T) string {
	t.Helper()
	now := time.Now().Unix()
	token, err := s.sign.Sign(fmt.Appendf(nil, `{"iss":%q,"sub":"s","aud":"a","iat":%d,"exp":%d}`, s.record.URL, now, now+600))
	if err != nil {
		t.Fatal(err)
	}
	return token
}
