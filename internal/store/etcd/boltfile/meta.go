package boltfile

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"io"
)

// The constants of the file format, version 2.
const (
	magic           = 0xED0CDAED
	version         = 2
	pageHeader      = 16
	elementSize     = 16
	bucketHeader    = 16
	metaSize        = 64
	metaSummed      = 56 // the bytes of a meta page that its checksum covers
	noFreelist      = ^uint64(0)
	minPageSize     = 1 << 10
	maxPageSize     = 1 << 24
	flagBranch      = 0x01
	flagLeaf        = 0x02
	flagFreelist    = 0x10
	flagBucketEntry = 0x01
)

// meta is the part of a meta page that leads to the data.
type meta struct {
	pageSize uint32
	root     uint64 // page of the root bucket
	freelist uint64 // page of the free list, or noFreelist
	pages    uint64 // high water mark: pages from here on were never used
	txid     uint64
}

// readMeta finds the newest of the two meta pages that is whole. One of them may be torn by a crash; the engine then
// goes on from the other, and so does the check.
func readMeta(file io.ReaderAt, size int64) (meta, error) {
	first, firstErr := metaAt(file, 0)
	if firstErr == nil {
		if second, err := metaAt(file, int64(first.pageSize)); err == nil && second.txid > first.txid {
			first = second
		}
		return first, first.inside(size)
	}
	// Without the first page the page size is unknown: the second page lies at one of the possible sizes.
	for pageSize := int64(minPageSize); pageSize <= maxPageSize && pageSize < size; pageSize *= 2 {
		if second, err := metaAt(file, pageSize); err == nil && int64(second.pageSize) == pageSize {
			return second, second.inside(size)
		}
	}
	return meta{}, fmt.Errorf("no meta page is whole: %w", firstErr)
}

// metaAt reads the meta page at an offset of the file.
func metaAt(file io.ReaderAt, offset int64) (meta, error) {
	var page [pageHeader + metaSize]byte
	if _, err := file.ReadAt(page[:], offset); err != nil {
		return meta{}, fmt.Errorf("read meta page: %w", err)
	}
	m, le := page[pageHeader:], binary.LittleEndian
	sum := fnv.New64a()
	sum.Write(m[:metaSummed])
	switch {
	case le.Uint32(m) != magic:
		return meta{}, fmt.Errorf("the meta page at %d has no magic number", offset)
	case le.Uint32(m[4:]) != version:
		return meta{}, fmt.Errorf("the meta page at %d has file format %d", offset, le.Uint32(m[4:]))
	case le.Uint64(m[metaSummed:]) != sum.Sum64():
		return meta{}, fmt.Errorf("the meta page at %d has a wrong checksum", offset)
	}
	return meta{
		pageSize: le.Uint32(m[8:]), root: le.Uint64(m[16:]), freelist: le.Uint64(m[32:]),
		pages: le.Uint64(m[40:]), txid: le.Uint64(m[48:]),
	}, nil
}

// inside says whether the pages that m speaks of lie in a file of that size.
func (m meta) inside(size int64) error {
	if m.pageSize < minPageSize || m.pageSize > maxPageSize || m.pageSize&(m.pageSize-1) != 0 {
		return fmt.Errorf("page size %d is not possible", m.pageSize)
	}
	if have := uint64(size) / uint64(m.pageSize); m.pages > have { //nolint:gosec // a file's size is not negative
		return fmt.Errorf("the file has %d of %d pages", have, m.pages)
	}
	return nil
}
