package authn

import (
	"fmt"
	"net"

	"golang.org/x/sys/unix"
)

// PeerUID gives the uid of the process that connected to a unix socket, as the kernel froze it at connect
// (SO_PEERCRED, unix(7)). The pid in that answer may have been recycled and is not used.
func PeerUID(c *net.UnixConn) (int, error) {
	raw, err := c.SyscallConn()
	if err != nil {
		return 0, fmt.Errorf("peer credentials: %w", err)
	}
	var cred *unix.Ucred
	var inner error
	if err := raw.Control(func(fd uintptr) {
		cred, inner = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED) //nolint:gosec // a descriptor fits an int
	}); err != nil {
		return 0, fmt.Errorf("peer credentials: %w", err)
	}
	if inner != nil {
		return 0, fmt.Errorf("peer credentials: %w", inner)
	}
	if cred.Pid == 0 { // the peer lives in a pid namespace that we cannot see: threat W18
		return 0, fmt.Errorf("peer credentials: the peer is in another pid namespace")
	}
	return int(cred.Uid), nil
}
