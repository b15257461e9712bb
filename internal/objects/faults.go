package objects

import (
	"errors"
	"syscall"

	"github.com/lanyard-id/lanyard/internal/fault"
)

// The failures that this package finds.
const (
	// NotFound: the space has no object of this key.
	NotFound fault.Reason = "objects.not_found"
	// Exists: the caller wanted to create the object and it is there already.
	Exists fault.Reason = "objects.exists"
	// SpaceRemoved: the container or bucket was deleted with all its objects.
	SpaceRemoved fault.Reason = "objects.space_removed"
	// SpaceNotEmpty: the bucket has objects, and is to be closed only if it has none.
	SpaceNotEmpty fault.Reason = "objects.space_not_empty"
	// NoSpace: the disk is, or would be, too full to take the object.
	NoSpace fault.Reason = "objects.no_space"
	// DigestMismatch: the bytes that arrived do not have the digest that the caller announced.
	DigestMismatch fault.Reason = "objects.digest_mismatch"
	// SizeMismatch: fewer or more bytes arrived than the caller announced.
	SizeMismatch fault.Reason = "objects.size_mismatch"
	// PartMissing: the list names a part that the key has not got, or a wrong number of parts.
	PartMissing fault.Reason = "objects.part_missing"
	// UploadMissing: no upload of this id is under way for the key; it was ended, or never begun.
	UploadMissing fault.Reason = "objects.upload_missing"
	// TooManyParts: the key has MaxParts parts that wait already.
	TooManyParts fault.Reason = "objects.too_many_parts"
	// PartInvalid: the part's name is empty or longer than MaxPartID bytes, or its length differs from that of the parts that wait.
	PartInvalid fault.Reason = "objects.part_invalid"
	// TooLarge: the upload is larger than MaxSize.
	TooLarge fault.Reason = "objects.too_large"
	// BodyFailed: reading the caller's bytes failed before their end.
	BodyFailed fault.Reason = "objects.body_failed"
	// KeyInvalid: the key is empty, longer than MaxKey bytes or not UTF-8.
	KeyInvalid fault.Reason = "objects.key_invalid"
	// MetaInvalid: the metadata is longer than MaxMeta bytes or not UTF-8.
	MetaInvalid fault.Reason = "objects.meta_invalid"
	// Damaged: a file of the space is not as it was written; nothing of the space is shown until it is mended.
	Damaged fault.Reason = "objects.damaged"
	// IO: the file system failed.
	IO fault.Reason = "objects.io"
)

// ioFault turns an error of the file system into a fault; a full disk is told from a broken one.
func ioFault(err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fault.New(fault.Unavailable, NoSpace, "there is no space left for objects").Because(err)
	}
	return fault.New(fault.Internal, IO, "objects cannot be read or written now").Because(err)
}

func notFound(key string) error {
	return fault.New(fault.NotFound, NotFound, "there is no object %q", key)
}

func exists(key string) error {
	return fault.New(fault.Conflict, Exists, "the object %q exists already", key)
}

func spaceRemoved() error {
	return fault.New(fault.NotFound, SpaceRemoved, "the objects' container is deleted")
}

// interrupted says that the caller stopped waiting.
func interrupted(err error) error {
	return fault.New(fault.Unavailable, IO, "the request was given up").Because(err)
}
