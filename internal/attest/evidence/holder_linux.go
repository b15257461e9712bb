package evidence

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// Supported tells whether this system says who holds a connection.
const Supported = true

// ErrNoHolder means that no process among the descendants holds the other end.
var ErrNoHolder = errors.New("no descendant holds the other end of the connection")

// ErrShared means that the other end is held, or was opened, by somebody who is no descendant as well.
var ErrShared = errors.New("the other end of the connection is not the descendants' alone")

// HeldBelow finds a process that holds the other end of an open TCP connection on this machine and descends from the process
// called ancestor. All who hold it must: a socket can be handed to a process that did not ask for it. A process whose parent has
// ended descends from nobody but init any more.
func HeldBelow(ancestor int, c net.Conn) (pid int, err error) {
	near, ok := c.LocalAddr().(*net.TCPAddr)
	far, also := c.RemoteAddr().(*net.TCPAddr)
	if !ok || !also {
		return 0, errors.New("the connection is none of TCP")
	}
	link, err := socketOf(far.AddrPort(), near.AddrPort())
	if err != nil {
		return 0, err
	}
	if pid, err = holderBelow(ancestor, link); err != nil {
		return 0, err
	}
	// While our own end is open nobody else can have the other end's port: the socket that was found is the one that asks.
	if !open(c) {
		return 0, ErrNoHolder
	}
	return pid, nil
}

// holderBelow finds the descendant that holds a socket, if nobody else does.
func holderBelow(ancestor int, link string) (holder int, err error) {
	all, err := os.ReadDir("/proc")
	if err != nil {
		return 0, err
	}
	for _, entry := range all {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil || !holds(pid, link) {
			continue
		}
		// Between two looks at the socket, the process is the same one: a number that was given again would have to hold it too.
		switch {
		case !descends(pid, ancestor) && holds(pid, link):
			return 0, ErrShared
		case descends(pid, ancestor) && holds(pid, link):
			holder = pid
		}
	}
	if holder == 0 {
		return 0, ErrNoHolder
	}
	return holder, nil
}

// open tells whether a connection still is as it was accepted: neither end has closed or reset it.
func open(c net.Conn) bool {
	s, ok := c.(syscall.Conn)
	if !ok {
		return false
	}
	raw, err := s.SyscallConn()
	if err != nil {
		return false
	}
	is := false
	err = raw.Control(func(fd uintptr) {
		info, err := unix.GetsockoptTCPInfo(int(fd), unix.IPPROTO_TCP, unix.TCP_INFO)
		is = err == nil && info.State == unix.BPF_TCP_ESTABLISHED
	})
	return err == nil && is
}

// The columns of /proc/net/tcp that matter (proc(5)).
const (
	columnNear, columnFar, columnState, columnUser, columnInode = 1, 2, 3, 7, 9

	established = "01"
)

// socketOf finds the socket with these ends, as links in /proc name it. The socket of a client that speaks both versions of IP is
// in the second table.
func socketOf(near, far netip.AddrPort) (link string, err error) {
	for _, table := range []struct {
		file string
		form func(netip.AddrPort) string
	}{{"/proc/self/net/tcp", inTable4}, {"/proc/self/net/tcp6", inTable6}} {
		inode, err := rowOf(table.file, table.form(near), table.form(far))
		if err != nil {
			return "", err
		}
		if inode != "" {
			return "socket:[" + inode + "]", nil
		}
	}
	return "", ErrNoHolder
}

// rowOf gives the inode of the open connection with these ends; empty where there is none. One that another user opened is
// refused: who of that user holds it cannot be seen.
func rowOf(file, near, far string) (inode string, err error) {
	f, err := os.Open(file) //nolint:gosec // one of two names
	if err != nil {
		return "", fmt.Errorf("read the open connections: %w", err)
	}
	defer func() { _ = f.Close() }()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		row := strings.Fields(lines.Text())
		if len(row) > columnInode && row[columnNear] == near && row[columnFar] == far && row[columnState] == established && row[columnInode] != "0" {
			if row[columnUser] != strconv.Itoa(os.Geteuid()) {
				return "", ErrShared
			}
			return row[columnInode], nil
		}
	}
	return "", lines.Err()
}

// inTable4 writes an address as the first table does: the words as the machine has them in memory, which is the reason for
// NativeEndian.
func inTable4(a netip.AddrPort) string {
	four := a.Addr().Unmap().As4()
	return fmt.Sprintf("%08X:%04X", binary.NativeEndian.Uint32(four[:]), a.Port())
}

// inTable6 does so for the second one.
func inTable6(a netip.AddrPort) string {
	sixteen := netip.AddrFrom16(a.Addr().As16()).As16()
	var b strings.Builder
	for word := range 4 {
		fmt.Fprintf(&b, "%08X", binary.NativeEndian.Uint32(sixteen[4*word:]))
	}
	return fmt.Sprintf("%s:%04X", b.String(), a.Port())
}

// holds tells whether a process has the socket open. One that may not be looked at has not.
func holds(pid int, link string) bool {
	folder := filepath.Join("/proc", strconv.Itoa(pid), "fd")
	all, err := os.ReadDir(folder)
	if err != nil {
		return false
	}
	for _, fd := range all {
		if to, err := os.Readlink(filepath.Join(folder, fd.Name())); err == nil && to == link {
			return true
		}
	}
	return false
}

// maxDepth bounds how far up a process is followed.
const maxDepth = 1000

// descends tells whether a process is the ancestor's child, or a child's. A step up is believed only if the process below still
// has that parent afterwards: one that ended meanwhile, and whose number was given again, is not taken for it.
func descends(pid, ancestor int) bool {
	parent, ok := parentOf(pid)
	for range maxDepth {
		switch {
		case !ok:
			return false
		case parent == ancestor:
			return true
		case parent <= 1:
			return false
		}
		grand, there := parentOf(parent)
		if again, still := parentOf(pid); !still || again != parent {
			return false
		}
		pid, parent, ok = parent, grand, there
	}
	return false
}

// parentOf reads a process's parent (proc(5), "/proc/pid/stat"): the second word behind the name, which may itself have spaces
// and parentheses.
func parentOf(pid int) (parent int, ok bool) {
	text, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	if err != nil {
		return 0, false
	}
	words := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	if len(words) < 2 {
		return 0, false
	}
	parent, err = strconv.Atoi(words[1])
	return parent, err == nil
}
