package objects

import (
	"context"
	"crypto/md5" //nolint:gosec // an ETag, not a security measure
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
)

// Source says where a part of an assembly is looked for.
type Source uint8

// The sources.
const (
	Latest    Source = iota // among those that wait, then among those of the object
	Waiting                 // only among those that wait
	Assembled               // only among those of the object
)

// Choice names one part of an assembly.
type Choice struct {
	ID   string
	From Source
}

// Assembly is an object to be made of parts that are there.
type Assembly struct {
	Space name.GUID
	Key   string
	Meta  Meta
	Parts []Choice // in this order; a part may stand several times
	Check Check    // asked in one step with the write
	// Own is the upload that Begin opened and whose parts alone are meant; empty is the key's.
	Own string
	// Judge is asked in the same step about the chosen parts, in their order, and gives the checksum of the whole. nil is no
	// objection and no checksum.
	Judge func(parts []Part) (*Checksum, error)
}

// piece is a part in the list of an assembled object.
type piece struct {
	Upload string `json:"u"`
	ID     string `json:"i"`
	Size   int64  `json:"n"`
}

// Assemble makes the parts the key's object, in one step, without touching their bytes, and ends the upload: parts that
// wait and were not chosen are gone. The ETag is the MD5 of the parts' MD5s, a dash and their number, as S3 has it.
func (s *Store) Assemble(ctx context.Context, a Assembly) (Info, error) {
	if err := checkKey(a.Key); err != nil {
		return Info{}, err
	}
	if err := checkMeta(a.Meta); err != nil {
		return Info{}, err
	}
	if len(a.Parts) > MaxParts {
		return Info{}, fault.New(fault.Invalid, PartMissing, "an object has at most %d parts", MaxParts)
	}
	sp, err := s.use(ctx, a.Space)
	if err != nil {
		return Info{}, err
	}
	if err := s.checkSpace(); err != nil {
		return Info{}, err
	}
	turn := sp.turn(a.Key)
	turn.Lock()
	defer turn.Unlock()
	old := sp.current(a.Key)
	if err := a.Check.holds(old); err != nil {
		return Info{}, err
	}
	from := sp.upload(a.Key)
	if a.Own != "" {
		if from, err = sp.ownUpload(a.Own, a.Key); err != nil {
			return Info{}, err
		}
	}
	pieces, err := s.choose(sp, a, old, from)
	if err != nil {
		return Info{}, err
	}
	sum, err := a.judge(from, pieces)
	if err != nil {
		return Info{}, err
	}
	got, err := s.joined(sp, pieces)
	if err != nil {
		return Info{}, err
	}
	info := s.describe(sp, Upload{Key: a.Key, Meta: a.Meta, ends: from}, old, got)
	info.Checksum = sum
	info.Parts = len(pieces)
	staged, err := s.stage(func(f io.Writer) error {
		if info.Parts == 0 { // of nothing: an object without content
			return ioFault(appendTrailer(f, objectMagic, info))
		}
		return ioFault(errors.Join(appendTrailer(f, listMagic, pieces), appendTrailer(f, objectMagic, info)))
	})
	if err == nil {
		err = s.replace(sp, replacement{staged: staged, info: &info, pieces: pieces, ends: from, admit: a.Check.holds})
	}
	if err = s.settle(staged, err); err != nil {
		return Info{}, err
	}
	return info, nil
}

// judge asks about the parts, all of which wait.
func (a *Assembly) judge(u *uploading, pieces []piece) (*Checksum, error) {
	if a.Judge == nil {
		return nil, nil //nolint:nilnil // nobody asked for one
	}
	parts := make([]Part, len(pieces))
	for i, p := range pieces {
		parts[i] = u.parts[p.ID]
	}
	return a.Judge(parts)
}

// choose finds the parts.
func (s *Store) choose(sp *space, a Assembly, old *Info, u *uploading) ([]piece, error) {
	list, err := sp.listOf(s.root, old)
	if err != nil {
		return nil, err
	}
	assembled := make(map[string]piece, len(list))
	for _, p := range list {
		assembled[p.ID] = p
	}
	pieces := make([]piece, 0, len(a.Parts))
	for _, c := range a.Parts {
		p, found := piece{}, false
		if u != nil && c.From != Assembled {
			var part Part
			if part, found = u.parts[c.ID]; found {
				p = piece{Upload: u.id, ID: c.ID, Size: part.Size}
			}
		}
		if !found && c.From != Waiting {
			p, found = assembled[c.ID]
		}
		if !found {
			return nil, fault.New(fault.Invalid, PartMissing, "there is no part %.128q where the list looks for it", c.ID)
		}
		pieces = append(pieces, p)
	}
	return pieces, nil
}

// joined describes what the parts make together. The descriptions of all parts are read again: a part that is damaged
// must not become part of an object.
func (s *Store) joined(sp *space, pieces []piece) (received, error) {
	var all received
	sum := md5.New() //nolint:gosec // see the import
	known := make(map[piece][]byte, len(pieces))
	for _, p := range pieces {
		one, ok := known[p]
		if !ok {
			part, err := readPart(s.root, sp.partFile(p))
			if err == nil && (part.Size != p.Size || part.ID != p.ID) {
				err = errors.New("it is another part")
			}
			if err == nil {
				one, err = hex.DecodeString(part.MD5)
			}
			if err != nil {
				return all, damaged(sp.partFile(p), err)
			}
			known[p] = one
		}
		_, _ = sum.Write(one) // a hash takes everything
		all.size += p.Size
	}
	all.md5 = hex.EncodeToString(sum.Sum(nil))
	if len(pieces) > 0 {
		all.md5 += fmt.Sprintf("-%d", len(pieces))
	}
	return all, nil
}

// readPart reads the description of a part's file.
func readPart(root *os.Root, file string) (Part, error) {
	f, err := root.Open(file)
	if err != nil {
		return Part{}, err
	}
	defer f.Close() //nolint:errcheck // opened for reading
	stat, err := f.Stat()
	if err != nil {
		return Part{}, err
	}
	var part Part
	content, err := readTrailer(f, stat.Size(), partMagic, &part)
	switch {
	case err != nil:
		return Part{}, err
	case content != part.Size:
		return Part{}, fmt.Errorf("the part has %d bytes and should have %d", content, part.Size)
	case fileName(part.ID) != filepath.Base(file):
		return Part{}, fmt.Errorf("it holds the part %q, whose file has another name", part.ID)
	}
	return part, nil
}

// listOf reads which parts an object was assembled from; none of one that was put at once, and of none.
func (sp *space) listOf(root *os.Root, info *Info) ([]piece, error) {
	if info == nil || info.Parts == 0 {
		return nil, nil
	}
	file := filepath.Join(sp.folder, fileName(info.Key))
	f, err := root.Open(file)
	if err != nil {
		return nil, ioFault(err)
	}
	defer f.Close() //nolint:errcheck // opened for reading
	list, err := readList(f)
	if err != nil {
		return nil, damaged(file, err)
	}
	return list, nil
}

// readList reads the list of parts in an object's file.
func readList(f *os.File) ([]piece, error) {
	stat, err := f.Stat()
	if err != nil {
		return nil, err
	}
	info, length, err := readInfo(f, stat.Size())
	if err != nil {
		return nil, err
	}
	var list []piece
	before, err := readTrailer(f, length, listMagic, &list)
	if err != nil {
		return nil, err
	}
	var size int64
	for _, p := range list {
		if p.Size < 0 || filepath.Base(p.Upload) != p.Upload || checkPartID(p.ID) != nil {
			return nil, errors.New("the list of parts is wrong")
		}
		size += p.Size
	}
	if before != 0 || len(list) != info.Parts || size != info.Size {
		return nil, errors.New("the list of parts does not make the object")
	}
	return list, nil
}

func damaged(file string, err error) error {
	return fault.New(fault.Internal, Damaged, "the container's objects are damaged").
		Because(fmt.Errorf("object file %s: %w", file, err))
}
