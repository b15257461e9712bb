package authn_test

import (
	"crypto/rand"
	"net"
	"os"
	"runtime"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/lanyard-id/lanyard/internal/authn"
)

// connect gives both ends of a real connection over a unix socket; dial makes the client's. The socket is an abstract one,
// so that no folder stands in the way of another uid.
func connect(t *testing.T, dial func(*net.UnixAddr) (*net.UnixConn, error)) (server, client *net.UnixConn) {
	t.Helper()
	at := &net.UnixAddr{Name: "@lanyard-test-" + rand.Text(), Net: "unix"}
	ln, err := net.ListenUnix("unix", at)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ln.Close() })
	if client, err = dial(at); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	if server, err = ln.AcceptUnix(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	return server, client
}

func asOurselves(at *net.UnixAddr) (*net.UnixConn, error) { return net.DialUnix("unix", nil, at) }

// asUID connects from a thread that has become another user; the thread ends with its goroutine.
func asUID(uid uintptr) func(*net.UnixAddr) (*net.UnixConn, error) {
	return func(at *net.UnixAddr) (conn *net.UnixConn, err error) {
		done := make(chan struct{})
		go func() {
			defer close(done)
			runtime.LockOSThread()
			if _, _, no := syscall.RawSyscall(unix.SYS_SETRESUID, uid, uid, uid); no != 0 {
				err = no
				return
			}
			conn, err = asOurselves(at)
		}()
		<-done
		return conn, err
	}
}

func TestPeerUID(t *testing.T) {
	server, client := connect(t, asOurselves)
	if uid, err := authn.PeerUID(server); err != nil || uid != os.Geteuid() {
		t.Errorf("the peer is uid %d, want %d: %v", uid, os.Geteuid(), err)
	}
	// What the kernel froze at connect stays when the peer has gone.
	if err := client.Close(); err != nil {
		t.Fatal(err)
	}
	if uid, err := authn.PeerUID(server); err != nil || uid != os.Geteuid() {
		t.Errorf("after it has gone the peer is uid %d: %v", uid, err)
	}
}

func TestPeerUIDOfAClosedSocket(t *testing.T) {
	server, _ := connect(t, asOurselves)
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
	if uid, err := authn.PeerUID(server); err == nil {
		t.Errorf("a closed socket has the peer %d", uid)
	}
}

// TestPeerUIDOfAnother: it is the connecting process's uid, not ours. To become somebody else takes root; without it,
// becoming oneself takes the same way.
func TestPeerUIDOfAnother(t *testing.T) {
	other := os.Geteuid()
	if other == 0 {
		other = 65534
	}
	server, _ := connect(t, asUID(uintptr(other)))
	if uid, err := authn.PeerUID(server); err != nil || uid != other {
		t.Errorf("the peer is uid %d, want %d: %v", uid, other, err)
	}
}
