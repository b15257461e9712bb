package requestid

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"strconv"
	"time"

	"github.com/lanyard-id/lanyard/internal/name"
)

// The layout, most significant bit first: 48 bits of milliseconds since 1970, 4 of version, 12 of node (upper half),
// 2 of variant, 12 of node (lower half), 50 random ones. Ids of one node therefore sort by time.
const (
	version    = 8
	nodeBits   = 24
	halfBits   = nodeBits / 2
	randomBits = 50
)

// Node tells the servers and agents of one installation apart, 0 to MaxNode.
type Node uint32

// MaxNode is the largest node number.
const MaxNode Node = 1<<nodeBits - 1

// ParseNode reads what String wrote.
func ParseNode(s string) (Node, error) {
	n, err := strconv.ParseUint(s, 16, 32)
	if err != nil || len(s) != nodeBits/4 {
		return 0, fmt.Errorf("%q is not a node: want %d hex digits", s, nodeBits/4)
	}
	return Node(n), nil
}

// RandomNode draws a node number for an installation that assigns none.
func RandomNode() Node {
	var b [4]byte
	_, _ = rand.Read(b[:]) // never fails since Go 1.24: the process ends instead
	return Node(binary.BigEndian.Uint32(b[:])) & MaxNode
}

// String is six hex digits.
func (n Node) String() string { return fmt.Sprintf("%06x", uint32(n&MaxNode)) }

// ID names one request. The zero value is "no request"; it prints empty.
type ID struct{ b [16]byte }

// New makes the id of a request that reached node at now. A time before 1970 counts as 1970.
func New(now time.Time, node Node) ID {
	var id ID
	_, _ = rand.Read(id.b[8:]) // never fails since Go 1.24: the process ends instead
	ms := uint64(max(now.UnixMilli(), 0)) & (1<<48 - 1)
	node &= MaxNode
	binary.BigEndian.PutUint64(id.b[:8], ms<<16|version<<12|uint64(node>>halfBits))
	low := binary.BigEndian.Uint64(id.b[8:]) & (1<<randomBits - 1)
	binary.BigEndian.PutUint64(id.b[8:], 0b10<<62|uint64(node&(1<<halfBits-1))<<randomBits|low)
	return id
}

// Parse reads an id in the 8-4-4-4-12 form, in any case. A GUID of another version was not made here and is refused.
func Parse(s string) (ID, error) {
	g, err := name.ParseGUID(s)
	if err != nil {
		return ID{}, fmt.Errorf("request id: %w", err)
	}
	var id ID
	text := g.String()
	for i, at := 0, 0; i < len(id.b); i, at = i+1, at+2 {
		if text[at] == '-' {
			at++
		}
		id.b[i] = digit(text[at])<<4 | digit(text[at+1])
	}
	if id.b[6]>>4 != version || id.b[8]>>6 != 0b10 {
		return ID{}, fmt.Errorf("request id: %s is not a UUID of version %d", s, version)
	}
	return id, nil
}

// digit is the value of a lower-case hex digit.
func digit(c byte) byte {
	if c >= 'a' {
		return c - 'a' + 10
	}
	return c - '0'
}

// Time is when the request arrived, to the millisecond, in UTC.
func (id ID) Time() time.Time {
	return time.UnixMilli(int64(binary.BigEndian.Uint64(id.b[:8]) >> 16)).UTC() //nolint:gosec // 48 bits fit
}

// Node is the server or agent that the request reached first.
func (id ID) Node() Node {
	high := binary.BigEndian.Uint16(id.b[6:8]) & (1<<halfBits - 1)
	low := binary.BigEndian.Uint64(id.b[8:]) >> randomBits & (1<<halfBits - 1)
	return Node(high)<<halfBits | Node(low)
}

// GUID is the id as a GUID; the zero GUID for the zero id.
func (id ID) GUID() name.GUID {
	if id.IsZero() {
		return name.GUID{}
	}
	return name.GUIDFrom(id.b)
}

// String is the id in the 8-4-4-4-12 form; empty for the zero value.
func (id ID) String() string { return id.GUID().String() }

// IsZero tells "no request".
func (id ID) IsZero() bool { return id == ID{} }

// MarshalText writes the GUID form.
func (id ID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText reads what MarshalText wrote; empty is the zero value.
func (id *ID) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*id = ID{}
		return nil
	}
	v, err := Parse(string(b))
	if err == nil {
		*id = v
	}
	return err
}
