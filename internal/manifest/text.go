package manifest

import (
	"encoding/json"
	"strings"
)

// Text is a string of a file as it is written: references in it are not resolved. The zero value is "not given".
type Text struct {
	Raw string
	At  Position
}

// IsZero tells that the file does not give the string.
func (t Text) IsZero() bool { return t.Raw == "" }

// Expand gives the string with its references resolved by lookup. An escaped $$( becomes $( and everything else, such as
// ${aws:username}, stays as it is.
func (t Text) Expand(lookup func(Reference) (string, error)) (string, error) {
	return expand(t, lookup, func(s string) string { return s })
}

// JSON is a JSON text of a file, whether it was written as one or as a YAML mapping. References in it are not resolved.
// The zero value is "not given".
type JSON struct {
	Raw string
	At  Position
}

// IsZero tells that the file does not give the text.
func (j JSON) IsZero() bool { return j.Raw == "" }

// Expand gives the text with its references resolved by lookup. What is put in is escaped, so that it stays inside the
// JSON string in which the reference stands.
func (j JSON) Expand(lookup func(Reference) (string, error)) (string, error) {
	return expand(Text(j), lookup, func(s string) string {
		quoted := quote(s)
		return quoted[1 : len(quoted)-1]
	})
}

// quote writes a JSON string and leaves <, > and & alone.
func quote(s string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		return `""` // not reached: a string can always be encoded
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// Reference names something that is known only when a document is applied.
type Reference struct {
	// Word is tenant, subscription, account, region, issuer or issuer.host; empty for a reference to a thing.
	Word string
	// Kind, Group, Name and Field are those of $(Kind/group/name.field); Group may be empty.
	Kind, Group, Name, Field string
	At                       Position
}

// String is the reference as it is written.
func (r Reference) String() string {
	if r.Word != "" {
		return "$(" + r.Word + ")"
	}
	name := r.Name
	if r.Group != "" {
		name = r.Group + "/" + name
	}
	return "$(" + r.Kind + "/" + name + "." + r.Field + ")"
}

// expand walks over the references of t; each result passes escape before it is put in.
func expand(t Text, lookup func(Reference) (string, error), escape func(string) string) (string, error) {
	var out strings.Builder
	rest := t.Raw
	for {
		before, after, found := strings.Cut(rest, "$(")
		if !found {
			return out.String() + rest, nil
		}
		if escaped, ok := strings.CutSuffix(before, "$"); ok {
			out.WriteString(escaped + "$(")
			rest = after
			continue
		}
		body, tail, closed := strings.Cut(after, ")")
		if !closed {
			return "", refuse(t.At, BadReference, "a $( is not closed; write $$( for the two characters themselves")
		}
		ref, err := parseReference(body, t.At)
		if err != nil {
			return "", err
		}
		value, err := lookup(ref)
		if err != nil {
			return "", err
		}
		out.WriteString(before + escape(value))
		rest = tail
	}
}

// checkReferences says whether the references of t are well formed.
func checkReferences(t Text) error {
	_, err := t.Expand(func(Reference) (string, error) { return "", nil })
	return err
}

// parseReference reads what stands between $( and ).
func parseReference(body string, at Position) (Reference, error) {
	switch body {
	case "tenant", "subscription", "account", "region", "issuer", "issuer.host":
		return Reference{Word: body, At: at}, nil
	}
	bad := func() (Reference, error) {
		return Reference{}, refuse(at, BadReference, "$(%s) is no reference: want $(tenant), $(subscription), $(account), "+
			"$(region), $(issuer), $(issuer.host), $(Kind/name.field) or $(Kind/group/name.field), "+
			"with a field of id, principalId, clientId, arn, blobEndpoint, vaultUri", body)
	}
	dot := strings.LastIndexByte(body, '.')
	if dot < 0 {
		return bad()
	}
	r := Reference{Field: body[dot+1:], At: at}
	path := strings.Split(body[:dot], "/")
	switch len(path) {
	case 2:
		r.Kind, r.Name = path[0], path[1]
	case 3:
		r.Kind, r.Group, r.Name = path[0], path[1], path[2]
		if r.Group == "" {
			return bad()
		}
	default:
		return bad()
	}
	switch r.Field {
	case "id", "principalId", "clientId", "arn", "blobEndpoint", "vaultUri":
	default:
		return bad()
	}
	if r.Name == "" || r.Kind != "Container" && newSpec(r.Kind) == nil {
		return bad()
	}
	return r, nil
}
