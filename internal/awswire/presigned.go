package awswire

import (
	"strconv"
	"strings"
	"time"

	"github.com/lanyard-id/lanyard/internal/fault"
)

// The parameters of a presigned URL.
const (
	paramAlgorithm     = "X-Amz-Algorithm"
	paramCredential    = "X-Amz-Credential"
	paramDate          = "X-Amz-Date"
	paramExpires       = "X-Amz-Expires"
	paramSignedHeaders = "X-Amz-SignedHeaders"
	paramSignature     = "X-Amz-Signature"
	paramToken         = "X-Amz-Security-Token"
	paramContentSHA256 = "X-Amz-Content-Sha256"
)

// MaxPresign is the longest life of a presigned URL.
const MaxPresign = 7 * 24 * time.Hour

// Presigned is the proof in a presigned URL. The parts are well formed; nothing is verified.
type Presigned struct {
	Auth
	SignedAt      time.Time
	Expires       time.Duration // 1 s to MaxPresign, counted from SignedAt
	SessionToken  Secret        // empty if there is none
	ContentSHA256 string        // empty if not announced in the query
}

// ParsePresigned reads the presigned form from a raw query. Every parameter of the form may be there only once.
func ParsePresigned(rawQuery string) (Presigned, error) {
	params, err := ParseParams(rawQuery)
	if err != nil {
		return Presigned{}, err
	}
	return presignedFrom(params)
}

// isPresigned tells whether a query claims to be a signature, well formed or not.
func isPresigned(p Params) bool {
	return p.Has(paramAlgorithm) || p.Has(paramSignature) || p.Has(paramCredential)
}

// isPresignedV2 recognises the query form of Signature Version 2.
func isPresignedV2(p Params) bool { return p.Has("AWSAccessKeyId") && p.Has("Signature") }

func presignedFrom(params Params) (Presigned, error) {
	var bad error
	one := func(name string) string {
		v, _, err := params.One(name)
		if err != nil && bad == nil {
			bad = malformedPresign("the query parameter %s is given more than once", name)
		}
		return v
	}
	scheme, date, expires := one(paramAlgorithm), one(paramDate), one(paramExpires)
	credential, signed, signature := one(paramCredential), one(paramSignedHeaders), one(paramSignature)
	p := Presigned{SessionToken: Secret(one(paramToken)), ContentSHA256: one(paramContentSHA256)}
	if bad != nil {
		return Presigned{}, bad
	}
	if scheme == algorithm4A {
		return Presigned{}, unsupportedV4A()
	}
	if scheme != algorithm {
		return Presigned{}, malformedPresign("%s is not %s", paramAlgorithm, algorithm)
	}
	var ok bool
	if p.SignedAt, ok = parseTime(date); !ok {
		return Presigned{}, malformedPresign("%s is not of the form YYYYMMDDTHHMMSSZ", paramDate)
	}
	if p.Expires, ok = parseExpires(expires); !ok {
		return Presigned{}, malformedPresign("%s is not a number of seconds from 1 to %d",
			paramExpires, int(MaxPresign.Seconds()))
	}
	var err error
	p.Auth, err = parseAuth(credential, signed, signature, malformedPresign)
	return p, err
}

func malformedPresign(format string, args ...any) *fault.Fault {
	return fault.New(fault.Invalid, ReasonMalformedPresign, format, args...)
}

// parseExpires reads 1..604800 without sign, space or leading zero.
func parseExpires(s string) (time.Duration, bool) {
	if s == "" || len(s) > 6 || s[0] == '0' || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	life := time.Duration(n) * time.Second
	return life, err == nil && life <= MaxPresign
}
