package objects

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
)

// Pending is an upload that Begin opened: one of several that a key may have beside each other, each with an id.
type Pending struct {
	ID     string    `json:"-"`
	Key    string    `json:"-"`
	Opened time.Time `json:"-"`
	Meta   Meta      `json:"meta,omitzero"`  // for the object that will be
	Note   string    `json:"note,omitempty"` // the opener's, given back untouched
}

// Begin opens an upload for p.Key and gives its id, which cannot be guessed. It is durable when Begin returns. Assemble,
// Abandon or Sweep end it.
func (s *Store) Begin(ctx context.Context, id name.GUID, p Pending) (string, error) {
	if err := checkKey(p.Key); err != nil {
		return "", err
	}
	if err := checkMeta(p.Meta); err != nil {
		return "", err
	}
	sp, err := s.use(ctx, id)
	if err != nil {
		return "", err
	}
	if err := s.checkSpace(); err != nil {
		return "", err
	}
	u, err := s.begin(sp, &uploading{key: p.Key, own: &p})
	if err != nil {
		return "", err
	}
	return u.id, nil
}

// Pending gives an upload that Begin opened, with its parts in the order of their names.
func (s *Store) Pending(ctx context.Context, id name.GUID, key, upload string) (Pending, []Part, error) {
	sp, err := s.use(ctx, id)
	if err != nil {
		return Pending{}, nil, err
	}
	turn := sp.turn(key)
	turn.Lock()
	defer turn.Unlock()
	u, err := sp.ownUpload(upload, key)
	if err != nil {
		return Pending{}, nil, err
	}
	parts := slices.SortedFunc(maps.Values(u.parts), func(a, b Part) int { return strings.Compare(a.ID, b.ID) })
	return u.pending(), parts, nil
}

// AllPending gives the uploads of a space that Begin opened, in the order of their keys, then of their age.
func (s *Store) AllPending(ctx context.Context, id name.GUID) ([]Pending, error) {
	sp, err := s.use(ctx, id)
	if err != nil {
		return nil, err
	}
	sp.mu.RLock()
	defer sp.mu.RUnlock()
	all := make([]Pending, 0, len(sp.own))
	for _, u := range sp.own {
		all = append(all, u.pending())
	}
	slices.SortFunc(all, func(a, b Pending) int {
		if by := strings.Compare(a.Key, b.Key); by != 0 {
			return by
		}
		if by := a.Opened.Compare(b.Opened); by != 0 {
			return by
		}
		return strings.Compare(a.ID, b.ID)
	})
	return all, nil
}

// Abandon ends an upload that Begin opened; its parts are gone.
func (s *Store) Abandon(ctx context.Context, id name.GUID, key, upload string) error {
	sp, err := s.use(ctx, id)
	if err != nil {
		return err
	}
	turn := sp.turn(key)
	turn.Lock()
	defer turn.Unlock()
	u, err := sp.ownUpload(upload, key)
	if err != nil {
		return err
	}
	return ioFault(sp.end(s.root, u, nil))
}

// pending describes an upload that Begin opened.
func (u *uploading) pending() Pending {
	p := *u.own
	p.ID, p.Key, p.Opened = u.id, u.key, u.opened
	return p
}

// ownUpload finds an upload that Begin opened for this very key.
func (sp *space) ownUpload(id, key string) (*uploading, error) {
	sp.mu.RLock()
	defer sp.mu.RUnlock()
	u := sp.own[id]
	if u == nil || u.key != key {
		return nil, fault.New(fault.NotFound, UploadMissing, "no upload of this id is under way for this key")
	}
	return u, nil
}

// isOpen tells whether an upload is still under way.
func (sp *space) isOpen(u *uploading) bool {
	sp.mu.RLock()
	defer sp.mu.RUnlock()
	return u.own != nil && sp.own[u.id] == u || u.own == nil && sp.open[u.key] == u
}
