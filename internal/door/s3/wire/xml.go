package wire

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/fault"
)

// Malformed means that a document is not XML of the form that its operation takes.
const Malformed fault.Reason = "s3.malformed_xml"

// Bounds of every document.
const (
	maxDepth    = 5
	maxElements = 100_000 // 10,000 parts with all that may be said of one
)

// element is one element: texts of mixed content count only where there are no children.
type element struct {
	name     string
	text     strings.Builder
	children []*element
}

// parse reads a document whose root has this name. A namespace is S3's or none (SDKs leave it out at times).
func parse(text []byte, root string) (*element, error) {
	d := xml.NewDecoder(bytes.NewReader(text))
	top := &element{}
	open := []*element{top}
	for count := 0; ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, malformed(err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			if count++; count > maxElements || len(open) > maxDepth || !plain(t) {
				return nil, malformed(errors.New("too many or too deep elements, or attributes"))
			}
			e := &element{name: t.Name.Local}
			parent := open[len(open)-1]
			parent.children = append(parent.children, e)
			open = append(open, e)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			open[len(open)-1].text.Write(t)
		case xml.Directive:
			return nil, malformed(errors.New("a document type"))
		case xml.ProcInst:
			if t.Target != "xml" || count > 0 {
				return nil, malformed(errors.New("a processing instruction"))
			}
		}
	}
	if len(open) != 1 || len(top.children) != 1 || top.children[0].name != root || strings.TrimSpace(top.text.String()) != "" {
		return nil, malformed(errors.New("not one " + root))
	}
	return top.children[0], nil
}

// plain tells whether an element is in S3's namespace or in none, and has no attributes but that.
func plain(e xml.StartElement) bool {
	for _, a := range e.Attr {
		if a.Name.Space == "xmlns" || a.Name.Local == "xmlns" {
			continue
		}
		return false
	}
	return e.Name.Space == "" || e.Name.Space == awswire.S3Namespace
}

// fields gives the texts of an element's children, each of which is one of known, stands once and has no children.
func (e *element) fields(known ...string) (map[string]string, error) {
	all := make(map[string]string, len(e.children))
	for _, c := range e.children {
		if _, again := all[c.name]; again || len(c.children) > 0 || !slices.Contains(known, c.name) {
			return nil, malformed(errors.New(e.name + " has an unexpected " + c.name))
		}
		all[c.name] = c.text.String()
	}
	return all, nil
}

// list gives an element's children, all of which have this name.
func (e *element) list(name string) ([]*element, error) {
	for _, c := range e.children {
		if c.name != name {
			return nil, malformed(errors.New(e.name + " has an unexpected " + c.name))
		}
	}
	return e.children, nil
}

func malformed(err error) error {
	return fault.New(fault.Invalid, Malformed,
		"The XML you provided was not well-formed or did not validate against our published schema").Because(err)
}
