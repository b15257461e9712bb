package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

// tokens gets tokens of the identity that this process runs as, by the App Service protocol (api-version 2019-08-01). It
// asks again when half of a token's life is over.
type tokens struct {
	endpoint, header string
	mu               sync.Mutex
	kept             map[string]kept // by audience; guarded by mu
}

type kept struct {
	token string
	until time.Time
}

func newTokens(env func(string) string) *tokens {
	return &tokens{endpoint: env("IDENTITY_ENDPOINT"), header: env("IDENTITY_HEADER"), kept: map[string]kept{}}
}

func (t *tokens) get(ctx context.Context, resource string) (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if k := t.kept[resource]; time.Now().Before(k.until) {
		return k.token, nil
	}
	at := t.endpoint + "?api-version=2019-08-01&resource=" + url.QueryEscape(resource)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, at, nil)
	if err != nil {
		return "", err
	}
	req.Header.Set("X-Identity-Header", t.header)
	status, body, err := do(req)
	if err != nil {
		return "", err
	}
	if status != http.StatusOK {
		return "", fmt.Errorf("the managed-identity endpoint says %d: %s", status, body)
	}
	var said struct {
		Token string `json:"access_token"`
		In    string `json:"expires_in"`
	}
	if err := json.Unmarshal(body, &said); err != nil {
		return "", err
	}
	seconds, err := strconv.Atoi(said.In)
	if err != nil {
		return "", fmt.Errorf("expires_in: %w", err)
	}
	t.kept[resource] = kept{said.Token, time.Now().Add(time.Duration(seconds) * time.Second / 2)}
	return said.Token, nil
}

func do(req *http.Request) (int, []byte, error) {
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(answer.Body, 1<<20))
	return answer.StatusCode, body, err
}

// call sends one request with a token of its own and prints what comes back. Whom the token is for can be changed, to see
// it refused.
func call(ctx context.Context, method, at string, env func(string) string) error {
	to := audience
	if other := env("CALL_AUDIENCE"); other != "" {
		to = other
	}
	token, err := newTokens(env).get(ctx, to)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, method, at, strings.NewReader("ten pencils"))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	status, body, err := do(req)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(os.Stdout, "%d %s\n", status, strings.TrimSpace(string(body)))
	return err
}
