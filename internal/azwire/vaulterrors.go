package azwire

import "github.com/lanyard-id/lanyard/internal/fault"

// VaultErrors is the table of the Key Vault door; more adds rows of the door's own. What a code alone does not tell stands
// in an inner code beside it: see AppendVaultError.
func VaultErrors(more ...map[fault.Reason]Row) *ErrorTable {
	const (
		badProofText = "The request does not carry a token that holds for this vault."
		goneText     = "The vault has no such object."
		denied       = "Forbidden"
	)
	kinds := [fault.Kinds]Row{
		fault.Internal:        fixed(500, "InternalServerError", "The server encountered an internal error. Please retry the request."),
		fault.Invalid:         row(400, "BadParameter", "The request is not valid."),
		fault.Unauthenticated: row(401, "Unauthorized", badProofText),
		fault.Denied:          row(403, denied, "The caller is not authorized to perform this action on this resource."),
		fault.NotFound:        row(404, "NotFound", goneText),
		fault.Conflict:        row(409, "Conflict", "The object is in a state in which this cannot be done."),
		fault.Precondition:    row(412, "PreconditionFailed", "A condition of the request does not hold."),
		fault.Gone:            row(404, "NotFound", goneText),
		fault.Expired:         row(401, "Unauthorized", badProofText),
		fault.Throttled:       row(429, "Throttled", "Too many requests. Try again later."),
		fault.Unsupported:     row(501, "NotSupported", "The operation is not offered."),
		fault.Unavailable:     row(503, "ServiceUnavailable", "The server cannot answer the request at present."),
	}
	own := map[fault.Reason]Row{
		"directory.secret_not_found": row(404, "SecretNotFound", ""),
		"web.method_not_allowed":     row(405, "MethodNotAllowed", ""),
		"web.body_too_large":         row(413, "RequestBodyTooLarge", ""),
		"disk.full": fixed(503, "ServiceUnavailable",
			"The server is out of disk space and takes no writes until some is freed."),
	}
	return newTable(kinds, append([]map[fault.Reason]Row{own}, more...)...)
}

// AppendVaultError writes the body of a refusal at the Key Vault door onto dst. inner is the inner code, such as
// ForbiddenByRbac; empty is none. The request id stands in the message, which is all that the SDKs print.
func AppendVaultError(dst []byte, f Failure, inner, requestID string) []byte {
	dst = append(dst, `{"error":`...)
	o := newObject(dst)
	o.text("code", f.Code)
	o.text("message", f.Message+" (request id "+requestID+")")
	if inner != "" {
		o.name("innererror")
		deep := newObject(o.b)
		deep.text("code", inner)
		o.b = deep.end()
	}
	return append(o.end(), '}')
}

// VaultChallenge is the WWW-Authenticate header of a 401 at the Key Vault door. authority is scheme, host and port, without
// a path: Go's client reads the tenant behind it. resource is the domain of the vaults with its port, which Go compares
// with the end of the vault's host and port, and JavaScript with the end of its host.
func VaultChallenge(authority, tenant, resource string) string {
	return `Bearer authorization="` + authority + "/" + tenant + `", resource="` + resource + `"`
}
