package webidentity

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/lanyard-id/lanyard/verify/strictjson"
)

const (
	patience  = 10 * time.Second
	maxAnswer = 64 << 10
)

// source asks for tokens by App Service's protocol, as clients in the workload do.
type source struct {
	endpoint, secret string
	want             Want
}

// token gives the workload's token for the audience, and when it ends.
func (s source) token(ctx context.Context) (string, time.Time, error) {
	query := url.Values{"api-version": {"2019-08-01"}, "resource": {s.want.Audience}}
	if s.want.Identity != "" {
		query.Set("client_id", s.want.Identity)
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.endpoint+"/msi/token?"+query.Encode(), nil)
	if err != nil {
		return "", time.Time{}, err
	}
	req.Header.Set("X-IDENTITY-HEADER", s.secret)
	client := &http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true}, // without a proxy
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	res, err := client.Do(req)
	if err != nil {
		return "", time.Time{}, fmt.Errorf("ask for a token for %s: %w", s.want.Audience, err)
	}
	defer func() { _ = res.Body.Close() }() // it is read to its end
	body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return "", time.Time{}, fmt.Errorf("read the token: %w", err)
	}
	return s.read(res.StatusCode, body)
}

// read reads the answer, or what the refusal says.
func (s source) read(status int, body []byte) (string, time.Time, error) {
	answer, err := strictjson.Parse(body, strictjson.Limits{Bytes: maxAnswer})
	if err != nil {
		return "", time.Time{}, fmt.Errorf("read the token: %w", err)
	}
	text := func(member string) string {
		v, _ := answer.Get(member)
		t, _ := v.Text()
		return t
	}
	if status != http.StatusOK {
		return "", time.Time{}, fmt.Errorf("there is no token for --aws-audience %s: %s", s.want.Audience, text("message"))
	}
	ends, err := strconv.ParseInt(text("expires_on"), 10, 64)
	token := text("access_token")
	if err != nil || token == "" {
		return "", time.Time{}, errors.New("the answer has no token")
	}
	return token, time.Unix(ends, 0), nil
}
