package etcd

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"

	clientv3 "go.etcd.io/etcd/client/v3"
	"go.etcd.io/etcd/server/v3/embed"
	"go.etcd.io/etcd/server/v3/etcdserver/api/v3client"

	"github.com/lanyard-id/lanyard/internal/store"
)

// DefaultQuota is the size of the database above which writes are refused, if Config names none.
const DefaultQuota int64 = 8 << 30

// Config is what Open needs.
type Config struct {
	// Dir is the data folder. The store claims it whole at the first start, so it must be absent or empty then; later
	// other rooms may keep folders of their own in it.
	Dir string
	// Logger takes the engine's log; nil drops it.
	Logger *slog.Logger
	// Fatal is told, once, that the store failed for good after it was opened: it could not write its log, or does not
	// know whether a write happened. When it is called nothing is acknowledged or read any more. It is called in a
	// goroutine of the engine or of a caller, and should flush what must be flushed and end the process. Nil does
	// nothing.
	Fatal func(error)
	// Finder is told, before Open returns, what the database of an earlier start holds, so that it can be read while the
	// engine still starts. The engine may know of later writes, from its log: its revision is another then. Nil does
	// nothing, and so does a first start.
	Finder store.Finder
	// QuotaBytes is the size above which writes are refused with store.Full; 0 means DefaultQuota.
	QuotaBytes int64
}

// Store is a store.Store on a folder of this machine. Open makes one.
type Store struct {
	config Config
	folder *folder
	server *embed.Etcd
	client *clientv3.Client
	quiet  atomic.Bool  // the engine starts or closes: what goes wrong then is told by Open, or is noise
	defrag sync.RWMutex // held for reading by each transaction, for writing while Maintain blocks the database
	copies sync.RWMutex // held for reading by each snapshot, which would hold up Maintain and all writes with it
	idle   atomic.Int64 // the revision that Maintain saw last

	failed context.Context // ends, with the cause, when the store can no longer be trusted
	fail   context.CancelCauseFunc

	mu      sync.Mutex
	opened  bool           // Open returned: from here on a failure goes to Config.Fatal
	told    bool           // Config.Fatal was called
	closing bool           // Close was called
	running sync.WaitGroup // the calls that Close waits for
	over    context.Context
	end     context.CancelFunc // ends over: reads and watches give up
}

var _ store.Store = (*Store)(nil)

// Open opens the store of a data folder, or makes one where nothing was. The folder stays locked until Close.
//
// Its faults are InUse, NewerVersion, NotOurs, ReadOnly and store.Corrupt; after the last one the process should end,
// for the engine may still hold the folder's files.
func Open(ctx context.Context, config Config) (*Store, error) {
	folder, err := claim(config.Dir, readFormat)
	if err != nil {
		return nil, err
	}
	s := newStore(config)
	s.folder = folder
	if err := s.open(ctx); err != nil {
		return nil, errors.Join(err, folder.release())
	}
	s.mu.Lock()
	s.opened = true
	s.mu.Unlock()
	s.quiet.Store(false)
	if err := s.failure(); err != nil { // between ready and opened
		return nil, err
	}
	return s, nil
}

func newStore(config Config) *Store {
	if config.Logger == nil {
		config.Logger = slog.New(slog.DiscardHandler)
	}
	if config.QuotaBytes == 0 {
		config.QuotaBytes = DefaultQuota
	}
	s := &Store{config: config}
	s.quiet.Store(true)
	s.failed, s.fail = context.WithCancelCause(context.Background())
	s.over, s.end = context.WithCancel(context.Background())
	return s
}

// open checks the engine's folder, starts the engine on it, and makes sure that it holds this store.
func (s *Store) open(ctx context.Context) error {
	dir := engineDir(s.config.Dir)
	if !s.folder.marked {
		if err := s.folder.mark(format{incarnation: rand.Text()}); err != nil {
			return err
		}
	}
	if s.folder.format.initialised {
		inspector := engineLogger(s.bridge(), func(err error) { panic(err) })
		finder := s.config.Finder
		if finder == nil {
			finder = nobody{}
		}
		rev, err := inspect(dir, inspector, finder)
		if finder.End(rev, err); err != nil {
			return damaged(s.config.Dir, err)
		}
	} else if err := os.RemoveAll(dir); err != nil {
		// What lies here is of a first start that did not come to its end; nothing in it was ever acknowledged.
		return folderFault(s.config.Dir, "clear unfinished start", err)
	}
	if err := s.run(ctx, dir); err != nil {
		if s.folder.format.initialised && ctx.Err() == nil {
			err = damaged(s.config.Dir, err)
		}
		return err
	}
	if err := s.identify(ctx); err != nil {
		s.stop()
		return err
	}
	return nil
}

// run starts the engine on its folder.
func (s *Store) run(ctx context.Context, dir string) error {
	config := engineConfig(dir, s.config.QuotaBytes, engineLogger(s.bridge(), s.giveUp))
	server, err := start(ctx, s.failed, config)
	if err != nil {
		return err
	}
	s.server, s.client = server, v3client.New(server.Server)
	return nil
}

// identify compares the incarnation in the database with the one in the folder's mark, so that a database of another
// store in its place is found; at the first start it writes both.
func (s *Store) identify(ctx context.Context) error {
	mark := s.folder.format
	if !mark.initialised {
		if _, err := s.client.Put(ctx, incarnationKey, seal(incarnationKey, []byte(mark.incarnation))); err != nil {
			return fmt.Errorf("write incarnation: %w", err)
		}
		mark.initialised = true
		return s.folder.mark(mark)
	}
	answer, err := s.client.Get(ctx, incarnationKey)
	if err != nil {
		return fmt.Errorf("read incarnation: %w", err)
	}
	if len(answer.Kvs) != 1 {
		return corrupt(s.config.Dir, errors.New("the database has no incarnation"))
	}
	found, err := unseal([]byte(incarnationKey), answer.Kvs[0].Value)
	if err != nil || string(found) != mark.incarnation {
		return corrupt(s.config.Dir, errors.New("the database belongs to another store"))
	}
	return nil
}

// Incarnation names this data: a random word that is chosen at the first start and again by Restore. What refers to a
// revision means the revision of one incarnation.
func (s *Store) Incarnation() string { return s.folder.format.incarnation }

func (s *Store) bridge() bridge {
	return bridge{logger: s.config.Logger.With(slog.String("part", "etcd")), quiet: &s.quiet}
}

// giveUp is called where the engine would end the process. It never returns: the engine's goroutine stands still, so
// nothing that waits for it is ever acknowledged.
func (s *Store) giveUp(err error) {
	s.distrust(err)
	select {}
}

// distrust ends the store's service and tells Config.Fatal, once.
func (s *Store) distrust(err error) {
	s.fail(err)
	s.mu.Lock()
	tell := s.opened && !s.told
	s.told = s.told || tell
	s.mu.Unlock()
	if tell && s.config.Fatal != nil {
		s.config.Fatal(context.Cause(s.failed))
	}
}

// failure is the fault of a store that can no longer be trusted.
func (s *Store) failure() error {
	if s.failed.Err() == nil {
		return nil
	}
	return unavailable(context.Cause(s.failed))
}

// enter admits one call. Leave must be called at its end.
func (s *Store) enter() (leave func(), err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.failure(); err != nil {
		return nil, err
	}
	if s.closing {
		return nil, closedFault()
	}
	s.running.Add(1)
	return s.running.Done, nil
}

// bind makes a context that ends with ctx or with any of the others. Release must be called at the end of its use.
func bind(ctx context.Context, others ...context.Context) (bound context.Context, release func()) {
	bound, cancel := context.WithCancel(ctx)
	var stops []func() bool
	for _, other := range others {
		stops = append(stops, context.AfterFunc(other, cancel))
	}
	return bound, func() {
		for _, stop := range stops {
			stop()
		}
		cancel()
	}
}

// Close ends all watches, lets the running calls end, and stops the engine. Closing twice is allowed.
func (s *Store) Close() error {
	s.mu.Lock()
	again := s.closing
	s.closing = true
	s.mu.Unlock()
	s.end()
	if again {
		return s.failure()
	}
	if s.failed.Err() == nil { // a call that failed may be the one that closes, by way of Config.Fatal
		s.running.Wait()
	}
	if err := s.failure(); err != nil {
		return err // the engine stands still, and holds the folder until the process ends
	}
	s.stop()
	if err := s.failure(); err != nil {
		return err
	}
	return s.folder.release()
}

// stop stops the engine, or gives up on it when it fails on the way.
func (s *Store) stop() {
	s.quiet.Store(true)
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		_ = s.client.Close() // always its own cancelled context: there is no connection to close
		s.server.Close()
	}()
	select {
	case <-stopped:
	case <-s.failed.Done():
	}
}
