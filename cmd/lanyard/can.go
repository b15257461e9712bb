package main

import (
	"io"
	"net/http"

	"github.com/spf13/cobra"

	"github.com/lanyard-id/lanyard/cmd/lanyard/ahead"
	"github.com/lanyard-id/lanyard/cmd/lanyard/record"
	"github.com/lanyard-id/lanyard/internal/opwire"
	"github.com/lanyard-id/lanyard/internal/reason"
)

func newCan(c *cli) *cobra.Command {
	var flags ahead.Flags
	cmd := &cobra.Command{
		Use:   "can PRINCIPAL ACTION RESOURCE",
		Short: "Ask ahead whether something would be allowed, and why",
		Long: "Asks the engines that decide at the doors. PRINCIPAL is a resource, an identity, an object id or a role's ARN;\n" +
			"ACTION is an Azure action or data action, or service:Action for AWS; RESOURCE is a scope or an ARN.\n" +
			"The exit code is 0 if it would be allowed and 1 if not.\n\n" + ahead.Conditions,
		Example: "  lanyard can reader Microsoft.Web/sites/read /subscriptions/0f4d1a6e-6a3c-4a7e-9d0c-5b1e8c2f7a90/resourceGroups/demo\n" +
			"  lanyard can arn:aws:iam::123456789012:role/Read s3:GetObject arn:aws:s3:::pictures/cat.jpg",
		Args: arguments(3, 3),
		RunE: func(cmd *cobra.Command, args []string) error {
			req := flags.Request(cmd, args[0], args[1], args[2])
			d, err := ask[reason.Decision](cmd.Context(), c, http.MethodPost, opwire.PathCan, req)
			if err != nil {
				return err
			}
			if c.format != asJSON && ahead.SpeaksOfGroups(d) {
				groups, err := ask[[]record.Record](cmd.Context(), c, http.MethodGet, opwire.PathRecords+"Group", nil)
				if err != nil {
					return err
				}
				d = ahead.NameGroups(d, groups)
			}
			if err := c.show(cmd, d, func(w io.Writer) { _, _ = io.WriteString(w, opwire.ExplainAhead(args[0], d)) }); err != nil {
				return err
			}
			if !d.Allowed() {
				return silently(exitFailed)
			}
			return nil
		},
	}
	flags.Add(cmd)
	return c.withData(cmd)
}
