package ahead

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-id/lanyard/cmd/lanyard/record"
	"github.com/lanyard-id/lanyard/internal/reason"
)

// TestGroupsByName: people read names; the answer that was given stays as it is.
func TestGroupsByName(t *testing.T) {
	const id = "8c1b0000-0000-4000-8000-000000000000"
	groups := []record.Record{{"id": "0", "name": "other"}, {"id": id, "name": "readers"}}
	for text, want := range map[string]string{
		"allows it":                           "allows it",
		"allows it at / through group " + id:  `allows it at / through group "readers"`,
		"allows it at / through group unlike": "allows it at / through group unlike",
	} {
		d := reason.Decision{Decisive: []reason.Clause{{Text: text}}, Nearest: []reason.Clause{{Text: text}}}
		named := NameGroups(d, groups)
		if got := []string{named.Decisive[0].Text, named.Nearest[0].Text, d.Decisive[0].Text}; !cmp.Equal(got, []string{want, want, text}) {
			t.Errorf("%q: %q", text, got)
		}
		if SpeaksOfGroups(d) != (text != "allows it") {
			t.Errorf("%q: speaks of groups: %t", text, SpeaksOfGroups(d))
		}
	}
}
