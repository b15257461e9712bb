package guard

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/lanyard-id/lanyard/verify"
	"github.com/lanyard-id/lanyard/verify/strictjson"
)

// Bounds of one fetch.
const (
	fetchTime  = 5 * time.Second
	fetchBytes = verify.MaxKeySetBytes
)

// client follows no redirect: whoever answers one is not the issuer.
func client(t http.RoundTripper) *http.Client {
	return &http.Client{Transport: t, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// get fetches a document, bounded in time and length.
func (g *Guard) get(ctx context.Context, at string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, at, nil)
	if err != nil {
		return nil, err
	}
	return g.do(req)
}

func (g *Guard) do(req *http.Request) ([]byte, error) {
	answer, err := g.client.Do(req)
	if err != nil {
		return nil, &verify.Error{Reason: NotReachable, Detail: "the issuer did not answer", Err: err}
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(answer.Body, fetchBytes+1))
	switch {
	case err != nil:
		return nil, &verify.Error{Reason: NotReachable, Detail: "the issuer did not answer to the end", Err: err}
	case len(body) > fetchBytes:
		return nil, &verify.Error{Reason: BadAnswer, Detail: "the issuer's answer is too long"}
	case answer.StatusCode != http.StatusOK:
		return nil, &statusError{answer.StatusCode, string(body[:min(len(body), 300)])}
	}
	return body, nil
}

// statusError is an answer other than 200.
type statusError struct {
	status int
	text   string
}

// Error quotes the beginning of the answer, which is the issuer's own.
func (e *statusError) Error() string { return fmt.Sprintf("status %d: %s", e.status, e.text) }

// fetchKeys gets the issuer's key set by way of its discovery document (OpenID Connect Discovery 1.0 section 4), which must
// be the issuer's own and name keys at its own origin.
func (g *Guard) fetchKeys(ctx context.Context) ([]verify.PublicKey, error) {
	ctx, cancel := context.WithTimeout(ctx, fetchTime)
	defer cancel()
	body, err := g.get(ctx, g.config.Discovery)
	if err != nil {
		return nil, err
	}
	document, err := strictjson.Parse(body, strictjson.Limits{Bytes: fetchBytes})
	if err != nil {
		return nil, err
	}
	at, err := g.keysURL(document)
	if err != nil {
		return nil, err
	}
	if body, err = g.get(ctx, at); err != nil {
		return nil, err
	}
	return verify.ParseKeySet(body)
}

func (g *Guard) keysURL(document strictjson.Object) (string, error) {
	value, _ := document.Get("issuer")
	issuer, _ := value.Text()
	if err := g.ours(issuer); err != nil {
		return "", err
	}
	value, _ = document.Get("jwks_uri")
	text, _ := value.Text()
	at, err := secureURL(text)
	if err != nil {
		return "", err
	}
	if home, err := url.Parse(g.config.Discovery); err != nil || home.Host != at.Host {
		return "", errors.New("the keys are at another origin than the discovery document")
	}
	return text, nil
}
