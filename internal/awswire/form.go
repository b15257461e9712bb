package awswire

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/lanyard-id/lanyard/internal/fault"
)

// Limits bound a form (threat H03).
type Limits struct {
	Bytes  int
	Params int
}

// QueryLimits are the limits of an ordinary Query request. A door whose operation takes more, such as a SAML assertion,
// brings limits of its own.
func QueryLimits() Limits { return Limits{Bytes: 64 << 10, Params: MaxParams} }

// Form is a decoded Query protocol form. Names are exact: a name in another case is another name (threat P06).
type Form struct {
	values map[string]string
	prefix string // of the structure that this form is, e.g. "Tags.member.1."
}

// DecodeQuery reads a form body. A repeated name, bad percent-encoding, bad UTF-8, a NUL and an empty name are refused.
func DecodeQuery[T string | []byte](body T, limits Limits) (Form, error) {
	if len(body) > limits.Bytes {
		return Form{}, tooLarge("the request has more than %d bytes", limits.Bytes)
	}
	if len(body) == 0 {
		return Form{values: map[string]string{}}, nil
	}
	raw := string(body)
	n := strings.Count(raw, "&") + 1
	if n > limits.Params {
		return Form{}, tooLarge("the request has more than %d parameters", limits.Params)
	}
	f := Form{values: make(map[string]string, n)}
	for pair := range strings.SplitSeq(raw, "&") {
		name, value, _ := strings.Cut(pair, "=")
		name, err := unescapeForm(name)
		if err != nil {
			return Form{}, malformedForm("a parameter name is not well formed percent-encoding")
		}
		if value, err = unescapeForm(value); err != nil {
			return Form{}, malformedForm("a parameter value is not well formed percent-encoding")
		}
		if err := f.put(name, value); err != nil {
			return Form{}, err
		}
	}
	return f, nil
}

// unescapeForm is url.QueryUnescape, which looks at every byte on its own; a token has none that is escaped.
func unescapeForm(s string) (string, error) {
	if strings.IndexByte(s, '%') < 0 && strings.IndexByte(s, '+') < 0 {
		return s, nil
	}
	return url.QueryUnescape(s)
}

// DecodeQueryURL reads the form of a GET. Here '+' is a plus, as it is for the signature, and the parameters of a
// presigned URL are left out.
func DecodeQueryURL(raw string, limits Limits) (Form, error) {
	if len(raw) > limits.Bytes {
		return Form{}, tooLarge("the query has more than %d bytes", limits.Bytes)
	}
	params, err := ParseParams(raw)
	if err != nil {
		return Form{}, err
	}
	if len(params) > limits.Params {
		return Form{}, tooLarge("the query has more than %d parameters", limits.Params)
	}
	f := Form{values: make(map[string]string, len(params))}
	for _, p := range params {
		switch p.Name {
		case paramAlgorithm, paramCredential, paramDate, paramExpires, paramSignedHeaders, paramSignature, paramToken,
			paramContentSHA256:
			continue
		}
		if err := f.put(p.Name, p.Value); err != nil {
			return Form{}, err
		}
	}
	return f, nil
}

func (f Form) put(name, value string) error {
	switch {
	case name == "":
		return malformedForm("a parameter has no name")
	case !plainText(name) || !plainText(value):
		return malformedForm("a parameter is not UTF-8 text")
	}
	if _, again := f.values[name]; again {
		return fault.New(fault.Invalid, ReasonRepeatedParameter, "the parameter %.128q is given more than once", name)
	}
	f.values[name] = value
	return nil
}

func plainText(s string) bool { return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 }

// Get gives a parameter and whether it is there.
func (f Form) Get(name string) (string, bool) {
	v, ok := f.values[f.prefix+name]
	return v, ok
}

// Value gives a parameter, empty if it is not there.
func (f Form) Value(name string) string { return f.values[f.prefix+name] }

// Text is the whole form but for some parameters: the same text for the same request, in whatever order it was written.
func (f Form) Text(without ...string) string {
	var text strings.Builder
	for _, name := range slices.Sorted(maps.Keys(f.values)) {
		if !slices.Contains(without, name) {
			fmt.Fprintf(&text, "%q=%q&", name, f.values[name])
		}
	}
	return text.String()
}

// Unknown gives, in order, the parameters of the whole form that known does not list. Lists are known by their pattern,
// "Tags.member.N.Key"; the empty list "Tags=" belongs to it.
func (f Form) Unknown(known ...string) []string {
	var unknown []string
	for name, value := range f.values {
		if slices.Contains(known, pattern(name)) {
			continue
		}
		list := func(k string) bool { return strings.HasPrefix(k, name+".member.N") }
		if value != "" || !slices.ContainsFunc(known, list) {
			unknown = append(unknown, name)
		}
	}
	slices.Sort(unknown)
	return unknown
}

// pattern replaces every list index of a name with "N".
func pattern(name string) string {
	if !strings.Contains(name, ".") {
		return name
	}
	parts := strings.Split(name, ".")
	for i, part := range parts {
		if _, ok := listIndex(part); ok {
			parts[i] = "N"
		}
	}
	return strings.Join(parts, ".")
}

func malformedForm(why string) *fault.Fault {
	return fault.New(fault.Invalid, ReasonMalformedForm, "%s", why)
}

func tooLarge(format string, args ...any) *fault.Fault {
	return fault.New(fault.Invalid, ReasonFormTooLarge, format, args...)
}
