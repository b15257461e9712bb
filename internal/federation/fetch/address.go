package fetch

import (
	"fmt"
	"net/netip"
	"slices"
)

// Reach is how far a fetch may reach.
type Reach uint8

// The reaches.
const (
	Public   Reach = iota // addresses that the world can reach
	Private               // those, and private and loopback ones
	Loopback              // loopback alone: for plain HTTP
)

// never holds what no issuer has, from the IANA special-purpose registries: "this network", link-local with the clouds'
// metadata services, multicast, reserved, and single addresses at which clouds answer any machine of theirs.
func never() []netip.Prefix {
	return prefixes("0.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32", "100.100.100.200/32",
		"192.0.0.192/32", "::/128", "fe80::/10", "ff00::/8", "fd00:ec2::/32", "fd20:ce::254/128")
}

// local holds what only some can reach, from the same registries.
func local() []netip.Prefix {
	return prefixes("10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
		"192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
		"::1/128", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "3fff::/20", "5f00::/16", "fc00::/7", "fec0::/10")
}

func prefixes(texts ...string) []netip.Prefix {
	list := make([]netip.Prefix, len(texts))
	for i, s := range texts {
		list[i] = netip.MustParsePrefix(s)
	}
	return list
}

// allow says why an address is not dialled; nil when it may be. What carries an IPv4 address is judged as that one.
func (r Reach) allow(addr netip.Addr) error {
	addr = addr.WithZone("")
	for inner, ok := embedded(addr); ok; inner, ok = embedded(addr) {
		addr = inner
	}
	within := func(p netip.Prefix) bool { return p.Contains(addr) }
	switch {
	case slices.ContainsFunc(never(), within):
		return fmt.Errorf("%s is never asked", addr)
	case r == Loopback && !addr.IsLoopback():
		return fmt.Errorf("%s is not loopback", addr)
	case r == Public && slices.ContainsFunc(local(), within):
		return fmt.Errorf("%s is not public", addr)
	}
	return nil
}

// embedded gives the IPv4 address that is really meant.
func embedded(addr netip.Addr) (netip.Addr, bool) {
	b := addr.As16()
	in := func(block string) bool { return netip.MustParsePrefix(block).Contains(addr) }
	switch {
	case addr.Is4In6():
		return addr.Unmap(), true
	case addr.Is4():
		return addr, false
	case addr == netip.IPv6Loopback(), addr == netip.IPv6Unspecified():
		return addr, false
	case in("64:ff9b::/96"), in("::/96"): // RFC 6052 section 2.1, RFC 4291 section 2.5.5.1
		return netip.AddrFrom4([4]byte(b[12:16])), true
	case in("2002::/16"): // RFC 3056 section 2
		return netip.AddrFrom4([4]byte(b[2:6])), true
	}
	return addr, false
}
