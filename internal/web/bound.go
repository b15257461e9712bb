package web

import (
	"net"
	"sync"
	"sync/atomic"
)

// Bound gives a listener that holds at most so many connections; whoever comes when they are taken is hung up on. Every
// connection costs a descriptor of the process, and a store or a ledger that gets none any more has failed for good: so no
// stranger may take them all, and no listener those of the others.
func Bound(ln net.Listener, most int64) net.Listener { return &boundListener{Listener: ln, most: most} }

type boundListener struct {
	net.Listener
	most int64
	open atomic.Int64
}

// Accept waits for a connection that there is room for.
func (l *boundListener) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if l.open.Add(1) <= l.most {
			return &boundConn{Conn: c, release: sync.OnceFunc(func() { l.open.Add(-1) })}, nil
		}
		l.open.Add(-1)
		_ = c.Close() // nothing was said on it
	}
}

type boundConn struct {
	net.Conn
	release func()
}

// Close gives the connection's place back, once.
func (c *boundConn) Close() error {
	defer c.release()
	return c.Conn.Close()
}

// NetConn gives the connection itself, for questions to the kernel; as tls.Conn has it.
func (c *boundConn) NetConn() net.Conn { return c.Conn }
