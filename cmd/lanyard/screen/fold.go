package screen

import "strings"

// Columns is how wide a text for people is: the terminal that is smallest.
const Columns = 80

// Fold lays a text out anew in lines of at most Columns, if its words allow it. An empty line parts paragraphs, and a line
// that begins with a blank stays as it is.
func Fold(text string) string {
	var out []string
	room := false // the last line can take more words
	for line := range strings.SplitSeq(text, "\n") {
		if line == "" || strings.ContainsAny(line[:1], " \t") {
			out, room = append(out, line), false
			continue
		}
		for word := range strings.FieldsSeq(line) {
			if last := len(out) - 1; room && len(out[last])+1+len(word) <= Columns {
				out[last] += " " + word
				continue
			}
			out, room = append(out, word), true
		}
	}
	return strings.Join(out, "\n")
}
