package etcd

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
)

// The key space inside the engine. What callers store lies under dataPrefix; what the driver itself remembers lies
// under metaPrefix, out of reach of any List or Watch.
const (
	dataPrefix     = "lanyard/data/"
	metaPrefix     = "lanyard/meta/"
	incarnationKey = metaPrefix + "incarnation"

	sealSize = 4
)

var (
	errSeal    = errors.New("a value has a wrong checksum")
	errForeign = errors.New("a key of nobody")
)

// seal appends a checksum (CRC-32C) of key and value to the value. The engine has no checksums of its own in its
// database, so a bit that flips on disk would otherwise become a fact.
func seal(key string, value []byte) string {
	sealed := make([]byte, 0, len(value)+sealSize)
	sealed = append(sealed, value...)
	return string(binary.BigEndian.AppendUint32(sealed, checksum([]byte(key), value)))
}

// unseal takes the checksum off, if it is right.
func unseal(key, sealed []byte) ([]byte, error) {
	size := len(sealed) - sealSize
	if size < 0 || binary.BigEndian.Uint32(sealed[size:]) != checksum(key, sealed[:size]) {
		return nil, errSeal
	}
	return sealed[:size:size], nil
}

func checksum(key, value []byte) uint32 {
	table := crc32.MakeTable(crc32.Castagnoli)
	return crc32.Update(crc32.Checksum(key, table), table, value)
}

// unsealRecord gives the value of a record, if key and value are ones that this driver wrote.
func unsealRecord(key, sealed []byte) ([]byte, error) {
	if !bytes.HasPrefix(key, []byte(dataPrefix)) && !bytes.HasPrefix(key, []byte(metaPrefix)) {
		return nil, errForeign
	}
	return unseal(key, sealed)
}
