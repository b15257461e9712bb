package authn_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/internal/authn"
	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/credential"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// post is what an SDK sends to ask who it is.
func post() awswire.Request {
	return awswire.Request{
		Method: "POST", Path: "/", Host: "127.0.0.1:8444", Secure: true,
		Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}},
		Body:   []byte("Action=GetCallerIdentity&Version=2011-06-15"),
	}
}

// get is what an SDK sends to read an object.
func get() awswire.Request {
	return awswire.Request{Method: "GET", Path: "/shelf/a%20book", RawQuery: "x-id=GetObject", Host: "127.0.0.1:8445", Secure: true}
}

// signing is how an SDK with these credentials signs.
func signing(s *credential.Session, token, service string) awswire.Signing {
	return awswire.Signing{
		Credentials: awswire.Credentials{KeyID: s.KeyID, Secret: s.Secret, SessionToken: awswire.Secret(token)},
		Region:      "us-east-2", Service: service, At: now,
	}
}

func sign(t *testing.T, req awswire.Request, with awswire.Signing) awswire.Request {
	t.Helper()
	var err error
	if req.Header, err = awswire.Sign(req, with); err != nil {
		t.Fatal(err)
	}
	return req
}

func TestSigned(t *testing.T) {
	h := newHouse(t)
	s, token := h.session(nil)
	presigned := get()
	presigned.RawQuery = must(awswire.Presign(presigned, signing(s, token, "s3"), time.Minute))
	elsewhere := signing(s, token, "s3")
	elsewhere.Region = "mars-north-1"
	for what, tc := range map[string]struct {
		req  awswire.Request
		rule awswire.Rule
	}{
		"a form":                {sign(t, post(), signing(s, token, "sts")), awswire.QueryRule("sts")},
		"an object":             {sign(t, get(), signing(s, token, "s3")), awswire.S3Rule()},
		"a presigned URL":       {presigned, awswire.S3Rule()},
		"signed for any region": {sign(t, get(), elsewhere), awswire.S3Rule()},
		"the same once more":    {sign(t, post(), signing(s, token, "sts")), awswire.QueryRule("sts")},
	} {
		t.Run(what, func(t *testing.T) {
			got, err := h.Signed(h.view, tc.req, tc.rule)
			if err != nil {
				t.Fatal(err)
			}
			if got.Role != h.role || got.KeyID != s.KeyID || got.UserID() != h.role.UniqueID+":job" || got.Proof.KeyID != s.KeyID {
				t.Errorf("the caller is %+v", got)
			}
		})
	}
}

func TestSignedByTheRoot(t *testing.T) {
	h := newHouse(t)
	s, token := h.session(func(s *credential.Session) { s.RoleID, s.Name, s.Origin = "", "", name.GUID{} })
	got, err := h.Signed(h.view, sign(t, post(), signing(s, token, "sts")), awswire.QueryRule("sts"))
	if err != nil || got.Role != nil || got.ARN(nil).String() != "arn:aws:iam::111122223333:root" {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestSignedWrongly(t *testing.T) {
	h := newHouse(t)
	s, token := h.session(nil)
	with := func(change func(*awswire.Signing)) awswire.Signing {
		w := signing(s, token, "sts")
		change(&w)
		return w
	}
	foreign, foreignToken := h.session(func(s *credential.Session) { s.KeyID = "ASIABBBBBBBBBBBBBBBB" })
	for what, tc := range map[string]struct {
		with awswire.Signing
		want fault.Reason
	}{
		"another secret":           {with(func(w *awswire.Signing) { w.Secret += "x" }), awswire.ReasonBadSignature},
		"no secret":                {with(func(w *awswire.Signing) { w.Secret = "" }), awswire.ReasonBadSignature},
		"the secret of another":    {with(func(w *awswire.Signing) { w.Secret = foreign.Secret }), awswire.ReasonBadSignature},
		"another key's token":      {with(func(w *awswire.Signing) { w.SessionToken = awswire.Secret(foreignToken) }), awswire.ReasonTokenMismatch},
		"another key":              {with(func(w *awswire.Signing) { w.KeyID = foreign.KeyID }), awswire.ReasonTokenMismatch},
		"no token":                 {with(func(w *awswire.Signing) { w.SessionToken = "" }), awswire.ReasonTokenMismatch},
		"a token of junk":          {with(func(w *awswire.Signing) { w.SessionToken = "junk" }), awswire.ReasonTokenMismatch},
		"a token, longer":          {with(func(w *awswire.Signing) { w.SessionToken += "A" }), awswire.ReasonTokenMismatch},
		"a token, shorter":         {with(func(w *awswire.Signing) { w.SessionToken = w.SessionToken[:len(w.SessionToken)-2] }), awswire.ReasonTokenMismatch},
		"a token, another account": {with(func(w *awswire.Signing) { w.SessionToken = "9" + w.SessionToken[1:] }), awswire.ReasonTokenMismatch},
		"a long-term key":          {with(func(w *awswire.Signing) { w.KeyID, w.SessionToken = "AKIAAAAAAAAAAAAAAAAA", "" }), authn.UnknownKey},
		"another service":          {with(func(w *awswire.Signing) { w.Service = "iam" }), awswire.ReasonWrongScope},
		"signed long ago":          {with(func(w *awswire.Signing) { w.At = now.Add(-6 * time.Minute) }), awswire.ReasonClockSkew},
		"signed ahead":             {with(func(w *awswire.Signing) { w.At = now.Add(6 * time.Minute) }), awswire.ReasonClockSkew},
	} {
		t.Run(what, func(t *testing.T) {
			got, err := h.Signed(h.view, sign(t, post(), tc.with), awswire.QueryRule("sts"))
			refused(t, got, err, tc.want)
		})
	}
	got, err := h.Signed(h.view, post(), awswire.QueryRule("sts"))
	refused(t, got, err, authn.NoCredentials)
}

// TestA10TokenOfAnotherKey: a token goes with the one key that it was sealed for, also when whoever holds two sessions signs
// with the right secret of either.
func TestA10TokenOfAnotherKey(t *testing.T) {
	h := newHouse(t)
	one, oneToken := h.session(nil)
	two, twoToken := h.session(func(s *credential.Session) { s.KeyID, s.Secret = "ASIABBBBBBBBBBBBBBBB", one.Secret })
	for _, mixed := range []awswire.Signing{signing(one, twoToken, "s3"), signing(two, oneToken, "s3")} {
		got, err := h.Signed(h.view, sign(t, get(), mixed), awswire.S3Rule())
		refused(t, got, err, awswire.ReasonTokenMismatch)
	}
}

// TestSignedMutated changes one byte at a time of what was signed.
func TestSignedMutated(t *testing.T) {
	h := newHouse(t)
	s, token := h.session(nil)
	good := sign(t, post(), signing(s, token, "sts"))
	check := func(what string, req awswire.Request) {
		t.Helper()
		if got, err := h.Signed(h.view, req, awswire.QueryRule("sts")); err == nil {
			t.Errorf("accepted with another %s: %+v", what, got)
		}
	}
	for i := range good.Body {
		req := good
		req.Body = []byte(flipByte(string(good.Body), i))
		check("body", req)
	}
	for header, values := range good.Header {
		for i := range values[0] {
			req := good
			req.Header = good.Header.Clone()
			req.Header[header] = []string{flipByte(values[0], i)}
			check(header, req)
		}
	}
	req := good
	req.Host = "127.0.0.1:8445"
	check("host", req)
	req = good
	req.Method = "PUT"
	check("method", req)
}

func flipByte(s string, at int) string { return s[:at] + string([]byte{s[at] ^ 1}) + s[at+1:] }

func TestSignedHoldsNow(t *testing.T) {
	h := newHouse(t)
	role, identity := *h.role, *h.identity
	role.RevokedAt, identity.Principal.RevokedAt = 91, 91
	again := *h.role
	again.UniqueID = "AROAANOTHERANOTHERANO" // deleted, and made again under its name
	restored := *h.view.Installation()
	restored.Incarnation = "second-life"
	account, _ := h.view.Account(h.role.ARN.Account())
	for what, tc := range map[string]struct {
		view    *view.View
		session func(*credential.Session)
		want    fault.Reason
	}{
		"over to the second":  {h.view, func(s *credential.Session) { s.Expires = now }, credential.SessionExpired},
		"role deleted":        {h.without(t, h.role), nil, credential.SessionRevoked},
		"role revoked":        {h.with(t, &role), nil, credential.SessionRevoked},
		"role made again":     {h.with(t, &again), nil, credential.SessionRevoked},
		"identity deleted":    {h.without(t, h.identity), nil, credential.SessionRevoked},
		"identity revoked":    {h.with(t, &identity), nil, credential.SessionRevoked},
		"account deleted":     {h.without(t, account), nil, credential.SessionRevoked},
		"store restored":      {h.with(t, &restored), nil, credential.TokenIncarnation},
		"of another house":    {h.view, func(s *credential.Session) { s.Inc = "another" }, credential.TokenIncarnation},
		"from a later store":  {h.view, func(s *credential.Session) { s.Rev = 101 }, credential.ViewBehind},
		"of nobody's account": {h.view, func(s *credential.Session) { s.Account = must(name.ParseAccountID("999999999999")) }, credential.SessionRevoked},
	} {
		t.Run(what, func(t *testing.T) {
			s, token := h.session(tc.session)
			got, err := h.Signed(tc.view, sign(t, get(), signing(s, token, "s3")), awswire.S3Rule())
			refused(t, got, err, tc.want)
		})
	}
}

// TestSignatureBeforeState: who does not hold the secret learns nothing of the session's state.
func TestSignatureBeforeState(t *testing.T) {
	h := newHouse(t)
	s, token := h.session(func(s *credential.Session) { s.Expires = now.Add(-time.Hour) })
	forged := signing(s, token, "s3")
	forged.Secret = "guess"
	got, err := h.Signed(h.without(t, h.role), sign(t, get(), forged), awswire.S3Rule())
	refused(t, got, err, awswire.ReasonBadSignature)
}

// TestA18UnknownKeySaysItsIDOnly: an unknown key's refusal repeats the key id and nothing else that came.
func TestA18UnknownKeySaysItsIDOnly(t *testing.T) {
	h := newHouse(t)
	s, _ := h.session(func(s *credential.Session) { s.KeyID, s.Secret = "AKIAAAAAAAAAAAAAAAAA", "canary" })
	_, err := h.Signed(h.view, sign(t, get(), signing(s, "", "s3")), awswire.S3Rule())
	f := fault.From(err)
	if f.Public != "The AWS access key ID AKIAAAAAAAAAAAAAAAAA does not exist in our records." || strings.Contains(err.Error(), "canary") {
		t.Errorf("got %q, %v", f.Public, err)
	}
}
