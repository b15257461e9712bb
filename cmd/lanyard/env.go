package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/lanyard-id/lanyard/cmd/lanyard/launch"
	"github.com/lanyard-id/lanyard/cmd/lanyard/screen"
	"github.com/lanyard-id/lanyard/internal/opwire"
)

func newEnv(c *cli) *cobra.Command {
	var as, form string
	cmd := &cobra.Command{
		Use:   "env [--as RESOURCE] [--format sh|json|dotenv]",
		Short: "Print the settings that lead clients here",
		Long: "Prints what SDKs, command lines and Terraform need to find this server, for a shell to take over. With --as the\n" +
			"settings have an identity, for as long as the printed time says; run renews it for as long as its command lives.\n" +
			"Without --as they have none, and managed-identity clients are refused.\n\n" +
			"The JSON form always has the same keys: the URLs entra, arm, graph, metadata, sts, iam, s3, blob, keyvault, node and\n" +
			"console (empty for a door that this server does not have), ca, ownCa, tenant, subscription, account and region, then\n" +
			"environment and unset. The dotenv form cannot unset anything: use it in an environment that is empty.",
		Example: "  eval \"$(lanyard env)\"\n  eval \"$(lanyard env --as reader)\"\n  lanyard env --format json\n  lanyard env --format dotenv",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if c.format == asJSON {
				form = "json"
			}
			if !slices.Contains(envForms(), form) {
				return wrongUse("--format %s: want one of %s", form, strings.Join(envForms(), ", "))
			}
			facts, err := c.settingsFor(cmd, as)
			if err != nil {
				return err
			}
			return writeEnv(cmd, form, facts)
		},
	}
	cmd.Flags().StringVar(&as, "as", "", "resource id, name or ARN, operator[@NAME] or root@ACCOUNT; none without it")
	cmd.Flags().StringVar(&form, "format", "sh", "sh, json or dotenv")
	complete(cmd, "format", envForms()...)
	c.completeAs(cmd)
	return c.withData(cmd)
}

func envForms() []string { return []string{"sh", "json", "dotenv"} }

// settingsFor asks the server for all that the settings are made from, and furnishes the clients' folder. The folder
// stays: a shell that took the settings over has no end that this process could see.
func (c *cli) settingsFor(cmd *cobra.Command, as string) (launch.Facts, error) {
	facts, err := c.facts(cmd.Context(), as)
	if err != nil {
		return facts, err
	}
	if facts.Folder, err = clientFolder(facts.Status.StoreID, facts.Launch.As); err != nil {
		return facts, err
	}
	process, err := c.credentialProcess(facts.Launch)
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
	var b strings.Builder
	switch form {
	case "json":
		if err := screen.JSON(&b, envJSON(f, settings, unset)); err != nil {
			return err
		}
	case "dotenv":
		writeDotenv(&b, f, settings)
	default:
		writeShell(&b, f, settings, unset)
	}
	_, err := io.WriteString(cmd.OutOrStdout(), b.String())
	return err
}

// sayLeftOut tells which of a workload's own settings were not passed on.
func sayLeftOut(cmd *cobra.Command, left []launch.LeftOut) {
	for _, l := range left {
		_, _ = fmt.Fprintf(cmd.ErrOrStderr(), "lanyard: the app setting %s is left out: %s\n", screen.Printable(l.Name), l.Why) // a note
	}
}

func writeShell(b *strings.Builder, f launch.Facts, settings []launch.Setting, unset []string) {
	fmt.Fprintf(b, "%s\n", about(f))
	for _, name := range unset {
		fmt.Fprintf(b, "unset %s\n", name)
	}
	for _, s := range settings {
		fmt.Fprintf(b, "export %s=%s\n", s.Name, launch.Quote(s.Value))
	}
}

func writeDotenv(b *strings.Builder, f launch.Facts, settings []launch.Setting) {
	fmt.Fprintf(b, "%s\n", about(f))
	for _, s := range settings {
		value := s.Value
		if value != launch.Quote(value) {
			value = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`, "$", `\$`).Replace(value) + `"`
		}
		fmt.Fprintf(b, "%s=%s\n", s.Name, value)
	}
}

// about is the comment above the settings.
func about(f launch.Facts) string {
	if f.Launch.As == "" {
		return "# no identity: lanyard env --as RESOURCE gives one"
	}
	return fmt.Sprintf("# as %s until %s", screen.Printable(strings.ReplaceAll(f.Launch.As, "\n", " ")), screen.When(f.Launch.Expires))
}

// envJSON has the same keys whatever the server offers.
func envJSON(f launch.Facts, settings []launch.Setting, unset []string) map[string]any {
	out := map[string]any{
		"ca": f.Status.CA, "ownCa": f.Status.OwnCA, "tenant": f.Status.Tenant, "subscription": f.Status.Subscription,
		"account": f.Status.Account, "region": f.Status.Region, "unset": unset,
	}
	for _, door := range launch.Doors() {
		out[door] = f.Status.URLs[door]
	}
	environment := map[string]string{}
	for _, s := range settings {
		environment[s.Name] = s.Value
	}
	out["environment"] = environment
	if f.Launch.As != "" {
		out["as"] = f.Launch.As
		out["expires"] = f.Launch.Expires.UTC().Format(time.RFC3339)
	}
	return out
}

// completeAs offers the names of resources.
func (c *cli) completeAs(cmd *cobra.Command) {
	offer := func(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
		names := []string{"operator"}
		items, err := ask[[]record](cmd.Context(), c, http.MethodGet, opwire.PathRecords+"Resource", nil)
		if err != nil {
			return names, cobra.ShellCompDirectiveNoFileComp
		}
		for _, item := range items {
			names = append(names, item.text("name"))
		}
		return names, cobra.ShellCompDirectiveNoFileComp
	}
	if err := cmd.RegisterFlagCompletionFunc("as", offer); err != nil {
		panic(err) // a flag that the verb does not have: seen by the first test
	}
}
