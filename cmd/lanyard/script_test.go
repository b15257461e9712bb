package main

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/lanyard-id/lanyard/internal/server"
)

// TestMain lets the scripts run this binary as the command itself, and as a workload that has no SDK.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"lanyard": main, "workload": workload})
}

// TestScripts plays the stories of testdata/script, each against servers of its own on free ports.
func TestScripts(t *testing.T) { playScripts(t, "testdata/script") }

// TestC47IdentitiesByTheCommandLine makes, shows, assigns and deletes both kinds of identity, and uses no other door for it.
func TestC47IdentitiesByTheCommandLine(t *testing.T) { playScripts(t, "testdata/identities") }

// TestC04ARoleBoundToOneFunction plays the ways to the role of an AWS workload, and who is refused it.
func TestC04ARoleBoundToOneFunction(t *testing.T) { playScripts(t, "testdata/roles") }

func playScripts(t *testing.T, dir string) {
	t.Helper()
	testscript.Run(t, testscript.Params{
		Dir:                 dir,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup:               furnishScript,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"start": startServer, "stop": stopServer, "until": until, "capture": capture, "spoil": spoil, "terminate": terminate,
		},
	})
}

// stage is what a script has beside its files.
type stage struct {
	environ []string
	server  *exec.Cmd
	made    []string // files and folders outside of the script's own
}

type stageKey struct{}

func stageOf(ts *testscript.TestScript) *stage { return ts.Value(stageKey{}).(*stage) }

// furnishScript gives a script folders of its own. The runtime folder's path is short, because a socket's must be.
func furnishScript(env *testscript.Env) error {
	runtime, err := os.MkdirTemp("/tmp", "ly")
	if err != nil {
		return err
	}
	home := filepath.Join(env.WorkDir, "home")
	if err := os.MkdirAll(home, 0o700); err != nil {
		return err
	}
	for name, value := range map[string]string{
		"HOME": home, "XDG_RUNTIME_DIR": runtime, "XDG_DATA_HOME": filepath.Join(home, "data"),
		"XDG_CONFIG_HOME": filepath.Join(home, "config"), "XDG_CACHE_HOME": filepath.Join(home, "cache"),
	} {
		env.Setenv(name, value)
	}
	s := &stage{environ: env.Vars, made: []string{runtime}}
	env.Values[stageKey{}] = s
	env.Defer(func() {
		if s.server != nil {
			_ = s.server.Process.Kill() // it may be gone
			_ = s.server.Wait()
		}
		for _, path := range s.made {
			if err := os.RemoveAll(path); err != nil {
				env.T().Log(err)
			}
		}
	})
	return nil
}

// startServer starts "lanyard serve" on a data folder (default: d) on free ports, with further flags, and returns when it
// answers. It sets the doors' URLs as variables, and KEK.
func startServer(ts *testscript.TestScript, neg bool, args []string) {
	s := stageOf(ts)
	data := "d"
	if len(args) > 0 {
		data, args = args[0], args[1:]
	}
	data = ts.MkAbs(data)
	log, err := os.OpenFile(ts.MkAbs("serve.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	ts.Check(err)
	defer log.Close()
	lanyard, err := exec.LookPath("lanyard")
	ts.Check(err)
	cmd := exec.Command(lanyard, append([]string{"serve", "-o", "json", "--data", data, "--listen", "127.0.0.1:0"}, args...)...)
	cmd.Dir, cmd.Env, cmd.Stderr = ts.MkAbs("."), s.environ, log
	out, err := cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	var said started
	err = json.NewDecoder(out).Decode(&said)
	if neg {
		if err == nil {
			ts.Fatalf("the server started")
		}
		_ = cmd.Wait()
		return
	}
	if err != nil {
		_ = cmd.Wait()
		ts.Fatalf("the server did not start: %v\n%s", err, ts.ReadFile("serve.log"))
	}
	s.server = cmd
	for door, url := range said.URLs {
		ts.Setenv(strings.ToUpper(door), url)
		ts.Setenv(strings.ToUpper(door)+"_HOST", url[strings.Index(url, "//")+2:])
	}
	ts.Setenv("KEK", said.KEK)
	s.made = append(s.made, said.KEK)
	socket, err := server.SocketPath(data)
	ts.Check(err)
	if os.Geteuid() == 0 { // others have theirs in XDG_RUNTIME_DIR
		s.made = append(s.made, filepath.Dir(socket))
	}
}

// stopServer ends the server as a service manager does, and wants it to end well.
func stopServer(ts *testscript.TestScript, neg bool, _ []string) {
	s := stageOf(ts)
	if neg || s.server == nil {
		ts.Fatalf("there is no server to stop")
	}
	ts.Check(s.server.Process.Signal(syscall.SIGTERM))
	err := s.server.Wait()
	s.server = nil
	if err != nil {
		ts.Fatalf("the server ended with %v\n%s", err, ts.ReadFile("serve.log"))
	}
}

// until runs a program again and again until it ends well.
func until(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: until PROGRAM [ARG]...")
	}
	for range 300 {
		if ts.Exec(args[0], args[1:]...) == nil {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	ts.Fatalf("it did not happen")
}

// capture sets a variable to what a pattern's group matched in the last stdout or stderr, or in a file.
func capture(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: capture NAME FILE PATTERN")
	}
	found := regexp.MustCompile(args[2]).FindStringSubmatch(ts.ReadFile(args[1]))
	if len(found) != 2 {
		ts.Fatalf("%s has no %s", args[1], args[2])
	}
	ts.Setenv(args[0], found[1])
}

// spoil overwrites the middle of a file's every page, as a bad disk may.
func spoil(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: spoil FILE")
	}
	f, err := os.OpenFile(ts.MkAbs(args[0]), os.O_RDWR, 0)
	ts.Check(err)
	info, err := f.Stat()
	ts.Check(err)
	for at := int64(2048); at < info.Size(); at += 4096 {
		_, err := f.WriteAt([]byte("spoiled by the test, as a bad disk would"), at)
		ts.Check(err)
	}
	ts.Check(f.Close())
}

// terminate sends SIGTERM to the script's last background program.
func terminate(ts *testscript.TestScript, neg bool, _ []string) {
	running := ts.BackgroundCmds()
	if neg || len(running) == 0 {
		ts.Fatalf("nothing runs in the background")
	}
	if err := running[len(running)-1].Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		ts.Fatalf("terminate: %v", err)
	}
}
