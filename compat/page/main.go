package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/lanyard-id/lanyard/compat/harness"
)

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "page ROWS COMMITTED MADE")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, "compat:", err)
		os.Exit(1)
	}
}

// run makes the page and compares it.
func run(folder, committed, made string) error {
	rows, err := load(folder)
	if err != nil {
		return err
	}
	page := write(rows)
	if err := os.MkdirAll(filepath.Dir(made), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(made, []byte(page), 0o644); err != nil { //nolint:gosec // a page for everybody
		return err
	}
	old, err := os.ReadFile(committed)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if lines := differences(leftOut(string(old)), leftOut(page)); len(lines) > 0 {
		return fmt.Errorf("%s is not what was found (- the page, + this run):\n%s\nif this run is right: cp %s %s",
			committed, strings.Join(lines, "\n"), made, committed)
	}
	return nil
}

func load(folder string) ([]harness.Row, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil {
		return nil, err
	}
	var rows []harness.Row
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		var row harness.Row
		if err := json.Unmarshal(text, &row); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		rows = append(rows, row)
	}
	if len(rows) == 0 {
		return nil, errors.New("no story wrote a row")
	}
	slices.SortFunc(rows, func(a, b harness.Row) int {
		return strings.Compare(a.Client+"\n"+a.Flow, b.Client+"\n"+b.Flow)
	})
	return rows, nil
}

const head = `# Which clients work

Every row is a story of a client that nobody changed, told by a test that also has its refusals: ` + "`make compat`" + ` runs them
all, makes this page anew and fails if it differs. **pass**: the client ran against a server of this checkout, and what it
was refused was refused for the reason that ` + "`lanyard explain`" + ` gives. **transcript**: the client did not run; the requests
that its documentation describes were replayed, and the answers compared. **not run**: why is said. Each client says its
own version; of programs that the system's packages install the page keeps the first two numbers, of libraries that a lock
file pins all. The setting is all that the client was told; where it is *run*, the settings are those of ` + "`lanyard run`" + ` alone.

| client | version | flow | result | setting | test |
| --- | --- | --- | --- | --- | --- |
`

func write(rows []harness.Row) string {
	var b strings.Builder
	b.WriteString(head)
	cell := strings.NewReplacer("|", `\|`, "\n", " ")
	for _, r := range rows {
		b.WriteString("|")
		for _, text := range []string{r.Client, r.Version, r.Flow, r.Result, r.Setting, "`" + r.Test + "`"} {
			b.WriteString(" " + cell.Replace(text) + " |")
		}
		b.WriteString("\n")
	}
	return b.String()
}

// leftOut blanks version and result of the clients that this run left out on purpose, so that a page with them and a run
// without them compare.
func leftOut(page string) string {
	var without []string
	for _, c := range harness.Clients() {
		if harness.Without(c.Key) {
			without = append(without, c.Name)
		}
	}
	var b strings.Builder
	for line := range strings.Lines(page) {
		if cells := strings.Split(line, " | "); len(cells) == 6 && slices.Contains(without, strings.TrimPrefix(cells[0], "| ")) {
			cells[1], cells[3] = "", harness.NotRun
			line = strings.Join(cells, " | ")
		}
		b.WriteString(line)
	}
	return b.String()
}

// differences lists the lines that only one of the pages has. Their order is fixed, so that no more is needed.
func differences(old, page string) []string {
	before, after := strings.Split(old, "\n"), strings.Split(page, "\n")
	var out []string
	for _, line := range before {
		if !slices.Contains(after, line) {
			out = append(out, "- "+line)
		}
	}
	for _, line := range after {
		if !slices.Contains(before, line) {
			out = append(out, "+ "+line)
		}
	}
	if len(out) == 0 && old != page {
		out = append(out, "the same lines in another order")
	}
	return out
}
