package sts_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/cond"
	"github.com/lanyard-id/lanyard/internal/credential"
	"github.com/lanyard-id/lanyard/internal/door/doortest"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/mint"
	"github.com/lanyard-id/lanyard/internal/secret"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web/query"
)

// ask are the parameters of AssumeRole for a role of the main account, and more of them in pairs.
func ask(role string, more ...string) url.Values {
	params := url.Values{
		"Action": {"AssumeRole"}, "Version": {"2011-06-15"}, "RoleArn": {doortest.RoleARN(role)}, "RoleSessionName": {"test"},
	}
	for i := 0; i < len(more); i += 2 {
		params.Set(more[i], more[i+1])
	}
	return params
}

// as sends a request signed by a session.
func as(w *doortest.World, h http.Handler, s mint.IssuedSession, params url.Values) *httptest.ResponseRecorder {
	return w.Do(h, w.Signed(call(params), w.Signing(s, "sts")))
}

// issued reads the credentials of an answer, as a client does.
func issued(t *testing.T, rec *httptest.ResponseRecorder) mint.IssuedSession {
	t.Helper()
	if rec.Code != http.StatusOK {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	text := func(element string) string {
		m := regexp.MustCompile("<" + element + ">([^<]+)<").FindStringSubmatch(rec.Body.String())
		if m == nil {
			t.Fatalf("no %s in %s", element, rec.Body)
		}
		return m[1]
	}
	return mint.IssuedSession{
		Session: &credential.Session{KeyID: text("AccessKeyId"), Secret: secret.Text(text("SecretAccessKey"))},
		Token:   secret.Text(text("SessionToken")),
	}
}

// opened is what the doors read in credentials.
func opened(t *testing.T, w *doortest.World, s mint.IssuedSession) (*credential.Session, *view.Role) {
	t.Helper()
	signed := w.Signed(doortest.Request{Target: "/"}, w.Signing(s, "s3"))
	got, err := w.Authn.Signed(w.Current(), awswire.Request{
		Method: http.MethodGet, Path: "/", Host: doortest.Host, Header: signed.Header, Secure: true,
	}, awswire.S3Rule())
	if err != nil {
		t.Fatal(err)
	}
	return got.Session, got.Role
}

// TestVector08MissingRoleLooksRefusedToASession: one answer and one cost, for a role that is there and one that is not.
func TestVector08MissingRoleLooksRefusedToASession(t *testing.T) {
	const home, abroad = "arn:aws:iam::111122223333:", "arn:aws:iam::444455556666:"
	for _, refused := range []string{home + "role/external", abroad + "role/shut"} {
		account, _, _ := strings.Cut(refused, "role/")
		for _, more := range [][]string{
			nil,
			{"Policy", `{"Statement":[]}`},
			{"DurationSeconds", "43200"},
			{"PolicyArns.member.1.arn", account + "policy/none"},
			{"Tags.member.1.Key", "k", "Tags.member.1.Value", "v"},
		} {
			w, h := serve(t)
			poor := w.Session("poor")
			there := with(ask("", more...), "RoleArn", refused)
			missing := with(ask("", more...), "RoleArn", refused+"x")
			first := as(w, h, poor, there)
			w.Refused(first, http.StatusForbidden, access.Denied)
			second := as(w, h, poor, missing)
			w.Refused(second, http.StatusForbidden, access.Denied)
			same := strings.ReplaceAll(plainly(first), refused, refused+"x")
			if same != plainly(second) || len(first.Body.String())+1 != len(second.Body.String()) {
				t.Errorf("%s: they differ:\n%s\n%s", more, first.Body, second.Body)
			}
			cost := func(params url.Values) float64 {
				req := w.Signed(call(params), w.Signing(poor, "sts"))
				return testing.AllocsPerRun(5, func() { w.Do(h, req) })
			}
			if a, b := cost(there), cost(missing); a > b*1.1 || b > a*1.1 {
				t.Errorf("%s: %.0f allocations for a role that is there, %.0f for one that is not", more, a, b)
			}
		}
	}
}

// plainly is an answer without its reference, which is another one each time.
func plainly(rec *httptest.ResponseRecorder) string {
	return regexp.MustCompile(`failure message: [\w-]+`).ReplaceAllString(rec.Body.String(), "failure message: x")
}

// TestVector20P10TransitiveTags: a session tag replaces a role's in whatever case; what is transitive is there in the next
// session, cannot be overridden, and what is not is gone.
func TestVector20P10TransitiveTags(t *testing.T) {
	w, h := serve(t)
	red := []string{
		"Tags.member.1.Key", "Team", "Tags.member.1.Value", "red", "Tags.member.2.Key", "Own", "Tags.member.2.Value", "2",
		"TransitiveTagKeys.member.1", "team",
	}
	first := issued(t, as(w, h, w.Session("first"), ask("tagged", red...)))
	s, role := opened(t, w, first)
	facts := new(cond.Facts)
	access.AddSession(facts, w.Current(), s, role)
	for key, want := range map[string]string{"aws:principaltag/team": "red", "aws:principaltag/own": "2"} {
		if got, _ := facts.Lookup(key); len(got) != 1 || got[0] != want {
			t.Errorf("%s is %v, want %s", key, got, want)
		}
	}
	for _, key := range []string{"Team", "team", "TEAM"} {
		again := ask("tagged", "Tags.member.1.Key", key, "Tags.member.1.Value", "blue")
		w.Refused(as(w, h, first, again), http.StatusBadRequest, query.Validation)
	}
	second := issued(t, as(w, h, first, ask("tagged", "Tags.member.1.Key", "more", "Tags.member.1.Value", "3")))
	s, _ = opened(t, w, second)
	if s.Tags["Team"] != "red" || s.Tags["more"] != "3" || len(s.Tags) != 2 {
		t.Errorf("the second session's tags are %v", s.Tags)
	}
	if rec := as(w, h, second, ask("red")); rec.Code != http.StatusOK {
		t.Errorf("a role that asks for the tag, two links on: %d %s", rec.Code, rec.Body)
	}
	w.Refused(as(w, h, w.Session("tagged"), ask("red")), http.StatusForbidden, access.Denied)
	w.Refused(as(w, h, second, ask("named")), http.StatusForbidden, access.Denied)
}

// TestVector21TagsNeedTagSession: without it in the trust policy the whole call fails, whoever hands the tags on.
func TestVector21TagsNeedTagSession(t *testing.T) {
	w, h := serve(t)
	first := w.Session("first")
	tag := []string{"Tags.member.1.Key", "team", "Tags.member.1.Value", "red"}
	w.Refused(as(w, h, first, ask("named", tag...)), http.StatusForbidden, access.Denied)
	w.Refused(as(w, h, w.Session("poor"), ask("asks-red", tag...)), http.StatusForbidden, access.Denied)
	if rec := as(w, h, first, ask("asks-red", tag...)); rec.Code != http.StatusOK {
		t.Errorf("a role that asks for the request's tag: %d %s", rec.Code, rec.Body)
	}
	w.Refused(as(w, h, first, ask("asks-red")), http.StatusForbidden, access.Denied)
	w.Refused(as(w, h, first, ask("asks-red", "Tags.member.1.Key", "team", "Tags.member.1.Value", "blue")), http.StatusForbidden, access.Denied)
	w.Refused(as(w, h, first, ask("asks-red", append(tag, "Tags.member.2.Key", "x", "Tags.member.2.Value", "y")...)), http.StatusForbidden, access.Denied)
	handing := issued(t, as(w, h, first, ask("tagged", append(tag, "TransitiveTagKeys.member.1", "team")...)))
	w.Refused(as(w, h, handing, ask("delegated")), http.StatusForbidden, access.Denied) // trusts all of the account, not with tags
}

// TestSourceIdentityStays: it is set once, each role on the way must take it, and nobody changes it.
func TestSourceIdentityStays(t *testing.T) {
	w, h := serve(t)
	first := w.Session("first")
	rec := as(w, h, first, ask("tagged", "SourceIdentity", "ana"))
	ana := issued(t, rec)
	if !strings.Contains(rec.Body.String(), "<SourceIdentity>ana</SourceIdentity>") {
		t.Errorf("the answer does not tell it: %s", rec.Body)
	}
	w.Refused(as(w, h, ana, ask("tagged", "SourceIdentity", "eve")), http.StatusBadRequest, query.Validation)
	w.Refused(as(w, h, ana, ask("delegated")), http.StatusForbidden, access.Denied)
	w.Refused(as(w, h, first, ask("named", "SourceIdentity", "ana")), http.StatusForbidden, access.Denied)
	for _, params := range []url.Values{ask("tagged"), ask("tagged", "SourceIdentity", "ana")} {
		if s, _ := opened(t, w, issued(t, as(w, h, ana, params))); s.SourceID != "ana" {
			t.Errorf("the next session's source identity is %q", s.SourceID)
		}
	}
	mute := *must(t, w, "tagged")
	mute.Inline = nil
	w.Write(&mute) // the trust policy lets it, its own policies do not
	w.Refused(as(w, h, ana, ask("tagged")), http.StatusForbidden, access.Denied)
}

func must(t *testing.T, w *doortest.World, called string) *view.Role {
	t.Helper()
	r, ok := w.View.RoleNamed(doortest.Main(), called)
	if !ok {
		t.Fatalf("no role %s", called)
	}
	return r
}

// TestVector33P10ChainedDuration: an hour for a chained session whatever its role allows, longer fails.
func TestVector33P10ChainedDuration(t *testing.T) {
	w, h := serve(t)
	first := w.Session("first")
	w.Refused(as(w, h, first, ask("named", "DurationSeconds", "3601")), http.StatusBadRequest, mint.DurationTooLong)
	s, _ := opened(t, w, issued(t, as(w, h, first, ask("named", "DurationSeconds", "3600"))))
	if life := s.Expires.Sub(s.Issued).Seconds(); life != 3600 {
		t.Errorf("%.0f s", life)
	}
}

// TestVector10RestrictedSessionStaysRestricted: a session with a session policy gets no session without it of its own role, and what
// its policy does not name it does not assume.
func TestVector10RestrictedSessionStaysRestricted(t *testing.T) {
	w, h := serve(t)
	if rec := as(w, h, w.Session("first"), ask("first")); rec.Code != http.StatusOK {
		t.Fatalf("without session policies: %d %s", rec.Code, rec.Body)
	}
	only := `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}}`
	restricted := w.Session("first", only)
	w.Refused(as(w, h, restricted, ask("first")), http.StatusForbidden, access.Denied)
	if rec := as(w, h, restricted, ask("named")); rec.Code != http.StatusOK {
		t.Errorf("another role, as the session policy allows: %d %s", rec.Code, rec.Body)
	}
	reads := w.Session("first", `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}`)
	w.Refused(as(w, h, reads, ask("named")), http.StatusForbidden, access.Denied)
}

// TestChainEndsWithEachOfItsRoles: whoever deletes or revokes a role ends what was reached through it.
func TestChainEndsWithEachOfItsRoles(t *testing.T) {
	who := url.Values{"Action": {"GetCallerIdentity"}, "Version": {"2011-06-15"}}
	for _, what := range []string{"revoked", "deleted", "made again"} {
		w, h := serve(t)
		last := issued(t, as(w, h, issued(t, as(w, h, w.Session("first"), ask("tagged"))), ask("delegated")))
		if rec := as(w, h, last, who); rec.Code != http.StatusOK {
			t.Fatalf("%d %s", rec.Code, rec.Body)
		}
		first := *must(t, w, "first")
		switch what {
		case "revoked":
			first.RevokedAt = w.View.Rev() + 1
			w.Write(&first)
		case "deleted":
			w.Delete(&first)
		default:
			first.UniqueID = "AROAFIRSTAGAIN00"
			w.Write(&first)
		}
		wantCode(t, w, as(w, h, last, who), http.StatusForbidden, "InvalidClientTokenId")
	}
}

// TestVector19TrustOfADeletedRole: a role that was made again under a trusted name is not the one that was trusted.
func TestVector19TrustOfADeletedRole(t *testing.T) {
	w, h := serve(t)
	again := *must(t, w, "first")
	again.UniqueID = "AROAFIRSTAGAIN00"
	w.Write(&again)
	w.Refused(as(w, h, w.Session("first"), ask("named")), http.StatusForbidden, access.Denied)
}

// TestRootAssumesNothing: AWS lets no root user assume a role, and neither a missing role nor one that trusts everybody of
// the account looks otherwise to it.
func TestRootAssumesNothing(t *testing.T) {
	w, h := serve(t)
	root := w.RootSession(doortest.Main())
	for _, role := range []string{"delegated", "nowhere"} {
		w.Refused(as(w, h, root, ask(role)), http.StatusForbidden, access.Denied)
	}
}

// TestA11RightsOfAChainAreNotMoreThanItsRoles: whatever session policies and links lead to a session, it may nothing that
// its role may not.
func TestA11RightsOfAChainAreNotMoreThanItsRoles(t *testing.T) {
	w, h := serve(t)
	r := rand.New(rand.NewPCG(3, 10)) //nolint:gosec // the same cases each time
	pick := func(of ...string) string { return of[r.IntN(len(of))] }
	policy := func() string {
		return fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"%s","Resource":"*"},{"Effect":"%s","Action":"%s","Resource":"%s"}]}`,
			pick("*", "sts:*", "s3:GetObject"), pick("Allow", "Deny"), pick("s3:*", "s3:GetObject", "s3:PutObject"),
			pick("*", "arn:aws:s3:::photos/*"))
	}
	reached := 0
	for range 60 {
		s := w.Session("first")
		for range 1 + r.IntN(3) {
			params := ask(pick("tagged", "named", "delegated", "first"))
			if r.IntN(2) == 0 {
				params.Set("Policy", policy())
			}
			if r.IntN(3) == 0 {
				params.Set("PolicyArns.member.1.arn", "arn:aws:iam::111122223333:policy/lists")
			}
			rec := as(w, h, s, params)
			if rec.Code != http.StatusOK {
				continue
			}
			s = issued(t, rec)
			reached++
		}
		session, role := opened(t, w, s)
		for _, action := range []string{"s3:GetObject", "s3:PutObject", "s3:ListBucket", "sts:AssumeRole", "iam:CreateRole"} {
			const resource = "arn:aws:s3:::photos/a"
			facts := new(cond.Facts)
			access.AddSession(facts, w.Current(), session, role)
			got := access.AWS(w.View, access.AWSRequest{Session: session, Role: role, Action: action, Resource: resource, Owner: doortest.Main(), Context: facts})
			most := access.AWSAhead(w.View, access.AheadRequest{Role: role, Action: action, Resource: resource, Now: w.Now()})
			if got.Allowed() && !most.Allowed() {
				t.Fatalf("a session of %s may %s, its role may not:\n%s", role.Name, action, got)
			}
		}
	}
	if reached < 40 {
		t.Errorf("only %d sessions were made: the test says little", reached)
	}
}

// TestAssumeRoleConstraints covers the parameters.
func TestAssumeRoleConstraints(t *testing.T) {
	w, h := serve(t)
	first := w.Session("first")
	long := strings.Repeat("x", 400)
	tag := func(key, value string) url.Values {
		return ask("tagged", "Tags.member.1.Key", key, "Tags.member.1.Value", value)
	}
	for name, tc := range map[string]struct {
		params url.Values
		want   fault.Reason
	}{
		"no role":               {with(ask("named"), "RoleArn"), query.Validation},
		"a user":                {with(ask("named"), "RoleArn", "arn:aws:iam::111122223333:user/x"), query.Validation},
		"session name":          {ask("named", "RoleSessionName", "a/b"), query.Validation},
		"short life":            {ask("named", "DurationSeconds", "899"), query.Validation},
		"empty external id":     {ask("external", "ExternalId", ""), query.Validation},
		"external id":           {ask("external", "ExternalId", "a b"), query.Validation},
		"long external id":      {ask("external", "ExternalId", strings.Repeat("x", 1225)), query.Validation},
		"source identity":       {ask("tagged", "SourceIdentity", "x"), query.Validation},
		"source identity, aws":  {ask("tagged", "SourceIdentity", "aws:x"), query.Validation},
		"an MFA device":         {ask("named", "SerialNumber", "arn:aws:iam::111122223333:mfa/x", "TokenCode", "123456"), query.Validation},
		"contexts":              {ask("named", "ProvidedContexts.member.1.ProviderArn", "x"), query.Validation},
		"tag without key":       {ask("tagged", "Tags.member.1.Value", "v"), query.Validation},
		"tag without value":     {ask("tagged", "Tags.member.1.Key", "k"), query.Validation},
		"tag key":               {tag("a*b", "v"), query.Validation},
		"tag value":             {tag("k", "a${b}"), query.Validation},
		"long tag key":          {tag(long[:129], "v"), query.Validation},
		"long tag value":        {tag("k", long[:257]), query.Validation},
		"reserved key":          {tag("AWS:x", "v"), query.Validation},
		"one tag twice":         {ask("tagged", "Tags.member.1.Key", "k", "Tags.member.1.Value", "", "Tags.member.2.Key", "K", "Tags.member.2.Value", ""), query.Validation},
		"transitive, not a tag": {ask("tagged", "TransitiveTagKeys.member.1", "k"), query.Validation},
		"51 tags":               {ask("tagged", "Tags.member.51.Key", "k", "Tags.member.51.Value", ""), awswire.ReasonBadList},
		"a gap":                 {ask("tagged", "Tags.member.2.Key", "k", "Tags.member.2.Value", ""), awswire.ReasonBadList},
		"an empty policy":       {ask("named", "Policy", ""), "policy.malformed"},
		"a policy of another":   {ask("named", "Policy", `{"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Principal":"*"}}`), "policy.malformed"},
		"a long policy":         {ask("named", "Policy", strings.Repeat(" ", 2049)), query.Validation},
		"policies of AWS":       {ask("named", "PolicyArns.member.1.arn", "arn:aws:iam::aws:policy/ReadOnlyAccess"), query.Validation},
		"another's policy":      {ask("named", "PolicyArns.member.1.arn", "arn:aws:iam::444455556666:policy/lists"), query.Validation},
		"eleven policies":       {ask("named", "PolicyArns.member.11.arn", "arn:aws:iam::111122223333:policy/lists"), awswire.ReasonBadList},
	} {
		t.Run(name, func(t *testing.T) {
			w.Refused(as(w, h, first, tc.params), http.StatusBadRequest, tc.want)
		})
	}
}

// TestPackedPolicyTooLarge: too many characters of policies, and tags that no token can hold.
func TestPackedPolicyTooLarge(t *testing.T) {
	w, h := serve(t)
	first := w.Session("first")
	params := ask("named", "Policy", `{"Statement":[]`+strings.Repeat(" ", 2000)+"}")
	params.Set("PolicyArns.member.1.arn", "arn:aws:iam::111122223333:policy/lists")
	wantCode(t, w, as(w, h, first, params), http.StatusBadRequest, "PackedPolicyTooLarge")
	params = ask("tagged")
	for i := range 12 {
		params.Set(fmt.Sprintf("Tags.member.%d.Key", i+1), fmt.Sprintf("k%d", i))
		params.Set(fmt.Sprintf("Tags.member.%d.Value", i+1), strings.Repeat("v", 256))
	}
	wantCode(t, w, as(w, h, first, params), http.StatusBadRequest, "PackedPolicyTooLarge")
	params = ask("tagged", "Tags.member.1.Key", "k", "Tags.member.1.Value", strings.Repeat("v", 256))
	if rec := as(w, h, first, params); !regexp.MustCompile(`<PackedPolicySize>[1-9][0-9]?</PackedPolicySize>`).MatchString(rec.Body.String()) {
		t.Errorf("no size: %s", rec.Body)
	}
	if rec := as(w, h, first, ask("named")); strings.Contains(rec.Body.String(), "PackedPolicySize") {
		t.Errorf("a size of nothing: %s", rec.Body)
	}
}

// TestNotOffered: what STS has elsewhere and this one does not.
func TestNotOffered(t *testing.T) {
	w, h := serve(t)
	for _, action := range []string{"AssumeRoot", "GetDelegatedAccessToken"} {
		rec := as(w, h, w.Session("first"), url.Values{"Action": {action}, "Version": {"2011-06-15"}})
		wantCode(t, w, rec, http.StatusBadRequest, "InvalidAction")
	}
}
