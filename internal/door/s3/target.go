package s3

import (
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/door/s3/body"
	"github.com/lanyard-id/lanyard/internal/door/s3/wire"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/web"
)

// Why a request is not one of the operations that are offered.
const (
	// BadPath means that the path is not /{bucket}[/{key}] in UTF-8.
	BadPath fault.Reason = "s3.bad_path"
	// OtherOperation and BadArgument are told of headers of the body too.
	OtherOperation = body.Unsupported
	BadArgument    = body.BadArgument
)

// target is what a request names.
type target struct {
	path        string // decoded once, as it was signed
	bucket, key string
	query       awswire.Params
	presigned   bool
}

// level is how much it names.
func (t target) level() level {
	switch {
	case t.bucket == "":
		return atService
	case t.key == "":
		return atBucket
	}
	return atObject
}

// parseTarget finds bucket and key in the text that the signature was made over: the path decoded once and not cleaned.
// A key is everything behind the bucket's slash and never a path on disk (threat A01).
// The host alone decides whether the bucket stands in it or begins the path, so that no path has two meanings.
func parseTarget(r *http.Request, domain string) (target, error) {
	var t target
	var err error
	if t.path, err = awswire.DecodePath(web.RawPath(r)); err != nil {
		return t, err
	}
	if bucket, ok := wire.BucketIn(r.Host, domain); ok {
		t.bucket, t.key = bucket, t.path[1:]
	} else {
		t.bucket, t.key, _ = strings.Cut(t.path[1:], "/")
	}
	if !utf8.ValidString(t.path) || t.bucket == "" && t.path != "/" {
		return t, fault.New(fault.Invalid, BadPath, "Couldn't parse the specified URI.")
	}
	t.query, err = awswire.ParseParams(r.URL.RawQuery)
	return t, err
}

// operation finds the line of the table that the request is. A parameter that the line does not understand is refused:
// it may name a sub-resource, and the object itself is not what was asked for then (threat A02).
func (t target) operation(table []operation, method string, h http.Header) (operation, error) {
	asked, err := t.parameters()
	if err != nil {
		return operation{}, err
	}
	for _, op := range table {
		if op.method != method || op.at != t.level() || !op.needed(asked) || op.with != "" && h.Get(op.with) == "" {
			continue
		}
		for p := range asked {
			if _, needed := op.needs[p]; !needed && !slices.Contains(op.takes, p) {
				return operation{}, unsupported("%s with the query parameter %.64q is not offered.", op.name, p)
			}
		}
		return op, nil
	}
	return operation{}, unsupported("This operation of S3 is not offered.")
}

func (op operation) needed(asked map[string]string) bool {
	for p, value := range op.needs {
		if have, ok := asked[p]; !ok || have != value && (value != anyValue || have == "") {
			return false
		}
	}
	return true
}

// parameters gives the query's parameters, each of which may stand once, without those of a presigned URL's signature
// and without x-id, in which SDKs repeat the operation's name.
func (t target) parameters() (map[string]string, error) {
	asked := make(map[string]string, len(t.query))
	for _, p := range t.query {
		if p.Name == "x-id" || t.presigned && wire.IsHeader(p.Name) {
			continue
		}
		if _, again := asked[p.Name]; again {
			return nil, badArgument("The query parameter %.64q is given more than once.", p.Name)
		}
		if !utf8.ValidString(p.Value) {
			return nil, badArgument("The query parameter %.64q is not UTF-8 text.", p.Name)
		}
		asked[p.Name] = p.Value
	}
	return asked, nil
}

// commonHeaders are the x-amz headers of every operation: those of the signature, and those that change nothing here.
func commonHeaders() []string {
	return []string{
		"x-amz-content-sha256", "x-amz-date", "x-amz-expected-bucket-owner", "x-amz-request-payer",
		"x-amz-security-token", "x-amz-user-agent",
	}
}

// checkHeaders refuses x-amz headers that the operation does not understand. They would be served as if they had been
// obeyed: encrypted, copied, locked, made public (threats A15, A17).
func (op operation) checkHeaders(h http.Header) error {
	for header, values := range h {
		lower := strings.ToLower(header)
		if !strings.HasPrefix(lower, "x-amz-") || slices.Contains(commonHeaders(), lower) {
			continue
		}
		known := slices.ContainsFunc(op.headers, func(k string) bool {
			return k == lower || strings.HasSuffix(k, "-") && strings.HasPrefix(lower, k)
		})
		if !known {
			return unsupported("%s with the header %.64s is not offered.", op.name, lower)
		}
		if len(values) > 1 && !strings.HasPrefix(lower, wire.MetaPrefix) {
			return badArgument("The header %.64s is given more than once.", lower)
		}
	}
	return nil
}

func unsupported(format string, args ...any) error {
	return fault.New(fault.Unsupported, OtherOperation, format, args...)
}

func badArgument(format string, args ...any) error {
	return fault.New(fault.Invalid, BadArgument, format, args...)
}
