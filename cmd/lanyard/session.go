package main

import (
	"net/http"

	"github.com/spf13/cobra"

	"github.com/lanyard-id/lanyard/cmd/lanyard/screen"
	"github.com/lanyard-id/lanyard/internal/opwire"
)

// newSession is the credential_process of an operator's AWS configuration. People use run and env, which write it there.
func newSession(c *cli) *cobra.Command {
	var as string
	cmd := &cobra.Command{
		Use:     "session [--as operator[@NAME]|root@ACCOUNT]",
		Short:   "Print an operator's AWS credentials as a credential_process does",
		Example: "  lanyard session --as operator",
		Hidden:  true,
		Args:    arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := ask[opwire.Session](cmd.Context(), c, http.MethodPost, opwire.PathSession, opwire.SessionRequest{As: as})
			if err != nil {
				return err
			}
			return screen.JSON(cmd.OutOrStdout(), s)
		},
	}
	cmd.Flags().StringVar(&as, "as", "operator", "operator, operator@NAME or root@ACCOUNT")
	return c.withData(cmd)
}
