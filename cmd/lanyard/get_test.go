package main

import (
	"errors"
	"testing"

	"github.com/lanyard-id/lanyard/cmd/lanyard/operator"
	"github.com/lanyard-id/lanyard/internal/directory/kinds"
	"github.com/lanyard-id/lanyard/internal/opwire"
)

func TestDidYouMean(t *testing.T) {
	refused := &operator.Refusal{Said: opwire.Error{Reason: string(kinds.UnknownKind), Message: "no", Next: "lanyard apply --help"}}
	cmd, _, err := newRoot(&cli{}).Find([]string{"get"})
	if err != nil {
		t.Fatal(err)
	}
	r, ok := errors.AsType[*operator.Refusal](didYouMean(cmd, refused, "Rsource"))
	if !ok || r.Said.Message != `there is no kind "Rsource"; did you mean Resource?` || r.Said.Next != "lanyard get --help" {
		t.Errorf("got %+v", r)
	}
	if r, ok := errors.AsType[*operator.Refusal](didYouMean(cmd, refused, "Pod")); !ok || r.Said.Message != "no" {
		t.Errorf("Pod: got %+v", r)
	}
}
