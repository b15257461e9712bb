package name

import (
	"fmt"
	"strings"
)

// MaxARN bounds an ARN's length in bytes (AWS: 2,048).
const MaxARN = 2048

// AccountID is a twelve-digit AWS account id.
type AccountID struct{ s string }

// ParseAccountID reads exactly twelve digits.
func ParseAccountID(s string) (AccountID, error) {
	if len(s) != 12 || strings.Trim(s, "0123456789") != "" {
		return AccountID{}, fmt.Errorf("%q is not an account id: want twelve digits", s)
	}
	return AccountID{s}, nil
}

// String is the twelve digits.
func (a AccountID) String() string { return a.s }

// IsZero tells "no account".
func (a AccountID) IsZero() bool { return a.s == "" }

// MarshalText writes the digits.
func (a AccountID) MarshalText() ([]byte, error) { return []byte(a.s), nil }

// UnmarshalText reads what MarshalText wrote; empty is the zero value.
func (a *AccountID) UnmarshalText(b []byte) error { return unmarshalText(a, b, ParseAccountID) }

// ARN is an Amazon resource name: arn:partition:service:region:account:resource. It is case-sensitive. Wildcards are
// not ARNs: patterns belong to the policy engine.
type ARN struct {
	s        string
	service  string
	region   string
	account  string
	resource string
}

// ParseARN reads a concrete ARN of the partition "aws".
func ParseARN(s string) (ARN, error) {
	if len(s) > MaxARN {
		return ARN{}, fmt.Errorf("ARN longer than %d bytes", MaxARN)
	}
	rest, ok := strings.CutPrefix(s, "arn:aws:")
	service, rest, _ := strings.Cut(rest, ":")
	region, rest, _ := strings.Cut(rest, ":")
	account, resource, _ := strings.Cut(rest, ":") // a part that is not there leaves no resource
	if !ok || service == "" || resource == "" {
		return ARN{}, fmt.Errorf("%q is not an ARN: want arn:aws:service:region:account:resource", s)
	}
	if account != "" {
		if _, err := ParseAccountID(account); err != nil {
			return ARN{}, fmt.Errorf("ARN %q: %w", s, err)
		}
	}
	for _, r := range s {
		if r < 0x20 || r == 0x7f || r == 0xfffd {
			return ARN{}, fmt.Errorf("ARN %q has a character that is not allowed", s)
		}
	}
	return ARN{s, service, region, account, resource}, nil
}

// NewARN builds an ARN from parts that the caller has validated.
func NewARN(service, region string, account AccountID, resource string) (ARN, error) {
	return ParseARN("arn:aws:" + service + ":" + region + ":" + account.s + ":" + resource)
}

// String is the ARN.
func (a ARN) String() string { return a.s }

// IsZero tells "no ARN".
func (a ARN) IsZero() bool { return a.s == "" }

// Service is the third part, e.g. "iam".
func (a ARN) Service() string { return a.service }

// Region is the fourth part, often empty.
func (a ARN) Region() string { return a.region }

// Account is the fifth part; zero where the service has none (S3).
func (a ARN) Account() AccountID { return AccountID{a.account} }

// Resource is everything after the fifth colon, e.g. "role/path/name".
func (a ARN) Resource() string { return a.resource }

// MarshalText writes the ARN.
func (a ARN) MarshalText() ([]byte, error) { return []byte(a.s), nil }

// UnmarshalText reads what MarshalText wrote; empty is the zero value.
func (a *ARN) UnmarshalText(b []byte) error { return unmarshalText(a, b, ParseARN) }
