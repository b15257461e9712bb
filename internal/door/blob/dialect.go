package blob

import (
	"net/http"
	"strconv"
	"time"

	"github.com/lanyard-id/lanyard/internal/azwire"
	"github.com/lanyard-id/lanyard/internal/fault"
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
	return map[fault.Reason]azwire.Row{
		BadPath:                 {Status: http.StatusBadRequest, Code: "InvalidUri"},
		OtherOperation:          {Status: http.StatusNotImplemented, Code: "NotImplemented"},
		OtherParameter:          {Status: http.StatusBadRequest, Code: "UnsupportedQueryParameter"},
		BadMetadata:             {Status: http.StatusBadRequest, Code: "InvalidMetadata"},
		objects.NotFound:        {Status: http.StatusNotFound, Code: "BlobNotFound", Message: "The specified blob does not exist.", Fixed: true},
		objects.Exists:          {Status: http.StatusConflict, Code: "BlobAlreadyExists", Message: "The specified blob already exists.", Fixed: true},
		objects.MetaInvalid:     {Status: http.StatusBadRequest, Code: "MetadataTooLarge"},
		objects.TooLarge:        {Status: http.StatusRequestEntityTooLarge, Code: "RequestBodyTooLarge"},
		objects.KeyInvalid:      {Status: http.StatusBadRequest, Code: "InvalidUri"},
		objects.SpaceRemoved:    {Status: http.StatusNotFound, Code: "ContainerNotFound"},
		BadHeader:               {Status: http.StatusBadRequest, Code: "InvalidHeaderValue"},
		AccountNotFound:         {Status: http.StatusNotFound, Code: "ResourceNotFound"},
		web.ConditionNotMet:     {Status: http.StatusPreconditionFailed, Code: "ConditionNotMet"},
		web.RangeNotSatisfiable: {Status: http.StatusRequestedRangeNotSatisfiable, Code: "InvalidRange"},
	}
}

// WriteError answers a refusal. A 401 carries the challenge, with the tenant of the account that was asked for.
func (d dialect) WriteError(w http.ResponseWriter, r *http.Request, f *fault.Fault, requestID string) {
	failure := d.errors.Failure(f)
	h := w.Header()
	h.Set("x-ms-error-code", failure.Code)
	if failure.Status == http.StatusUnauthorized {
		v := d.view()
		h.Set("WWW-Authenticate", azwire.BlobChallenge(v.Installation().URLs["entra"], tenantFor(v, r).String(), StorageAudience))
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
