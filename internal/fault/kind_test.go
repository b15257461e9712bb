package fault

import "testing"

func TestKindWords(t *testing.T) {
	seen := map[string]Kind{}
	for k := range Kind(Kinds) {
		word := k.String()
		if other, dup := seen[word]; dup || word == "" {
			t.Errorf("kind %d has the word %q, as kind %d has", k, word, other)
		}
		seen[word] = k
	}
	if got := Kind(Kinds).String(); got != "internal" {
		t.Errorf("a kind that does not exist prints %q, want internal", got)
	}
}
