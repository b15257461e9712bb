package server

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"time"

	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/authn"
	"github.com/lanyard-id/lanyard/internal/credential"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/disk"
	"github.com/lanyard-id/lanyard/internal/federation"
	"github.com/lanyard-id/lanyard/internal/keyring"
	"github.com/lanyard-id/lanyard/internal/mint"
	"github.com/lanyard-id/lanyard/internal/objects"
	"github.com/lanyard-id/lanyard/internal/requestid"
	"github.com/lanyard-id/lanyard/internal/store/etcd"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web"
)

// Version is what the binary calls itself.
const Version = "0.1.0-dev"

// Server is the running process: the keepers, the services over them, and the doors on their listeners.
type Server struct {
	cfg  Config
	log  *slog.Logger
	now  func() time.Time
	node requestid.Node

	// keepers
	store   *etcd.Store
	guard   *disk.Guard
	ballast *disk.Ballast
	audit   *audit.Log
	dir     *directory.Directory
	ring    *keyring.Ring
	objects *objects.Store

	// services
	tokens   *credential.Tokens
	authn    *authn.Authenticator
	verifier *federation.Verifier
	mint     *mint.Mint

	metrics  *metrics
	open     listeners
	servers  []*http.Server
	starts   []func() error // one for each server
	getCert  func(*tls.ClientHelloInfo) (*tls.Certificate, error)
	ownCert  *keyring.Pair // nil: the private authority's
	failed   atomic.Pointer[error]
	fatal    chan error
	stopping []func() error // undone in reverse order
	draining chan struct{}  // closed when the stop begins: nobody waits for news any longer

	records directory.Config // the directory to be: its records are read while the store opens
	first   bool             // this start made the installation
	dirDone chan error
}

// New opens everything in the order in which it depends on each other and mounts the doors. Nothing is answered before
// Run. After an error everything that was opened is closed again.
func New(ctx context.Context, cfg Config, log *slog.Logger) (*Server, error) {
	if err := cfg.Complete(); err != nil {
		return nil, err
	}
	defer easeLoading()()
	s := &Server{cfg: cfg, log: log, now: time.Now, node: requestid.RandomNode(), fatal: make(chan error, 1), draining: make(chan struct{}), metrics: newMetrics()}
	for _, step := range []func(context.Context) error{
		s.openStore, s.openDisk, s.openAudit, s.openDirectory, s.openKeys, s.openObjects, s.makeServices, s.mountDoors,
	} {
		if err := step(ctx); err != nil {
			return nil, errors.Join(err, s.close())
		}
	}
	return s, nil
}

// close undoes what was opened, the last first.
func (s *Server) close() error {
	var errs []error
	for _, stop := range slices.Backward(s.stopping) {
		errs = append(errs, stop())
	}
	s.stopping = nil
	return errors.Join(errs...)
}

func (s *Server) later(undo func() error) { s.stopping = append(s.stopping, undo) }

// fail stops issuing for good: the store does not know what it holds. Run ends with ErrFatal.
func (s *Server) fail(err error) {
	if s.failed.CompareAndSwap(nil, &err) {
		s.fatal <- err
	}
}

// openStore opens the store. What it finds on the disk is read into records while its engine starts.
func (s *Server) openStore(ctx context.Context) (err error) {
	s.store, err = etcd.Open(ctx, etcd.Config{
		Dir: s.cfg.Data, Logger: s.log.With(slog.String("part", "store")), Fatal: s.fail, Finder: &s.records.Loading,
	})
	if err == nil {
		s.later(s.store.Close)
	}
	return err
}

// openDisk sets up the guard. The ballast is taken while there is room for it: on a full disk the server starts without.
func (s *Server) openDisk(ctx context.Context) error {
	s.guard = disk.NewGuard(s.cfg.Data, s.now)
	s.ballast = disk.NewBallast(filepath.Join(s.cfg.Data, ballastFile), disk.DefaultBallast)
	if s.guard.Below() {
		return nil
	}
	if err := s.ballast.Fill(); err != nil {
		s.log.LogAttrs(ctx, slog.LevelWarn, "no ballast", slog.String("cause", err.Error()))
	}
	return nil
}

// dropBallast gives the ballast up and tells whether that gave any room.
func (s *Server) dropBallast() bool {
	held, err := s.ballast.Held()
	return err == nil && held && s.ballast.Release() == nil
}

func (s *Server) openAudit(context.Context) (err error) {
	s.audit, err = audit.Open(filepath.Join(s.cfg.Data, auditFolder), audit.Options{
		Now: s.now, Node: s.node, Ballast: s.dropBallast, LedgerKeep: s.cfg.LedgerKeep, LedgerBytes: s.cfg.LedgerBytes, Fatal: s.fail,
	})
	if err == nil {
		s.later(s.audit.Close)
	}
	return err
}

// openDirectory loads the records, starts the writer loop and makes the installation if there is none. The listeners
// come first at a first start, because their addresses become the public URLs.
func (s *Server) openDirectory(ctx context.Context) (err error) {
	s.records.Ledger = s.audit
	s.records.Store, s.records.Now, s.records.Logger, s.records.Fatal = s.store, s.now, s.log, s.fail
	s.dir, err = directory.Open(ctx, s.records)
	s.records = directory.Config{} // it would hold the first View for ever
	if err != nil {
		return err
	}
	loop, stop := context.WithCancel(context.WithoutCancel(ctx))
	s.dirDone = make(chan error, 1)
	go func() { s.dirDone <- s.dir.Run(loop) }()
	s.later(func() error { stop(); return <-s.dirDone })

	if inst := s.dir.View().Installation(); inst != nil {
		if inst.Store != s.store.Incarnation() { // another store than the one that this was written in: it was restored
			if _, err := s.dir.Do(ctx, func(e *directory.Edit) error { return e.Restored(s.store.Incarnation()) }); err != nil {
				return err
			}
		}
		return s.listenAgain(ctx, inst)
	}
	var urls map[string]string
	if s.open, urls, err = listenFresh(ctx, s.cfg); err != nil {
		return err
	}
	s.later(s.closeListeners)
	s.first = true
	_, err = s.dir.Do(ctx, func(e *directory.Edit) error {
		_, err := e.Bootstrap(directory.BootstrapSpec{URLs: urls, Store: s.store.Incarnation()})
		return err
	})
	return err
}

// listenAgain opens the listeners of an installation that exists, and stores the URLs of doors that are newer than it.
func (s *Server) listenAgain(ctx context.Context, inst *view.Installation) (err error) {
	var added map[string]string
	if s.open, added, err = listenAgain(ctx, s.cfg, inst.URLs); err != nil {
		return err
	}
	s.later(s.closeListeners)
	if len(added) > 0 {
		if _, err = s.dir.Do(ctx, func(e *directory.Edit) error { return e.AddURLs(added) }); err != nil {
			return err
		}
	}
	for more := true; more && err == nil; { // what was made by an older Lanyard lacks the audiences that came since
		_, err = s.dir.Do(ctx, func(e *directory.Edit) (err error) { more, err = e.FillHouse(); return err })
	}
	return err
}

func (s *Server) closeListeners() error { s.open.close(); return nil }

func (s *Server) openKeys(ctx context.Context) (err error) {
	inst := s.dir.View().Installation()
	home, _ := os.UserHomeDir() // without one, root's folder or $XDG_CONFIG_HOME is used
	s.ring, err = keyring.Open(ctx, keyring.Config{
		Store: s.store, StoreID: inst.StoreID.String(), DataDir: s.cfg.Data, Hosts: hostsOf(inst.URLs), Now: s.now,
		KEKPath: keyring.KEKPlace{
			Root: os.Geteuid() == 0, CredentialsDir: os.Getenv("CREDENTIALS_DIRECTORY"),
			ConfigHome: os.Getenv("XDG_CONFIG_HOME"), Home: home,
		}.Path(inst.StoreID.String()),
	})
	if err != nil {
		return err
	}
	s.getCert = s.ring.GetCertificate
	if s.cfg.Certificate != "" {
		if s.ownCert, err = keyring.LoadPair(s.cfg.Certificate, s.cfg.Key); err != nil {
			return err
		}
		s.getCert = s.ownCert.GetCertificate
	}
	return s.writeBundles()
}

func (s *Server) openObjects(context.Context) (err error) {
	s.objects, err = objects.Open(filepath.Join(s.cfg.Data, objectsFolder), s.guard, s.now)
	if err == nil {
		s.later(s.objects.Close)
	}
	return err
}

func (s *Server) makeServices(context.Context) error {
	lives := mint.DefaultLives()
	if s.cfg.TokenLifetime > 0 {
		lives.Token = s.cfg.TokenLifetime
	}
	s.tokens = &credential.Tokens{Keys: s.ring}
	s.authn = authn.New(s.tokens, s.ring, s.now)
	s.verifier = &federation.Verifier{Own: s.tokens, Now: s.now, Began: s.now()}
	s.mint = &mint.Mint{Keys: s.ring, Ledger: s.audit, Lives: lives, Now: s.now}
	return nil
}

// View is the current state.
func (s *Server) View() *view.View { return s.dir.View() }

// ended is closed when tokens have ended.
func (s *Server) ended() <-chan struct{} { return s.dir.Ended() }

// First tells whether this start made the installation.
func (s *Server) First() bool { return s.first }

// KEKPath is the file with the key encryption key; Fresh tells whether this start made it.
func (s *Server) KEKPath() (path string, fresh bool) { return s.ring.KEKPath(), s.ring.Fresh() }

// house is what every door gets: ids, clock, log, metrics and the audit.
func (s *Server) house() web.Config {
	return web.Config{
		IDs: func() string { return requestid.New(s.now(), s.node).String() },
		Now: s.now, Log: s.log, Observer: s.metrics, Witness: s.audit, Proxies: s.cfg.TrustedProxies,
		MaxInFlight: share(descriptors()), Patience: func() time.Time { return time.Now().Add(stall) },
	}
}
