package objects

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
)

// Part is a part that waits to be assembled, or that an object was assembled from.
type Part struct {
	Key    string    `json:"key"` // of the object that it is meant for
	ID     string    `json:"id"`  // unique within the upload; a part that comes again replaces the one before
	Size   int64     `json:"size"`
	MD5    string    `json:"md5"`    // hex
	SHA256 string    `json:"sha256"` // hex
	Staged time.Time `json:"staged"`

	Checksum *Checksum `json:"checksum,omitempty"`
}

// PartUpload is a part to be stored.
type PartUpload struct {
	Upload        // Meta and the conditions of creation mean nothing here; Check is asked
	ID     string // its name
	// EqualIDs asks that the names of all parts which wait are equally long.
	EqualIDs bool
	// Own is the upload that Begin opened; empty is the key's.
	Own string
}

// uploading is an upload under way: a folder with a marker, and the parts in it. The marker goes when the upload ends,
// after the object's file names it as ended; from then on the folder holds what objects refer to, and nothing else.
type uploading struct {
	id     string
	key    string
	opened time.Time
	parts  map[string]Part // guarded by the key's turn
	own    *Pending        // of one that Begin opened; nil for the key's
}

// openMarker is the file that says that an upload is open, described by uploadRecord.
const openMarker = "open"

type uploadRecord struct {
	Key    string    `json:"key"`
	Opened time.Time `json:"opened"`
	Own    *Pending  `json:"own,omitempty"`
}

// Stage stores a part of the key's upload, which begins with its first part. The part is durable when Stage returns, and
// nothing of it shows until Assemble names it. Parts that nobody assembles are swept: see Sweep.
func (s *Store) Stage(ctx context.Context, up PartUpload) (Part, error) {
	if err := errors.Join(checkKey(up.Key), checkPartID(up.ID)); err != nil {
		return Part{}, fault.From(err)
	}
	sp, err := s.use(ctx, up.Space)
	if err != nil {
		return Part{}, err
	}
	if err := up.Check.holds(sp.current(up.Key)); err != nil {
		return Part{}, err
	}
	if err := s.checkSpace(); err != nil {
		return Part{}, err
	}
	var part Part
	staged, err := s.stage(func(f io.Writer) error {
		got, err := s.receive(ctx, f, up.Upload)
		if err != nil {
			return err
		}
		part = Part{Key: up.Key, ID: up.ID, Size: got.size, MD5: got.md5, SHA256: got.sha256, Staged: s.now().UTC(), Checksum: up.checksum()}
		return ioFault(appendTrailer(f, partMagic, part))
	})
	if err == nil {
		err = s.addPart(sp, staged, up, part)
	}
	if err = s.settle(staged, err); err != nil {
		return Part{}, err
	}
	return part, nil
}

func checkPartID(id string) error {
	if id == "" || len(id) > MaxPartID {
		return fault.New(fault.Invalid, PartInvalid, "a part's name has 1 to %d bytes", MaxPartID)
	}
	return nil
}

// addPart puts a staged part into the key's upload.
func (s *Store) addPart(sp *space, staged string, up PartUpload, part Part) error {
	turn := sp.turn(part.Key)
	turn.Lock()
	defer turn.Unlock()
	if err := up.Check.holds(sp.current(part.Key)); err != nil {
		return err
	}
	u, err := s.uploadFor(sp, up)
	if err != nil {
		return err
	}
	if err := u.fits(up); err != nil {
		return err
	}
	to := sp.partFile(piece{Upload: u.id, ID: part.ID})
	if err := sp.rename(s.root, filepath.Join(uploads, staged), to); err != nil {
		return err
	}
	if err := syncFolder(s.root, filepath.Dir(to)); err != nil {
		return ioFault(err)
	}
	u.parts[part.ID] = part
	return nil
}

// uploadFor gives the upload that a part is meant for; the key's begins with its first part. The caller has the turn.
func (s *Store) uploadFor(sp *space, up PartUpload) (*uploading, error) {
	if up.Own != "" {
		return sp.ownUpload(up.Own, up.Key)
	}
	if u := sp.upload(up.Key); u != nil {
		return u, nil
	}
	return s.begin(sp, &uploading{key: up.Key})
}

// fits bounds the parts that wait.
func (u *uploading) fits(up PartUpload) error {
	if _, again := u.parts[up.ID]; !again && len(u.parts) >= MaxParts {
		return fault.New(fault.Conflict, TooManyParts, "%d parts wait already", MaxParts)
	}
	for id := range u.parts {
		if up.EqualIDs && len(id) != len(up.ID) {
			return fault.New(fault.Invalid, PartInvalid, "the names of all parts must be equally long")
		}
		break
	}
	return nil
}

// upload gives the key's open upload; nil if there is none.
func (sp *space) upload(key string) *uploading {
	sp.mu.RLock()
	defer sp.mu.RUnlock()
	return sp.open[key]
}

// rename moves a file into the space, unless the space was removed.
func (sp *space) rename(root *os.Root, from, to string) error {
	sp.mu.RLock()
	defer sp.mu.RUnlock()
	if sp.removed {
		return spaceRemoved()
	}
	return ioFault(root.Rename(from, to))
}

// begin opens an upload. The caller has the key's turn.
func (s *Store) begin(sp *space, u *uploading) (*uploading, error) {
	u.id, u.opened, u.parts = rand.Text(), s.now().UTC(), map[string]Part{}
	staged, err := s.stage(func(f io.Writer) error {
		return ioFault(appendTrailer(f, uploadMagic, uploadRecord{Key: u.key, Opened: u.opened, Own: u.own}))
	})
	if err == nil {
		err = s.openUpload(sp, u, staged)
	}
	return u, s.settle(staged, err)
}

// openUpload makes the upload's folder with its marker durable, then known.
func (s *Store) openUpload(sp *space, u *uploading, staged string) error {
	sp.mu.Lock()
	defer sp.mu.Unlock()
	if sp.removed {
		return spaceRemoved()
	}
	if err := sp.makeFolder(s.root); err != nil {
		return ioFault(err)
	}
	all := filepath.Join(sp.folder, partsFolder)
	own := filepath.Join(all, u.id)
	if err := s.root.MkdirAll(own, 0o700); err != nil {
		return ioFault(err)
	}
	if err := s.root.Rename(filepath.Join(uploads, staged), filepath.Join(own, openMarker)); err != nil {
		return ioFault(err)
	}
	for _, folder := range []string{own, all, sp.folder} {
		if err := syncFolder(s.root, folder); err != nil {
			return ioFault(err)
		}
	}
	if u.own != nil {
		sp.own[u.id] = u
	} else {
		sp.open[u.key] = u
	}
	return nil
}

// end closes an upload, if there is one, and removes the parts that were not taken. The caller has the turn.
func (sp *space) end(root *os.Root, u *uploading, taken []piece) error {
	if u == nil {
		return nil
	}
	if err := sp.close(root, u); err != nil {
		return err
	}
	kept := make(map[piece]bool, len(taken))
	for _, p := range taken {
		kept[p] = true
	}
	var files []string
	for id, part := range u.parts {
		if p := (piece{Upload: u.id, ID: id, Size: part.Size}); !kept[p] {
			files = append(files, sp.partFile(p))
		}
	}
	removeParts(root, files)
	return nil
}

// close takes the marker of an upload away, durably.
func (sp *space) close(root *os.Root, u *uploading) error {
	sp.mu.Lock()
	if u.own != nil {
		delete(sp.own, u.id)
	} else {
		delete(sp.open, u.key)
	}
	sp.mu.Unlock()
	folder := filepath.Join(sp.folder, partsFolder, u.id)
	if err := gone(root.Remove(filepath.Join(folder, openMarker))); err != nil {
		return err
	}
	return gone(syncFolder(root, folder))
}

// Parts gives the parts that the object was assembled from, in their order, and those that wait, in the order of their
// names. info is nil if there is no object; the parts may wait all the same.
func (s *Store) Parts(ctx context.Context, id name.GUID, key string) (info *Info, assembled, waiting []Part, err error) {
	sp, err := s.use(ctx, id)
	if err != nil {
		return nil, nil, nil, err
	}
	turn := sp.turn(key)
	turn.Lock()
	defer turn.Unlock()
	info = sp.current(key)
	list, err := sp.listOf(s.root, info)
	if err != nil {
		return nil, nil, nil, err
	}
	for _, p := range list {
		assembled = append(assembled, Part{Key: key, ID: p.ID, Size: p.Size})
	}
	if u := sp.upload(key); u != nil {
		for _, p := range u.parts {
			waiting = append(waiting, p)
		}
	}
	slices.SortFunc(waiting, func(a, b Part) int { return strings.Compare(a.ID, b.ID) })
	return info, assembled, waiting, nil
}

// last is when the upload was last worked on.
func (u *uploading) last() time.Time {
	last := u.opened
	for _, p := range u.parts {
		if p.Staged.After(last) {
			last = p.Staged
		}
	}
	return last
}

// Sweep removes the parts of uploads on which nobody has worked since before.
func (s *Store) Sweep(ctx context.Context, before time.Time) error {
	entries, err := s.spaceFolders()
	if err != nil {
		return ioFault(err)
	}
	for _, id := range entries {
		sp, err := s.use(ctx, id)
		if fault.Is(err, SpaceRemoved) {
			continue
		}
		if err != nil {
			return err
		}
		for _, u := range sp.uploads() {
			if err := s.sweepOne(sp, u, before); err != nil {
				return ioFault(err)
			}
		}
	}
	return nil
}

func (s *Store) sweepOne(sp *space, u *uploading, before time.Time) error {
	turn := sp.turn(u.key)
	turn.Lock()
	defer turn.Unlock()
	if !sp.isOpen(u) || !u.last().Before(before) {
		return nil
	}
	return sp.end(s.root, u, nil)
}

// uploads gives the open uploads of a space.
func (sp *space) uploads() []*uploading {
	sp.mu.RLock()
	defer sp.mu.RUnlock()
	return slices.AppendSeq(slices.Collect(maps.Values(sp.open)), maps.Values(sp.own))
}

// spaceFolders gives the spaces in which there ever was a part.
func (s *Store) spaceFolders() ([]name.GUID, error) {
	d, err := s.root.Open(".")
	if err != nil {
		return nil, err
	}
	names, err := d.Readdirnames(-1)
	if err := errors.Join(err, d.Close()); err != nil {
		return nil, err
	}
	var all []name.GUID
	for _, n := range names {
		id, err := name.ParseGUID(n)
		if err != nil {
			continue // uploads and trash
		}
		if _, err := s.root.Stat(filepath.Join(n, partsFolder)); err == nil {
			all = append(all, id)
		}
	}
	return all, nil
}
