package form

import (
	"crypto/rand"
	"encoding/base32"
	"fmt"
	"math/big"
	"regexp"
	"strconv"
	"strings"

	"github.com/lanyard-id/lanyard/internal/name"
)

var (
	bucketNames   = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]*[a-z0-9]$`)
	dottedNumbers = regexp.MustCompile(`^[0-9]+(\.[0-9]+){3}$`)
	roleNames     = regexp.MustCompile(`^[\w+=,.@-]{1,64}$`)
	policyNames   = regexp.MustCompile(`^[\w+=,.@-]{1,128}$`)
	paths         = regexp.MustCompile(`^/$|^/[\x21-\x7E]+/$`)
)

// Bucket keeps the rules of S3 ("Bucket naming rules").
func Bucket(s string) error {
	good := len(s) >= 3 && len(s) <= 63 && bucketNames.MatchString(s) && !dottedNumbers.MatchString(s)
	for _, bad := range []string{"..", ".-", "-."} {
		good = good && !strings.Contains(s, bad)
	}
	for _, reserved := range []string{"xn--", "sthree-", "amzn-s3-demo-"} {
		good = good && !strings.HasPrefix(s, reserved)
	}
	for _, reserved := range []string{"-s3alias", "--ol-s3"} {
		good = good && !strings.HasSuffix(s, reserved)
	}
	return check(good, "a bucket", s, "3 to 63 lower-case letters, digits, dashes and single dots, not the form of an "+
		"address, and none of the prefixes and suffixes that S3 reserves")
}

// Role checks the name of an IAM role.
func Role(s string) error {
	return check(roleNames.MatchString(s), "a role", s, "1 to 64 letters, digits and _+=,.@-")
}

// Policy checks the name of a policy, managed or inline.
func Policy(s string) error {
	return check(policyNames.MatchString(s), "a policy", s, "1 to 128 letters, digits and _+=,.@-")
}

// User checks the name of an IAM user.
func User(s string) error {
	return check(roleNames.MatchString(s), "a user", s, "1 to 64 letters, digits and _+=,.@-")
}

// UserGroup checks the name of a group of IAM users.
func UserGroup(s string) error {
	return check(policyNames.MatchString(s), "a group", s, "1 to 128 letters, digits and _+=,.@-")
}

// Profile checks the name of an instance profile.
func Profile(s string) error {
	return check(policyNames.MatchString(s), "an instance profile", s, "1 to 128 letters, digits and _+=,.@-")
}

// Path checks the path of a role or policy.
func Path(s string) error {
	if len(s) <= 512 && paths.MatchString(s) {
		return nil
	}
	return fmt.Errorf("%q is not a path: it begins and ends with a slash and has at most 512 characters", Shown(s))
}

// UniqueID makes an id of AWS's form that is never used again: a prefix and 17 characters of base 32 (IAM User Guide,
// "Unique identifiers").
func UniqueID(prefix string) string {
	var b [11]byte // 88 bits give 18 characters
	_, _ = rand.Read(b[:])
	return prefix + base32.StdEncoding.EncodeToString(b[:])[:17]
}

// shape is the form of the ARN's last part by kind of workload.
func shape(kind string) (shape *regexp.Regexp, ok bool) {
	switch kind {
	case "lambda:function":
		return lambdaShape, true
	case "ec2:instance":
		return instanceShape, true
	case "ecs:task":
		return taskShape, true
	}
	return nil, false
}

var (
	lambdaShape   = regexp.MustCompile(`^function:[A-Za-z0-9_-]{1,64}$`)
	instanceShape = regexp.MustCompile(`^instance/[A-Za-z0-9_-]{1,64}$`)
	taskShape     = regexp.MustCompile(`^task/[A-Za-z0-9_-]{1,255}/[A-Za-z0-9_-]{1,64}$`)
)

// WorkloadARN builds the ARN of a workload from its kind (lambda:function, ec2:instance, ecs:task) and name. The name of
// a task is "cluster/id", or "id" in the cluster "default".
func WorkloadARN(kind, region string, account name.AccountID, resource string) (name.ARN, error) {
	form, ok := shape(kind)
	if !ok {
		return name.ARN{}, fmt.Errorf("%q is no kind of AWS resource: want lambda:function, ec2:instance or ecs:task", Shown(kind))
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
	if err != nil || !form.MatchString(part) {
		return name.ARN{}, fmt.Errorf("%q is not a name for a %s", Shown(resource), kind)
	}
	return arn, nil
}

// WorkloadKind tells what sort of workload an ARN names.
func WorkloadKind(arn name.ARN) (string, error) {
	part, _, _ := strings.Cut(strings.ReplaceAll(arn.Resource(), ":", "/"), "/")
	kind := arn.Service() + ":" + part
	if form, ok := shape(kind); ok && arn.Region() != "" && !arn.Account().IsZero() && form.MatchString(arn.Resource()) {
		return kind, nil
	}
	return "", fmt.Errorf("%s is not the ARN of a lambda function, an EC2 instance or an ECS task", arn)
}

// NewAccountID gives twelve random digits, the first not 0.
func NewAccountID() (name.AccountID, error) {
	n, err := rand.Int(rand.Reader, big.NewInt(900_000_000_000))
	if err != nil {
		return name.AccountID{}, err
	}
	return name.ParseAccountID(strconv.FormatInt(100_000_000_000+n.Int64(), 10))
}
