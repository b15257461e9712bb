package awswire

import (
	"strconv"
	"time"
	"unicode/utf8"
)

// XML writes an XML document from front to back. Element names are constants of the caller; texts are escaped.
type XML struct {
	b    []byte
	open []string
}

// Begin opens an element.
func (x *XML) Begin(name string) { x.begin(name, "") }

func (x *XML) begin(name, namespace string) {
	x.b = append(append(x.b, '<'), name...)
	if namespace != "" {
		x.b = append(append(append(x.b, ` xmlns="`...), namespace...), '"')
	}
	x.b = append(x.b, '>')
	x.open = append(x.open, name)
}

// BeginOf opens an element that names its type in the way of XML Schema (XML Schema part 1, section 2.6.1).
func (x *XML) BeginOf(name, instance, kind string) {
	x.b = append(x.b, "<"+name+` xmlns:xsi="`+instance+`" xsi:type="`+kind+`">`...)
	x.open = append(x.open, name)
}

// End closes the element that was opened last.
func (x *XML) End() {
	last := len(x.open) - 1
	x.b = append(append(append(x.b, "</"...), x.open[last]...), '>')
	x.open = x.open[:last]
}

// Text writes an element with a text in it.
func (x *XML) Text(name, text string) {
	x.Begin(name)
	x.b = appendXMLText(x.b, text)
	x.End()
}

// Data writes a text into the element that is open.
func (x *XML) Data(text string) { x.b = appendXMLText(x.b, text) }

// Int writes an element with a number in it.
func (x *XML) Int(name string, n int64) { x.Text(name, strconv.FormatInt(n, 10)) }

// Bool writes an element with true or false in it.
func (x *XML) Bool(name string, v bool) { x.Text(name, strconv.FormatBool(v)) }

// Time writes an element with a UTC time in it, to the second (ISO 8601).
func (x *XML) Time(name string, t time.Time) { x.Text(name, t.UTC().Format("2006-01-02T15:04:05Z")) }

// Bytes is the document so far.
func (x *XML) Bytes() []byte { return x.b }

// NewDocument starts a document: the declaration and the root element. An empty namespace is left out.
func NewDocument(root, namespace string) *XML {
	x := &XML{b: make([]byte, 0, 3<<9), open: make([]string, 0, 8)} // a session's answer and its depth
	x.b = append(x.b, `<?xml version="1.0" encoding="UTF-8"?>`+"\n"...)
	x.begin(root, namespace)
	return x
}

// appendXMLText escapes what has a meaning in XML and what a parser would change (a carriage return becomes a line feed
// unless it is written as a reference: XML 1.0 section 2.11). A character that XML 1.0 section 2.2 does not know, and
// bytes that are no UTF-8, become U+FFFD.
func appendXMLText(dst []byte, s string) []byte {
	plain := 0 // most texts have nothing else
	for plain < len(s) && isPlainXML(s[plain]) {
		plain++
	}
	dst = append(dst, s[:plain]...)
	for i := plain; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == '&':
			dst = append(dst, "&amp;"...)
		case r == '<':
			dst = append(dst, "&lt;"...)
		case r == '>':
			dst = append(dst, "&gt;"...)
		case r == '"':
			dst = append(dst, "&quot;"...)
		case r == '\r':
			dst = append(dst, "&#xD;"...)
		case r < 0x20 && r != '\t' && r != '\n', r == utf8.RuneError, r == 0xfffe, r == 0xffff:
			dst = append(dst, "\ufffd"...)
		default:
			dst = append(dst, s[i:i+n]...)
		}
		i += n
	}
	return dst
}

// isPlainXML tells the characters of ASCII that are written as they are.
func isPlainXML(c byte) bool {
	return c >= 0x20 && c < utf8.RuneSelf && c != '&' && c != '<' && c != '>' && c != '"'
}
