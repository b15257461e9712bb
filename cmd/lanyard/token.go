package main

import (
	"io"
	"net/http"

	"github.com/spf13/cobra"

	"github.com/lanyard-id/lanyard/cmd/lanyard/screen"
	"github.com/lanyard-id/lanyard/internal/opwire"
)

func newToken(c *cli) *cobra.Command {
	var req opwire.TokenRequest
	cmd := &cobra.Command{
		Use:   "token --as RESOURCE --resource AUDIENCE [--identity ID]",
		Short: "Print an Entra token of a workload's identity",
		Long: "Prints the token that the workload itself would get for an audience, and nothing else, to be used in a command.\n" +
			"With -o json the claims stand beside it. Whoever sees the output is the workload until the token ends.",
		Example: "  lanyard token --as reader --resource https://storage.azure.com\n" +
			"  lanyard token --as reader --resource https://storage.azure.com -o json",
		Args: arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if req.As == "" || req.Resource == "" {
				return wrongUse("say whose token and for whom: --as RESOURCE --resource AUDIENCE")
			}
			t, err := ask[opwire.Token](cmd.Context(), c, http.MethodPost, opwire.PathToken, req)
			if err != nil {
				return err
			}
			if e := screen.Eye(cmd.ErrOrStderr()); e != nil && c.format == table {
				screen.Note(e, "the client id is %s; the token ends at %s", t.ClientID, screen.When(t.ExpiresOn))
			}
			return c.show(cmd, t, func(w io.Writer) { _, _ = io.WriteString(w, t.AccessToken+"\n") })
		},
	}
	cmd.Flags().StringVar(&req.As, "as", "", "resource id or name, or operator[@NAME]")
	cmd.Flags().StringVar(&req.Resource, "resource", "", "audience: the ID URI or client id of a registered application")
	cmd.Flags().StringVar(&req.Identity, "identity", "", "client id, object id or resource id, where the workload has several identities")
	c.completeAs(cmd)
	return c.withData(cmd)
}
