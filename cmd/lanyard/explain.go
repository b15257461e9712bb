package main

import (
	"fmt"
	"io"
	"net/http"
	"regexp"

	"github.com/spf13/cobra"

	"github.com/lanyard-id/lanyard/internal/opwire"
	"github.com/lanyard-id/lanyard/internal/requestid"
)

func newExplain(c *cli) *cobra.Command {
	var text string
	cmd := &cobra.Command{
		Use:   "explain ID | --error TEXT",
		Short: "Say why a request was answered as it was",
		Long: "Finds the record of a request and says what was asked, by whom, what came of it and which rules decided. Every\n" +
			"refusal carries the request id; --error takes the whole text that an SDK printed and finds the id in it.",
		Example: "  lanyard explain 0193b2a4-7c1e-8f00-8000-5e1d3c2b4a69\n  lanyard run --as reader -- python3 app.py 2>&1 | lanyard explain --error -",
		Args: func(_ *cobra.Command, args []string) error {
			if (len(args) == 1) == (text != "") || len(args) > 1 {
				return wrongUse("say either the request id or --error TEXT")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			said := text
			if len(args) == 1 {
				said = args[0]
			}
			if text == "-" {
				b, err := io.ReadAll(io.LimitReader(cmd.InOrStdin(), 1<<20))
				if err != nil {
					return fmt.Errorf("read standard input: %w", err)
				}
				said = string(b)
			}
			id, err := findID(said)
			if err != nil {
				return err
			}
			rec, err := ask[opwire.Record](cmd.Context(), c, http.MethodGet, opwire.PathRecord+id.String(), nil)
			if err != nil {
				return err
			}
			return c.show(cmd, rec, func(w io.Writer) { _, _ = io.WriteString(w, c.hereNext(opwire.Explain(rec))) })
		},
	}
	cmd.Flags().StringVar(&text, "error", "", "an error's text with the id somewhere in it; - is standard input")
	return c.withData(cmd)
}

// guid is anything in the form of one.
var guid = regexp.MustCompile(`[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}`)

// findID finds the first request id in a text. SDKs print other GUIDs beside it, such as their own correlation id and
// ids of tenants; a request id tells itself by its version.
func findID(text string) (requestid.ID, error) {
	found := guid.FindAllString(text, -1)
	for _, g := range found {
		if id, err := requestid.Parse(g); err == nil {
			return id, nil
		}
	}
	if len(found) == 0 {
		return requestid.ID{}, wrongUse("there is no request id in the text: it looks like 0193b2a4-7c1e-8f00-8000-5e1d3c2b4a69")
	}
	return requestid.ID{}, wrongUse("%s is no request id of a server of ours: those have an 8 behind the second dash", found[0])
}
