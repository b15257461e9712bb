package manifest

import (
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// jsonNumber is the grammar of a number in RFC 8259 section 6.
var jsonNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?$`)

// writeJSON writes a YAML value as JSON, members in the order of the file.
func writeJSON(b *strings.Builder, n *yaml.Node) error {
	switch n.Kind {
	case yaml.MappingNode:
		b.WriteByte('{')
		for i := 0; i < len(n.Content); i += 2 {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(quote(n.Content[i].Value) + ":")
			if err := writeJSON(b, n.Content[i+1]); err != nil {
				return err
			}
		}
		b.WriteByte('}')
		return nil
	case yaml.SequenceNode:
		b.WriteByte('[')
		for i, entry := range n.Content {
			if i > 0 {
				b.WriteByte(',')
			}
			if err := writeJSON(b, entry); err != nil {
				return err
			}
		}
		b.WriteByte(']')
		return nil
	}
	return writeScalar(b, n)
}

// writeScalar writes a value that is neither mapping nor list. A date without quotes, such as a policy's Version, stays
// the text that it is.
func writeScalar(b *strings.Builder, n *yaml.Node) error {
	switch n.ShortTag() {
	case "!!str", "!!timestamp":
		b.WriteString(quote(n.Value))
	case "!!null":
		b.WriteString("null")
	case "!!bool":
		b.WriteString(strings.ToLower(n.Value))
	case "!!int", "!!float":
		if !jsonNumber.MatchString(n.Value) {
			return refuse(Position{n.Line, n.Column}, WrongType, "%s is no number of JSON: put it in quotes if it is a string", n.Value)
		}
		b.WriteString(n.Value)
	default:
		return refuse(Position{n.Line, n.Column}, WrongType, "a value of the type %s has no place in JSON", n.ShortTag())
	}
	return nil
}
