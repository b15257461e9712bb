package sts_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/door/doortest"
	"github.com/lanyard-id/lanyard/internal/door/sts"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/federation"
	"github.com/lanyard-id/lanyard/internal/mint"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web/query"
)

// TestJ01ForgedTokens: no token without a signature of the issuer's own key is an identity.
func TestJ01ForgedTokens(t *testing.T) {
	w, h := serve(t)
	good := w.Token("function", doortest.AWSAudience)
	if rec := w.Do(h, call(assume("reader", good))); rec.Code != http.StatusOK {
		t.Fatalf("the token itself: %d %s", rec.Code, rec.Body)
	}
	for name, token := range w.Forgeries(good) {
		t.Run(name, func(t *testing.T) {
			code := "InvalidIdentityToken"
			if len(token) > federation.MaxAssertion {
				code = "ValidationError"
			}
			wantCode(t, w, w.Do(h, call(assume("reader", token))), http.StatusBadRequest, code)
		})
	}
}

func TestJ19Audiences(t *testing.T) {
	w, h := serve(t)
	good := w.Token("function", doortest.AWSAudience)
	for name, token := range w.BadAudiences(good, doortest.AWSAudience) {
		t.Run(name, func(t *testing.T) {
			wantCode(t, w, w.Do(h, call(assume("reader", token))), http.StatusBadRequest, "InvalidIdentityToken")
		})
	}
	w.Refused(w.Do(h, call(assume("reader", w.Token("function", doortest.StorageAudience)))), http.StatusBadRequest, federation.AudienceMismatch)
}

func TestTokenTimes(t *testing.T) {
	w, h := serve(t)
	token := w.Token("function", doortest.AWSAudience)
	w.Pass(3 * time.Hour)
	wantCode(t, w, w.Do(h, call(assume("reader", token))), http.StatusBadRequest, "ExpiredTokenException")
	w.Pass(-4 * time.Hour)
	w.Refused(w.Do(h, call(assume("reader", token))), http.StatusBadRequest, federation.NotYet)
}

// TestIdentityDeletedOrRevoked: a token that is still good on paper assumes nothing.
func TestIdentityDeletedOrRevoked(t *testing.T) {
	w, h := serve(t)
	token := w.Token("function", doortest.AWSAudience)
	function := *w.Workload("function").Resource
	revoked := *function.System
	revoked.RevokedAt = w.View.Rev() + 1
	function.System = &revoked
	w.Write(&function)
	w.Refused(w.Do(h, call(assume("reader", token))), http.StatusBadRequest, federation.Revoked)
	w.Delete(&function)
	w.Refused(w.Do(h, call(assume("reader", token))), http.StatusBadRequest, federation.Revoked)
}

// TestP06ParameterNames: a name in another case is another name, and an unknown one is refused.
func TestP06ParameterNames(t *testing.T) {
	w, h := serve(t)
	good := assume("reader", w.Token("function", doortest.AWSAudience))
	for _, name := range []string{
		"rolearn", "ROLEARN", "RoleARN", "roleSessionName", "durationSeconds", "policy", "Tags.member.1.Key", "ExternalId", "SourceIdentity",
		"RoleArn.", "RoleArn.member.1", "PolicyArns.member.1.Arn", "X",
	} {
		t.Run(name, func(t *testing.T) {
			w.Refused(w.Do(h, call(with(good, name, "x"))), http.StatusBadRequest, query.Validation)
		})
	}
	for name, tc := range map[string]struct {
		req  doortest.Request
		want fault.Reason
	}{
		"twice":              {call(with(good, "RoleArn", doortest.RoleARN("reader"), doortest.RoleARN("writer"))), awswire.ReasonRepeatedParameter},
		"action twice":       {call(with(good, "Action", "AssumeRoleWithWebIdentity", "GetCallerIdentity")), awswire.ReasonRepeatedParameter},
		"action in case":     {call(with(good, "Action", "assumerolewithwebidentity")), query.InvalidAction},
		"other version":      {call(with(good, "Version", "2010-05-08")), query.InvalidAction},
		"no version":         {call(with(good, "Version")), query.InvalidAction},
		"too many":           {bodied(good, strings.Repeat("&a=b", 3000)), awswire.ReasonFormTooLarge},
		"bad escape":         {bodied(good, "&Policy=%zz"), awswire.ReasonMalformedForm},
		"parameter in query": {inQuery(good, "/?RoleArn="+url.QueryEscape(doortest.RoleARN("writer"))), query.Validation},
		"another path":       {inQuery(good, "/x"), query.InvalidAction},
	} {
		t.Run(name, func(t *testing.T) { w.Refused(w.Do(h, tc.req), http.StatusBadRequest, tc.want) })
	}
	plain := call(good)
	plain.Header.Set("Content-Type", "application/json")
	w.Refused(w.Do(h, plain), http.StatusBadRequest, query.Validation)
}

func bodied(params url.Values, more string) doortest.Request {
	req := call(params)
	req.Body += more
	return req
}

func inQuery(params url.Values, target string) doortest.Request {
	req := call(params)
	req.Target = target
	return req
}

// TestVector08MissingRoleLooksRefused: one answer for a role that does not trust the caller and one that is not there.
func TestVector08MissingRoleLooksRefused(t *testing.T) {
	w, h := serve(t)
	token := w.Token("function", doortest.AWSAudience)
	refused := w.Do(h, call(assume("untrusting", token)))
	w.Refused(refused, http.StatusForbidden, access.Denied)
	missing := w.Do(h, call(assume("nothing", token)))
	w.Refused(missing, http.StatusForbidden, access.Denied)
	if refused.Body.String() != missing.Body.String() {
		t.Errorf("they differ:\n%s\n%s", refused.Body, missing.Body)
	}
	long := with(assume("nothing", token), "DurationSeconds", "43200")
	if rec := w.Do(h, call(long)); rec.Body.String() != missing.Body.String() {
		t.Errorf("a duration tells that there is no role: %s", rec.Body)
	}
	wantCode(t, w, refused, http.StatusForbidden, "AccessDenied")
	for _, secret := range []string{"oidc-provider", doortest.GUID(0xdead).String(), "trust"} {
		if strings.Contains(refused.Body.String(), secret) {
			t.Errorf("the refusal tells %s: %s", secret, refused.Body)
		}
	}
}

// TestVector32GetCallerIdentityNeedsNoRight: even an explicit deny of everything does not stop it.
func TestVector32GetCallerIdentityNeedsNoRight(t *testing.T) {
	w, h := serve(t)
	who := call(url.Values{"Action": {"GetCallerIdentity"}, "Version": {"2011-06-15"}})
	rec := w.Do(h, w.Signed(who, w.Signing(w.Session("denied"), "sts")))
	if rec.Code != http.StatusOK || !strings.Contains(rec.Body.String(), "assumed-role/denied/test</Arn>") {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	w.Refused(w.Do(h, who), http.StatusForbidden, awswire.ReasonNoCredentials)
	w.Refused(w.Do(h, w.Signed(who, w.Signing(w.Session("denied"), "s3"))), http.StatusForbidden, awswire.ReasonWrongScope)
	changed := w.Signed(who, w.Signing(w.Session("denied"), "sts"))
	changed.Body = "Action=GetCallerIdentity&Version=2011-06-1"
	rec = w.Do(h, changed)
	wantCode(t, w, rec, http.StatusBadRequest, "InvalidAction")
	changed.Body = "Version=2011-06-15&Action=GetCallerIdentity"
	w.Refused(w.Do(h, changed), http.StatusForbidden, awswire.ReasonBadSignature)
	get := doortest.Request{Target: "/?Action=GetCallerIdentity&Version=2011-06-15"}
	if rec := w.Do(h, w.Signed(get, w.Signing(w.Session("denied"), "sts"))); rec.Code != http.StatusOK {
		t.Errorf("as a GET: %d %s", rec.Code, rec.Body)
	}
}

// TestVector33Duration: a longer session than the role allows is refused and never clipped.
func TestVector33Duration(t *testing.T) {
	w, h := serve(t)
	good := assume("reader", w.Token("function", doortest.AWSAudience))
	w.Refused(w.Do(h, call(with(good, "DurationSeconds", "3601"))), http.StatusBadRequest, mint.DurationTooLong)
	for _, seconds := range []string{"899", "43201", "-1", "1e3", "3600.0", "0x384", "99999999999999999999"} {
		w.Refused(w.Do(h, call(with(good, "DurationSeconds", seconds))), http.StatusBadRequest, query.Validation)
	}
	rec := w.Do(h, call(with(good, "DurationSeconds", "900")))
	if want := w.Now().Add(15 * time.Minute).Format("2006-01-02T15:04:05Z"); !strings.Contains(rec.Body.String(), "<Expiration>"+want) {
		t.Errorf("900 seconds: %s", rec.Body)
	}
}

// TestVector39IssuerIsExact: two providers of one account, of whose URLs one begins with the other. A token of the first is
// no token of the second.
func TestVector39IssuerIsExact(t *testing.T) {
	w, h := serve(t)
	token := w.Token("function", doortest.AWSAudience)
	if rec := w.Do(h, call(assume("reader", token))); rec.Code != http.StatusOK {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	w.Refused(w.Do(h, call(assume("second", token))), http.StatusForbidden, access.Denied)
	v1, v2 := doortest.Issuers(doortest.North())
	claims := w.ClaimsOf(token)
	for _, issuer := range []string{v1 + "v2", v1[:len(v1)-1], v1 + "v2.0/", v2 + "/", strings.ToUpper(v1), v1 + "x", "https://127.0.0.1:8443/"} {
		claims["iss"] = issuer
		wantCode(t, w, w.Do(h, call(assume("reader", w.Sign(claims)))), http.StatusBadRequest, "InvalidIdentityToken")
	}
	claims["iss"] = v2
	w.Refused(w.Do(h, call(assume("reader", w.Sign(claims)))), http.StatusForbidden, access.Denied)
	if rec := w.Do(h, call(assume("second", w.Sign(claims)))); rec.Code != http.StatusOK {
		t.Errorf("the second issuer's own role: %d %s", rec.Code, rec.Body)
	}
}

// TestF11OtherTenantsToken: an account that knows only North's issuer takes no token of South.
func TestF11OtherTenantsToken(t *testing.T) {
	w, h := serve(t)
	token := w.Token("stranger", doortest.AWSAudience)
	rec := w.Do(h, call(assume("reader", token)))
	w.Refused(rec, http.StatusBadRequest, sts.InvalidIdentityToken)
	wantCode(t, w, rec, http.StatusBadRequest, "InvalidIdentityToken")
	record := w.Ledger.Last()
	if record.Account != doortest.Main() || record.Resource != doortest.RoleARN("reader") || record.Principal.ID != doortest.GUID(doortest.StrangerID).String() {
		t.Errorf("the record must show where it was tried, and by whom: %+v", record)
	}
	claims := w.ClaimsOf(token) // the right issuer's name on the wrong tenant's identity
	claims["iss"], _ = doortest.Issuers(doortest.North())
	w.Refused(w.Do(h, call(assume("reader", w.Sign(claims)))), http.StatusBadRequest, federation.Revoked)
}

// TestConstraints covers the parameters that a session is made from.
func TestConstraints(t *testing.T) {
	w, h := serve(t)
	good := assume("reader", w.Token("function", doortest.AWSAudience))
	for name, params := range map[string]url.Values{
		"no role":               with(good, "RoleArn"),
		"role of no account":    with(good, "RoleArn", "arn:aws:iam:::role/reader"),
		"not a role":            with(good, "RoleArn", "arn:aws:iam::111122223333:user/reader"),
		"pattern":               with(good, "RoleArn", "arn:aws:iam::*:role/reader"),
		"session name short":    with(good, "RoleSessionName", "x"),
		"session name long":     with(good, "RoleSessionName", strings.Repeat("x", 65)),
		"session name path":     with(good, "RoleSessionName", "a/b"),
		"session name unicode":  with(good, "RoleSessionName", "\u212aelvin"),
		"token too long":        with(good, "WebIdentityToken", strings.Repeat("a", federation.MaxAssertion+1)),
		"no token":              with(good, "WebIdentityToken"),
		"provider of old times": with(good, "ProviderId", "www.amazon.com"),
		"managed session":       with(good, "PolicyArns.member.1.arn", "arn:aws:iam::aws:policy/ReadOnlyAccess"),
		"policy too long":       with(good, "Policy", strings.Repeat(" ", 2049)),
	} {
		t.Run(name, func(t *testing.T) { w.Refused(w.Do(h, call(params)), http.StatusBadRequest, query.Validation) })
	}
	rec := w.Do(h, call(with(good, "Policy", `{"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Principal":"*"}}`)))
	wantCode(t, w, rec, http.StatusBadRequest, "MalformedPolicyDocument")
	spaced := with(good, "WebIdentityToken", good.Get("WebIdentityToken")+"\n")
	if rec := w.Do(h, call(spaced)); rec.Code != http.StatusOK {
		t.Errorf("the line end of the token's file: %d %s", rec.Code, rec.Body)
	}
}

// TestHeldAfterRestore: nothing is issued until an operator confirms, and the answer says who must do what.
func TestHeldAfterRestore(t *testing.T) {
	w, h := serve(t)
	token := w.Token("function", doortest.AWSAudience)
	held := *w.View.Installation()
	held.Held = true
	w.Write(&held)
	w.Refused(w.Do(h, call(assume("reader", token))), http.StatusServiceUnavailable, mint.Held)
}

// TestVector19SessionEndsWithItsRole: a role that was deleted and made again under its name is another one.
func TestVector19SessionEndsWithItsRole(t *testing.T) {
	w, h := serve(t)
	session := w.Session("reader")
	who := call(url.Values{"Action": {"GetCallerIdentity"}, "Version": {"2011-06-15"}})
	var reader *view.Role
	for r := range w.View.Roles(doortest.Main()) {
		if r.Name == "reader" {
			reader = r
		}
	}
	again := *reader
	again.UniqueID = "AROAANOTHER00001"
	w.Write(&again)
	rec := w.Do(h, w.Signed(who, w.Signing(session, "sts")))
	wantCode(t, w, rec, http.StatusForbidden, "InvalidClientTokenId")
}

// TestJ13ClaimsThatDifferInCase: a token whose claims are one key to the trust policy opens no role, whatever they say.
func TestJ13ClaimsThatDifferInCase(t *testing.T) {
	w, h := serve(t)
	claims := w.ClaimsOf(w.Token("function", doortest.AWSAudience))
	claims["environment"] = "dev"
	if rec := w.Do(h, call(assume("reader", w.Sign(claims)))); rec.Code != http.StatusOK {
		t.Fatalf("one claim: %d %s", rec.Code, rec.Body)
	}
	claims["Environment"] = "prod"
	w.Refused(w.Do(h, call(assume("reader", w.Sign(claims)))), http.StatusBadRequest, sts.InvalidIdentityToken)
}
