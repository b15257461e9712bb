package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"time"

	"github.com/spf13/cobra"

	"github.com/lanyard-id/lanyard/cmd/lanyard/launch"
	"github.com/lanyard-id/lanyard/internal/opwire"
)

const (
	renewEvery = 10 * time.Minute
	retryEvery = 30 * time.Second // after a renewal that failed
	endTime    = 5 * time.Second  // to give a launch back
)

// Exit codes of run beside its child's, as env and nohup have them.
const (
	exitCannotRun = 126
	exitNoCommand = 127
)

func newRun(c *cli) *cobra.Command {
	var as string
	cmd := &cobra.Command{
		Use:   "run --as RESOURCE|ARN|operator[@NAME]|root@ACCOUNT -- CMD [ARG]...",
		Short: "Run a command as a workload, or as an operator",
		Long: "Runs a command with the identity of a resource. The command inherits no variable that belongs to a cloud's client\n" +
			"(AWS_*, AZURE_*, ARM_*, MSI_*, IDENTITY_*, GOOGLE_* and the like), no proxy and no certificate setting, and gets\n" +
			"private configuration folders instead of ~/.aws, ~/.azure and ~/.config/gcloud: what unmodified clients do by default\n" +
			"ends at this server and never at a real cloud. A clean environment is no sandbox: a command that runs as the server's\n" +
			"own user can open the operator's socket. Give workloads a user of their own where that matters.\n\n" +
			"Signals are passed on. The exit code is the command's; 128 and the signal's number if a signal ended it; 127 if it\n" +
			"was not found and 126 if it could not be run.",
		Example: "  lanyard run --as reader -- python3 app.py\n  lanyard run --as operator -- aws s3 ls",
		Args: func(_ *cobra.Command, args []string) error {
			switch {
			case as == "":
				return errors.New("say who: --as RESOURCE")
			case len(args) == 0:
				return errors.New("say what to run behind --")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return c.run(cmd, as, args) },
	}
	cmd.Flags().StringVar(&as, "as", "", "resource id, name or ARN, operator[@NAME] or root@ACCOUNT")
	cmd.Flags().SetInterspersed(false) // flags behind the command are the command's
	c.completeAs(cmd)
	return c.withData(cmd)
}

// run launches the child and stays until it ends. From the first moment signals do not end this process: the launch is
// given back and the folder removed whatever happens.
func (c *cli) run(cmd *cobra.Command, as string, args []string) (err error) {
	ignored := make(chan os.Signal, 1)
	signal.Notify(ignored, keyboardSignals()...)
	defer signal.Stop(ignored)
	passed := make(chan os.Signal, 8)
	signal.Notify(passed, passedSignals()...)
	defer signal.Stop(passed)

	facts, err := c.facts(cmd.Context(), as)
	if err != nil {
		return err
	}
	defer c.giveBack(cmd, facts.Launch)
	if facts.Folder, err = os.MkdirTemp("", "lanyard-run-"); err != nil {
		return fmt.Errorf("make the clients' folder: %w", err)
	}
	defer func() { err = firstOf(err, os.RemoveAll(facts.Folder)) }()
	process, err := c.credentialProcess(facts.Launch)
	if err != nil {
		return err
	}
	if err := launch.Furnish(facts.Folder, facts, process); err != nil {
		return err
	}
	env, left := launch.Child(os.Environ(), facts)
	sayLeftOut(cmd, left)
	if facts.Launch.SessionRefused != "" {
		note(cmd.ErrOrStderr(), "there are no AWS credentials: %s", facts.Launch.SessionRefused)
	}
	child := exec.Command(args[0], args[1:]...) //nolint:gosec,noctx // the user's own command; it ends when it ends
	child.Env, child.Stdin, child.Stdout, child.Stderr = env, cmd.InOrStdin(), cmd.OutOrStdout(), cmd.ErrOrStderr()
	if err := child.Start(); err != nil {
		return notStarted(cmd, args[0], err)
	}
	return c.attend(cmd, child, facts.Launch, passed)
}

// attend passes signals on and renews the launch until the child ends.
func (c *cli) attend(cmd *cobra.Command, child *exec.Cmd, l opwire.Launch, signals <-chan os.Signal) error {
	ended := make(chan error, 1)
	go func() { ended <- child.Wait() }()
	renewal := renewer{cli: c, launch: l, say: cmd.ErrOrStderr()}
	next := time.NewTimer(renewEvery)
	defer next.Stop()
	for {
		select {
		case s := <-signals:
			_ = child.Process.Signal(s) // a child that has just ended needs none
		case <-next.C:
			next.Reset(renewal.renew(cmd.Context()))
		case err := <-ended:
			if _, exited := errors.AsType[*exec.ExitError](err); exited {
				return silently(exitCode(child.ProcessState))
			}
			return err
		}
	}
}

// renewer keeps a launch alive.
type renewer struct {
	cli    *cli
	launch opwire.Launch
	say    io.Writer
	failed bool
}

// renew renews the launch once and says after which time to do it again. A launch that cannot be renewed is said once:
// the child goes on with what it has, and the server may come back.
func (r *renewer) renew(ctx context.Context) time.Duration {
	if r.launch.ID == "" {
		return renewEvery
	}
	ctx, cancel := context.WithTimeout(ctx, retryEvery)
	defer cancel()
	renewed, err := ask[opwire.Launch](ctx, r.cli, http.MethodPut, opwire.PathLaunchs+r.launch.ID, nil)
	if err == nil {
		r.launch.Expires, r.failed = renewed.Expires, false
		return renewEvery
	}
	if !r.failed {
		r.failed = true
		note(r.say, "the launch could not be renewed, and ends at %s: %s", when(r.launch.Expires), r.cli.describe(err).Message)
	}
	return retryEvery
}

// giveBack ends the launch, so that its secret is worth nothing from now on.
func (c *cli) giveBack(cmd *cobra.Command, l opwire.Launch) {
	if l.ID == "" {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(cmd.Context()), endTime)
	defer cancel()
	if _, err := ask[struct{}](ctx, c, http.MethodDelete, opwire.PathLaunchs+l.ID, nil); err != nil {
		note(cmd.ErrOrStderr(), "the launch could not be given back, and ends at %s: %s", when(l.Expires), c.describe(err).Message)
	}
}

// notStarted says why there is no child, with the exit code that env and nohup would give.
func notStarted(cmd *cobra.Command, name string, err error) error {
	code := exitCannotRun
	if errors.Is(err, exec.ErrNotFound) || errors.Is(err, fs.ErrNotExist) {
		code = exitNoCommand
	}
	note(cmd.ErrOrStderr(), "cannot run %s: %s", name, reasonOf(err))
	return silently(code)
}

// reasonOf is an error of os/exec without the command's name, which was said.
func reasonOf(err error) error {
	if e, ok := errors.AsType[*exec.Error](err); ok {
		return e.Err
	}
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	return err
}

// note says on standard error what is worth knowing and no failure.
func note(w io.Writer, format string, args ...any) {
	_, _ = io.WriteString(w, printable("lanyard: "+fmt.Sprintf(format, args...)+"\n")) // nobody is left to tell
}
