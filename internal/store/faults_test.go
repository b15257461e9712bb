package store_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/store"
)

func TestIndeterminate(t *testing.T) {
	of := func(why fault.Reason) error { return fault.New(fault.Internal, why, "") }
	for _, c := range []struct {
		err  error
		want bool
	}{
		{nil, false},
		{of(store.Conflict), false},
		{of(store.TooLarge), false},
		{of(store.Invalid), false},
		{of(store.Full), false},
		{of(store.NotSent), false},
		{fmt.Errorf("write: %w", of(store.Conflict)), false},
		{of(store.Unavailable), true},
		{of(store.Corrupt), true},
		{of("store.something_new"), true},
		{errors.New("input/output error"), true},
		{context.Canceled, true},
	} {
		if got := store.Indeterminate(c.err); got != c.want {
			t.Errorf("%v: %v", c.err, got)
		}
	}
}
