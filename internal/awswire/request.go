package awswire

import (
	"net/http"
	"time"
)

// Request is what a signature sees of an HTTP request, before anything is decoded or cleaned.
type Request struct {
	Method   string
	Path     string // escaped, as it arrived: (*url.URL).EscapedPath
	RawQuery string // as it arrived, without the question mark
	Host     string // the Host header, with the port if it has one
	Header   http.Header
	Body     []byte // whole, for the Query services; not looked at for S3, whose bodies are streamed
	Secure   bool   // arrived over TLS; without it a body needs a signed hash
}

// Rule is the variant of Signature Version 4 that a door asks for.
type Rule struct {
	Service string        // the service that the credential scope must name: "s3", "sts", "iam"
	Window  time.Duration // how far the signing time may be from now, either way
}

// The windows of the two families of services.
const (
	S3Window    = 15 * time.Minute
	QueryWindow = 5 * time.Minute
)

const serviceS3 = "s3"

// S3Rule is the rule of the S3 door: paths encoded once, hash of the body announced in a header.
func S3Rule() Rule { return Rule{serviceS3, S3Window} }

// QueryRule is the rule of a Query service: paths normalised and encoded twice, the body itself hashed.
func QueryRule(service string) Rule { return Rule{service, QueryWindow} }

func (r Rule) s3() bool { return r.Service == serviceS3 }
