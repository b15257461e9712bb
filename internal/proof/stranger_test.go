//go:build proof

package proof

import "net"

// stranger asks for connections to addresses that are kept for documentation and lead nowhere: whoever looks on must see
// it. A datagram's connection sends nothing by itself.
func stranger() error {
	for _, at := range []string{"192.0.2.1:9", "[2001:db8::1]:9"} {
		if c, err := net.Dial("udp", at); err == nil { //nolint:noctx // it returns at once
			_ = c.Close()
		}
	}
	return nil
}
