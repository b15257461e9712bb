package lambda

import (
	"context"
	"net/http"
	"time"

	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/authn"
	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web"
)

// Why a request is refused before anybody is asked.
const (
	// BadFunction means that the path names no function: want its name, ACCOUNT:function:NAME, or its ARN.
	BadFunction fault.Reason = "lambda.bad_function"
	// BadRequest means that the body is not what the operation reads: an object with the one member Role.
	BadRequest fault.Reason = "lambda.bad_request"
	// RoleMissing means that the role that the caller may pass does not exist, or was replaced while it was being bound.
	RoleMissing fault.Reason = "lambda.role_missing"
)

// Directory holds the state and changes it.
type Directory interface {
	View() *view.View
	Do(ctx context.Context, command directory.Command) (*view.View, error)
}

// Authenticator says who signed a request.
type Authenticator interface {
	Signed(v *view.View, req awswire.Request, rule awswire.Rule) (*authn.Session, error)
}

// Audit counts what was let through. The records of changes are written with them.
type Audit interface {
	Access(r audit.Record)
	// Health says why no record can be taken at the moment; nil when one can.
	Health() error
}

// Door is what the Lambda door needs.
type Door struct {
	Directory Directory
	Authn     Authenticator
	Audit     Audit
	Room      func() error // says why nothing new is written while the disk is nearly full
	Now       func() time.Time
}

// The actions, and the right that each needs at the function.
const (
	get    = "lambda:GetFunctionConfiguration"
	update = "lambda:UpdateFunctionConfiguration"
)

// Mount makes the door. cfg brings the house's part: ids, clock, log, witness.
func (d Door) Mount(cfg web.Config) (*web.Door, error) {
	cfg.Name, cfg.Dialect = "lambda", dialect{awswire.LambdaErrors()}
	cfg.IDHeaders = []string{"x-amzn-RequestId"}
	cfg.Own = func(r *http.Request) bool { return awswire.SignedFor(r.Header) == "lambda" }
	const configuration = "/2015-03-31/functions/{function}/configuration"
	return web.New(cfg, []web.Route{
		{
			Method: http.MethodGet, Pattern: configuration, Permission: get, Name: "GetFunctionConfiguration",
			Doc: "which role a function has", Handler: d.serve(get, read),
		},
		{
			Method: http.MethodPut, Pattern: configuration, Permission: update + ", and iam:PassRole at the role", Name: "UpdateFunctionConfiguration",
			Doc: "give a function another role, and nothing else", Handler: d.serve(update, bind),
		},
	})
}

// dialect writes refusals as Lambda does: the code in a header, the message in the body.
type dialect struct{ errors *awswire.ErrorTable }

// WriteError writes the refusal.
func (d dialect) WriteError(w http.ResponseWriter, _ *http.Request, f *fault.Fault, requestID string) {
	failure := d.errors.Failure(f)
	w.Header().Set("X-Amzn-Errortype", failure.Code)
	who := "User"
	if failure.Status >= http.StatusInternalServerError {
		who = "Service"
	}
	// The answer has a JSON form, so the one error left is a caller who has gone.
	_ = web.WriteJSON(w, failure.Status, map[string]string{"Type": who, "Message": failure.Message + " (request id " + requestID + ")"})
}

// Code is the error word for the record.
func (d dialect) Code(f *fault.Fault) string { return d.errors.Failure(f).Code }
