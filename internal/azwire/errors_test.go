package azwire

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-id/lanyard/internal/fault"
)

func tables() map[string]*ErrorTable {
	return map[string]*ErrorTable{
		"metadata": MetadataErrors(), "entra": EntraErrors(), "blob": BlobErrors(),
		"arm": ARMErrors(), "graph": GraphErrors(), "vault": VaultErrors(),
	}
}

// TestTablesAreComplete: every kind and every row has a status of an error, a code, and a text to fall back on.
func TestTablesAreComplete(t *testing.T) {
	for dialect, table := range tables() {
		rows := table.Reasons()
		rows["test.unknown"] = Row{}
		for kind := range fault.Kinds {
			for why := range rows {
				f := table.Failure(fault.New(fault.Kind(kind), why, ""))
				if f.Status < 400 || f.Status > 599 || f.Code == "" || f.Message == "" || (f.AADSTS != 0) != (dialect == "entra") {
					t.Errorf("%s: kind %d, %s: %+v", dialect, kind, why, f)
				}
				if strings.Contains(f.Message, "unreachable") {
					t.Errorf("%s: %s says unreachable", dialect, why)
				}
			}
		}
	}
}

// TestCauseStaysPrivate: nothing of a private cause or of an unforeseen error is told.
func TestCauseStaysPrivate(t *testing.T) {
	secret := errors.New("canary")
	for dialect, table := range tables() {
		for kind := range fault.Kinds {
			f := table.Failure(fault.New(fault.Kind(kind), "test.unknown", "public").Because(secret))
			if strings.Contains(f.Message, "canary") || kind != int(fault.Internal) && f.Message != "public" {
				t.Errorf("%s: kind %d: %+v", dialect, kind, f)
			}
		}
		f := table.Failure(secret)
		if f.Status != 500 || strings.Contains(f.Message, "canary") {
			t.Errorf("%s: no fault: %+v", dialect, f)
		}
		if diff := cmp.Diff(f, table.Failure(fault.New(fault.Kind(200), "test.unknown", "canary"))); diff != "" {
			t.Errorf("%s: unknown kind: %s", dialect, diff)
		}
	}
}

// TestRefusalsAreNotRepeated: no refusal of the token and metadata endpoints has a status that clients repeat.
func TestRefusalsAreNotRepeated(t *testing.T) {
	for _, dialect := range []string{"metadata", "entra"} {
		for _, kind := range []fault.Kind{
			fault.Invalid, fault.Unauthenticated, fault.Denied, fault.NotFound, fault.Conflict,
			fault.Precondition, fault.Gone, fault.Expired, fault.Unsupported,
		} {
			switch f := tables()[dialect].Failure(fault.New(kind, "test.unknown", "")); f.Status {
			case 400, 401, 403:
			default:
				t.Errorf("%s: kind %d: %+v", dialect, kind, f)
			}
		}
	}
}

// TestM15IdentityNotFound: an identity that is not there or not the caller's is 400, whatever its fault is called.
func TestM15IdentityNotFound(t *testing.T) {
	want := Failure{Status: 400, Code: "invalid_request", Message: "Identity not found"}
	for _, kind := range []fault.Kind{fault.NotFound, fault.Gone} {
		if diff := cmp.Diff(want, MetadataErrors().Failure(fault.New(kind, "mint.identity_not_found", ""))); diff != "" {
			t.Error(diff)
		}
	}
}

func TestCodes(t *testing.T) {
	tests := []struct {
		table  string
		why    fault.Reason
		kind   fault.Kind
		status int
		code   string
		aadsts int
	}{
		{"entra", "mint.audience_unregistered", fault.Invalid, 400, "invalid_resource", 500011},
		{"entra", "federation.subject_mismatch", fault.Unauthenticated, 401, "invalid_client", 700213},
		{"entra", "federation.issuer_unknown", fault.Unauthenticated, 401, "invalid_client", 700211},
		{"entra", "federation.audience_mismatch", fault.Unauthenticated, 401, "invalid_client", 700212},
		{"entra", "federation.expression_mismatch", fault.Unauthenticated, 401, "invalid_client", 7002131},
		{"entra", "federation.expired", fault.Expired, 401, "invalid_client", 700024},
		{"entra", "federation.not_yet", fault.Unauthenticated, 401, "invalid_client", 700024},
		{"entra", "federation.bad_signature", fault.Unauthenticated, 401, "invalid_client", 700027},
		{"entra", "federation.own_token", fault.Unauthenticated, 401, "invalid_client", 700222},
		{"entra", "entra.client_unknown", fault.NotFound, 400, "unauthorized_client", 700016},
		{"entra", "entra.client_disabled", fault.Denied, 400, "unauthorized_client", 7000112},
		{"entra", "entra.tenant_unknown", fault.NotFound, 400, "invalid_request", 90002},
		{"entra", "entra.bad_secret", fault.Unauthenticated, 401, "invalid_client", 7000215},
		{"entra", "entra.secret_expired", fault.Expired, 401, "invalid_client", 7000222},
		{"entra", "disk.full", fault.Unavailable, 503, "temporarily_unavailable", 90033},
		{"metadata", "mint.audience_unregistered", fault.Invalid, 400, "invalid_resource", 0},
		{"metadata", "disk.full", fault.Unavailable, 503, "temporarily_unavailable", 0},
		{"blob", "authn.no_credentials", fault.Unauthenticated, 401, "NoAuthenticationInformation", 0},
		{"blob", "authn.bad_token", fault.Unauthenticated, 401, "InvalidAuthenticationInfo", 0},
		{"blob", "access.denied", fault.Denied, 403, "AuthorizationPermissionMismatch", 0},
		{"blob", "objects.not_found", fault.NotFound, 404, "BlobNotFound", 0},
		{"blob", "directory.container_not_found", fault.NotFound, 404, "ContainerNotFound", 0},
		{"blob", "directory.container_exists", fault.Conflict, 409, "ContainerAlreadyExists", 0},
		{"blob", "objects.exists", fault.Conflict, 409, "BlobAlreadyExists", 0},
		{"blob", "objects.condition", fault.Precondition, 412, "ConditionNotMet", 0},
		{"blob", "blob.unsupported_operation", fault.Unsupported, 501, "NotImplemented", 0},
		{"blob", "disk.full", fault.Unavailable, 503, "ServerBusy", 0},
		{"vault", "authn.bad_token", fault.Unauthenticated, 401, "Unauthorized", 0},
		{"vault", "token.expired", fault.Expired, 401, "Unauthorized", 0},
		{"vault", "access.denied", fault.Denied, 403, "Forbidden", 0},
		{"vault", "directory.secret_not_found", fault.NotFound, 404, "SecretNotFound", 0},
		{"vault", "directory.secret_deleted", fault.Conflict, 409, "Conflict", 0},
		{"vault", "directory.vault_full", fault.Invalid, 400, "BadParameter", 0},
		{"vault", "web.method_not_allowed", fault.Invalid, 405, "MethodNotAllowed", 0},
		{"vault", "web.body_too_large", fault.Invalid, 413, "RequestBodyTooLarge", 0},
		{"vault", "secrets.damaged", fault.Internal, 500, "InternalServerError", 0},
		{"vault", "keyvault.operation_unsupported", fault.Unsupported, 501, "NotSupported", 0},
		{"vault", "disk.full", fault.Unavailable, 503, "ServiceUnavailable", 0},
	}
	for _, tc := range tests {
		got := tables()[tc.table].Failure(fault.New(tc.kind, tc.why, "public"))
		got.Message = ""
		if diff := cmp.Diff(Failure{Status: tc.status, Code: tc.code, AADSTS: tc.aadsts}, got); diff != "" {
			t.Errorf("%s: %s (-want +got):\n%s", tc.table, tc.why, diff)
		}
	}
}

func TestDoorAddsRows(t *testing.T) {
	more := map[fault.Reason]Row{"test.own": {Status: 418, Code: "Teapot", Message: "short and stout"}}
	for _, table := range []*ErrorTable{MetadataErrors(more), EntraErrors(more), BlobErrors(more), VaultErrors(more)} {
		if got := table.Failure(fault.New(fault.Invalid, "test.own", "")); got.Status != 418 || got.Message != "short and stout" {
			t.Errorf("got %+v", got)
		}
	}
}

func TestMetadataErrorShapes(t *testing.T) {
	f := Failure{Status: 400, Code: "invalid_request", Message: "the issuer is unreachable"}
	const text = `the issuer is not reachable (request id id-1)`
	for flavour, want := range map[Flavour]string{
		IMDS:             `{"error":"invalid_request","error_description":"` + text + `"}`,
		CloudShell:       `{"error":"invalid_request","error_description":"` + text + `"}`,
		AppService:       `{"statusCode":400,"message":"` + text + `"}`,
		AppServiceLegacy: `{"statusCode":400,"message":"` + text + `"}`,
	} {
		if diff := cmp.Diff(want, string(AppendMetadataError(nil, flavour, "id-1", f))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", flavour, diff)
		}
	}
}

func TestOAuthError(t *testing.T) {
	at := Trace{
		RequestID: "r-1", CorrelationID: "c-1", At: time.Date(2026, 3, 14, 16, 9, 26, 0, time.FixedZone("", 3600)),
		ErrorURI: "https://h/error?code=700213",
	}
	f := Failure{Status: 401, Code: "invalid_client", Message: `subject "a"`, AADSTS: 700213}
	want := `{"error":"invalid_client","error_description":"AADSTS700213: subject \"a\"\r\nTrace ID: r-1\r\n` +
		`Correlation ID: c-1\r\nTimestamp: 2026-03-14 15:09:26Z","error_codes":[700213],` +
		`"timestamp":"2026-03-14 15:09:26Z","trace_id":"r-1","correlation_id":"c-1","error_uri":"https://h/error?code=700213"}`
	got := AppendOAuthError(nil, at, f)
	if diff := cmp.Diff(want, string(got)); diff != "" || !json.Valid(got) {
		t.Error(diff)
	}
	at.ErrorURI = ""
	if got := string(AppendOAuthError(nil, at, f)); strings.Contains(got, "error_uri") {
		t.Error(got)
	}
}

func TestBlobError(t *testing.T) {
	got := AppendBlobError(nil, "id-1", time.Date(2026, 3, 14, 15, 9, 26, 0, time.UTC),
		Failure{Status: 404, Code: "BlobNotFound", Message: "<a> & \x01\r"})
	want := `<?xml version="1.0" encoding="utf-8"?><Error><Code>BlobNotFound</Code><Message>&lt;a&gt; &amp; ` + "\ufffd" +
		"&#xD;\nRequestId:id-1\nTime:2026-03-14T15:09:26.0000000Z</Message></Error>"
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
	var parsed struct{ Code, Message string }
	if err := xml.Unmarshal(got, &parsed); err != nil || parsed.Code != "BlobNotFound" {
		t.Errorf("got %+v, %v", parsed, err)
	}
}

func TestA22BlobChallenge(t *testing.T) {
	got := BlobChallenge("https://127.0.0.1:8443", guid, "https://storage.azure.com")
	want := "Bearer authorization_uri=https://127.0.0.1:8443/" + guid + "/oauth2/authorize resource_id=https://storage.azure.com"
	if got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	for part := range strings.SplitSeq(strings.TrimPrefix(got, "Bearer "), " ") {
		if strings.Count(part, "=") != 1 {
			t.Errorf("clients cannot split %s", part)
		}
	}
}
