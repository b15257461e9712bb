package main

import (
	"io"
	"net/http"
	"slices"

	"github.com/spf13/cobra"

	"github.com/lanyard-id/lanyard/cmd/lanyard/operator"
	"github.com/lanyard-id/lanyard/internal/opwire"
)

func newDelete(c *cli) *cobra.Command {
	var files []string
	cmd := &cobra.Command{
		Use:   "delete KIND NAME | -f FILE",
		Short: "Delete a thing, or everything that manifests name",
		Long: "Deletes one thing, or the things that manifests name, the last first. What the manifests name and is gone\n" +
			"already is passed over. A deletion is acknowledged when no door accepts the thing's credentials any more.",
		Example:           "  lanyard delete Resource reader\n  lanyard delete -f scene.yaml",
		Args:              arguments(0, 2),
		ValidArgsFunction: c.completeRecord,
		RunE: func(cmd *cobra.Command, args []string) error {
			var result opwire.ApplyResult
			var err error
			switch {
			case len(files) == 0 && len(args) == 2:
				result, err = ask[opwire.ApplyResult](cmd.Context(), c, http.MethodDelete, opwire.RecordPath(args[0], args[1]), nil)
				err = listInstead(didYouMean(cmd, err, args[0]), args[0])
			case len(files) > 0 && len(args) == 0:
				result, err = c.deleteFiles(cmd, files)
			default:
				return wrongUse("say either KIND NAME or -f FILE")
			}
			if err != nil && len(result.Steps) == 0 {
				return err
			}
			return firstOf(err, c.show(cmd, result, func(w io.Writer) { // also what was deleted before an error
				if len(result.Steps) == 0 {
					_, _ = io.WriteString(w, "Nothing of it exists.\n") // into a buffer
					return
				}
				stepTable(w, result)
			}))
		},
	}
	cmd.Flags().StringArrayVarP(&files, "file", "f", nil, "manifest whose things are deleted; - is standard input")
	completeYAML(cmd, "file")
	return c.withData(cmd)
}

// deleteFiles deletes what manifests name. A dry run of the same manifests says which things they are, because names may
// be references and assignments have no name but what they grant.
func (c *cli) deleteFiles(cmd *cobra.Command, files []string) (opwire.ApplyResult, error) {
	var result opwire.ApplyResult
	m, err := readManifests(cmd.InOrStdin(), files)
	if err != nil {
		return result, err
	}
	plan, err := ask[opwire.ApplyResult](cmd.Context(), c, http.MethodPost, opwire.PathApply,
		opwire.ApplyRequest{Manifest: m.text, DryRun: true})
	if err != nil {
		return result, m.placed(err)
	}
	result.Steps, result.Revision = []opwire.Step{}, plan.Revision
	for _, step := range slices.Backward(plan.Steps) {
		if step.Action == "create" || step.ID == "" { // it does not exist
			continue
		}
		one, err := ask[opwire.ApplyResult](cmd.Context(), c, http.MethodDelete, opwire.RecordPath(step.Kind, step.ID), nil)
		if operator.NotFound(err) { // it went with something else
			continue
		}
		if err != nil {
			return result, err
		}
		result.Steps = append(result.Steps, one.Steps...)
		result.Revision = one.Revision
	}
	return result, nil
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
