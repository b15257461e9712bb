package aws

import (
	"strings"
	"time"

	"github.com/lanyard-id/lanyard/internal/name"
)

// Tags are free-form labels.
type Tags = map[string]string

// Account is an AWS account.
type Account struct {
	compiled *compiledAccount

	// ServiceControl and ResourceControl are the control policies of the account's organization, document by name: what
	// principals of the account may do at most, and what may be done to its resources at most. None is no organization.
	ServiceControl  map[string]string `json:"serviceControlPolicies,omitempty"`
	ResourceControl map[string]string `json:"resourceControlPolicies,omitempty"`

	ID        name.AccountID `json:"id"`
	Name      string         `json:"name"`                // unique
	RevokedAt int64          `json:"revokedAt,omitempty"` // root sessions minted from an older revision are dead
	// Outbound says that principals of the account may get tokens of our own issuer (IAM, "outbound web identity federation").
	Outbound bool `json:"outbound,omitempty"`
	// KeyDays is how many days a new access key of a user lives; 0 is DefaultKeyDays.
	KeyDays int       `json:"accessKeyDays,omitempty"`
	Created time.Time `json:"created"`
	Rev     int64     `json:"-"`
}

// Role is an IAM role. Trust and the inline documents name other roles and users by unique id, so that a name used
// again inherits no trust.
type Role struct {
	ARN         name.ARN          `json:"arn"`
	UniqueID    string            `json:"uniqueId"` // AROA...: never used again
	Path        string            `json:"path"`
	Name        string            `json:"name"`
	Description string            `json:"description,omitempty"`
	Trust       string            `json:"trust"`              // the trust policy document
	Inline      map[string]string `json:"inline,omitempty"`   // policy name to document
	Managed     []name.ARN        `json:"managed,omitempty"`  // attached managed policies
	Boundary    name.ARN          `json:"boundary,omitzero"`  // permissions boundary
	MaxSession  int               `json:"maxSessionDuration"` // seconds, 3600..43200
	// MaxLifetime bounds sessions below AWS's own minimum when an operator sets it (seconds, from 2; 0 is no bound).
	MaxLifetime int       `json:"maxLifetime,omitempty"`
	Tags        Tags      `json:"tags,omitempty"`
	RevokedAt   int64     `json:"revokedAt,omitempty"` // sessions minted from an older revision are dead
	Created     time.Time `json:"created"`
	Rev         int64     `json:"-"`

	compiled *compiledRole
}

// Policy is a managed policy. Document is its default version, the one that decides; a version's document never changes.
type Policy struct {
	ARN         name.ARN        `json:"arn"`
	UniqueID    string          `json:"uniqueId"` // ANPA...
	Path        string          `json:"path"`
	Name        string          `json:"name"`
	Description string          `json:"description,omitempty"`
	Document    string          `json:"document"`
	Default     int             `json:"default,omitempty"` // number of the default version; 0 is 1
	Last        int             `json:"last,omitempty"`    // highest number that a version has had; 0 is 1
	Set         time.Time       `json:"set,omitzero"`      // when the default version was made; zero is Created
	Updated     time.Time       `json:"updated,omitzero"`  // when the policy got a version or another default; zero is Created
	Others      []PolicyVersion `json:"others,omitempty"`  // the other versions, the newest first
	Tags        Tags            `json:"tags,omitempty"`
	Created     time.Time       `json:"created"`
	Rev         int64           `json:"-"`

	compiled *compiledPolicy
}

// PolicyVersion is one version of a managed policy.
type PolicyVersion struct {
	N        int       `json:"n"` // from 1; never used again
	Document string    `json:"document"`
	Created  time.Time `json:"created"`
}

// OIDCProvider makes an issuer known to one account.
type OIDCProvider struct {
	ARN       name.ARN       `json:"arn"`
	URL       name.IssuerURL `json:"url"`
	ClientIDs []string       `json:"clientIds"`
	// AudienceClaim is "azp-first" (what AWS does) or "aud" (what RFC 7519 readers expect).
	AudienceClaim string `json:"audienceClaim"`
	// Thumbprints are kept and given back. No connection is believed because of one.
	Thumbprints []string  `json:"thumbprints,omitempty"`
	Tags        Tags      `json:"tags,omitempty"`
	Created     time.Time `json:"created"`
	Rev         int64     `json:"-"`
}

// SAMLProvider makes a SAML identity provider known to one account. A provider that is made again under the name is another:
// trust policies mean whoever has the ARN, sessions the one whose UID they carry.
type SAMLProvider struct {
	ARN      name.ARN  `json:"arn"`
	UID      name.GUID `json:"uid"`
	Metadata string    `json:"metadata"` // as it was given
	// AWSNames says that responses which were made for AWS's own sign-in are accepted as well.
	AWSNames bool      `json:"awsNames,omitempty"`
	Tags     Tags      `json:"tags,omitempty"`
	Created  time.Time `json:"created"`
	Rev      int64     `json:"-"`

	compiled *compiledMetadata
}

// Name is the provider's name in its account.
func (p *SAMLProvider) Name() string { return strings.TrimPrefix(p.ARN.Resource(), "saml-provider/") }

// InstanceProfile is how an EC2 instance names the role that it runs as. It holds at most one role, by unique id: a role
// that was made again under the name is not in it.
type InstanceProfile struct {
	ARN      name.ARN  `json:"arn"`
	UniqueID string    `json:"uniqueId"` // AIPA...
	Path     string    `json:"path"`
	Name     string    `json:"name"`
	RoleID   string    `json:"roleId,omitempty"` // AROA...; empty is none
	Tags     Tags      `json:"tags,omitempty"`
	Created  time.Time `json:"created"`
	Rev      int64     `json:"-"`
}

// Bucket is an S3 bucket; names are unique in the installation.
type Bucket struct {
	Name    string         `json:"name"`
	Account name.AccountID `json:"account"`
	UID     name.GUID      `json:"uid"` // names its bytes on disk
	Region  string         `json:"region"`
	Policy  string         `json:"policy,omitempty"` // bucket policy document
	Tags    Tags           `json:"tags,omitempty"`
	Created time.Time      `json:"created"`
	Rev     int64          `json:"-"`

	compiled *compiledPolicy
}

// Resource is a workload in AWS's words: lambda:function, ec2:instance, ecs:task. It binds at most one role.
type Resource struct {
	ARN  name.ARN  `json:"arn"`
	UID  name.GUID `json:"uid"`
	Kind string    `json:"kind"`           // "lambda:function", ...
	Role string    `json:"role,omitempty"` // unique id of the bound role: one that is made again under its name is another
	// RevokedAt is when the role last became another: sessions of an older revision are dead, also if it is the same again.
	RevokedAt int64     `json:"revokedAt,omitempty"`
	Tags      Tags      `json:"tags,omitempty"`
	Created   time.Time `json:"created"`
	Rev       int64     `json:"-"`
}

// Service is the principal that a role's trust policy must name for the workload to have the role.
func (r *Resource) Service() string {
	switch r.Kind {
	case "lambda:function":
		return "lambda.amazonaws.com"
	case "ec2:instance":
		return "ec2.amazonaws.com"
	case "ecs:task":
		return "ecs-tasks.amazonaws.com"
	}
	return ""
}

// Name is the last part of the ARN: a function's name, an instance's or a task's id. The workload's sessions have it.
func (r *Resource) Name() string {
	path := r.ARN.Resource()
	return path[strings.LastIndexAny(path, "/:")+1:]
}
