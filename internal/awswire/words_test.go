package awswire

import (
	"strings"
	"testing"
)

func TestTagWords(t *testing.T) {
	for key, want := range map[string]bool{
		"team": true, "Kostenstelle für Öl": true, "a_.:/=+-@": true, strings.Repeat("ü", MaxTagKey): true, "awsome": true,
		"": false, "aws:x": false, "AWS:x": false, "a*": false, "a\n": false, strings.Repeat("a", MaxTagKey+1): false,
	} {
		if got := IsTagKey(key); got != want {
			t.Errorf("key %q: %v", key, got)
		}
	}
	for value, want := range map[string]bool{
		"": true, "aws:x": true, strings.Repeat("ü", MaxTagValue): true, "a;b": false, strings.Repeat("a", MaxTagValue+1): false,
	} {
		if got := IsTagValue(value); got != want {
			t.Errorf("value %q: %v", value, got)
		}
	}
}

func TestPlainNames(t *testing.T) {
	for name, want := range map[string]bool{
		"ab": true, "a_+=,.@-Z9": true, strings.Repeat("a", 64): true, "a": false, "": false, "a b": false, "a:b": false, "aü": false, strings.Repeat("a", 65): false,
	} {
		if got := IsPlainName(name, 64); got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
}
