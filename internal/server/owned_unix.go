//go:build unix

package server

import (
	"fmt"
	"os"
	"syscall"
)

// ownedByUs checks that a folder is ours and closed to others: somebody else may have made it first in a shared place.
func ownedByUs(dir string) error {
	info, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok || !info.IsDir() || int(st.Uid) != os.Geteuid() {
		return fmt.Errorf("%s is not a folder of this user", dir)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return fmt.Errorf("%s may be entered by others: chmod 700 %s", dir, dir)
	}
	return nil
}
