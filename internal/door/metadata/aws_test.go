package metadata_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/attest/resolve"
	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/azwire"
	"github.com/lanyard-id/lanyard/internal/credential"
	"github.com/lanyard-id/lanyard/internal/door/doortest"
	"github.com/lanyard-id/lanyard/internal/door/metadata"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/mint"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web"
)

// container is the request of an SDK with a token file.
func container(secret ...string) doortest.Request {
	return doortest.Request{Target: "/v1/credentials", Header: http.Header{"Authorization": secret}, Plain: true}
}

// instance is a read of instance metadata.
func instance(workload, path, token string) doortest.Request {
	return doortest.Request{
		Target: "/launch/" + doortest.Secret(workload) + "/latest" + path, Header: http.Header{"X-Aws-Ec2-Metadata-Token": {token}}, Plain: true,
	}
}

// tokenRequest is the request for a token of instance metadata.
func tokenRequest(workload string, life ...string) doortest.Request {
	return doortest.Request{
		Method: http.MethodPut, Target: "/launch/" + doortest.Secret(workload) + "/latest/api/token", Plain: true,
		Header: http.Header{"X-Aws-Ec2-Metadata-Token-Ttl-Seconds": life},
	}
}

// hostToken gets a token of instance metadata.
func hostToken(t *testing.T, w *doortest.World, h http.Handler, workload string) string {
	t.Helper()
	rec := w.Do(h, tokenRequest(workload, "21600"))
	if rec.Code != http.StatusOK || rec.Header().Get("X-Aws-Ec2-Metadata-Token-Ttl-Seconds") != "21600" {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	return rec.Body.String()
}

// keys are the credentials of either endpoint.
type keys struct {
	Code, AccessKeyID, SecretAccessKey, Token, Expiration, AccountID, RoleARN string
}

// issued wants credentials that open as a session of the role.
func issued(t *testing.T, w *doortest.World, h http.Handler, req doortest.Request, role string) keys {
	t.Helper()
	rec := w.Do(h, req)
	var k keys
	if err := json.Unmarshal(rec.Body.Bytes(), &k); rec.Code != http.StatusOK || err != nil || k.Token == "" {
		t.Fatalf("%d, %v: %s", rec.Code, err, rec.Body)
	}
	session, err := credential.OpenSession(w.Keys, k.AccessKeyID, k.Token)
	if err != nil || session.Secret.Reveal() != k.SecretAccessKey || session.Expires.UTC().Format(time.RFC3339) != k.Expiration {
		t.Fatalf("%+v, %v", session, err)
	}
	if of, err := session.Live(w.Current(), w.Now()); err != nil || of.Name != role {
		t.Errorf("a session of %+v, %v", of, err)
	}
	if last := w.Ledger.Last(); last.Outcome == audit.Issued && last.Resource != doortest.RoleARN(role) {
		t.Errorf("the record is about %s", last.Resource)
	}
	return k
}

// TestContainerCredentials: the workload's role and no other, by the secret in the header.
func TestContainerCredentials(t *testing.T) {
	w, h := serve(t)
	for _, workload := range []string{"fn", "vm", "task"} {
		k := issued(t, w, h, container(doortest.Secret(workload)), "of-"+workload)
		if k.RoleARN != doortest.RoleARN("of-"+workload) || k.AccountID != doortest.Main().String() {
			t.Errorf("%s: %+v", workload, k)
		}
		if again := issued(t, w, h, container(doortest.Secret(workload)), "of-"+workload); again.AccessKeyID != k.AccessKeyID {
			t.Errorf("%s: made twice", workload)
		}
	}
	for workload, why := range map[string]fault.Reason{"naked": metadata.NoRole, "function": metadata.NoRole, "operator": metadata.NoRole} {
		w.Refused(w.Do(h, container(doortest.Secret(workload))), http.StatusNotFound, why)
	}
	w.Refused(w.Do(h, container(doortest.Secret("distrusted"))), http.StatusForbidden, access.Denied)
	if d := w.Ledger.Last().Decision; d == nil || d.Question.Principal != "ec2.amazonaws.com" || len(d.Nearest) == 0 {
		t.Errorf("the record does not say why: %+v", d)
	}
}

// TestM10ContainerSecret: never without the secret, and with it once. Clients whose token file is not readable ask again
// without any header.
func TestM10ContainerSecret(t *testing.T) {
	w, h := serve(t)
	good := doortest.Secret("fn")
	for what, tc := range map[string]struct {
		headers []string
		why     fault.Reason
	}{
		"absent": {nil, resolve.NoProof}, "empty": {[]string{""}, resolve.NoProof}, "twice": {[]string{good, good}, resolve.NoProof},
		"another": {[]string{"guess"}, resolve.UnknownProof}, "longer": {[]string{good + "x"}, resolve.UnknownProof},
		"bearer": {[]string{"Bearer " + good}, resolve.UnknownProof}, "upper": {[]string{strings.ToUpper(good)}, resolve.UnknownProof},
		"hash": {[]string{resolve.HashSecret(good)}, resolve.UnknownProof},
	} {
		t.Run(what, func(t *testing.T) {
			before := w.Ledger.Len()
			w.Refused(w.Do(h, container(tc.headers...)), http.StatusUnauthorized, tc.why)
			if w.Ledger.Len() != before+1 {
				t.Error("there is no record")
			}
		})
	}
	w.Refused(w.Do(h, doortest.Request{Method: http.MethodPost, Target: "/v1/credentials", Header: http.Header{"Authorization": {good}}, Plain: true}),
		http.StatusMethodNotAllowed, web.MethodNotAllowed)
	w.Pass(25 * time.Hour)
	w.Refused(w.Do(h, container(good)), http.StatusUnauthorized, resolve.RuleExpired)
}

func TestM02ForwardedToAWS(t *testing.T) {
	w, h := serve(t)
	token := hostToken(t, w, h, "vm")
	for _, header := range []string{"X-Forwarded-For", "Forwarded", "Via", "X_Forwarded_For", "X-Real-IP", "X-Original-Forwarded-For"} {
		for _, req := range []doortest.Request{
			container(doortest.Secret("fn")), tokenRequest("vm", "60"), instance("vm", "/meta-data/iam/security-credentials/of-vm", token),
		} {
			req.Header.Set(header, "127.0.0.1")
			w.Refused(w.Do(h, req), http.StatusForbidden, azwire.ReasonMetadataForwarded)
		}
	}
}

// TestM01ReadsNeedAToken: version 1 is not answered, with or without the proof of which workload calls.
func TestM01ReadsNeedAToken(t *testing.T) {
	w, h := serve(t)
	token := hostToken(t, w, h, "vm")
	for _, path := range []string{
		"/meta-data/iam/security-credentials/", "/meta-data/iam/security-credentials/of-vm", "/meta-data/iam/info", "/meta-data/instance-id",
		"/dynamic/instance-identity/document", "/user-data", "/meta-data/placement/region",
	} {
		for what, tokens := range map[string][]string{
			"none": nil, "empty": {""}, "twice": {token, token}, "changed": {"B" + token[1:]}, "another's": {hostToken(t, w, h, "distrusted")},
		} {
			req := instance("vm", path, "")
			req.Header = http.Header{"X-Aws-Ec2-Metadata-Token": tokens}
			rec := w.Do(h, req)
			if w.Refused(rec, http.StatusUnauthorized, metadata.NoHostToken); strings.Contains(rec.Body.String(), "SecretAccessKey") {
				t.Errorf("%s with %s: %s", path, what, rec.Body)
			}
		}
		w.Refused(w.Do(h, doortest.Request{Target: "/latest" + path, Plain: true}), http.StatusUnauthorized, resolve.NoProof)
		w.Refused(w.Do(h, doortest.Request{Target: "/latest" + path, Header: http.Header{"X-Aws-Ec2-Metadata-Token": {token}}, Plain: true}),
			http.StatusUnauthorized, resolve.NoProof)
	}
	w.Refused(w.Do(h, doortest.Request{
		Method: http.MethodPut, Target: "/latest/api/token", Header: http.Header{"X-Aws-Ec2-Metadata-Token-Ttl-Seconds": {"60"}}, Plain: true,
	}), http.StatusUnauthorized, resolve.NoProof)
	req := instance("vm", "/meta-data/iam/security-credentials/of-vm", token)
	req.Target = strings.Replace(req.Target, doortest.Secret("vm"), "guess", 1)
	w.Refused(w.Do(h, req), http.StatusUnauthorized, resolve.UnknownProof)
	w.Pass(6*time.Hour + time.Second)
	w.Refused(w.Do(h, instance("vm", "/meta-data/instance-id", token)), http.StatusUnauthorized, metadata.NoHostToken)
}

func TestInstanceTokenLife(t *testing.T) {
	w, h := serve(t)
	for _, life := range [][]string{
		nil, {""}, {"0"}, {"-1"}, {"21601"}, {"65537"}, {"1e3"}, {"+60"}, {"060"}, {"60.0"}, {" 60s"}, {"60", "60"}, {"99999999999999999999"},
	} {
		rec := w.Do(h, tokenRequest("vm", life...))
		if w.Refused(rec, http.StatusBadRequest, metadata.HostTokenLife); rec.Header().Get("X-Aws-Ec2-Metadata-Token-Ttl-Seconds") != "" {
			t.Errorf("%q is told again", life)
		}
	}
	for _, workload := range []string{"fn", "task", "function", "operator"} {
		w.Refused(w.Do(h, tokenRequest(workload, "60")), http.StatusNotFound, metadata.NotAnInstance)
	}
}

// TestInstanceMetadata is what an instance reads with its token.
func TestInstanceMetadata(t *testing.T) {
	w, h := serve(t)
	token := hostToken(t, w, h, "vm")
	for path, want := range map[string]string{
		"/meta-data/iam/security-credentials/": "of-vm", "/meta-data/iam/security-credentials": "of-vm", "/meta-data/instance-id": "vm",
		"/meta-data/placement/region": "us-east-2", "/meta-data/placement/availability-zone": "us-east-2a", "/meta-data/placement/availability-zone/": "us-east-2a",
		"/dynamic/instance-identity/document": `{"accountId":"111122223333","availabilityZone":"us-east-2a","instanceId":"vm","region":"us-east-2","version":"2017-09-30"}` + "\n",
	} {
		if rec := w.Do(h, instance("vm", path, token)); rec.Code != http.StatusOK || rec.Body.String() != want {
			t.Errorf("%s: %d %q", path, rec.Code, rec.Body)
		}
	}
	k := issued(t, w, h, instance("vm", "/meta-data/iam/security-credentials/of-vm", token), "of-vm")
	if k.Code != "Success" {
		t.Errorf("%+v", k)
	}
	if same := issued(t, w, h, container(doortest.Secret("vm")), "of-vm"); same.AccessKeyID != k.AccessKeyID {
		t.Error("the two endpoints give two sessions")
	}
	for _, path := range []string{
		"/meta-data/iam/security-credentials/of-fn", "/meta-data/iam/security-credentials/OF-VM", "/meta-data/iam/info", "/user-data",
		"/dynamic/instance-identity/pkcs7", "/meta-data/",
	} {
		w.Refused(w.Do(h, instance("vm", path, token)), http.StatusNotFound, web.NoRoute)
	}
	distrusted := hostToken(t, w, h, "distrusted")
	rec := w.Do(h, instance("distrusted", "/meta-data/iam/security-credentials/of-distrusted", distrusted))
	if rec.Code != http.StatusOK || !strings.Contains(rec.Body.String(), `"Code":"AssumeRoleUnauthorizedAccess"`) || strings.Contains(rec.Body.String(), "AccessKeyId") {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	if last := w.Ledger.Last(); last.Outcome != audit.Refused || last.Reason != access.Denied {
		t.Errorf("the record: %+v", last)
	}
}

// TestM06OtherSpellings: no spelling of the path is less guarded.
func TestM06OtherSpellings(t *testing.T) {
	w, h := serve(t)
	for _, path := range []string{
		"/latest/meta-data/iam/security-credentials//of-vm", "/latest//meta-data/iam/security-credentials/of-vm", "//latest/meta-data/",
		`/latest\meta-data/`, "/latest/meta-data/iam/security-credentials/of-vm/..", "/latest/%2e%2e/latest/meta-data", "/LATEST/meta-data/x",
		"/2021-07-15/meta-data/iam/security-credentials/of-vm", "/v1/credentials/", "/V1/credentials", "/v1//credentials", "/latest",
		"/launch/latest/meta-data/x", "/v1/credentials;x", "/v1%2fcredentials",
	} {
		rec := w.Do(h, doortest.Request{Target: path, Header: http.Header{"Authorization": {doortest.Secret("vm")}}, Plain: true})
		if rec.Code < 400 || rec.Code >= 500 || strings.Contains(rec.Body.String(), "SecretAccessKey") {
			t.Errorf("%s: %d %s", path, rec.Code, rec.Body)
		}
	}
}

// TestRecreatedInheritsNothing: neither a role nor a workload hands anything to who takes its name.
func TestRecreatedInheritsNothing(t *testing.T) {
	w, h := serve(t)
	issued(t, w, h, container(doortest.Secret("fn")), "of-fn")
	role := find(t, w, "of-fn")
	second := *role
	second.UniqueID = "AROASECOND0000001"
	w.Delete(role)
	w.Refused(w.Do(h, container(doortest.Secret("fn"))), http.StatusNotFound, metadata.RoleDeleted)
	w.Write(&second)
	w.Refused(w.Do(h, container(doortest.Secret("fn"))), http.StatusNotFound, metadata.RoleDeleted)

	var task *view.AWSResource
	for r := range w.View.AWSResources() {
		if r.Name() == "task" {
			task = r
		}
	}
	issued(t, w, h, container(doortest.Secret("task")), "of-task")
	again := *task
	again.UID, again.Role = name.NewGUID(), ""
	w.Delete(task)
	w.Refused(w.Do(h, container(doortest.Secret("task"))), http.StatusNotFound, resolve.WorkloadGone)
	w.Write(&again)
	w.Refused(w.Do(h, container(doortest.Secret("task"))), http.StatusNotFound, resolve.WorkloadGone)
}

// TestTrustIsReadAtEachIssue: a role that stops trusting the service gives nothing more, cached or not.
func TestTrustIsReadAtEachIssue(t *testing.T) {
	w, h := serve(t)
	issued(t, w, h, container(doortest.Secret("fn")), "of-fn")
	closed := *find(t, w, "of-fn")
	closed.Trust = strings.Replace(closed.Trust, "lambda.amazonaws.com", "ec2.amazonaws.com", 1)
	w.Write(&closed)
	w.Refused(w.Do(h, container(doortest.Secret("fn"))), http.StatusForbidden, access.Denied)
}

// TestNoTokenForAWSWorkloads: a workload in AWS's words has no identity in a tenant, and gets none.
func TestNoTokenForAWSWorkloads(t *testing.T) {
	w, h := serve(t)
	w.Refused(w.Do(h, appService(doortest.Secret("fn"), "")), http.StatusBadRequest, mint.NoIdentity)
	w.Refused(w.Do(h, imds("vm", "api-version=2018-02-01&"+storage)), http.StatusBadRequest, mint.NoIdentity)
}

func find(t *testing.T, w *doortest.World, role string) *view.Role {
	t.Helper()
	r, ok := w.View.RoleNamed(doortest.Main(), role)
	if !ok {
		t.Fatalf("there is no role %s", role)
	}
	return r
}
