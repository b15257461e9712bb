package query_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web"
	"github.com/lanyard-id/lanyard/internal/web/query"
)

// two is a listener of two services that share the name of an action.
func two(t *testing.T) http.Handler {
	t.Helper()
	service := func(name, version, namespace string, size int) query.Service {
		return query.Service{Name: name, Version: version, Namespace: namespace, MaxForm: size, Actions: []query.Action{{
			Name: "Ask", Permission: "none", Doc: "answers", Params: []string{"Names.member.N"},
			Do: func(c *query.Call) (func(*awswire.XML), error) {
				if c.Form.Value("Names.member.1") == "bad" {
					return nil, fault.New(fault.Denied, "access.denied", "no")
				}
				return func(x *awswire.XML) { x.Text("By", c.Event.Door) }, nil
			},
		}}}
	}
	l := query.Listener{View: func() *view.View { return nil }, Services: []query.Service{
		service("first", "2011-06-15", awswire.STSNamespace, 4096), service("second", "2010-05-08", awswire.IAMNamespace, 256),
	}}
	door, err := l.Mount(web.Config{IDs: func() string { return "id" }, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	return door
}

// TestVersionsTellServicesApart: each answers in its own namespace, refusals too, and under its own bound.
func TestVersionsTellServicesApart(t *testing.T) {
	h := two(t)
	for name, tc := range map[string]struct {
		form   string
		status int
		want   []string
	}{
		"first":            {"Action=Ask&Version=2011-06-15", 200, []string{awswire.STSNamespace, "<By>first</By>"}},
		"second":           {"Action=Ask&Version=2010-05-08", 200, []string{awswire.IAMNamespace, "<By>second</By>"}},
		"refusal":          {"Action=Ask&Version=2010-05-08&Names.member.1=bad", 403, []string{awswire.IAMNamespace, "<Code>AccessDenied<"}},
		"unknown version":  {"Action=Ask&Version=2012-01-01", 400, []string{awswire.STSNamespace, "<Code>InvalidAction<"}},
		"unknown action":   {"Action=ask&Version=2010-05-08", 400, []string{"<Code>InvalidAction<"}},
		"unknown param":    {"Action=Ask&Version=2010-05-08&names.member.1=x", 400, []string{awswire.IAMNamespace, "<Code>ValidationError<"}},
		"empty list":       {"Action=Ask&Version=2010-05-08&Names=", 200, []string{"<By>second</By>"}},
		"within the first": {"Action=Ask&Version=2011-06-15&Names.member.1=" + strings.Repeat("a", 300), 200, []string{"first"}},
		"beyond second":    {"Action=Ask&Version=2010-05-08&Names.member.1=" + strings.Repeat("a", 300), 400, []string{"<Code>MalformedQueryString<"}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, r := range []*http.Request{
				httptest.NewRequest(http.MethodPost, "/", strings.NewReader(tc.form)), httptest.NewRequest(http.MethodGet, "/?"+tc.form, nil),
			} {
				r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				rec := httptest.NewRecorder()
				h.ServeHTTP(rec, r)
				for _, want := range tc.want {
					if rec.Code != tc.status || !strings.Contains(rec.Body.String(), want) {
						t.Errorf("%s: %d %s, want %d with %s", r.Method, rec.Code, rec.Body, tc.status, want)
					}
				}
			}
		})
	}
}

// TestServicesThatSpeakJSON: AWS's clients are led here for services that have no door, and those of JSON read no XML.
func TestServicesThatSpeakJSON(t *testing.T) {
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader("{}"))
	r.Header.Set("Content-Type", "application/x-amz-json-1.1")
	r.Header.Set("X-Amz-Target", "Logs_20140328.DescribeLogGroups")
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=ASIAEXAMPLE/20260314/us-east-2/logs/aws4_request, SignedHeaders=host;x-amz-date, Signature="+strings.Repeat("0", 64))
	rec := httptest.NewRecorder()
	two(t).ServeHTTP(rec, r)
	want := `{"__type":"InvalidAction","message":"The service \"logs\" is not offered here. (request id id)"}` + "\n"
	if rec.Code != 400 || rec.Body.String() != want || rec.Header().Get("Content-Type") != "application/x-amz-json-1.1" {
		t.Errorf("%d %v %s", rec.Code, rec.Header(), rec.Body)
	}
}

// TestOneActionOnce: a table that names an action twice is refused at the start.
func TestOneActionOnce(t *testing.T) {
	twice := query.Action{Name: "Ask", Permission: "none", Doc: "x"}
	l := query.Listener{Services: []query.Service{{Name: "s", Version: "1", Actions: []query.Action{twice, twice}}}}
	if _, err := l.Mount(web.Config{}); err == nil {
		t.Error("accepted")
	}
}
