package awswire

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Signing is what a request is signed with.
type Signing struct {
	Credentials
	Region  string
	Service string
	At      time.Time
	// Payload is how the body is vouched for. The zero value means the hash of Request.Body, or, in a presigned S3 URL,
	// an unsigned payload.
	Payload Payload
}

func (s Signing) scope() Scope { return Scope{s.At.UTC().Format(dayLayout), s.Region, s.Service} }

// Sign gives the headers of req with those added that carry a signature: Authorization, X-Amz-Date and, where they
// apply, X-Amz-Security-Token and X-Amz-Content-Sha256. Every header of req is signed but those that proxies change.
func Sign(req Request, s Signing) (http.Header, error) {
	req.Header = req.Header.Clone()
	if req.Header == nil {
		req.Header = http.Header{}
	}
	req.Header.Set(paramDate, stamp(s.At))
	if s.SessionToken != "" {
		req.Header.Set(paramToken, string(s.SessionToken))
	}
	payload := s.Payload.String()
	if payload == "" {
		payload = hexSHA256(req.Body)
	}
	if s.Service == serviceS3 {
		req.Header.Set(hashHeader, payload)
	}
	params, err := ParseParams(req.RawQuery)
	if err != nil {
		return nil, err
	}
	signed := headersToSign(req.Header)
	signature, err := s.signature(signable{req, s.Service == serviceS3, params, signed, payload})
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", algorithm+" Credential="+s.KeyID+"/"+s.scope().String()+
		", SignedHeaders="+strings.Join(signed, ";")+", Signature="+signature)
	return req.Header, nil
}

// Presign gives the raw query of req with a signature in it that is good for expires.
func Presign(req Request, s Signing, expires time.Duration) (string, error) {
	params, err := ParseParams(req.RawQuery)
	if err != nil {
		return "", err
	}
	signed := headersToSign(req.Header)
	params = append(params,
		Param{paramAlgorithm, algorithm},
		Param{paramCredential, s.KeyID + "/" + s.scope().String()},
		Param{paramDate, stamp(s.At)},
		Param{paramExpires, strconv.Itoa(int(expires.Seconds()))},
		Param{paramSignedHeaders, strings.Join(signed, ";")})
	if s.SessionToken != "" {
		params = append(params, Param{paramToken, string(s.SessionToken)})
	}
	payload := s.Payload.String()
	switch {
	case payload == "" && s.Service == serviceS3:
		payload = wordUnsigned
	case payload == "":
		payload = hexSHA256(req.Body)
	case s.Service == serviceS3:
		params = append(params, Param{paramContentSHA256, payload})
	}
	signature, err := s.signature(signable{req, s.Service == serviceS3, params, signed, payload})
	if err != nil {
		return "", err
	}
	return string(append(params, Param{paramSignature, signature}).appendCanonical(nil, "")), nil
}

func (s Signing) signature(what signable) (string, error) {
	canonical, err := what.canonicalRequest()
	if err != nil {
		return "", err
	}
	key := NewSigningKey(s.Secret, s.scope())
	return key.Sign(stringToSign(canonical, s.At.UTC(), s.scope())), nil
}

// headersToSign names host and every header that reaches the server as it was sent.
func headersToSign(h http.Header) []string {
	names := []string{"host"}
	for name := range h {
		switch name {
		case "Authorization", "User-Agent", "Expect", "Connection", "Transfer-Encoding", "Accept-Encoding", "X-Amzn-Trace-Id":
		default:
			names = append(names, strings.ToLower(name))
		}
	}
	slices.Sort(names)
	return names
}
