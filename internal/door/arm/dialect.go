package arm

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/lanyard-id/lanyard/internal/azwire"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// dialect writes the Resource Manager's error body, and the challenge that tells a client where to get a token.
type dialect struct {
	errors *azwire.ErrorTable
	view   func() *view.View
}

// WriteError answers a refusal. A 401 carries the challenge, with the tenant of the subscription that was asked for.
func (d dialect) WriteError(w http.ResponseWriter, r *http.Request, f *fault.Fault, requestID string) {
	failure := d.errors.Failure(f)
	h := w.Header()
	if failure.Status == http.StatusUnauthorized {
		v := d.view()
		h.Set("WWW-Authenticate", azwire.ARMChallenge(v.Installation().URLs["entra"], tenantFor(v, r).String(), failure.Message))
	}
	body := azwire.AppendARMError(nil, requestID, failure)
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(failure.Status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // a caller who has gone reads nothing
	}
}

// Code is the error code for the record.
func (d dialect) Code(f *fault.Fault) string { return d.errors.Failure(f).Code }

// tenantFor is the tenant whose tokens count for the subscription in the path, else the default one. Whose subscription
// an id is, is no secret: clients find their tenant by this answer.
func tenantFor(v *view.View, r *http.Request) name.GUID {
	parts := strings.Split(r.URL.Path, "/")
	if len(parts) > 2 && strings.EqualFold(parts[1], "subscriptions") {
		if id, err := name.ParseGUID(parts[2]); err == nil {
			if s, ok := v.Subscription(id); ok {
				return s.Tenant
			}
		}
	}
	return v.Installation().Tenant
}
