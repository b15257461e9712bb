package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strings"
	"text/tabwriter"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"
)

// format is the value of --output.
type format string

const (
	table  format = "table"
	asJSON format = "json"
)

// String is the value as it is written.
func (f *format) String() string { return string(*f) }

// Type is what the help calls the value.
func (f *format) Type() string { return "FORMAT" }

// Set reads the value.
func (f *format) Set(s string) error {
	if s != string(table) && s != string(asJSON) {
		return fmt.Errorf("%q is neither table nor json", s)
	}
	*f = format(s)
	return nil
}

// show prints a value as JSON, or as write lays it out for people.
func (c *cli) show(cmd *cobra.Command, value any, write func(w io.Writer)) error {
	var b bytes.Buffer
	if c.format == asJSON {
		if err := encode(&b, value); err != nil {
			return err
		}
	} else {
		write(&b)
	}
	_, err := io.WriteString(cmd.OutOrStdout(), printable(b.String()))
	return err
}

// encode writes indented JSON that leaves <, > and & alone.
func encode(w io.Writer, value any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(value)
}

// rows lays out a table with a head; cells in one line each, with what all resource ids begin with left out. JSON has them
// in full.
func rows(w io.Writer, head []string, lines [][]string) {
	var b bytes.Buffer
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, line := range append([][]string{head}, lines...) {
		cells := make([]string, len(line))
		for i, text := range line {
			cells[i] = short(cell(text))
		}
		_, _ = fmt.Fprintln(t, strings.Join(cells, "\t")) // into a buffer
	}
	_ = t.Flush() // into a buffer
	for line := range strings.Lines(b.String()) {
		_, _ = io.WriteString(w, strings.TrimRight(line, " \n")+"\n") // into a buffer
	}
}

// pairs lays out names and values below each other and leaves out what is empty.
func pairs(w io.Writer, lines [][2]string) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, line := range lines {
		if line[1] != "" {
			_, _ = fmt.Fprintf(t, "%s\t%s\n", cell(line[0]), cell(line[1])) // into a buffer
		}
	}
	_ = t.Flush() // into a buffer
}

// groups is how the ids of resources begin.
var groups = regexp.MustCompile(`/subscriptions/[0-9a-f-]{36}/resourceGroups/`)

// short shortens the resource ids in a text.
func short(s string) string { return groups.ReplaceAllLiteralString(s, ".../") }

// cell keeps a value in its cell.
func cell(s string) string {
	return strings.NewReplacer("\t", " ", "\r\n", " ", "\n", " ").Replace(s)
}

// when prints a time for people: in UTC, to the second.
func when(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04:05Z")
}

// printable writes control characters as \u escapes, in text as in JSON: names, error texts and what strangers sent to a
// door are printed on the operator's terminal, and must not give it orders.
func printable(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			b.WriteString(`\ufffd`)
		case r < 0x20 && r != '\n' && r != '\t', r >= 0x7f && r < 0xa0, r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteString(s[i : i+n])
		}
		i += n
	}
	return b.String()
}
