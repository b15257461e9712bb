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

func TestElsewhere(t *testing.T) {
	for kind, want := range map[string]string{
		"User": "lanyard run --as operator -- aws iam list-users", "users": "lanyard run --as operator -- aws iam list-users",
		"lambda:function": "lanyard get AWSResource", "Functions": "lanyard get AWSResource", "Pod": "", "": "",
	} {
		if got := Elsewhere(kind); got != want {
			t.Errorf("%s: got %q, want %q", kind, got, want)
		}
	}
}
