package awswire

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"github.com/lanyard-id/lanyard/internal/fault"
)

// Param is one decoded parameter of a raw query.
type Param struct{ Name, Value string }

// Params are a raw query's parameters in arrival order, exactly as they are signed. Doors read sub-resources and
// options from it and from nothing else (threat A02).
type Params []Param

// MaxParams bounds the parameters of a raw query (threat H03).
const MaxParams = 2048

// ParseParams decodes a raw query. Only '&' separates, '+' is a plus, a name without '=' has the empty value. An empty
// parameter ("a&&b") and bad percent-encoding are refused.
func ParseParams(raw string) (Params, error) {
	if raw == "" {
		return nil, nil
	}
	n := strings.Count(raw, "&") + 1
	if n > MaxParams {
		return nil, malformedURI("the query has more than %d parameters", MaxParams)
	}
	params := make(Params, 0, n)
	for pair := range strings.SplitSeq(raw, "&") {
		name, value, _ := strings.Cut(pair, "=")
		name, err := url.PathUnescape(name)
		if err != nil || name == "" {
			return nil, malformedURI("the query has an empty or badly encoded parameter name")
		}
		if value, err = url.PathUnescape(value); err != nil {
			return nil, malformedURI("the query has a badly encoded parameter value")
		}
		params = append(params, Param{name, value})
	}
	return params, nil
}

// Has tells whether a parameter of this exact name is there.
func (p Params) Has(name string) bool {
	return slices.ContainsFunc(p, func(q Param) bool { return q.Name == name })
}

// One gives the value of the parameter name, and whether it is there. A repeated parameter is an error, never a choice.
func (p Params) One(name string) (value string, present bool, err error) {
	for _, q := range p {
		if q.Name != name {
			continue
		}
		if present {
			return "", true, fault.New(fault.Invalid, ReasonRepeatedParameter,
				"the query parameter %s is given more than once", name)
		}
		value, present = q.Value, true
	}
	return value, present, nil
}

// appendCanonical writes the parameters encoded, then sorted by name and value, without those named omit.
func (p Params) appendCanonical(dst []byte, omit string) []byte {
	encoded := make(Params, 0, len(p))
	for _, q := range p {
		if q.Name != omit {
			encoded = append(encoded, Param{URIEncode(q.Name), URIEncode(q.Value)})
		}
	}
	slices.SortFunc(encoded, func(a, b Param) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Value, b.Value))
	})
	for i, q := range encoded {
		if i > 0 {
			dst = append(dst, '&')
		}
		dst = append(dst, q.Name...)
		dst = append(dst, '=')
		dst = append(dst, q.Value...)
	}
	return dst
}
