package objects

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// replacement is content that is staged, durable and described, and is to become its key's.
type replacement struct {
	staged string // the file among the uploads
	info   *Info
	pieces []piece    // of assembled content
	ends   *uploading // the upload that the content ends; nil is the key's own, if there is one
	admit  func(current *Info) error
}

// commit puts the replacement in the object's place. It is durable when commit returns.
func (s *Store) commit(sp *space, r replacement) error {
	turn := sp.turn(r.info.Key)
	turn.Lock()
	defer turn.Unlock()
	return s.replace(sp, r)
}

// replace is commit for a caller whose turn it is. One rename decides; whatever follows it is finished by the next start
// if this process ends before.
func (s *Store) replace(sp *space, r replacement) error {
	old := sp.current(r.info.Key)
	if err := r.admit(old); err != nil {
		return err
	}
	before, err := sp.listOf(s.root, old)
	if err != nil {
		return err
	}
	if err := s.bringUpToDate(sp, r, old); err != nil {
		return err
	}
	if err := sp.place(s.root, r.staged, filepath.Join(sp.folder, fileName(r.info.Key)), r.info); err != nil {
		return err
	}
	if err := syncFolder(s.root, sp.folder); err != nil {
		return ioFault(err)
	}
	if err := sp.end(s.root, sp.ended(r.info.Key, r.ends), r.pieces); err != nil {
		return ioFault(err)
	}
	sp.forget(s.root, old, before, r.pieces)
	return nil
}

// carry takes over what belongs to the key and not to its content, and tells whether that changed the description.
func (sp *space) carry(info, old *Info, ends *uploading) bool {
	was := *info
	info.Created, info.Lease, info.Ended = info.LastModified, nil, ""
	if old != nil {
		info.Created, info.Lease = old.Created, old.Lease
	}
	if up := sp.ended(info.Key, ends); up != nil {
		info.Ended = up.id
	}
	return !was.Created.Equal(info.Created) || was.Lease != info.Lease || was.Ended != info.Ended
}

// ended is the upload that content for the key ends: the one that it was assembled from, or what waits for the key.
func (sp *space) ended(key string, from *uploading) *uploading {
	if from != nil {
		return from
	}
	return sp.upload(key)
}

// bringUpToDate writes the description anew if the key was written, leased or deleted while the content arrived.
func (s *Store) bringUpToDate(sp *space, r replacement, old *Info) error {
	late := old != nil && old.Version > r.info.Version
	if late {
		r.info.LastModified = s.now().UTC()
		r.info.Version = s.version(r.info.LastModified)
		r.info.Content = r.info.Version
	}
	if !sp.carry(r.info, old, r.ends) && !late {
		return nil
	}
	f, err := s.root.OpenFile(filepath.Join(uploads, r.staged), os.O_RDWR, 0)
	if err != nil {
		return ioFault(err)
	}
	return ioFault(errors.Join(redescribe(f, *r.info), f.Close()))
}

// redescribe replaces the trailer of an object's file that nobody knows yet.
func redescribe(f *os.File, info Info) error {
	stat, err := f.Stat()
	if err != nil {
		return err
	}
	content, err := readTrailer(f, stat.Size(), objectMagic, new(Info))
	if err != nil {
		return err
	}
	if err := f.Truncate(content); err != nil {
		return err
	}
	if _, err := f.Seek(content, 0); err != nil {
		return err
	}
	if err := appendTrailer(f, objectMagic, info); err != nil {
		return err
	}
	return f.Sync()
}

// forget gives back what only the old object needed: its note, and the parts that the new one does not share, once the
// last of their readers is done. What cannot be removed now is cleared when the space is loaded next.
func (sp *space) forget(root *os.Root, old *Info, before, after []piece) {
	if old == nil {
		return
	}
	if old.Version != old.Content || old.Lease != nil || old.Tagged {
		_ = root.Remove(sp.noteFile(old.Key))
	}
	shared := make(map[piece]bool, len(after))
	for _, p := range after {
		shared[p] = true
	}
	var files []string
	for _, p := range before {
		if !shared[p] {
			shared[p] = true // once
			files = append(files, sp.partFile(p))
		}
	}
	if len(files) > 0 && !sp.readers.Doom(old.Key, old.Content, files) {
		removeParts(root, files)
	}
}

// removeParts removes parts, and the folders of uploads that are empty then.
func removeParts(root *os.Root, files []string) {
	folders := map[string]bool{}
	for _, file := range files {
		_ = root.Remove(file)
		folders[filepath.Dir(file)] = true
	}
	for folder := range folders {
		_ = root.Remove(folder) // fails while there is something in it
	}
}

// gone forgives that a file is not there.
func gone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

func (sp *space) noteFile(key string) string {
	return filepath.Join(sp.folder, notesFolder, fileName(key))
}

func (sp *space) partFile(p piece) string {
	return filepath.Join(sp.folder, partsFolder, p.Upload, fileName(p.ID))
}
