package main

import (
	"io"
	"net/http"

	"github.com/spf13/cobra"

	"github.com/lanyard-id/lanyard/internal/opwire"
)

func newRevoke(c *cli) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "revoke PRINCIPAL",
		Short: "End all credentials that a principal was given so far",
		Long: "Ends the tokens and sessions that an identity, a role or a whole AWS account was given so far. Our doors refuse\n" +
			"them at once; a verifier elsewhere accepts a token until it ends. The principal can get new ones.",
		Example: "  lanyard revoke reader\n  lanyard revoke arn:aws:iam::123456789012:role/Read",
		Args:    arguments(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			r, err := ask[opwire.ApplyResult](cmd.Context(), c, http.MethodPost, opwire.PathRevoke, opwire.RevokeRequest{Principal: args[0]})
			if err != nil {
				return err
			}
			return c.show(cmd, r, func(w io.Writer) { stepTable(w, r) })
		},
	}
	return c.withData(cmd)
}
