package web

import (
	"io"
	"net"
	"testing"
	"time"
)

// TestBoundHangsUp wants room for two connections, a third that is hung up on, and its place when one of the two goes.
func TestBoundHangsUp(t *testing.T) {
	inner, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ln := Bound(inner, 2)
	t.Cleanup(func() { _ = ln.Close() })
	accepted := make(chan net.Conn, 8)
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			accepted <- c
		}
	}()
	dial(t, ln.Addr().String())
	first := <-accepted
	dial(t, ln.Addr().String())
	<-accepted
	third := dial(t, ln.Addr().String())
	if _, err := third.Read(make([]byte, 1)); err == nil {
		t.Error("a third connection was held")
	}
	if _, ok := first.(interface{ NetConn() net.Conn }).NetConn().(*net.TCPConn); !ok {
		t.Errorf("%T hides the connection", first)
	}
	for range 2 { // closing twice must not make two places
		_ = first.Close()
	}
	dial(t, ln.Addr().String())
	<-accepted
	if _, err := dial(t, ln.Addr().String()).Read(make([]byte, 1)); err == nil {
		t.Error("one place was given twice")
	}
}

// deadlines is a connection that notes the deadlines it gets.
type deadlines struct {
	net.Conn
	read, write chan time.Time
}

func (d deadlines) SetReadDeadline(t time.Time) error {
	select {
	case d.read <- t:
	default:
	}
	return d.Conn.SetReadDeadline(t)
}

func (d deadlines) SetWriteDeadline(t time.Time) error {
	select {
	case d.write <- t:
	default:
	}
	return d.Conn.SetWriteDeadline(t)
}

type noting struct {
	net.Listener
	read, write chan time.Time
}

func (n noting) Accept() (net.Conn, error) {
	c, err := n.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return deadlines{c, n.read, n.write}, nil
}

// TestStreamingDoorIsNotPatientForEver wants a bound on the wait for a body that nobody reads, and for each piece of an
// answer: a door without a bound on the exchange would hold a stranger's connection for ever.
func TestStreamingDoorIsNotPatientForEver(t *testing.T) {
	cfg := testConfig(&logBuffer{})
	cfg.MaxBody = Unlimited
	const stall = 3 * readHeaderTimeout
	cfg.Patience = func() time.Time { return time.Now().Add(stall) }
	d, err := NewRaw(cfg, nil, echo())
	if err != nil {
		t.Fatal(err)
	}
	inner, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ln := noting{inner, make(chan time.Time, 64), make(chan time.Time, 64)}
	s := NewServer(ServerConfig{Handler: d, Log: discard()})
	go func() { _ = s.Serve(ln) }()
	t.Cleanup(func() { _ = s.Close() })
	c := dial(t, inner.Addr().String())
	if _, err := io.WriteString(c, "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nabc"); err != nil {
		t.Fatal(err)
	}
	for name, got := range map[string]chan time.Time{"read": ln.read, "write": ln.write} {
		for at := range got { // net/http sets some of its own; ends when the test's time is over
			if wait := time.Until(at); wait > readHeaderTimeout && wait <= stall {
				break
			}
			t.Logf("another %s deadline: %v", name, at)
		}
	}
}
