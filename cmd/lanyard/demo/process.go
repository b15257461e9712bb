package demo

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// stopTime is how long a process may take to end by itself.
const stopTime = 5 * time.Second

// process is a child with its own children, in a group of its own: the keyboard's signals do not reach it, and it can be
// killed as a whole.
type process struct {
	cmd   *exec.Cmd
	log   string        // the file with its output
	ended chan struct{} // closed when it has
}

// startProcess starts a command whose output goes to a file: a process that stays after us must not write into our pipe.
func startProcess(log string, env []string, args ...string) (*process, error) {
	out, err := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open a log: %w", err)
	}
	defer out.Close()                         //nolint:errcheck // the child has its own
	cmd := exec.Command(args[0], args[1:]...) //nolint:gosec,noctx // our own command; it ends when we say so
	cmd.Env, cmd.Stdout, cmd.Stderr = env, out, out
	ownGroup(cmd)
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &process{cmd: cmd, log: log, ended: make(chan struct{})}
	go func() {
		_ = cmd.Wait() // how it ended is seen by whoever waits for what it should do
		close(p.ended)
	}()
	return p, nil
}

// kill ends the process and its children without asking, as "kill -9" does.
func (p *process) kill() {
	killGroup(p.cmd)
	<-p.ended
}

// stop asks the process to end, and kills what does not.
func (p *process) stop() {
	if p.cmd.Process.Signal(syscall.SIGTERM) == nil {
		select {
		case <-p.ended:
		case <-time.After(stopTime):
		}
	}
	p.kill()
}

// hasEnded tells whether the process is over.
func (p *process) hasEnded() bool {
	select {
	case <-p.ended:
		return true
	default:
		return false
	}
}

// lastWords is the end of what the process printed.
func (p *process) lastWords() string {
	text, err := os.ReadFile(p.log)
	if err != nil {
		return err.Error()
	}
	return strings.TrimSpace(string(text[max(0, len(text)-2000):]))
}
