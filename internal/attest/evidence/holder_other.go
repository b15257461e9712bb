//go:build !linux

package evidence

import (
	"errors"
	"net"
)

// Supported tells whether this system says who holds a connection.
const Supported = false

// ErrNoHolder means that no process among the descendants holds the other end.
var ErrNoHolder = errors.New("this system does not say who holds a connection")

// HeldBelow finds nobody here.
func HeldBelow(int, net.Conn) (pid int, err error) { return 0, ErrNoHolder }
