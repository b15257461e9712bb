package record

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/lanyard-id/lanyard/cmd/lanyard/screen"
)

// Record is one thing as the server shows it.
type Record map[string]any

// Text is a field for people; nested fields by their dotted path.
func (r Record) Text(field string) string {
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
	case "keyvault":
		return []column{name, {"GROUP", "resourceGroup"}, {"URL", "vaultUri"}, {"SECRETS", "secrets"}}
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

// Listing shows one line a thing. A column that is empty for all is left out.
func Listing(w io.Writer, kind string, items []Record) {
	if len(items) == 0 {
		_, _ = fmt.Fprintf(w, "There is no %s.\n", kind) // into a buffer
		return
	}
	var head []string
	lines := make([][]string, len(items))
	for _, c := range columns(kind) {
		if !slices.ContainsFunc(items, func(r Record) bool { return r.Text(c.field) != "" }) {
			continue
		}
		head = append(head, c.head)
		for i, item := range items {
			lines[i] = append(lines[i], item.Text(c.field))
		}
	}
	screen.Rows(w, head, lines)
}

// Details shows things in full, field by field.
func Details(w io.Writer, items []Record) {
	for i, item := range items {
		if i > 0 {
			_, _ = io.WriteString(w, "\n") // into a buffer
		}
		screen.Pairs(w, fields("", item))
	}
}
