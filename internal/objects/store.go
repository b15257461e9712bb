package objects

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
)

// Folders beside the spaces; a space is named by a GUID and cannot collide with them.
const (
	uploads = "uploads" // files being written
	trash   = "trash"   // removed spaces on their way out
)

// Guard tells before a write that the disk has no room for it.
type Guard interface {
	// Check fails when nothing more should be written.
	Check() error
}

// Store keeps the objects of all spaces. It is safe for concurrent use.
type Store struct {
	root  *os.Root
	guard Guard
	now   func() time.Time
	last  atomic.Int64 // the highest Version given or found

	mu     sync.Mutex // guards spaces, not what is in them
	spaces map[name.GUID]*space
}

// Open takes the folder dir into use, making it if need be, and clears what an earlier process left half done.
func Open(dir string, guard Guard, now func() time.Time) (*Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make object folder: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open object folder: %w", err)
	}
	s := &Store{root: root, guard: guard, now: now, spaces: map[name.GUID]*space{}}
	if err := s.clear(); err != nil {
		return nil, errors.Join(fmt.Errorf("clear object folder: %w", err), root.Close())
	}
	return s, nil
}

// clear removes uploads that never ended and the rest of removed spaces.
func (s *Store) clear() error {
	for _, folder := range []string{uploads, trash} {
		if err := s.root.RemoveAll(folder); err != nil {
			return err
		}
		if err := s.root.Mkdir(folder, 0o700); err != nil {
			return err
		}
	}
	return syncFolder(s.root, ".")
}

// Close ends the use of the folder. Objects that are open stay readable.
func (s *Store) Close() error { return s.root.Close() }

// syncFolder makes the entries of a folder durable.
func syncFolder(root *os.Root, folder string) error {
	d, err := root.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// fileName is the name of an object's file within its space: every key has one of the same harmless form.
func fileName(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:])
}

// space gives the space of this id, which may not be loaded yet.
func (s *Store) space(id name.GUID) (*space, error) {
	if id.IsZero() {
		return nil, fault.New(fault.Internal, IO, "objects cannot be found now").Because(errors.New("a space without id"))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	sp := s.spaces[id]
	if sp == nil {
		sp = &space{folder: id.String()}
		s.spaces[id] = sp
	}
	return sp, nil
}

// use gives the space with its index loaded.
func (s *Store) use(ctx context.Context, id name.GUID) (*space, error) {
	sp, err := s.space(id)
	if err != nil {
		return nil, err
	}
	return sp, sp.ready(ctx, s)
}

// Get opens an object.
func (s *Store) Get(ctx context.Context, id name.GUID, key string) (*Object, error) {
	sp, err := s.use(ctx, id)
	if err != nil {
		return nil, err
	}
	return sp.openObject(s.root, key)
}

// Head tells what is known of an object.
func (s *Store) Head(ctx context.Context, id name.GUID, key string) (Info, error) {
	sp, err := s.use(ctx, id)
	if err != nil {
		return Info{}, err
	}
	info := sp.current(key)
	if info == nil {
		return Info{}, notFound(key)
	}
	return *info, nil
}

// List gives a part of the space's objects in the byte order of their keys.
func (s *Store) List(ctx context.Context, id name.GUID, q Query) (Page, error) {
	sp, err := s.use(ctx, id)
	if err != nil {
		return Page{}, err
	}
	return sp.list(q)
}

// Delete removes an object for good; it is durable when Delete returns.
func (s *Store) Delete(ctx context.Context, id name.GUID, key string) error {
	return s.DeleteIf(ctx, id, key, nil)
}

// DeleteIf is Delete under a condition.
func (s *Store) DeleteIf(ctx context.Context, id name.GUID, key string, check Check) error {
	sp, err := s.use(ctx, id)
	if err != nil {
		return err
	}
	turn := sp.turn(key)
	turn.Lock()
	defer turn.Unlock()
	old := sp.current(key)
	if old == nil {
		return notFound(key)
	}
	if err := check.holds(old); err != nil {
		return err
	}
	parts, err := sp.listOf(s.root, old)
	if err != nil {
		return err
	}
	if err := sp.remove(s.root, key); err != nil {
		return err
	}
	if err := syncFolder(s.root, sp.folder); err != nil {
		return ioFault(err)
	}
	sp.forget(s.root, old, parts, nil)
	return nil
}

// CloseEmpty closes a space that has no objects, as RemoveSpace would: from then on everything but RemoveSpace refuses it,
// in this process. Nothing of it is on the disk but uploads under way.
func (s *Store) CloseEmpty(ctx context.Context, id name.GUID) error {
	sp, err := s.use(ctx, id)
	if fault.Is(err, SpaceRemoved) {
		return nil // an earlier call closed it
	}
	if err != nil {
		return err
	}
	sp.mu.Lock()
	defer sp.mu.Unlock()
	if len(sp.index) > 0 {
		return fault.New(fault.Conflict, SpaceNotEmpty, "the objects' container is not empty")
	}
	sp.removed = true
	return nil
}

// RemoveSpace removes a space with all its objects. It vanishes at once and for good, even if the process dies right
// after; the files go afterwards, here or at the next start. The id must never be used again; within this process
// everything but RemoveSpace refuses it.
func (s *Store) RemoveSpace(ctx context.Context, id name.GUID) error {
	if err := ctx.Err(); err != nil {
		return interrupted(err)
	}
	sp, err := s.space(id)
	if err != nil {
		return err
	}
	if err := sp.discard(s.root); err != nil {
		return ioFault(err)
	}
	if err := syncFolder(s.root, "."); err != nil {
		return ioFault(err)
	}
	if err := s.root.RemoveAll(filepath.Join(trash, sp.folder)); err != nil {
		return ioFault(err)
	}
	return nil
}
