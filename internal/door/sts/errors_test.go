package sts_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/internal/door/doortest"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/federation/fetch"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// TestErrors gives each error of AWS STS that can happen here with its status, its code and the shape of its text (AWS STS,
// "Errors" of the operations and "Common Errors"). Those that have tests of their own beside: PackedPolicyTooLarge,
// InvalidAuthorizationMessageException, SessionDurationEscalationException, JWTPayloadSizeExceededException and
// OutboundWebIdentityFederationDisabledException.
func TestErrors(t *testing.T) {
	who := op("GetCallerIdentity")
	for _, tc := range []struct {
		status int
		code   string
		text   string
		do     func(w *doortest.World, h http.Handler) *httptest.ResponseRecorder
	}{
		{400, "MalformedPolicyDocument", `^Syntax error in policy: .* \(line 1, column \d+\)$`, func(w *doortest.World, h http.Handler) *httptest.ResponseRecorder {
			return as(w, h, w.Session("first"), ask("named", "Policy", "{"))
		}},
		{400, "ExpiredTokenException", `expired`, func(w *doortest.World, h http.Handler) *httptest.ResponseRecorder {
			token := w.Token("function", doortest.AWSAudience)
			w.Pass(4 * time.Hour)
			return w.Do(h, call(assume("reader", token)))
		}},
		{400, "InvalidIdentityToken", `^Incorrect token audience$`, func(w *doortest.World, h http.Handler) *httptest.ResponseRecorder {
			return w.Do(h, call(assume("reader", w.Token("function", doortest.ExchangeAudience))))
		}},
		{400, "InvalidIdentityToken", `^No OpenIDConnect provider found in your account for https://`, func(w *doortest.World, h http.Handler) *httptest.ResponseRecorder {
			return w.Do(h, call(assume("reader", w.Token("stranger", doortest.AWSAudience))))
		}},
		{403, "AccessDenied", `^Not authorized to perform sts:AssumeRoleWithWebIdentity$`, func(w *doortest.World, h http.Handler) *httptest.ResponseRecorder {
			return w.Do(h, call(assume("untrusting", w.Token("function", doortest.AWSAudience))))
		}},
		{
			403, "AccessDenied", `^User: arn:aws:sts::111122223333:assumed-role/poor/test is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::111122223333:role/delegated Encoded authorization failure message: [\w-]+$`,
			func(w *doortest.World, h http.Handler) *httptest.ResponseRecorder {
				return as(w, h, w.Session("poor"), ask("delegated"))
			},
		},
		{400, "ValidationError", `^1 validation error detected: Value 'a b' at 'roleSessionName' failed to satisfy constraint: Member must `, func(w *doortest.World, h http.Handler) *httptest.ResponseRecorder {
			return as(w, h, w.Session("first"), ask("named", "RoleSessionName", "a b"))
		}},
		{400, "ValidationError", `^The requested DurationSeconds exceeds the MaxSessionDuration set for this role\.$`, func(w *doortest.World, h http.Handler) *httptest.ResponseRecorder {
			return w.Do(h, call(with(assume("reader", w.Token("function", doortest.AWSAudience)), "DurationSeconds", "3601")))
		}},
		{400, "ValidationError", `exceeds the 1 hour session limit for roles assumed by role chaining\.$`, func(w *doortest.World, h http.Handler) *httptest.ResponseRecorder {
			return as(w, h, w.Session("first"), ask("named", "DurationSeconds", "3601"))
		}},
		{403, "InvalidClientTokenId", `^The security token included in the request is invalid`, func(w *doortest.World, h http.Handler) *httptest.ResponseRecorder {
			signing := w.Signing(w.Session("first"), "sts")
			signing.Credentials.SessionToken = ""
			return w.Do(h, w.Signed(call(who), signing))
		}},
		{403, "SignatureDoesNotMatch", `.`, func(w *doortest.World, h http.Handler) *httptest.ResponseRecorder {
			signing := w.Signing(w.Session("first"), "sts")
			signing.Credentials.Secret += "x"
			return w.Do(h, w.Signed(call(who), signing))
		}},
		{403, "ExpiredToken", `expired`, func(w *doortest.World, h http.Handler) *httptest.ResponseRecorder {
			session := w.Session("first")
			w.Pass(time.Hour)
			return as(w, h, session, who)
		}},
		{403, "MissingAuthenticationToken", `.`, func(w *doortest.World, h http.Handler) *httptest.ResponseRecorder {
			return w.Do(h, call(ask("named")))
		}},
		{400, "IncompleteSignature", `.`, func(w *doortest.World, h http.Handler) *httptest.ResponseRecorder {
			req := call(who)
			req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=x")
			return w.Do(h, req)
		}},
		{400, "InvalidAction", `^Could not find operation AssumeRoot for version 2011-06-15\.$`, func(w *doortest.World, h http.Handler) *httptest.ResponseRecorder {
			return as(w, h, w.Session("first"), op("AssumeRoot"))
		}},
		{400, "IDPCommunicationError", `^the issuer is asleep$`, func(w *doortest.World, h http.Handler) *httptest.ResponseRecorder {
			return w.Do(h, call(assume("reader", fromAsleep(t, w))))
		}},
		{403, "IDPRejectedClaim", `.`, func(w *doortest.World, h http.Handler) *httptest.ResponseRecorder {
			good, _ := idp(t)
			failed := good.Say(w.Now(), doortest.RoleARN("saml"), corp)
			failed.SignResponse, failed.Status = true, "AuthnFailed"
			return w.Do(h, call(withSAML("saml", good.Response(failed))))
		}},
		{503, "ServiceUnavailable", `restore`, func(w *doortest.World, h http.Handler) *httptest.ResponseRecorder {
			session := w.Session("first")
			held := *w.View.Installation()
			held.Held = true
			w.Write(&held)
			return as(w, h, session, ask("named"))
		}},
	} {
		t.Run(tc.code, func(t *testing.T) {
			w, h := serve(t)
			rec := tc.do(w, h)
			wantCode(t, w, rec, tc.status, tc.code)
			kind := map[bool]string{true: "Receiver", false: "Sender"}[tc.status >= 500]
			if body := rec.Body.String(); !strings.Contains(body, "<Type>"+kind+"</Type>") || !strings.Contains(body, "<RequestId>"+doortest.RequestID+"</RequestId>") {
				t.Errorf("the envelope is %s", body)
			}
			m := regexp.MustCompile("<Message>([^<]*)</Message>").FindStringSubmatch(rec.Body.String())
			if m == nil {
				t.Fatalf("no text: %s", rec.Body)
			}
			text := strings.NewReplacer("&#39;", "'", "&quot;", `"`, "&#34;", `"`, "&amp;", "&").Replace(m[1])
			if !regexp.MustCompile(tc.text).MatchString(text) {
				t.Errorf("the text is %q, want %s", text, tc.text)
			}
		})
	}
}

// fromAsleep is a token of a provider whose issuer does not answer.
func fromAsleep(t *testing.T, w *doortest.World) string {
	t.Helper()
	issuer, err := name.ParseIssuerURL("https://asleep.example")
	if err != nil {
		t.Fatal(err)
	}
	arn, err := name.NewARN("iam", "", doortest.Main(), "oidc-provider/"+issuer.WithoutScheme())
	if err != nil {
		t.Fatal(err)
	}
	w.Write(&view.Issuer{URL: issuer}, &view.OIDCProvider{ARN: arn, URL: issuer, ClientIDs: []string{doortest.AWSAudience}})
	w.Verifier.Fetch = func(context.Context, fetch.Source, *fetch.Set) (*fetch.Set, error) {
		return nil, fault.New(fault.Unavailable, fetch.Unreachable, "the issuer is asleep")
	}
	claims := w.ClaimsOf(w.Token("function", doortest.AWSAudience))
	claims["iss"] = issuer.String()
	return w.Sign(claims)
}
