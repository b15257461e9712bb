//go:build unix

package proof

import (
	"fmt"
	"testing"
)

// figure prints what was measured. scripts/show.sh collects these lines.
func figure(t *testing.T, format string, args ...any) {
	t.Helper()
	t.Logf("figure: %s", fmt.Sprintf(format, args...))
}
