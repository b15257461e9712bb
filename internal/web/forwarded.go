package web

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// Forwarded gives the name of the first header, in no order, that says the request came through a proxy; "" when there
// is none. Underscores count as dashes, because some servers map one to the other (threat M02).
func Forwarded(r *http.Request) string {
	for name := range r.Header {
		if !strings.ContainsAny(name[:min(1, len(name))], "fFvVxX") {
			continue // none of those below, and most headers
		}
		switch n := strings.ToLower(strings.ReplaceAll(name, "_", "-")); {
		case n == "forwarded", n == "via", n == "x-real-ip", n == "x-forwarded", strings.HasPrefix(n, "x-forwarded-"),
			strings.HasPrefix(n, "x-original-forwarded-"):
			return name
		}
	}
	return ""
}

// ClientIP gives the address that the request came from: the peer's, unless the peer is a trusted proxy, then the
// nearest address in X-Forwarded-For that is not one. The zero Addr means that it is unknown (a unix socket, or a
// trusted proxy that said something unreadable). Never a basis for authentication.
func ClientIP(r *http.Request, trusted []netip.Prefix) netip.Addr {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	addr := peer.Addr().Unmap().WithZone("")
	if !anyContains(trusted, addr) {
		return addr
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(hops) {
		if hop = strings.TrimSpace(hop); hop == "" {
			continue
		}
		if addr, err = netip.ParseAddr(hop); err != nil {
			return netip.Addr{}
		}
		addr = addr.Unmap().WithZone("")
		if !anyContains(trusted, addr) {
			return addr
		}
	}
	return addr
}

// anyContains tells whether one of the prefixes holds the address.
func anyContains(prefixes []netip.Prefix, addr netip.Addr) bool {
	return slices.ContainsFunc(prefixes, func(p netip.Prefix) bool { return p.Contains(addr) })
}
