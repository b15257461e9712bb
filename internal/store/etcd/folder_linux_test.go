package etcd_test

import (
	"bufio"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/store/etcd"
)

// TestNothingListens looks through the kernel's tables for a listening socket of this process, of any kind.
func TestNothingListens(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "data"))
	write(t, s, "a", "1")
	mine := make(map[string]bool)
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if target, err := os.Readlink(filepath.Join("/proc/self/fd", entry.Name())); err == nil {
			if inode, ok := strings.CutPrefix(target, "socket:["); ok {
				mine[strings.TrimSuffix(inode, "]")] = true
			}
		}
	}
	for table, column := range map[string]struct {
		inode, state int
		listens      string
	}{
		"tcp": {9, 3, "0A"}, "tcp6": {9, 3, "0A"}, "udp": {9, 3, "07"}, "udp6": {9, 3, "07"}, "unix": {6, 3, "00010000"},
	} {
		file, err := os.Open(filepath.Join("/proc/self/net", table))
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close() //nolint:errcheck // only read
		for lines := bufio.NewScanner(file); lines.Scan(); {
			fields := strings.Fields(lines.Text())
			if len(fields) > column.inode && mine[fields[column.inode]] && fields[column.state] == column.listens {
				t.Errorf("%s: %s", table, lines.Text())
			}
		}
	}
}

// asNobody runs f on a thread without any right to files. The thread ends with it.
func asNobody(t *testing.T, f func()) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // never unlocked: the thread must not be used again
		if os.Getuid() == 0 {
			if err := unix.Setfsuid(65534); err != nil {
				t.Errorf("setfsuid: %v", err)
				return
			}
		}
		f()
	}()
	<-done
}

func TestReadOnlyFolder(t *testing.T) {
	parent := t.TempDir()
	used, empty := filepath.Join(parent, "used"), filepath.Join(parent, "empty")
	closeStore(t, open(t, used))
	if err := os.Mkdir(empty, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{empty, used, parent} {
		if err := os.Chmod(dir, 0o500); err != nil { //nolint:gosec // a folder needs the x bit
			t.Fatal(err)
		}
		defer os.Chmod(dir, 0o700) //nolint:errcheck,gosec // so that it can be removed
	}
	for _, dir := range []string{empty, used, filepath.Join(parent, "absent")} {
		asNobody(t, func() {
			if s, err := etcd.Open(t.Context(), etcd.Config{Dir: dir}); !fault.Is(err, etcd.ReadOnly) {
				t.Errorf("%s: %v, %v", dir, s, err)
			}
		})
	}
}
