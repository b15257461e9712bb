package eks

import (
	"net/http"

	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/federation"
	"github.com/lanyard-id/lanyard/internal/web"
)

// What is told of a service account's token that does not hold, whatever is wrong with it: why is in the record.
const (
	badToken = "The token included in the request is invalid."
	oldToken = "The token included in the request is expired."
)

// tokenRows are the refusals of a service account's token.
func tokenRows(bad awswire.Entry) map[fault.Reason]awswire.Entry {
	table := map[fault.Reason]awswire.Entry{}
	for _, why := range []fault.Reason{
		federation.Malformed, federation.BadSignature, federation.NotYet, federation.Revoked, federation.AudienceMismatch,
		federation.KeyUnknown, federation.ClaimMissing, federation.Lifetime, federation.Replayed, federation.IssuerDisabled,
		federation.IssuerUnknown, NotAPod,
	} {
		table[why] = bad
	}
	return table
}

// dialect writes refusals as EKS does: the code in a header, the message in the body.
type dialect struct{ control, auth *awswire.ErrorTable }

func newDialect() dialect {
	rows := tokenRows(awswire.Entry{Status: http.StatusBadRequest, Code: "InvalidTokenException", Message: badToken, Fixed: true})
	rows[federation.Expired] = awswire.Entry{Status: http.StatusBadRequest, Code: "ExpiredTokenException", Message: oldToken, Fixed: true}
	return dialect{awswire.EKSErrors(), awswire.EKSAuthErrors(rows)}
}

// of gives the table of the service that the path is of.
func (d dialect) of(r *http.Request) *awswire.ErrorTable {
	if isAuth(r) {
		return d.auth
	}
	return d.control
}

// WriteError writes the refusal.
func (d dialect) WriteError(w http.ResponseWriter, r *http.Request, f *fault.Fault, requestID string) {
	failure := d.of(r).Failure(f)
	w.Header().Set("X-Amzn-Errortype", failure.Code)
	// The answer has a JSON form, so the one error left is a caller who has gone.
	_ = web.WriteJSON(w, failure.Status, map[string]string{"message": failure.Message + " (request id " + requestID + ")"})
}

// Code is the error word for the record. Both services have the same words but for what is our own fault.
func (d dialect) Code(f *fault.Fault) string { return d.auth.Failure(f).Code }
