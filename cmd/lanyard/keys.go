package main

import (
	"io"
	"net/http"

	"github.com/spf13/cobra"

	"github.com/lanyard-id/lanyard/cmd/lanyard/screen"
	"github.com/lanyard-id/lanyard/internal/opwire"
)

func newKeys(c *cli) *cobra.Command {
	list := func(cmd *cobra.Command, _ []string) error {
		keys, err := ask[[]opwire.Key](cmd.Context(), c, http.MethodGet, opwire.PathKeys, nil)
		if err != nil {
			return err
		}
		return c.showKeys(cmd, keys)
	}
	cmd := &cobra.Command{
		Use:     "keys [list|rotate]",
		Short:   "List or turn over the keys that sign tokens",
		Example: "  lanyard keys\n  lanyard keys rotate",
		Args:    arguments(0, 0),
		RunE:    list,
	}
	cmd.AddCommand(c.withData(&cobra.Command{
		Use: "list", Short: "List the signing keys", Example: "  lanyard keys list", Args: arguments(0, 0), RunE: list,
	}), newKeysRotate(c))
	return c.withData(cmd)
}

func newKeysRotate(c *cli) *cobra.Command {
	var now bool
	cmd := &cobra.Command{
		Use:   "rotate [--now]",
		Short: "Make new signing keys",
		Long: "Makes new signing keys. They are published first and sign after a day, when everybody who verifies has fetched\n" +
			"them. With --now they sign at once, for a key that may be known to somebody: verifiers that have not fetched the\n" +
			"new ones refuse tokens until they do.",
		Example: "  lanyard keys rotate\n  lanyard keys rotate --now",
		Args:    arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			keys, err := ask[[]opwire.Key](cmd.Context(), c, http.MethodPost, opwire.PathRotate, opwire.RotateRequest{Now: now})
			if err != nil {
				return err
			}
			return c.showKeys(cmd, keys)
		},
	}
	cmd.Flags().BoolVar(&now, "now", false, "use the new keys at once")
	return c.withData(cmd)
}

func (c *cli) showKeys(cmd *cobra.Command, keys []opwire.Key) error {
	return c.show(cmd, keys, func(w io.Writer) {
		var lines [][]string
		for _, k := range keys {
			lines = append(lines, []string{k.ID, k.Algorithm, k.State, screen.When(k.Since), screen.When(k.Until)})
		}
		screen.Rows(w, []string{"KEY", "ALGORITHM", "STATE", "SINCE", "UNTIL"}, lines)
	})
}
