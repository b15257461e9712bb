package operator

import (
	"errors"
	"fmt"
	"net"
	"os"

	"github.com/lanyard-id/lanyard/internal/authn"
)

// errForeign is how a socket fails that another user listens on.
var errForeign = errors.New("another user listens on the socket")

// believable checks that this user or root listens at the other end. Without a runtime folder of its own a server's socket
// lies in the shared temporary folder, where anybody may put one while no server runs; its answers would say where this
// user's clients go and whom they trust. Nobody else's server would take this user for its operator either.
func believable(conn net.Conn) error {
	c, ok := conn.(*net.UnixConn)
	if !ok {
		return fmt.Errorf("%w: it is no unix socket", errForeign)
	}
	uid, err := authn.PeerUID(c)
	if err != nil {
		return fmt.Errorf("%w: %w", errForeign, err)
	}
	return believe(uid, os.Geteuid())
}

// believe tells whether the user with the uid own takes the word of a server that uid runs.
func believe(uid, own int) error {
	if uid != own && uid != 0 {
		return fmt.Errorf("%w: uid %d", errForeign, uid)
	}
	return nil
}
