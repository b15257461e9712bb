package blob

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/lanyard-id/lanyard/internal/azwire"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/web"
)

// Why a request is not one of the operations that are offered.
const (
	// BadPath means that the path is not /{account}[/{container}[/{blob}]] in well-formed percent-encoding.
	BadPath fault.Reason = "blob.bad_path"
	// BadVersion means that x-ms-version is missing, older than bearer tokens are, or no date.
	BadVersion fault.Reason = "blob.bad_version"
	// OtherOperation means that the request is an operation of Blob Storage that is not offered.
	OtherOperation fault.Reason = "blob.operation_unsupported"
	// OtherParameter means that a query parameter is not understood by the operation; it may name another version or another
	// part of what is asked for.
	OtherParameter fault.Reason = "blob.unsupported_parameter"
	// BadMetadata means that the name of a metadata header is not one that metadata can have.
	BadMetadata fault.Reason = "blob.bad_metadata"
	// MissingHeader means that a header which the operation cannot do without is missing.
	MissingHeader fault.Reason = "blob.missing_header"
	// BadMarker means that the marker of a listing is not one that this listing gave.
	BadMarker fault.Reason = "blob.bad_marker"
	// BadHeader means that a header which the operation needs is missing or not well formed.
	BadHeader fault.Reason = "blob.bad_header"
)

// maxName is the longest name of a blob in characters (Naming and referencing containers, blobs, and metadata).
const maxName = 1024

// target is what a request names.
type target struct {
	account, container, blob string
	query                    web.Query
}

// level is how much it names.
func (t target) level() level {
	switch {
	case t.container == "":
		return atAccount
	case t.blob == "":
		return atContainer
	}
	return atBlob
}

// parseTarget reads what a request names. domain is the one in which accounts have hosts of their own; empty is none.
func parseTarget(r *http.Request, domain string) (target, error) {
	return parseAddress(domain, r.Host, web.RawPath(r), r.URL.RawQuery)
}

// parseAddress splits the path as it was sent and decodes each part once. A blob's name is everything behind the
// container, slashes included: nothing is cleaned, the name is never a path on disk. The host alone decides whether the
// account stands in it or begins the path, so that no path has two meanings.
func parseAddress(domain, host, path, rawQuery string) (target, error) {
	bad := fault.New(fault.Invalid, BadPath, "The requested URI does not represent any resource on the server.")
	path = strings.TrimPrefix(path, "/")
	if account, ok := accountIn(host, domain); ok {
		path = account + "/" + path
	}
	parts := strings.SplitN(path, "/", 3)
	var decoded [3]string
	for i, p := range parts {
		text, err := url.PathUnescape(p)
		if err != nil || i < 2 && strings.ContainsAny(text, "/\\") {
			return target{}, bad
		}
		decoded[i] = text
	}
	if decoded[0] == "" || len(parts) == 3 && decoded[1] == "" {
		return target{}, bad
	}
	if utf8.RuneCountInString(decoded[2]) > maxName || !utf8.ValidString(decoded[2]) {
		return target{}, bad
	}
	query, err := web.ParseQuery(rawQuery, web.QueryRules{Fold: true})
	return target{account: decoded[0], container: decoded[1], blob: decoded[2], query: query}, err
}

// accountIn reads the account out of a host {account}.blob.{domain}, the form that clients make from an account's name and
// the cloud's storage suffix (Azure Storage, "Resource URI syntax"). domain is a URL; empty is none.
func accountIn(host, domain string) (account string, ok bool) {
	_, suffix, ok := strings.Cut(domain, "://")
	if !ok {
		return "", false
	}
	account, ok = strings.CutSuffix(strings.ToLower(host), ".blob."+strings.ToLower(suffix))
	return account, ok && account != "" && !strings.ContainsAny(account, "./%")
}

// operation finds the line of the table that the request is. A parameter that the line does not understand is refused,
// whatever its case: it may name a snapshot or a version, and the blob itself is not what was asked for then.
func (t target) operation(table []operation, r *http.Request) (operation, error) {
	_, signed := t.query.Get("sig")
	for _, op := range table {
		if op.method != r.Method || op.at != t.level() || !t.asks(op.query) || op.with != "" && r.Header.Get(op.with) == "" {
			continue
		}
		for _, p := range t.query.Pairs() {
			param := strings.ToLower(p.Name)
			if !op.understands(param) && (!signed || !azwire.IsSASField(param)) {
				return operation{}, fault.New(fault.Invalid, OtherParameter, "%s with the query parameter %.64q is not offered.", op.name, p.Name)
			}
		}
		return op, nil
	}
	return operation{}, fault.New(fault.Unsupported, OtherOperation, "This operation of Blob Storage is not offered.")
}

// asks tells whether the query's restype and comp are exactly these.
func (t target) asks(query map[string]string) bool {
	for _, p := range []string{"restype", "comp"} {
		if have, _ := t.query.Get(p); have != query[p] {
			return false
		}
	}
	return true
}

func (op operation) understands(param string) bool {
	return param == "restype" || param == "comp" || param == "timeout" || slices.Contains(op.takes, param)
}
