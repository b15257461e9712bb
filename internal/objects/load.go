package objects

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// ready loads the index if that has not been done.
func (sp *space) ready(ctx context.Context, s *Store) error {
	sp.mu.RLock()
	loaded, removed := sp.loaded, sp.removed
	sp.mu.RUnlock()
	switch {
	case removed:
		return spaceRemoved()
	case loaded:
		return nil
	}
	sp.mu.Lock()
	defer sp.mu.Unlock()
	if sp.loaded || sp.removed {
		return nil
	}
	l := loading{
		root: s.root, folder: sp.folder, sp: sp,
		pieces: map[string]piece{}, open: map[string]*uploading{}, own: map[string]*uploading{}, ended: map[string]bool{},
	}
	if err := l.load(ctx); err != nil {
		return err
	}
	for _, info := range l.index {
		s.seen(info.Version)
	}
	sp.index, sp.open, sp.own, sp.loaded = l.index, l.open, l.own, true
	return nil
}

// loading is a space being read from its files.
type loading struct {
	root   *os.Root
	folder string
	sp     *space // for the names of files only

	index  []*Info
	pieces map[string]piece // what the objects were assembled from, by file
	open   map[string]*uploading
	own    map[string]*uploading
	ended  map[string]bool // uploads that objects say they ended
}

// load reads the trailers of all files of a folder, and finishes what a process that died had left half done. No folder
// is an empty space.
func (l *loading) load(ctx context.Context) error {
	entries, err := l.entries(l.folder)
	if err != nil || entries == nil {
		return err
	}
	for _, entry := range entries {
		if err := ctx.Err(); err != nil {
			return interrupted(err)
		}
		if entry.Name() == partsFolder || entry.Name() == notesFolder {
			continue
		}
		if err := l.object(filepath.Join(l.folder, entry.Name())); err != nil {
			return damaged(filepath.Join(l.folder, entry.Name()), err)
		}
	}
	slices.SortFunc(l.index, func(a, b *Info) int { return strings.Compare(a.Key, b.Key) })
	if err := l.notes(); err != nil {
		return err
	}
	return l.parts(ctx)
}

// entries reads a folder; nil if there is none. A process that died between rename and sync may have left entries that
// are seen but not yet durable.
func (l *loading) entries(folder string) ([]fs.DirEntry, error) {
	err := syncFolder(l.root, folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, ioFault(err)
	}
	f, err := l.root.Open(folder)
	if err != nil {
		return nil, ioFault(err)
	}
	entries, err := f.ReadDir(-1)
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, ioFault(err)
	}
	if entries == nil {
		entries = []fs.DirEntry{}
	}
	return entries, nil
}

// object reads one object's description, and the list of its parts.
func (l *loading) object(file string) error {
	f, err := l.root.Open(file)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // opened for reading
	stat, err := f.Stat()
	if err != nil {
		return err
	}
	info, _, err := readInfo(f, stat.Size())
	if err != nil {
		return err
	}
	if fileName(info.Key) != filepath.Base(file) {
		return fmt.Errorf("it holds the key %q, whose file has another name", info.Key)
	}
	l.index = append(l.index, &info)
	l.ended[info.Ended] = true
	if info.Parts == 0 {
		return nil
	}
	list, err := readList(f)
	for _, p := range list {
		l.pieces[l.sp.partFile(p)] = p
	}
	return err
}

// notes reads what was changed in descriptions. A note of content that is no more means nothing.
func (l *loading) notes() error {
	folder := filepath.Join(l.folder, notesFolder)
	entries, err := l.entries(folder)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		file := filepath.Join(folder, entry.Name())
		note, err := l.note(file)
		if err != nil {
			return damaged(file, err)
		}
		at, found := slices.BinarySearchFunc(l.index, note.Key, func(i *Info, key string) int { return strings.Compare(i.Key, key) })
		if found && l.index[at].Content == note.Content {
			l.index[at] = &note
			continue
		}
		if err := gone(l.root.Remove(file)); err != nil {
			return ioFault(err)
		}
	}
	return nil
}

func (l *loading) note(file string) (Info, error) {
	f, err := l.root.Open(file)
	if err != nil {
		return Info{}, err
	}
	defer f.Close() //nolint:errcheck // opened for reading
	stat, err := f.Stat()
	if err != nil {
		return Info{}, err
	}
	var info Info
	content, err := readTrailer(f, stat.Size(), noteMagic, &info)
	if err == nil && (content != 0 || fileName(info.Key) != filepath.Base(file)) {
		err = errors.New("it is not the note of this name")
	}
	return info, err
}

// parts reads the uploads: what objects refer to must be there, what waits is taken up again, and all else is removed.
func (l *loading) parts(ctx context.Context) error {
	folders, err := l.entries(filepath.Join(l.folder, partsFolder))
	if err != nil {
		return err
	}
	for _, folder := range folders {
		if err := ctx.Err(); err != nil {
			return interrupted(err)
		}
		if err := l.upload(filepath.Join(l.folder, partsFolder, folder.Name())); err != nil {
			return err
		}
	}
	for file := range l.pieces { // each that was found was taken out
		return damaged(file, errors.New("the part of an object is missing"))
	}
	return nil
}

// upload reads one upload's folder.
func (l *loading) upload(folder string) error {
	u, err := l.marker(folder)
	if err != nil {
		return damaged(folder, err)
	}
	files, err := l.entries(folder)
	if err != nil {
		return err
	}
	var useless []string
	for _, entry := range files {
		file := filepath.Join(folder, entry.Name())
		want, needed := l.pieces[file]
		if entry.Name() == openMarker || u == nil && !needed {
			useless = append(useless, file)
			continue
		}
		part, err := readPart(l.root, file)
		switch {
		case err == nil && needed && (part.ID != want.ID || part.Size != want.Size):
			err = errors.New("it is another part than the object's")
		case err == nil && u != nil && part.Key != u.key:
			err = errors.New("it is a part of another key")
		}
		if err != nil {
			return damaged(file, err)
		}
		delete(l.pieces, file)
		if u != nil {
			u.parts[part.ID] = part
		}
	}
	switch {
	case u != nil && u.own != nil:
		l.own[u.id] = u
		return nil
	case u != nil:
		l.open[u.key] = u
		return nil
	}
	removeParts(l.root, append(useless, filepath.Join(folder, openMarker)))
	return nil
}

// marker reads whether an upload is open; nil if it is not, or if its object was put in place and only the marker left.
func (l *loading) marker(folder string) (*uploading, error) {
	file := filepath.Join(folder, openMarker)
	f, err := l.root.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil //nolint:nilnil // it is closed
	}
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // opened for reading
	stat, err := f.Stat()
	if err != nil {
		return nil, err
	}
	var rec uploadRecord
	if _, err := readTrailer(f, stat.Size(), uploadMagic, &rec); err != nil {
		return nil, err
	}
	if l.ended[filepath.Base(folder)] {
		return nil, nil //nolint:nilnil // the same
	}
	return &uploading{id: filepath.Base(folder), key: rec.Key, opened: rec.Opened, parts: map[string]Part{}, own: rec.Own}, nil
}
