package operator

import (
	"net/http"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/opwire"
	"github.com/lanyard-id/lanyard/internal/web"
)

// dialect is the Plain dialect with one more field: the command that helps.
type dialect struct{}

// WriteError writes {"error":{"reason","message","requestId","next"}}.
func (dialect) WriteError(w http.ResponseWriter, _ *http.Request, f *fault.Fault, requestID string) {
	body := opwire.Error{Reason: string(f.Reason), Message: f.Public, RequestID: requestID, Next: opwire.Next(f.Reason)}
	if body.Message == "" {
		body.Message = http.StatusText(web.Status(f))
	}
	if f.Kind == fault.Denied && body.Next == "" {
		body.Next = "lanyard explain " + requestID
	}
	// The answer has a JSON form, so the one error left is a caller who has gone.
	_ = web.WriteJSON(w, web.Status(f), map[string]opwire.Error{"error": body})
}

// Code is the error word for the record.
func (dialect) Code(f *fault.Fault) string { return string(f.Reason) }
