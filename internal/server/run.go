package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"
)

// ErrFatal is how Run ends when the store or the ledger failed for good. The process must end with exit code 70
// (EX_SOFTWARE) and be started again: what they hold is decided when they are opened.
var ErrFatal = errors.New("the store failed")

// shutdownTime is how long requests that run may take to end.
const shutdownTime = 10 * time.Second

// Run serves until ctx ends or the store fails, then stops in order: no new requests, running ones to their end, loops,
// keepers. Everything that was promised is on the disk when it returns.
func (s *Server) Run(ctx context.Context) error {
	loops, stop := context.WithCancel(context.WithoutCancel(ctx))
	easeCollection(garbage, mostPercent)
	var running sync.WaitGroup
	for _, loop := range s.loops() {
		running.Go(func() { loop.run(loops) })
	}
	broken := make(chan error, len(s.starts))
	for _, start := range s.starts {
		running.Go(func() {
			if err := start(); !errors.Is(err, http.ErrServerClosed) {
				broken <- err
			}
		})
	}
	var why error
	select {
	case <-ctx.Done():
	case err := <-s.fatal:
		why = fmt.Errorf("%w: %w", ErrFatal, err)
		s.log.LogAttrs(ctx, slog.LevelError, "the store failed: nothing is issued any more", slog.String("cause", err.Error()))
	case why = <-broken:
	}
	close(s.draining)
	s.shutdown(context.WithoutCancel(ctx))
	stop()
	running.Wait()
	s.lastSnapshot(context.WithoutCancel(ctx))
	return errors.Join(why, s.close())
}

func (s *Server) shutdown(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, shutdownTime)
	defer cancel()
	var all sync.WaitGroup
	for _, srv := range s.servers {
		all.Go(func() {
			if err := srv.Shutdown(ctx); err != nil {
				_ = srv.Close() // whoever still streams is cut off
			}
		})
	}
	all.Wait()
}

// loop is work that is done now and then while the server runs.
type loop struct {
	name  string
	every time.Duration
	do    func(context.Context) error
	log   *slog.Logger
}

// loops is the list of them.
func (s *Server) loops() []loop {
	return []loop{
		{"fetch issuers' keys", 15 * time.Second, func(ctx context.Context) error { return s.verifier.Refresh(ctx, s.View()) }, s.log},
		{"let garbage lie", 2 * time.Second, func(context.Context) error { easeCollection(garbage, mostPercent); return nil }, s.log},
		{"turn keys over", time.Hour, s.ring.Maintain, s.log},
		{"read the own certificate again", time.Minute, s.reloadCertificate, s.log},
		{"give space back", 5 * time.Minute, func(ctx context.Context) error { _, err := s.store.Maintain(ctx); return err }, s.log},
		{"sweep parts that nobody assembled", time.Hour, s.sweepParts, s.log},
		{"write a snapshot", s.cfg.SnapshotEvery, s.snapshot, s.log},
	}
}

// run does the work until ctx ends. A failure is logged and tried again at the next time: none of these loops is needed
// for the next request, and readiness says what is broken.
func (l loop) run(ctx context.Context) {
	tick := time.NewTicker(l.every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := l.do(ctx); err != nil && ctx.Err() == nil {
				l.log.LogAttrs(ctx, slog.LevelError, l.name, slog.String("cause", err.Error()))
			}
		}
	}
}

// keepParts is how long parts wait to be assembled: as long as Blob Storage keeps blocks that no list names.
const keepParts = 7 * 24 * time.Hour

func (s *Server) sweepParts(ctx context.Context) error {
	return s.objects.Sweep(ctx, s.now().Add(-keepParts))
}

// keepSnapshots is how many automatic snapshots stay.
const keepSnapshots = 8

func (s *Server) snapshot(ctx context.Context) error {
	if err := s.guard.Check(); err != nil {
		return err
	}
	_, err := s.store.WriteSnapshot(ctx, s.now(), keepSnapshots)
	return err
}

// lastSnapshot is written at an orderly stop, so that there is one however short the server ran.
func (s *Server) lastSnapshot(ctx context.Context) {
	if s.failed.Load() != nil {
		return
	}
	if err := s.snapshot(ctx); err != nil {
		s.log.LogAttrs(ctx, slog.LevelWarn, "no snapshot at the stop", slog.String("cause", err.Error()))
	}
}

func (s *Server) reloadCertificate(context.Context) error {
	if s.ownCert == nil {
		return nil
	}
	changed, err := s.ownCert.Reload()
	if err != nil || !changed {
		return err
	}
	return s.writeBundles()
}
