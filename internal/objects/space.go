package objects

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/lanyard-id/lanyard/internal/fault"
)

// space is one container's or bucket's objects.
type space struct {
	folder string

	mu      sync.RWMutex // guards what follows, and that the files agree with the index
	loaded  bool
	durable bool    // the folder exists and so does, durably, its entry in the root
	removed bool    // everything refuses from now on
	index   []*Info // ordered by key; an Info never changes once it is here
}

// ready loads the index if that has not been done.
func (sp *space) ready(ctx context.Context, root *os.Root) error {
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
	index, err := load(ctx, root, sp.folder)
	if err != nil {
		return err
	}
	sp.index, sp.loaded = index, true
	return nil
}

// load reads the trailers of all files of a folder. No folder is an empty space.
func load(ctx context.Context, root *os.Root, folder string) ([]*Info, error) {
	dir, err := root.OpenRoot(folder)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, ioFault(err)
	}
	defer dir.Close() //nolint:errcheck // opened for reading
	// A process that died between rename and sync may have left entries that are seen but not yet durable.
	if err := syncFolder(root, folder); err != nil {
		return nil, ioFault(err)
	}
	entries, err := fs.ReadDir(dir.FS(), ".")
	if err != nil {
		return nil, ioFault(err)
	}
	index := make([]*Info, 0, len(entries))
	for _, entry := range entries {
		if err := ctx.Err(); err != nil {
			return nil, interrupted(err)
		}
		info, err := loadOne(dir, entry.Name())
		if err != nil {
			return nil, fault.New(fault.Internal, Damaged, "the container's objects are damaged").
				Because(fmt.Errorf("object file %s: %w", filepath.Join(folder, entry.Name()), err))
		}
		index = append(index, &info)
	}
	slices.SortFunc(index, func(a, b *Info) int { return strings.Compare(a.Key, b.Key) })
	return index, nil
}

func loadOne(dir *os.Root, file string) (Info, error) {
	f, err := dir.Open(file)
	if err != nil {
		return Info{}, err
	}
	defer f.Close() //nolint:errcheck // opened for reading
	stat, err := f.Stat()
	if err != nil {
		return Info{}, err
	}
	info, err := readTrailer(f, stat.Size())
	if err == nil && fileName(info.Key) != file {
		err = fmt.Errorf("it holds the key %q, whose file has another name", info.Key)
	}
	return info, err
}

// find gives the key's place in the index and whether it is there. The caller holds mu.
func (sp *space) find(key string) (int, bool) {
	return slices.BinarySearchFunc(sp.index, key, func(i *Info, key string) int { return strings.Compare(i.Key, key) })
}

// info gives what is known of an object.
func (sp *space) info(key string) (Info, error) {
	sp.mu.RLock()
	defer sp.mu.RUnlock()
	at, ok := sp.find(key)
	if !ok {
		return Info{}, notFound(key)
	}
	return *sp.index[at], nil
}

// open opens an object's file while nobody can replace it, so that description and content belong together.
func (sp *space) open(root *os.Root, key string) (*Object, error) {
	sp.mu.RLock()
	defer sp.mu.RUnlock()
	at, ok := sp.find(key)
	if !ok {
		return nil, notFound(key)
	}
	f, err := root.Open(filepath.Join(sp.folder, fileName(key)))
	if err != nil {
		return nil, ioFault(err)
	}
	info := sp.index[at]
	return &Object{Info: *info, content: io.NewSectionReader(f, 0, info.Size), file: f}, nil
}

// commit puts an upload in the object's place. It becomes visible here and durable by the caller's sync.
func (sp *space) commit(root *os.Root, upload string, info Info, onlyNew bool) error {
	sp.mu.Lock()
	defer sp.mu.Unlock()
	at, found := sp.find(info.Key)
	switch {
	case sp.removed:
		return spaceRemoved()
	case found && onlyNew:
		return exists(info.Key)
	}
	if err := sp.makeFolder(root); err != nil {
		return ioFault(err)
	}
	if err := root.Rename(filepath.Join(uploads, upload), filepath.Join(sp.folder, fileName(info.Key))); err != nil {
		return ioFault(err)
	}
	if found {
		sp.index[at] = &info
	} else {
		sp.index = slices.Insert(sp.index, at, &info)
	}
	return nil
}

// makeFolder makes the folder of a space that gets its first object. The caller holds mu.
func (sp *space) makeFolder(root *os.Root) error {
	if sp.durable {
		return nil
	}
	if err := root.Mkdir(sp.folder, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	if err := syncFolder(root, "."); err != nil {
		return err
	}
	sp.durable = true
	return nil
}

// remove takes one object away. A file that is gone already is no failure: the index must not promise it any longer.
func (sp *space) remove(root *os.Root, key string) error {
	sp.mu.Lock()
	defer sp.mu.Unlock()
	at, found := sp.find(key)
	if !found {
		return notFound(key)
	}
	if err := root.Remove(filepath.Join(sp.folder, fileName(key))); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return ioFault(err)
	}
	sp.index = slices.Delete(sp.index, at, at+1)
	return nil
}

// discard moves the whole space to the trash. Without a folder nothing was ever put there, or an earlier call moved it.
func (sp *space) discard(root *os.Root) error {
	sp.mu.Lock()
	defer sp.mu.Unlock()
	sp.removed, sp.index = true, nil
	err := root.Rename(sp.folder, filepath.Join(trash, sp.folder))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
