package harness

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// commandTime is how long one command of a client may take; the slowest clients need seconds, but not alone.
const commandTime = 4 * time.Minute

// Session is a shell under "lanyard run --as WHO": what is run in it shares the launch's settings and its private folders
// of client configuration, as the commands that a person types one after the other do.
type Session struct {
	house  *House
	as     string
	folder string
	shell  *exec.Cmd
	in     io.WriteCloser
	codes  chan string
}

// Session starts a shell as a workload, as the operator, or as nobody: with the settings that lead clients here and no
// identity, which is how a machine outside, such as a pipeline's, is set up. Flags are more of "lanyard run". It ends with
// the test.
func (h *House) Session(t testing.TB, as string, flags ...string) *Session {
	t.Helper()
	s := &Session{house: h, as: as, folder: h.Folder(t), codes: make(chan string, 1)}
	bash := []string{"bash", "--noprofile", "--norc"}
	if as == "" {
		s.shell = exec.Command(bash[0], bash[1:]...)
		s.shell.Env = h.environ()
	} else {
		s.shell = h.command("run", slices.Concat([]string{"--as", as}, flags, []string{"--"}, bash)...)
	}
	s.shell = h.inNamespace(t, s.shell, s.folder)
	s.shell.Dir, s.shell.Stderr = s.folder, os.Stderr
	var err error
	if s.in, err = s.shell.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := s.shell.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.shell.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			s.codes <- lines.Text()
		}
	}()
	t.Cleanup(func() {
		_ = s.in.Close() // the shell ends with its input
		for open := true; open; {
			select {
			case <-s.codes:
			case <-ended:
				open = false
			}
		}
		if err := s.shell.Wait(); err != nil {
			t.Logf("the session as %s ended: %v", as, err)
		}
	})
	if as == "" {
		s.must(t, s.Shell(t, `eval "$(`+quote(h.Lanyard)+` env --data `+quote(filepath.Join(h.dir, "data"))+`)"`))
	}
	return s
}

// Folder is where the session's commands run.
func (s *Session) Folder() string { return s.folder }

// File writes a file into the session's folder and gives its path.
func (s *Session) File(t testing.TB, name, text string) string {
	t.Helper()
	path := filepath.Join(s.folder, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Result is what a command printed, and its exit code.
type Result struct {
	Line     string
	Out, Err string
	Code     int
}

func (r Result) String() string {
	return fmt.Sprintf("$ %s\n%s%s(exit %d)", r.Line, r.Out, r.Err, r.Code)
}

// Set sets a variable for all later commands of the session; "" unsets it.
func (s *Session) Set(t testing.TB, name, value string) {
	t.Helper()
	line := "unset " + name
	if value != "" {
		line = "export " + name + "=" + quote(value)
	}
	s.must(t, s.Shell(t, line))
}

// Try runs a command and gives its result, whatever it is.
func (s *Session) Try(t testing.TB, argv ...string) Result {
	t.Helper()
	words := make([]string, len(argv))
	for i, a := range argv {
		words[i] = quote(a)
	}
	return s.Shell(t, strings.Join(words, " "))
}

// Shell runs a line of shell in the session itself, so that what it exports stays.
func (s *Session) Shell(t testing.TB, line string) Result {
	t.Helper()
	out, said := filepath.Join(s.folder, ".out"), filepath.Join(s.folder, ".err")
	if _, err := fmt.Fprintf(s.in, "{ %s\n} >%s 2>%s </dev/null; echo $?\n", line, quote(out), quote(said)); err != nil {
		t.Fatalf("%s: the session is over: %v", line, err)
	}
	r := Result{Line: line}
	select {
	case code := <-s.codes:
		var err error
		if r.Code, err = strconv.Atoi(code); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
	case <-time.After(commandTime):
		_ = s.shell.Process.Kill() // the session is of no use any more
		t.Fatalf("%s: no end after %s\n%s%s", line, commandTime, read(out), read(said))
	}
	r.Out, r.Err = read(out), read(said)
	return r
}

// Must runs a command that shall succeed, and gives what it printed without the white space around it.
func (s *Session) Must(t testing.TB, argv ...string) string {
	t.Helper()
	return s.must(t, s.Try(t, argv...))
}

func (s *Session) must(t testing.TB, r Result) string {
	t.Helper()
	if r.Code != 0 {
		t.Fatalf("as %s: %s", s.who(), r)
	}
	return strings.TrimSpace(r.Out)
}

// JSON runs a command that shall succeed and print JSON, and gives the value.
func (s *Session) JSON(t testing.TB, argv ...string) any {
	t.Helper()
	text := s.Must(t, argv...)
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("as %s: %q: %v\n%s", s.who(), argv, err, text)
	}
	return v
}

// Refused runs a command that shall fail, with the words that its user must see, and for exactly the reason that
// "lanyard explain" must give for the request id among them.
func (s *Session) Refused(t testing.TB, words, reason string, argv ...string) Result {
	t.Helper()
	r := s.Failed(t, words, argv...)
	if _, why := s.house.Why(t, r.Out+r.Err); why != reason {
		t.Errorf("as %s: %s\nwant the reason %q, explain says %q", s.who(), r, reason, why)
	}
	return r
}

// Failed runs a command that shall fail with the words, and asks for no reason: the client itself refused, or what it
// prints has no request id.
func (s *Session) Failed(t testing.TB, words string, argv ...string) Result {
	t.Helper()
	r := s.Try(t, argv...)
	if words == "" || r.Code == 0 || !strings.Contains(r.Out+r.Err, words) {
		t.Fatalf("as %s: %s\nwant it refused with %q", s.who(), r, words)
	}
	return r
}

// Played runs a program that plays several steps, and wants from it each refusal of the list and no other. The program prints
// "refused CODE ID" for what it was refused, as it had to be, and "ok STEP" behind each step; a line of the list is "STEP
// CODE REASON". What a step is refused twice for one reason counts once.
func (s *Session) Played(t testing.TB, refusals string, argv ...string) {
	t.Helper()
	want := map[string]bool{}
	for line := range strings.Lines(refusals) {
		if words := strings.Fields(line); len(words) > 0 {
			want[strings.Join(words, " ")] = false
		}
	}
	var open [][2]string // of the step that is not over, as code and reason
	for line := range strings.Lines(s.Must(t, argv...)) {
		words := strings.Fields(line)
		switch {
		case len(words) == 3 && words[0] == "refused":
			_, why := s.house.Why(t, words[2])
			open = append(open, [2]string{words[1], why})
		case len(words) == 2 && words[0] == "ok":
			for _, r := range open {
				found := words[1] + " " + r[0] + " " + r[1]
				if _, ok := want[found]; !ok {
					t.Errorf("as %s: %q: refused besides: %s", s.who(), argv, found)
				}
				want[found] = true
			}
			open = nil
		default:
			t.Fatalf("as %s: %q: %q is no line of a play", s.who(), argv, line)
		}
	}
	for line, seen := range want {
		if !seen {
			t.Errorf("as %s: %q: not refused: %s", s.who(), argv, line)
		}
	}
}

func (s *Session) who() string {
	if s.as == "" {
		return "nobody"
	}
	return s.as
}

// quote writes a word for the shell.
func quote(word string) string { return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'" }

func read(path string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// At is a value inside JSON, by keys and indexes, or nil.
func At(v any, path ...any) any {
	for _, step := range path {
		switch step := step.(type) {
		case string:
			object, _ := v.(map[string]any)
			v = object[step]
		case int:
			list, _ := v.([]any)
			if step >= len(list) {
				return nil
			}
			v = list[step]
		}
	}
	return v
}

// Text is a text inside JSON, or "".
func Text(v any, path ...any) string {
	text, _ := At(v, path...).(string)
	return text
}
