package record

import (
	"maps"
	"slices"
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

// document tells a policy, which is read as a whole.
func document(object map[string]any) bool {
	_, statement := object["Statement"]
	return statement || len(object) == 0
}
