package entra

import (
	"net/http"
	"strconv"
	"time"

	"github.com/lanyard-id/lanyard/internal/azwire"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/federation"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/web"
)

// dialect writes Entra's error body with its AADSTS number.
type dialect struct {
	errors *azwire.ErrorTable
	now    func() time.Time
}

// WriteError answers a refusal; the request id is the trace id.
func (d dialect) WriteError(w http.ResponseWriter, r *http.Request, f *fault.Fault, requestID string) {
	failure := d.errors.Failure(f)
	at := azwire.Trace{RequestID: requestID, CorrelationID: correlation(r, requestID), At: d.now()}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(failure.Status)
	_, _ = w.Write(azwire.AppendOAuthError(nil, at, failure)) // a caller who has gone reads nothing
}

// correlation is the id that a client gave its request: in a header, or in the query as JavaScript's library does. A client that
// gave none, or several in one place, gets the request id.
func correlation(r *http.Request, requestID string) string {
	for _, said := range [][]string{r.Header.Values("client-request-id"), r.URL.Query()["client-request-id"]} {
		if len(said) != 1 {
			continue
		}
		if id, err := name.ParseGUID(said[0]); err == nil {
			return id.String()
		}
	}
	return requestID
}

// Code is the AADSTS number for the record.
func (d dialect) Code(f *fault.Fault) string {
	failure := d.errors.Failure(f)
	if failure.AADSTS == 0 {
		return failure.Code
	}
	return "AADSTS" + strconv.Itoa(failure.AADSTS)
}

// rows are the refusals that only this door knows.
func rows() map[fault.Reason]azwire.Row {
	assertion := azwire.Row{Status: http.StatusUnauthorized, Code: "invalid_client", AADSTS: 700027}
	return map[fault.Reason]azwire.Row{
		web.NoRoute:               {Status: http.StatusNotFound, Code: "invalid_request", AADSTS: 9002313},
		web.MethodNotAllowed:      {Status: http.StatusMethodNotAllowed, Code: "invalid_request", AADSTS: 900561},
		federation.Revoked:        assertion,
		federation.KeyUnknown:     assertion,
		federation.ClaimMissing:   assertion,
		federation.Lifetime:       assertion,
		federation.Replayed:       assertion,
		federation.IssuerDisabled: assertion,
	}
}
