package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lanyard-id/lanyard/cmd/lanyard/launch"
	"github.com/lanyard-id/lanyard/cmd/lanyard/operator"
	"github.com/lanyard-id/lanyard/cmd/lanyard/screen"
	"github.com/lanyard-id/lanyard/internal/directory/kinds"
	"github.com/lanyard-id/lanyard/internal/opwire"
)

func newGet(c *cli) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "get KIND [NAME]",
		Short: "Show what exists",
		Long: "Shows all things of a kind, or one in full. A name is NAME, GROUP/NAME or the thing's id. The kinds are\n" +
			wrapped(kinds.Kinds()) + ".",
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
					details(w, items)
					return
				}
				listing(w, args[0], items)
			})
		},
	}
	return c.withData(cmd)
}

// wrapped lists words in lines of a bearable length.
func wrapped(words []string) string {
	var lines []string
	for words := range slices.Chunk(words, 8) {
		lines = append(lines, strings.Join(words, ", "))
	}
	return strings.Join(lines, ",\n")
}

// record is one thing as the server shows it.
type record map[string]any

func (c *cli) records(cmd *cobra.Command, args []string) ([]record, error) {
	path := opwire.PathRecords + args[0]
	if len(args) == 2 {
		path = opwire.RecordPath(args[0], args[1])
	}
	items, err := ask[[]record](cmd.Context(), c, http.MethodGet, path, nil)
	return items, listInstead(err, args[0])
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

// texts gives a list of texts.
func texts(list []any) ([]string, bool) {
	words := make([]string, len(list))
	for i, item := range list {
		word, ok := item.(string)
		if !ok {
			return nil, false
		}
		words[i] = word
	}
	return words, true
}

// plain writes a JSON value for people: texts without quotes, lists of texts with commas.
func plain(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case string:
		return v
	case []any:
		if words, ok := texts(v); ok {
			return strings.Join(words, ", ")
		}
	}
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		return fmt.Sprint(value)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// column is one field of a listing.
type column struct{ head, field string }

// columns are what a listing of a kind shows.
func columns(kind string) []column {
	name := column{"NAME", "name"}
	switch strings.ToLower(kind) {
	case "subscription":
		return []column{name, {"ID", "id"}, {"TENANT", "tenant"}}
	case "application":
		return []column{name, {"CLIENT ID", "clientId"}, {"ID URIS", "identifierUris"}}
	case "resourcegroup":
		return []column{name, {"LOCATION", "location"}, {"SUBSCRIPTION", "subscription"}}
	case "resource":
		return []column{name, {"GROUP", "resourceGroup"}, {"TYPE", "type"}, {"IDENTITY", "identity.type"}, {"PRINCIPAL ID", "identity.principalId"}}
	case "userassignedidentity":
		return []column{name, {"GROUP", "resourceGroup"}, {"PRINCIPAL ID", "principalId"}, {"CLIENT ID", "clientId"}}
	case "storageaccount":
		return []column{name, {"GROUP", "resourceGroup"}, {"CONTAINERS", "containers"}}
	case "container":
		return []column{name, {"STORAGE ACCOUNT", "storageAccount"}}
	case "roleassignment":
		return []column{{"PRINCIPAL", "principalName"}, {"ROLE", "roleDefinitionName"}, {"SCOPE", "scope"}, {"ID", "id"}}
	case "roledefinition":
		return []column{name, {"SCOPES", "assignableScopes"}, {"ID", "id"}}
	case "bucket":
		return []column{name, {"ACCOUNT", "account"}, {"REGION", "region"}}
	case "oidcprovider":
		return []column{name, {"ACCOUNT", "account"}, {"CLIENT IDS", "clientIds"}}
	}
	return []column{name, {"ID", "id"}}
}

// listing shows one line a thing. A column that is empty for all is left out.
func listing(w io.Writer, kind string, items []record) {
	if len(items) == 0 {
		_, _ = fmt.Fprintf(w, "There is no %s.\n", kind) // into a buffer
		return
	}
	var head []string
	lines := make([][]string, len(items))
	for _, c := range columns(kind) {
		if !slices.ContainsFunc(items, func(r record) bool { return r.text(c.field) != "" }) {
			continue
		}
		head = append(head, c.head)
		for i, item := range items {
			lines[i] = append(lines[i], item.text(c.field))
		}
	}
	screen.Rows(w, head, lines)
}

// details shows things in full, field by field.
func details(w io.Writer, items []record) {
	for i, item := range items {
		if i > 0 {
			_, _ = io.WriteString(w, "\n") // into a buffer
		}
		screen.Pairs(w, fields("", item))
	}
}
