package boltfile

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
)

// maxDepth bounds the way from the root to a leaf. A tree of two keys a page would pass it after 2^64 entries.
const maxDepth = 64

// Visit is told each entry, bucket by bucket, in key order. Key and value are valid during the call only.
type Visit func(bucket string, key, value []byte) error

// Check reads the whole bbolt file and hands each entry of each bucket to visit. It fails when the file is not a whole
// one: when pages are missing, lie, or are used twice, when keys are out of order, when an entry was dropped from a
// page, or when visit says so. A file without error can be opened by the engine, which will find the same entries.
//
// Only top-level buckets are known; a nested one is an error. The format stores numbers in the byte order of the
// machine; the check knows the little-endian one, which all supported machines have.
func Check(file io.ReaderAt, size int64, visit Visit) error {
	m, err := readMeta(file, size)
	if err != nil {
		return err
	}
	c := &checker{file: file, meta: m, used: make([]uint64, m.pages/64+1)}
	root := visitor{bounds: &bounds{}, entry: func(name, header []byte, flags uint32) error {
		return c.bucket(name, header, flags, visit)
	}}
	if err := c.tree(m.root, root, maxDepth); err != nil {
		return fmt.Errorf("root bucket: %w", err)
	}
	return c.freelist()
}

// checker walks one file.
type checker struct {
	file io.ReaderAt
	meta meta
	used []uint64 // one bit a page: reached already
}

// visitor receives the entries of one bucket in order.
type visitor struct {
	*bounds
	entry func(key, value []byte, flags uint32) error
}

// bounds is what the next key of a bucket must lie between, and what the walk through it keeps beside.
type bounds struct {
	last []byte // the key before; nil at the start
	any  bool   // whether last is set
	room []byte // one leaf after the other is read into it
}

// next takes the key that follows and says whether it does.
func (b *bounds) next(key []byte) error {
	if len(key) == 0 || b.any && bytes.Compare(key, b.last) <= 0 {
		return fmt.Errorf("key %x is out of order", key)
	}
	b.last, b.any = append(b.last[:0], key...), true
	return nil
}

// bucket walks one top-level bucket, given its entry in the root.
func (c *checker) bucket(name, header []byte, flags uint32, visit Visit) error {
	if flags != flagBucketEntry || len(header) < bucketHeader {
		return fmt.Errorf("entry %q is no bucket", name)
	}
	bucket := string(name)
	entries := visitor{bounds: &bounds{}, entry: func(key, value []byte, flags uint32) error {
		if flags != 0 {
			return fmt.Errorf("entry %x has flags %#x", key, flags)
		}
		return visit(bucket, key, value)
	}}
	var err error
	if root := binary.LittleEndian.Uint64(header); root != 0 {
		err = c.tree(root, entries, maxDepth)
	} else {
		err = inline(header[bucketHeader:], entries)
	}
	if err != nil {
		return fmt.Errorf("bucket %q: %w", bucket, err)
	}
	return nil
}

// inline walks a bucket that is so small that its one page stands in the entry of the root.
func inline(data []byte, entries visitor) error {
	if len(data) < pageHeader {
		return fmt.Errorf("an inline page of %d bytes is too short", len(data))
	}
	p := page{data: data, flags: binary.LittleEndian.Uint16(data[8:]), count: int(binary.LittleEndian.Uint16(data[10:]))}
	if p.flags != flagLeaf || binary.LittleEndian.Uint32(data[12:]) != 0 {
		return fmt.Errorf("an inline page has flags %#x", p.flags)
	}
	_, err := p.leaf(entries)
	return err
}

// tree walks the pages from id down.
func (c *checker) tree(id uint64, entries visitor, depth int) error {
	if depth == 0 {
		return fmt.Errorf("page %d lies too deep", id)
	}
	p, err := c.read(id, &entries.room)
	if err != nil {
		return err
	}
	switch p.flags {
	case flagLeaf:
		end, err := p.leaf(entries)
		if err != nil {
			return fmt.Errorf("page %d: %w", id, err)
		}
		return p.fits(end)
	case flagBranch:
		entries.room = nil // the branch stays while its children are read
		return c.branch(p, entries, depth)
	}
	return fmt.Errorf("page %d has flags %#x where data belongs", id, p.flags)
}

// branch walks the children of a branch page. Each child's keys lie from the child's key in the branch on and below
// the next one.
func (c *checker) branch(p page, entries visitor, depth int) error {
	if p.count == 0 {
		return fmt.Errorf("branch page %d is empty", p.id)
	}
	type child struct {
		key []byte
		id  uint64
	}
	children := make([]child, 0, p.count)
	end, err := p.elements(func(element, data []byte) (int, error) {
		le := binary.LittleEndian
		size := int(le.Uint32(element[4:]))
		if size > len(data) {
			return 0, fmt.Errorf("a key of %d bytes leaves the page", size)
		}
		children = append(children, child{key: data[:size], id: le.Uint64(element[8:])})
		return size, nil
	}, func(element []byte) uint32 { return binary.LittleEndian.Uint32(element) })
	if err != nil {
		return fmt.Errorf("page %d: %w", p.id, err)
	}
	if err := p.fits(end); err != nil {
		return err
	}
	for i, next := range children {
		if i > 0 && entries.any && bytes.Compare(next.key, entries.last) <= 0 {
			return fmt.Errorf("page %d: the key of child %d is not above the child before", p.id, i)
		}
		first := visitor{bounds: entries.bounds, entry: floor(next.key, entries.entry)}
		if err := c.tree(next.id, first, depth-1); err != nil {
			return err
		}
	}
	return nil
}

// floor is entry for a subtree all whose keys must be at or above lowest.
func floor(lowest []byte, entry func(key, value []byte, flags uint32) error) func(key, value []byte, flags uint32) error {
	return func(key, value []byte, flags uint32) error {
		if bytes.Compare(key, lowest) < 0 {
			return fmt.Errorf("key %x lies below its branch", key)
		}
		return entry(key, value, flags)
	}
}

// freelist checks the list of free pages, where the file has one: a page that is both free and in use would be
// overwritten later.
func (c *checker) freelist() error {
	if c.meta.freelist == noFreelist {
		return nil
	}
	var room []byte
	p, err := c.read(c.meta.freelist, &room)
	if err != nil {
		return err
	}
	if p.flags != flagFreelist {
		return fmt.Errorf("page %d has flags %#x where the free list belongs", p.id, p.flags)
	}
	ids, count := p.data[pageHeader:], uint64(p.count) //nolint:gosec // 16 bits
	if p.count == 0xFFFF {                             // the real count does not fit the header and stands first
		if len(ids) < 8 {
			return fmt.Errorf("free list %d is too short", p.id)
		}
		count, ids = binary.LittleEndian.Uint64(ids), ids[8:]
	}
	if count > uint64(len(ids)/8) {
		return fmt.Errorf("free list %d of %d pages leaves its page", p.id, count)
	}
	for i := range count {
		if err := c.use(binary.LittleEndian.Uint64(ids[8*i:])); err != nil {
			return fmt.Errorf("free list: %w", err)
		}
	}
	return nil
}
