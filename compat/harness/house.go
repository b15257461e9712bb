package harness

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

const (
	readyTime = 60 * time.Second
	endTime   = 20 * time.Second
)

// House is one installation: a running "lanyard serve" on free ports, with its data and keys in a folder of its own.
type House struct {
	Lanyard string // the command
	dir     string
	server  *exec.Cmd
	ended   chan error
	env     map[string]any // what "lanyard env --format json" says
	names   []string       // host names that lead to this machine while a client runs
}

// Open starts an installation. Close ends it and removes everything.
func Open() (*House, error) {
	h := &House{Lanyard: os.Getenv("COMPAT_LANYARD")}
	if h.Lanyard == "" {
		return nil, errors.New("COMPAT_LANYARD is set by compat/run.sh: run that")
	}
	var err error
	if h.dir, err = os.MkdirTemp("", "lanyard-compat-"); err != nil {
		return nil, err
	}
	for _, sub := range []string{"keys", "home"} {
		if err := os.Mkdir(filepath.Join(h.dir, sub), 0o700); err != nil {
			return nil, err
		}
	}
	if err := h.start(); err != nil {
		return nil, errors.Join(err, h.Close())
	}
	return h, nil
}

// start starts the server and waits until it answers.
func (h *House) start() error {
	log, err := os.Create(filepath.Join(h.dir, "server.log"))
	if err != nil {
		return err
	}
	defer log.Close() //nolint:errcheck // the server has its own
	h.server = h.command("serve", "--listen", "127.0.0.1:0")
	h.server.Stdout, h.server.Stderr = log, log
	if err := h.server.Start(); err != nil {
		return err
	}
	h.ended = make(chan error, 1)
	go func() { h.ended <- h.server.Wait() }()
	for deadline := time.Now().Add(readyTime); ; time.Sleep(50 * time.Millisecond) {
		var out, said bytes.Buffer
		ask := h.command("env", "--format", "json")
		ask.Stdout, ask.Stderr = &out, &said
		if err = ask.Run(); err == nil {
			return json.Unmarshal(out.Bytes(), &h.env)
		}
		if time.Now().After(deadline) {
			text, _ := os.ReadFile(log.Name()) // for the error alone
			return fmt.Errorf("the server does not answer: %w: %s\n%s", err, said.String(), text)
		}
	}
}

// Close ends the server and removes its folder.
func (h *House) Close() error {
	if h.ended != nil {
		_ = h.server.Process.Signal(syscall.SIGTERM) // it may have ended by itself
		select {
		case <-h.ended:
		case <-time.After(endTime):
			_ = h.server.Process.Kill()
			<-h.ended
		}
	}
	return os.RemoveAll(h.dir)
}

// Main opens an installation that the tests of a package share, runs them and gives the exit code.
func Main(m *testing.M, use func(*House)) int {
	h, err := Open()
	if err != nil {
		fmt.Fprintln(os.Stderr, "compat:", err)
		return 1
	}
	use(h)
	code := m.Run()
	if err := h.Close(); err != nil {
		fmt.Fprintln(os.Stderr, "compat:", err)
		return 1
	}
	return code
}

// command is a verb of lanyard about this installation.
func (h *House) command(verb string, args ...string) *exec.Cmd {
	cmd := exec.Command(h.Lanyard, append([]string{verb, "--data", filepath.Join(h.dir, "data")}, args...)...)
	cmd.Env = h.environ()
	return cmd
}

// Resolve makes host names lead to this machine for the clients of all later sessions: a hosts file of the session's own is
// mounted over the system's, in a namespace that nobody else sees. It is what an operator's DNS does.
func (h *House) Resolve(names ...string) { h.names = append(h.names, names...) }

// inNamespace puts a command where the names resolve.
func (h *House) inNamespace(t testing.TB, cmd *exec.Cmd, folder string) *exec.Cmd {
	t.Helper()
	if len(h.names) == 0 {
		return cmd
	}
	hosts := filepath.Join(folder, "hosts")
	text := "127.0.0.1 localhost " + strings.Join(h.names, " ") + "\n"
	if err := os.WriteFile(hosts, []byte(text), 0o644); err != nil { //nolint:gosec // everybody reads a hosts file
		t.Fatal(err)
	}
	own := exec.Command("unshare", append([]string{
		"--user", "--map-root-user", "--mount", "sh", "-ec", `mount --bind "$0" /etc/hosts; exec "$@"`, hosts}, cmd.Args...)...)
	own.Env = cmd.Env
	return own
}

// environ is the environment that the launcher has: this process's own without what would change a client's or the
// server's folders. The clients' HOME is empty, so that nothing of the user's own configuration is read.
func (h *House) environ() []string {
	env := []string{
		"XDG_CONFIG_HOME=" + filepath.Join(h.dir, "keys"), "HOME=" + filepath.Join(h.dir, "home"),
		"CHECKPOINT_DISABLE=1", "PYTHONWARNINGS=ignore",
	}
	for _, v := range os.Environ() {
		name, _, _ := strings.Cut(v, "=")
		switch {
		case name == "HOME", name == "XDG_CONFIG_HOME", name == "CREDENTIALS_DIRECTORY", strings.HasPrefix(name, "TF_"),
			strings.HasPrefix(name, "COMPAT_"), strings.HasPrefix(name, "PYTHON"):
		default:
			env = append(env, v)
		}
	}
	return env
}

// Do runs a verb of lanyard, with standard input, and wants it to succeed.
func (h *House) Do(t testing.TB, stdin, verb string, args ...string) string {
	t.Helper()
	var out, said bytes.Buffer
	cmd := h.command(verb, args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &out, &said
	if err := cmd.Run(); err != nil {
		t.Fatalf("lanyard %s %q: %v\n%s%s", verb, args, err, out.String(), said.String())
	}
	return out.String()
}

// Apply makes what a manifest says.
func (h *House) Apply(t testing.TB, manifest string) {
	t.Helper()
	h.Do(t, manifest, "apply", "-f", "-")
}

// Fact is a setting of "lanyard env --format json", such as "blob" or "tenant".
func (h *House) Fact(t testing.TB, key string) string {
	t.Helper()
	text, ok := h.env[key].(string)
	if !ok || text == "" {
		t.Fatalf("the server says nothing about %q", key)
	}
	return text
}

// Field is a field of one thing as "lanyard get" shows it, by a path such as "properties.clientId".
func (h *House) Field(t testing.TB, kind, name, path string) string {
	t.Helper()
	var thing any
	text := h.Do(t, "", "get", kind, name, "-o", "json")
	if err := json.Unmarshal([]byte(text), &thing); err != nil {
		t.Fatalf("%s %s: %v", kind, name, err)
	}
	if list, ok := thing.([]any); ok && len(list) == 1 {
		thing = list[0]
	}
	for key := range strings.SplitSeq(path, ".") {
		object, _ := thing.(map[string]any)
		thing = object[key]
	}
	if thing == nil {
		t.Fatalf("%s %s has no %s: %s", kind, name, path, text)
	}
	return fmt.Sprint(thing)
}

// Why is the code and the reason that the record has of the request whose id stands in a client's error text, as
// "lanyard explain" tells them.
func (h *House) Why(t testing.TB, text string) (code, why string) {
	t.Helper()
	var record struct{ Outcome, Wire, Reason string }
	said := h.Do(t, text, "explain", "--error", "-", "--output", "json")
	if err := json.Unmarshal([]byte(said), &record); err != nil || record.Outcome != "refused" {
		t.Fatalf("%v: no refusal is recorded: %s", err, said)
	}
	return record.Wire, record.Reason
}

// Folder is a new folder for the files of one story.
func (h *House) Folder(t testing.TB) string {
	t.Helper()
	folder, err := os.MkdirTemp(h.dir, "story-")
	if err != nil {
		t.Fatal(err)
	}
	return folder
}
