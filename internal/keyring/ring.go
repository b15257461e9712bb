package keyring

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/store"
)

// Config says which keys to open and how they turn over. Zero durations give the defaults.
type Config struct {
	Store   Store            // required
	StoreID string           // names the installation; all keys are bound to it
	KEKPath string           // file with the key encryption key, see KEKPlace; made at the first start
	DataDir string           // the KEK must not lie in here; "" when there is no data folder
	Hosts   []string         // names and addresses of the listeners beside loopback; "*.example.org" is allowed
	Now     func() time.Time // required

	MaxTokenLife time.Duration // the longest life of a token that is signed here; 24 h
	PublishAhead time.Duration // how long a signing key is published before it signs; 24 h
	SignEvery    time.Duration // how long a signing key signs; 30 days
	SealEvery    time.Duration // how long a key seals sessions; 24 h
	OpenFor      time.Duration // how long a sealing key opens sessions after it last sealed one; 37 h
}

// Store is what the keyring needs of a store.
type Store interface {
	List(ctx context.Context, prefix, from string, rev int64, limit int) (store.Page, error)
	Txn(ctx context.Context, compares []store.Compare, ops []store.Op) (rev int64, err error)
}

// Beside the configured ones.
const (
	graceAfterUse    = 24 * time.Hour       // a signing key stays published for this long after the last token expired
	sealAhead        = 5 * time.Minute      // for other servers to learn of a sealing key before it is used
	lastingSealEvery = 365 * 24 * time.Hour // how long a key seals what is kept
)

func (c *Config) setDefaults() error {
	if c.Store == nil || c.StoreID == "" || c.KEKPath == "" || c.Now == nil {
		return errors.New("a keyring needs a store, its id, a path for the key encryption key, and a clock")
	}
	c.MaxTokenLife = cmp.Or(c.MaxTokenLife, 24*time.Hour)
	c.PublishAhead = cmp.Or(c.PublishAhead, 24*time.Hour)
	c.SignEvery = cmp.Or(c.SignEvery, 30*24*time.Hour)
	c.SealEvery = cmp.Or(c.SealEvery, 24*time.Hour)
	c.OpenFor = cmp.Or(c.OpenFor, 37*time.Hour)
	return nil
}

// Ring holds the keys of one installation. All methods may be called concurrently.
type Ring struct {
	cfg   Config
	hosts hostNames
	wrap  *wrapper
	fresh bool
	snap  atomic.Pointer[snapshot]
	leaf  leaf

	writing sync.Mutex // one change or reload at a time
}

// Open loads the keys of the store, or makes them when the store has none, together with the KEK if that is missing
// too. The faults KEKMissing, KEKExposed, KEKMalformed, WrongKEK and Corrupt tell the operator what is wrong; in all
// these cases nothing was changed.
func Open(ctx context.Context, cfg Config) (*Ring, error) {
	if err := cfg.setDefaults(); err != nil {
		return nil, err
	}
	hosts, err := parseHosts(cfg.Hosts)
	if err != nil {
		return nil, err
	}
	r := &Ring{cfg: cfg, hosts: hosts}
	stored, err := r.list(ctx)
	if err != nil {
		return nil, err
	}
	if err := r.unlock(stored); err != nil {
		return nil, err
	}
	if len(stored.kvs) == 0 {
		if err := r.create(ctx); err != nil {
			return nil, err
		}
	}
	if err := r.change(ctx, r.dueAuthority); err != nil {
		return nil, err
	}
	return r, nil
}

// unlock gets the KEK, making it only for a store without keys.
func (r *Ring) unlock(stored stored) error {
	kek, err := loadKEK(r.cfg.KEKPath, r.cfg.DataDir)
	switch {
	case err == nil:
	case !errors.Is(err, fs.ErrNotExist):
		return err
	case len(stored.kvs) > 0:
		return fault.New(fault.Precondition, KEKMissing,
			"the key encryption key of this store is not at %s; put the saved copy back there with mode 0600 "+
				"(it is in no backup; another server of this installation has it too)", r.cfg.KEKPath)
	default:
		if kek, err = makeKEK(r.cfg.KEKPath, r.cfg.DataDir); err != nil {
			return err
		}
	}
	if r.wrap, err = newWrapper(kek, r.cfg.StoreID); err != nil {
		return err
	}
	if len(stored.kvs) == 0 {
		return nil
	}
	return r.checkKEK(stored)
}

// checkKEK says whether the KEK is the one that wrapped what is stored.
func (r *Ring) checkKEK(stored stored) error {
	check, ok := stored.kvs[keyCheck]
	if !ok {
		return corrupt(keyCheck, errors.New("it is missing and keys are there"))
	}
	return r.wrap.readCheck(check.Value, r.cfg.KEKPath)
}

// stored is everything under the prefix at one revision.
type stored struct {
	kvs map[string]store.KV
	rev int64
}

// list reads the stored keys; there are a few dozen.
func (r *Ring) list(ctx context.Context) (stored, error) {
	s := stored{kvs: map[string]store.KV{}}
	for from := ""; ; {
		page, err := r.cfg.Store.List(ctx, prefix, from, s.rev, 1000)
		if err != nil {
			return stored{}, fmt.Errorf("read keys: %w", err)
		}
		for _, kv := range page.KVs {
			s.kvs[kv.Key] = kv
		}
		s.rev = page.Rev
		if from = page.Next; from == "" {
			return s, nil
		}
	}
}

// Reload takes over what another server changed; it costs next to nothing when nothing did. After an error the ring
// goes on with the keys it has.
func (r *Ring) Reload(ctx context.Context) error {
	r.writing.Lock()
	defer r.writing.Unlock()
	return r.reload(ctx)
}

// reload is Reload for callers that hold the lock.
func (r *Ring) reload(ctx context.Context) error {
	stored, err := r.list(ctx)
	if err != nil {
		return err
	}
	if old := r.snap.Load(); old != nil && stored.kvs[keyTurn].Rev == old.turn {
		return nil
	}
	snap, err := r.wrap.load(stored)
	if err != nil {
		return err
	}
	r.snap.Store(snap)
	return nil
}

// Fresh tells whether this Open made the keys: the moment to tell the operator to save the key encryption key.
func (r *Ring) Fresh() bool { return r.fresh }

// KEKPath is the file with the key encryption key.
func (r *Ring) KEKPath() string { return r.cfg.KEKPath }

// String is a fixed text: a ring never prints what it holds.
func (*Ring) String() string { return "keyring" }

// GoString is a fixed text.
func (*Ring) GoString() string { return "keyring" }

// Format prints a fixed text for each verb and flag.
func (*Ring) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte("keyring")) }

// LogValue is a fixed text.
func (*Ring) LogValue() slog.Value { return slog.StringValue("keyring") }
