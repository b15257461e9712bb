package main

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"

	"github.com/lanyard-id/lanyard/cmd/lanyard/operator"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/opwire"
	"github.com/lanyard-id/lanyard/internal/server"
)

// everyVerb walks over all verbs with their own verbs.
func everyVerb(t *testing.T, look func(t *testing.T, cmd *cobra.Command)) {
	t.Helper()
	var walk func(*cobra.Command)
	walk = func(cmd *cobra.Command) {
		t.Run(strings.ReplaceAll(cmd.CommandPath(), " ", "_"), func(t *testing.T) { look(t, cmd) })
		for _, sub := range cmd.Commands() {
			if cmd.Name() != "completion" && !sub.Hidden { // its shells are cobra's
				walk(sub)
			}
		}
	}
	walk(newRoot(&cli{format: table}))
}

// calls finds the calls of the command in a line of an example: alone, in a pipe, in $(...), or behind run's dashes.
func calls(line string) [][]string {
	line = strings.NewReplacer(`"$(`, "| ", `)"`, "").Replace(strings.TrimSpace(line))
	var found [][]string
	word, quote, current := "", rune(0), []string(nil)
	end := func() {
		if word != "" {
			current = append(current, word)
		}
		word = ""
	}
	for _, c := range line + "|" {
		switch {
		case quote != 0 && c != quote:
			word += string(c)
		case c == '\'' || c == '"':
			quote ^= c
		case c == ' ':
			end()
		case c == '|':
			end()
			for i, w := range current {
				if w == "lanyard" && (i == 0 || current[i-1] == "--") {
					found = append(found, slices.DeleteFunc(current[i+1:], func(s string) bool { return s == "2>&1" }))
				}
			}
			current = nil
		default:
			word += string(c)
		}
	}
	return found
}

// TestExamples wants each verb to show examples whose words, flags and number of arguments are right.
func TestExamples(t *testing.T) {
	everyVerb(t, func(t *testing.T, cmd *cobra.Command) {
		if cmd.Short == "" || cmd.Example == "" {
			t.Fatalf("no help, or no example")
		}
		shown := false
		for line := range strings.Lines(cmd.Example) {
			if !strings.HasPrefix(line, "  ") {
				t.Errorf("%q is not indented", line)
			}
			for _, args := range calls(line) {
				if err := parses(args); err != nil {
					t.Errorf("%q: %v", args, err)
				}
				shown = shown || strings.HasPrefix("lanyard "+strings.Join(args, " "), cmd.CommandPath())
			}
		}
		if !shown {
			t.Errorf("no example shows %s", cmd.CommandPath())
		}
	})
}

// parses tells whether a call gets past its flags and arguments.
func parses(args []string) error {
	cmd, rest, err := newRoot(&cli{format: table}).Find(args)
	if err == nil {
		err = cmd.ParseFlags(rest)
	}
	if err == nil {
		err = cmd.ValidateArgs(cmd.Flags().Args())
	}
	if err == nil && !cmd.Runnable() {
		err = errors.New("it does nothing by itself")
	}
	return err
}

// TestWidth keeps the help within 80 columns, but for examples and values that are longer.
func TestWidth(t *testing.T) {
	everyVerb(t, func(t *testing.T, cmd *cobra.Command) {
		var out bytes.Buffer
		cmd.Root().SetOut(&out)
		if err := cmd.Help(); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(out.String()) {
			oneWord := len(strings.Fields(line)) == 1
			if line = strings.TrimSuffix(line, "\n"); len(line) > 80 && !strings.HasPrefix(line, "  lanyard ") && !oneWord {
				t.Errorf("%d columns: %s", len(line), line)
			}
		}
	})
}

func TestCompletion(t *testing.T) {
	for args, want := range map[string]string{
		"get Role":              "Role",
		"get ":                  "UserAssignedIdentity",
		"env --format d":        "dotenv",
		"version --output ":     "json",
		"audit --outcome ref":   "refused",
		"run --as ":             "operator",
		"keys rot":              "rotate",
		"get Resource --data d": "",
	} {
		var out, errs bytes.Buffer
		parts := append([]string{"__complete"}, strings.Split(args, " ")...)
		if code := execute(t.Context(), parts, stdio{strings.NewReader(""), &out, &errs}); code != exitDone {
			t.Errorf("%s: exit code %d", args, code)
		}
		if !strings.Contains(out.String(), want) {
			t.Errorf("%s: got %q, want %s", args, out.String(), want)
		}
	}
}

func TestMoment(t *testing.T) {
	now := time.Date(2026, 2, 3, 4, 5, 6, 0, time.UTC)
	for text, want := range map[string]time.Time{
		"1h": now.Add(-time.Hour), "90m": now.Add(-90 * time.Minute), "2026-01-01T00:00:00Z": time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
		"yesterday": {}, "1": {}, "": {},
	} {
		got, err := moment(now, text)
		if !got.Equal(want) || (err == nil) == want.IsZero() {
			t.Errorf("%q: got %s, %v, want %s", text, got, err, want)
		}
	}
}

func TestFailures(t *testing.T) {
	refusalOf := func(status int) error {
		return &operator.Refusal{Said: opwire.Error{Reason: "r.x", Message: "No.", RequestID: "id"}, Status: status}
	}
	helped := &operator.Refusal{Said: opwire.Error{Reason: "r.x", Message: "No.", Next: "lanyard apply --help"}}
	advised := &operator.Refusal{Said: opwire.Error{Reason: "r.x", Message: "No.", RequestID: "id", Next: "lanyard get Role"}}
	for name, tc := range map[string]struct {
		data    string
		running bool
		err     error
		code    int
		want    string
	}{
		"refusal":                 {"", true, refusalOf(403), 1, "lanyard: No\n  reason:      r.x\n  request id:  id\n  next:        lanyard explain id\n"},
		"refusal that says all":   {"", true, refusalOf(404), 1, "lanyard: No\n  reason:      r.x\n  request id:  id\n"},
		"wrong question":          {"", true, refusalOf(400), 1, "lanyard: No\n  reason:      r.x\n  request id:  id\n"},
		"defect":                  {"", true, refusalOf(500), 1, "lanyard: No\n  reason:      r.x\n  request id:  id\n  next:        lanyard explain id\n"},
		"help for another server": {"d", true, helped, 1, "lanyard: No\n  reason:  r.x\n  next:    lanyard apply --help\n"},
		"refusal of another server": {
			"a b", true, advised, 1,
			"lanyard: No\n  reason:      r.x\n  request id:  id\n  next:        lanyard get --data 'a b' Role\n",
		},
		"fault": {
			"", true, fault.New(fault.Invalid, "x.y", "What.").Because(errors.New("why")), 1,
			"lanyard: What: why\n  reason:  x.y\n",
		},
		"no server": {"d", true, fault.New(fault.Unavailable, operator.NoServer, "No."), 1, "lanyard: No\n  reason:  operator.no_server\n  next:    lanyard serve --data d\n"},
		"no server at the default": {
			"", true, fault.New(fault.Unavailable, operator.NoServer, "No."), 1,
			"lanyard: No\n  reason:  operator.no_server\n  next:    say --data DIR if a server runs with another folder, or lanyard serve\n",
		},
		"plain":        {"", true, errors.New("what"), 1, "lanyard: what\n"},
		"wrong use":    {"", true, wrongUse("say %d", 1), 2, "lanyard: say 1\n  next:  lanyard --help\n"},
		"wrong flag":   {"", false, errors.New("unknown flag: --x"), 2, "lanyard: unknown flag: --x\n  next:  lanyard --help\n"},
		"fatal":        {"", true, fmt.Errorf("%w: wal", server.ErrFatal), 70, "lanyard: the store failed: wal\n"},
		"silent":       {"", true, silently(7), 7, ""},
		"hostile text": {"", true, errors.New("\x1b[2J"), 1, "lanyard: \\u001b[2J\n"},
	} {
		t.Run(name, func(t *testing.T) {
			c := &cli{format: table, data: tc.data, running: tc.running}
			root, b := newRoot(c), bytes.Buffer{}
			c.data = tc.data
			root.SetErr(&b)
			if code := c.failed(root, tc.err); code != tc.code {
				t.Errorf("exit code %d, want %d", code, tc.code)
			}
			if d := cmp.Diff(tc.want, b.String()); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

// TestPlaced turns lines of the joined text back into lines of the files.
func TestPlaced(t *testing.T) {
	m, err := readManifests(strings.NewReader("kind: ResourceGroup\nname: c\n"), []string{"testdata/a.yaml", "-"})
	if err != nil {
		t.Fatal(err)
	}
	if m.count != 3 {
		t.Fatalf("%d documents, want 3", m.count)
	}
	line := strings.Count(m.text[:strings.Index(m.text, "name: c")], "\n") + 1
	err = m.placed(&operator.Refusal{Said: opwire.Error{Message: fmt.Sprintf("line %d, column 7: no (at line 2, column 1)", line)}})
	if want := ": standard input: line 2, column 7: no (at testdata/a.yaml: line 2, column 1)"; err.Error() != want {
		t.Errorf("got %q, want %q", err, want)
	}
}

func TestAnExplanationEndsWithACommandForThisServer(t *testing.T) {
	const text = "request    x\nnext       echo '{kind: RoleAssignment}' | lanyard apply -f -\n"
	want := "request    x\nnext       echo '{kind: RoleAssignment}' | lanyard apply --data try -f -\n"
	if got := (&cli{data: "try"}).hereNext(text); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := (&cli{}).hereNext(text); got != text {
		t.Errorf("without --data: got %q", got)
	}
}
