package sts_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/door/doortest"
	"github.com/lanyard-id/lanyard/internal/federation"
	"github.com/lanyard-id/lanyard/internal/mint"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/saml"
	"github.com/lanyard-id/lanyard/internal/saml/samltest"
	"github.com/lanyard-id/lanyard/internal/view"
)

// corp is the ARN of the SAML provider of these tests.
const corp = "arn:aws:iam::111122223333:saml-provider/corp"

// providers are two identity providers that call themselves the same; the account knows the first. Making keys takes time.
type providers struct {
	once        sync.Once
	good, other *samltest.Provider
}

var identity providers

func idp(t testing.TB) (good, other *samltest.Provider) {
	t.Helper()
	identity.once.Do(func() {
		for _, p := range []**samltest.Provider{&identity.good, &identity.other} {
			var err error
			if *p, err = samltest.New(samltest.Entity, 2048, doortest.Start()); err != nil {
				t.Fatal(err)
			}
		}
	})
	return identity.good, identity.other
}

// corpProvider is the record of the provider.
func corpProvider(t testing.TB) *view.SAMLProvider {
	t.Helper()
	good, _ := idp(t)
	arn, err := name.ParseARN(corp)
	if err != nil {
		t.Fatal(err)
	}
	return &view.SAMLProvider{ARN: arn, UID: doortest.GUID(0x5a31), Metadata: good.Metadata(), Created: doortest.Start()}
}

// withCorp makes the provider known, with roles that trust it in different ways, and fills responses into transcripts.
func withCorp(t testing.TB, w *doortest.World) {
	t.Helper()
	good, _ := idp(t)
	records := []view.Record{corpProvider(t)}
	for i, r := range []struct{ called, actions, condition, allow string }{
		{"saml", `"sts:AssumeRoleWithSAML"`, `,"Condition":{"StringEquals":{"saml:aud":"` + samltest.Recipient + `"}}`, ""},
		{"saml-tags", `"sts:AssumeRoleWithSAML","sts:TagSession","sts:SetSourceIdentity"`, `,"Condition":{"StringEquals":{"aws:RequestTag/team":"red"}}`, `{"Effect":"Allow","Action":["sts:AssumeRole","sts:TagSession","sts:SetSourceIdentity"],"Resource":"*"}`},
		{"saml-joe", `"sts:AssumeRoleWithSAML"`, `,"Condition":{"StringEquals":{"saml:sub":"joe"}}`, ""},
		{"saml-staff", `"sts:AssumeRoleWithSAML"`, `,"Condition":{"ForAnyValue:StringEquals":{"saml:edupersonaffiliation":["staff"]},"StringEquals":{"saml:doc":"111122223333/corp","saml:iss":"` + samltest.Entity + `","saml:sub_type":"persistent","sts:RoleSessionName":"jane"}}`, ""},
		{"saml-web", `"sts:AssumeRoleWithWebIdentity"`, "", ""},
	} {
		arn, err := name.ParseARN(doortest.RoleARN(r.called))
		if err != nil {
			t.Fatal(err)
		}
		role := &view.Role{
			ARN: arn, UniqueID: "AROASAML" + string(rune('A'+i)) + "0000000", Path: "/", Name: r.called, MaxSession: 7200,
			Trust: `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Federated":"` + corp + `"},"Action":[` + r.actions + `]` + r.condition + `}}`,
		}
		if r.allow != "" {
			role.Inline = map[string]string{"rights": `{"Version":"2012-10-17","Statement":[` + r.allow + `]}`}
		}
		records = append(records, role)
	}
	// Who comes by SAML is asked about the subject in the next role, too.
	arn, err := name.ParseARN(doortest.RoleARN("after-saml"))
	if err != nil {
		t.Fatal(err)
	}
	qualifier := `"saml:namequalifier":"Dv84MLhv57MQ5ORpuoeCSwve/qM=","saml:sub":"jane","saml:sub_type":"persistent"`
	records = append(records, &view.Role{
		ARN: arn, UniqueID: "AROAAFTERSAML000", Path: "/", Name: "after-saml", MaxSession: 3600,
		Trust: `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":["sts:AssumeRole","sts:TagSession","sts:SetSourceIdentity"],"Condition":{"StringEquals":{` + qualifier + `},"Null":{"saml:aud":"true"}}}}`,
	})
	w.Write(records...)
	w.Fill = func(words []string) string { return url.QueryEscape(samltest.Encode(transcribed(t, good, words))) }
}

// transcribed is a response that a transcript asks for: {{saml ROLE}} or {{saml ROLE WHAT}}.
func transcribed(t testing.TB, good *samltest.Provider, words []string) string {
	t.Helper()
	_, other := idp(t)
	s := good.Say(doortest.Start(), doortest.RoleARN(words[1]), corp)
	s.ID = "_" + words[1] + "-" + words[2]
	signer := good
	switch words[2] {
	case "", "long":
	case "whole":
		s.SignResponse, s.SignAssertion = true, false
		s.Attributes = append(
			s.Attributes, []string{samltest.Attribute("PrincipalTag:team"), "red"}, []string{samltest.Attribute("TransitiveTagKeys"), "team"},
			[]string{samltest.Attribute("SourceIdentity"), "jane"}, []string{samltest.Attribute("SessionDuration"), "900"},
		)
	case "unsigned":
		s.SignAssertion = false
	case "another":
		signer = other
	case "audience":
		s.Audience = "urn:amazon:webservices"
	case "recipient":
		s.Recipient = "https://signin.aws.amazon.com/saml"
	case "issuer":
		s.Issuer = "https://other.example"
	case "old":
		s.Issued = doortest.Start().Add(-5 * time.Minute)
	case "nameless":
		s.Attributes = s.Attributes[:1]
	case "failed":
		s.SignResponse, s.Status = true, "AuthnFailed"
	case "wrapped":
		evil := s
		evil.ID, evil.Subject, evil.SignAssertion = "_evil", "root", false
		return good.Around(s, good.Assertion(evil)+good.Assertion(s))
	default:
		t.Fatalf("a transcript asks for %s", words)
	}
	return signer.Response(s)
}

// withSAML are the parameters of AssumeRoleWithSAML for a role of the main account.
func withSAML(role, xml string, more ...string) url.Values {
	return op("AssumeRoleWithSAML", append([]string{"RoleArn", doortest.RoleARN(role), "PrincipalArn", corp, "SAMLAssertion", samltest.Encode(xml)}, more...)...)
}

// TestC10AssumeRoleWithSAML: who was signed in by a SAML provider gets a session that works, recorded with who it is.
func TestC10AssumeRoleWithSAML(t *testing.T) {
	w, h := serve(t)
	good, _ := idp(t)
	rec := w.Do(h, call(withSAML("saml", good.Response(good.Say(w.Now(), doortest.RoleARN("saml"), corp)))))
	s := issued(t, rec)
	if last := w.Ledger.Last(); last.Outcome != audit.Issued || last.Principal.ID != samltest.Entity+"#jane" || last.Decision == nil || !last.Decision.Allowed() {
		t.Errorf("recorded %+v", last)
	}
	if got := result(t, as(w, h, s, op("GetCallerIdentity")), "Arn"); got != "arn:aws:sts::111122223333:assumed-role/saml/jane" {
		t.Errorf("it is %s", got)
	}
	got, _ := opened(t, w, s)
	if got.Provider != corp || got.Subject != "jane" || !got.Expires.Equal(w.Now().Add(time.Hour)) {
		t.Errorf("opened %+v", got)
	}
}

// TestS19Replay: an assertion makes one session. What a restart may have forgotten is refused.
func TestS19Replay(t *testing.T) {
	w, h := serve(t)
	good, _ := idp(t)
	s := good.Say(w.Now(), doortest.RoleARN("saml"), corp)
	s.Attributes[0] = append(s.Attributes[0], doortest.RoleARN("saml-joe")+","+corp)
	xml := good.Response(s)
	w.Refused(w.Do(h, call(withSAML("saml-joe", xml))), http.StatusForbidden, access.Denied) // uses nothing up
	issued(t, w.Do(h, call(withSAML("saml", xml))))
	w.Refused(w.Do(h, call(withSAML("saml", xml))), http.StatusBadRequest, federation.Replayed)
	s.SignResponse = true // around the same assertion
	w.Refused(w.Do(h, call(withSAML("saml", good.Response(s)))), http.StatusBadRequest, federation.Replayed)
	w.Pass(4*time.Minute + 59*time.Second)
	w.Refused(w.Do(h, call(withSAML("saml", xml))), http.StatusBadRequest, federation.Replayed)
	w.Pass(time.Second)
	w.Refused(w.Do(h, call(withSAML("saml", xml))), http.StatusBadRequest, saml.Expired)

	s = good.Say(w.Now(), doortest.RoleARN("saml"), corp)
	s.ID = "_a2"
	w.Verifier.Began = w.Now()
	w.Refused(w.Do(h, call(withSAML("saml", good.Response(s)))), http.StatusBadRequest, federation.Replayed)
	w.Pass(2 * time.Minute)
	s = good.Say(w.Now(), doortest.RoleARN("saml"), corp)
	s.ID = "_a3"
	issued(t, w.Do(h, call(withSAML("saml", good.Response(s)))))
}

// TestSAMLSessionsEndWithTheirProvider: one that is made again under its name is another, though roles trust it again.
func TestSAMLSessionsEndWithTheirProvider(t *testing.T) {
	w, h := serve(t)
	good, _ := idp(t)
	s := issued(t, w.Do(h, call(withSAML("saml", good.Response(good.Say(w.Now(), doortest.RoleARN("saml"), corp))))))
	first := corpProvider(t)
	w.Delete(first)
	w.Refused(w.Do(h, call(withSAML("saml", good.Response(good.Say(w.Now(), doortest.RoleARN("saml"), corp))))), http.StatusBadRequest, "sts.invalid_identity_token")
	if rec := as(w, h, s, op("GetCallerIdentity")); rec.Code != http.StatusForbidden {
		t.Errorf("a session of a provider that is gone: %d %s", rec.Code, rec.Body)
	}
	second := corpProvider(t)
	second.UID = doortest.GUID(0x5a32)
	w.Write(second)
	if rec := as(w, h, s, op("GetCallerIdentity")); rec.Code != http.StatusForbidden {
		t.Errorf("a session of the provider before: %d %s", rec.Code, rec.Body)
	}
	again := good.Say(w.Now(), doortest.RoleARN("saml"), corp)
	again.ID = "_a2"
	issued(t, w.Do(h, call(withSAML("saml", good.Response(again)))))
}

// TestVector08SAMLRolesLookTheSame: a role that is not there, one that does not trust, and one that the assertion does not list.
func TestVector08SAMLRolesLookTheSame(t *testing.T) {
	w, h := serve(t)
	good, _ := idp(t)
	answer := func(role, listed string) string {
		rec := w.Do(h, call(withSAML(role, good.Response(good.Say(w.Now(), doortest.RoleARN(listed), corp)), "PolicyArns.member.1.arn", "arn:aws:iam::111122223333:policy/none")))
		w.Refused(rec, http.StatusForbidden, access.Denied)
		if w.Ledger.Last().Decision == nil || w.Ledger.Last().Decision.Hint == "" && len(w.Ledger.Last().Decision.Nearest) == 0 {
			t.Errorf("%s: recorded without why: %+v", role, w.Ledger.Last())
		}
		return rec.Body.String()
	}
	missing := answer("none", "none")
	for _, other := range []string{answer("saml-joe", "saml-joe"), answer("saml-web", "saml-web"), answer("reader", "reader"), answer("saml", "other"), answer("saml", "saml2")} {
		if other != missing {
			t.Errorf("they differ:\n%s\n%s", missing, other)
		}
	}
}

// TestSAMLLives: the provider can only shorten what is asked for.
func TestSAMLLives(t *testing.T) {
	w, h := serve(t)
	good, _ := idp(t)
	n := 0
	life := func(asked, attribute string, ends time.Duration) time.Duration {
		t.Helper()
		s := good.Say(w.Now(), doortest.RoleARN("saml"), corp)
		n++
		s.ID = "_l" + string(rune('a'+n))
		if attribute != "" {
			s.Attributes = append(s.Attributes, []string{samltest.Attribute("SessionDuration"), attribute})
		}
		if ends > 0 {
			s.SessionEnds = w.Now().Add(ends)
		}
		params := withSAML("saml", good.Response(s))
		if asked != "" {
			params.Set("DurationSeconds", asked)
		}
		got, _ := opened(t, w, issued(t, w.Do(h, call(params))))
		return got.Expires.Sub(w.Now())
	}
	for _, c := range []struct {
		asked, attribute string
		ends, want       time.Duration
	}{
		{"", "", 0, time.Hour},
		{"7200", "", 0, 2 * time.Hour},
		{"", "7200", 0, time.Hour},
		{"7200", "900", 0, 15 * time.Minute},
		{"900", "7200", 0, 15 * time.Minute},
		{"", "", 10 * time.Minute, 10 * time.Minute},
		{"900", "7200", 2 * time.Hour, 15 * time.Minute},
		{"7200", "3600", time.Minute, time.Minute},
	} {
		if got := life(c.asked, c.attribute, c.ends); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
	s := good.Say(w.Now(), doortest.RoleARN("saml"), corp)
	params := withSAML("saml", good.Response(s), "DurationSeconds", "7201")
	w.Refused(w.Do(h, call(params)), http.StatusBadRequest, mint.DurationTooLong)
}

// TestSAMLTagsAndSource: what the assertion labels the session with must be allowed by the trust policy, and goes on.
func TestSAMLTagsAndSource(t *testing.T) {
	w, h := serve(t)
	good, _ := idp(t)
	at := samltest.Attribute
	say := func(role string, more ...[]string) url.Values {
		s := good.Say(w.Now(), doortest.RoleARN(role), corp)
		s.ID = "_" + role
		s.Attributes = append(s.Attributes, more...)
		return withSAML(role, good.Response(s))
	}
	red, source := []string{at("PrincipalTag:team"), "red"}, []string{at("SourceIdentity"), "jane"}
	for _, refused := range []url.Values{say("saml", red), say("saml", source), say("saml-tags"), say("saml-tags", []string{at("PrincipalTag:Team"), "blue"})} {
		w.Refused(w.Do(h, call(refused)), http.StatusForbidden, access.Denied)
	}
	for _, bad := range []url.Values{
		say("saml-tags", red, []string{at("PrincipalTag:TEAM"), "red"}), say("saml-tags", red, []string{at("TransitiveTagKeys"), "other"}),
		say("saml-tags", []string{at("PrincipalTag:aws:x"), "red"}), say("saml-tags", []string{at("PrincipalTag:team"), strings.Repeat("x", 257)}),
	} {
		w.Refused(w.Do(h, call(bad)), http.StatusBadRequest, saml.AttributeInvalid)
	}
	s := issued(t, w.Do(h, call(say("saml-tags", red, source, []string{at("TransitiveTagKeys"), "team"}))))
	got, _ := opened(t, w, s)
	if got.Tags["team"] != "red" || got.SourceID != "jane" || len(got.Transitive) != 1 {
		t.Errorf("opened %+v", got)
	}
	chained := issued(t, as(w, h, s, ask("after-saml"))) // its trust policy asks for saml:sub
	next, _ := opened(t, w, chained)
	if next.Tags["team"] != "red" || next.SourceID != "jane" || next.SubjectOf.Qualifier != "" {
		t.Errorf("handed on %+v", next)
	}
	w.Delete(corpProvider(t))
	if rec := as(w, h, chained, op("GetCallerIdentity")); rec.Code == http.StatusOK {
		t.Error("a session of a provider that is gone lives")
	}
}

// TestSAMLKeys: trust policies ask for everything that the provider says, and never for what it does not.
func TestSAMLKeys(t *testing.T) {
	w, h := serve(t)
	good, _ := idp(t)
	s := good.Say(w.Now(), doortest.RoleARN("saml-staff"), corp)
	w.Refused(w.Do(h, call(withSAML("saml-staff", good.Response(s)))), http.StatusForbidden, access.Denied)
	s.Attributes = append(s.Attributes, []string{"urn:oid:1.3.6.1.4.1.5923.1.1.1.1", "student", "staff"})
	issued(t, w.Do(h, call(withSAML("saml-staff", good.Response(s)))))
}

// TestSAMLForAWS: what was made for AWS's own sign-in is accepted where the provider is flagged, and nowhere else.
func TestSAMLForAWS(t *testing.T) {
	w, h := serve(t)
	good, _ := idp(t)
	flagged := corpProvider(t)
	s := good.Say(w.Now(), doortest.RoleARN("reader"), corp)
	s.Recipient, s.Audience = "https://signin.aws.amazon.com/saml", "urn:amazon:webservices"
	params := withSAML("reader", good.Response(s))
	w.Refused(w.Do(h, call(params)), http.StatusBadRequest, saml.RecipientMismatch)
	flagged.AWSNames = true
	w.Write(flagged)
	w.Refused(w.Do(h, call(params)), http.StatusForbidden, access.Denied) // it is for us, and the role trusts another
	s.Audience = "https://other.example"
	w.Refused(w.Do(h, call(withSAML("reader", good.Response(s)))), http.StatusBadRequest, saml.AudienceMismatch)
	s.Recipient, s.Audience = samltest.Recipient, samltest.Recipient
	w.Refused(w.Do(h, call(withSAML("reader", good.Response(s)))), http.StatusForbidden, access.Denied)
}

// TestSAMLParameters: what is missing, malformed or too long is said, and a provider of another account is not found.
func TestSAMLParameters(t *testing.T) {
	w, h := serve(t)
	good, _ := idp(t)
	params := withSAML("saml", good.Response(good.Say(w.Now(), doortest.RoleARN("saml"), corp)))
	for name, values := range map[string][]string{
		"RoleArn": {"", "x", corp}, "PrincipalArn": {"", "x", doortest.RoleARN("saml"), "arn:aws:iam::111122223333:oidc-provider/x"},
		"SAMLAssertion": {"", "x", strings.Repeat("x", 100001)}, "DurationSeconds": {"899", "43201", "x"}, "Policy": {"", "{}"},
		"RoleSessionName": {"jane"}, "samlassertion": {"x"}, "TokenCode": {"123456"},
	} {
		for _, v := range values {
			rec := w.Do(h, call(with(params, name, v)))
			if rec.Code != http.StatusBadRequest || strings.Contains(rec.Body.String(), "SecretAccessKey") {
				t.Errorf("%s=%.20q: %d %s", name, v, rec.Code, rec.Body)
			}
		}
	}
	for _, arn := range []string{"arn:aws:iam::444455556666:saml-provider/corp", "arn:aws:iam::111122223333:saml-provider/Corp"} {
		w.Refused(w.Do(h, call(with(params, "PrincipalArn", arn))), http.StatusBadRequest, "sts.invalid_identity_token")
	}
	issued(t, w.Do(h, call(params)))
}
