//go:build unix

package lanyard_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// step is a block of shell commands in a page, and what the page says that it prints.
type step struct {
	line    int // where the block begins in the page
	command string
	output  string // empty if the page does not say
}

// TestPagesRun runs every block of shell commands of the pages for users, as somebody would who pastes one after the
// other into a terminal in a fresh home, and wants each to succeed and to print what the page shows. It needs a POSIX
// shell and curl, like the pages.
func TestPagesRun(t *testing.T) {
	checkout := t.TempDir()
	build := exec.CommandContext(t.Context(), "go", "build", "-o", filepath.Join(checkout, "bin", "lanyard"), "./cmd/lanyard")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(here, "examples"), filepath.Join(checkout, "examples")); err != nil {
		t.Fatal(err)
	}
	for _, page := range []string{"README.md", "docs/start.md", "docs/operate.md"} {
		t.Run(filepath.Base(page), func(t *testing.T) {
			text, err := os.ReadFile(page)
			if err != nil {
				t.Fatal(err)
			}
			steps := stepsOf(string(text))
			if len(steps) == 0 {
				t.Fatal("the page has no block of commands")
			}
			outputs, err := play(t, checkout, steps)
			for i, out := range outputs {
				if want := steps[i].output; want != "" && !fits(want, out) {
					t.Errorf("line %d: the page says\n%s\nand it is\n%s", steps[i].line, want, out)
				}
			}
			if err != nil {
				last := len(outputs) - 1
				t.Fatalf("the block at line %d: %v\n%s", steps[last].line, err, outputs[last])
			}
		})
	}
}

// stepsOf reads the blocks that are marked sh, and those marked text that follow one.
func stepsOf(page string) (steps []step) {
	var block *strings.Builder
	var kind string
	begin := 0
	for i, line := range strings.Split(page, "\n") {
		mark, fence := strings.CutPrefix(line, "```")
		switch {
		case fence && block == nil:
			kind, block, begin = mark, &strings.Builder{}, i+1
		case fence:
			if kind == "sh" {
				steps = append(steps, step{line: begin, command: block.String()})
			} else if last := len(steps) - 1; kind == "text" && last >= 0 && steps[last].output == "" {
				steps[last].output = block.String()
			}
			block = nil
		case block != nil:
			block.WriteString(line + "\n")
		}
	}
	return steps
}

// border stands between the outputs of two steps.
const border = "=== the next step ==="

// play runs the steps in one shell and gives the output of each that began. Whatever a step left running is ended.
func play(t *testing.T, checkout string, steps []step) (outputs []string, err error) {
	t.Helper()
	var script strings.Builder
	script.WriteString("set -e\n")
	for _, s := range steps {
		fmt.Fprintf(&script, "echo '%s'\n%s\n", border, s.command)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	home := t.TempDir()
	file := filepath.Join(home, "script")
	if err := os.WriteFile(file, []byte(script.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	shell := exec.CommandContext(ctx, "sh", file)
	shell.Dir = checkout
	shell.Env = []string{"PATH=" + os.Getenv("PATH"), "LANG=C.UTF-8", "HOME=" + home, "TMPDIR=" + home}
	for _, variable := range []string{"XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"} {
		dir := filepath.Join(home, strings.ToLower(variable))
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		shell.Env = append(shell.Env, variable+"="+dir)
	}
	shell.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	end := func() error { return syscall.Kill(-shell.Process.Pid, syscall.SIGKILL) }
	shell.Cancel, shell.WaitDelay = end, 10*time.Second
	output, err := os.Create(filepath.Join(home, "output")) // a file: a server left running does not hold it open for us
	if err != nil {
		t.Fatal(err)
	}
	shell.Stdout, shell.Stderr = output, output
	err = shell.Run()
	_ = end() // nothing may be left, which is an error
	text, readErr := os.ReadFile(output.Name())
	if readErr != nil || output.Close() != nil {
		t.Fatal(readErr)
	}
	return strings.Split(string(text), border+"\n")[1:], err
}

// fits compares an output with what a page shows of it: an ellipsis stands for any part of a line, and one alone on a line
// for any lines.
func fits(page, output string) bool {
	var pattern strings.Builder
	for line := range strings.Lines(page) {
		line = strings.TrimRight(line, " \n")
		if line == "…" {
			pattern.WriteString(`(?:.*\n)*?`)
			continue
		}
		parts := strings.Split(line, "…")
		for i, p := range parts {
			parts[i] = regexp.QuoteMeta(p)
		}
		pattern.WriteString(strings.Join(parts, ".*?") + `[ \r]*\n`)
	}
	if !strings.HasSuffix(output, "\n") {
		output += "\n"
	}
	return regexp.MustCompile(`\A` + pattern.String() + `\z`).MatchString(output)
}

func TestPageReading(t *testing.T) {
	steps := stepsOf("# A\n```sh\na\nb\n```\nsays\n```text\nx\n```\n```yaml\nk: v\n```\n```sh\nc\n```\n")
	want := []step{{2, "a\nb\n", "x\n"}, {13, "c\n", ""}}
	if !slices.Equal(steps, want) {
		t.Errorf("got %+v", steps)
	}
	for _, tc := range []struct {
		page, output string
		want         bool
	}{
		{"a\nb\n", "a\nb\n", true},
		{"a\nb\n", "a\nb", true},
		{"a\n", "a\nb\n", false},
		{"b\n", "a\nb\n", false},
		{"a…c\n", "abc\n", true},
		{"a…c\n", "a\nc\n", false},
		{"a.c\n", "abc\n", false},
		{"…\nb\n", "a\na\nb\n", true},
		{"a\n…\n", "a\n", true},
		{"a\n…\nc\n", "a\nb\n", false},
		{"a\n", "a \r\n", true},
	} {
		if got := fits(tc.page, tc.output); got != tc.want {
			t.Errorf("fits(%q, %q) is %v", tc.page, tc.output, got)
		}
	}
}

// TestPagesCatchLies plants a page whose command fails and one whose output is another.
func TestPagesCatchLies(t *testing.T) {
	outputs, err := play(t, t.TempDir(), []step{{command: "echo one\n"}, {command: "false\n"}, {command: "echo never\n"}})
	if err == nil || len(outputs) != 2 || outputs[0] != "one\n" {
		t.Errorf("got %q, %v", outputs, err)
	}
	if fits("one\n", "two\n") {
		t.Error("another output fits")
	}
}
