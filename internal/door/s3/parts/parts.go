package parts

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/lanyard-id/lanyard/internal/door/s3/body"
	"github.com/lanyard-id/lanyard/internal/door/s3/wire"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/objects"
)

// Why parts do not become an object.
const (
	// PartOrder means that the parts of the list are not in the order of their numbers.
	PartOrder fault.Reason = "s3.part_order"
	// PartMismatch means that a part has another ETag or checksum than the list says.
	PartMismatch fault.Reason = "s3.part_mismatch"
	// PartTooSmall means that a part that is not the last is smaller than 5 MiB.
	PartTooSmall fault.Reason = "s3.part_too_small"
	// ChecksumType means that a part or a request has another kind of checksum than its upload was begun with.
	ChecksumType fault.Reason = "s3.checksum_type"
)

// Limits of multipart uploads (S3 User Guide, "Amazon S3 multipart upload limits").
const (
	minPart     = 5 << 20
	maxAssembly = 5 << 40
)

// Note is what the door keeps with an upload.
type Note struct {
	Algorithm string         `json:"algorithm,omitempty"` // of the checksums that its parts must have; empty is whatever comes
	Composite bool           `json:"composite,omitempty"`
	Initiator string         `json:"initiator"` // ARN
	UserID    string         `json:"userId"`
	Account   name.AccountID `json:"account"`
}

// NoteOf reads what was kept with an upload.
func NoteOf(p objects.Pending) (n Note, err error) {
	err = json.Unmarshal([]byte(p.Note), &n) // the store keeps it under a checksum
	return n, err
}

// ID is the name of a part in the store, in the order of the numbers.
func ID(number int) string { return fmt.Sprintf("%05d", number) }

// Number is the number of a part, from the name that this door gave it.
func Number(p objects.Part) int64 {
	n, _ := strconv.ParseInt(p.ID, 10, 64)
	return n
}

// Ordered wants the parts in the order of their numbers, each once.
func Ordered(chosen []wire.Chosen) error {
	for i, part := range chosen {
		switch {
		case part.Number < 1 || part.Number > wire.MaxParts:
			return fault.New(fault.Invalid, body.BadArgument, "PartNumber must be between 1 and %d", wire.MaxParts)
		case i > 0 && part.Number <= chosen[i-1].Number:
			return fault.New(fault.Invalid, PartOrder, "The list of parts was not in ascending order. The parts list must be specified in order by part number.")
		}
	}
	return nil
}

// Judge compares the list with the parts as they are, and gives the checksum of the whole. It is asked in one step with the
// write, so that no part can be replaced in between.
func Judge(h http.Header, n Note, chosen []wire.Chosen, parts []objects.Part) (*objects.Checksum, error) {
	var size int64
	for i, part := range parts {
		if !strings.EqualFold(chosen[i].ETag, part.MD5) || !sameSum(chosen[i], part.Checksum) {
			return nil, fault.New(fault.Invalid, PartMismatch, "One or more of the specified parts could not be found. "+
				"The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.")
		}
		if part.Size < minPart && i < len(parts)-1 {
			return nil, fault.New(fault.Invalid, PartTooSmall, "Your proposed upload is smaller than the minimum allowed size")
		}
		size += part.Size
	}
	if size > maxAssembly {
		return nil, fault.New(fault.Invalid, objects.TooLarge, "Your proposed upload exceeds the maximum allowed size")
	}
	if said := h.Get("x-amz-mp-object-size"); said != "" && said != strconv.FormatInt(size, 10) {
		return nil, fault.New(fault.Invalid, objects.SizeMismatch, "The provided 'x-amz-mp-object-size' header does not match what was computed.")
	}
	var sum *objects.Checksum
	if n.Algorithm != "" {
		var err error
		if sum, err = body.Whole(n.Algorithm, n.Composite, parts); err != nil {
			return nil, err
		}
	}
	return sum, wholeIs(h, sum)
}

// wholeIs compares the checksum of the whole with what the headers say of it.
func wholeIs(h http.Header, sum *objects.Checksum) error {
	if asked := h.Get("x-amz-checksum-type"); asked != "" && (sum == nil || asked != body.TypeOf(sum)) {
		return fault.New(fault.Invalid, ChecksumType, "The upload was not begun with the checksum type %.32s.", asked)
	}
	for header, values := range h {
		algorithm, ok := strings.CutPrefix(strings.ToLower(header), body.Prefix)
		if !ok || algorithm == "type" {
			continue
		}
		if sum == nil || sum.Algorithm != algorithm {
			return fault.New(fault.Invalid, ChecksumType, "The upload was not begun with the checksum algorithm %.32s.", algorithm)
		}
		if values[0] != sum.Value {
			return fault.New(fault.Invalid, body.ChecksumMismatch, "The %s you specified did not match the calculated checksum.", strings.ToUpper(algorithm))
		}
	}
	return nil
}

// sameSum tells whether a part has the checksums that the list says; the list need not say any.
func sameSum(said wire.Chosen, sum *objects.Checksum) bool {
	for algorithm, value := range said.Checksums {
		if sum == nil || sum.Algorithm != algorithm || sum.Value != value {
			return false
		}
	}
	return true
}
