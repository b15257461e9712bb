package azwire

import (
	"time"
	"unicode/utf8"

	"github.com/lanyard-id/lanyard/internal/fault"
)

// What can be wrong with the proof at the Blob door, as its codes tell it.
const (
	blobNoProof  = "NoAuthenticationInformation"
	blobBadProof = "InvalidAuthenticationInfo"
)

// BlobErrors is the table of the Blob door; more adds rows of the door's own. The code also goes into the header
// x-ms-error-code, which clients read first.
func BlobErrors(more ...map[fault.Reason]Row) *ErrorTable {
	const (
		badProofText = "Server failed to authenticate the request. Please refer to the information in the www-authenticate header."
		deniedText   = "This request is not authorized to perform this operation using this permission."
		goneText     = "The specified resource does not exist."
	)
	kinds := [fault.Kinds]Row{
		fault.Internal:        fixed(500, "InternalError", "The server encountered an internal error. Please retry the request."),
		fault.Invalid:         row(400, "InvalidInput", "One of the request inputs is not valid."),
		fault.Unauthenticated: row(401, blobBadProof, badProofText),
		fault.Denied:          row(403, "AuthorizationPermissionMismatch", deniedText),
		fault.NotFound:        row(404, "ResourceNotFound", goneText),
		fault.Conflict:        row(409, "ResourceAlreadyExists", "The specified resource already exists."),
		fault.Precondition:    row(412, "ConditionNotMet", "The condition specified using HTTP conditional header(s) is not met."),
		fault.Gone:            row(404, "ResourceNotFound", goneText),
		fault.Expired:         row(401, blobBadProof, badProofText),
		fault.Throttled:       row(503, "ServerBusy", "The server is currently unable to receive requests. Please retry your request."),
		fault.Unsupported:     row(501, "NotImplemented", "The requested operation is not offered."),
		fault.Unavailable:     row(503, "ServerBusy", "The server cannot answer the request at present."),
	}
	own := map[fault.Reason]Row{
		"authn.no_credentials":          row(401, blobNoProof, badProofText),
		"access.denied":                 row(403, "AuthorizationPermissionMismatch", deniedText),
		"objects.not_found":             row(404, "BlobNotFound", "The specified blob does not exist."),
		"objects.exists":                row(409, "BlobAlreadyExists", "The specified blob already exists."),
		"objects.digest_mismatch":       row(400, "Md5Mismatch", "The body does not have the announced checksum."),
		"directory.container_not_found": row(404, "ContainerNotFound", "The specified container does not exist."),
		"directory.container_exists":    row(409, "ContainerAlreadyExists", "The specified container already exists."),
		"blob.unsupported_parameter":    row(400, "UnsupportedQueryParameter", ""),
		"disk.full": fixed(503, "ServerBusy",
			"The server is out of disk space and takes no writes until some is freed."),
	}
	return newTable(kinds, append([]map[fault.Reason]Row{own}, more...)...)
}

// AppendBlobError writes the body of a refusal at the Blob door onto dst. The answer to a HEAD has none.
func AppendBlobError(dst []byte, requestID string, now time.Time, f Failure) []byte {
	dst = append(dst, `<?xml version="1.0" encoding="utf-8"?><Error><Code>`...)
	dst = appendXMLText(dst, f.Code)
	dst = append(dst, `</Code><Message>`...)
	dst = appendXMLText(dst, f.Message+"\nRequestId:"+requestID+"\nTime:"+now.UTC().Format("2006-01-02T15:04:05.0000000Z"))
	return append(dst, `</Message></Error>`...)
}

// BlobChallenge is the WWW-Authenticate header of a 401 at the Blob door. authority is scheme, host and port; clients
// take the audience of the token that they fetch next from resource.
func BlobChallenge(authority, tenant, resource string) string {
	return "Bearer authorization_uri=" + authority + "/" + tenant + "/oauth2/authorize resource_id=" + resource
}

// appendXMLText escapes what has a meaning in XML 1.0 or would be changed by a parser. What section 2.2 does not allow
// as a character becomes U+FFFD.
func appendXMLText(dst []byte, s string) []byte {
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == '&':
			dst = append(dst, "&amp;"...)
		case r == '<':
			dst = append(dst, "&lt;"...)
		case r == '>':
			dst = append(dst, "&gt;"...)
		case r == '\r':
			dst = append(dst, "&#xD;"...)
		case r < 0x20 && r != '\t' && r != '\n', r == utf8.RuneError, r == 0xfffe, r == 0xffff:
			dst = append(dst, "\ufffd"...)
		default:
			dst = append(dst, s[i:i+n]...)
		}
		i += n
	}
	return dst
}
