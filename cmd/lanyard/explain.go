package main

import (
	"fmt"
	"io"
	"net/http"

	"github.com/spf13/cobra"

	"github.com/lanyard-id/lanyard/cmd/lanyard/printed"
	"github.com/lanyard-id/lanyard/internal/opwire"
	"github.com/lanyard-id/lanyard/internal/requestid"
)

func newExplain(c *cli) *cobra.Command {
	var text string
	var last bool
	cmd := &cobra.Command{
		Use:   "explain ID | --error TEXT | --last",
		Short: "Say why a request was answered as it was",
		Long: "Finds the record of a request and says what was asked, by whom, what came of it and which rules decided. Every\n" +
			"refusal carries the request id; --error takes the whole text that an SDK printed and finds the id in it. The AWS CLI\n" +
			"and boto3 print no id: --last explains the newest refusal of any workload, and says whose it was.",
		Example: "  lanyard explain 0193b2a4-7c1e-8f00-8000-5e1d3c2b4a69\n  lanyard run --as reader -- python3 app.py 2>&1 | lanyard explain --error -\n" +
			"  lanyard explain --last",
		Args: func(_ *cobra.Command, args []string) error {
			for _, flag := range []bool{text != "", last} {
				if flag {
					args = append(args, "")
				}
			}
			if len(args) != 1 {
				return wrongUse("say one of the request id, --error TEXT and --last")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			client, err := c.server()
			if err != nil {
				return err
			}
			var rec opwire.Record
			if last {
				rec, err = client.LastRefusal(cmd.Context())
			} else {
				var id requestid.ID
				if id, err = c.askedFor(cmd.InOrStdin(), append(args, text)[0]); err == nil {
					err = client.Do(cmd.Context(), http.MethodGet, opwire.PathRecord+id.String(), nil, &rec)
				}
			}
			if err != nil {
				return err
			}
			return c.show(cmd, rec, func(w io.Writer) { _, _ = io.WriteString(w, c.hereNext(opwire.Explain(rec))) })
		},
	}
	cmd.Flags().StringVar(&text, "error", "", "an error's text with the id somewhere in it; - is standard input")
	cmd.Flags().BoolVar(&last, "last", false, "the newest refusal that a workload or a stranger got")
	return c.withData(cmd)
}

// askedFor finds the request id in what the user said, or in what comes in where that is "-".
func (c *cli) askedFor(in io.Reader, said string) (requestid.ID, error) {
	if said == "-" {
		b, err := io.ReadAll(io.LimitReader(in, 1<<20))
		if err != nil {
			return requestid.ID{}, fmt.Errorf("read standard input: %w", err)
		}
		said = string(b)
	}
	id, err := printed.ID(said)
	if err != nil {
		return id, wrongUse("%s", c.hereIn(err.Error()))
	}
	return id, nil
}
