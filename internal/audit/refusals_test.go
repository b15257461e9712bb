package audit

import (
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/requestid"
)

// refusal is a stranger's, from address number n.
func refusal(n int) Record {
	return Record{
		ID:   requestid.New(time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC), 1),
		Door: "sts", Operation: "AssumeRoleWithWebIdentity", Reason: "federation.subject_mismatch", Wire: "AccessDenied",
		Remote: netip.AddrFrom4([4]byte{10, byte(n >> 16), byte(n >> 8), byte(n)}),
		Input:  map[string]string{"sub": fmt.Sprint("repo:o/r", n)},
	}
}

// kept reads the refusals stream on the disk: how many refusals its records stand for, how many are said to be
// dropped, and how many records there are.
func kept(t *testing.T, dir string) (stands, dropped int64, records int) {
	t.Helper()
	segments, err := listSegments(filepath.Join(dir, "refusals"))
	must(t, err)
	for _, s := range segments {
		b, err := s.read()
		must(t, err)
		for line, rest, ok := cutLine(b); ok; line, rest, ok = cutLine(rest) {
			rec, err := parseLine(line)
			must(t, err)
			records++
			dropped += rec.Dropped
			if rec.Outcome == Refused {
				stands += 1 + rec.Repeats
			}
		}
	}
	return stands, dropped, records
}

func sizeOf(t *testing.T, dir string) (n int64) {
	t.Helper()
	must(t, filepath.WalkDir(dir, func(_ string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if err == nil {
			n += info.Size()
		}
		return err
	}))
	return n
}

func TestRefusalsAreFolded(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		l, err := Open(dir, Options{Now: time.Now})
		must(t, err)
		var all []Record
		for range 1000 { // one network, one reason
			all = append(all, refusal(7))
			l.Refuse(all[len(all)-1])
		}
		other := refusal(7)
		other.Reason = "federation.unknown_issuer"
		l.Refuse(other)
		l.Refuse(refusal(7 << 8)) // another network
		synctest.Wait()
		if stands, _, records := kept(t, dir); stands != 3 || records != 3 {
			t.Errorf("at once: %d records for %d refusals, want the three first", records, stands)
		}
		time.Sleep(11 * time.Second)
		synctest.Wait()
		if stands, _, records := kept(t, dir); stands != 1002 || records != 4 {
			t.Errorf("after the window: %d records for %d refusals, want 4 for 1002", records, stands)
		}
		for _, n := range []int{0, 500, 999} {
			if got, err := l.Find(t.Context(), all[n].ID); err != nil || got.Remote != all[n].Remote {
				t.Errorf("refusal %d: %v, %v", n, got, err)
			}
		}
		l.Refuse(refusal(7)) // a new window
		must(t, l.Close())
	})
	if stands, _, _ := kept(t, dir); stands != 1003 {
		t.Errorf("after Close: %d refusals", stands)
	}
	v, err := VerifyFolder(t.Context(), filepath.Join(dir, "refusals"))
	if err != nil || v.Break != nil {
		t.Errorf("%+v, %v", v.Break, err)
	}
}

// TestMillionRefusals: a flood from as many networks as there are, with the default quota, leaves a few records that
// account for each refusal.
func TestMillionRefusals(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir, Options{Now: time.Now})
	const flood = 1_000_000
	rec := refusal(0)
	for n := range flood {
		rec.Remote = netip.AddrFrom4([4]byte{byte(n >> 12), byte(n >> 4), byte(n), 1})
		l.Refuse(rec)
	}
	must(t, l.Close())
	stands, dropped, records := kept(t, dir)
	if stands+dropped != flood {
		t.Errorf("records stand for %d and %d are dropped, together not %d", stands, dropped, flood)
	}
	if got := sizeOf(t, filepath.Join(dir, "refusals")); got > 1<<20 || records > 2000 {
		t.Errorf("%d records, %d bytes", records, got)
	}
	if s := l.Stats(); s.Refusals != flood || s.RefusalsLost != 0 {
		t.Errorf("%+v", s)
	}
}

// TestQuota: distinct refusals through many windows stay under the quota; what is dropped is noted, and the chain
// verifies from the note.
func TestQuota(t *testing.T) {
	dir := t.TempDir()
	const quota = 200_000
	const flood = 20_000
	synctest.Test(t, func(t *testing.T) {
		l, err := Open(dir, Options{Now: time.Now, RefusalBytes: quota})
		must(t, err)
		for n := range flood {
			l.Refuse(refusal(n << 8))
			if n%100 == 99 {
				time.Sleep(10 * time.Second) // a window
				synctest.Wait()
				if got := sizeOf(t, filepath.Join(dir, "refusals")); got > quota {
					t.Fatalf("after %d refusals: %d bytes", n, got)
				}
			}
		}
		must(t, l.Close())
	})
	v, err := VerifyFolder(t.Context(), filepath.Join(dir, "refusals"))
	must(t, err)
	if v.Break != nil || v.Dropped == 0 {
		t.Errorf("%+v %+v", v, v.Break)
	}
	// Cutting off one more segment than was noted is found.
	segments, err := listSegments(filepath.Join(dir, "refusals"))
	must(t, err)
	must(t, os.Remove(segments[0].path))
	if v, err := VerifyFolder(t.Context(), filepath.Join(dir, "refusals")); err != nil || v.Break == nil {
		t.Errorf("one more segment is gone: %+v, %v", v, err)
	}
}

// TestRefusalsWithoutDisk: when they cannot be written, refusals are counted, and nobody waits.
func TestRefusalsWithoutDisk(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		l, err := Open(dir, Options{Now: time.Now})
		must(t, err)
		good := l.refusals.file
		l.refusals.file = &fullFile{good}
		for n := range 5000 {
			l.Refuse(refusal(n))
		}
		time.Sleep(11 * time.Second)
		synctest.Wait()
		if s := l.Stats(); s.RefusalsLost != 5000 || s.Refusals != 5000 || len(s.Troubles) == 0 {
			t.Errorf("%+v", s)
		}
		l.refusals.file = good
		l.Refuse(refusal(1))
		l.Refuse(refusal(1))
		must(t, l.Close())
	})
	if stands, dropped, _ := kept(t, dir); stands != 2 || dropped != 5000 {
		t.Errorf("%d refusals, %d dropped; want 2 and 5000", stands, dropped)
	}
}

// fullFile takes nothing.
type fullFile struct{ file }

func (fullFile) Write([]byte) (int, error) { return 0, fs.ErrPermission }

func TestNetwork(t *testing.T) {
	for in, want := range map[string]string{
		"192.0.2.77": "192.0.2.0/24", "::ffff:192.0.2.77": "192.0.2.0/24",
		"2001:db8:1:2::9": "2001:db8:1::/48", "fe80::1%eth0": "fe80::/48",
	} {
		if got := network(netip.MustParseAddr(in)); got.String() != want {
			t.Errorf("network(%s) = %s, want %s", in, got, want)
		}
	}
	if network(netip.Addr{}).IsValid() {
		t.Error("no address has a network")
	}
}

func TestFoldsAreBounded(t *testing.T) {
	opt := Options{Now: newTick().now, FoldSources: 16}
	must(t, opt.setDefaults())
	f := newFolder(opt)
	for n := range 100_000 {
		rec := refusal(n << 8)
		rec.Reason = fault.Reason(fmt.Sprint("r", n%1000)) // more kinds than a folder tells apart
		f.add(rec)
		for range len(f.first) {
			<-f.first
		}
	}
	if len(f.folds) > 16 {
		t.Errorf("%d folds", len(f.folds))
	}
}

func TestConcurrentRefusalsAndAccess(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir, Options{Recent: 64, FoldWindow: time.Millisecond})
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			for n := range 500 {
				l.Refuse(refusal(w<<16 | n<<8))
				l.Access(record(n))
				if n%50 == 0 {
					_ = l.Stats()
					for _, err := range l.Query(t.Context(), Filter{Limit: 10}) {
						if err != nil {
							t.Error(err)
						}
					}
				}
			}
		})
	}
	wg.Wait()
	must(t, l.Close())
	stands, dropped, _ := kept(t, dir)
	if stands+dropped != 4000 {
		t.Errorf("%d + %d refusals, want 4000", stands, dropped)
	}
	if got := l.Stats().Access[AccessKey{"sts", "AssumeRole", Issued}]; got != 4000 {
		t.Errorf("%d accesses", got)
	}
}
