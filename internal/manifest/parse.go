package manifest

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// Limits of one file.
const (
	MaxBytes = 4 << 20
	MaxDepth = 64
)

// Parse reads all documents of a file. It refuses the whole file for the first thing that is wrong in it; every error is
// a fault of this package whose public text begins with the position.
func Parse(file []byte) ([]Document, error) {
	start := Position{1, 1}
	if len(file) > MaxBytes {
		return nil, refuse(start, TooLarge, "the file has %d bytes, the limit is %d", len(file), MaxBytes)
	}
	if !utf8.Valid(file) {
		return nil, refuse(start, Syntax, "the file is not UTF-8")
	}
	var documents []Document
	decoder := yaml.NewDecoder(bytes.NewReader(file))
	for {
		var node yaml.Node
		err := decoder.Decode(&node)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, notYAML(file, err)
		}
		if empty(&node) {
			continue
		}
		d, err := readDocument(node.Content[0])
		if err != nil {
			return nil, err
		}
		documents = append(documents, d)
	}
	if len(documents) == 0 {
		return nil, refuse(start, Syntax, "the file holds no document")
	}
	return documents, nil
}

// notYAML is what the decoder says, with its line as the one place. Where it misses something that it expected, its lines
// count from 0; where it names none, it has found the fault in the first. The end of a file is its last line.
func notYAML(file []byte, err error) error {
	at, said := Position{1, 0}, strings.TrimPrefix(err.Error(), "yaml: ")
	if line, rest, ok := strings.Cut(strings.TrimPrefix(said, "line "), ": "); ok {
		n, err := strconv.Atoi(line)
		if err == nil {
			at.Line, said = n, rest
		}
		if strings.HasPrefix(said, "did not find expected ") {
			at.Line = min(n+1, 1+bytes.Count(bytes.TrimSuffix(file, []byte("\n")), []byte("\n")))
		}
	}
	return refuse(at, Syntax, "the file is not YAML: %s", said)
}

// empty tells a document that holds nothing, such as the one before a leading "---".
func empty(document *yaml.Node) bool {
	if len(document.Content) != 1 {
		return len(document.Content) == 0
	}
	n := document.Content[0]
	return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" && n.Value == "" && n.Anchor == ""
}

func readDocument(node *yaml.Node) (Document, error) {
	if err := checkPlain(node, 0); err != nil {
		return Document{}, err
	}
	f, err := fieldsOf(node, "a document")
	if err != nil {
		return Document{}, err
	}
	kind := f.required("kind")
	if f.err != nil {
		return Document{}, f.err
	}
	d := Document{Kind: kind.Raw, At: f.at, Spec: newSpec(kind.Raw)}
	if d.Spec == nil {
		return Document{}, refuse(kind.At, UnknownKind, "there is no kind %q: the kinds are %s",
			kind.Raw, strings.Join(Kinds(), ", "))
	}
	f.what = "a " + d.Kind
	d.Tenant, d.Subscription, d.Account = f.text("tenant"), f.text("subscription"), f.text("account")
	d.Spec.read(f)
	return d, f.finish()
}

// checkPlain refuses what makes one text mean several things: aliases, merges, tags, keys that are no strings or occur
// twice, and nesting without end.
func checkPlain(n *yaml.Node, depth int) error {
	at := Position{n.Line, n.Column}
	switch {
	case depth > MaxDepth:
		return refuse(at, NotPlain, "nested deeper than %d levels", MaxDepth)
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		return refuse(at, NotPlain, "anchors and aliases are not read here: write the value out")
	case n.Style&yaml.TaggedStyle != 0:
		return refuse(at, NotPlain, "the tag %s is not read here: leave it out, or write a string in quotes", n.Tag)
	case n.ShortTag() == "!!merge":
		return refuse(at, NotPlain, "merge keys are not read here: write the keys out")
	}
	if n.Kind == yaml.MappingNode {
		if err := checkKeys(n); err != nil {
			return err
		}
	}
	for _, child := range n.Content {
		if err := checkPlain(child, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func checkKeys(mapping *yaml.Node) error {
	seen := make(map[string]int, len(mapping.Content)/2)
	for i := 0; i < len(mapping.Content); i += 2 {
		key := mapping.Content[i]
		at := Position{key.Line, key.Column}
		if key.ShortTag() == "!!merge" {
			return refuse(at, NotPlain, "merge keys are not read here: write the keys out")
		}
		if key.Kind != yaml.ScalarNode || key.ShortTag() != "!!str" {
			return refuse(at, WrongType, "a key must be a string: put it in quotes")
		}
		if line, twice := seen[key.Value]; twice {
			return refuse(at, DuplicateKey, "the key %q occurs twice, first in line %d", key.Value, line)
		}
		seen[key.Value] = key.Line
	}
	return nil
}
