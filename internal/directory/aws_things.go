package directory

import (
	"regexp"
	"slices"
	"strings"

	"github.com/lanyard-id/lanyard/internal/iampolicy"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// BucketSpec is a bucket as somebody wants it.
type BucketSpec struct {
	Account name.AccountID
	Name    string
	Policy  string // bucket policy document; empty is none
}

// PutBucket makes a bucket or changes its policy. A bucket of another account is refused as taken.
func (e *Edit) PutBucket(s BucketSpec) (Outcome, error) {
	if _, ok := e.view.Account(s.Account); !ok {
		return Unchanged, notFound(AccountNotFound, "there is no AWS account %s", s.Account)
	}
	if err := checkBucketName(s.Name); err != nil {
		return Unchanged, err
	}
	b := &view.Bucket{Name: s.Name, Account: s.Account, UID: name.NewGUID(), Created: e.now}
	if old, ok := e.view.Bucket(s.Name); ok {
		if old.Account != s.Account {
			return Unchanged, conflict(Exists, "the bucket name %q is taken by another account", s.Name)
		}
		kept := *old
		b = &kept
	}
	if i := e.view.Installation(); b.Region == "" && i != nil {
		b.Region = i.Region
	}
	if s.Policy != "" && s.Policy != b.Policy {
		kept, err := e.settle(s.Policy, iampolicy.Resource)
		if err != nil {
			return Unchanged, err
		}
		s.Policy = kept
	}
	b.Policy = s.Policy
	return e.save(b)
}

// DeleteBucket deletes a bucket. Whether it is empty is for the caller to look at first; its bytes are the objects
// room's to remove, and a later bucket of that name does not see them.
func (e *Edit) DeleteBucket(bucket string) error {
	b, ok := e.view.Bucket(bucket)
	if !ok {
		return notFound(BucketNotFound, "there is no bucket %q", shown(bucket))
	}
	return e.remove(b)
}

// ProviderSpec is an OIDC provider as somebody wants it.
type ProviderSpec struct {
	Account       name.AccountID
	URL           name.IssuerURL
	ClientIDs     []string
	AudienceClaim string // azp-first or aud; empty is azp-first
}

// Limits of OIDC providers (IAM User Guide, "IAM and STS quotas").
const (
	maxProviders = 100
	maxClientIDs = 100
)

// PutOIDCProvider makes an issuer known to an account or changes what is accepted of it, and gives the ARN.
func (e *Edit) PutOIDCProvider(s ProviderSpec) (name.ARN, Outcome, error) {
	if _, ok := e.view.Account(s.Account); !ok {
		return name.ARN{}, Unchanged, notFound(AccountNotFound, "there is no AWS account %s", s.Account)
	}
	if s.AudienceClaim == "" {
		s.AudienceClaim = "azp-first"
	}
	if err := s.check(); err != nil {
		return name.ARN{}, Unchanged, err
	}
	arn, err := name.NewARN("iam", "", s.Account, "oidc-provider/"+s.URL.WithoutScheme())
	if err != nil {
		return name.ARN{}, Unchanged, invalid(InvalidValue, "%v", err)
	}
	p := &view.OIDCProvider{ARN: arn, URL: s.URL, Created: e.now}
	if old, ok := e.view.OIDCProvider(arn); ok {
		if old.URL != s.URL {
			return arn, Unchanged, conflict(Exists, "the provider %s is registered with the URL %s", arn, old.URL)
		}
		p.Created = old.Created
	} else if count(e.view.OIDCProviders(s.Account)) >= maxProviders {
		return arn, Unchanged, conflict(LimitExceeded, "an account has at most %d OIDC providers", maxProviders)
	}
	p.ClientIDs, p.AudienceClaim = s.ClientIDs, s.AudienceClaim
	outcome, err := e.save(p)
	return arn, outcome, err
}

func (s ProviderSpec) check() error {
	switch {
	case s.URL.IsZero() || len(s.URL.String()) > 255:
		return invalid(InvalidValue, "a provider needs a URL of at most 255 characters")
	case s.AudienceClaim != "azp-first" && s.AudienceClaim != "aud":
		return invalid(InvalidValue, "the audience claim is azp-first or aud, not %q", shown(s.AudienceClaim))
	case len(s.ClientIDs) > maxClientIDs:
		return conflict(LimitExceeded, "a provider has at most %d client ids, not %d", maxClientIDs, len(s.ClientIDs))
	}
	for i, id := range s.ClientIDs {
		if id == "" || len(id) > 255 || slices.Contains(s.ClientIDs[:i], id) {
			return invalid(InvalidValue, "the client id %q is empty, longer than 255 bytes or listed twice", shown(id))
		}
	}
	return nil
}

// DeleteOIDCProvider makes an issuer unknown to an account. Roles that trust it can no longer be assumed through it.
func (e *Edit) DeleteOIDCProvider(arn name.ARN) error {
	p, ok := e.view.OIDCProvider(arn)
	if !ok {
		return notFound(ProviderNotFound, "OpenIDConnect Provider not found for arn %s", arn)
	}
	return e.remove(p)
}

// AWSResourceSpec is a workload in AWS's words.
type AWSResourceSpec struct {
	ARN  name.ARN
	Tags view.Tags
}

// awsShapes are the workloads that Lanyard knows, by kind, with the form of the ARN's last part.
func awsShapes() map[string]*regexp.Regexp {
	return map[string]*regexp.Regexp{
		"lambda:function": lambdaShape, "ec2:instance": instanceShape, "ecs:task": taskShape,
	}
}

var (
	lambdaShape   = regexp.MustCompile(`^function:[A-Za-z0-9_-]{1,64}$`)
	instanceShape = regexp.MustCompile(`^instance/[A-Za-z0-9_-]{1,64}$`)
	taskShape     = regexp.MustCompile(`^task/[A-Za-z0-9_-]{1,255}/[A-Za-z0-9_-]{1,64}$`)
)

// AWSResourceARN builds the ARN of a workload from its kind (lambda:function, ec2:instance, ecs:task) and name. The name
// of a task is "cluster/id", or "id" in the cluster "default".
func AWSResourceARN(kind, region string, account name.AccountID, resource string) (name.ARN, error) {
	shape, ok := awsShapes()[kind]
	if !ok {
		return name.ARN{}, invalid(InvalidValue, "%q is no kind of AWS resource: want lambda:function, ec2:instance or ecs:task", shown(kind))
	}
	service, part, _ := strings.Cut(kind, ":")
	switch kind {
	case "lambda:function":
		part += ":" + resource
	case "ecs:task":
		if !strings.Contains(resource, "/") {
			resource = "default/" + resource
		}
		part += "/" + resource
	default:
		part += "/" + resource
	}
	arn, err := name.NewARN(service, region, account, part)
	if err != nil || !shape.MatchString(part) {
		return name.ARN{}, invalid(InvalidName, "%q is not a name for a %s", shown(resource), kind)
	}
	return arn, nil
}

// PutAWSResource makes or updates a workload of the AWS side.
func (e *Edit) PutAWSResource(s AWSResourceSpec) (Outcome, error) {
	kind, err := awsKind(s.ARN)
	if err != nil {
		return Unchanged, err
	}
	if _, ok := e.view.Account(s.ARN.Account()); !ok {
		return Unchanged, notFound(AccountNotFound, "there is no AWS account %s", s.ARN.Account())
	}
	if err := checkTags(s.Tags); err != nil {
		return Unchanged, err
	}
	r := &view.AWSResource{ARN: s.ARN, UID: name.NewGUID(), Kind: kind, Created: e.now}
	if old, ok := e.view.AWSResource(s.ARN); ok {
		r.UID, r.Created = old.UID, old.Created
	}
	r.Tags = s.Tags
	return e.save(r)
}

// awsKind tells what sort of workload an ARN names.
func awsKind(arn name.ARN) (string, error) {
	for kind, shape := range awsShapes() {
		service, _, _ := strings.Cut(kind, ":")
		if arn.Service() == service && arn.Region() != "" && shape.MatchString(arn.Resource()) {
			return kind, nil
		}
	}
	return "", invalid(InvalidValue, "%s is not the ARN of a lambda function, an EC2 instance or an ECS task", arn)
}

// DeleteAWSResource deletes a workload of the AWS side.
func (e *Edit) DeleteAWSResource(arn name.ARN) error {
	r, ok := e.view.AWSResource(arn)
	if !ok {
		return notFound(AWSResourceNotFound, "there is no AWS resource %s", arn)
	}
	return e.remove(r)
}
