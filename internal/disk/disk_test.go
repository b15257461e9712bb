package disk

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/internal/fault"
)

// fake is a disk and a clock that a test sets.
type fake struct {
	now   time.Time
	free  int64
	err   error
	asked int
}

func (f *fake) guard() *Guard {
	g := NewGuard("/data", func() time.Time { return f.now })
	g.Free = func(dir string) (int64, error) {
		f.asked++
		if dir != "/data" {
			return 0, errors.New("asked for " + dir)
		}
		return f.free, f.err
	}
	return g
}

func TestGuardDecides(t *testing.T) {
	for _, c := range []struct {
		name       string
		free, need int64
		err        error
		want       fault.Reason
	}{
		{"plenty", math.MaxInt64, 0, nil, ""},
		{"exactly enough", DefaultMinFree, 0, nil, ""},
		{"one byte short", DefaultMinFree - 1, 0, nil, Full},
		{"nothing", 0, 0, nil, Full},
		{"room for the write", DefaultMinFree + 100, 100, nil, ""},
		{"no room for the write", DefaultMinFree + 100, 101, nil, Full},
		{"a write without end", math.MaxInt64, math.MaxInt64, nil, Full},
		{"not known", math.MaxInt64, 0, syscall.EIO, Unknown},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := (&fake{free: c.free, err: c.err}).guard()
			err := g.Room(c.need)
			if c.want == "" {
				if err != nil || c.need == 0 && g.Below() {
					t.Error(err)
				}
				return
			}
			if !fault.Is(err, c.want) || !fault.IsKind(err, fault.Unavailable) || c.need == 0 && !g.Below() {
				t.Errorf("got %v, want %s", err, c.want)
			}
			if c.err != nil && !errors.Is(err, c.err) {
				t.Errorf("%v lost its cause", err)
			}
			if public := fault.From(err).Public; !strings.Contains(public, "no space") || strings.Contains(public, "/data") {
				t.Errorf("the caller is told %q", public)
			}
		})
	}
}

func TestTheLastSpaceIsNotTouched(t *testing.T) {
	for _, c := range []struct {
		name string
		free int64
		err  error
		want fault.Reason
	}{
		{"nearly full", DefaultMinFree - 1, nil, ""},
		{"exactly enough", LastFree, nil, ""},
		{"one byte short", LastFree - 1, nil, Full},
		{"nothing", 0, nil, Full},
		{"not known", 0, syscall.EIO, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := (&fake{free: c.free, err: c.err}).guard().Last()
			if c.want == "" && err != nil || c.want != "" && !fault.Is(err, c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestGuardAsksOnceASecond(t *testing.T) {
	f := &fake{now: time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC), free: DefaultMinFree}
	g := f.guard()
	for _, step := range []struct {
		after time.Duration
		asked int
	}{
		{0, 1},
		{0, 1},
		{999 * time.Millisecond, 1},
		{time.Millisecond, 2},
		{500 * time.Millisecond, 2},
		{time.Hour, 3},
		{-time.Minute, 4},
		{time.Second, 5},
	} {
		f.now = f.now.Add(step.after)
		if err := g.Check(); err != nil || f.asked != step.asked {
			t.Errorf("after %v: asked %d times, want %d, %v", step.after, f.asked, step.asked, err)
		}
	}
	f.free = 0
	if g.Below() {
		t.Error("an answer was not used for its second")
	}
	f.now = f.now.Add(time.Second)
	if !g.Below() {
		t.Error("a full disk was not seen after a second")
	}
	f.free, f.now = DefaultMinFree, f.now.Add(time.Second)
	if g.Below() {
		t.Error("made space was not seen after a second")
	}
}

func TestGuardIsSafeForManyCallers(t *testing.T) {
	g := (&fake{free: DefaultMinFree}).guard()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if g.Below() {
				t.Error("below")
			}
		})
	}
	wg.Wait()
}

func TestGuardAsksTheSystem(t *testing.T) {
	free, err := NewGuard(t.TempDir(), time.Now).FreeBytes()
	if err != nil || free <= 0 {
		t.Errorf("%d, %v", free, err)
	}
	if err := NewGuard(filepath.Join(t.TempDir(), "absent"), time.Now).Check(); !fault.Is(err, Unknown) {
		t.Error(err)
	}
}

func TestBallast(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ballast")
	b := NewBallast(path, 3<<20+7)
	want := func(held bool) {
		t.Helper()
		if got, err := b.Held(); got != held || err != nil {
			t.Errorf("held is %v, %v", got, err)
		}
	}
	do := func(f func() error) {
		t.Helper()
		if err := f(); err != nil {
			t.Fatal(err)
		}
	}
	want(false)
	do(b.Release)
	do(b.Fill)
	want(true)
	do(b.Fill)
	do(b.Release)
	want(false)
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the file is still there: %v", err)
	}
	do(func() error { return os.WriteFile(path, []byte("cut short"), 0o600) })
	want(false)
	do(b.Fill)
	want(true)
	if info, err := os.Stat(path); err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("%v, %v", info, err)
	}
}

func TestBallastRefusesWhatIsNoFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ballast")
	if err := os.Symlink("/dev/null", path); err != nil {
		t.Fatal(err)
	}
	if err := NewBallast(path, 10).Fill(); err == nil {
		t.Error("a link was filled")
	}
}

func TestFillWithZeros(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "zeros"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close() //nolint:errcheck // the test's own
	if err := fillWithZeros(file, 2<<20+3); err != nil {
		t.Fatal(err)
	}
	if info, err := file.Stat(); err != nil || info.Size() != 2<<20+3 {
		t.Errorf("%v, %v", info, err)
	}
}
