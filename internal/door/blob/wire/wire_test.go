package wire_test

import (
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/door/blob/wire"
	"github.com/lanyard-id/lanyard/internal/objects"
)

// FuzzBlockList: no body does more than be refused, and what is taken is well formed.
func FuzzBlockList(f *testing.F) {
	f.Add("<BlockList><Latest>AAAA</Latest></BlockList>")
	f.Add("<?xml version='1.0'?><BlockList><Committed>AAAA</Committed>\n<Uncommitted>AAAB</Uncommitted></BlockList>")
	f.Add("<BlockList><Latest>&#65;AAA</Latest></BlockList>")
	f.Fuzz(func(t *testing.T, text string) {
		list, err := wire.ParseBlockList([]byte(text))
		if err == nil && list == nil || len(list) > objects.MaxParts {
			t.Errorf("%v %v", list, err)
		}
		for _, c := range list {
			if c.ID == "" || len(c.ID) > objects.MaxPartID {
				t.Errorf("%q", c.ID)
			}
		}
	})
}

// FuzzKeyInfo: the same of the request for a key.
func FuzzKeyInfo(f *testing.F) {
	f.Add("<KeyInfo><Start>2026-01-01T00:00:00Z</Start><Expiry>2026-01-02T00:00:00Z</Expiry></KeyInfo>")
	f.Add("<KeyInfo><Expiry>2026-01-02T00:00:00.1234567Z</Expiry></KeyInfo>")
	f.Fuzz(func(t *testing.T, text string) {
		_, expiry, err := wire.ParseKeyInfo([]byte(text))
		if err == nil && expiry.IsZero() && !strings.Contains(text, "0001-01-01") {
			t.Error("a key without an end")
		}
	})
}

// FuzzBlockID: what is read as the id of a block can be written again and is the same id, and a digest has its length.
func FuzzBlockID(f *testing.F) {
	for _, seed := range []string{"AAAA", "AAA", "", "AA==", "AB==", "A\nAAA", "1B2M2Y8AsgTpgAmY7PhCfg=="} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if part, err := wire.ParseBlockID(text); err == nil && (wire.BlockID(part) != text || len(part) > objects.MaxPartID) {
			t.Errorf("%q became %q", text, part)
		}
		if sum, err := wire.ParseMD5(text); err == nil && len(sum) != 32 {
			t.Errorf("%q became %q", text, sum)
		}
	})
}
