package store

import (
	"context"
	"io"
	"iter"
)

// Limits of every driver. They lie under etcd's own (128 operations, 1.5 MiB a request), so that a refusal comes from
// here, before anything was sent.
const (
	MaxOps      = 120     // operations in one transaction, and as many compares
	MaxKeyBytes = 4 << 10 // length of one key
	MaxTxnBytes = 1 << 20 // keys and values of one transaction together
	MaxPage     = 20_000  // keys in one page: fewer, larger pages read far faster than many small ones
)

// KV is one key as it stands at some revision.
type KV struct {
	Key   string
	Value []byte // never nil for a key that exists; the reader owns it
	Rev   int64  // revision of the last change of this key: its ETag
}

// Compare is a condition of a transaction: the key's Rev must equal Rev. Rev 0 demands that the key is absent.
type Compare struct {
	Key string
	Rev int64
}

// Op is one change of a transaction: Value is put under Key, or Key is deleted. Deleting an absent key changes nothing.
type Op struct {
	Key    string
	Value  []byte
	Delete bool
}

// Event is one change as a watch tells it. Value is nil when Deleted.
type Event struct {
	Key     string
	Value   []byte
	Deleted bool
	Rev     int64
}

// Batch is all the events of one revision that a watch covers, in the order of the transaction's operations. A batch
// is never split and never empty.
type Batch struct {
	Rev    int64
	Events []Event
}

// Page is a run of keys in byte order, all as they stood at revision Rev.
type Page struct {
	KVs  []KV
	Rev  int64  // the revision that was read: pass it on for the next page of the same walk
	Next string // pass it as from to continue; empty after the last page
}

// Finder is told what a driver reads of its disk before it opens, in the order in which that was written. Its methods are
// called by one goroutine.
type Finder interface {
	// Put says that a key got a value, which is valid during the call only. It gives a place for Drop; a negative one
	// need not be dropped.
	Put(kv KV) (place int)

	// Drop takes back what Put said: the key has another value, or is gone.
	Drop(place int)

	// End says that all was told: what was not dropped is the state at revision rev. After an error it is nothing.
	End(rev int64, err error)
}

// Status is what a store says of itself.
type Status struct {
	Rev          int64 // newest revision
	CompactedRev int64 // revisions below this one cannot be read or watched any more; 0 when none was dropped
	SizeBytes    int64 // what the store takes on disk; 0 for a store in memory
	InUseBytes   int64 // the part of SizeBytes that holds data; the rest is reclaimed by maintenance
	QuotaBytes   int64 // writes are refused with Full above this size; 0 means no limit
}

// Store is a revisioned key space. All methods may be called concurrently.
//
// One revision is one transaction that changed something; revisions only grow, also over restarts and restores.
//
// All errors are faults with the reasons of this package, except that a read or a watch ended by its context gives
// the context's error.
type Store interface {
	// Get reads one key at the newest revision. An absent key is NotFound.
	Get(ctx context.Context, key string) (KV, error)

	// List reads up to limit keys that begin with prefix, starting at the key from (inclusive; "" is the start), as
	// they stood at revision rev; 0 means the newest. Limit runs from 1 to MaxPage. All pages of one walk pass the
	// first page's Rev, and so see one revision whatever is written meanwhile. A revision that is no longer kept is
	// Compacted: begin the walk again.
	List(ctx context.Context, prefix, from string, rev int64, limit int) (Page, error)

	// Txn does all ops at one new revision, durably, if all compares hold, and nothing otherwise (Conflict). No key
	// may occur twice in ops. It gives the new revision, or the newest one if the ops changed nothing.
	//
	// The context is asked before anything is sent and not after: a caller that goes away cannot turn a write into a
	// doubt. An error for which Indeterminate is true means that nobody knows whether the ops are done; the caller
	// must stop issuing credentials until the store was opened and read again.
	Txn(ctx context.Context, compares []Compare, ops []Op) (rev int64, err error)

	// Watch gives every change under prefix from revision fromRev on (inclusive, at least 1), past ones first, each
	// exactly once, in the order of revisions. To follow a walk, pass its Page.Rev+1. The sequence ends only by the
	// consumer's break or after it gave an error: the context's, Compacted when fromRev is no longer kept, or
	// Unavailable.
	Watch(ctx context.Context, prefix string, fromRev int64) iter.Seq2[Batch, error]

	// Snapshot writes the whole store as it stands at one revision, in the driver's own format.
	Snapshot(ctx context.Context, w io.Writer) error

	// Status tells revision and sizes.
	Status(ctx context.Context) (Status, error)

	// Close ends all watches, waits for what runs, and releases the store. Later calls are Unavailable.
	Close() error
}
