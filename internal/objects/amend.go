package objects

import (
	"context"
	"io"

	"github.com/lanyard-id/lanyard/internal/name"
)

// SetMeta replaces an object's metadata by what change makes of the object as it is. It is durable when SetMeta returns.
// The content is not touched; Version and LastModified are new.
func (s *Store) SetMeta(ctx context.Context, id name.GUID, key string, change func(now Info) (Meta, error)) (Info, error) {
	return s.amend(ctx, id, key, func(info *Info) error {
		meta, err := change(*info)
		if err != nil {
			return err
		}
		if err := checkMeta(meta); err != nil {
			return err
		}
		info.Meta, info.LastModified = meta, s.now().UTC()
		info.Version = s.version(info.LastModified)
		return nil
	})
}

// SetTags replaces an object's tags by what change makes of the object as it is. It is durable when SetTags returns. Version
// and LastModified stay: on S3, whose they are, tags are no change of the object.
func (s *Store) SetTags(ctx context.Context, id name.GUID, key string, change func(now Info) (map[string]string, error)) error {
	_, err := s.amend(ctx, id, key, func(info *Info) (err error) {
		if info.Tags, err = change(*info); err != nil {
			return err
		}
		info.Tagged = true
		return checkTags(info.Tags)
	})
	return err
}

// SetLease replaces what is kept of an object's lease by what change makes of it; nil is none. It is durable when SetLease
// returns. Version and LastModified stay: a lease is no change of the object.
func (s *Store) SetLease(ctx context.Context, id name.GUID, key string, change func(now Info) (*Lease, error)) (Info, error) {
	return s.amend(ctx, id, key, func(info *Info) (err error) {
		info.Lease, err = change(*info)
		return err
	})
}

// amend writes a note with a new description. The note names the content that it belongs to, so that it means nothing once
// the content was replaced.
func (s *Store) amend(ctx context.Context, id name.GUID, key string, change func(*Info) error) (Info, error) {
	sp, err := s.use(ctx, id)
	if err != nil {
		return Info{}, err
	}
	turn := sp.turn(key)
	turn.Lock()
	defer turn.Unlock()
	old := sp.current(key)
	if old == nil {
		return Info{}, notFound(key)
	}
	info := *old
	if err := change(&info); err != nil {
		return Info{}, err
	}
	if err := s.checkSpace(); err != nil {
		return Info{}, err
	}
	staged, err := s.stage(func(f io.Writer) error { return ioFault(appendTrailer(f, noteMagic, info)) })
	if err == nil {
		err = s.note(sp, staged, &info)
	}
	if err = s.settle(staged, err); err != nil {
		return Info{}, err
	}
	return info, nil
}

// note puts a staged note in its place.
func (s *Store) note(sp *space, staged string, info *Info) error {
	if err := sp.makeNotes(s.root); err != nil {
		return err
	}
	to := sp.noteFile(info.Key)
	if err := sp.place(s.root, staged, to, info); err != nil {
		return err
	}
	return ioFault(syncFolder(s.root, sp.notes()))
}
