package screen

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strings"
	"text/tabwriter"
	"time"
)

// JSON writes indented JSON that leaves <, > and & alone.
func JSON(w io.Writer, value any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(value)
}

// Rows lays out a table with a head; cells in one line each, with what all resource ids begin with left out. JSON has them
// in full.
func Rows(w io.Writer, head []string, lines [][]string) {
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

// Pairs lays out names and values below each other and leaves out what is empty.
func Pairs(w io.Writer, lines [][2]string) {
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

// When prints a time for people: in UTC, to the second.
func When(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04:05Z")
}
