package iampolicy

// Kind says what a policy document is attached to. The zero value is no kind.
type Kind uint8

// The kinds.
const (
	Identity Kind = iota + 1 // attached to a user, group or role; inline or managed
	Trust                    // a role's trust policy
	Resource                 // attached to a resource such as a bucket
	Session                  // handed over when a session is made
	Boundary                 // a permissions boundary
	SCP                      // service control policy of an organization
	RCP                      // resource control policy of an organization
)

// Size limits in characters, white space outside strings not counted (IAM User Guide, "IAM and STS quotas"). The sums
// over all inline policies of one principal are for the caller to check with Policy.Size.
const (
	MaxDocument    = 131072 // bytes of any document, white space counted
	MaxTrust       = 2048
	MaxManaged     = 6144
	MaxSession     = 2048 // all session policies of one call together
	MaxUserInline  = 2048
	MaxGroupInline = 5120
	MaxRoleInline  = 10240
	MaxControl     = 5120  // SCP and RCP (AWS Organizations, "Quotas")
	MaxResource    = 20480 // bucket policies (Amazon S3, "Bucket policies")
)

// limit is the most that one document of this kind may have.
func (k Kind) limit() int {
	switch k {
	case Trust:
		return MaxTrust
	case Resource:
		return MaxResource
	case Session:
		return MaxSession
	case Boundary:
		return MaxManaged
	case SCP, RCP:
		return MaxControl
	case Identity:
	}
	return MaxRoleInline
}

// String is the kind as decisions and errors name it.
func (k Kind) String() string {
	switch k {
	case Identity:
		return "identity policy"
	case Trust:
		return "trust policy"
	case Resource:
		return "resource policy"
	case Session:
		return "session policy"
	case Boundary:
		return "permissions boundary"
	case SCP:
		return "service control policy"
	case RCP:
		return "resource control policy"
	}
	return "policy"
}

// namesPrincipals tells whether statements of this kind say whom they are about.
func (k Kind) namesPrincipals() bool { return k == Trust || k == Resource || k == RCP }

// prohibited gives the elements that a statement of this kind must not have (IAM User Guide, "IAM JSON policy elements",
// and AWS Organizations, "RCP syntax").
func (k Kind) prohibited() []string {
	switch k {
	case Trust:
		return []string{"NotPrincipal", "Resource", "NotResource"}
	case RCP:
		return []string{"NotPrincipal", "NotAction"}
	case Identity, Session, Boundary, SCP:
		return []string{"Principal", "NotPrincipal"}
	case Resource:
	}
	return nil
}
