package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lanyard-id/lanyard/internal/directory/kinds"
	"github.com/lanyard-id/lanyard/internal/opwire"
)

func newGet(c *cli) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "get KIND [NAME]",
		Short: "Show what exists",
		Long: "Shows all things of a kind, or one in full. A name is NAME, GROUP/NAME or the thing's id. The kinds are\n" +
			strings.Join(kinds.Kinds(), ", ") + ".",
		Example:           "  lanyard get Resource\n  lanyard get Resource reader\n  lanyard get Role -o json",
		Args:              cobra.RangeArgs(1, 2),
		ValidArgsFunction: c.completeRecord,
		RunE: func(cmd *cobra.Command, args []string) error {
			items, err := c.records(cmd, args)
			if err != nil {
				return err
			}
			return c.show(cmd, items, func(w io.Writer) {
				if len(args) == 2 {
					details(w, items)
					return
				}
				listing(w, args[0], items)
			})
		},
	}
	return c.withData(cmd)
}

// record is one thing as the server shows it.
type record map[string]any

func (c *cli) records(cmd *cobra.Command, args []string) ([]record, error) {
	path := opwire.PathRecords + args[0]
	if len(args) == 2 {
		path = opwire.RecordPath(args[0], args[1])
	}
	return ask[[]record](cmd.Context(), c, http.MethodGet, path, nil)
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
			names = append(names, item.text("name"))
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// text is a field for people; nested fields by their dotted path.
func (r record) text(field string) string {
	var value any = map[string]any(r)
	for part := range strings.SplitSeq(field, ".") {
		inner, ok := value.(map[string]any)
		if !ok {
			return ""
		}
		value = inner[part]
	}
	return plain(value)
}

// plain writes a JSON value for people: texts without quotes.
func plain(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case string:
		return v
	}
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		return fmt.Sprint(value)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// columns are the fields that a listing of a kind shows beside the name.
func columns(kind string) []string {
	switch strings.ToLower(kind) {
	case "subscription", "application":
		return []string{"tenant", "id", "identifierUris"}
	case "resourcegroup":
		return []string{"location", "subscription"}
	case "resource":
		return []string{"resourceGroup", "type", "identity.type", "identity.principalId"}
	case "useridentity", "userassignedidentity":
		return []string{"resourceGroup", "principalId", "clientId"}
	case "storageaccount":
		return []string{"resourceGroup", "containers"}
	case "container":
		return []string{"storageAccount"}
	case "roleassignment":
		return []string{"principalName", "roleDefinitionName", "scope", "id"}
	case "roledefinition":
		return []string{"assignableScopes", "id"}
	case "bucket":
		return []string{"account", "region"}
	case "oidcprovider":
		return []string{"account", "clientIds"}
	}
	return []string{"id"}
}

// listing shows one line a thing. A column that is empty for all is left out.
func listing(w io.Writer, kind string, items []record) {
	if len(items) == 0 {
		_, _ = fmt.Fprintf(w, "There is no %s.\n", kind) // into a buffer
		return
	}
	head := []string{"NAME"}
	lines := make([][]string, len(items))
	for i, item := range items {
		lines[i] = []string{item.text("name")}
	}
	for _, field := range columns(kind) {
		filled := false
		for i, item := range items {
			lines[i] = append(lines[i], item.text(field))
			filled = filled || item.text(field) != ""
		}
		if !filled {
			for i := range lines {
				lines[i] = lines[i][:len(lines[i])-1]
			}
			continue
		}
		head = append(head, strings.ToUpper(field[strings.LastIndexByte(field, '.')+1:]))
	}
	rows(w, head, lines)
}

// details shows things in full, field by field.
func details(w io.Writer, items []record) {
	for i, item := range items {
		if i > 0 {
			_, _ = io.WriteString(w, "\n") // into a buffer
		}
		pairs(w, fields("", item))
	}
}
