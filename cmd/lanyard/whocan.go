package main

import (
	"io"
	"net/http"

	"github.com/spf13/cobra"

	"github.com/lanyard-id/lanyard/cmd/lanyard/ahead"
	"github.com/lanyard-id/lanyard/cmd/lanyard/screen"
	"github.com/lanyard-id/lanyard/internal/opwire"
)

func newWhoCan(c *cli) *cobra.Command {
	var flags ahead.Flags
	cmd := &cobra.Command{
		Use:   "who-can ACTION RESOURCE",
		Short: "List who would be allowed, and by which rule",
		Long: "Lists every principal that the engines would allow ACTION on RESOURCE, with the rule that allows each. Members\n" +
			"of a group that was granted it are listed one by one.\n\n" + ahead.Conditions,
		Example: "  lanyard who-can s3:GetObject arn:aws:s3:::pictures/cat.jpg",
		Args:    arguments(2, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			req := flags.Request(cmd, "", args[0], args[1])
			r, err := ask[opwire.WhoCanResult](cmd.Context(), c, http.MethodPost, opwire.PathWhoCan, req)
			if err != nil {
				return err
			}
			if r.Truncated {
				screen.Note(cmd.ErrOrStderr(), "there are more than these")
			}
			return c.show(cmd, r, func(w io.Writer) { ahead.Allowed(w, r.Allowed) })
		},
	}
	flags.Add(cmd)
	return c.withData(cmd)
}
