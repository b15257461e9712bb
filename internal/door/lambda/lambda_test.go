package lambda_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/directory/workload"
	"github.com/lanyard-id/lanyard/internal/door/doortest"
	"github.com/lanyard-id/lanyard/internal/door/lambda"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/keyring/ringtest"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/store/memory"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web"
)

// ring is the one keyring of these tests: making keys takes time.
var ring ringtest.Shared

const (
	functions = "/2015-03-31/functions/"
	tail      = "/configuration"
)

// world is the door with a function that has no role and two callers: one who may change functions, and one who may pass a
// role to them besides.
type world struct {
	*doortest.World
	door http.Handler
	full error // what Room says
}

func serve(t *testing.T) *world {
	t.Helper()
	w := &world{World: doortest.New(t, ring.Ring(t, memory.New(), doortest.Start))}
	door, err := lambda.Door{
		Directory: w.Trying(), Authn: w.Authn, Audit: w.Ledger, Room: func() error { return w.full }, Now: w.Now,
	}.Mount(w.Config())
	if err != nil {
		t.Fatal(err)
	}
	w.door = door
	arn := func(text string) name.ARN {
		a, err := name.ParseARN(text)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	change := `{"Effect":"Allow","Action":"lambda:*","Resource":"arn:aws:lambda:us-east-2:111122223333:function:*"}`
	pass := `,{"Effect":"Allow","Action":"iam:PassRole","Resource":"arn:aws:iam::111122223333:role/for-*","Condition":{"StringEquals":{"iam:PassedToService":"lambda.amazonaws.com"}}}`
	for i, r := range []struct{ called, service, rights string }{
		{"changer", "lambda.amazonaws.com", change},
		{"passer", "lambda.amazonaws.com", change + pass},
		{"for-lambda", "lambda.amazonaws.com", change},
		{"for-ec2", "ec2.amazonaws.com", change},
	} {
		w.Write(&view.Role{
			ARN: arn(doortest.RoleARN(r.called)), UniqueID: "AROALAMBDA000000" + string(rune('0'+i)), Path: "/", Name: r.called, MaxSession: 3600,
			Trust:  `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"` + r.service + `"},"Action":"sts:AssumeRole"}}`,
			Inline: map[string]string{"rights": `{"Version":"2012-10-17","Statement":[` + r.rights + `]}`},
		})
	}
	w.Write(&view.AWSResource{ARN: arn("arn:aws:lambda:us-east-2:111122223333:function:fn"), UID: doortest.GUID(0xc00), Kind: "lambda:function"})
	return w
}

// ask sends a request of a session of the role.
func (w *world) ask(role, method, path, body string) *httptest.ResponseRecorder {
	return w.Do(w.door, w.Signed(doortest.Request{Method: method, Target: path, Body: body, Header: http.Header{}}, w.Signing(w.Session(role), "lambda")))
}

func (w *world) bind(role, wanted string) *httptest.ResponseRecorder {
	return w.ask(role, http.MethodPut, functions+"fn"+tail, `{"Role":"`+wanted+`"}`)
}

// TestBindNeedsPassRole: whoever may change a function reaches no role through it that it may not pass, and does not learn
// which roles there are.
func TestBindNeedsPassRole(t *testing.T) {
	w := serve(t)
	for _, tc := range []struct {
		caller, role string
		status       int
		why          fault.Reason
	}{
		{"denied", "for-lambda", 403, access.Denied},
		{"changer", "for-lambda", 403, access.Denied},
		{"changer", "for-nobody", 403, access.Denied},
		{"changer", "changer", 403, access.Denied},
		{"passer", "writer", 403, access.Denied},
		{"passer", "nobody", 403, access.Denied},
		{"passer", "for-nobody", 400, lambda.RoleMissing},
		{"passer", "for-ec2", 400, workload.RoleUntrusting},
	} {
		w.Refused(w.bind(tc.caller, doortest.RoleARN(tc.role)), tc.status, tc.why)
	}
	w.Refused(w.bind("passer", "arn:aws:iam::444455556666:role/for-lambda"), 403, access.Denied)
	if f, _ := w.View.AWSWorkload(doortest.GUID(0xc00)); f.Role != "" {
		t.Fatalf("the function has the role %s", f.Role)
	}
	rec := w.bind("passer", doortest.RoleARN("for-lambda"))
	var got map[string]string
	if err := json.Unmarshal(rec.Body.Bytes(), &got); rec.Code != 200 || err != nil || got["Role"] != doortest.RoleARN("for-lambda") || got["FunctionName"] != "fn" {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	if f, _ := w.View.AWSWorkload(doortest.GUID(0xc00)); f.Role != "AROALAMBDA0000002" {
		t.Errorf("the function has the role %q", f.Role)
	}
	last := w.Ledger.Last()
	if last.Outcome != audit.Changed || last.Decision == nil || last.Decision.Question.Action != "iam:PassRole" || last.Input["role"] != doortest.RoleARN("for-lambda") {
		t.Errorf("recorded %+v", last)
	}
	if rec := w.ask("changer", http.MethodGet, functions+"fn"+tail, ""); rec.Code != 200 || !strings.Contains(rec.Body.String(), doortest.RoleARN("for-lambda")) {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	w.full = fault.New(fault.Unavailable, "disk.full", "")
	w.Refused(w.bind("passer", doortest.RoleARN("for-lambda")), 503, "disk.full")
}

// TestARightThatIsLostMeanwhileIsNotUsed: the writer asks again by the state that it changes.
func TestARightThatIsLostMeanwhileIsNotUsed(t *testing.T) {
	w := serve(t)
	w.Meanwhile = func() { w.Write(w.Bare("passer")) }
	w.Refused(w.bind("passer", doortest.RoleARN("for-lambda")), 403, access.Denied)
	if f, _ := w.View.AWSWorkload(doortest.GUID(0xc00)); f.Role != "" {
		t.Errorf("the function has the role %s", f.Role)
	}
}

// TestWhichFunction: a name, an account's, an ARN, and nothing else; one of another account is none of the caller's.
func TestWhichFunction(t *testing.T) {
	w := serve(t)
	for path, status := range map[string]int{
		"fn": 200, "111122223333:function:fn": 200, "arn:aws:lambda:us-east-2:111122223333:function:fn": 200, "nobody": 404,
		"444455556666:function:fn": 403, "arn:aws:lambda:us-east-2:444455556666:function:fn": 403, "arn:aws:s3:::fn": 400,
		"fn:1": 400, "111122223333:function:fn:1": 400, "arn:aws:lambda:us-east-2:111122223333:function:fn:1": 404, "x:function:fn": 400, "f%20n": 400,
	} {
		if rec := w.ask("changer", http.MethodGet, functions+path+tail, ""); rec.Code != status {
			t.Errorf("%s: %d, want %d: %s", path, rec.Code, status, rec.Body)
		}
	}
	w.Refused(w.ask("changer", http.MethodGet, functions+"fn"+tail+"?Qualifier=1", ""), 400, lambda.BadFunction)
	w.Refused(w.ask("changer", http.MethodGet, functions+"nobody"+tail, ""), 404, directory.AWSResourceNotFound)
	w.Refused(w.ask("denied", http.MethodGet, functions+"nobody"+tail, ""), 403, access.Denied)
	if rec := w.ask("changer", http.MethodGet, functions+"fn"+tail, ""); rec.Header().Get("X-Amzn-Requestid") == "" {
		t.Error("no request id")
	}
	rec := w.ask("changer", http.MethodGet, functions+"nobody"+tail, "")
	if rec.Header().Get("X-Amzn-Errortype") != "ResourceNotFoundException" || !strings.Contains(rec.Body.String(), `"Message":"Function not found: arn:`) {
		t.Errorf("%v %s", rec.Header(), rec.Body)
	}
}

// TestOnlyTheRole: no other part of a function is passed over as if it were set.
func TestOnlyTheRole(t *testing.T) {
	w := serve(t)
	arn := doortest.RoleARN("for-lambda")
	for _, body := range []string{
		``, `{}`, `[]`, `{"Role":""}`, `{"Role":null}`, `{"Role":["` + arn + `"]}`, `{"role":"` + arn + `"}`, `{"Role":"` + arn + `","Timeout":3}`,
		`{"Role":"` + arn + `","Role":"` + arn + `"}`, `{"Role":"for-lambda"}`, `{"Role":"arn:aws:iam::111122223333:user/x"}`, `{"Role":"` + arn + `"} x`,
		`{"Role":"arn:aws:iam::111122223333:role/*"}`,
	} {
		rec := w.ask("passer", http.MethodPut, functions+"fn"+tail, body)
		if rec.Code != 400 && rec.Code != 403 {
			t.Errorf("%s: %d %s", body, rec.Code, rec.Body)
		}
	}
	if f, _ := w.View.AWSWorkload(doortest.GUID(0xc00)); f.Role != "" {
		t.Errorf("the function has the role %s", f.Role)
	}
	w.Refused(w.ask("changer", http.MethodGet, functions+"fn"+tail, "{}"), 400, lambda.BadRequest)
}

// TestSignedOnly: who signed the request is asked before anything else.
func TestSignedOnly(t *testing.T) {
	w := serve(t)
	req := doortest.Request{Target: functions + "fn" + tail, Header: http.Header{}}
	w.Refused(w.Do(w.door, req), 403, awswire.ReasonNoCredentials)
	w.Refused(w.Do(w.door, w.Signed(req, w.Signing(w.Session("changer"), "s3"))), 403, awswire.ReasonWrongScope)
	put := w.Signed(doortest.Request{Method: http.MethodPut, Target: functions + "fn" + tail, Body: `{"Role":"x"}`, Header: http.Header{}}, w.Signing(w.Session("passer"), "lambda"))
	put.Body = `{"Role":"y"}`
	rec := w.Do(w.door, put)
	if rec.Code != 403 || rec.Header().Get("X-Amzn-Errortype") != "InvalidSignatureException" {
		t.Errorf("%d %v %s", rec.Code, rec.Header(), rec.Body)
	}
	root := w.Do(w.door, w.Signed(doortest.Request{Method: http.MethodPut, Target: functions + "fn" + tail, Body: `{"Role":"` + doortest.RoleARN("for-lambda") + `"}`, Header: http.Header{}}, w.Signing(w.RootSession(doortest.Main()), "lambda")))
	if root.Code != 200 {
		t.Errorf("the root of the account: %d %s", root.Code, root.Body)
	}
}

// TestNotOffered: what Lambda has and this door has not is refused in Lambda's words, behind whichever door is first.
func TestNotOffered(t *testing.T) {
	w := serve(t)
	cfg := w.Config()
	cfg.Name, cfg.Dialect = "first", web.Plain{}
	first, err := web.New(cfg, nil)
	if err != nil {
		t.Fatal(err)
	}
	both, err := web.Join(first, w.door.(*web.Door))
	if err != nil {
		t.Fatal(err)
	}
	req := doortest.Request{Target: functions, Header: http.Header{}}
	rec := w.Do(both, w.Signed(req, w.Signing(w.Session("changer"), "lambda")))
	if rec.Code != 404 || rec.Header().Get("X-Amzn-Errortype") != "UnknownOperationException" || !strings.Contains(rec.Body.String(), `"Message":"Not offered here. Of Lambda there are `) {
		t.Errorf("%d %v %s", rec.Code, rec.Header(), rec.Body)
	}
	if rec := w.Do(both, req); rec.Header().Get("X-Amzn-Errortype") != "" {
		t.Errorf("a stranger's: %d %v %s", rec.Code, rec.Header(), rec.Body)
	}
}
