package nearest

import (
	"testing"

	"github.com/lanyard-id/lanyard/internal/directory/kinds"
)

func TestNearest(t *testing.T) {
	for typed, want := range map[string]string{
		"Rsource": "Resource", "rol": "Role", "buckets": "Bucket", "Resuorce": "Resource", "Pod": "", "": "",
	} {
		if got, ok := Word(typed, kinds.Kinds()); got != want || ok != (want != "") {
			t.Errorf("%q: got %q, want %q", typed, got, want)
		}
	}
}
