package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lanyard-id/lanyard/cmd/lanyard/operator"
	"github.com/lanyard-id/lanyard/cmd/lanyard/role"
	"github.com/lanyard-id/lanyard/cmd/lanyard/screen"
	"github.com/lanyard-id/lanyard/internal/server"
)

// verbs lists what the command can do, each in a file of its own, in the order of the help.
func verbs(c *cli) []*cobra.Command {
	use, ask, operate := group("use"), group("ask"), group("operate")
	return []*cobra.Command{
		use(newServe(c)), use(newDemo(c)), use(newApply(c)), use(newGet(c)), use(newDelete(c)), use(newEnv(c)), use(newRun(c)),
		ask(newToken(c)), ask(newWhoami(c)), ask(newExplain(c)), ask(newCan(c)), ask(newWhoCan(c)),
		operate(newKeys(c)), operate(newRevoke(c)), operate(newAudit(c)), operate(newBackup(c)), operate(newRestore(c)),
		operate(newDoctor(c)), operate(newCheck(c)), operate(newVersion(c)), newSession(c), role.Command(),
	}
}

// stdio is what the command reads and writes.
type stdio struct {
	in       io.Reader
	out, err io.Writer
}

// cli is what all verbs share in one call of the command.
type cli struct {
	format  format // of --output
	data    string // of --data; empty is the default
	running bool   // flags and arguments were good: what fails from here on is no wrong use
}

// execute runs one call of the command and gives its exit code.
func execute(ctx context.Context, args []string, io stdio) int {
	c := &cli{format: table}
	root := newRoot(c)
	root.SetArgs(args)
	root.SetIn(io.in)
	root.SetOut(io.out)
	root.SetErr(io.err)
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil {
		return exitDone
	}
	return c.failed(cmd, err)
}

func newRoot(c *cli) *cobra.Command {
	root := &cobra.Command{
		Use:   "lanyard",
		Short: "Workload identity for Azure's and AWS's clients, run by yourself",
		Long: screen.Fold("Lanyard gives workloads identities and no secrets: SDKs of Azure and AWS work against it unchanged, every\n" +
			"decision is enforced, and every refusal says why."),
		Example:       "  lanyard serve\n  lanyard apply -f scene.yaml\n  lanyard run --as reader -- python3 app.py",
		SilenceErrors: true, SilenceUsage: true,
		PersistentPreRun: func(*cobra.Command, []string) { c.running = true },
	}
	root.AddGroup(&cobra.Group{ID: "use", Title: "Set up and use:"}, &cobra.Group{ID: "ask", Title: "Ask:"},
		&cobra.Group{ID: "operate", Title: "Operate:"})
	root.SetCompletionCommandGroupID("operate")
	root.PersistentFlags().VarP(&c.format, "output", "o", "table or json")
	complete(root, "output", "table", "json")
	root.SetHelpCommand(group("operate")(newHelp()))
	root.AddCommand(verbs(c)...)
	root.DisableFlagsInUseLine = true
	root.InitDefaultCompletionCmd()
	for _, sub := range root.Commands() {
		if sub.Name() == "completion" {
			sub.Example = "  lanyard completion bash"
		}
		for _, cmd := range append(sub.Commands(), sub) {
			cmd.Long, cmd.DisableFlagsInUseLine = screen.Fold(cmd.Long), true
		}
	}
	root.SetUsageTemplate(strings.ReplaceAll(root.UsageTemplate(), ".FlagUsages |", fmt.Sprintf(".FlagUsagesWrapped %d |", screen.Columns)))
	return root
}

// group puts verbs under a title of the help.
func group(id string) func(*cobra.Command) *cobra.Command {
	return func(cmd *cobra.Command) *cobra.Command {
		cmd.GroupID = id
		return cmd
	}
}

// complete offers the values of a flag.
func complete(cmd *cobra.Command, flag string, values ...string) {
	offer := func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return values, cobra.ShellCompDirectiveNoFileComp
	}
	if err := cmd.RegisterFlagCompletionFunc(flag, offer); err != nil {
		panic(err) // a flag that the verb does not have: seen by the first test
	}
}

// withData gives a verb the flag --data.
func (c *cli) withData(cmd *cobra.Command) *cobra.Command {
	cmd.Flags().StringVar(&c.data, "data", "", "data folder of the server (default: ~/.local/share/lanyard, for root /var/lib/lanyard)")
	if err := cmd.MarkFlagDirname("data"); err != nil {
		panic(err) // the flag stands one line above
	}
	return cmd
}

// dataFolder is the data folder that is meant.
func (c *cli) dataFolder() (string, error) {
	if c.data == "" {
		return server.DefaultData()
	}
	return filepath.Abs(c.data)
}

// server gives a client for the server of the data folder that is meant.
func (c *cli) server() (*operator.Client, error) {
	data, err := c.dataFolder()
	if err != nil {
		return nil, err
	}
	socket, err := server.SocketPath(data)
	if err != nil {
		return nil, err
	}
	return operator.New(data, socket), nil
}

// ask sends a request to the server and gives its answer.
func ask[Out any](ctx context.Context, c *cli, method, path string, in any) (Out, error) {
	var out Out
	client, err := c.server()
	if err == nil {
		err = client.Do(ctx, method, path, in, &out)
	}
	return out, err
}

// counted writes a number of things in words for people.
func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// arguments wants so many of them, and says which when there are more or less.
func arguments(least, most int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if least <= len(args) && len(args) <= most {
			return nil
		}
		return wrongUse("%s, want: %s", counted(len(args), "argument"), cmd.UseLine())
	}
}
