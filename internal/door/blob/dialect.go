package blob

import (
	"net/http"
	"strconv"
	"time"

	"github.com/lanyard-id/lanyard/internal/authn"
	"github.com/lanyard-id/lanyard/internal/azwire"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/door/blob/lease"
	"github.com/lanyard-id/lanyard/internal/door/blob/wire"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/mint"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/objects"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web"
)

// dialect writes Blob Storage's error XML, and the challenge that tells a client where to get a token.
type dialect struct {
	errors *azwire.ErrorTable
	now    func() time.Time
	view   func() *view.View
}

// rows are the refusals that only this door knows.
func rows() map[fault.Reason]azwire.Row {
	row := func(status int, code string) azwire.Row { return azwire.Row{Status: status, Code: code} }
	const bad, denied, conflict, failed = http.StatusBadRequest, http.StatusForbidden, http.StatusConflict, http.StatusPreconditionFailed
	return map[fault.Reason]azwire.Row{
		BadPath:                 row(bad, "InvalidUri"),
		OtherOperation:          row(http.StatusNotImplemented, "NotImplemented"),
		OtherParameter:          row(bad, "UnsupportedQueryParameter"),
		web.BadQuery:            row(bad, "InvalidQueryParameterValue"),
		BadMarker:               row(bad, "InvalidQueryParameterValue"),
		BadMetadata:             row(bad, "InvalidMetadata"),
		BadHeader:               row(bad, "InvalidHeaderValue"),
		MissingHeader:           row(bad, "MissingRequiredHeader"),
		wire.BadDigest:          row(bad, "InvalidMd5"),
		wire.BadCRC:             row(bad, "InvalidHeaderValue"),
		wire.CRCMismatch:        row(bad, "Crc64Mismatch"),
		wire.BadBlockID:         row(bad, "InvalidQueryParameterValue"),
		wire.BadBlockList:       row(bad, "InvalidXmlDocument"),
		wire.BadKeyInfo:         row(bad, "InvalidXmlDocument"),
		mint.DelegationLife:     row(bad, "InvalidXmlNodeValue"),
		LengthMissing:           row(http.StatusLengthRequired, "MissingContentLengthHeader"),
		BadCopySource:           row(bad, "InvalidHeaderValue"),
		CopySourceDenied:        row(denied, "CannotVerifyCopySource"),
		SourceCondition:         row(failed, "SourceConditionNotMet"),
		AccountNotFound:         row(http.StatusNotFound, "ResourceNotFound"),
		objects.NotFound:        {Status: http.StatusNotFound, Code: "BlobNotFound", Message: "The specified blob does not exist.", Fixed: true},
		objects.Exists:          {Status: conflict, Code: "BlobAlreadyExists", Message: "The specified blob already exists.", Fixed: true},
		objects.MetaInvalid:     row(bad, "MetadataTooLarge"),
		objects.TooLarge:        row(http.StatusRequestEntityTooLarge, "RequestBodyTooLarge"),
		objects.KeyInvalid:      row(bad, "InvalidUri"),
		objects.SizeMismatch:    row(bad, "IncompleteBody"),
		objects.BodyFailed:      row(bad, "IncompleteBody"),
		objects.PartMissing:     {Status: bad, Code: "InvalidBlockList", Message: "The specified block list is invalid.", Fixed: true},
		objects.PartInvalid:     {Status: bad, Code: "InvalidBlobOrBlock", Message: "The specified block ID has another length than those before.", Fixed: true},
		objects.TooManyParts:    row(conflict, "BlockCountExceedsLimit"),
		objects.SpaceRemoved:    row(http.StatusNotFound, "ContainerNotFound"),
		directory.InvalidName:   row(bad, "InvalidResourceName"),
		web.ConditionNotMet:     row(failed, "ConditionNotMet"),
		web.RangeNotSatisfiable: row(http.StatusRequestedRangeNotSatisfiable, "InvalidRange"),

		azwire.ReasonSASKind:      row(denied, "KeyBasedAuthenticationNotPermitted"),
		azwire.ReasonSASMalformed: row(denied, "AuthenticationFailed"),
		authn.SASSignature:        row(denied, "AuthenticationFailed"),
		authn.SASTime:             row(denied, "AuthenticationFailed"),
		SignatureScope:            row(denied, "AuthorizationResourceTypeMismatch"),
		SignaturePermission:       row(denied, "AuthorizationPermissionMismatch"),
		SignatureAddress:          row(denied, "AuthorizationSourceIPMismatch"),
		SignatureProtocol:         row(denied, "AuthorizationProtocolMismatch"),

		lease.Held:           row(conflict, "LeaseAlreadyPresent"),
		lease.OtherID:        row(conflict, "LeaseIdMismatchWithLeaseOperation"),
		lease.NotPresent:     row(conflict, "LeaseNotPresentWithLeaseOperation"),
		lease.Broken:         row(conflict, "LeaseIsBrokenAndCannotBeRenewed"),
		lease.Breaking:       row(conflict, "LeaseIsBreakingAndCannotBeAcquired"),
		lease.BreakingChange: row(conflict, "LeaseIsBreakingAndCannotBeChanged"),
		lease.Missing:        row(failed, "LeaseIdMissing"),
		lease.WrongID:        row(failed, "LeaseIdMismatchWithBlobOperation"),
		lease.None:           row(failed, "LeaseNotPresentWithBlobOperation"),
		lease.Lost:           row(failed, "LeaseLost"),
	}
}

// WriteError answers a refusal. A 401 carries the challenge, with the tenant of the account that was asked for.
func (d dialect) WriteError(w http.ResponseWriter, r *http.Request, f *fault.Fault, requestID string) {
	failure := d.errors.Failure(f)
	h := w.Header()
	h.Set("x-ms-error-code", failure.Code)
	if failure.Status == http.StatusUnauthorized || f.Reason == azwire.ReasonSASKind {
		v := d.view()
		h.Set("WWW-Authenticate", azwire.BlobChallenge(v.Installation().URLs["entra"], tenantFor(v, r).String(), view.StorageAudience))
	}
	body := azwire.AppendBlobError(nil, requestID, d.now(), failure)
	h.Set("Content-Type", "application/xml")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(failure.Status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // a caller who has gone reads nothing
	}
}

// tenantFor is the tenant whose tokens count for the account in the path; the default one for an unknown account.
func tenantFor(v *view.View, r *http.Request) name.GUID {
	if t, err := parseTarget(r, v.Installation().URLs["storage"]); err == nil {
		if account, ok := v.StorageAccount(t.account); ok {
			if tenant, ok := v.TenantOf(account.ID.Scope()); ok {
				return tenant
			}
		}
	}
	return v.Installation().Tenant
}

// Code is the error code for the record.
func (d dialect) Code(f *fault.Fault) string { return d.errors.Failure(f).Code }
