package main

import (
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lanyard-id/lanyard/cmd/lanyard/screen"
	"github.com/lanyard-id/lanyard/internal/manifest"
	"github.com/lanyard-id/lanyard/internal/opwire"
)

func newApply(c *cli) *cobra.Command {
	var files []string
	var dryRun bool
	cmd := &cobra.Command{
		Use:   "apply -f FILE [-f FILE]... [--dry-run]",
		Short: "Make what manifests say, and print the steps",
		Long: "Makes what YAML manifests say. A document is the whole of its thing: what it does not say is taken away. All\n" +
			"files together are one change: they are checked before anything is written, and may refer to each other in the\n" +
			"order in which they are given. Applying the same files again changes nothing. The last line has the revision, which\n" +
			"counts the server's changes: explain says of each rule since which one it is as it is. The kinds are\n" +
			strings.Join(manifest.Kinds(), ", ") + ";\n" +
			"docs/manifest.md has the keys of each.",
		Example: "  lanyard apply -f scene.yaml --dry-run\n  lanyard apply -f scene.yaml\n  cat scene.yaml | lanyard apply -f -",
		Args:    arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if len(files) == 0 {
				return wrongUse("say which files: -f FILE, or -f - for standard input")
			}
			m, err := readManifests(cmd.InOrStdin(), files)
			if err != nil {
				return err
			}
			done := screen.Progress(cmd.ErrOrStderr(), "applying %s", counted(m.count, "document"))
			result, err := ask[opwire.ApplyResult](cmd.Context(), c, http.MethodPost, opwire.PathApply,
				opwire.ApplyRequest{Manifest: m.text, DryRun: dryRun})
			done()
			if err != nil {
				return m.placed(err)
			}
			return c.show(cmd, result, func(w io.Writer) { stepTable(w, result) })
		},
	}
	cmd.Flags().StringArrayVarP(&files, "file", "f", nil, "manifest to apply; several are one change; - is standard input")
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "print the plan and change nothing")
	completeYAML(cmd, "file")
	return c.withData(cmd)
}

// completeYAML offers files whose names end as manifests' do.
func completeYAML(cmd *cobra.Command, flag string) {
	if err := cmd.MarkFlagFilename(flag, "yaml", "yml", "json"); err != nil {
		panic(err) // a flag that the verb does not have: seen by the first test
	}
}

// stepTable shows what was done, each change of an update on a line of its own, and the sums.
func stepTable(w io.Writer, r opwire.ApplyResult) {
	var lines [][]string
	var actions []string
	count := map[string]int{}
	for _, s := range r.Steps {
		if count[s.Action]++; count[s.Action] == 1 {
			actions = append(actions, s.Action)
		}
		lines = append(lines, []string{s.Action, s.Kind, s.Name})
		for _, change := range s.Changes {
			lines = append(lines, []string{"", "", "  " + change})
		}
		for _, warning := range s.Warnings {
			lines = append(lines, []string{"", "", "  warning: " + warning})
		}
	}
	screen.Rows(w, []string{"ACTION", "KIND", "NAME"}, lines)
	for i, action := range actions {
		actions[i] = fmt.Sprintf("%d %s", count[action], action)
	}
	end := fmt.Sprintf("revision %d", r.Revision)
	if r.DryRun {
		end = "dry run: nothing was changed"
	}
	_, _ = fmt.Fprintf(w, "\n%s (%s)\n", strings.Join(actions, ", "), end) // into a buffer
}
