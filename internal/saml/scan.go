package saml

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/beevik/etree"
)

// bounds are what a document may have at most.
type bounds struct {
	bytes, elements, depth int
	comments               bool // comments are let through; nothing that is read may have one inside
}

// The rest of the bounds, which all documents have.
const (
	maxAttributes = 64
	maxValue      = 64 << 10 // bytes of one attribute
)

// names are those that every XML library reads in the same way. XML has more; SAML, signatures and metadata use no others.
var names = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.-]{0,127}$`)

// document reads XML after it was found to be strict: no library makes a tree of anything else.
func document(text string, b bounds) (*etree.Element, error) {
	if err := scan(text, b); err != nil {
		return nil, err
	}
	doc := etree.NewDocument()
	doc.ReadSettings = etree.ReadSettings{MaxDepth: b.depth}
	if err := doc.ReadFromString(text); err != nil {
		return nil, err
	}
	return doc.Root(), nil
}

// scan refuses what libraries read in different ways, or at great cost: document types and entities, processing
// instructions, comments, odd names, names without a namespace, relative and undone namespaces (whose canonical form fails,
// and a failure must never be hashed as nothing), attributes that stand twice, ids that stand twice, and size.
func scan(text string, b bounds) error {
	switch {
	case len(text) > b.bytes:
		return fmt.Errorf("it has more than %d bytes", b.bytes)
	case !utf8.ValidString(text):
		return errors.New("it is not UTF-8")
	case !b.comments && strings.Contains(text, "<!"):
		return errors.New("it has a document type, a comment or a CDATA section")
	}
	s := scanner{bounds: b, ids: map[string]bool{}}
	decoder := xml.NewDecoder(strings.NewReader(text))
	for {
		at := decoder.InputOffset()
		token, err := decoder.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("it is not XML: %w", err)
		}
		if err := s.token(token, at); err != nil {
			return err
		}
	}
	if len(s.open) > 0 || s.elements == 0 {
		return errors.New("it ends within an element, or has none")
	}
	return nil
}

// scanner is what is known half-way through a document.
type scanner struct {
	bounds
	open     []frame
	bound    []binding
	ids      map[string]bool
	elements int
}

// frame is an element that is open, and how many namespaces were bound before it.
type frame struct {
	name  xml.Name
	bound int
}

// binding is a namespace's declaration.
type binding struct{ prefix, uri string }

func (s *scanner) token(token xml.Token, at int64) error {
	switch t := token.(type) {
	case xml.StartElement:
		return s.start(t)
	case xml.EndElement:
		return s.end(t)
	case xml.CharData:
		if len(s.open) == 0 && strings.Trim(string(t), " \t\r\n") != "" {
			return errors.New("it has text outside its element")
		}
	case xml.Comment:
		if !s.comments {
			return errors.New("it has a comment")
		}
	case xml.ProcInst:
		if t.Target != "xml" || at != 0 {
			return errors.New("it has a processing instruction")
		}
	default:
		return errors.New("it has a document type")
	}
	return nil
}

func (s *scanner) start(t xml.StartElement) error {
	s.elements++
	switch {
	case len(s.open) == 0 && s.elements > 1:
		return errors.New("it has two elements at its top")
	case s.elements > s.bounds.elements:
		return fmt.Errorf("it has more than %d elements", s.bounds.elements)
	case len(s.open) >= s.depth:
		return fmt.Errorf("it is deeper than %d elements", s.depth)
	case len(t.Attr) > maxAttributes:
		return fmt.Errorf("an element has more than %d attributes", maxAttributes)
	}
	s.open = append(s.open, frame{t.Name, len(s.bound)})
	for _, a := range t.Attr {
		if err := s.declare(a); err != nil {
			return err
		}
	}
	if _, err := s.expand(t.Name); err != nil {
		return err
	}
	return s.attributes(t.Attr)
}

func (s *scanner) end(t xml.EndElement) error {
	if len(s.open) == 0 || s.open[len(s.open)-1].name != t.Name {
		return errors.New("an element is closed that is not open")
	}
	s.bound = s.bound[:s.open[len(s.open)-1].bound]
	s.open = s.open[:len(s.open)-1]
	return nil
}

// declares tells whether an attribute is a declaration of a namespace, and of which prefix.
func declares(a xml.Attr) (prefix string, ok bool) {
	switch {
	case a.Name.Space == "" && a.Name.Local == "xmlns":
		return "", true
	case a.Name.Space == "xmlns":
		return a.Name.Local, true
	}
	return "", false
}

func (s *scanner) declare(a xml.Attr) error {
	prefix, ok := declares(a)
	switch {
	case !ok:
		return nil
	case prefix != "" && !names.MatchString(prefix), strings.HasPrefix(strings.ToLower(prefix), "xml"):
		return errors.New("it declares a prefix that is reserved or has odd characters")
	case !strings.Contains(a.Value, ":"), strings.HasPrefix(a.Value, "http://www.w3.org/XML/"), strings.HasPrefix(a.Value, "http://www.w3.org/2000/xmlns"):
		return errors.New("it declares a namespace that is empty, relative or reserved")
	}
	for _, b := range s.bound[s.open[len(s.open)-1].bound:] {
		if b.prefix == prefix {
			return errors.New("it declares a prefix twice")
		}
	}
	s.bound = append(s.bound, binding{prefix, a.Value})
	return nil
}

// expand gives a name with its namespace in place of the prefix.
func (s *scanner) expand(n xml.Name) (xml.Name, error) {
	if !names.MatchString(n.Local) || n.Space != "" && !names.MatchString(n.Space) {
		return n, errors.New("it has a name with odd characters")
	}
	for _, b := range slices.Backward(s.bound) {
		if b.prefix == n.Space {
			return xml.Name{Space: b.uri, Local: n.Local}, nil
		}
	}
	if n.Space != "" {
		return n, errors.New("it uses a prefix that is not declared")
	}
	return n, nil
}

func (s *scanner) attributes(list []xml.Attr) error {
	seen := map[xml.Name]bool{}
	for _, a := range list {
		if _, declaration := declares(a); declaration {
			continue
		}
		full := a.Name
		if a.Name.Space != "" && (a.Name.Space != "xml" || a.Name.Local != "lang" && a.Name.Local != "space" && a.Name.Local != "base") {
			var err error
			if full, err = s.expand(a.Name); err != nil {
				return err
			}
		} else if !names.MatchString(a.Name.Local) {
			return errors.New("it has a name with odd characters")
		}
		if seen[full] {
			return errors.New("an attribute stands twice")
		}
		seen[full] = true
		if len(a.Value) > maxValue {
			return errors.New("an attribute is too long")
		}
		if strings.EqualFold(a.Name.Local, "id") {
			if a.Name.Space != "" || s.ids[a.Value] {
				return errors.New("an id stands twice, or has a prefix")
			}
			s.ids[a.Value] = true
		}
	}
	return nil
}
