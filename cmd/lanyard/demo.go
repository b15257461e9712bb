package main

import (
	"errors"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/lanyard-id/lanyard/cmd/lanyard/demo"
	"github.com/lanyard-id/lanyard/cmd/lanyard/screen"
)

func newDemo(c *cli) *cobra.Command {
	var opt demo.Options
	var function string
	var onlyJSON bool
	cmd := &cobra.Command{
		Use:   "demo [--files DIR] [--function CMD] [--system-assigned] [--json] [--keep]",
		Short: "Play the scene of one identity in two clouds, and every refusal",
		Long: "Plays the scene on real files, in a server of its own on free ports of this machine: sets it up by a manifest, starts\n" +
			"a function that lists a container of Blob Storage and a bucket of S3 with unmodified SDKs, and then makes it try\n" +
			"everything that must be refused. Each refusal is looked up by its request id. Nothing is left behind.\n\n" +
			"The function is examples/two-clouds of the checkout, built with Go; --function names another program that keeps its\n" +
			"contract, as a line for sh. The exit code is 0 only if every listing and every refusal came as expected.",
		Example: "  lanyard demo\n  lanyard demo --files ~/reports --keep\n  lanyard demo --function 'node compat/node/two-clouds.mjs' --json",
		Args:    arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if onlyJSON {
				c.format = asJSON
			}
			if function != "" {
				opt.Function = []string{"sh", "-c", "exec " + function}
			}
			return c.demo(cmd, opt)
		},
	}
	cmd.Flags().StringVar(&opt.Files, "files", "", "folder whose files are listed (default: a few that come along)")
	cmd.Flags().StringVar(&function, "function", "", "the function's command (default: build the example of the checkout)")
	cmd.Flags().BoolVar(&opt.SystemAssigned, "system-assigned", false, "the identity belongs to the function instead of standing alone")
	cmd.Flags().BoolVar(&onlyJSON, "json", false, "print what was seen as JSON (as --output json does)")
	cmd.Flags().BoolVar(&opt.Keep, "keep", false, "leave the server and the function running")
	if err := cmd.MarkFlagDirname("files"); err != nil {
		panic(err) // the flag stands a few lines above
	}
	return cmd
}

// demo plays the scene. An interruption ends it in order: no process stays.
func (c *cli) demo(cmd *cobra.Command, opt demo.Options) (err error) {
	if opt.Lanyard, err = os.Executable(); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	opt.Out = cmd.OutOrStdout()
	if c.format == asJSON {
		opt.Out = cmd.ErrOrStderr() // the report alone goes to standard output
	}
	opt.Progress = func(text string) func() { return screen.Progress(cmd.ErrOrStderr(), "%s", text) }
	report, err := demo.Play(ctx, opt)
	if errors.Is(err, demo.ErrNoExample) {
		return wrongUse("%s", err)
	}
	if c.format == asJSON {
		err = firstOf(err, c.show(cmd, report, func(io.Writer) {}))
	}
	if err == nil && len(report.Differs) > 0 {
		return silently(exitFailed)
	}
	return err
}
