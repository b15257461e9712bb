package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/lanyard-id/lanyard/cmd/lanyard/launch"
	"github.com/lanyard-id/lanyard/cmd/lanyard/relay"
	"github.com/lanyard-id/lanyard/cmd/lanyard/screen"
	"github.com/lanyard-id/lanyard/cmd/lanyard/webidentity"
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
	var as, flavour string
	var web webidentity.Want
	cmd := &cobra.Command{
		Use:   "run --as RESOURCE|ARN|operator[@NAME]|root@ACCOUNT -- CMD [ARG]...",
		Short: "Run a command as a workload, or as an operator",
		Long: "Runs a command with the identity of a resource. The command inherits no variable that belongs to a cloud's client\n" +
			"(AWS_*, AZURE_*, ARM_*, MSI_*, IDENTITY_*, GOOGLE_* and the like), no proxy and no certificate setting, and gets\n" +
			"private configuration folders instead of ~/.aws, ~/.azure and ~/.config/gcloud: what unmodified clients do by default\n" +
			"ends at this server. AWS CLI 1 asks AWS's own hosts for sqs, emr and health, and sends nothing, as it does not trust them;\n" +
			"it does where the listeners have a certificate of yours. A clean environment is no sandbox: a command that runs as the server's\n" +
			"own user can open the operator's socket. Give workloads a user of their own where that matters.\n\n" +
			"Signals are passed on. The exit code is the command's; 128 and the signal's number if a signal ended it; 127 if it\n" +
			"was not found and 126 if it could not be run.",
		Example: "  lanyard run --as reader -- python3 app.py\n  lanyard run --as operator -- aws s3 ls\n" +
			"  lanyard run --as arn:aws:lambda:us-east-2:123456789012:function:shop -- aws s3 ls s3://shop-files\n" +
			"  lanyard run --as reader --aws-role arn:aws:iam::123456789012:role/shop-reader --aws-audience api://shop -- aws s3 ls s3://shop-files",
		Args: func(_ *cobra.Command, args []string) error {
			switch {
			case as == "":
				return errors.New("say who: --as RESOURCE")
			case len(args) == 0:
				return errors.New("say what to run behind --")
			}
			return web.Check(as)
		},
		RunE: func(cmd *cobra.Command, args []string) error { return c.run(cmd, as, flavour, &web, args) },
	}
	cmd.Flags().StringVar(&as, "as", "", "resource id, name or ARN, operator[@NAME] or root@ACCOUNT")
	c.flavourFlag(cmd, &flavour)
	web.Flags(cmd)
	cmd.Flags().SetInterspersed(false) // flags behind the command are the command's
	c.completeAs(cmd)
	return c.withData(cmd)
}

// run launches the child and stays until it ends. Until the server has answered, signals end this process; from then on
// they are the child's, and the launch is given back and the folder removed whatever happens.
func (c *cli) run(cmd *cobra.Command, as, flavour string, web *webidentity.Want, args []string) (err error) {
	ctx, stop := signal.NotifyContext(cmd.Context(), endSignals()...)
	defer stop()
	facts, err := c.facts(ctx, as, flavour)
	if err != nil {
		return err
	}
	defer c.giveBack(cmd, facts.Launch)
	ignored, passed := make(chan os.Signal, 1), make(chan os.Signal, 8)
	signal.Notify(ignored, keyboardSignals()...)
	defer signal.Stop(ignored)
	signal.Notify(passed, passedSignals()...)
	defer signal.Stop(passed)
	if err := ctx.Err(); err != nil {
		return err
	}

	if facts.Folder, err = os.MkdirTemp("", "lanyard-run-"); err != nil {
		return fmt.Errorf("make the clients' folder: %w", err)
	}
	defer func() { err = firstOf(err, os.RemoveAll(facts.Folder)) }()
	process, err := c.credentialProcess(facts)
	if err != nil {
		return err
	}
	if err := launch.Furnish(facts.Folder, facts, process); err != nil {
		return err
	}
	tokens, err := web.Begin(ctx, &facts)
	if err != nil {
		return err
	}
	metadata, err := relay.Begin(&facts)
	if err != nil {
		return err
	}
	defer metadata.Close()
	env, left := launch.Child(os.Environ(), facts)
	sayLeftOut(cmd, left)
	if facts.Launch.SessionRefused != "" {
		screen.Note(cmd.ErrOrStderr(), "there are no AWS credentials: %s", facts.Launch.SessionRefused)
	}
	child := exec.Command(args[0], args[1:]...) //nolint:gosec,noctx // the user's own command; it ends when it ends
	child.Env, child.Stdin, child.Stdout, child.Stderr = env, cmd.InOrStdin(), cmd.OutOrStdout(), cmd.ErrOrStderr()
	if err := child.Start(); err != nil {
		return notStarted(cmd, args[0], err)
	}
	return c.attend(cmd, child, facts.Launch, tokens, passed)
}

// attend passes signals on and keeps the launch alive until the child ends.
func (c *cli) attend(cmd *cobra.Command, child *exec.Cmd, l opwire.Launch, tokens *webidentity.File, signals <-chan os.Signal) error {
	ctx, stop := context.WithCancel(cmd.Context())
	var renewing sync.WaitGroup
	renewing.Go(func() {
		keeper{c.renewal(l.ID), func(err error) {
			screen.Note(cmd.ErrOrStderr(), "the launch cannot be renewed: %s", c.describe(err).Message)
		}}.keep(ctx)
	})
	renewing.Go(func() {
		tokens.Keep(ctx, func(err error) { screen.Note(cmd.ErrOrStderr(), "the token file cannot be renewed: %s", err) })
	})
	defer renewing.Wait()
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- child.Wait() }()
	for {
		select {
		case s := <-signals:
			_ = child.Process.Signal(s) // a child that has just ended needs none
		case err := <-ended:
			if _, exited := errors.AsType[*exec.ExitError](err); exited {
				return silently(exitCode(child.ProcessState))
			}
			return err
		}
	}
}

// renewal asks the server to let a launch live for longer. An operator's launch may have nothing to renew.
func (c *cli) renewal(id string) func(context.Context) error {
	return func(ctx context.Context) error {
		if id == "" {
			return nil
		}
		ctx, cancel := context.WithTimeout(ctx, retryEvery)
		defer cancel()
		_, err := ask[opwire.Launch](ctx, c, http.MethodPut, opwire.PathLaunchs+id, nil)
		return err
	}
}

// keeper renews something again and again.
type keeper struct {
	renew func(context.Context) error
	say   func(error)
}

// keep renews until ctx ends. What cannot be renewed is said once, until it can be again: the child goes on with what it
// has, and the server may come back.
func (k keeper) keep(ctx context.Context) {
	next, said := time.NewTimer(renewEvery), false
	defer next.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-next.C:
		}
		err := k.renew(ctx)
		if ctx.Err() != nil {
			return
		}
		if err != nil && !said {
			k.say(err)
		}
		said = err != nil
		if next.Reset(renewEvery); said {
			next.Reset(retryEvery)
		}
	}
}

// giveBack ends the launch, so that its secret is worth nothing from now on.
func (c *cli) giveBack(cmd *cobra.Command, l opwire.Launch) {
	if l.ID == "" {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(cmd.Context()), endTime)
	defer cancel()
	if _, err := ask[struct{}](ctx, c, http.MethodDelete, opwire.PathLaunchs+l.ID, nil); err != nil {
		screen.Note(cmd.ErrOrStderr(), "the launch could not be given back, and ends at %s: %s", screen.When(l.Expires), c.describe(err).Message)
	}
}

// notStarted says why there is no child, with the exit code that env and nohup would give.
func notStarted(cmd *cobra.Command, name string, err error) error {
	code := exitCannotRun
	if errors.Is(err, exec.ErrNotFound) || errors.Is(err, fs.ErrNotExist) {
		code = exitNoCommand
	}
	screen.Note(cmd.ErrOrStderr(), "cannot run %s: %s", name, reasonOf(err))
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
