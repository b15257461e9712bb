package audit

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/lanyard-id/lanyard/internal/requestid"
)

// chainOptions say how a chain keeps its folder.
type chainOptions struct {
	stream       Stream
	node         requestid.Node
	now          func() time.Time
	open         opener
	segmentBytes int64         // a segment that would grow beyond is closed and the next begun
	quotaBytes   int64         // oldest segments are dropped beyond; 0 keeps all
	keep         time.Duration // segments are dropped when all in them is older; 0 keeps all
	reserve      bool          // keep room for this segment and the next on the disk
	ballast      func() bool   // gives up space elsewhere when the disk is full; tells whether it did
}

// errPoisoned is why nothing is written after a failed sync: the kernel may have dropped the very pages that failed,
// and a second sync would succeed without them. Only opening the folder again tells what is there.
var errPoisoned = errors.New("a sync failed; what is on the disk is not known until the log is opened again")

// chain writes one stream's segments. One goroutine calls append, prepare and close; readers use snapshot.
type chain struct {
	dir string
	opt chainOptions

	// Of the writing goroutine.
	file   file
	poison error // once set, for good
	buf    []byte

	mu       sync.Mutex // guards what follows
	segments []segment  // oldest first; the last one is being written
	head     Head
	ahead    bool     // a file with reserved room waits for the next rotation
	room     int64    // size up to which the current segment has room for certain
	lines    uint64   // written since the chain was opened
	syncs    uint64   // since the chain was opened
	troubles []string // what the operator should know: damage found, segments that could not be dropped
}

// openChain recovers the folder's tail and gets ready to write.
func openChain(dir string, opt chainOptions) (*chain, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make audit folder: %w", err)
	}
	c := &chain{dir: dir, opt: opt}
	notes, err := c.recover()
	if err != nil {
		return nil, err
	}
	c.reserveCurrent()
	c.prepare()
	if len(notes) > 0 {
		if err := c.note(notes); err != nil {
			return nil, errors.Join(err, c.close())
		}
	}
	return c, nil
}

// append writes the bodies as the next lines and returns when they are durable. After an error none of them may be
// relied on: they are not in the log, or (poisoned) nobody knows.
func (c *chain) append(bodies ...[]byte) error {
	if c.poison != nil {
		return c.poison
	}
	head := c.snapshotHead()
	buf := c.buf[:0]
	for _, body := range bodies {
		buf, head = appendLine(buf, body, head)
	}
	if cap(buf) <= 1<<20 {
		c.buf = buf
	}
	if c.full(len(buf)) {
		if err := c.rotate(); err != nil {
			return err
		}
		// Dropping old segments has put a note in front, so the lines are placed again.
		head, buf = c.snapshotHead(), buf[:0]
		for _, body := range bodies {
			buf, head = appendLine(buf, body, head)
		}
	}
	return c.commit(buf, head)
}

// full tells whether n more bytes belong into a new segment. An empty segment takes anything.
func (c *chain) full(n int) bool {
	size := c.current().size
	return size > 0 && size+int64(n) > c.opt.segmentBytes
}

// commit writes whole lines to the current segment, syncs, and moves the head.
func (c *chain) commit(lines []byte, head Head) error {
	size := c.current().size
	if err := c.write(lines, size); err != nil {
		return err
	}
	if err := c.file.Sync(); err != nil {
		c.poison = fmt.Errorf("%w: %w", errPoisoned, err)
		return c.poison
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.segments[len(c.segments)-1].size = size + int64(len(lines))
	c.lines += head.Seq - c.head.Seq
	c.head = head
	c.syncs++
	return nil
}

// write puts lines at size. A failed write is taken back; when space elsewhere could be given up it is tried once more.
func (c *chain) write(lines []byte, size int64) error {
	_, err := c.file.Write(lines)
	if err == nil {
		return nil
	}
	if cut := c.file.Truncate(size); cut != nil {
		c.poison = fmt.Errorf("%w: %w, and taking it back: %w", errPoisoned, err, cut)
		return c.poison
	}
	if !c.giveUpBallast() {
		return fmt.Errorf("write %s: %w", c.opt.stream, err)
	}
	if _, err = c.file.Write(lines); err == nil {
		return nil
	}
	if cut := c.file.Truncate(size); cut != nil {
		c.poison = fmt.Errorf("%w: %w, and taking it back: %w", errPoisoned, err, cut)
		return c.poison
	}
	return fmt.Errorf("write %s: %w", c.opt.stream, err)
}

func (c *chain) giveUpBallast() bool { return c.opt.ballast != nil && c.opt.ballast() }

// note writes records about the chain itself.
func (c *chain) note(recs []Record) error {
	var bodies [][]byte
	for _, rec := range recs {
		now := c.opt.now()
		rec.ID, rec.Time, rec.Stream, rec.Node = requestid.New(now, c.opt.node), now, c.opt.stream, c.opt.node
		rec.Door, rec.Outcome = "audit", Noted
		rec.clean()
		body, err := encodeBody(&rec)
		if err != nil {
			return err
		}
		bodies = append(bodies, body)
	}
	return c.append(bodies...)
}

// snapshot gives the committed segments, oldest first, for a reader.
func (c *chain) snapshot() []segment {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.segments)
}

func (c *chain) snapshotHead() Head {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.head
}

func (c *chain) current() segment {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.segments[len(c.segments)-1]
}

// trouble remembers something for the operator; a disk that fails again and again is told once.
func (c *chain) trouble(what string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !slices.Contains(c.troubles, what) && len(c.troubles) < 16 {
		c.troubles = append(c.troubles, what)
	}
}

// close releases the file; everything acknowledged is durable already.
func (c *chain) close() error {
	if c.file == nil {
		return nil
	}
	if c.isAhead() {
		// The reserve is room, not data; leaving it behind would be harmless and merely untidy.
		_ = os.Remove(filepath.Join(c.dir, reserveName))
	}
	return c.file.Close()
}
