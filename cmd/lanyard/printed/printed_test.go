package printed

import (
	"strings"
	"testing"
)

func TestID(t *testing.T) {
	const ours = "01a1fddb-9fe5-8ce4-be1f-146febc2d7de"
	for text, want := range map[string]string{
		ours:                        ours,
		"RequestId:" + ours + "\nx": ours,
		"Request ID: " + strings.ToUpper(ours) + ", host":                                                                 ours,
		"correlation 11111111-2222-4333-8444-555555555555, request " + ours + " and 01a1fddb-9fe5-8ce4-be1f-146febc2d7df": ours,
		"only 11111111-2222-4333-8444-555555555555":                                                                       "",
		"nothing": "",
		"":        "",
	} {
		id, err := ID(text)
		if id.String() != want || (err == nil) != (want != "") {
			t.Errorf("%q: got %s, %v, want %s", text, id, err, want)
		}
		if err != nil && !strings.Contains(err.Error(), "lanyard explain --last") {
			t.Errorf("%q: %v does not say what to do", text, err)
		}
	}
}
