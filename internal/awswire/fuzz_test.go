package awswire

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// FuzzReadProof throws requests at everything that reads one: header and query form, paths, payload words. Whatever is
// accepted must hold what it says, and must never verify with a key that nobody signed with.
func FuzzReadProof(f *testing.F) {
	at := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	creds := Credentials{KeyID: "ASIAIOSFODNN7EXAMPLE", Secret: "secret", SessionToken: "token"}
	req := Request{Method: "GET", Path: "/b/k", Host: "127.0.0.1:8445", Header: http.Header{}, Secure: true}
	signing := Signing{Credentials: creds, Region: "us-east-2", Service: "s3", At: at}
	header, err := Sign(req, signing)
	if err != nil {
		f.Fatal(err)
	}
	query, err := Presign(req, signing, time.Hour)
	if err != nil {
		f.Fatal(err)
	}
	f.Add("/b/k", "", header.Get("Authorization"), header.Get("X-Amz-Date"), header.Get("X-Amz-Content-Sha256"))
	f.Add("/b/k", query, "", "", "")
	f.Add("/b/%2e%2e/k", "a=b&a=c&X-Amz-Algorithm=AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256 Credential=a/20261121/r/s3/aws4_request, SignedHeaders=host, Signature=00", "20261121T120000Z", "UNSIGNED-PAYLOAD")
	f.Add("b", "%zz", "AWS4-ECDSA-P256-SHA256 ", "x", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD")
	f.Fuzz(func(t *testing.T, path, query, authorization, date, payload string) {
		readParts(t, path, query, payload)
		h := http.Header{"X-Amz-Security-Token": {"token"}}
		for name, value := range map[string]string{"Authorization": authorization, "X-Amz-Date": date, "X-Amz-Content-Sha256": payload} {
			if value != "" {
				h[name] = []string{value}
			}
		}
		p, err := ReadProof(Request{Method: "GET", Path: path, RawQuery: query, Host: "127.0.0.1:8445", Header: h, Secure: true}, S3Rule())
		if err != nil {
			return
		}
		if p.KeyID == "" || p.Scope.Service != "s3" {
			t.Errorf("accepted a proof of %q for %q", p.KeyID, p.Scope.Service)
		}
		if p.Verify(NewSigningKey("a secret that nobody signed with", p.Scope), at) == nil {
			t.Error("a signature held that nobody made")
		}
	})
}

// readParts reads the parts of a request one by one.
func readParts(t *testing.T, path, query, payload string) {
	t.Helper()
	if got, err := DecodePath(path); err == nil {
		if again, err := url.PathUnescape(path); err != nil || again != got || !strings.HasPrefix(got, "/") {
			t.Errorf("the path %q is %q", path, got)
		}
	}
	if p, err := ParsePayload(payload); err == nil && p.String() != payload {
		t.Errorf("the payload %q became %q", payload, p)
	}
	if p, err := ParsePresigned(query); err == nil && (p.KeyID == "" || p.Expires < time.Second || p.Expires > MaxPresign) {
		t.Errorf("accepted %+v", p)
	}
	if f, err := DecodeQueryURL(query, QueryLimits()); err == nil && len(f.Unknown()) > QueryLimits().Params {
		t.Errorf("%d parameters were accepted", len(f.Unknown()))
	}
}
