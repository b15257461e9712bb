package awswire

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-id/lanyard/internal/fault"
)

func sessionSigning(service string) Signing {
	return Signing{
		Credentials: Credentials{KeyID: "ASIAEXAMPLE", Secret: "sEcReT", SessionToken: "t0ken"},
		Region:      "us-east-2", Service: service,
		At: time.Date(2026, 3, 14, 15, 9, 26, 0, time.UTC),
	}
}

// signedPut is an S3 request as an SDK sends it, over TLS.
func signedPut(t *testing.T) Request {
	t.Helper()
	req := Request{
		Method: "PUT", Path: "/bkt/a%20b", RawQuery: "x-id=PutObject", Host: "127.0.0.1:8445", Secure: true,
		Header: http.Header{"X-Amz-Acl": {"private"}, "Content-Type": {"text/plain"}}, Body: []byte("hello"),
	}
	return signed(t, req, sessionSigning("s3"))
}

// signedPost is an STS request as an SDK sends it.
func signedPost(t *testing.T) Request {
	t.Helper()
	req := Request{
		Method: "POST", Path: "/", Host: "127.0.0.1:8444",
		Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}},
		Body:   []byte("Action=GetCallerIdentity&Version=2011-06-15"),
	}
	return signed(t, req, sessionSigning("sts"))
}

func signed(t *testing.T, req Request, s Signing) Request {
	t.Helper()
	var err error
	if req.Header, err = Sign(req, s); err != nil {
		t.Fatal(err)
	}
	return req
}

// signedGet is a presigned S3 request.
func signedGet(t *testing.T, expires time.Duration) Request {
	t.Helper()
	req := Request{Method: "GET", Path: "/bkt/key", RawQuery: "response-content-type=a", Host: "h:8445", Secure: true}
	var err error
	if req.RawQuery, err = Presign(req, sessionSigning("s3"), expires); err != nil {
		t.Fatal(err)
	}
	return req
}

// verify reads and verifies req with the secret of its key, at after the signing time.
func verify(req Request, rule Rule, after time.Duration) error {
	p, err := ReadProof(req, rule)
	if err != nil {
		return err
	}
	s := sessionSigning(rule.Service)
	if p.KeyID != s.KeyID && p.KeyID != "AKIAEXAMPLE" {
		s.Secret = "of another key"
	}
	return p.Verify(NewSigningKey(s.Secret, p.Scope), s.At.Add(after))
}

func TestReadProof(t *testing.T) {
	p := mustVerify(t, signedPut(t), S3Rule(), sessionSigning("s3"))
	if p.KeyID != "ASIAEXAMPLE" || p.SessionToken != "t0ken" || p.Presigned || !p.SignedAt.Equal(sessionSigning("s3").At) {
		t.Errorf("got %+v", p)
	}
	if diff := cmp.Diff(Payload{PayloadHashed, hexSHA256([]byte("hello"))}, p.Payload); diff != "" {
		t.Error(diff)
	}
	p = mustVerify(t, signedPost(t), QueryRule("sts"), sessionSigning("sts"))
	if diff := cmp.Diff(PayloadHashed, p.Payload.Mode); diff != "" {
		t.Error(diff)
	}
	p = mustVerify(t, signedGet(t, time.Hour), S3Rule(), sessionSigning("s3"))
	if !p.Presigned || p.Expires != time.Hour || p.SessionToken != "t0ken" || p.Payload.Mode != PayloadUnsigned {
		t.Errorf("got %+v", p)
	}
}

// TestMutatedOneByteRefused changes every byte of everything that is signed, one at a time.
func TestMutatedOneByteRefused(t *testing.T) {
	flip := func(s string, i int) string {
		b := []byte(s)
		b[i] ^= 1
		return string(b)
	}
	refused := func(what string, req Request, rule Rule) {
		t.Helper()
		if err := verify(req, rule, 0); err == nil {
			t.Errorf("accepted with another %s", what)
		}
	}
	put, post, get := signedPut(t), signedPost(t), signedGet(t, time.Hour)
	for i := range put.Method {
		req := put
		req.Method = flip(put.Method, i)
		refused("method", req, S3Rule())
	}
	for i := range put.Path {
		req := put
		req.Path = flip(put.Path, i)
		refused("path "+req.Path, req, S3Rule())
	}
	for i := range put.Host {
		req := put
		req.Host = flip(put.Host, i)
		refused("host "+req.Host, req, S3Rule())
	}
	for i := range get.RawQuery {
		req := get
		req.RawQuery = flip(get.RawQuery, i)
		refused("query "+req.RawQuery, req, S3Rule())
	}
	for i := range post.Body {
		req := post
		req.Body = []byte(flip(string(post.Body), i))
		refused("body", req, QueryRule("sts"))
	}
	for name, values := range put.Header {
		for i := range values[0] {
			req := put
			req.Header = put.Header.Clone()
			req.Header[name] = []string{flip(values[0], i)}
			refused("header "+name+" "+req.Header[name][0], req, S3Rule())
		}
	}
	for i := range 64 {
		req := get
		at := strings.Index(get.RawQuery, "X-Amz-Signature=") + len("X-Amz-Signature=") + i
		req.RawQuery = flip(get.RawQuery, at)
		refused("signature", req, S3Rule())
	}
}

func TestOtherSecretRefused(t *testing.T) {
	p, err := ReadProof(signedPut(t), S3Rule())
	if err != nil {
		t.Fatal(err)
	}
	err = p.Verify(NewSigningKey("another", p.Scope), p.SignedAt)
	if !fault.Is(err, ReasonBadSignature) || !fault.IsKind(err, fault.Unauthenticated) {
		t.Errorf("got %v", err)
	}
}

func TestA02QueryTamperedRefused(t *testing.T) {
	good := signedGet(t, time.Hour)
	for name, change := range map[string]func(string) string{
		"parameter added":       func(q string) string { return q + "&versionId=1" },
		"parameter repeated":    func(q string) string { return q + "&response-content-type=a" },
		"empty parameter added": func(q string) string { return q + "&" },
		"semicolon":             func(q string) string { return strings.Replace(q, "&", ";", 1) },
		"second signature":      func(q string) string { return q + "&X-Amz-Signature=" + goodSignature },
		"second token":          func(q string) string { return q + "&X-Amz-Security-Token=x" },
		"first credential":      func(q string) string { return "X-Amz-Credential=x&" + q },
		"plus for a space":      func(q string) string { return q + "&a=x+y" },
	} {
		req := good
		req.RawQuery = change(good.RawQuery)
		if err := verify(req, S3Rule(), 0); err == nil {
			t.Errorf("%s: accepted %s", name, req.RawQuery)
		}
	}
}

// TestA03UnsignedHeaderRefused adds headers that change what a request does after it was signed.
func TestA03UnsignedHeaderRefused(t *testing.T) {
	for _, name := range []string{"X-Amz-Copy-Source", "X-Amz-Grant-Read", "X-Amz-Tagging", "x-amz-copy-source", "X-amz-acl"} {
		for _, req := range []Request{signedPut(t), signedGet(t, time.Hour)} {
			req.Header = req.Header.Clone()
			if req.Header == nil {
				req.Header = http.Header{}
			}
			req.Header[name] = []string{"x"}
			err := verify(req, S3Rule(), 0)
			if !fault.Is(err, ReasonHeadersNotSigned) || !strings.Contains(err.Error(), strings.ToLower(name)) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	// A signed header that gets a second value, or is gone, is not what was signed.
	req := signedPut(t)
	req.Header["X-Amz-Acl"] = append(req.Header["X-Amz-Acl"], "public-read")
	if err := verify(req, S3Rule(), 0); !fault.Is(err, ReasonBadSignature) {
		t.Errorf("second value: %v", err)
	}
	req = signedPut(t)
	delete(req.Header, "X-Amz-Acl")
	if err := verify(req, S3Rule(), 0); !fault.Is(err, ReasonBadSignature) || !strings.Contains(err.Error(), "x-amz-acl") {
		t.Errorf("gone: %v", err)
	}
}

// TestA05PayloadModes: every form of x-amz-content-sha256 against header, presigned URL, missing TLS.
func TestA05PayloadModes(t *testing.T) {
	hash := hexSHA256([]byte("hello"))
	const v4a = "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD"
	tests := []struct {
		value                  string
		mode                   PayloadMode
		header, plain, presign fault.Reason // empty: accepted
	}{
		{hash, PayloadHashed, "", "", ""},
		{"UNSIGNED-PAYLOAD", PayloadUnsigned, "", ReasonUnsignedPayload, ""},
		{"STREAMING-AWS4-HMAC-SHA256-PAYLOAD", PayloadChunksSigned, "", "", ReasonMalformedPresign},
		{"STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", PayloadChunksSignedTrailer, "", "", ReasonMalformedPresign},
		{"STREAMING-UNSIGNED-PAYLOAD-TRAILER", PayloadChunksTrailer, "", ReasonUnsignedPayload, ReasonMalformedPresign},
		{v4a, 0, ReasonSignatureV4A, ReasonSignatureV4A, ReasonSignatureV4A},
		{v4a + "-TRAILER", 0, ReasonSignatureV4A, ReasonSignatureV4A, ReasonSignatureV4A},
		{strings.ToUpper(hash), 0, ReasonBadPayloadHash, ReasonBadPayloadHash, ReasonBadPayloadHash},
		{"STREAMING-OTHER", 0, ReasonBadPayloadHash, ReasonBadPayloadHash, ReasonBadPayloadHash},
		{"", 0, ReasonBadPayloadHash, ReasonBadPayloadHash, ""},
	}
	for _, tc := range tests {
		t.Run(tc.value, func(t *testing.T) {
			req := Request{Method: "PUT", Path: "/b/k", Host: "h", Secure: true, Header: http.Header{}}
			s := sessionSigning("s3")
			s.SessionToken, s.KeyID = "", "AKIAEXAMPLE"
			byHeader := req
			byHeader.Header = headerSignedAs(t, req, s, tc.value)
			checkPayload(t, "header", byHeader, tc.header, tc.mode)
			byHeader.Secure = false
			checkPayload(t, "without TLS", byHeader, tc.plain, tc.mode)

			byQuery := req
			if tc.value != "" {
				byQuery.RawQuery = "X-Amz-Content-Sha256=" + tc.value
			}
			raw, err := Presign(byQuery, s, time.Hour)
			if err != nil {
				t.Fatal(err)
			}
			byQuery.RawQuery = raw
			if byQuery.RawQuery != "" && tc.value == "" {
				tc.mode = PayloadUnsigned
			}
			checkRead(t, "presigned", byQuery, tc.presign, tc.mode)
		})
	}
}

// headerSignedAs signs req with any text as the hash of the body, as a client that Sign does not allow could.
func headerSignedAs(t *testing.T, req Request, s Signing, hash string) http.Header {
	t.Helper()
	at := stamp(s.At)
	req.Header = http.Header{"X-Amz-Date": {at}, "X-Amz-Content-Sha256": {hash}}
	names := []string{"host", "x-amz-content-sha256", "x-amz-date"}
	signature := specSignature(specCanonical(req, true, names, hash), at, s.scope(), s.Secret)
	req.Header["Authorization"] = []string{algorithm + " Credential=" + s.KeyID + "/" + s.scope().String() +
		",SignedHeaders=" + strings.Join(names, ";") + ",Signature=" + signature}
	return req.Header
}

func checkPayload(t *testing.T, what string, req Request, want fault.Reason, mode PayloadMode) {
	t.Helper()
	checkRead(t, what, req, want, mode)
	if err := verify(req, S3Rule(), 0); want == "" && err != nil {
		t.Errorf("%s: %v", what, err)
	}
}

func checkRead(t *testing.T, what string, req Request, want fault.Reason, mode PayloadMode) {
	t.Helper()
	p, err := ReadProof(req, S3Rule())
	switch {
	case want != "" && !fault.Is(err, want):
		t.Errorf("%s: %v, want %s", what, err, want)
	case want == "" && err != nil:
		t.Errorf("%s: %v", what, err)
	case want == "" && p.Payload.Mode != mode:
		t.Errorf("%s: mode %d, want %d", what, p.Payload.Mode, mode)
	}
}

func TestA05CredentialInQueryAndHeader(t *testing.T) {
	req := signedPut(t)
	for _, query := range []string{
		"X-Amz-Credential=x", "X-Amz-Signature=x", "X-Amz-Algorithm=x", "AWSAccessKeyId=a&Signature=b&Expires=1",
	} {
		req.RawQuery = query
		if _, err := ReadProof(req, S3Rule()); !fault.Is(err, ReasonSeveralCredentials) {
			t.Errorf("%s: %v", query, err)
		}
	}
	req = signedPut(t)
	req.Header["Authorization"] = append(req.Header["Authorization"], goodAuthorization())
	if _, err := ReadProof(req, S3Rule()); !fault.Is(err, ReasonSeveralCredentials) {
		t.Errorf("two headers: %v", err)
	}
}

func TestA07Presign(t *testing.T) {
	const minute = time.Minute
	for _, tc := range []struct {
		name    string
		expires time.Duration
		after   time.Duration
		want    fault.Reason
	}{
		{"at once", time.Hour, 0, ""},
		{"last second", time.Hour, time.Hour, ""},
		{"over", time.Hour, time.Hour + time.Second, ReasonPresignExpired},
		{"a week", MaxPresign, MaxPresign, ""},
		{"more than a week", MaxPresign + time.Second, 0, ReasonMalformedPresign},
		{"no life", 0, 0, ReasonMalformedPresign},
		{"negative life", -time.Second, 0, ReasonMalformedPresign},
		{"life of 2^31 seconds", (1 << 31) * time.Second, 0, ReasonMalformedPresign},
		{"from the near future", time.Hour, -15 * minute, ""},
		{"from the future", time.Hour, -16 * minute, ReasonClockSkew},
	} {
		t.Run(tc.name, func(t *testing.T) {
			err := verify(signedGet(t, tc.expires), S3Rule(), tc.after)
			if tc.want == "" && err != nil || tc.want != "" && !fault.Is(err, tc.want) {
				t.Errorf("got %v, want %s", err, tc.want)
			}
		})
	}
	for name, change := range map[string]func(*Request){
		"used as PUT":  func(r *Request) { r.Method = "PUT" },
		"used as HEAD": func(r *Request) { r.Method = "HEAD" },
		"other host":   func(r *Request) { r.Host = "h:8446" },
		"other key":    func(r *Request) { r.Path += "2" },
		"longer life": func(r *Request) {
			r.RawQuery = strings.Replace(r.RawQuery, "X-Amz-Expires=3600", "X-Amz-Expires=7200", 1)
		},
	} {
		req := signedGet(t, time.Hour)
		change(&req)
		if err := verify(req, S3Rule(), 0); !fault.Is(err, ReasonBadSignature) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPresignMalformed(t *testing.T) {
	good := signedGet(t, time.Hour).RawQuery
	for name, change := range map[string][2]string{
		"algorithm":                {"AWS4-HMAC-SHA256", "AWS4-HMAC-SHA512"},
		"date":                     {"X-Amz-Date=20260314T150926Z", "X-Amz-Date=20260314T150926.5Z"},
		"date gone":                {"X-Amz-Date=", "X-Amz-Datum="},
		"life with a leading zero": {"Expires=3600", "Expires=03600"},
		"life with a sign":         {"Expires=3600", "Expires=%2B3600"},
		"life in words":            {"Expires=3600", "Expires=1h"},
		"life gone":                {"Expires=3600", "Expires="},
		"credential":               {"aws4_request", "aws5_request"},
		"headers":                  {"SignedHeaders=host", "SignedHeaders=Host"},
	} {
		raw := strings.Replace(good, change[0], change[1], 1)
		if raw == good {
			t.Fatalf("%s: %q is not in %s", name, change[0], good)
		}
		if _, err := ParsePresigned(raw); !fault.Is(err, ReasonMalformedPresign) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := ParsePresigned(strings.Replace(good, algorithm, algorithm4A, 1)); !fault.Is(err, ReasonSignatureV4A) {
		t.Errorf("4A: %v", err)
	}
	if _, err := ParsePresigned("%"); !fault.Is(err, ReasonMalformedURI) {
		t.Errorf("encoding: %v", err)
	}
	req := signedGet(t, time.Hour)
	for name, header := range map[string]http.Header{
		"token beside the URL":         {"X-Amz-Security-Token": {"t0ken"}},
		"hash twice":                   {"X-Amz-Content-Sha256": {"UNSIGNED-PAYLOAD", "UNSIGNED-PAYLOAD"}},
		"hash other than in the query": {"X-Amz-Content-Sha256": {hexSHA256(nil)}},
	} {
		req.Header = header
		if strings.HasPrefix(name, "hash other") {
			req.RawQuery += "&X-Amz-Content-Sha256=UNSIGNED-PAYLOAD"
		}
		if _, err := ReadProof(req, S3Rule()); !fault.Is(err, ReasonMalformedPresign) {
			t.Errorf("%s: %v", name, err)
		}
		req = signedGet(t, time.Hour)
	}
}

// TestA10TokenAndKey: a temporary key has a token and a long-term key has none, and the token is under the signature.
func TestA10TokenAndKey(t *testing.T) {
	for _, tc := range []struct {
		key, token string
		want       fault.Reason
	}{
		{"ASIAEXAMPLE", "t", ""},
		{"ASIAEXAMPLE", "", ReasonTokenMismatch},
		{"AKIAEXAMPLE", "", ""},
		{"AKIAEXAMPLE", "t", ReasonTokenMismatch},
	} {
		s := sessionSigning("sts")
		s.KeyID, s.SessionToken = tc.key, Secret(tc.token)
		_, err := ReadProof(signed(t, Request{Method: "POST", Path: "/", Host: "h"}, s), QueryRule("sts"))
		if tc.want == "" && err != nil || tc.want != "" && !fault.Is(err, tc.want) {
			t.Errorf("%s with %q: %v, want %s", tc.key, tc.token, err, tc.want)
		}
	}
	req := signedPost(t)
	req.Header["X-Amz-Security-Token"] = []string{"of another key"}
	if err := verify(req, QueryRule("sts"), 0); !fault.Is(err, ReasonBadSignature) {
		t.Errorf("exchanged token: %v", err)
	}
	req.Header["X-Amz-Security-Token"] = []string{"t0ken", "t0ken"}
	if err := verify(req, QueryRule("sts"), 0); !fault.Is(err, ReasonMalformedAuthorization) {
		t.Errorf("token twice: %v", err)
	}
	// Added after signing, as one client does for another service.
	s := sessionSigning("sts")
	s.SessionToken = ""
	late := signed(t, Request{Method: "POST", Path: "/", Host: "h"}, s)
	late.Header.Set("X-Amz-Security-Token", "t0ken")
	if err := verify(late, QueryRule("sts"), 0); !fault.Is(err, ReasonHeadersNotSigned) {
		t.Errorf("token added later: %v", err)
	}
}

func TestClockWindow(t *testing.T) {
	for _, tc := range []struct {
		rule  Rule
		after time.Duration
		want  fault.Reason
	}{
		{S3Rule(), 15 * time.Minute, ""},
		{S3Rule(), -15 * time.Minute, ""},
		{S3Rule(), 15*time.Minute + time.Second, ReasonClockSkew},
		{S3Rule(), -15*time.Minute - time.Second, ReasonClockSkew},
		{QueryRule("sts"), 5 * time.Minute, ""},
		{QueryRule("sts"), -5 * time.Minute, ""},
		{QueryRule("sts"), 5*time.Minute + time.Second, ReasonClockSkew},
		{QueryRule("sts"), -5*time.Minute - time.Second, ReasonClockSkew},
	} {
		req := signedPost(t)
		if tc.rule.Service == "s3" {
			req = signedPut(t)
		}
		err := verify(req, tc.rule, tc.after)
		if tc.want == "" && err != nil || tc.want != "" && !fault.Is(err, tc.want) {
			t.Errorf("%s after %s: %v, want %s", tc.rule.Service, tc.after, err, tc.want)
		}
	}
}

func TestHeaderFormRefused(t *testing.T) {
	tests := []struct {
		name   string
		change func(*Request)
		want   fault.Reason
	}{
		{"not signed at all", func(r *Request) { r.Header = nil }, ReasonNoCredentials},
		{"bad query", func(r *Request) { r.RawQuery = "%" }, ReasonMalformedURI},
		{"bad path", func(r *Request) { r.Path = "/%" }, ReasonMalformedURI},
		{"no host", func(r *Request) { r.Host = "" }, ReasonMalformedAuthorization},
		{"other service", func(r *Request) {
			*r = signed(t, Request{Method: "POST", Path: "/", Host: "h"}, sessionSigning("iam"))
		}, ReasonWrongScope},
		{"other day", func(r *Request) { r.Header.Set("X-Amz-Date", "20260315T150926Z") }, ReasonWrongScope},
		{"date twice", func(r *Request) { r.Header["X-Amz-Date"] = []string{"a", "a"} }, ReasonMalformedAuthorization},
		{"date not a date", func(r *Request) { r.Header.Set("X-Amz-Date", "yesterday") }, ReasonMalformedAuthorization},
		{"no date", func(r *Request) { r.Header.Del("X-Amz-Date") }, ReasonMalformedAuthorization},
		{"date not signed", func(r *Request) {
			r.Header.Del("X-Amz-Date")
			r.Header.Set("Date", "Sat, 14 Mar 2026 15:09:26 GMT")
		}, ReasonMalformedAuthorization},
		{"plain date twice", func(r *Request) {
			r.Header.Del("X-Amz-Date")
			r.Header["Date"] = []string{"a", "b"}
		}, ReasonMalformedAuthorization},
		{"malformed", func(r *Request) { r.Header.Set("Authorization", "Basic x") }, ReasonMalformedAuthorization},
		{"version 2 in the query", func(r *Request) {
			r.Header.Del("Authorization")
			r.RawQuery = "AWSAccessKeyId=A&Signature=b&Expires=1"
		}, ReasonSignatureV2},
		{"hash twice", func(r *Request) { r.Header["X-Amz-Content-Sha256"] = []string{"a", "b"} }, ReasonMalformedAuthorization},
		{"hash of another body", func(r *Request) { r.Header.Set("X-Amz-Content-Sha256", hexSHA256(nil)) }, ReasonBodyMismatch},
		{"unsigned body", func(r *Request) { r.Header.Set("X-Amz-Content-Sha256", wordUnsigned) }, ReasonBodyMismatch},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			req := signedPost(t)
			tc.change(&req)
			if err := verify(req, QueryRule("sts"), 0); !fault.Is(err, tc.want) {
				t.Errorf("got %v, want %s", err, tc.want)
			}
		})
	}
}

// TestDateHeader: a client may sign Date in place of X-Amz-Date, in either of two forms.
func TestDateHeader(t *testing.T) {
	for _, date := range []string{"Sat, 14 Mar 2026 15:09:26 GMT", "20260314T150926Z"} {
		s := sessionSigning("sts")
		req := Request{Method: "GET", Path: "/", Host: "h", Header: http.Header{"Date": {date}, "X-Amz-Security-Token": {"t0ken"}}}
		names := []string{"date", "host", "x-amz-security-token"}
		signature := specSignature(specCanonical(req, false, names, hexSHA256(nil)), stamp(s.At), s.scope(), s.Secret)
		req.Header["Authorization"] = []string{algorithm + " Credential=" + s.KeyID + "/" + s.scope().String() +
			",SignedHeaders=" + strings.Join(names, ";") + ",Signature=" + signature}
		if err := verify(req, QueryRule("sts"), 0); err != nil {
			t.Errorf("%s: %v", date, err)
		}
	}
}

func TestPresignQueryService(t *testing.T) {
	req := Request{
		Method: "GET", Path: "/", RawQuery: "Action=GetCallerIdentity&Version=2011-06-15", Host: "h",
		Header: http.Header{"X-K8s-Aws-Id": {"cluster"}},
	}
	var err error
	if req.RawQuery, err = Presign(req, sessionSigning("sts"), time.Minute); err != nil {
		t.Fatal(err)
	}
	if err := verify(req, QueryRule("sts"), 0); err != nil {
		t.Error(err)
	}
	// The audience header is signed: whoever relays the URL to another cluster is refused (threat A09).
	req.Header = http.Header{"X-K8s-Aws-Id": {"another"}}
	if err := verify(req, QueryRule("sts"), 0); !fault.Is(err, ReasonBadSignature) {
		t.Errorf("A09: %v", err)
	}
	req.Header = nil
	if err := verify(req, QueryRule("sts"), 0); !fault.Is(err, ReasonBadSignature) {
		t.Errorf("A09, header gone: %v", err)
	}
	f, err := DecodeQueryURL(req.RawQuery, QueryLimits())
	if err != nil {
		t.Fatal(err)
	}
	if unknown := f.Unknown("Action", "Version"); len(unknown) > 0 {
		t.Errorf("left in the form: %q", unknown)
	}
}

func TestSignRefused(t *testing.T) {
	for _, req := range []Request{{Path: "/%", Host: "h"}, {Path: "/", RawQuery: "%", Host: "h"}} {
		if _, err := Sign(req, sessionSigning("s3")); !fault.Is(err, ReasonMalformedURI) {
			t.Errorf("Sign(%+v): %v", req, err)
		}
		if _, err := Presign(req, sessionSigning("s3"), time.Hour); !fault.Is(err, ReasonMalformedURI) {
			t.Errorf("Presign(%+v): %v", req, err)
		}
	}
}

// TestSignModes: every mode that Sign can announce is announced, signed and read back.
func TestSignModes(t *testing.T) {
	for mode := PayloadUnsigned; mode <= PayloadChunksTrailer; mode++ {
		s := sessionSigning("s3")
		s.Payload = Payload{Mode: mode}
		req := signed(t, Request{Method: "PUT", Path: "/b/k", Host: "h", Secure: true}, s)
		if p := mustVerify(t, req, S3Rule(), s); p.Payload != s.Payload {
			t.Errorf("mode %d came back as %d", mode, p.Payload.Mode)
		}
	}
	if got := (Payload{Mode: 99}).String(); got != "" {
		t.Errorf("unknown mode prints %q", got)
	}
	s := sessionSigning("s3")
	s.Payload = Payload{PayloadHashed, hexSHA256([]byte("hello"))}
	req := Request{Method: "PUT", Path: "/b/k", Host: "h"}
	var err error
	if req.RawQuery, err = Presign(req, s, time.Hour); err != nil {
		t.Fatal(err)
	}
	if p := mustVerify(t, req, S3Rule(), s); p.Payload != s.Payload {
		t.Errorf("got %+v", p.Payload)
	}
}

func TestHeadersToSign(t *testing.T) {
	h := http.Header{"Authorization": {"a"}, "User-Agent": {"b"}, "X-Amz-Date": {"c"}, "Range": {"d"}}
	if diff := cmp.Diff([]string{"host", "range", "x-amz-date"}, headersToSign(h)); diff != "" {
		t.Error(diff)
	}
}

func TestKeyCache(t *testing.T) {
	c := NewKeyCache(4)
	scope := Scope{"20260314", "us-east-2", "s3"}
	for i := range 100 {
		secret := Secret(fmt.Sprint("s", i%7))
		if c.Key(secret, scope) != NewSigningKey(secret, scope) {
			t.Fatalf("another key for %d", i)
		}
		if n := len(c.recent) + len(c.earlier); n > 4 {
			t.Fatalf("%d keys in a cache of 4", n)
		}
	}
	kept := c.Key("s1", scope)
	c.Key("a", scope)
	c.Key("s1", scope)
	if _, recent := c.recent[cacheKey{"s1", scope}]; !recent || c.Key("s1", scope) != kept {
		t.Error("a key that is used was dropped")
	}
	// Parts do not run into each other (threat P11).
	if c.Key("ab", Scope{"c", "r", "s"}) == c.Key("a", Scope{"bc", "r", "s"}) {
		t.Error("two scopes share a key")
	}
	if NewKeyCache(0).half != 1 {
		t.Error("a cache of no size keeps nothing")
	}
}

func TestSecretsAreMasked(t *testing.T) {
	key := NewSigningKey("sEcReT", Scope{"20260314", "us-east-2", "s3"})
	for _, v := range []any{Secret("sEcReT"), key, Credentials{Secret: "sEcReT", SessionToken: "sEcReT"}} {
		out, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		var log strings.Builder
		slog.New(slog.NewTextHandler(&log, nil)).InfoContext(t.Context(), "m", slog.Any("v", v))
		shown := []string{fmt.Sprint(v), fmt.Sprintf("%+v", v), fmt.Sprintf("%#v", v), fmt.Sprintf("%x", v), string(out), log.String()}
		if i := slices.IndexFunc(shown, func(s string) bool {
			return strings.Contains(s, "sEcReT") || strings.Contains(s, "734563") || !strings.Contains(s, "ecret]") && !strings.Contains(s, "5b736563")
		}); i >= 0 {
			t.Errorf("%T shows itself as %s", v, shown[i])
		}
	}
}

func BenchmarkVerify(b *testing.B) {
	s := sessionSigning("s3")
	req := Request{Method: "GET", Path: "/bkt/key", RawQuery: "x-id=GetObject", Host: "127.0.0.1:8445", Header: http.Header{
		"Amz-Sdk-Invocation-Id": {"6f1c2b7e-0000-4000-8000-000000000000"}, "Accept-Encoding": {"identity"},
	}}
	header, err := Sign(req, s)
	if err != nil {
		b.Fatal(err)
	}
	req.Header = header
	cache := NewKeyCache(16)
	b.ReportAllocs()
	for b.Loop() {
		p, err := ReadProof(req, S3Rule())
		if err != nil {
			b.Fatal(err)
		}
		if err := p.Verify(cache.Key(s.Secret, p.Scope), s.At); err != nil {
			b.Fatal(err)
		}
	}
}
