package etcd

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"go.etcd.io/etcd/server/v3/storage/datadir"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/store"
)

// The names inside a data folder. Other rooms may keep folders beside them once the store has claimed the folder.
const (
	formatName   = "FORMAT"    // which version wrote the folder, and whether it holds data
	lockName     = "LOCK"      // locked by the process that has the folder open
	engineName   = "etcd"      // the engine's folder
	snapshotName = "snapshots" // automatic snapshots

	formatWord    = "lanyard store "
	formatVersion = 1
)

// format is the content of the format mark.
type format struct {
	initialised bool   // the engine's folder holds data: from here on, an empty one is a loss
	incarnation string // the id of this data, which the database holds too
}

// folder is a data folder that this process holds the lock of.
type folder struct {
	dir    string
	lock   *os.File
	marked bool // the folder has a format mark
	format format
}

func engineDir(dir string) string   { return filepath.Join(dir, engineName) }
func snapshotDir(dir string) string { return filepath.Join(dir, snapshotName) }

// claim makes the folder if it is absent, locks it, and reads its format mark by read.
func claim(dir string, read func(dir string) (content format, found bool, err error)) (f *folder, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, folderFault(dir, "make folder", err)
	}
	if err := keepPrivate(dir); err != nil {
		return nil, err
	}
	// Before the lock file is made: a folder of somebody else is left as it is.
	if _, _, err := read(dir); err != nil {
		return nil, err
	}
	lock, err := lockFile(filepath.Join(dir, lockName))
	switch {
	case errors.Is(err, errLocked):
		return nil, fault.New(fault.Unavailable, InUse, "the data folder %s is used by another process", dir)
	case err != nil:
		return nil, folderFault(dir, "lock", err)
	}
	f = &folder{dir: dir, lock: lock}
	if f.format, f.marked, err = read(dir); err != nil {
		return nil, errors.Join(err, f.release())
	}
	return f, nil
}

// release gives the folder back.
func (f *folder) release() error {
	if err := f.lock.Close(); err != nil {
		return fmt.Errorf("unlock data folder: %w", err)
	}
	return nil
}

// keepPrivate takes the folder's rights from everybody else. A folder that others may write to, and that cannot be
// changed, is refused: they could put another database in its place.
func keepPrivate(dir string) error {
	info, err := os.Stat(dir)
	if err != nil {
		return folderFault(dir, "look", err)
	}
	if info.Mode().Perm()&0o077 == 0 {
		return nil
	}
	err = os.Chmod(dir, 0o700) //nolint:gosec // a folder needs the x bit
	if err != nil && info.Mode().Perm()&0o022 != 0 {
		return fault.New(fault.Unavailable, NotOurs, "others may write to the data folder %s", dir).Because(err)
	}
	return nil
}

// mark writes the format mark, whole or not at all.
func (f *folder) mark(content format) error {
	state := "new"
	if content.initialised {
		state = "initialised"
	}
	text := fmt.Sprintf("%s%d\n%s %s\n", formatWord, formatVersion, state, content.incarnation)
	if err := writeFile(filepath.Join(f.dir, formatName), []byte(text)); err != nil {
		return folderFault(f.dir, "write format mark", err)
	}
	f.format, f.marked = content, true
	return nil
}

// readFormat reads the format mark. Without one the folder must be empty.
func readFormat(dir string) (content format, found bool, err error) {
	text, err := os.ReadFile(filepath.Join(dir, formatName)) //nolint:gosec // the operator names the folder
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return format{}, false, mustBeEmpty(dir)
	case err != nil:
		return format{}, false, folderFault(dir, "read format mark", err)
	}
	rest, ours := strings.CutPrefix(string(text), formatWord)
	if !ours {
		return format{}, false, fault.New(fault.Unavailable, NotOurs, "the folder %s belongs to something else", dir)
	}
	number, rest, _ := strings.Cut(rest, "\n")
	version, err := strconv.Atoi(number)
	if err == nil && version > formatVersion {
		return format{}, false, fault.New(fault.Unavailable, NewerVersion,
			"the data folder %s was written by a newer version (store format %d, this is %d)", dir, version, formatVersion)
	}
	state, incarnation, _ := strings.Cut(strings.TrimSuffix(rest, "\n"), " ")
	if err != nil || version < 1 || incarnation == "" || state != "new" && state != "initialised" {
		return format{}, false, corrupt(dir, fmt.Errorf("the format mark reads %q", bytes.ToValidUTF8(text, nil)))
	}
	return format{initialised: state == "initialised", incarnation: incarnation}, true, nil
}

// readFormatToRestore is readFormat for a folder whose content will be replaced: a mark that is lost or cannot be read
// is as good as none.
func readFormatToRestore(dir string) (content format, found bool, err error) {
	content, found, err = readFormat(dir)
	if fault.Is(err, store.Corrupt) {
		return format{}, false, nil
	}
	return content, found, err
}

// mustBeEmpty refuses a folder with anything in it but what a first start that was cut short left behind, or a file
// system puts into its root. A store that lost its mark is called damaged, not foreign.
func mustBeEmpty(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return folderFault(dir, "look", err)
	}
	for _, entry := range entries {
		switch name := entry.Name(); {
		case name == snapshotName, name == engineName, strings.HasPrefix(name, engineName+"."):
			return corrupt(dir, errors.New("the format mark is missing"))
		case name != lockName && name != formatName+partialSuffix && name != "lost+found":
			return fault.New(fault.Unavailable, NotOurs, "the folder %s is not empty and holds no store (it has %s)", dir, name)
		}
	}
	return nil
}

// partialSuffix marks a file that is being written. Such a file is never read.
const partialSuffix = ".partial"

// writeFile puts a whole file in place, durably.
func writeFile(path string, content []byte) error {
	return replaceFile(path, func(file *os.File) error {
		_, err := file.Write(content)
		return err
	})
}

// replaceFile writes a file under another name, syncs it and renames it to path, so that path is whole or as before.
func replaceFile(path string, write func(*os.File) error) error {
	file, err := os.OpenFile(path+partialSuffix, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600) //nolint:gosec // our own folder
	if err != nil {
		return err
	}
	err = write(file)
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return errors.Join(err, os.Remove(path+partialSuffix))
	}
	if err := os.Rename(path+partialSuffix, path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// Size is how many bytes the file of a data folder's records has; 0 where there is none, or it cannot be seen. It is a
// measure of what Open will have to read.
func Size(dir string) int64 {
	info, err := os.Stat(datadir.ToBackendFileName(engineDir(dir)))
	if err != nil {
		return 0
	}
	return info.Size()
}
