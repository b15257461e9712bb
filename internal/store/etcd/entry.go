package etcd

import (
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"
)

// entry is a record as the engine's database holds it (mvccpb.KeyValue). Key and value lie in the bytes that were read.
type entry struct {
	key, value         []byte
	modRevision, lease int64
}

// readEntry reads a record in place: at a start every record of the database is read, and the copies that the message's own
// decoder makes were half of that work. A field that the engine does not write is an error.
func readEntry(b []byte) (entry, error) {
	var e entry
	for len(b) > 0 {
		number, kind, size := protowire.ConsumeTag(b)
		if size < 0 {
			return entry{}, protowire.ParseError(size)
		}
		b = b[size:]
		text, whole := e.field(int(number))
		switch {
		case text != nil && kind == protowire.BytesType:
			*text, size = protowire.ConsumeBytes(b)
		case whole != nil && kind == protowire.VarintType:
			var value uint64
			value, size = protowire.ConsumeVarint(b)
			*whole = int64(value) //nolint:gosec // the wire's own form of int64
		default:
			return entry{}, fmt.Errorf("field %d is unknown", number)
		}
		if size < 0 {
			return entry{}, fmt.Errorf("field %d: %w", number, protowire.ParseError(size))
		}
		b = b[size:]
	}
	return e, nil
}

// field is where a field of mvccpb.KeyValue goes, by its number: a text or a whole number.
func (e *entry) field(number int) (text *[]byte, whole *int64) {
	switch number {
	case 1:
		return &e.key, nil
	case 2, 4: // the revision that made the key, and how often it was written since: nobody asks
		return nil, new(int64)
	case 3:
		return nil, &e.modRevision
	case 5:
		return &e.value, nil
	case 6:
		return nil, &e.lease
	}
	return nil, nil
}
