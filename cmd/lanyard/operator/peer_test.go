package operator

import (
	"errors"
	"net"
	"testing"

	"github.com/lanyard-id/lanyard/internal/fault"
)

// TestForeignSocket wants no word of a server that another user runs, unless that is root: anybody may put a socket where
// a server's would be while it does not run.
func TestForeignSocket(t *testing.T) {
	for _, tc := range []struct {
		uid, own int
		good     bool
	}{
		{1000, 1000, true}, {0, 1000, true}, {0, 0, true}, {1001, 1000, false}, {1001, 0, false}, {-1, 1000, false},
	} {
		if err := believe(tc.uid, tc.own); (err == nil) != tc.good || err != nil && !errors.Is(err, errForeign) {
			t.Errorf("uid %d asks uid %d: %v", tc.own, tc.uid, err)
		}
	}
	here, there := net.Pipe()
	defer func() { _, _ = here.Close(), there.Close() }()
	if err := believable(here); !errors.Is(err, errForeign) {
		t.Errorf("a pipe: %v", err)
	}
	if err := New("/data", "").unreachable(t.Context(), believe(1, 2)); !fault.Is(err, BadAnswer) || !fault.IsKind(err, fault.Denied) {
		t.Errorf("got %v", err)
	}
}
