package server

import (
	"fmt"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestP13TheStoreIsNotReachable: the store's engine listens nowhere on the network. Every port that this process listens on
// is a door's.
func TestP13TheStoreIsNotReachable(t *testing.T) {
	before := listening(t)
	h := startHouse(t)
	var doors []string
	for _, p := range places() {
		u, err := url.Parse(h.url(p.name))
		if err != nil {
			t.Fatal(err)
		}
		doors = append(doors, u.Port())
	}
	for _, port := range listening(t) {
		if !slices.Contains(before, port) && !slices.Contains(doors, port) {
			t.Errorf("something that is no door listens on port %s", port)
		}
	}
	if len(listening(t)) == len(before) {
		t.Error("no door listens: the check sees nothing")
	}
}

// listening gives the TCP ports that this process listens on.
func listening(t *testing.T) (ports []string) {
	t.Helper()
	mine := map[string]bool{}
	fds, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	for _, fd := range fds {
		if to, err := os.Readlink("/proc/self/fd/" + fd.Name()); err == nil {
			mine[to] = true
		}
	}
	const listenState, inode = "0A", 9 // proc(5), /proc/net/tcp
	for _, table := range []string{"/proc/self/net/tcp", "/proc/self/net/tcp6"} {
		text, err := os.ReadFile(table)
		if err != nil {
			continue // no IPv6
		}
		for line := range strings.Lines(string(text)) {
			f := strings.Fields(line)
			if len(f) <= inode || f[3] != listenState || !mine[fmt.Sprintf("socket:[%s]", f[inode])] {
				continue
			}
			_, hex, _ := strings.Cut(f[1], ":")
			port, err := strconv.ParseUint(hex, 16, 16)
			if err != nil {
				t.Fatal(err)
			}
			ports = append(ports, strconv.FormatUint(port, 10))
		}
	}
	return ports
}
