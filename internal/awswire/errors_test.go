package awswire

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-id/lanyard/internal/fault"
)

// TestTablesAreComplete: every kind and every row has a status of an error, a code, and a text to fall back on.
func TestTablesAreComplete(t *testing.T) {
	for dialect, table := range map[string]*ErrorTable{"query": QueryErrors(), "s3": S3Errors()} {
		for kind := range fault.Kinds {
			for why := range table.Reasons() {
				f := table.Failure(fault.New(fault.Kind(kind), why, ""))
				if f.Status < 400 || f.Status > 599 || f.Code == "" || f.Message == "" {
					t.Errorf("%s: kind %d, %s: %+v", dialect, kind, why, f)
				}
			}
			f := table.Failure(fault.New(fault.Kind(kind), "test.unknown", ""))
			if f.Status < 400 || f.Status > 599 || f.Code == "" || f.Message == "" {
				t.Errorf("%s: kind %d: %+v", dialect, kind, f)
			}
		}
		for why, entry := range table.Reasons() {
			if strings.Count(string(why), ".") != 1 || entry.Code == "" {
				t.Errorf("%s: %s: %+v", dialect, why, entry)
			}
		}
	}
}

// TestCauseStaysPrivate: nothing of a private cause or of an unforeseen error is told.
func TestCauseStaysPrivate(t *testing.T) {
	secret := errors.New("canary")
	for _, table := range []*ErrorTable{QueryErrors(), S3Errors()} {
		for kind := range fault.Kinds {
			f := table.Failure(fault.New(fault.Kind(kind), "test.unknown", "public").Because(secret))
			if strings.Contains(f.Message, "canary") || kind != int(fault.Internal) && f.Message != "public" {
				t.Errorf("kind %d: %+v", kind, f)
			}
		}
		f := table.Failure(secret)
		if f.Status != 500 || f.Message != textInternal {
			t.Errorf("no fault: %+v", f)
		}
		if diff := cmp.Diff(f, table.Failure(fault.New(fault.Kind(200), "test.unknown", "canary"))); diff != "" {
			t.Errorf("unknown kind: %s", diff)
		}
	}
}

func TestErrorCodes(t *testing.T) {
	type told struct {
		Status int
		Code   string
	}
	tests := []struct {
		why       fault.Reason
		kind      fault.Kind
		query, s3 told
	}{
		{"authn.no_credentials", fault.Unauthenticated, told{403, "MissingAuthenticationToken"}, told{403, "AccessDenied"}},
		{"authn.unknown_key", fault.Unauthenticated, told{403, "InvalidClientTokenId"}, told{403, "InvalidAccessKeyId"}},
		{"authn.bad_signature", fault.Unauthenticated, told{403, "SignatureDoesNotMatch"}, told{403, "SignatureDoesNotMatch"}},
		{"authn.session_expired", fault.Expired, told{403, "ExpiredToken"}, told{400, "ExpiredToken"}},
		{"authn.session_revoked", fault.Unauthenticated, told{403, "InvalidClientTokenId"}, told{400, "InvalidToken"}},
		{"authn.token_mismatch", fault.Unauthenticated, told{403, "InvalidClientTokenId"}, told{400, "InvalidToken"}},
		{"authn.clock_skew", fault.Unauthenticated, told{403, "SignatureDoesNotMatch"}, told{403, "RequestTimeTooSkewed"}},
		{"authn.presign_expired", fault.Expired, told{403, "SignatureDoesNotMatch"}, told{403, "AccessDenied"}},
		{"authn.headers_not_signed", fault.Unauthenticated, told{403, "SignatureDoesNotMatch"}, told{403, "AccessDenied"}},
		{"authn.wrong_scope", fault.Unauthenticated, told{403, "SignatureDoesNotMatch"}, told{400, "AuthorizationHeaderMalformed"}},
		{"authn.signature_v2", fault.Invalid, told{400, "IncompleteSignature"}, told{400, "InvalidRequest"}},
		{"access.denied", fault.Denied, told{403, "AccessDenied"}, told{403, "AccessDenied"}},
		{"policy.malformed", fault.Invalid, told{400, "MalformedPolicyDocument"}, told{400, "MalformedPolicy"}},
		{"disk.full", fault.Unavailable, told{503, "ServiceUnavailable"}, told{503, "ServiceUnavailable"}},
		{"sts.invalid_identity_token", fault.Invalid, told{400, "InvalidIdentityToken"}, told{400, "InvalidRequest"}},
		{"federation.expired", fault.Expired, told{400, "ExpiredTokenException"}, told{400, "ExpiredToken"}},
		{"sts.packed_policy_too_large", fault.Invalid, told{400, "PackedPolicyTooLarge"}, told{400, "InvalidRequest"}},
		{"query.invalid_action", fault.Invalid, told{400, "InvalidAction"}, told{400, "InvalidRequest"}},
		{"objects.not_found", fault.NotFound, told{404, "NoSuchEntity"}, told{404, "NoSuchKey"}},
		{"directory.bucket_not_found", fault.NotFound, told{404, "NoSuchEntity"}, told{404, "NoSuchBucket"}},
		{"objects.digest_mismatch", fault.Invalid, told{400, "ValidationError"}, told{400, "BadDigest"}},
		{"test.throttled", fault.Throttled, told{400, "Throttling"}, told{503, "SlowDown"}},
		{"test.unsupported", fault.Unsupported, told{501, "NotImplemented"}, told{501, "NotImplemented"}},
	}
	query, s3 := QueryErrors(), S3Errors()
	for _, tc := range tests {
		err := fault.New(tc.kind, tc.why, "public")
		q, s := query.Failure(err), s3.Failure(err)
		if diff := cmp.Diff([]told{tc.query, tc.s3}, []told{{q.Status, q.Code}, {s.Status, s.Code}}); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.why, diff)
		}
	}
}

// TestA18UnknownKeyTellsNothing: the answer to an unknown key has a fixed text, whatever was known inside.
func TestA18UnknownKeyTellsNothing(t *testing.T) {
	for _, table := range []*ErrorTable{QueryErrors(), S3Errors()} {
		f := table.Failure(fault.New(fault.Unauthenticated, "authn.unknown_key", "canary"))
		if strings.Contains(f.Message, "canary") {
			t.Errorf("got %+v", f)
		}
	}
}

func TestDoorAddsRows(t *testing.T) {
	table := QueryErrors(map[fault.Reason]Entry{
		"iam.delete_conflict": {409, "DeleteConflict", "", false},
		"access.denied":       {403, "Other", "", false},
	})
	for why, want := range map[fault.Reason]string{"iam.delete_conflict": "DeleteConflict", "access.denied": "Other"} {
		if got := table.Failure(fault.New(fault.Conflict, why, "")); got.Code != want {
			t.Errorf("%s: %+v", why, got)
		}
	}
}

// TestKeysThatDoNotCount: at no door is a key that was switched off, or is over, told from one that never was.
func TestKeysThatDoNotCount(t *testing.T) {
	for what, table := range map[string]*ErrorTable{
		"query": QueryErrors(), "s3": S3Errors(), "lambda": LambdaErrors(), "eks": EKSErrors(), "eks-auth": EKSAuthErrors(),
	} {
		unknown := table.Failure(fault.New(fault.Unauthenticated, "authn.unknown_key", "canary"))
		for _, why := range []fault.Reason{"authn.key_inactive", "authn.key_expired"} {
			if got := table.Failure(fault.New(fault.Unauthenticated, why, "canary")); got != unknown || strings.Contains(got.Message, "canary") {
				t.Errorf("%s: %s: %v, an unknown one %v", what, why, got, unknown)
			}
		}
	}
}
