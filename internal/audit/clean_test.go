package audit

import (
	"fmt"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/reason"
)

func TestRecordIsBounded(t *testing.T) {
	long := strings.Repeat("\x01", 1<<20)
	rec := record(1)
	rec.Door, rec.Operation, rec.Wire, rec.Resource, rec.Audience, rec.TokenID = long, long, long, long, long, long
	rec.Principal = Principal{long, long, long, long}
	rec.Input = map[string]string{}
	for n := range 1000 {
		rec.Input[fmt.Sprint(n)] = long
	}
	clauses := make([]reason.Clause, 1000)
	for i := range clauses {
		clauses[i] = reason.Clause{Kind: long, Rule: long, Text: long}
	}
	rec.Decision = &reason.Decision{Question: reason.Question{Principal: long, Action: long, Resource: long}, Hint: long, Decisive: clauses, Nearest: clauses}
	rec.clean()
	body, err := encodeBody(&rec)
	must(t, err)
	if len(body) > 128<<10 {
		t.Errorf("a line of %d bytes", len(body))
	}
	if got := rec.Input[cutMark]; got != "968 more" {
		t.Errorf("left out: %q", got)
	}
	if got := rec.Decision.Decisive[maxClauses].Text; got != "992 more" {
		t.Errorf("left out: %q", got)
	}
}
