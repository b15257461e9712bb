package etcd

import (
	"context"
	"fmt"

	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/store"
)

// minDefrag is the size below which a database is never rewritten: there is little to win.
const minDefrag = 64 << 20

// Status tells revision and sizes.
func (s *Store) Status(ctx context.Context) (store.Status, error) {
	leave, err := s.enter()
	if err != nil {
		return store.Status{}, err
	}
	defer leave()
	if err := ctx.Err(); err != nil {
		return store.Status{}, err
	}
	backend := s.server.Server.Backend()
	return store.Status{
		Rev:          s.server.Server.KV().Rev(),
		CompactedRev: s.compactedRev(),
		SizeBytes:    backend.Size(),
		InUseBytes:   backend.SizeInUse(),
		QuotaBytes:   s.config.QuotaBytes,
	}, nil
}

// compactedRev is the revision up to which history was dropped, 0 for none.
func (s *Store) compactedRev() int64 {
	return max(s.server.Server.KV().FirstRev(), 0)
}

// Compact drops the history before rev and waits until that is done. The store does it by itself after ten minutes.
func (s *Store) Compact(ctx context.Context, rev int64) error {
	leave, err := s.enter()
	if err != nil {
		return err
	}
	defer leave()
	if newest := s.server.Server.KV().Rev(); rev <= s.compactedRev() || rev > newest {
		return fault.New(fault.Invalid, store.Invalid, "revision %d cannot be compacted", rev)
	}
	bound, release := bind(ctx, s.failed, s.over)
	defer release()
	if _, err := s.client.Compact(bound, rev, clientv3.WithCompactPhysical()); err != nil {
		return s.readFault(ctx, err)
	}
	return nil
}

// Maintain rewrites the database file if more than half of it is empty and nothing was written since the call before,
// and says how many bytes that gave back to the disk. All reads and writes wait meanwhile, about a second for each
// 100 MB in use. The server calls it every few minutes.
func (s *Store) Maintain(ctx context.Context) (freed int64, err error) {
	leave, err := s.enter()
	if err != nil {
		return 0, err
	}
	defer leave()
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	engine := s.server.Server
	rev := engine.KV().Rev()
	before := engine.Backend().Size()
	if s.idle.Swap(rev) != rev || before < minDefrag || before <= 2*engine.Backend().SizeInUse() {
		return 0, nil
	}
	if !s.copies.TryLock() { // later: it would wait for the snapshot, and every write for it
		return 0, nil
	}
	defer s.copies.Unlock()
	s.defrag.Lock()
	defer s.defrag.Unlock()
	if err := engine.Backend().Defrag(); err != nil {
		return 0, fmt.Errorf("rewrite database: %w", err)
	}
	return before - engine.Backend().Size(), nil
}
