package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

func complete(name string) string {
	return map[string]string{
		"STORAGE_ACCOUNT_URL": "https://acct.example.test", "STORAGE_CONTAINER": "files",
		"AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/r", "AWS_BUCKET": "b", "AWS_AUDIENCE": "api://a",
	}[name]
}

func TestSettings(t *testing.T) {
	s, err := readSettings(complete)
	if err != nil {
		t.Fatal(err)
	}
	if s.port != "8080" || s.probes || s.clientID != "" {
		t.Errorf("defaults: %+v", s)
	}
	for _, missing := range []string{"STORAGE_ACCOUNT_URL", "STORAGE_CONTAINER", "AWS_ROLE_ARN", "AWS_BUCKET", "AWS_AUDIENCE"} {
		_, err := readSettings(func(name string) string {
			if name == missing {
				return ""
			}
			return complete(name)
		})
		if err == nil || !strings.Contains(err.Error(), missing) {
			t.Errorf("without %s: %v", missing, err)
		}
	}
	_, err = readSettings(func(name string) string { return strings.Replace(complete(name), "https:", "http:", 1) })
	if err == nil {
		t.Error("a storage account over plain HTTP was accepted")
	}
}

// answer is a response as an SDK keeps it in its error.
func answer(status int, header http.Header, body string) *http.Response {
	return &http.Response{
		StatusCode: status, Header: header, Body: io.NopCloser(strings.NewReader(body)),
		Request: httptest.NewRequest(http.MethodGet, "https://h.example.test/acct/files?comp=list", nil),
	}
}

func TestRefusals(t *testing.T) {
	const id = "0193b7f2-7c00-8000-8000-000000000001"
	storage := http.Header{"X-Ms-Request-Id": {id}, "X-Ms-Error-Code": {"AuthorizationPermissionMismatch"}}
	sts := &awshttp.ResponseError{RequestID: id, ResponseError: &smithyhttp.ResponseError{
		Response: &smithyhttp.Response{Response: answer(403, nil, "")},
		Err:      &smithy.GenericAPIError{Code: "AccessDenied", Message: "Not authorized"},
	}}
	for _, tc := range []struct {
		name string
		err  error
		want Refusal
	}{
		{"managed identity", &azidentity.AuthenticationFailedError{
			RawResponse: answer(400, nil, `{"statusCode":400,"message":"no such identity (request id `+id+`)"}`),
		}, Refusal{
			Type: "azidentity.AuthenticationFailedError", Operation: "GetToken", Status: 400,
			Message: "no such identity (request id " + id + ")", RequestID: id,
		}},
		{"storage", runtime.NewResponseError(answer(403, storage,
			`<Error><Code>AuthorizationPermissionMismatch</Code><Message>Not allowed.`+"\nRequestId:x</Message></Error>")), Refusal{
			Type: "azcore.ResponseError", Operation: "GET /acct/files", Status: 403, Code: "AuthorizationPermissionMismatch",
			Message: "Not allowed.", RequestID: id,
		}},
		{"role", &smithy.OperationError{ServiceID: "S3", OperationName: "ListObjectsV2", Err: &smithy.OperationError{
			ServiceID: "STS", OperationName: "AssumeRoleWithWebIdentity", Err: sts,
		}}, Refusal{
			Type: "smithy.GenericAPIError", Operation: "STS AssumeRoleWithWebIdentity", Status: 403, Code: "AccessDenied",
			Message: "Not authorized", RequestID: id,
		}},
		{"no answer", context.DeadlineExceeded, Refusal{Type: "context.deadlineExceededError", Message: "context deadline exceeded"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := *refusalOf(tc.err); got != tc.want {
				t.Errorf("got  %+v\nwant %+v", got, tc.want)
			}
		})
	}
}

func TestPage(t *testing.T) {
	var out bytes.Buffer
	err := newSite(nil).page.Execute(&out, map[string]any{"Now": time.Unix(0, 0), "Listings": []Listing{
		{Store: "azure", Container: "files", Objects: []Object{{Name: "<b>.txt", Size: 2048}}, Proof: &Proof{Kind: "k"}},
		{Store: "aws", Container: "b", Refusal: &Refusal{Type: "T", Status: 403, Code: "AccessDenied", Message: "no", RequestID: "id-1"}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"&lt;b&gt;.txt", "2.0 KiB", "403 AccessDenied", "id-1", "color-scheme"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(out.String(), "<script") || strings.Contains(out.String(), "ZgotmplZ") {
		t.Error("the page has a script, or something that the template would not write")
	}
}

func TestProbesAreOffByDefault(t *testing.T) {
	for _, probes := range []bool{false, true} {
		w := httptest.NewRecorder()
		r := httptest.NewRequest(http.MethodPost, "/api/probe", strings.NewReader(`{"do":"nothing"}`))
		r.Header.Set("Content-Type", "application/json")
		handler(&clouds{}, settings{probes: probes}).ServeHTTP(w, r)
		if there := w.Code != http.StatusNotFound; there != probes {
			t.Errorf("with probes %t the answer is %d", probes, w.Code)
		}
	}
}

func TestClaims(t *testing.T) {
	// {"oid":"p","aud":"a","exp":1}
	if c := claimsOf("e30.eyJvaWQiOiJwIiwiYXVkIjoiYSIsImV4cCI6MX0.sig"); c == nil || c.PrincipalID != "p" || c.Audience != "a" {
		t.Errorf("got %+v", c)
	}
	for _, opaque := range []string{"", "a.b", "a.!.c", "e30.W10.x"} {
		if c := claimsOf(opaque); c != nil {
			t.Errorf("%q gave %+v", opaque, c)
		}
	}
}
