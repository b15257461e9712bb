//go:build unix

package proof

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/opwire"
)

// audience is the application that tokens for AWS are made for in the scene, and storage that of blobs.
const (
	audience = "api://proof"
	storage  = "https://storage.azure.com"
)

// answer is what a door said, whatever its dialect.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// requestID is the id under which the audit keeps the answer's record.
func (a answer) requestID() string {
	for _, h := range []string{"x-ms-request-id", "x-amzn-RequestId", "x-amz-request-id"} {
		if id := a.header.Get(h); id != "" {
			return id
		}
	}
	_, id, _ := strings.Cut(string(a.body), "(request id ")
	id, _, _ = strings.Cut(id, ")")
	return id
}

// send sends a request to a door.
func (h *house) send(req *http.Request) (answer, error) {
	res, err := h.web.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return answer{res.StatusCode, res.Header, body}, err
}

// request makes one to a door; a body of nil is none.
func (h *house) request(method, door, path string, body []byte, header map[string]string) *http.Request {
	req, err := http.NewRequestWithContext(context.Background(), method, h.status.URLs[door]+path, bytes.NewReader(body))
	if err != nil {
		panic(err) // the proof's own mistake
	}
	for k, v := range header {
		req.Header.Set(k, v)
	}
	return req
}

// workload is a process that runs as a resource: all that it holds is the secret of its launch.
type workload struct {
	house  *house
	secret string
}

// as launches a workload.
func (h *house) as(t *testing.T, resource string) workload {
	t.Helper()
	var launch opwire.Launch
	if err := h.ask(http.MethodPost, opwire.PathLaunch, opwire.LaunchRequest{As: resource}, &launch); err != nil {
		t.Fatalf("launch %s: %v", resource, err)
	}
	return workload{h, launch.Secret}
}

// ask asks the metadata door for a token, as an App Service client does. which names the identity, e.g. "client_id=...".
func (w workload) ask(resource, which string) (answer, error) {
	query := "api-version=2019-08-01&resource=" + url.QueryEscape(resource)
	if which != "" {
		query += "&" + which
	}
	return w.house.send(w.house.request(http.MethodGet, "metadata", "/msi/token?"+query, nil, map[string]string{"X-IDENTITY-HEADER": w.secret}))
}

// token gives the token in a good answer, and else the answer as an error.
func (w workload) token(resource, which string) (string, error) {
	a, err := w.ask(resource, which)
	if err != nil {
		return "", err
	}
	if a.status != http.StatusOK {
		return "", fmt.Errorf("status %d: %s", a.status, a.body)
	}
	return tokenOf(a)
}

// tokenOf is the token in a good answer of the metadata door.
func tokenOf(a answer) (string, error) {
	var t struct {
		AccessToken string `json:"access_token"`
	}
	err := json.Unmarshal(a.body, &t)
	return t.AccessToken, err
}

// mustToken is token where there must be one.
func (w workload) mustToken(t *testing.T, resource, which string) string {
	t.Helper()
	text, err := w.token(resource, which)
	if err != nil {
		t.Fatalf("a token for %s: %v", resource, err)
	}
	return text
}

// assume exchanges a token for a session of a role. A session that the answer has is in creds.
func (h *house) assume(role, token string) (creds awswire.Credentials, a answer, err error) {
	form := url.Values{
		"Action": {"AssumeRoleWithWebIdentity"}, "Version": {"2011-06-15"}, "RoleArn": {role},
		"RoleSessionName": {"proof"}, "WebIdentityToken": {token},
	}
	a, err = h.send(h.request(http.MethodPost, "sts", "/", []byte(form.Encode()), map[string]string{"Content-Type": "application/x-www-form-urlencoded"}))
	if err != nil || a.status != http.StatusOK {
		return creds, a, err
	}
	var x struct {
		Result struct {
			Credentials struct {
				AccessKeyID                   string `xml:"AccessKeyId"`
				SecretAccessKey, SessionToken string
			}
		} `xml:"AssumeRoleWithWebIdentityResult"`
	}
	if err := xml.Unmarshal(a.body, &x); err != nil {
		return creds, a, err
	}
	c := x.Result.Credentials
	return awswire.Credentials{KeyID: c.AccessKeyID, Secret: awswire.Secret(c.SecretAccessKey), SessionToken: awswire.Secret(c.SessionToken)}, a, nil
}

// mustAssume is assume where there must be a session.
func (h *house) mustAssume(t *testing.T, role, token string) awswire.Credentials {
	t.Helper()
	creds, a, err := h.assume(role, token)
	if err != nil || a.status != http.StatusOK {
		t.Fatalf("assume %s: %v, status %d: %s", role, err, a.status, a.body)
	}
	return creds
}

// blob sends a request to the Blob door with a bearer token.
func (h *house) blob(method, path, token string, body []byte) (answer, error) {
	header := map[string]string{"Authorization": "Bearer " + token, "x-ms-version": "2021-08-06"}
	if method == http.MethodPut {
		header["x-ms-blob-type"] = "BlockBlob"
	}
	return h.send(h.request(method, "blob", path, body, header))
}

// signed sends a request to the S3 door that a session signs.
func (h *house) signed(method, path string, creds awswire.Credentials, body []byte) (answer, error) {
	req := h.request(method, "s3", path, body, map[string]string{})
	if err := sign(req, creds, "s3", h.status.Region, body); err != nil {
		return answer{}, err
	}
	return h.send(req)
}

// sign adds a SigV4 signature to a request.
func sign(req *http.Request, creds awswire.Credentials, service, region string, body []byte) error {
	header, err := awswire.Sign(awswire.Request{
		Method: req.Method, Path: req.URL.EscapedPath(), RawQuery: req.URL.RawQuery, Host: req.URL.Host, Header: req.Header, Body: body, Secure: true,
	}, awswire.Signing{Credentials: creds, Region: region, Service: service, At: time.Now().UTC()})
	req.Header = header
	return err
}

// want checks an answer's status and, for a refusal, the reason in its record.
func (h *house) want(t *testing.T, what string, a answer, status int, why fault.Reason) {
	t.Helper()
	if a.status != status {
		t.Errorf("%s: status %d, want %d: %s", what, a.status, status, a.body)
		return
	}
	if why == "" {
		return
	}
	if got := h.record(t, a.requestID()).Reason; got != why {
		t.Errorf("%s: the record's reason is %q, want %q", what, got, why)
	}
}
