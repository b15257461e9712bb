package azwire

import (
	"mime"
	"net/url"
	"strings"
	"unicode/utf8"
)

// Limits bound a form or a query (threat H03).
type Limits struct {
	Bytes  int
	Params int
}

// TokenLimits are the limits of a token form: an assertion is a few KiB.
func TokenLimits() Limits { return Limits{Bytes: 64 << 10, Params: 128} }

// metadataLimits are those of a managed-identity request.
func metadataLimits() Limits { return Limits{Bytes: 8 << 10, Params: 64} }

// form is a decoded query or form. Names are exact.
type form map[string]string

// parseForm reads name=value pairs between '&', where '+' is a space. why is empty if all is well: what cannot be read
// in one way only is refused (threat M14).
func parseForm(raw string, limits Limits) (f form, why string) {
	switch {
	case len(raw) > limits.Bytes:
		return nil, "the parameters are too long"
	case strings.Count(raw, "&") >= limits.Params:
		return nil, "there are too many parameters"
	}
	f = form{}
	for pair := range strings.SplitSeq(raw, "&") {
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		name, err := url.QueryUnescape(name)
		if err != nil {
			return nil, "a parameter name is not well formed percent-encoding"
		}
		if value, err = url.QueryUnescape(value); err != nil {
			return nil, "a parameter value is not well formed percent-encoding"
		}
		if !plainText(name) || !plainText(value) {
			return nil, "a parameter is not UTF-8 text"
		}
		if _, again := f[name]; again {
			return nil, "a parameter is given more than once"
		}
		f[name] = value
	}
	return f, ""
}

func plainText(s string) bool { return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 }

// isForm tells whether a content type is application/x-www-form-urlencoded, with or without a charset.
func isForm(contentType string) bool {
	kind, _, err := mime.ParseMediaType(contentType)
	return err == nil && kind == "application/x-www-form-urlencoded"
}
