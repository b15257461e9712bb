package body

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"strings"

	"github.com/lanyard-id/lanyard/internal/objects"
)

// Offered tells whether checksums of an algorithm are offered, named as in their headers.
func Offered(algorithm string) bool { return newHash(algorithm) != nil }

// Composite settles what an object made of parts has: a checksum of the checksums of its parts, or one of the whole. asked
// is what the client wants, COMPOSITE or FULL_OBJECT, or nothing (S3 User Guide, "Checking object integrity": SHA cannot be
// of the whole, CRC-64/NVME must be, and the others are composite unless asked otherwise).
func Composite(algorithm, asked string) (bool, error) {
	can := map[string]string{"sha1": "COMPOSITE", "sha256": "COMPOSITE", "crc64nvme": "FULL_OBJECT"}[algorithm]
	switch {
	case asked != "" && asked != "COMPOSITE" && asked != "FULL_OBJECT":
		return false, badArgument("The checksum type must be COMPOSITE or FULL_OBJECT.")
	case can != "" && asked != "" && asked != can:
		return false, badArgument("The %s checksum type cannot be used with the %s checksum algorithm.", asked, algorithm)
	case can != "":
		return can == "COMPOSITE", nil
	}
	return asked != "FULL_OBJECT", nil
}

// Whole is the checksum of an object that is made of parts, from the checksums that its parts have: no content is read.
func Whole(algorithm string, composite bool, parts []objects.Part) (*objects.Checksum, error) {
	h := newHash(algorithm)
	if h == nil {
		return nil, errors.New("no such algorithm")
	}
	var crc uint64
	for _, p := range parts {
		if p.Checksum == nil || p.Checksum.Algorithm != algorithm {
			return nil, fmt.Errorf("part %s has no %s", p.ID, algorithm)
		}
		sum, err := base64.StdEncoding.DecodeString(p.Checksum.Value)
		if err != nil {
			return nil, err
		}
		h.Write(sum) // a hash never fails
		if !composite {
			crc = combine(algorithm, crc, number(sum), p.Size)
		}
	}
	if composite {
		text := base64.StdEncoding.EncodeToString(h.Sum(nil))
		return &objects.Checksum{Algorithm: algorithm, Value: fmt.Sprintf("%s-%d", text, len(parts)), Composite: true}, nil
	}
	b := binary.BigEndian.AppendUint64(nil, crc)
	return &objects.Checksum{Algorithm: algorithm, Value: base64.StdEncoding.EncodeToString(b[8-h.Size():])}, nil
}

// number is a sum of at most eight bytes as a number.
func number(sum []byte) uint64 {
	var b [8]byte
	copy(b[8-min(8, len(sum)):], sum)
	return binary.BigEndian.Uint64(b[:])
}

// combine is the CRC of a text whose first part has the CRC a and whose second, of length bytes, has the CRC b: a is moved
// on over as many zeros as the second part has bits, which is a linear map of its bits, and the two are added. The map of
// one bit is squared until it is that of all.
func combine(algorithm string, a, b uint64, length int64) uint64 {
	poly, bits := uint64(crc64NVMe), 64
	switch algorithm {
	case "crc32":
		poly, bits = crc32.IEEE, 32
	case "crc32c":
		poly, bits = crc32.Castagnoli, 32
	}
	step := make([]uint64, bits)
	step[0] = poly
	for i := 1; i < bits; i++ {
		step[i] = 1 << (i - 1)
	}
	for range 3 { // of a byte
		step = squared(step)
	}
	for ; length > 0; length >>= 1 {
		if length&1 == 1 {
			a = times(step, a)
		}
		step = squared(step)
	}
	return a ^ b
}

func times(m []uint64, v uint64) (sum uint64) {
	for i := 0; v != 0; i, v = i+1, v>>1 {
		if v&1 == 1 {
			sum ^= m[i]
		}
	}
	return sum
}

func squared(m []uint64) []uint64 {
	s := make([]uint64, len(m))
	for i := range m {
		s[i] = times(m, m[i])
	}
	return s
}

// Summing gives body with its checksum, which is there once all of it was read; without an algorithm there is none.
func Summing(body io.Reader, algorithm string) (io.Reader, func() *objects.Checksum) {
	h := newHash(algorithm)
	if h == nil {
		return body, func() *objects.Checksum { return nil }
	}
	return io.TeeReader(body, h), func() *objects.Checksum {
		return &objects.Checksum{Algorithm: algorithm, Value: checksum{hash: h}.value()}
	}
}

// TypeOf names the type of a checksum, as its header does.
func TypeOf(sum *objects.Checksum) string {
	if sum.Composite {
		return "COMPOSITE"
	}
	return "FULL_OBJECT"
}

// ElementOf is the name of the XML element that has a checksum of an algorithm.
func ElementOf(algorithm string) string { return "Checksum" + strings.ToUpper(algorithm) }
