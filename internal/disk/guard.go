package disk

import (
	"fmt"
	"sync"
	"time"

	"github.com/lanyard-id/lanyard/internal/fault"
)

// The reasons of this package. Both mean that nothing was written.
const (
	// Full: the disk has too little free space. Reads and tokens go on; writes come back when space was made.
	Full fault.Reason = "disk.full"
	// Unknown: the operating system does not say how much space is free, so no write is risked.
	Unknown fault.Reason = "disk.unknown"
)

// DefaultMinFree is the free space, in bytes, below which writes are refused: enough for the store, the audit and the
// files that are being written to come to an orderly end.
const DefaultMinFree int64 = 512 << 20

// LastFree is the free space, in bytes, below which not even small writes to the store are risked: as much as a new
// segment of its log takes. A store that fails for want of space ends the process, and with it the issuing of tokens.
const LastFree int64 = 64 << 20

// reread is how long an answer of the operating system is used.
const reread = time.Second

// Guard watches the free space of the disk under a folder. Its fields are set before it is used and not changed; the
// methods may be called concurrently and ask the operating system at most once a second.
type Guard struct {
	Dir     string
	MinFree int64                           // bytes; below it the disk counts as full
	Now     func() time.Time                // the clock
	Free    func(dir string) (int64, error) // bytes that this process may still write
	mu      sync.Mutex
	asked   bool
	askedAt time.Time
	free    int64
	err     error
}

// NewGuard makes a guard of the disk under dir with the default threshold.
func NewGuard(dir string, now func() time.Time) *Guard {
	return &Guard{Dir: dir, MinFree: DefaultMinFree, Now: now, Free: freeBytes}
}

// Below says whether the disk counts as full: less than MinFree is free, or nobody knows how much.
func (g *Guard) Below() bool { return g.Check() != nil }

// Check gives Full when less than MinFree is free, Unknown when nobody knows, and nil otherwise.
func (g *Guard) Check() error { return g.Room(0) }

// Last gives Full when less than LastFree is free. It is for small writes that must work as long as they can; they are
// risked when nobody knows how much is free.
func (g *Guard) Last() error {
	if free, err := g.ask(); err == nil && free < LastFree {
		return fault.New(fault.Unavailable, Full, "no space is left on the server's disk").
			Because(fmt.Errorf("%d bytes are free in %s, the last %d are not touched", free, g.Dir, LastFree))
	}
	return nil
}

// Room is Check for a write of that many bytes: MinFree must be left after it.
func (g *Guard) Room(bytes int64) error {
	free, err := g.ask()
	if err != nil {
		return fault.New(fault.Unavailable, Unknown, "there may be no space on the server's disk").Because(err)
	}
	if free < g.MinFree || free-g.MinFree < bytes {
		return fault.New(fault.Unavailable, Full, "no space is left on the server's disk").
			Because(fmt.Errorf("%d bytes are free in %s, %d are kept, %d are asked for", free, g.Dir, g.MinFree, bytes))
	}
	return nil
}

// FreeBytes gives the free space of the last answer, for metrics.
func (g *Guard) FreeBytes() (int64, error) { return g.ask() }

// ask gives the free space, from memory if the last answer is younger than a second. A clock that went back asks anew.
func (g *Guard) ask() (int64, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.Now()
	if age := now.Sub(g.askedAt); !g.asked || age >= reread || age < 0 {
		g.free, g.err = g.Free(g.Dir)
		g.asked, g.askedAt = true, now
	}
	return g.free, g.err
}
