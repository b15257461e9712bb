package main

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/lanyard-id/lanyard/cmd/lanyard/names"
	"github.com/lanyard-id/lanyard/cmd/lanyard/screen"
	"github.com/lanyard-id/lanyard/internal/opwire"
)

func newDoctor(c *cli) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "doctor",
		Short:   "Look at the running server and say what is not well",
		Long:    "Looks at the running server and says what is well, what is not, and what mends it. The exit code is 1 if something\nfails.",
		Example: "  lanyard doctor",
		Args:    arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			findings, err := names.Doctor(cmd.Context(), c.server)
			if err != nil {
				return err
			}
			for i, f := range findings {
				if f.State != "ok" {
					findings[i].Detail, findings[i].Fix = c.hereIn(f.Detail), c.hereIn(f.Fix)
				}
			}
			if err := c.show(cmd, findings, func(w io.Writer) { findingTable(w, findings) }); err != nil {
				return err
			}
			for _, f := range findings {
				if f.State == "fail" {
					return silently(exitFailed)
				}
			}
			return nil
		},
	}
	return c.withData(cmd)
}

func findingTable(w io.Writer, findings []opwire.Finding) {
	var lines [][]string
	for _, f := range findings {
		lines = append(lines, []string{f.State, f.Check, f.Detail})
		if f.Fix != "" {
			lines = append(lines, []string{"", "", "mend it: " + f.Fix})
		}
	}
	screen.Rows(w, []string{"STATE", "CHECK", "DETAIL"}, lines)
}
