package evidence

import (
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// dialVariable has the test program be a client: it connects to the address and waits for the other end.
const dialVariable = "EVIDENCE_DIAL"

// fromVariable names the address that it connects from; empty is any.
const fromVariable = "EVIDENCE_FROM"

func TestMain(m *testing.M) {
	address := os.Getenv(dialVariable)
	if address == "" {
		os.Exit(m.Run())
	}
	var dialer net.Dialer
	if from := os.Getenv(fromVariable); from != "" {
		dialer.LocalAddr = net.TCPAddrFromAddrPort(netip.MustParseAddrPort(from))
	}
	c, err := dialer.Dial("tcp", address)
	if err != nil {
		os.Exit(1)
	}
	_, _ = io.Copy(io.Discard, c)
}

// connect starts a command that makes this program a client and gives the server's end.
func connect(t *testing.T, l net.Listener, argv ...string) (net.Conn, *exec.Cmd) {
	t.Helper()
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Env = append(os.Environ(), dialVariable+"="+l.Addr().String())
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	c, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = c.Close(), cmd.Wait() })
	return c, cmd
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

// TestHeldBelow: children and theirs are found; the process itself, who stands beside, and whose parent ended are not.
func TestHeldBelow(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	odd := filepath.Join(t.TempDir(), "a) 1 1 (b") // its name stands in /proc as it is
	if err := os.Symlink(self, odd); err != nil {
		t.Fatal(err)
	}
	l := listen(t)
	child, cmd := connect(t, l, self)
	below := func(ancestor int, c net.Conn) bool {
		pid, err := HeldBelow(ancestor, c)
		if err != nil && !errors.Is(err, ErrNoHolder) && !errors.Is(err, ErrShared) {
			t.Error(err)
		}
		return (err == nil) == (pid > 0) && err == nil
	}
	if pid, err := HeldBelow(os.Getpid(), child); err != nil || pid != cmd.Process.Pid {
		t.Errorf("%d, %v", pid, err)
	}
	if below(cmd.Process.Pid, child) {
		t.Error("a process descends from itself")
	}
	named, _ := connect(t, l, odd)
	grandchild, shell := connect(t, l, "/bin/sh", "-c", `"$0" & wait`, self)
	orphan, gone := connect(t, l, "/bin/sh", "-c", `"$0" & exit 0`, self)
	if err := gone.Wait(); err != nil {
		t.Fatal(err)
	}
	own, err := net.Dial("tcp4", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer own.Close()
	mine, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer mine.Close()
	for what, is := range map[string][2]bool{
		"a child with an odd name":       {below(os.Getpid(), named), true},
		"a child's child":                {below(os.Getpid(), grandchild), true},
		"a child's child, of the child":  {below(shell.Process.Pid, grandchild), true},
		"a child, of its brother":        {below(shell.Process.Pid, child), false},
		"a child whose parent has ended": {below(os.Getpid(), orphan), false},
		"this process":                   {below(os.Getpid(), mine), false},
	} {
		if is[0] != is[1] {
			t.Errorf("%s: %v", what, is[0])
		}
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed
	if below(os.Getpid(), child) {
		t.Error("a process that has ended holds a connection")
	}
}

// TestW06SharedSocket: a child that was handed the connection of somebody beside it does not speak for it.
func TestW06SharedSocket(t *testing.T) {
	l := listen(t)
	own, err := net.Dial("tcp4", l.Addr().String()) // this process descends not from itself
	if err != nil {
		t.Fatal(err)
	}
	defer own.Close()
	c, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	handed, err := own.(*net.TCPConn).File()
	if err != nil {
		t.Fatal(err)
	}
	defer handed.Close()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	other := listen(t)
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), dialVariable+"="+other.Addr().String())
	cmd.ExtraFiles = []*os.File{handed}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	waits, err := other.Accept() // the child runs
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _, _ = waits.Close(), cmd.Wait() }()
	if pid, err := HeldBelow(os.Getpid(), c); !errors.Is(err, ErrShared) {
		t.Errorf("%d, %v", pid, err)
	}
}

// TestW21PortTakenAgain: what was sent before a reset is not taken for the words of a child that has the port after.
func TestW21PortTakenAgain(t *testing.T) {
	l := listen(t)
	first, err := net.Dial("tcp4", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	c, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := first.Write([]byte("said before")); err != nil {
		t.Fatal(err)
	}
	if err := first.(*net.TCPConn).SetLinger(0); err != nil {
		t.Fatal(err)
	}
	from := first.LocalAddr().String()
	if err := first.Close(); err != nil { // resets
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv(fromVariable, from)
	second, cmd := connect(t, l, self)
	if second.RemoteAddr().String() != from {
		t.Fatalf("from %s, not %s", second.RemoteAddr(), from)
	}
	if pid, err := HeldBelow(os.Getpid(), second); err != nil || pid != cmd.Process.Pid {
		t.Errorf("the second: %d, %v", pid, err)
	}
	if pid, err := HeldBelow(os.Getpid(), c); !errors.Is(err, ErrNoHolder) {
		t.Errorf("the first: %d, %v", pid, err)
	}
}

// TestTables are the two spellings of an address.
func TestTables(t *testing.T) {
	a := netip.MustParseAddrPort("127.0.0.1:8440")
	if got := inTable4(a); got != "0100007F:20F8" && got != "7F000001:20F8" {
		t.Error(got)
	}
	if got := inTable6(a); got != "0000000000000000FFFF00000100007F:20F8" && got != "00000000000000000000FFFF7F000001:20F8" {
		t.Error(got)
	}
	if _, err := HeldBelow(os.Getpid(), &net.UnixConn{}); err == nil {
		t.Error("a unix socket is one of TCP")
	}
}
