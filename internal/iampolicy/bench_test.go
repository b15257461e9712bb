package iampolicy_test

import (
	"fmt"
	"testing"

	"github.com/lanyard-id/lanyard/internal/iampolicy"
	"github.com/lanyard-id/lanyard/internal/reason"
)

// many policies of statements, of which only the last allows reading; the others miss by action, resource or condition.
func crowd(t testing.TB, statements int) iampolicy.Input {
	t.Helper()
	in := read(session(accountA))
	in.Context = facts("aws:PrincipalTag/team", "red", "aws:SourceIp", "10.1.2.3")
	const perPolicy = 10
	for len(in.Identity)*perPolicy < statements {
		var list []string
		for i := range perPolicy {
			n := len(in.Identity)*perPolicy + i
			list = append(list, []string{
				fmt.Sprintf(`{"Effect":"Allow","Action":["s3:Put*","s3:Delete*","sqs:Send*"],"Resource":"arn:aws:s3:::bucket-%d/*"}`, n),
				fmt.Sprintf(`{"Effect":"Allow","Action":"s3:Get*","Resource":"arn:aws:s3:::bucket-%d/${aws:PrincipalTag/team}/*"}`, n),
				when(allowRead, `{"StringEquals":{"aws:PrincipalTag/team":"blue"},"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}`),
				when(denyRead, `{"Bool":{"aws:SecureTransport":"false"}}`),
			}[n%4])
		}
		if (len(in.Identity)+1)*perPolicy >= statements {
			list[perPolicy-1] = when(allowRead, `{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}`)
		}
		in.Identity = append(in.Identity, *policy(t, iampolicy.Identity, list...))
	}
	return in
}

func BenchmarkDecide(b *testing.B) {
	for _, n := range []int{10, 200, 1000} {
		allowed := crowd(b, n)
		want(b, allowed, reason.Allow)
		refused := crowd(b, n)
		refused.Action = "s3:GetBucketAcl"
		want(b, refused, reason.ImplicitDeny)
		for name, in := range map[string]iampolicy.Input{"allow": allowed, "refuse": refused} {
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					iampolicy.Decide(in)
				}
			})
		}
	}
}

// TestAllocations: what an allow takes does not grow with the number of statements.
func TestAllocations(t *testing.T) {
	count := func(statements int) float64 {
		in := crowd(t, statements)
		want(t, in, reason.Allow)
		return testing.AllocsPerRun(50, func() { iampolicy.Decide(in) })
	}
	few, lots := count(10), count(500)
	if few != lots || few > 8 {
		t.Errorf("%v allocations with 10 statements, %v with 500; want the same few", few, lots)
	}
}
