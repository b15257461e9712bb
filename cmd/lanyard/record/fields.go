package record

import (
	"maps"
	"slices"
	"strings"
)

// fields lists a thing's fields by their dotted paths, kind, name and id first. Lists and documents are one value each.
func fields(path string, object map[string]any) [][2]string {
	names := slices.Sorted(maps.Keys(object))
	slices.SortStableFunc(names, func(a, b string) int { return rank(a) - rank(b) })
	var lines [][2]string
	for _, name := range names {
		at := name
		if path != "" {
			at = path + "." + name
		}
		if inner, ok := object[name].(map[string]any); ok && !document(inner) {
			lines = append(lines, fields(at, inner)...)
			continue
		}
		lines = append(lines, [2]string{at, plain(object[name])})
	}
	return lines
}

func rank(field string) int {
	if i := slices.Index([]string{"kind", "name", "id"}, field); i >= 0 {
		return i
	}
	return 3
}

// document tells what is read as a whole: a policy, and a mapping whose keys are resource ids and no names of fields.
func document(object map[string]any) bool {
	for key := range object {
		if key == "Statement" || strings.HasPrefix(key, "/") {
			return true
		}
	}
	return len(object) == 0
}
