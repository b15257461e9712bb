package view

import (
	"github.com/lanyard-id/lanyard/internal/view/aws"
	"github.com/lanyard-id/lanyard/internal/view/table"
)

// awsHalf is the AWS half of a View. Its name keeps it out of reach: what it can look up is the View's own, and only this
// room enters and drops its records.
type awsHalf = aws.View

// The AWS nouns.
type (
	// Account is an AWS account.
	Account = aws.Account
	// Role is an IAM role.
	Role = aws.Role
	// Policy is a managed policy.
	Policy = aws.Policy
	// PolicyVersion is one version of a managed policy.
	PolicyVersion = aws.PolicyVersion
	// User is an IAM user.
	User = aws.User
	// UserGroup is a group of IAM users.
	UserGroup = aws.Group
	// AccessKey is what an IAM user signs with.
	AccessKey = aws.AccessKey
	// InstanceProfile is how an EC2 instance names its role.
	InstanceProfile = aws.InstanceProfile
	// OIDCProvider makes an issuer known to one account.
	OIDCProvider = aws.OIDCProvider
	// SAMLProvider makes a SAML identity provider known to one account.
	SAMLProvider = aws.SAMLProvider
	// Bucket is an S3 bucket.
	Bucket = aws.Bucket
	// AWSResource is a workload in AWS's words.
	AWSResource = aws.Resource
	// Cluster is an EKS cluster.
	Cluster = aws.Cluster
	// PodAssociation says which role the pods of a service account have.
	PodAssociation = aws.PodAssociation
)

// PodsService is the principal that a role's trust policy must name for pods to have the role.
const PodsService = aws.PodsService

// DefaultKeyDays is how many days a new access key lives where its account says nothing.
const DefaultKeyDays = aws.DefaultKeyDays

// Taken says that two records claim what only one may have.
type Taken = table.Taken
