package wire

import (
	"encoding/xml"
	"maps"
	"net/url"
	"slices"
	"strings"
)

// Name is a name in a listing. One with characters that XML does not know is percent-encoded and says so (List Blobs,
// version 2021-02-12 and later).
type Name struct {
	Encoded bool   `xml:"Encoded,attr,omitempty"`
	Text    string `xml:",chardata"`
}

// NameOf writes a blob's name.
func NameOf(key string) Name {
	known := func(r rune) bool {
		return r == '\t' || r >= 0x20 && r != 0xfffe && r != 0xffff // XML 1.0 section 2.2; line ends would be normalised
	}
	if strings.ContainsFunc(key, func(r rune) bool { return !known(r) }) {
		return Name{Encoded: true, Text: url.PathEscape(key)}
	}
	return Name{Text: key}
}

// Metadata is written as one element for each name; Put Blob has seen to it that they can be elements.
type Metadata map[string]string

// MarshalXML writes the elements in order.
func (m Metadata) MarshalXML(e *xml.Encoder, start xml.StartElement) error {
	if err := e.EncodeToken(start); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(m)) {
		if err := e.EncodeElement(m[name], xml.StartElement{Name: xml.Name{Local: name}}); err != nil {
			return err
		}
	}
	return e.EncodeToken(start.End())
}
