package stored

import "strings"

// Prefix is where all records lie in the store.
const Prefix = "/d/"

// Key is the store key of the record of a kind and an id.
func Key(kind, id string) string { return Prefix + kind + "/" + id }

// SplitKey takes a store key apart; false for a key that is no record's.
func SplitKey(key string) (kind, id string, ok bool) {
	rest, ok := strings.CutPrefix(key, Prefix)
	if !ok {
		return "", "", false
	}
	return strings.Cut(rest, "/")
}
