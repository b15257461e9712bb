package awswire

import (
	"crypto/subtle"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/lanyard-id/lanyard/internal/fault"
)

// Proof is the signature of one request, read and not yet verified. Nothing in it may be believed before Verify.
type Proof struct {
	Auth
	SignedAt     time.Time
	Presigned    bool
	Expires      time.Duration // of a presigned URL, counted from SignedAt
	SessionToken Secret        // empty for long-term keys
	Payload      Payload       // what the door must hold the body to once Verify has passed

	rule   Rule
	signed signable
}

// ReadProof finds the one signature of a request and checks all that needs no key and no clock: form, scope, which
// headers are signed, which token belongs to which kind of key, how the body is vouched for. A request that carries
// proof twice is refused.
func ReadProof(req Request, rule Rule) (Proof, error) {
	params, err := ParseParams(req.RawQuery)
	if err != nil {
		return Proof{}, err
	}
	headers := req.Header["Authorization"]
	inQuery := isPresigned(params)
	if len(headers) > 1 || len(headers) == 1 && (inQuery || isPresignedV2(params)) {
		return Proof{}, fault.New(fault.Invalid, ReasonSeveralCredentials,
			"the request carries more than one signature: send one Authorization header or a presigned query")
	}
	p := Proof{rule: rule}
	switch {
	case len(headers) == 1:
		err = p.readHeader(req, headers[0])
	case inQuery:
		err = p.readQuery(req, params)
	case isPresignedV2(params):
		err = refusedV2()
	default:
		err = fault.New(fault.Unauthenticated, ReasonNoCredentials, "the request is not signed")
	}
	if err != nil {
		return Proof{}, err
	}
	p.signed = signable{req, rule.s3(), params, p.SignedHeaders, p.Payload.String()}
	return p, p.check(req)
}

// readHeader fills p from the Authorization header and the headers beside it.
func (p *Proof) readHeader(req Request, authorization string) (err error) {
	if p.Auth, err = ParseAuthorization(authorization); err != nil {
		return err
	}
	if p.SignedAt, err = signingTime(req.Header, p.SignedHeaders); err != nil {
		return err
	}
	token, err := oneHeader(req.Header, paramToken, malformedAuth)
	if err != nil {
		return err
	}
	announced, err := oneHeader(req.Header, hashHeader, malformedAuth)
	if err != nil {
		return err
	}
	p.SessionToken = Secret(token)
	p.Payload, err = p.rule.payload(req, announced)
	return err
}

// signingTime reads X-Amz-Date, or without it Date; whichever is used must be signed.
func signingTime(h http.Header, signed []string) (time.Time, error) {
	text, err := oneHeader(h, paramDate, malformedAuth)
	if err != nil {
		return time.Time{}, err
	}
	if text != "" { // checkHeaders sees to it that it is signed
		at, ok := parseTime(text)
		if !ok {
			return time.Time{}, malformedAuth("X-Amz-Date is not of the form YYYYMMDDTHHMMSSZ")
		}
		return at, nil
	}
	if text, err = oneHeader(h, "Date", malformedAuth); err != nil {
		return time.Time{}, err
	}
	if at, ok := parseTime(text); ok && slices.Contains(signed, "date") {
		return at, nil
	}
	at, err := http.ParseTime(text) // RFC 9110 section 5.6.7
	if err != nil || !slices.Contains(signed, "date") {
		return time.Time{}, malformedAuth("the signature needs a signed X-Amz-Date or Date header")
	}
	return at.UTC(), nil
}

// readQuery fills p from a presigned URL.
func (p *Proof) readQuery(req Request, params Params) error {
	pre, err := presignedFrom(params)
	if err != nil {
		return err
	}
	if len(req.Header[paramToken]) > 0 {
		return malformedPresign("the session token of a presigned URL belongs into its query")
	}
	announced, err := oneHeader(req.Header, hashHeader, malformedPresign)
	if err != nil {
		return err
	}
	switch {
	case announced != "" && pre.ContentSHA256 != "" && announced != pre.ContentSHA256:
		return malformedPresign("the query and the headers announce different body hashes")
	case announced == "" && pre.ContentSHA256 != "":
		announced = pre.ContentSHA256
	case announced == "" && p.rule.s3():
		announced = wordUnsigned
	}
	p.Auth, p.SignedAt, p.Expires, p.SessionToken = pre.Auth, pre.SignedAt, pre.Expires, pre.SessionToken
	p.Presigned = true
	if p.Payload, err = p.rule.payload(req, announced); err != nil {
		return err
	}
	if p.Payload.Streaming() {
		return malformedPresign("a presigned URL cannot be used with an aws-chunked body")
	}
	return nil
}

// payload settles what is signed for the body. S3 signs what the client announces; a Query service hashes the body that
// it has, and an announced hash must be the same.
func (r Rule) payload(req Request, announced string) (Payload, error) {
	if !r.s3() {
		actual := hexSHA256(req.Body)
		if announced != "" && announced != actual {
			return Payload{}, fault.New(fault.Invalid, ReasonBodyMismatch,
				"the body does not have the hash that %s announces", hashHeaderSigned)
		}
		return Payload{Mode: PayloadHashed, SHA256: actual}, nil
	}
	payload, err := ParsePayload(announced)
	if err == nil && payload.Unsigned() && !req.Secure {
		return Payload{}, fault.New(fault.Invalid, ReasonUnsignedPayload,
			"without TLS the body must be covered by the signature: %s is not accepted", payload)
	}
	return payload, err
}

// check is what both forms have in common.
func (p Proof) check(req Request) error {
	if req.Host == "" {
		return malformedAuth("the request has no Host")
	}
	if p.Service != p.rule.Service {
		return fault.New(fault.Unauthenticated, ReasonWrongScope,
			"the credential is scoped to the service %q and this is %q", p.Service, p.rule.Service)
	}
	if day := p.SignedAt.Format(dayLayout); p.Date != day {
		return fault.New(fault.Unauthenticated, ReasonWrongScope,
			"the credential is scoped to the day %s and the request is signed on %s", p.Date, day)
	}
	if err := checkHeaders(req.Header, p.SignedHeaders); err != nil {
		return err
	}
	// Only temporary keys have a session token, and they always have one (threat A10).
	if temporary := strings.HasPrefix(p.KeyID, "ASIA"); temporary != (p.SessionToken != "") {
		return fault.New(fault.Unauthenticated, ReasonTokenMismatch,
			"The security token included in the request is invalid: a session token goes with an ASIA key and with no other")
	}
	return nil
}

// Verify checks the clock and the signature. key is the signing key of the secret of p.KeyID for p.Scope. A caller that
// knows no such key verifies against a key of its own all the same, so that time does not tell (threat A18).
func (p Proof) Verify(key SigningKey, now time.Time) error {
	if err := p.checkClock(now); err != nil {
		return err
	}
	canonical, err := p.signed.canonicalRequest()
	if err != nil {
		return err
	}
	want := key.Sign(stringToSign(canonical, p.SignedAt, p.Scope))
	if subtle.ConstantTimeCompare([]byte(want), []byte(p.Signature)) != 1 {
		return fault.New(fault.Unauthenticated, ReasonBadSignature,
			"The request signature we calculated does not match the signature you provided. "+
				"Check your secret access key and signing method.")
	}
	return nil
}

// checkClock holds the signing time against now. A presigned URL is good for as long as it says, but like any request it
// may not come from the future.
func (p Proof) checkClock(now time.Time) error {
	early, late := p.SignedAt.Add(-p.rule.Window), p.SignedAt.Add(p.rule.Window)
	if p.Presigned {
		late = p.SignedAt.Add(p.Expires)
	}
	switch {
	case now.Before(early):
		return fault.New(fault.Unauthenticated, ReasonClockSkew, "Signature not yet current: %s is still later than %s",
			stamp(p.SignedAt), stamp(now.Add(p.rule.Window)))
	case now.After(late) && p.Presigned:
		return fault.New(fault.Expired, ReasonPresignExpired, "Request has expired: it was good until %s", stamp(late))
	case now.After(late):
		return fault.New(fault.Unauthenticated, ReasonClockSkew, "Signature expired: %s is now earlier than %s",
			stamp(p.SignedAt), stamp(now.Add(-p.rule.Window)))
	}
	return nil
}

func stamp(t time.Time) string { return t.UTC().Format(timeLayout) }
