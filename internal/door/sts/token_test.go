package sts_test

import (
	"encoding/json"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/credential"
	"github.com/lanyard-id/lanyard/internal/door/doortest"
	"github.com/lanyard-id/lanyard/internal/door/sts"
	"github.com/lanyard-id/lanyard/internal/federation"
	"github.com/lanyard-id/lanyard/internal/mint"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web/query"
)

// op are the parameters of an operation, the others in pairs.
func op(action string, more ...string) url.Values {
	params := url.Values{"Action": {action}, "Version": {"2011-06-15"}}
	for i := 0; i < len(more); i += 2 {
		params.Set(more[i], more[i+1])
	}
	return params
}

// result gives the text of an element of an answer.
func result(t *testing.T, rec *httptest.ResponseRecorder, element string) string {
	t.Helper()
	m := regexp.MustCompile("<" + element + ">([^<]*)<").FindStringSubmatch(rec.Body.String())
	if rec.Code != http.StatusOK || m == nil {
		t.Fatalf("%d, no %s: %s", rec.Code, element, rec.Body)
	}
	return html.UnescapeString(m[1])
}

// TestSessionsMakeNoOthers: of the sessions that there are, only the root of an account gets one of its own account, for an
// hour and not longer than the one that asks; what it gets gets no further.
func TestSessionsMakeNoOthers(t *testing.T) {
	w, h := serve(t)
	root := w.RootSession(doortest.Main())
	w.Pass(50 * time.Minute)
	again := as(w, h, root, op("GetSessionToken", "DurationSeconds", "129600"))
	s, _ := opened(t, w, issued(t, again))
	if s.Kind != credential.SessionToken || !s.Expires.Equal(root.Expires) {
		t.Errorf("%q until %s, the root's ends at %s", s.Kind, s.Expires, root.Expires)
	}
	user := as(w, h, root, op("GetFederationToken", "Name", "bob", "Policy", `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`))
	for element, want := range map[string]string{
		"FederatedUserId": "111122223333:bob", "Arn": "arn:aws:sts::111122223333:federated-user/bob",
	} {
		if got := result(t, user, element); got != want {
			t.Errorf("%s is %s, want %s", element, got, want)
		}
	}
	if bob, _ := opened(t, w, issued(t, user)); !bob.Expires.Equal(root.Expires) {
		t.Errorf("the federated user's session ends at %s, the root's at %s", bob.Expires, root.Expires)
	}
	for what, caller := range map[string]mint.IssuedSession{
		"role": w.Session("first"), "session token": issued(t, again), "federated user": issued(t, user), "restricted (vector 10)": w.Session("first", `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`),
	} {
		t.Run(what, func(t *testing.T) {
			for _, params := range []url.Values{
				op("GetSessionToken"), op("GetFederationToken", "Name", "eve"), op("AssumeRole", "RoleArn", doortest.RoleARN("shut2"), "RoleSessionName", "xx"),
			} {
				w.Refused(as(w, h, caller, params), http.StatusForbidden, access.Denied)
			}
			if rec := as(w, h, caller, op("GetCallerIdentity")); rec.Code != http.StatusOK {
				t.Errorf("its own name: %d %s", rec.Code, rec.Body)
			}
		})
	}
	for _, params := range []url.Values{
		op("GetAccessKeyInfo", "AccessKeyId", root.KeyID), op("DecodeAuthorizationMessage", "EncodedMessage", "x"),
		op("GetWebIdentityToken", "Audience.member.1", "x", "SigningAlgorithm", "RS256"),
	} {
		w.Refused(as(w, h, issued(t, user), params), http.StatusForbidden, access.Denied)
	}
}

// TestFederationTokenConstraints covers the parameters.
func TestFederationTokenConstraints(t *testing.T) {
	w, h := serve(t)
	root := w.RootSession(doortest.Main())
	for _, params := range []url.Values{
		op("GetFederationToken"), op("GetFederationToken", "Name", "x"), op("GetFederationToken", "Name", strings.Repeat("x", 33)),
		op("GetFederationToken", "Name", "a/b"), op("GetFederationToken", "Name", "bob", "DurationSeconds", "129601"),
		op("GetFederationToken", "Name", "bob", "PolicyArns.member.1.arn", "arn:aws:iam::444455556666:policy/lists"),
		op("GetSessionToken", "DurationSeconds", "899"), op("GetSessionToken", "SerialNumber", "x", "TokenCode", "123456"),
	} {
		w.Refused(as(w, h, root, params), http.StatusBadRequest, query.Validation)
	}
	tagged := as(w, h, root, op("GetFederationToken", "Name", "bob", "Tags.member.1.Key", "team", "Tags.member.1.Value", "red"))
	if s, _ := opened(t, w, issued(t, tagged)); s.Tags["team"] != "red" {
		t.Errorf("tags %v", s.Tags)
	}
}

// TestKeyInfo: an access key tells its account, to whoever may ask; one that is none of ours tells nothing.
func TestKeyInfo(t *testing.T) {
	w, h := serve(t)
	root, other := w.RootSession(doortest.Main()), w.RootSession(doortest.Other())
	for _, of := range []mint.IssuedSession{root, other} {
		if got := result(t, as(w, h, root, op("GetAccessKeyInfo", "AccessKeyId", of.KeyID)), "Account"); got != of.Account.String() {
			t.Errorf("%s of %s, want %s", of.KeyID, got, of.Account)
		}
	}
	for _, key := range []string{"AKIAIOSFODNN7EXAMPLE", "ASIAAAAAAAAAAAAAAAAA", "ASIA777777777777777A", "short", "ASIA" + strings.Repeat("a", 16)} {
		w.Refused(as(w, h, root, op("GetAccessKeyInfo", "AccessKeyId", key)), http.StatusBadRequest, query.Validation)
	}
	w.Refused(as(w, h, w.Session("first"), op("GetAccessKeyInfo", "AccessKeyId", root.KeyID)), http.StatusForbidden, access.Denied)
}

// TestDecodeAuthorizationMessage: a refusal's reference opens its record, for those of the account who may.
func TestDecodeAuthorizationMessage(t *testing.T) {
	w, h := serve(t)
	rec := as(w, h, w.Session("poor"), ask("delegated"))
	w.Refused(rec, http.StatusForbidden, access.Denied)
	encoded := regexp.MustCompile(`failure message: ([\w-]+)`).FindStringSubmatch(rec.Body.String())
	if encoded == nil {
		t.Fatalf("no message: %s", rec.Body)
	}
	decode := op("DecodeAuthorizationMessage", "EncodedMessage", encoded[1])
	var got struct {
		Allowed, ExplicitDeny bool
		Failures              struct {
			Items []struct{ StatementID, Explanation string }
		}
		Context struct {
			Principal        struct{ ARN string }
			Action, Resource string
		}
	}
	text := result(t, as(w, h, w.RootSession(doortest.Main()), decode), "DecodedMessage")
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		t.Fatal(err)
	}
	if got.Allowed || got.ExplicitDeny || len(got.Failures.Items) == 0 || got.Context.Action != "sts:AssumeRole" ||
		got.Context.Resource != doortest.RoleARN("delegated") || got.Context.Principal.ARN != "arn:aws:sts::111122223333:assumed-role/poor/test" {
		t.Errorf("%s", text)
	}
	w.Refused(as(w, h, w.Session("poor"), decode), http.StatusForbidden, access.Denied)
	wantCode(t, w, as(w, h, w.RootSession(doortest.Other()), decode), http.StatusBadRequest, "InvalidAuthorizationMessageException")
	for i := range encoded[1] {
		changed := []byte(encoded[1])
		changed[i] ^= 1
		if _, err := credential.OpenReference(w.Keys, doortest.Main(), string(changed)); err == nil {
			t.Errorf("changed at %d it is opened", i)
		}
	}
	for _, bad := range []string{"x", encoded[1] + "A", strings.Repeat("A", 100), w.Session("first").Token.Reveal()[13:]} {
		wantCode(t, w, as(w, h, w.RootSession(doortest.Main()), op("DecodeAuthorizationMessage", "EncodedMessage", bad)),
			http.StatusBadRequest, "InvalidAuthorizationMessageException")
	}
	for _, bad := range []string{"", strings.Repeat("A", 10241)} {
		w.Refused(as(w, h, w.RootSession(doortest.Main()), op("DecodeAuthorizationMessage", "EncodedMessage", bad)), http.StatusBadRequest, query.Validation)
	}
	abroad := as(w, h, w.Session("first"), with(ask(""), "RoleArn", "arn:aws:iam::444455556666:role/shut"))
	if strings.Contains(abroad.Body.String(), "Encoded") {
		t.Errorf("another account's rules are referred to: %s", abroad.Body)
	}
}

// outboundOn switches the account's tokens for others on.
func outboundOn(w *doortest.World) {
	account, _ := w.View.Account(doortest.Main())
	on := *account
	on.Outbound = true
	w.Write(&on)
}

// TestWebIdentityToken: who may, for how long, and what it says.
func TestWebIdentityToken(t *testing.T) {
	w, h := serve(t)
	root := w.RootSession(doortest.Main())
	get := op("GetWebIdentityToken", "Audience.member.1", "https://api.example", "SigningAlgorithm", "RS256")
	w.Refused(as(w, h, root, get), http.StatusForbidden, sts.OutboundDisabled)
	wantCode(t, w, as(w, h, root, get), http.StatusForbidden, "OutboundWebIdentityFederationDisabledException")
	outboundOn(w)
	w.Refused(as(w, h, w.Session("first"), get), http.StatusForbidden, access.Denied)
	caller := *must(t, w, "tagged")
	caller.Inline = map[string]string{"r": `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sts:GetWebIdentityToken","Resource":"*","Condition":{"ForAllValues:StringEquals":{"sts:IdentityTokenAudience":["https://api.example"]},"NumericLessThanEquals":{"sts:DurationSeconds":"300"}}}}`}
	w.Write(&caller)
	session := w.Session("tagged")
	rec := as(w, h, session, get)
	claims := w.ClaimsOf(result(t, rec, "WebIdentityToken"))
	delete(claims, "jti")
	now := float64(w.Now().Unix())
	want := doortest.Claims{
		"iss": doortest.EntraURL + "/aws/111122223333", "aud": "https://api.example", "sub": doortest.RoleARN("tagged"), "iat": now, "exp": now + 300,
		"https://sts.amazonaws.com/": map[string]any{
			"aws_account": "111122223333", "principal_id": doortest.RoleARN("tagged"), "source_region": "us-east-2",
			"principal_tags": map[string]any{"team": "blue", "own": "1"},
		},
	}
	if diff := cmp.Diff(want, claims); diff != "" {
		t.Error(diff)
	}
	w.Refused(as(w, h, session, with(get, "DurationSeconds", "301")), http.StatusForbidden, access.Denied)
	w.Refused(as(w, h, session, with(get, "Audience.member.1", "https://other.example")), http.StatusForbidden, access.Denied)
	tagged := with(get, "Tags.member.1.Key", "k")
	tagged.Set("Tags.member.1.Value", "v")
	w.Refused(as(w, h, session, tagged), http.StatusForbidden, access.Denied)
	if rec := as(w, h, root, tagged); rec.Code != http.StatusOK {
		t.Errorf("with tags: %d %s", rec.Code, rec.Body)
	}
	w.Pass(56 * time.Minute)
	wantCode(t, w, as(w, h, session, get), http.StatusForbidden, "SessionDurationEscalationException")
}

// TestWebIdentityTokenConstraints covers the parameters.
func TestWebIdentityTokenConstraints(t *testing.T) {
	w, h := serve(t)
	outboundOn(w)
	root := w.RootSession(doortest.Main())
	good := op("GetWebIdentityToken", "Audience.member.1", "a", "SigningAlgorithm", "RS256")
	for _, params := range []url.Values{
		with(good, "Audience.member.1"), with(good, "Audience.member.1", ""), with(good, "SigningAlgorithm"), with(good, "SigningAlgorithm", "none"),
		with(good, "SigningAlgorithm", "HS256"), with(good, "SigningAlgorithm", "ES384"), with(good, "DurationSeconds", "59"),
		with(good, "DurationSeconds", "3601"), with(good, "Audience.member.1", strings.Repeat("a", 1001)),
	} {
		w.Refused(as(w, h, root, params), http.StatusBadRequest, query.Validation)
	}
	large := with(good, "Audience.member.1", strings.Repeat("a", 1000))
	for i := range 9 {
		at := "Tags.member." + string(rune('1'+i))
		large.Set(at+".Key", strings.Repeat("k", 100+i))
		large.Set(at+".Value", strings.Repeat("v", 256))
	}
	for i := 2; i <= 9; i++ {
		large.Set("Audience.member."+string(rune('0'+i)), strings.Repeat("b", 1000))
	}
	wantCode(t, w, as(w, h, root, large), http.StatusBadRequest, "JWTPayloadSizeExceededException")
}

// TestOutboundTokenIsNeverTakenBack: not even where the account has made our own issuer a provider of its own, and somebody has
// registered it with our very keys.
func TestOutboundTokenIsNeverTakenBack(t *testing.T) {
	w, h := serve(t)
	outboundOn(w)
	get := op("GetWebIdentityToken", "Audience.member.1", doortest.AWSAudience, "SigningAlgorithm", "RS256")
	token := result(t, as(w, h, w.RootSession(doortest.Main()), get), "WebIdentityToken")
	w.Refused(w.Do(h, call(assume("reader", token))), http.StatusBadRequest, federation.IssuerUnknown)
	issuer, err := name.ParseIssuerURL(doortest.EntraURL + "/aws/111122223333")
	if err != nil {
		t.Fatal(err)
	}
	arn, err := name.NewARN("iam", "", doortest.Main(), "oidc-provider/"+issuer.WithoutScheme())
	if err != nil {
		t.Fatal(err)
	}
	open := *must(t, w, "reader")
	open.Trust = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Federated":"` + arn.String() + `"},"Action":"sts:AssumeRoleWithWebIdentity"}}`
	w.Write(&open,
		&view.OIDCProvider{ARN: arn, URL: issuer, ClientIDs: []string{doortest.AWSAudience}, AudienceClaim: "aud"},
		&view.Issuer{URL: issuer, Keys: view.Raw(w.Keys.JWKS())},
	)
	w.Refused(w.Do(h, call(assume("reader", token))), http.StatusBadRequest, federation.IssuerUnknown)
}
