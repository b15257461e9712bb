package iampolicy

import (
	"fmt"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/verify/strictjson"
)

// Reasons for which a policy document is refused.
const (
	// Malformed: the document breaks the grammar of policies, or a rule of its kind; the text says what and where.
	Malformed fault.Reason = "policy.malformed"
	// TooLarge: the document is longer than its kind may be.
	TooLarge fault.Reason = "policy.too_large"
	// InvalidPrincipal: a principal is not of a form that can exist, or does not exist.
	InvalidPrincipal fault.Reason = "policy.invalid_principal"
	// UnsupportedPrincipal: a kind of principal that AWS has and Lanyard does not offer (canonical S3 users).
	UnsupportedPrincipal fault.Reason = "policy.unsupported_principal"
)

// malformed is the fault for something wrong at a byte of doc.
func malformed(doc []byte, offset int, format string, args ...any) error {
	line, column := strictjson.Position(doc, offset)
	return fault.New(fault.Invalid, Malformed, "%s (line %d, column %d)", fmt.Sprintf(format, args...), line, column)
}

// invalidPrincipal is the fault for a principal that cannot be. The beginning of its text is AWS's, because clients wait
// for a new principal by looking for it.
func invalidPrincipal(doc []byte, offset int, kind, value string) *fault.Fault {
	line, column := strictjson.Position(doc, offset)
	return fault.New(fault.Invalid, InvalidPrincipal, "Invalid principal in policy: %q:%q (line %d, column %d)",
		kind, value, line, column)
}
