package aws

import (
	"time"

	"github.com/lanyard-id/lanyard/internal/name"
)

// Tags are free-form labels.
type Tags = map[string]string

// Account is an AWS account.
type Account struct {
	ID        name.AccountID `json:"id"`
	Name      string         `json:"name"`                // unique
	RevokedAt int64          `json:"revokedAt,omitempty"` // root sessions minted from an older revision are dead
	Created   time.Time      `json:"created"`
	Rev       int64          `json:"-"`
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

// Policy is a managed policy; only its default version is kept until versions are offered.
type Policy struct {
	ARN      name.ARN  `json:"arn"`
	UniqueID string    `json:"uniqueId"` // ANPA...
	Path     string    `json:"path"`
	Name     string    `json:"name"`
	Document string    `json:"document"`
	Created  time.Time `json:"created"`
	Rev      int64     `json:"-"`

	compiled *compiledPolicy
}

// OIDCProvider makes an issuer known to one account.
type OIDCProvider struct {
	ARN       name.ARN       `json:"arn"`
	URL       name.IssuerURL `json:"url"`
	ClientIDs []string       `json:"clientIds"`
	// AudienceClaim is "azp-first" (what AWS does) or "aud" (what RFC 7519 readers expect).
	AudienceClaim string    `json:"audienceClaim"`
	Created       time.Time `json:"created"`
	Rev           int64     `json:"-"`
}

// Bucket is an S3 bucket; names are unique in the installation.
type Bucket struct {
	Name    string         `json:"name"`
	Account name.AccountID `json:"account"`
	UID     name.GUID      `json:"uid"` // names its bytes on disk
	Region  string         `json:"region"`
	Policy  string         `json:"policy,omitempty"` // bucket policy document
	Created time.Time      `json:"created"`
	Rev     int64          `json:"-"`

	compiled *compiledPolicy
}

// Resource is a workload in AWS's words: lambda:function, ec2:instance, ecs:task. It binds at most one role.
type Resource struct {
	ARN     name.ARN  `json:"arn"`
	UID     name.GUID `json:"uid"`
	Kind    string    `json:"kind"` // "lambda:function", ...
	Tags    Tags      `json:"tags,omitempty"`
	Created time.Time `json:"created"`
	Rev     int64     `json:"-"`
}
