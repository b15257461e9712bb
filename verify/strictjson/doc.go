// Package strictjson reads JSON that comes from outside, in the one way that leaves no room for two readings.
//
// It owns the limits on such text (size, nesting), the refusals that encoding/json does not make (a name that appears
// twice, bytes that are not UTF-8, half of a surrogate pair, NUL, a second value after the first) and the position that
// an error names. It never repairs, never guesses and never folds case: names are compared byte for byte after their
// escapes are undone.
//
// Check looks and keeps nothing, Decode fills a Go value, Parse and ParseValue give the text back as a tree whose
// members keep their order and their exact spelling.
package strictjson
