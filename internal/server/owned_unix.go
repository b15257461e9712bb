//go:build unix

package server

import (
	"fmt"
	"os"
	"syscall"
)

// ownerOf is the uid that owns a folder; ours if it does not exist yet.
func ownerOf(dir string) int {
	if info, err := os.Stat(dir); err == nil {
		if st, ok := info.Sys().(*syscall.Stat_t); ok {
			return int(st.Uid)
		}
	}
	return os.Geteuid()
}

// ownedByUs checks that a folder is ours and has exactly this mode: somebody else may have made it first in a shared
// place.
func ownedByUs(dir string, mode os.FileMode) error {
	info, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok || !info.IsDir() || int(st.Uid) != os.Geteuid() {
		return fmt.Errorf("%s is not a folder of this user", dir)
	}
	if info.Mode().Perm() != mode {
		return fmt.Errorf("%s has the mode %#o: chmod %o %s", dir, info.Mode().Perm(), mode, dir)
	}
	return nil
}
