package etcd

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"go.etcd.io/etcd/server/v3/storage/mvcc"
	"go.etcd.io/etcd/server/v3/storage/schema"

	"github.com/lanyard-id/lanyard/internal/store"
)

// history follows the records of a database file in the order of revisions and finds what is missing among them.
type history struct {
	buckets map[string]bool // the buckets that the engine knows
	live    map[string]int  // the keys that exist after last, and the finder's places of their values
	finder  store.Finder
	last    mvcc.Revision // the record before

	missing int64  // newest revision of which a part is missing; legitimate up to the compacted revision
	orphan  int64  // newest deletion of a key that was not there; legitimate up to the compacted revision
	dropped int64  // the revision up to which history was compacted, or is about to be
	applied uint64 // index of the last log entry that the database holds
}

func newHistory(finder store.Finder) *history {
	h := &history{
		buckets: make(map[string]bool), live: make(map[string]int), finder: finder,
		last: mvcc.Revision{Main: 1}, // the first write of a store has revision 2
	}
	for _, bucket := range schema.AllBuckets {
		h.buckets[string(bucket.Name())] = true
	}
	return h
}

// visit takes one entry of the database file.
func (h *history) visit(bucket string, key, value []byte) error {
	switch {
	case !h.buckets[bucket]:
		return errors.New("the engine knows no such bucket")
	case bucket == string(schema.Key.Name()):
		return h.change(key, value)
	case bucket == string(schema.Meta.Name()):
		return h.number(string(key), value)
	}
	return nil
}

// change takes one record: a key that was put or deleted at a revision.
func (h *history) change(key, value []byte) error {
	rev, err := revision(key)
	if err != nil {
		return err
	}
	h.follow(rev)
	e, err := readEntry(value)
	if err != nil {
		return fmt.Errorf("record of revision %d: %w", rev.Main, err)
	}
	before, there := h.live[string(e.key)]
	if there && before >= 0 {
		h.finder.Drop(before)
	}
	if mvcc.IsTombstone(key) {
		if !there {
			h.orphan = rev.Main
		}
		delete(h.live, string(e.key))
		return nil
	}
	if e.modRevision != rev.Main || e.lease != 0 {
		return fmt.Errorf("the record of revision %d says revision %d", rev.Main, e.modRevision)
	}
	if value, err = unsealRecord(e.key, e.value); err != nil {
		return fmt.Errorf("record of revision %d: %w", rev.Main, err)
	}
	name, place := string(e.key), -1
	if data, ours := strings.CutPrefix(name, dataPrefix); ours {
		place = h.finder.Put(store.KV{Key: data, Value: value, Rev: rev.Main})
	}
	h.live[name] = place
	return nil
}

// follow notes whether rev is the one after the last: each revision is one more, and within a revision each change.
func (h *history) follow(rev mvcc.Revision) {
	switch {
	case rev.Main == h.last.Main && rev.Sub == h.last.Sub+1, rev.Main == h.last.Main+1 && rev.Sub == 0:
	case rev.Sub != 0:
		h.missing = rev.Main
	default:
		h.missing = rev.Main - 1
	}
	h.last = rev
}

// revision reads the key of a record.
func revision(key []byte) (mvcc.Revision, error) {
	plain := len(mvcc.NewRevBytes())
	if len(key) != plain && (len(key) != plain+1 || !mvcc.IsTombstone(key)) || key[8] != '_' || key[0] > 0x7f || key[9] > 0x7f {
		return mvcc.Revision{}, fmt.Errorf("record %x has no revision", key)
	}
	return mvcc.BytesToRev(key), nil
}

// number takes one of the engine's own numbers.
func (h *history) number(name string, value []byte) error {
	switch name {
	case string(schema.MetaConsistentIndexKeyName):
		if len(value) != 8 {
			return errors.New("the applied index is no number")
		}
		h.applied = binary.BigEndian.Uint64(value)
	case string(schema.ScheduledCompactKeyName), string(schema.FinishedCompactKeyName):
		rev, err := revision(value)
		if err != nil {
			return err
		}
		h.dropped = max(h.dropped, rev.Main)
	}
	return nil
}

// complete says whether no record is missing between those that were seen. A database without any record may be
// right: the engine writes it in steps, and the log holds what it does not.
func (h *history) complete() error {
	switch {
	case h.missing > h.dropped:
		return fmt.Errorf("a change of revision %d is missing", h.missing)
	case h.orphan > h.dropped:
		return fmt.Errorf("revision %d deletes a key that was not there", h.orphan)
	case h.applied == 0 && h.last.Main > 1: // the engine would apply its whole log a second time
		return errors.New("there are records, and no index up to which the log is applied")
	}
	return nil
}

// newest is the revision that the database stands at.
func (h *history) newest() int64 { return max(h.last.Main, h.dropped) }

// nobody is the finder of a caller that wants to know nothing.
type nobody struct{}

// Put gives no place.
func (nobody) Put(store.KV) int { return -1 }

// Drop is never called.
func (nobody) Drop(int) {}

// End does nothing.
func (nobody) End(int64, error) {}
