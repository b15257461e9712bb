package azwire

import (
	"net/url"
	"strings"
	"testing"
)

// FuzzSharedAccess: no query does more than be refused, what is taken has no line ends, and no key of nothing signs it.
func FuzzSharedAccess(f *testing.F) {
	f.Add("sp=r&se=2026-01-01T00:00:00Z&skoid=00000000-0000-4000-8000-000000000001&sktid=00000000-0000-4000-8000-000000000002&" +
		"skt=2026-01-01T00:00:00Z&ske=2026-01-01T00:00:00Z&sks=b&skv=2026-02-06&sv=2026-02-06&sr=d&sdd=2&spr=https&sip=127.0.0.1-127.0.0.2&" +
		"sig=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA%3D")
	f.Add("sv=2026-02-06&ss=b&srt=sco&sig=x")
	f.Fuzz(func(t *testing.T, query string) {
		q, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		s, err := ParseSharedAccess(func(p string) (string, bool) { return q.Get(p), q.Has(p) })
		if err != nil {
			return
		}
		if n := strings.Count(s.StringToSign("/blob/a/c/b"), "\n"); n < 19 || n > 26 {
			t.Errorf("%d line ends", n)
		}
		if s.Signed(nil, "/blob/a/c\n/b") {
			t.Error("a resource with a line end")
		}
	})
}
