package metadata

import (
	"net/http"
	"strings"

	"github.com/lanyard-id/lanyard/internal/azwire"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/mint"
	"github.com/lanyard-id/lanyard/internal/web"
)

// dialect writes refusals in the flavour that the request was made in.
type dialect struct{ errors *azwire.ErrorTable }

// WriteError answers in the flavour that the path and the query tell, because decoding may be what failed.
func (d dialect) WriteError(w http.ResponseWriter, r *http.Request, f *fault.Fault, requestID string) {
	failure := d.errors.Failure(f)
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(failure.Status)
	_, _ = w.Write(azwire.AppendMetadataError(nil, flavourOf(r), requestID, failure)) // a caller who has gone reads nothing
}

// Code is the error word for the record.
func (d dialect) Code(f *fault.Fault) string { return d.errors.Failure(f).Code }

func flavourOf(r *http.Request) azwire.Flavour {
	switch {
	case strings.Contains(r.URL.Path, "/metadata/"):
		return azwire.IMDS
	case strings.HasPrefix(r.URL.Path, "/msi/fabric/"):
		return azwire.ServiceFabric
	case r.Method == http.MethodPost && strings.HasPrefix(r.URL.Path, "/msi/"):
		return azwire.Automation
	case r.Method == http.MethodPost:
		return azwire.CloudShell
	case strings.Contains(r.URL.RawQuery, "2017-09-01"):
		return azwire.AppServiceLegacy
	}
	return azwire.AppService
}

// rows are the refusals that only this door knows. An identity that the workload does not have is 400: clients repeat a
// request for minutes after anything else. A path that is not served is 404: a client that looks for a newer protocol
// takes 400 for a yes.
func rows() map[fault.Reason]azwire.Row {
	notFound := azwire.Row{Status: http.StatusBadRequest, Code: "invalid_request", Message: "Identity not found"}
	return map[fault.Reason]azwire.Row{
		mint.IdentityNotFound:  notFound,
		mint.NoIdentity:        notFound,
		mint.IdentityAmbiguous: {Status: http.StatusBadRequest, Code: "invalid_request"},
		web.NoRoute:            {Status: http.StatusNotFound, Code: "not_found"},
		web.MethodNotAllowed:   {Status: http.StatusMethodNotAllowed, Code: "invalid_request"},
	}
}
