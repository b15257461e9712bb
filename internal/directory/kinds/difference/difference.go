package difference

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// maxShown bounds a value in the text of a change.
const maxShown = 80

// Between says in words what changed between two items of one kind: "field: before -> after", sorted.
func Between(before, after any) ([]string, error) {
	was, err := leaves(before)
	if err != nil {
		return nil, err
	}
	is, err := leaves(after)
	if err != nil {
		return nil, err
	}
	var changes []string
	for field, value := range was {
		switch now, kept := is[field]; {
		case !kept:
			changes = append(changes, fmt.Sprintf("%s: %s -> (none)", field, cut(value)))
		case now != value:
			changes = append(changes, fmt.Sprintf("%s: %s -> %s", field, cut(value), cut(now)))
		}
	}
	for _, field := range slices.Sorted(maps.Keys(is)) {
		if _, had := was[field]; !had {
			changes = append(changes, fmt.Sprintf("%s: (none) -> %s", field, cut(is[field])))
		}
	}
	slices.Sort(changes)
	return changes, nil
}

// leaves gives the fields of an item by their dotted path, each as compact JSON. Lists count as one value.
func leaves(item any) (map[string]string, error) {
	b, err := json.Marshal(item)
	if err != nil {
		return nil, fmt.Errorf("show an item: %w", err)
	}
	out := map[string]string{}
	return out, flatten("", b, out)
}

func flatten(path string, b json.RawMessage, out map[string]string) error {
	if len(b) > 0 && b[0] == '{' {
		var object map[string]json.RawMessage
		if err := json.Unmarshal(b, &object); err != nil {
			return fmt.Errorf("show an item: %w", err)
		}
		for field, value := range object {
			if path != "" {
				field = path + "." + field
			}
			if err := flatten(field, value, out); err != nil {
				return err
			}
		}
		return nil
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, b); err != nil {
		return fmt.Errorf("show an item: %w", err)
	}
	out[path] = compact.String()
	return nil
}

func cut(s string) string {
	if r := []rune(s); len(r) > maxShown {
		return string(r[:maxShown]) + "..."
	}
	return s
}
