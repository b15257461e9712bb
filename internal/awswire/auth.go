package awswire

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/lanyard-id/lanyard/internal/fault"
)

const (
	algorithm   = "AWS4-HMAC-SHA256"
	algorithm4A = "AWS4-ECDSA-P256-SHA256"
	terminator  = "aws4_request"
	dayLayout   = "20060102"
	timeLayout  = "20060102T150405Z"
)

// Bounds of an Authorization header.
const (
	MaxAuthorization = 8 << 10 // bytes of the whole header
	MaxSignedHeaders = 128
	maxKeyID         = 128
	maxRegion        = 64
)

// Scope is where and when a signing key is good: one day (YYYYMMDD, UTC), one region, one service.
type Scope struct{ Date, Region, Service string }

// String is the scope as it is signed.
func (s Scope) String() string {
	return s.Date + "/" + s.Region + "/" + s.Service + "/" + terminator
}

// Auth is a Signature Version 4 as presented. The parts are well formed; nothing is verified.
type Auth struct {
	KeyID string
	Scope
	SignedHeaders []string // lower case, ascending, without repeats
	Signature     string   // 64 lower-case hex digits
}

// ParseAuthorization reads an Authorization header of the form
// "AWS4-HMAC-SHA256 Credential=..., SignedHeaders=..., Signature=...". The space after a comma is optional.
func ParseAuthorization(header string) (Auth, error) {
	if len(header) > MaxAuthorization {
		return Auth{}, malformedAuth("the Authorization header is longer than %d bytes", MaxAuthorization)
	}
	scheme, rest, _ := strings.Cut(header, " ")
	switch scheme {
	case algorithm:
	case algorithm4A:
		return Auth{}, unsupportedV4A()
	case "AWS":
		return Auth{}, refusedV2()
	default:
		return Auth{}, malformedAuth("the Authorization header is not of the type %s", algorithm)
	}
	var credential, signed, signature string
	for part := range strings.SplitSeq(rest, ",") {
		name, value, _ := strings.Cut(strings.Trim(part, " "), "=")
		var field *string
		switch name {
		case "Credential":
			field = &credential
		case "SignedHeaders":
			field = &signed
		case "Signature":
			field = &signature
		default:
			return Auth{}, malformedAuth("the Authorization header has a part besides Credential, SignedHeaders and Signature")
		}
		if *field != "" {
			return Auth{}, malformedAuth("the Authorization header has %s twice", name)
		}
		*field = value
	}
	return parseAuth(credential, signed, signature, malformedAuth)
}

// complaint makes the fault of the place that is being read.
type complaint func(format string, args ...any) *fault.Fault

// SignedFor gives the service that a request says it is signed for, in its Authorization header; empty if it says none.
// Nothing is verified.
func SignedFor(h http.Header) string {
	a, err := ParseAuthorization(h.Get("Authorization"))
	if err != nil {
		return ""
	}
	return a.Service
}

func malformedAuth(format string, args ...any) *fault.Fault {
	return fault.New(fault.Invalid, ReasonMalformedAuthorization, format, args...)
}

func refusedV2() *fault.Fault {
	return fault.New(fault.Invalid, ReasonSignatureV2,
		"Signature Version 2 is not offered: set signature_version = s3v4 in the client's configuration, "+
			"or choose a region that signs with version 4, such as us-east-2")
}

func unsupportedV4A() *fault.Fault {
	return fault.New(fault.Unsupported, ReasonSignatureV4A, "%s is not offered: sign with %s", algorithm4A, algorithm)
}

// parseAuth reads the three parts that both forms of a signature share.
func parseAuth(credential, signedHeaders, signature string, bad complaint) (Auth, error) {
	parts := strings.Split(credential, "/")
	if len(parts) != 5 || parts[4] != terminator {
		return Auth{}, bad("the credential is not of the form key/date/region/service/%s", terminator)
	}
	a := Auth{KeyID: parts[0], Scope: Scope{parts[1], parts[2], parts[3]}, Signature: signature}
	if day, err := time.Parse(dayLayout, a.Date); err != nil || day.Format(dayLayout) != a.Date {
		return Auth{}, bad("the credential's date is not of the form YYYYMMDD")
	}
	switch {
	case !word(a.KeyID, maxKeyID):
		return Auth{}, bad("the credential's access key id is empty, too long or has a character that is not allowed")
	case !word(a.Region, maxRegion) || !word(a.Service, maxRegion):
		return Auth{}, bad("the credential's region or service is empty or has a character that is not allowed")
	case !isHexSHA256(signature):
		return Auth{}, bad("the signature is not 64 lower-case hexadecimal digits")
	}
	if a.SignedHeaders = strings.Split(signedHeaders, ";"); len(a.SignedHeaders) > MaxSignedHeaders {
		return Auth{}, bad("more than %d headers are signed", MaxSignedHeaders)
	}
	for i, name := range a.SignedHeaders {
		if !headerName(name) || i > 0 && name <= a.SignedHeaders[i-1] {
			return Auth{}, bad("the signed headers are not lower-case names in ascending order")
		}
	}
	if !slices.Contains(a.SignedHeaders, "host") {
		return Auth{}, bad("the host header is not signed")
	}
	return a, nil
}

// word tells whether s is 1..most letters, digits, '-' and '_'.
func word(s string, most int) bool {
	for i := range len(s) {
		if c := s[i]; c == '.' || c == '~' || !unreserved(c) {
			return false
		}
	}
	return s != "" && len(s) <= most
}

// headerName tells whether s is a lower-case header field name (RFC 9110 section 5.1).
func headerName(s string) bool {
	for i := range len(s) {
		c := s[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && strings.IndexByte("!#$%&'*+-.^_`|~", c) < 0 {
			return false
		}
	}
	return s != ""
}

// oneHeader gives the only value of a header; a header given twice is refused.
func oneHeader(h http.Header, name string, bad complaint) (string, error) {
	switch values := h[name]; len(values) {
	case 0:
		return "", nil
	case 1:
		return values[0], nil
	}
	return "", bad("the header %s is given more than once", name)
}

// parseTime reads YYYYMMDDTHHMMSSZ and nothing else; time.Parse alone would take a fraction too.
func parseTime(s string) (time.Time, bool) {
	t, err := time.Parse(timeLayout, s)
	return t, err == nil && len(s) == len(timeLayout)
}
