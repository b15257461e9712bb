package server

import (
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/lanyard-id/lanyard/internal/fault"
)

// maxConfig bounds a configuration file in bytes.
const maxConfig = 1 << 20

// ReadConfig reads a configuration file strictly: an unknown or repeated key, a wrong type, an alias or a second document
// is an error that names file, line and column.
func ReadConfig(r io.Reader, file string) (Config, error) {
	var c Config
	d := yaml.NewDecoder(io.LimitReader(r, maxConfig))
	var doc, more yaml.Node
	switch err := d.Decode(&doc); {
	case errors.Is(err, io.EOF): // an empty file is the default configuration
		return c, nil
	case err != nil:
		return c, badConfig(file, err)
	}
	if err := d.Decode(&more); !errors.Is(err, io.EOF) {
		if err == nil {
			err = at(more.Content[0], "a configuration is one YAML document, and there is more behind it")
		}
		return c, badConfig(file, err)
	}
	if err := c.fill(doc.Content[0]); err != nil {
		return c, badConfig(file, err)
	}
	if err := c.check(); err != nil {
		return c, badConfig(file, err)
	}
	return c, nil
}

// fill sets the fields that the mapping names.
func (c *Config) fill(m *yaml.Node) error {
	if m.Kind != yaml.MappingNode {
		return at(m, "a configuration is a mapping of keys to values")
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(m.Content); i += 2 {
		key, value := m.Content[i], m.Content[i+1]
		field, ok := c.field(key.Value)
		switch {
		case !ok:
			return at(key, "unknown key %q: the keys are %s", key.Value, strings.Join(c.keys(), ", "))
		case seen[key.Value]:
			return at(key, "the key %q stands twice", key.Value)
		case value.Kind == yaml.AliasNode:
			return at(value, "aliases are not read")
		}
		seen[key.Value] = true
		if err := value.Decode(field.Addr().Interface()); err != nil {
			return at(value, "%s: %q is not %s", key.Value, value.Value, called(field.Type()))
		}
	}
	return nil
}

// field finds the field of a key.
func (c *Config) field(key string) (reflect.Value, bool) {
	v := reflect.ValueOf(c).Elem()
	for i := range v.NumField() {
		if v.Type().Field(i).Tag.Get("yaml") == key {
			return v.Field(i), true
		}
	}
	return reflect.Value{}, false
}

// keys lists what a configuration file may say.
func (c *Config) keys() (list []string) {
	for field := range reflect.TypeFor[Config]().Fields() {
		if key := field.Tag.Get("yaml"); key != "" && key != "-" {
			list = append(list, key)
		}
	}
	return list
}

// called says for people what a field holds.
func called(t reflect.Type) string {
	switch t.String() {
	case "time.Duration":
		return `a duration such as "15m"`
	case "int64":
		return "a number of bytes"
	case "[]int":
		return "a list of numbers"
	case "[]netip.Prefix":
		return `a list of networks such as "10.0.0.0/8"`
	}
	return "a text"
}

// at is an error with its place.
func at(n *yaml.Node, format string, args ...any) error {
	return fmt.Errorf("%d:%d: %s", n.Line, n.Column, fmt.Sprintf(format, args...))
}

func badConfig(file string, err error) error {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	return fault.New(fault.Invalid, BadConfig, "%s: %s", file, strings.ReplaceAll(text, "\n", " "))
}
