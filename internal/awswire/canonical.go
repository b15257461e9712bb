package awswire

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/lanyard-id/lanyard/internal/fault"
)

// signable is everything that goes under a signature.
type signable struct {
	req     Request
	s3      bool
	params  Params
	signed  []string
	payload string
}

// canonicalRequest writes the text whose hash is signed: method, path, query, headers, names of the headers, payload,
// one on each line (Signature Version 4, "create a canonical request").
func (s signable) canonicalRequest() ([]byte, error) {
	out := make([]byte, 0, 1024)
	out = append(out, s.req.Method...)
	out = append(out, '\n')
	out, err := appendPath(out, s.req.Path, s.s3)
	if err != nil {
		return nil, err
	}
	out = append(out, '\n')
	out = s.params.appendCanonical(out, paramSignature)
	out = append(out, '\n')
	for _, name := range s.signed {
		if out, err = s.appendHeader(out, name); err != nil {
			return nil, err
		}
	}
	out = append(out, '\n')
	for i, name := range s.signed {
		if i > 0 {
			out = append(out, ';')
		}
		out = append(out, name...)
	}
	out = append(out, '\n')
	return append(out, s.payload...), nil
}

// appendHeader writes "name:value\n"; the values of a repeated header are joined with commas in arrival order.
func (s signable) appendHeader(dst []byte, name string) ([]byte, error) {
	dst = append(dst, name...)
	dst = append(dst, ':')
	if name == "host" {
		dst = appendCollapsed(dst, s.req.Host)
		return append(dst, '\n'), nil
	}
	values := s.req.Header[http.CanonicalHeaderKey(name)]
	if len(values) == 0 {
		return nil, fault.New(fault.Unauthenticated, ReasonBadSignature,
			"the header %s is named as signed and did not arrive", name)
	}
	for i, v := range values {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendCollapsed(dst, v)
	}
	return append(dst, '\n'), nil
}

// appendCollapsed writes v without outer white space and with inner runs of spaces as one space.
func appendCollapsed(dst []byte, v string) []byte {
	v = strings.Trim(v, " \t")
	for i := range len(v) {
		if v[i] != ' ' || v[i-1] != ' ' { // v[0] is never a space
			dst = append(dst, v[i])
		}
	}
	return dst
}

// checkHeaders refuses every x-amz header that is present and not signed: whoever relays a request could otherwise add
// a copy source, an ACL or another session token (threat A03).
func checkHeaders(h http.Header, signed []string) error {
	const prefix = "X-Amz-"
	var missing []string
	for name := range h {
		if len(name) < len(prefix) || !strings.EqualFold(name[:len(prefix)], prefix) {
			continue
		}
		lower := strings.ToLower(name)
		// A key that is not in canonical form would not be found where the signature looks for its value.
		if !slices.Contains(signed, lower) || http.CanonicalHeaderKey(lower) != name {
			missing = append(missing, lower)
		}
	}
	if missing == nil {
		return nil
	}
	slices.Sort(missing)
	return fault.New(fault.Unauthenticated, ReasonHeadersNotSigned,
		"There were headers present in the request which were not signed: %s", strings.Join(missing, ", "))
}

// stringToSign is the text that the signing key signs.
func stringToSign(canonical []byte, at time.Time, scope Scope) string {
	return algorithm + "\n" + at.Format(timeLayout) + "\n" + scope.String() + "\n" + hexSHA256(canonical)
}

func hexSHA256(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
