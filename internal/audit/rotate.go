package audit

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/lanyard-id/lanyard/internal/audit/diskfile"
)

// prepare makes the next segment's file ahead and reserves its room, so that a disk that fills up does not stop the
// ledger before two segments are full. Failing is not an error yet: the rotation will say so if it must. Where the
// system cannot reserve, it is not asked again.
func (c *chain) prepare() {
	if !c.opt.reserve || c.isAhead() || c.poison != nil {
		return
	}
	path := filepath.Join(c.dir, reserveName)
	f, err := c.opt.open(path)
	if err != nil {
		return
	}
	err = errors.Join(c.reserveRoom(f), f.Close())
	if err != nil {
		_ = os.Remove(path) // it holds no data
	}
	if errors.Is(err, errors.ErrUnsupported) {
		c.opt.reserve = false
	}
	c.setAhead(err == nil)
}

func (c *chain) isAhead() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ahead
}

func (c *chain) setAhead(is bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead = is
}

// reserveCurrent reserves room for the segment that is being written.
func (c *chain) reserveCurrent() {
	if c.opt.reserve && c.reserveRoom(c.file) == nil {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.room = c.opt.segmentBytes
	}
}

// reserveRoom reserves one segment's room in f, giving up the ballast if that is what it takes.
func (c *chain) reserveRoom(f file) error {
	err := f.Reserve(c.opt.segmentBytes)
	if err == nil || errors.Is(err, errors.ErrUnsupported) || !c.giveUpBallast() {
		return err
	}
	return f.Reserve(c.opt.segmentBytes)
}

// rotate begins a new segment and then drops what the quota or the age no longer allows. Old segments that cannot be
// dropped stop nobody: the operator is told.
func (c *chain) rotate() error {
	if err := c.begin(); err != nil {
		return err
	}
	if err := c.retain(); err != nil {
		c.trouble("dropping old segments: " + err.Error())
	}
	return nil
}

// begin closes the current segment, if any, and makes a new one for the lines after the head. The name is durable
// before any line in it is.
func (c *chain) begin() error {
	path := segmentPath(c.dir, c.snapshotHead().Seq+1, c.opt.now())
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("begin segment: %s is there already", filepath.Base(path))
	}
	room := c.isAhead()
	if room {
		if err := os.Rename(filepath.Join(c.dir, reserveName), path); err != nil {
			return fmt.Errorf("begin segment: %w", err)
		}
		c.setAhead(false)
	}
	f, err := c.opt.open(path)
	if err != nil {
		return fmt.Errorf("begin segment: %w", err)
	}
	if err := diskfile.SyncFolder(c.dir); err != nil {
		return fmt.Errorf("begin segment: %w", errors.Join(err, f.Close()))
	}
	if c.file != nil {
		if err := c.file.Close(); err != nil { // all in it is synced, so nothing is lost with it
			return fmt.Errorf("end segment: %w", errors.Join(err, f.Close()))
		}
	}
	room = room && f.Reserve(c.opt.segmentBytes) == nil // it is there: this tells the open file
	c.file = f
	s, _ := parseSegment(path)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.segments = append(c.segments, s)
	c.room = 0
	if room {
		c.room = c.opt.segmentBytes
	}
	return nil
}

// retain drops the oldest segments beyond quota and age. The note about the drop is durable before a file goes, and
// names the last line that is gone with its hash, so that Verify can tell a dropped segment from a stolen one.
func (c *chain) retain() error {
	gone, left := c.expired()
	if len(gone) == 0 {
		return nil
	}
	through, err := lastHead(gone)
	if err != nil {
		return err
	}
	if err := c.note([]Record{dropNote(through, left.first-gone[0].first, len(gone))}); err != nil {
		return err
	}
	c.mu.Lock()
	c.segments = c.segments[len(gone):]
	c.mu.Unlock()
	for _, s := range gone {
		if err := os.Remove(s.path); err != nil {
			return fmt.Errorf("drop segment: %w", err)
		}
	}
	return diskfile.SyncFolder(c.dir)
}

// expired splits off the segments that must go; left is the oldest one that stays. The newest always stays.
func (c *chain) expired() (gone []segment, left segment) {
	segments := c.snapshot()
	size, oldest := totalSize(segments), c.opt.now().Add(-c.opt.keep)
	n := 0
	for n < len(segments)-1 {
		over := c.opt.quotaBytes > 0 && size+c.opt.segmentBytes > c.opt.quotaBytes
		old := c.opt.keep > 0 && segments[n+1].begun.Before(oldest)
		if !over && !old {
			break
		}
		size -= segments[n].size
		n++
	}
	return segments[:n], segments[n]
}

// Names in a note.
const (
	dropOperation    = "audit.drop"
	inputThrough     = "through_seq"
	inputHash        = "through_hash"
	inputSegments    = "segments"
	tailOperation    = "audit.tail_cut"
	damOperation     = "audit.damage"
	resumedOperation = "audit.resumed"
	inputSegment     = "segment"
	inputBytes       = "bytes"
	inputBytesHash   = "bytes_sha256"
	inputWhy         = "why"
)

func dropNote(through Head, records uint64, segments int) Record {
	return Record{
		Operation: dropOperation,
		Dropped:   int64(records), //nolint:gosec // a count of lines on a disk
		Input: map[string]string{
			inputThrough:  strconv.FormatUint(through.Seq, 10),
			inputHash:     through.Hash.String(),
			inputSegments: strconv.Itoa(segments),
		},
	}
}

// lastHead finds the last line in segments.
func lastHead(segments []segment) (Head, error) {
	for _, s := range slices.Backward(segments) {
		b, err := s.read()
		if err != nil {
			return Head{}, err
		}
		for {
			rest, line, ok := lastLine(b)
			if !ok {
				break
			}
			if _, head, err := parsePlace(line); err == nil {
				return head, nil
			}
			b = rest
		}
	}
	return Head{}, nil
}
