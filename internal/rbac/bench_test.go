package rbac

import (
	"fmt"
	"testing"

	"github.com/lanyard-id/lanyard/internal/name"
)

// many gives n assignments of one principal at n scopes; only the last one grants, or none.
func many(tb testing.TB, n int, grants bool) Input {
	tb.Helper()
	reader, secrets := builtinRole(tb, "Storage Blob Data Reader"), builtinRole(tb, "Key Vault Secrets User")
	list := make([]Assignment, n)
	for i := range list {
		list[i] = grant(i+1, secrets, fmt.Sprintf("%s%d", account, i))
	}
	list[n-1] = grant(n, reader, account)
	if !grants {
		list[n-1].Scope = name.MustScope(account + "x")
	}
	in := ask()
	in.Assignments = func(yield func(Assignment) bool) {
		for i := range list {
			if !yield(list[i]) {
				return
			}
		}
	}
	return in
}

func BenchmarkDecide(b *testing.B) {
	for _, n := range []int{10, 200, 10_000} {
		for what, grants := range map[string]bool{"allow": true, "refuse": false} {
			b.Run(fmt.Sprintf("%s/%d", what, n), func(b *testing.B) {
				in := many(b, n, grants)
				b.ReportAllocs()
				for b.Loop() {
					if Decide(in).Allowed() != grants {
						b.Fatal("wrong answer")
					}
				}
			})
		}
	}
}

// TestAllocationsDoNotGrow: neither answer allocates more with more assignments.
func TestAllocationsDoNotGrow(t *testing.T) {
	for _, grants := range []bool{true, false} {
		few, lots := many(t, 10, grants), many(t, 10_000, grants)
		a := testing.AllocsPerRun(20, func() { Decide(few) })
		b := testing.AllocsPerRun(20, func() { Decide(lots) })
		t.Logf("allowed %v: %v allocations with 10 assignments, %v with 10,000", grants, a, b)
		if b > a {
			t.Errorf("allowed %v: %v allocations with 10 assignments, %v with 10,000", grants, a, b)
		}
	}
}
