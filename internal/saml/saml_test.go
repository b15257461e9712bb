package saml_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/saml"
	"github.com/lanyard-id/lanyard/internal/saml/samltest"
)

const (
	role     = "arn:aws:iam::111122223333:role/reader"
	provider = "arn:aws:iam::111122223333:saml-provider/corp"
)

func start() time.Time { return time.Date(2026, 3, 14, 15, 9, 26, 0, time.UTC) }

// makers are the identity providers of these tests: making keys takes time.
type makers struct {
	once        sync.Once
	good, other *samltest.Provider
	meta        *saml.Metadata
}

var shared makers

// idp gives a provider, another that calls itself the same, and what is known of the first.
func idp(t testing.TB) (good, other *samltest.Provider, meta *saml.Metadata) {
	t.Helper()
	shared.once.Do(func() {
		for _, p := range []**samltest.Provider{&shared.good, &shared.other} {
			var err error
			if *p, err = samltest.New(samltest.Entity, 2048, start()); err != nil {
				t.Fatal(err)
			}
		}
		var err error
		if shared.meta, err = saml.ParseMetadata(shared.good.Metadata()); err != nil {
			t.Fatal(err)
		}
	})
	return shared.good, shared.other, shared.meta
}

func rule() saml.Rule {
	return saml.Rule{Now: start(), Recipients: []string{samltest.Recipient}, Audiences: []string{samltest.Recipient}}
}

func verify(t testing.TB, xml string) (*saml.Assertion, error) {
	t.Helper()
	_, _, meta := idp(t)
	return meta.Verify(samltest.Encode(xml), rule())
}

// refused wants a response to be refused for a reason.
func refused(t *testing.T, xml string, why fault.Reason) {
	t.Helper()
	a, err := verify(t, xml)
	if a != nil || !fault.Is(err, why) {
		t.Errorf("got %v, %v, want %s\n%s", a, err, why, xml)
	}
}

// TestSigned: the response, the assertion or both are signed, with each allowed hash.
func TestSigned(t *testing.T) {
	good, _, _ := idp(t)
	for _, method := range []string{"rsa-sha256", "rsa-sha384", "rsa-sha512"} {
		for _, places := range [][2]bool{{true, false}, {false, true}, {true, true}} {
			s := good.Say(start(), role, provider)
			s.Method, s.SignResponse, s.SignAssertion = method, places[0], places[1]
			s.KeyInfo = good.Certificate
			a, err := verify(t, good.Response(s))
			if err != nil {
				t.Errorf("%s %v: %v", method, places, err)
				continue
			}
			if a.Subject != "jane" || a.SubjectType() != "persistent" || a.Recipient != samltest.Recipient || a.ID != "_a1" {
				t.Errorf("read %+v", a)
			}
		}
	}
}

// TestS18WhoseForWhomAndWhen: what an assertion says of its maker, its audience and its times is held against what we know.
// A response is always one that nobody asked for: this house makes no requests.
func TestS18WhoseForWhomAndWhen(t *testing.T) {
	good, _, _ := idp(t)
	drop := func(from, to string) func(string) string {
		return func(a string) string {
			_, rest, ok := strings.Cut(a, from)
			_, end, closed := strings.Cut(rest, to)
			if !ok || !closed {
				t.Fatalf("no %s in %s", from, a)
			}
			return a[:len(a)-len(rest)-len(from)] + end
		}
	}
	swap := func(from, to string) func(string) string {
		return func(a string) string {
			if !strings.Contains(a, from) {
				t.Fatalf("no %s in %s", from, a)
			}
			return strings.Replace(a, from, to, 1)
		}
	}
	for what, c := range map[string]struct {
		why fault.Reason
		say func(*samltest.Said)
	}{
		"another issuer":          {saml.IssuerMismatch, func(s *samltest.Said) { s.Issuer += "/" }},
		"another audience":        {saml.AudienceMismatch, func(s *samltest.Said) { s.Audience = "https://other.example" }},
		"an audience in capitals": {saml.AudienceMismatch, func(s *samltest.Said) { s.Audience = strings.ToUpper(samltest.Recipient) }},
		"no audience":             {saml.AudienceMismatch, func(s *samltest.Said) { s.Change = drop("<saml:AudienceRestriction>", "</saml:AudienceRestriction>") }},
		"an empty restriction":    {saml.AudienceMismatch, func(s *samltest.Said) { s.Change = drop("<saml:Audience>", "</saml:Audience>") }},
		"two restrictions, one for others": {saml.AudienceMismatch, func(s *samltest.Said) {
			s.Change = swap("</saml:Conditions>", "<saml:AudienceRestriction><saml:Audience>urn:x</saml:Audience></saml:AudienceRestriction></saml:Conditions>")
		}},
		"no conditions": {saml.Malformed, func(s *samltest.Said) { s.Change = drop("<saml:Conditions", "</saml:Conditions>") }},
		"a condition of another": {saml.Malformed, func(s *samltest.Said) {
			s.Change = swap("</saml:Conditions>", "<saml:Condition></saml:Condition></saml:Conditions>")
		}},
		"another recipient": {saml.RecipientMismatch, func(s *samltest.Said) { s.Recipient = "https://signin.aws.amazon.com/saml" }},
		"no recipient":      {saml.Unconfirmed, func(s *samltest.Said) { s.Recipient = "" }},
		"no end of the confirmation": {saml.Unconfirmed, func(s *samltest.Said) {
			s.Change = swap(`ConfirmationData NotOnOrAfter="2026-03-14T15:14:26Z"`, "ConfirmationData")
		}},
		"no confirmation": {saml.Unconfirmed, func(s *samltest.Said) { s.Change = drop("<saml:SubjectConfirmation ", "</saml:SubjectConfirmation>") }},
		"two confirmations": {saml.Unconfirmed, func(s *samltest.Said) {
			s.Change = swap("</saml:Subject>", `<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"></saml:SubjectConfirmation></saml:Subject>`)
		}},
		"not by its bearer": {saml.Unconfirmed, func(s *samltest.Said) { s.Change = swap("cm:bearer", "cm:sender-vouches") }},
		"two subjects": {saml.Malformed, func(s *samltest.Said) {
			s.Change = swap("<saml:Conditions", "<saml:Subject></saml:Subject><saml:Conditions")
		}},
		"over":               {saml.Expired, func(s *samltest.Said) { s.NotOnOrAfter = start() }},
		"over a moment ago":  {saml.Expired, func(s *samltest.Said) { s.NotOnOrAfter = start().Add(-time.Second) }},
		"made too long ago":  {saml.Stale, func(s *samltest.Said) { s.Issued = start().Add(-5 * time.Minute) }},
		"made in the future": {saml.NotYet, func(s *samltest.Said) { s.Issued = start().Add(61 * time.Second) }},
		"not before later":   {saml.NotYet, func(s *samltest.Said) { s.NotBefore = start().Add(61 * time.Second) }},
		"no time of making":  {saml.Malformed, func(s *samltest.Said) { s.Change = swap(` IssueInstant="2026-03-14T15:09:26Z"`, "") }},
		"a time with a zone": {saml.Malformed, func(s *samltest.Said) {
			s.Change = swap(`IssueInstant="2026-03-14T15:09:26Z"`, `IssueInstant="2026-03-14T15:09:26+00:00"`)
		}},
		"the session is over": {saml.Expired, func(s *samltest.Said) { s.SessionEnds = start() }},
		"of SAML 1.1":         {saml.Malformed, func(s *samltest.Said) { s.Change = swap(`Version="2.0"`, `Version="1.1"`) }},
		"no issuer": {saml.Malformed, func(s *samltest.Said) {
			s.Change = swap("<saml:Issuer>https://idp.example/saml</saml:Issuer>", "<saml:Advice></saml:Advice>")
			s.SignAssertion, s.SignResponse = false, true
		}},
		"a status of the signed": {saml.NoSuccess, func(s *samltest.Said) { s.Status = "Responder"; s.SignResponse = true }},
		"an attribute twice":     {saml.AttributeInvalid, func(s *samltest.Said) { s.Attributes = append(s.Attributes, s.Attributes[0]) }},
		"an element in a value": {saml.AttributeInvalid, func(s *samltest.Said) {
			s.Change = swap("<saml:AttributeValue>jane", "<saml:AttributeValue><saml:NameID>jane</saml:NameID>")
		}},
		"an element in a NameID": {saml.Malformed, func(s *samltest.Said) { s.Change = swap(">jane</saml:NameID>", "><saml:X>jane</saml:X></saml:NameID>") }},
		"an empty NameID":        {saml.Malformed, func(s *samltest.Said) { s.Subject = "" }},
		"an encrypted subject": {saml.Encrypted, func(s *samltest.Said) {
			s.Change = swap("<saml:NameID", "<saml:EncryptedID></saml:EncryptedID><saml:NameID")
		}},
		"an id that is no name": {saml.Malformed, func(s *samltest.Said) { s.ID = "1-begins-with-a-digit"; s.SignAssertion, s.SignResponse = false, true }},
	} {
		t.Run(what, func(t *testing.T) {
			s := good.Say(start(), role, provider)
			c.say(&s)
			refused(t, good.Response(s), c.why)
		})
	}
}

// TestLimitsOfTime: what is still good at the edges.
func TestLimitsOfTime(t *testing.T) {
	good, _, _ := idp(t)
	for what, say := range map[string]func(*samltest.Said){
		"made a moment less than five minutes ago": func(s *samltest.Said) { s.Issued = start().Add(-5*time.Minute + time.Second) },
		"made by a clock that is ahead":            func(s *samltest.Said) { s.Issued, s.NotBefore = start().Add(time.Minute), start().Add(time.Minute) },
		"over in a moment":                         func(s *samltest.Said) { s.NotOnOrAfter = start().Add(time.Second) },
	} {
		s := good.Say(start(), role, provider)
		say(&s)
		if _, err := verify(t, good.Response(s)); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// TestCertificates: a certificate counts within its dates only, and metadata until it says.
func TestCertificates(t *testing.T) {
	good, other, _ := idp(t)
	for what, c := range map[string]struct {
		now time.Time
		doc string
		why fault.Reason
	}{
		"good":                      {start(), good.Metadata(), ""},
		"before":                    {start().Add(-time.Hour - time.Second), good.Metadata(), saml.BadSignature},
		"after":                     {start().AddDate(1, 0, 0).Add(time.Second), good.Metadata(), saml.BadSignature},
		"another's":                 {start(), other.Metadata(), saml.BadSignature},
		"until then":                {start(), strings.Replace(good.Metadata(), "entityID", `validUntil="2026-03-14T15:09:26Z" entityID`, 1), saml.MetadataOver},
		"until a moment later":      {start(), strings.Replace(good.Metadata(), "entityID", `validUntil="2026-03-14T15:09:27Z" entityID`, 1), ""},
		"the provider's until then": {start(), strings.Replace(good.Metadata(), "protocolS", `validUntil="2026-03-14T15:09:26Z" protocolS`, 1), saml.MetadataOver},
	} {
		meta, err := saml.ParseMetadata(c.doc)
		if err != nil {
			t.Fatal(err)
		}
		r := rule()
		r.Now = c.now
		_, err = meta.Verify(samltest.Encode(good.Response(good.Say(c.now, role, provider))), r)
		if c.why == "" && err != nil || c.why != "" && !fault.Is(err, c.why) {
			t.Errorf("%s: %v, want %q", what, err, c.why)
		}
	}
	meta, _ := saml.ParseMetadata(good.Metadata())
	if want := start().AddDate(1, 0, 0); !meta.Ends().Equal(want) {
		t.Errorf("ends %s, want %s", meta.Ends(), want)
	}
	meta.Until = start()
	if !meta.Ends().Equal(start()) {
		t.Errorf("ends %s, want %s", meta.Ends(), start())
	}
}

// TestKeys: what policies may ask about.
func TestKeys(t *testing.T) {
	good, _, _ := idp(t)
	s := good.Say(start(), role, provider)
	s.Attributes = append(
		s.Attributes, []string{"urn:oid:1.3.6.1.4.1.5923.1.1.1.1", "staff", "faculty"}, []string{"2.5.4.3", "second"},
		[]string{"http://schemas.xmlsoap.org/claims/CommonName", "Jane"}, []string{"eduPersonAffiliation", "root"}, []string{"urn:oid:2.5.4.3"},
	)
	a, err := verify(t, good.Response(s))
	if err != nil {
		t.Fatal(err)
	}
	arn, err := name.ParseARN(provider)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]string{
		"aud": {samltest.Recipient}, "iss": {samltest.Entity}, "sub": {"jane"}, "sub_type": {"persistent"}, "doc": {"111122223333/corp"},
		// printf 'https://idp.example/saml111122223333/corp' | openssl sha1 -binary | base64
		"namequalifier": {"Dv84MLhv57MQ5ORpuoeCSwve/qM="}, "edupersonaffiliation": {"staff", "faculty"}, "commonName": {"Jane"},
	}
	if diff := cmp.Diff(want, a.Keys(arn)); diff != "" {
		t.Error(diff)
	}
}

// TestS26Roles: role and provider in either order; never a third part, nor another provider.
func TestS26Roles(t *testing.T) {
	good, _, _ := idp(t)
	reader, _ := name.ParseARN(role)
	corp, _ := name.ParseARN(provider)
	for value, allowed := range map[string]bool{
		role + "," + provider:       true,
		provider + "," + role:       true,
		role + "2," + provider:      false,
		role + "," + provider + "2": false,
		strings.Replace(role, "reader", "Reader", 1) + "," + provider:             false,
		strings.Replace(role, "111122223333", "444455556666", 1) + "," + provider: false,
		role + "," + strings.Replace(provider, "111122223333", "444455556666", 1): false,
		"arn:aws:iam::111122223333:role/path/reader," + provider:                  false,
	} {
		s := good.Say(start(), role, provider)
		s.Attributes[0] = []string{samltest.Attribute("Role"), value}
		w := wish(t, good, s)
		if got := w.Allows(reader, corp); got != allowed {
			t.Errorf("%s: %v, want %v", value, got, allowed)
		}
	}
	for _, value := range []string{
		"", role, provider, role + "," + role, provider + "," + provider, role + "," + provider + "," + role, role + " ," + provider,
		role + ", " + provider, role + ";" + provider, "," + role + "," + provider, role + "," + provider + ",", "*," + provider,
		strings.Replace(role, ":iam:", ":sts:", 1) + "," + provider,
	} {
		s := good.Say(start(), role, provider)
		s.Attributes[0] = []string{samltest.Attribute("Role"), role + "," + provider, value}
		a, err := verify(t, good.Response(s))
		if err != nil {
			t.Fatal(err)
		}
		if w, err := a.Wish(); !fault.Is(err, saml.AttributeInvalid) {
			t.Errorf("%q: %v, %v", value, w, err)
		}
	}
}

func wish(t *testing.T, p *samltest.Provider, s samltest.Said) *saml.Wish {
	t.Helper()
	a, err := verify(t, p.Response(s))
	if err != nil {
		t.Fatal(err)
	}
	w, err := a.Wish()
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// TestWish: names are compared exactly, and what cannot be read refuses all.
func TestWish(t *testing.T) {
	good, _, _ := idp(t)
	at := samltest.Attribute
	s := good.Say(start(), role, provider)
	s.Attributes = append(
		s.Attributes, []string{at("SessionDuration"), "900"}, []string{at("PrincipalTag:Team"), "blue"}, []string{at("TransitiveTagKeys"), "Team"},
		[]string{at("SourceIdentity"), "jane@corp"}, []string{"Role", "nothing"}, []string{strings.ToLower(at("SessionDuration")), "x"},
	)
	w := wish(t, good, s)
	if w.Session != "jane" || w.Duration != 15*time.Minute || w.Source != "jane@corp" {
		t.Errorf("read %+v", w)
	}
	if diff := cmp.Diff([]any{map[string][]string{"Team": {"blue"}}, []string{"Team"}}, []any{w.Tags, w.Transitive}); diff != "" {
		t.Error(diff)
	}
	for what, attributes := range map[string][][]string{
		"no session name":       {s.Attributes[0]},
		"no role":               {s.Attributes[1]},
		"two session names":     {s.Attributes[0], {at("RoleSessionName"), "jane", "joe"}},
		"an odd session name":   {s.Attributes[0], {at("RoleSessionName"), "jane/joe"}},
		"a short session name":  {s.Attributes[0], {at("RoleSessionName"), "j"}},
		"white space":           {s.Attributes[0], {at("RoleSessionName"), " jane"}},
		"a long life":           {s.Attributes[0], s.Attributes[1], {at("SessionDuration"), "43201"}},
		"a short life":          {s.Attributes[0], s.Attributes[1], {at("SessionDuration"), "899"}},
		"a life with a sign":    {s.Attributes[0], s.Attributes[1], {at("SessionDuration"), "+900"}},
		"no life":               {s.Attributes[0], s.Attributes[1], {at("SessionDuration")}},
		"a tag without a key":   {s.Attributes[0], s.Attributes[1], {at("PrincipalTag:"), "x"}},
		"a tag with two values": {s.Attributes[0], s.Attributes[1], {at("PrincipalTag:a"), "x", "y"}},
		"a reserved source":     {s.Attributes[0], s.Attributes[1], {at("SourceIdentity"), "AWS:x"}},
		"another case":          {s.Attributes[0], s.Attributes[1], {at("sessionDuration"), "900"}},
	} {
		said := good.Say(start(), role, provider)
		said.Attributes = attributes
		a, err := verify(t, good.Response(said))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := a.Wish(); !fault.Is(err, saml.AttributeInvalid) {
			t.Errorf("%s: %v", what, err)
		}
	}
}
