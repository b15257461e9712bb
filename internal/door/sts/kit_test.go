package sts_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/door/doortest"
)

// call is a Query request with these parameters.
func call(params url.Values) doortest.Request {
	return doortest.Request{
		Method: http.MethodPost, Target: "/", Body: params.Encode(),
		Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded; charset=utf-8"}},
	}
}

// assume are the parameters of AssumeRoleWithWebIdentity for a role of the cast.
func assume(role, token string) url.Values {
	return url.Values{
		"Action": {"AssumeRoleWithWebIdentity"}, "Version": {"2011-06-15"}, "RoleArn": {doortest.RoleARN(role)},
		"RoleSessionName": {"test"}, "WebIdentityToken": {token},
	}
}

// with gives the parameters with one set to other values.
func with(params url.Values, name string, values ...string) url.Values {
	changed := url.Values{name: values}
	for n, v := range params {
		if n != name {
			changed[n] = v
		}
	}
	return changed
}

// wantCode compares status and error code of an answer, and wants no credentials in it.
func wantCode(t *testing.T, w *doortest.World, rec *httptest.ResponseRecorder, status int, code string) {
	t.Helper()
	if rec.Code != status || !strings.Contains(rec.Body.String(), "<Code>"+code+"</Code>") {
		t.Errorf("got %d %s, want %d %s", rec.Code, rec.Body, status, code)
	}
	if strings.Contains(rec.Body.String(), "SecretAccessKey") || w.Ledger.Last().Outcome == audit.Issued {
		t.Errorf("a refusal came with credentials: %s", rec.Body)
	}
}
