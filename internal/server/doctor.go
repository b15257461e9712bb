package server

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/lanyard-id/lanyard/internal/door/feed"
	"github.com/lanyard-id/lanyard/internal/mint"
	"github.com/lanyard-id/lanyard/internal/opwire"
	"github.com/lanyard-id/lanyard/internal/store/etcd"
	"github.com/lanyard-id/lanyard/internal/view"
)

// Doctor looks at the running server and says what is well, what is not, and what mends it.
func (s *Server) Doctor(ctx context.Context) []opwire.Finding {
	return []opwire.Finding{
		s.checkIssuing(), s.checkDisk(), s.checkStore(ctx), s.checkSnapshots(), s.checkLedger(ctx), s.checkKEK(),
		s.checkVaultNames(), checkAudience(s.View()), s.guarantee(),
	}
}

func well(check, detail string, args ...any) opwire.Finding {
	return opwire.Finding{Check: check, State: "ok", Detail: fmt.Sprintf(detail, args...)}
}

func ill(check, fix, detail string, args ...any) opwire.Finding {
	return opwire.Finding{Check: check, State: "fail", Fix: fix, Detail: fmt.Sprintf(detail, args...)}
}

func (s *Server) checkIssuing() opwire.Finding {
	if err := s.Ready(); err != nil {
		return ill("issuing", "", "nothing is issued: %s", err)
	}
	return well("issuing", "credentials are issued")
}

func (s *Server) checkDisk() opwire.Finding {
	if err := s.guard.Check(); err != nil {
		return ill("disk", "free space on the disk of "+s.cfg.Data, "changes and uploads are refused: %s", err)
	}
	return well("disk", "there is room for changes and uploads")
}

func (s *Server) checkStore(ctx context.Context) opwire.Finding {
	st, err := s.store.Status(ctx)
	if err != nil {
		return ill("store", "", "%s", err)
	}
	f := well("store", "revision %d, %d MiB of which %d MiB in use, at most %d MiB",
		st.Rev, st.SizeBytes>>20, st.InUseBytes>>20, st.QuotaBytes>>20)
	if st.QuotaBytes > 0 && st.SizeBytes > st.QuotaBytes*8/10 {
		f.State, f.Fix = "warn", "delete what is not needed; space is given back when the server is idle"
	}
	return f
}

func (s *Server) checkSnapshots() opwire.Finding {
	list, err := etcd.Snapshots(s.cfg.Data)
	if err != nil {
		return ill("snapshots", "", "%s", err)
	}
	if len(list) == 0 {
		return well("snapshots", "none yet; the first is written after %s", spoken(s.cfg.SnapshotEvery))
	}
	age := s.now().Sub(list[0].Time)
	if age > 3*s.cfg.SnapshotEvery {
		return ill("snapshots", "look at the log for why none is written", "the newest automatic snapshot is %s old", spoken(age))
	}
	return well("snapshots", "%d automatic snapshots, the newest %s old: %s", len(list), spoken(age), list[0].Path)
}

func (s *Server) checkLedger(ctx context.Context) opwire.Finding {
	verdict, err := s.audit.Verify(ctx)
	if err != nil {
		return ill("ledger", "", "%s", err)
	}
	if verdict.Break != nil {
		return ill("ledger", "keep the file as evidence; records behind the break cannot be believed",
			"the chain breaks in %s behind record %d: %s", verdict.Break.Segment, verdict.Break.After, verdict.Break.Why)
	}
	return well("ledger", "%d records, the hash chain is whole", verdict.Lines)
}

func (s *Server) checkKEK() opwire.Finding {
	info, err := os.Stat(s.ring.KEKPath())
	if err != nil {
		return ill("key encryption key", "put the file back from where you saved it; the next start needs it", "%s", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return ill("key encryption key", "chmod 600 "+s.ring.KEKPath(), "%s can be read by others", s.ring.KEKPath())
	}
	return well("key encryption key", "%s; it is in no backup: save it elsewhere", s.ring.KEKPath())
}

// margin is what the outage guarantee leaves for clocks and for a request under way.
const margin = 5 * time.Minute

// guarantee says how long workloads that run can go on without this server.
func (s *Server) guarantee() opwire.Finding {
	lives := mint.DefaultLives()
	if s.cfg.TokenLifetime > 0 {
		lives.Token = s.cfg.TokenLifetime
	}
	refresh := min(lives.Refresh, lives.Token/3)
	return well("outage", "a token that a workload holds outlives a stop of this server by at least %s (life %s, refreshed by %s, margin %s)",
		spoken(max(lives.Token-refresh-margin, 0)), spoken(lives.Token), spoken(refresh), spoken(margin))
}

// checkAudience looks whether a tenant has an application of its own under the name that Lanyard's has in every tenant, as
// one from before Lanyard had one may. Tokens for it would be good for the feed of revocations too.
func checkAudience(v *view.View) opwire.Finding {
	var taken []string
	for t := range v.Tenants() {
		if a, ok := v.Audience(t.ID, feed.Audience); ok && !a.House {
			taken = append(taken, fmt.Sprintf("%q of tenant %q", a.DisplayName, t.Name))
		}
	}
	if len(taken) == 0 {
		return well("own audience", "%s is Lanyard's own application in every tenant", feed.Audience)
	}
	slices.Sort(taken)
	f := ill("own audience", "take it out of the application's identifierUris and start the server again, which makes its own then",
		"%s, the audience of the feed of revocations, is registered for %s: who is sent a token for that can use it at the feed",
		feed.Audience, strings.Join(taken, ", "))
	f.State = "warn"
	return f
}

// spoken is a duration for people, in its two largest units; below a second it is none.
func spoken(d time.Duration) string {
	var said []string
	for _, unit := range []struct {
		of     time.Duration
		called string
	}{{24 * time.Hour, "day"}, {time.Hour, "hour"}, {time.Minute, "minute"}, {time.Second, "second"}} {
		n := d / unit.of
		d %= unit.of
		if n == 0 || len(said) == 2 {
			continue
		}
		if text := fmt.Sprintf("%d %s", n, unit.called); n == 1 {
			said = append(said, text)
		} else {
			said = append(said, text+"s")
		}
	}
	if len(said) == 0 {
		return "0 seconds"
	}
	return strings.Join(said, " ")
}
