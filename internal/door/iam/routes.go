package iam

import (
	"net/http"
	"slices"
	"time"

	"github.com/lanyard-id/lanyard/internal/access/simulate"
	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/directory"
	directoryiam "github.com/lanyard-id/lanyard/internal/directory/iam"
	"github.com/lanyard-id/lanyard/internal/door/iam/account"
	"github.com/lanyard-id/lanyard/internal/door/iam/details"
	"github.com/lanyard-id/lanyard/internal/door/iam/kit"
	"github.com/lanyard-id/lanyard/internal/door/iam/policies"
	"github.com/lanyard-id/lanyard/internal/door/iam/profiles"
	"github.com/lanyard-id/lanyard/internal/door/iam/providers"
	"github.com/lanyard-id/lanyard/internal/door/iam/roles"
	"github.com/lanyard-id/lanyard/internal/door/iam/samlproviders"
	"github.com/lanyard-id/lanyard/internal/door/iam/simulator"
	"github.com/lanyard-id/lanyard/internal/door/iam/users"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/iampolicy"
	"github.com/lanyard-id/lanyard/internal/web/query"
)

// NotOffered means that AWS has this action of IAM and Lanyard does not.
const NotOffered fault.Reason = "iam.not_offered"

// Door is what the IAM door needs.
type Door struct {
	Authn     kit.Authenticator
	Directory kit.Directory
	Ledger    kit.Ledger
	Room      kit.Room
	Mint      users.Minter
	Now       func() time.Time
}

// maxForm bounds a request body: a policy document of 131,072 characters that are all escaped, and room for the rest.
const maxForm = 512 << 10

// Service is the door's table.
func (d Door) Service() query.Service {
	k := kit.New(kit.Kit{Authn: d.Authn, Directory: d.Directory, Ledger: d.Ledger, Room: d.Room, Now: d.Now})
	return query.Service{
		Name: "iam", Version: "2010-05-08", Namespace: awswire.IAMNamespace, MaxForm: maxForm, Errors: rows(),
		Actions: k.Actions(
			roles.Operations(), policies.Operations(), providers.Operations(), samlproviders.Operations(), profiles.Operations(),
			account.Operations(), simulator.Operations(), details.Operations(), users.Operations(d.Mint),
		),
		Lacks: lacks,
	}
}

// lacks refuses what AWS has and Lanyard does not, such as passwords and devices of users. PassRole is
// a right and no action.
func lacks(action string) error {
	if action == "PassRole" || !slices.Contains(iampolicy.KnownActions("iam"), action) {
		return nil
	}
	return fault.New(fault.Unsupported, NotOffered, "The action %s is not offered.", action)
}

// rows are the refusals that only this door knows (IAM API Reference, "Common Errors" and the actions' own).
func rows() map[fault.Reason]awswire.Entry {
	malformed := awswire.Entry{Status: http.StatusBadRequest, Code: "MalformedPolicyDocument", Message: "The policy is not well formed."}
	return map[fault.Reason]awswire.Entry{
		NotOffered:                     {Status: http.StatusNotImplemented, Code: "NotImplemented", Message: "The operation is not offered."},
		kit.BadInput:                   {Status: http.StatusBadRequest, Code: "InvalidInput"},
		kit.BadMarker:                  {Status: http.StatusBadRequest, Code: "ValidationError"},
		kit.Widens:                     {Status: http.StatusForbidden, Code: "AccessDenied"},
		simulate.InvalidInput:          {Status: http.StatusBadRequest, Code: "InvalidInput"},
		directory.InUse:                {Status: http.StatusConflict, Code: "DeleteConflict"},
		directory.LimitExceeded:        {Status: http.StatusConflict, Code: "LimitExceeded"},
		directoryiam.FeatureOn:         {Status: http.StatusConflict, Code: "FeatureEnabled"},
		directoryiam.FeatureOff:        {Status: http.StatusNotFound, Code: "FeatureDisabled"},
		"directory.issuer_invalid":     {Status: http.StatusBadRequest, Code: "InvalidInput"},
		"saml.metadata_invalid":        {Status: http.StatusBadRequest, Code: "InvalidInput"},
		"directory.issuer_shared":      malformed,
		"policy.too_large":             {Status: http.StatusConflict, Code: "LimitExceeded"},
		"policy.invalid_principal":     malformed,
		"policy.unsupported_principal": malformed,
	}
}
