package saml

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/beevik/etree"
)

// The namespaces.
const (
	nsProtocol  = "urn:oasis:names:tc:SAML:2.0:protocol"
	nsAssertion = "urn:oasis:names:tc:SAML:2.0:assertion"
	nsMetadata  = "urn:oasis:names:tc:SAML:2.0:metadata"
	nsSignature = "http://www.w3.org/2000/09/xmldsig#"
	nsExclusive = "http://www.w3.org/2001/10/xml-exc-c14n#"
)

// is tells whether an element has the name.
func is(el *etree.Element, space, tag string) bool {
	return el.Tag == tag && el.NamespaceURI() == space
}

// children lists the elements of a name that lie directly in another.
func children(el *etree.Element, space, tag string) (list []*etree.Element) {
	for _, child := range el.ChildElements() {
		if is(child, space, tag) {
			list = append(list, child)
		}
	}
	return list
}

// single gives the only element of a name that lies directly in another.
func single(el *etree.Element, space, tag string) (*etree.Element, error) {
	list := children(el, space, tag)
	if len(list) != 1 {
		return nil, fmt.Errorf("%s has not exactly one %s", el.Tag, tag)
	}
	return list[0], nil
}

// attribute gives an attribute without a prefix; empty if it is not there.
func attribute(el *etree.Element, key string) string {
	for _, a := range el.Attr {
		if a.Space == "" && a.Key == key {
			return a.Value
		}
	}
	return ""
}

// text gives what an element says, which must be text alone: a part that is left out would be another text (CVE-2017-11428).
func text(el *etree.Element) (string, error) {
	var b strings.Builder
	for _, child := range el.Child {
		data, ok := child.(*etree.CharData)
		if !ok {
			return "", fmt.Errorf("%s has more than text in it", el.Tag)
		}
		b.WriteString(data.Data)
	}
	return b.String(), nil
}

// instants are times as SAML writes them: in UTC (SAML Core 1.3.3).
var instants = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$`)

// instant reads a time that may be absent: then it is zero.
func instant(el *etree.Element, key string) (time.Time, error) {
	said := attribute(el, key)
	if said == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339Nano, said)
	if err != nil || !instants.MatchString(said) {
		return time.Time{}, fmt.Errorf("%s of %s is no time in UTC", key, el.Tag)
	}
	return t, nil
}

// needed is instant for a time that must be there.
func needed(el *etree.Element, key string) (time.Time, error) {
	t, err := instant(el, key)
	if err == nil && t.IsZero() {
		err = fmt.Errorf("%s has no %s", el.Tag, key)
	}
	return t, err
}

// walk calls visit for an element and all that lie in it.
func walk(el *etree.Element, visit func(*etree.Element) error) error {
	if err := visit(el); err != nil {
		return err
	}
	for _, child := range el.ChildElements() {
		if err := walk(child, visit); err != nil {
			return err
		}
	}
	return nil
}

// exactly checks that the elements in another are these, each once and in this order. An element with a question mark may be
// absent.
func exactly(el *etree.Element, space string, tags ...string) ([]*etree.Element, error) {
	rest, found := el.ChildElements(), make([]*etree.Element, len(tags))
	for i, tag := range tags {
		tag, optional := strings.CutSuffix(tag, "?")
		if len(rest) > 0 && is(rest[0], space, tag) {
			found[i], rest = rest[0], rest[1:]
		} else if !optional {
			return nil, fmt.Errorf("%s has no %s where it belongs", el.Tag, tag)
		}
	}
	if len(rest) > 0 {
		return nil, errors.New(el.Tag + " has an element too many")
	}
	return found, nil
}
