package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lanyard-id/lanyard/cmd/lanyard/launch"
	"github.com/lanyard-id/lanyard/cmd/lanyard/record"
	"github.com/lanyard-id/lanyard/cmd/lanyard/screen"
	"github.com/lanyard-id/lanyard/internal/opwire"
)

func newEnv(c *cli) *cobra.Command {
	var as, flavour, form string
	cmd := &cobra.Command{
		Use:   "env [--as RESOURCE] [--format sh|json|dotenv]",
		Short: "Print the settings that lead clients here",
		Long: "Prints what SDKs and command lines need to find this server, for a shell to take over. With --as the settings\n" +
			"have an identity, for as long as the printed time says; run renews it for as long as its command lives.\n" +
			"Without --as they have none, and managed-identity clients are refused.\n\n" +
			"The JSON form always has the same keys: the URLs entra, arm, graph, metadata, sts, iam, s3, blob, keyvault, node and\n" +
			"console (empty for a door that this server does not have), ca, ownCa, tenant, subscription, account and region, then\n" +
			"environment and unset. IAM answers where STS does. At console are health and metrics, no pages yet.\n" +
			"The dotenv form cannot unset anything: use it in an environment that is empty.",
		Example: "  eval \"$(lanyard env)\"\n  eval \"$(lanyard env --as reader)\"\n  lanyard env --format json\n  lanyard env --format dotenv",
		Args:    arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if c.format == asJSON {
				form = "json"
			}
			if !slices.Contains(envForms(), form) {
				return wrongUse("--format %s: want one of %s", form, strings.Join(envForms(), ", "))
			}
			facts, err := c.settingsFor(cmd, as, flavour)
			if err != nil {
				return err
			}
			return writeEnv(cmd, form, facts)
		},
	}
	cmd.Flags().StringVar(&as, "as", "", "resource id, name or ARN, operator[@NAME] or root@ACCOUNT; none without it")
	cmd.Flags().StringVar(&form, "format", "sh", "sh, json or dotenv")
	complete(cmd, "format", envForms()...)
	c.flavourFlag(cmd, &flavour)
	c.completeAs(cmd)
	return c.withData(cmd)
}

// flavourFlag lets a user choose the managed-identity protocol that clients find.
func (c *cli) flavourFlag(cmd *cobra.Command, flavour *string) {
	cmd.Flags().StringVar(flavour, "flavour", "", "how clients find the identity: "+strings.Join(launch.Flavours(), ", ")+
		" (default appservice; container for an AWS workload)")
	complete(cmd, "flavour", launch.Flavours()...)
}

func envForms() []string { return []string{"sh", "json", "dotenv"} }

// settingsFor asks the server for all that the settings are made from, and furnishes the clients' folder. The folder
// stays: a shell that took the settings over has no end that this process could see.
func (c *cli) settingsFor(cmd *cobra.Command, as, flavour string) (launch.Facts, error) {
	facts, err := c.facts(cmd.Context(), as, flavour)
	if err != nil {
		return facts, err
	}
	if facts.Folder, err = clientFolder(facts.Status.StoreID, facts.Launch.As); err != nil {
		return facts, err
	}
	process, err := c.credentialProcess(facts)
	if err != nil {
		return facts, err
	}
	return facts, launch.Furnish(facts.Folder, facts, process)
}

// writeEnv prints the settings in one of the forms.
func writeEnv(cmd *cobra.Command, form string, f launch.Facts) error {
	settings := launch.Settings(f)
	passed, left := launch.AppSettings(f.Launch.Env, settings)
	sayLeftOut(cmd, left)
	settings = append(passed, settings...)
	unset := launch.Unset(os.Environ(), settings)
	switch form {
	case "json":
		return screen.JSON(cmd.OutOrStdout(), launch.JSON(f, settings, unset))
	case "dotenv":
		_, err := io.WriteString(cmd.OutOrStdout(), launch.Dotenv(f, settings))
		return err
	}
	_, err := io.WriteString(cmd.OutOrStdout(), launch.Shell(f, settings, unset))
	return err
}

// sayLeftOut tells which of a workload's own settings were not passed on.
func sayLeftOut(cmd *cobra.Command, left []launch.LeftOut) {
	for _, l := range left {
		_, _ = fmt.Fprintf(cmd.ErrOrStderr(), "lanyard: the app setting %s is left out: %s\n", screen.Printable(l.Name), l.Why) // a note
	}
}

// completeAs offers the names of resources.
func (c *cli) completeAs(cmd *cobra.Command) {
	offer := func(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
		names := []string{"operator"}
		items, err := ask[[]record.Record](cmd.Context(), c, http.MethodGet, opwire.PathRecords+"Resource", nil)
		if err != nil {
			return names, cobra.ShellCompDirectiveNoFileComp
		}
		for _, item := range items {
			names = append(names, item.Text("name"))
		}
		return names, cobra.ShellCompDirectiveNoFileComp
	}
	if err := cmd.RegisterFlagCompletionFunc("as", offer); err != nil {
		panic(err) // a flag that the verb does not have: seen by the first test
	}
}
