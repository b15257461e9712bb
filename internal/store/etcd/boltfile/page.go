package boltfile

import (
	"encoding/binary"
	"fmt"
)

// page is one page with the pages that it overflows into.
type page struct {
	id       uint64
	flags    uint16
	count    int
	pageSize int // 0 for an inline page
	data     []byte
}

// read reads the page id, whose header must name it, and marks it used. What it gives may lie in room, and so is valid until
// room is used again.
func (c *checker) read(id uint64, room *[]byte) (page, error) {
	if err := c.use(id); err != nil {
		return page{}, err
	}
	size := int64(c.meta.pageSize)
	if int64(len(*room)) != size {
		*room = make([]byte, size)
	}
	data := *room
	if _, err := c.file.ReadAt(data, int64(id)*size); err != nil { //nolint:gosec // use refused what lies outside of the file
		return page{}, fmt.Errorf("read page %d: %w", id, err)
	}
	le := binary.LittleEndian
	if named := le.Uint64(data); named != id {
		return page{}, fmt.Errorf("page %d says that it is page %d", id, named)
	}
	p := page{id: id, flags: le.Uint16(data[8:]), count: int(le.Uint16(data[10:])), pageSize: int(size), data: data}
	overflow := uint64(le.Uint32(data[12:]))
	if overflow >= c.meta.pages-id {
		return page{}, fmt.Errorf("page %d overflows the file", id)
	}
	if overflow == 0 {
		return p, nil
	}
	for more := range overflow {
		if err := c.use(id + 1 + more); err != nil {
			return page{}, err
		}
	}
	p.data = make([]byte, size*int64(overflow+1))                    //nolint:gosec // 32 bits
	if _, err := c.file.ReadAt(p.data, int64(id)*size); err != nil { //nolint:gosec // as above
		return page{}, fmt.Errorf("read page %d: %w", id, err)
	}
	return p, nil
}

// use marks page id, which must exist and be reached for the first time.
func (c *checker) use(id uint64) error {
	if id < 2 || id >= c.meta.pages {
		return fmt.Errorf("page %d lies outside of the file", id)
	}
	bit := uint64(1) << (id % 64)
	if c.used[id/64]&bit != 0 {
		return fmt.Errorf("page %d is used twice", id)
	}
	c.used[id/64] |= bit
	return nil
}

// leaf hands the entries of a leaf page to the visitor and gives the end of its data.
func (p page) leaf(entries visitor) (end int, err error) {
	return p.elements(func(element, data []byte) (int, error) {
		le := binary.LittleEndian
		keySize, valueSize := int(le.Uint32(element[8:])), int(le.Uint32(element[12:]))
		if keySize > len(data) || valueSize > len(data)-keySize {
			return 0, fmt.Errorf("an entry of %d and %d bytes leaves the page", keySize, valueSize)
		}
		key := data[:keySize]
		if err := entries.next(key); err != nil {
			return 0, err
		}
		return keySize + valueSize, entries.entry(key, data[keySize:keySize+valueSize], le.Uint32(element))
	}, func(element []byte) uint32 { return binary.LittleEndian.Uint32(element[4:]) })
}

// elements walks the element table of a page. The engine writes the data of the elements one behind the other, right
// behind the table, so each element must point where the one before ended: that is how a dropped entry shows. Take is
// given an element and all the data from its place on, and says how much is its own; pos reads where an element
// points, counted from the element.
func (p page) elements(take func(element, data []byte) (int, error), pos func(element []byte) uint32) (end int, err error) {
	end = pageHeader + elementSize*p.count
	if end > len(p.data) {
		return 0, fmt.Errorf("a table of %d elements leaves the page", p.count)
	}
	for i := range p.count {
		at := pageHeader + elementSize*i
		element := p.data[at : at+elementSize]
		if int64(at)+int64(pos(element)) != int64(end) {
			return 0, fmt.Errorf("element %d points to %d, not to %d", i, int64(at)+int64(pos(element)), end)
		}
		size, err := take(element, p.data[end:])
		if err != nil {
			return 0, fmt.Errorf("element %d: %w", i, err)
		}
		end += size
	}
	return end, nil
}

// fits says whether the page takes as many pages as its data needs, and no more.
func (p page) fits(end int) error {
	if need := (end + p.pageSize - 1) / p.pageSize; need*p.pageSize != len(p.data) {
		return fmt.Errorf("page %d takes %d pages for %d bytes", p.id, len(p.data)/p.pageSize, end)
	}
	return nil
}
