package objects

import (
	"errors"
	"hash/fnv"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/lanyard-id/lanyard/internal/objects/pins"
)

// space is one container's or bucket's objects.
type space struct {
	folder string

	mu      sync.RWMutex // guards what follows, and that the files agree with the index
	loaded  bool
	durable bool                  // the folder exists and so does, durably, its entry in the root
	noted   bool                  // so does the folder of notes
	removed bool                  // everything refuses from now on
	index   []*Info               // ordered by key; an Info never changes once it is here
	open    map[string]*uploading // uploads under way, by key
	own     map[string]*uploading // those that Begin opened, by id

	turns   [16]sync.Mutex // whoever changes a key holds the one of its hash, from the condition to the disk; taken before mu
	readers pins.Readers
}

// Folders within a space's folder; an object's file has a longer name.
const (
	partsFolder = "parts" // in it one for each upload
	notesFolder = "notes"
)

// turn is the lock of whoever changes a key.
func (sp *space) turn(key string) *sync.Mutex {
	return &sp.turns[fnv32(key)%uint32(len(sp.turns))]
}

func fnv32(s string) uint32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(s)) // a hash takes everything
	return h.Sum32()
}

// find gives the key's place in the index and whether it is there. The caller holds mu.
func (sp *space) find(key string) (int, bool) {
	return slices.BinarySearchFunc(sp.index, key, func(i *Info, key string) int { return strings.Compare(i.Key, key) })
}

// current gives what is known of the object, nil if there is none.
func (sp *space) current(key string) *Info {
	sp.mu.RLock()
	defer sp.mu.RUnlock()
	at, ok := sp.find(key)
	if !ok {
		return nil
	}
	return sp.index[at]
}

// place renames a file that was written among the uploads to the object's, or the note's, and shows the description.
func (sp *space) place(root *os.Root, staged, to string, info *Info) error {
	sp.mu.Lock()
	defer sp.mu.Unlock()
	if sp.removed {
		return spaceRemoved()
	}
	if err := sp.makeFolder(root); err != nil {
		return ioFault(err)
	}
	if err := root.Rename(filepath.Join(uploads, staged), to); err != nil {
		return ioFault(err)
	}
	at, found := sp.find(info.Key)
	if found {
		sp.index[at] = info
	} else {
		sp.index = slices.Insert(sp.index, at, info)
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
	if !found { // the space was removed meanwhile
		return notFound(key)
	}
	if err := root.Remove(filepath.Join(sp.folder, fileName(key))); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return ioFault(err)
	}
	sp.index = slices.Delete(sp.index, at, at+1)
	return nil
}

// notes is the folder of the space's notes.
func (sp *space) notes() string { return filepath.Join(sp.folder, notesFolder) }

// makeNotes makes that folder if need be. The space has an object, and so a folder.
func (sp *space) makeNotes(root *os.Root) error {
	sp.mu.Lock()
	defer sp.mu.Unlock()
	switch {
	case sp.removed:
		return spaceRemoved()
	case sp.noted:
		return nil
	}
	if err := root.MkdirAll(sp.notes(), 0o700); err != nil {
		return ioFault(err)
	}
	if err := syncFolder(root, sp.folder); err != nil {
		return ioFault(err)
	}
	sp.noted = true
	return nil
}

// discard moves the whole space to the trash. Without a folder nothing was ever put there, or an earlier call moved it.
func (sp *space) discard(root *os.Root) error {
	sp.mu.Lock()
	defer sp.mu.Unlock()
	sp.removed, sp.index, sp.open, sp.own = true, nil, nil, nil
	err := root.Rename(sp.folder, filepath.Join(trash, sp.folder))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
