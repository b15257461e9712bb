package azwire

import (
	"strconv"
	"time"

	"github.com/lanyard-id/lanyard/internal/fault"
)

// The words of RFC 6749 section 5.2 and their companions of Entra.
const (
	oauthRequest      = "invalid_request"
	oauthClient       = "invalid_client"
	oauthUnauthorized = "unauthorized_client"
	oauthScope        = "invalid_scope"
	oauthGrant        = "unsupported_grant_type"
	oauthResource     = "invalid_resource"
	oauthServer       = "server_error"
	oauthUnavailable  = "temporarily_unavailable"
)

// EntraErrors is the table of the token endpoint; more adds rows of the door's own. A credential that does not hold is
// 401, every other refusal 400: clients repeat a request after 404 and 5xx.
func EntraErrors(more ...map[fault.Reason]Row) *ErrorTable {
	const outOfTime = "The client's credential is not within its valid time."
	kinds := [fault.Kinds]Row{
		fault.Internal:        aadsts(50000, fixed(500, oauthServer, "There was an error issuing a token.")),
		fault.Invalid:         aadsts(9002313, row(400, oauthRequest, "The request is not valid.")),
		fault.Unauthenticated: aadsts(70002, row(401, oauthClient, "The client's credential does not hold.")),
		fault.Denied:          aadsts(501051, row(400, oauthUnauthorized, "The client may not have this token.")),
		fault.NotFound:        aadsts(700016, row(400, oauthUnauthorized, "The application was not found in the tenant.")),
		fault.Conflict:        aadsts(9002313, row(400, oauthRequest, "The request does not fit the present state.")),
		fault.Precondition:    aadsts(9002313, row(400, oauthRequest, "A condition of the request does not hold.")),
		fault.Gone:            aadsts(700016, row(400, oauthUnauthorized, "The application was deleted.")),
		fault.Expired:         aadsts(700024, row(401, oauthClient, outOfTime)),
		fault.Throttled:       aadsts(90055, row(429, oauthUnavailable, "There are too many incoming requests.")),
		fault.Unsupported:     aadsts(70003, row(400, oauthGrant, "The request is not supported.")),
		fault.Unavailable:     aadsts(90033, row(503, oauthUnavailable, "The token cannot be issued at present.")),
	}
	own := []map[fault.Reason]Row{entraRequestRows(), entraClientRows(), entraFederationRows()}
	return newTable(kinds, append(own, more...)...)
}

// entraRequestRows tell what is wrong with the request itself.
func entraRequestRows() map[fault.Reason]Row {
	return map[fault.Reason]Row{
		ReasonMalformedRequest:       aadsts(9002313, row(400, oauthRequest, "")),
		ReasonSeveralCredentials:     aadsts(9002313, row(400, oauthRequest, "")),
		ReasonMissingParameter:       aadsts(900144, row(400, oauthRequest, "")),
		ReasonUnsupportedGrant:       aadsts(70003, row(400, oauthGrant, "")),
		ReasonInvalidScope:           aadsts(70011, row(400, oauthScope, "")),
		ReasonSeveralResources:       aadsts(700022, row(400, oauthScope, "")),
		"entra.instance_unknown":     aadsts(50049, row(400, "invalid_instance", "The authority is not known.")),
		"entra.tenant_unknown":       aadsts(90002, row(400, oauthRequest, "The tenant was not found.")),
		"mint.audience_unregistered": aadsts(500011, row(400, oauthResource, "The resource was not found in the tenant.")),
		"mint.audience_disabled":     aadsts(500014, row(400, oauthResource, "The resource is disabled.")),
		"mint.aws_claims_unfit":      aadsts(501051, row(400, oauthResource, "")),
		"disk.full":                  aadsts(90033, fixed(503, oauthUnavailable, textDiskFullToken)),
	}
}

// entraClientRows tell what is wrong with the client.
func entraClientRows() map[fault.Reason]Row {
	return map[fault.Reason]Row{
		ReasonNoCredential:      aadsts(7000218, row(401, oauthClient, "")),
		"entra.bad_secret":      aadsts(7000215, row(401, oauthClient, "The client secret is not valid.")),
		"entra.secret_expired":  aadsts(7000222, row(401, oauthClient, "The client secret has expired.")),
		"entra.client_unknown":  aadsts(700016, row(400, oauthUnauthorized, "The application was not found in the tenant.")),
		"entra.client_disabled": aadsts(7000112, row(400, oauthUnauthorized, "The application is disabled.")),
		"entra.no_service":      aadsts(7000229, row(400, oauthUnauthorized, "The application has no service principal in the tenant.")),

		"entra.certificate_unknown": aadsts(700027, row(401, oauthClient, "")),
		"entra.certificate_expired": aadsts(700027, row(401, oauthClient, "")),
		"entra.assertion_signature": aadsts(700027, row(401, oauthClient, "")),
		"entra.assertion_client":    aadsts(700021, row(401, oauthClient, "")),
		"entra.assertion_audience":  aadsts(700023, row(401, oauthClient, "")),
		"entra.assertion_times":     aadsts(700024, row(401, oauthClient, "")),
	}
}

// entraFederationRows tell what is wrong with a federated assertion.
func entraFederationRows() map[fault.Reason]Row {
	bad := row(401, oauthClient, "")
	return map[fault.Reason]Row{
		"federation.no_credential":       aadsts(70021, bad),
		"federation.issuer_unknown":      aadsts(700211, bad),
		"federation.audience_mismatch":   aadsts(700212, bad),
		"federation.subject_mismatch":    aadsts(700213, bad),
		"federation.expression_mismatch": aadsts(7002131, bad),
		"federation.own_token":           aadsts(700222, bad),
		"federation.expired":             aadsts(700024, bad),
		"federation.not_yet":             aadsts(700024, bad),
		"federation.bad_signature":       aadsts(700027, bad),
		"federation.malformed":           aadsts(50027, bad),
	}
}

// Trace is what an error of the token endpoint says about the request.
type Trace struct {
	RequestID     string // the trace id, by which the record is found
	CorrelationID string // what the client sent to tie requests together, or else the trace id
	At            time.Time
	ErrorURI      string // a page about the error; left out if empty
}

// AppendOAuthError writes a refusal of the token endpoint onto dst. Clients show error_description to people, so the
// trace is told in it once more.
func AppendOAuthError(dst []byte, at Trace, f Failure) []byte {
	stamp := at.At.UTC().Format("2006-01-02 15:04:05Z")
	o := newObject(dst)
	o.text("error", f.Code)
	o.text("error_description", "AADSTS"+strconv.Itoa(f.AADSTS)+": "+f.Message+
		"\r\nTrace ID: "+at.RequestID+"\r\nCorrelation ID: "+at.CorrelationID+"\r\nTimestamp: "+stamp)
	o.name("error_codes")
	o.b = append(strconv.AppendInt(append(o.b, '['), int64(f.AADSTS), 10), ']')
	o.text("timestamp", stamp)
	o.text("trace_id", at.RequestID)
	o.text("correlation_id", at.CorrelationID)
	if at.ErrorURI != "" {
		o.text("error_uri", at.ErrorURI)
	}
	return o.end()
}
