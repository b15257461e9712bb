package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lanyard-id/lanyard/cmd/lanyard/launch"
	"github.com/lanyard-id/lanyard/cmd/lanyard/nearest"
	"github.com/lanyard-id/lanyard/cmd/lanyard/operator"
	"github.com/lanyard-id/lanyard/cmd/lanyard/record"
	"github.com/lanyard-id/lanyard/internal/directory/kinds"
	"github.com/lanyard-id/lanyard/internal/opwire"
)

func newGet(c *cli) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "get KIND [NAME]",
		Short: "Show what exists",
		Long: "Shows all things of a kind, or one in full. A name is NAME, GROUP/NAME or the thing's id. The kinds are\n" +
			strings.Join(kinds.Kinds(), ", ") +
			".\nUsers of IAM, their keys and instance profiles are no kinds: lanyard run --as operator -- aws iam list-users.",
		Example:           "  lanyard get Resource\n  lanyard get Resource reader\n  lanyard get Role -o json",
		Args:              arguments(1, 2),
		ValidArgsFunction: c.completeRecord,
		RunE: func(cmd *cobra.Command, args []string) error {
			items, err := c.records(cmd, args)
			if err != nil {
				return err
			}
			return c.show(cmd, items, func(w io.Writer) {
				if len(args) == 2 {
					record.Details(w, items)
					return
				}
				record.Listing(w, args[0], items)
			})
		},
	}
	return c.withData(cmd)
}

func (c *cli) records(cmd *cobra.Command, args []string) ([]record.Record, error) {
	path := opwire.PathRecords + args[0]
	if len(args) == 2 {
		path = opwire.RecordPath(args[0], args[1])
	}
	items, err := ask[[]record.Record](cmd.Context(), c, http.MethodGet, path, nil)
	return items, listInstead(didYouMean(cmd, err, args[0]), args[0])
}

// didYouMean adds to a refusal that a kind does not exist the kind that is spelled almost like it.
func didYouMean(cmd *cobra.Command, err error, kind string) error {
	r, ok := errors.AsType[*operator.Refusal](err)
	if !ok || r.Said.Reason != string(kinds.UnknownKind) {
		return err
	}
	s := *r
	s.Said.Next = cmp.Or(nearest.Elsewhere(kind), helpOf(cmd))
	if near, ok := nearest.Word(kind, kinds.Kinds()); ok {
		s.Said.Message = fmt.Sprintf("there is no kind %q; did you mean %s?", kind, near)
	}
	return &s
}

// listInstead adds to a refusal that nothing has the name how to find the names that there are.
func listInstead(err error, kind string) error {
	r, ok := errors.AsType[*operator.Refusal](err)
	if !ok || !operator.NotFound(err) || r.Said.Next != "" {
		return err
	}
	s := *r
	s.Said.Next = "lanyard get " + launch.Quote(kind)
	return &s
}

// completeRecord offers kinds, then names. Without a server there are no names.
func (c *cli) completeRecord(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) == 0 {
		return kinds.Kinds(), cobra.ShellCompDirectiveNoFileComp
	}
	var names []string
	if len(args) == 1 {
		items, err := c.records(cmd, args)
		if err != nil {
			return nil, cobra.ShellCompDirectiveError
		}
		for _, item := range items {
			names = append(names, item.Text("name"))
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
