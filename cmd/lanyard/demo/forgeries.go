package demo

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"

	"github.com/lanyard-id/lanyard/internal/opwire"
	"github.com/lanyard-id/lanyard/internal/secret"
)

// forgeries sends what no SDK would. Each is a request that is let through, but for one thing; the first that are sent
// show that.
func (d *demo) forgeries(ctx context.Context) error {
	var l opwire.Launch
	l, err := ask[opwire.Launch](ctx, d, opwire.PathLaunch, opwire.LaunchRequest{As: d.function.as})
	if err != nil {
		return err
	}
	defer d.giveBack(ctx, l)
	token, err := d.metadataToken(ctx, l)
	if err != nil {
		return err
	}
	if err := d.tokenForgeries(ctx, token); err != nil {
		return err
	}
	if err := d.signatureForgery(ctx); err != nil {
		return err
	}
	return d.metadataForgeries(ctx, l)
}

// giveBack ends the launch whose secret was borrowed.
func (d *demo) giveBack(ctx context.Context, l opwire.Launch) {
	err := d.operator.Do(context.WithoutCancel(ctx), http.MethodDelete, opwire.PathLaunchs+l.ID, nil, nil)
	if err != nil {
		d.differ("a launch cannot be given back: %v", err)
	}
}

// metadataToken gets a token as an SDK does, by hand.
func (d *demo) metadataToken(ctx context.Context, l opwire.Launch) (string, error) {
	target := d.status.URLs["metadata"] + "/msi/token?api-version=2019-08-01&resource=" + storageAudience
	answer, err := d.get(ctx, target, http.Header{"X-Identity-Header": {l.Secret}})
	if err != nil {
		return "", err
	}
	var got struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.Unmarshal(answer.body, &got); err != nil || got.AccessToken == "" {
		return "", fmt.Errorf("a token by hand: %s", answer)
	}
	return got.AccessToken, nil
}

// tokenForgeries changes a good token.
func (d *demo) tokenForgeries(ctx context.Context, token string) error {
	list := d.blobURL("?restype=container&comp=list")
	with := func(token string) http.Header {
		return http.Header{"Authorization": {"Bearer " + token}, "X-Ms-Version": {blobVersion}}
	}
	if err := d.passes(ctx, "the token as it was issued", list, with(token)); err != nil {
		return err
	}
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return fmt.Errorf("the token has %d parts, want 3", len(parts))
	}
	claims, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return fmt.Errorf("read the token: %w", err)
	}
	// The identity becomes another one, and the signature stays.
	tampered := strings.Replace(string(claims), `"oid":"`, `"oid":"0`, 1)
	encode := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	err = d.raw(ctx, list, with(parts[0]+"."+encode(tampered)+"."+parts[2]),
		expected{"tampered token", 401, "InvalidAuthenticationInfo", "token.bad_signature"})
	if err != nil {
		return err
	}
	return d.raw(ctx, list, with(encode(`{"alg":"none","typ":"JWT"}`)+"."+parts[1]+"."+parts[2]),
		expected{"alg none", 401, "InvalidAuthenticationInfo", "token.algorithm"})
}

// signatureForgery signs with a secret that is not the session's.
func (d *demo) signatureForgery(ctx context.Context) error {
	session, err := ask[opwire.Session](ctx, d, opwire.PathSession, opwire.SessionRequest{As: "operator"})
	if err != nil {
		return err
	}
	list := d.status.URLs["s3"] + "/" + bucketName + "?list-type=2"
	with := credentialsOf(session)
	header, err := d.signed(http.MethodGet, list, with, file{})
	if err != nil {
		return err
	}
	if err := d.passes(ctx, "a request that is signed with the session's secret", list, header); err != nil {
		return err
	}
	with.Secret = secret.Text(strings.Repeat("A", len(session.SecretAccessKey)))
	if header, err = d.signed(http.MethodGet, list, with, file{}); err != nil {
		return err
	}
	return d.raw(ctx, list, header, expected{"wrong SigV4 secret", 403, "SignatureDoesNotMatch", "authn.bad_signature"})
}

// metadataForgeries asks the metadata door in ways that a forged request of a browser, or a proxy, would.
func (d *demo) metadataForgeries(ctx context.Context, l opwire.Launch) error {
	path := "/launch/" + l.Secret + "/metadata/identity/oauth2/token"
	target := d.status.URLs["metadata"] + path + "?api-version=2018-02-01&resource=" + storageAudience
	if err := d.passes(ctx, "a metadata request with its header", target, http.Header{"Metadata": {"true"}}); err != nil {
		return err
	}
	err := d.raw(ctx, target, http.Header{},
		expected{"metadata request without its header", 400, "invalid_request", "metadata.missing_header"})
	if err != nil {
		return err
	}
	return d.raw(ctx, target, http.Header{"Metadata": {"true"}, "X-Forwarded-For": {"192.0.2.7"}},
		expected{"metadata request with X-Forwarded-For", 400, "invalid_request", "metadata.forwarded"})
}

// passes sends a request that must be let through.
func (d *demo) passes(ctx context.Context, what, target string, header http.Header) error {
	answer, err := d.get(ctx, target, header)
	if err == nil && answer.status != http.StatusOK {
		d.differ("%s should be let through: %s", what, answer)
	}
	return err
}

// raw sends a request that must be refused.
func (d *demo) raw(ctx context.Context, target string, header http.Header, want expected) error {
	answer, err := d.get(ctx, target, header)
	if err != nil {
		return fmt.Errorf("%s: %w", want.name, err)
	}
	if answer.status == http.StatusOK {
		d.say("  %-40s LET THROUGH", want.name)
		d.differ("%s: it was let through", want.name)
		return nil
	}
	return d.refused(ctx, viaRaw, answer.said(), want)
}

// answer is a raw answer, read to its end.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// String is the answer for a message.
func (a answer) String() string { return fmt.Sprintf("%d: %.500s", a.status, a.body) }

// get sends one request.
func (d *demo) get(ctx context.Context, target string, header http.Header) (answer, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
	if err != nil {
		return answer{}, err
	}
	req.Header = header
	got, err := d.http.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer got.Body.Close() //nolint:errcheck // it was only read
	body, err := io.ReadAll(io.LimitReader(got.Body, 1<<20))
	return answer{got.StatusCode, got.Header, body}, err
}

// idInText finds the request id where only the text tells it.
var idInText = regexp.MustCompile(` ?\(request id ([0-9a-f-]{36})\)`)

// said takes a refusal apart: Blob's and S3's XML, or the metadata endpoint's JSON.
func (a answer) said() said {
	s := said{Status: a.status, RequestID: a.header.Get("x-ms-request-id") + a.header.Get("x-amz-request-id")}
	var asXML struct {
		Code    string
		Message string
	}
	var asJSON struct {
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}
	switch {
	case xml.Unmarshal(a.body, &asXML) == nil:
		s.Code = asXML.Code
		s.Message, _, _ = strings.Cut(asXML.Message, "\n")
	case json.Unmarshal(a.body, &asJSON) == nil:
		s.Code, s.Message = asJSON.Error, asJSON.Description
	}
	if found := idInText.FindStringSubmatch(s.Message); s.RequestID == "" && found != nil {
		s.RequestID = found[1]
	}
	return s
}
