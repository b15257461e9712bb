package authn

import (
	"fmt"
	"net"

	"golang.org/x/sys/unix"
)

// PeerUID gives the uid of the process that connected to a unix socket (LOCAL_PEERCRED, unix(4)).
func PeerUID(c *net.UnixConn) (int, error) {
	raw, err := c.SyscallConn()
	if err != nil {
		return 0, fmt.Errorf("peer credentials: %w", err)
	}
	var cred *unix.Xucred
	var inner error
	if err := raw.Control(func(fd uintptr) {
		cred, inner = unix.GetsockoptXucred(int(fd), unix.SOL_LOCAL, unix.LOCAL_PEERCRED)
	}); err != nil {
		return 0, fmt.Errorf("peer credentials: %w", err)
	}
	if inner != nil {
		return 0, fmt.Errorf("peer credentials: %w", inner)
	}
	return int(cred.Uid), nil
}
