package objects

import (
	"strings"
)

// MaxPage bounds the entries of one page.
const MaxPage = 5000

// Query asks for a part of a listing.
type Query struct {
	Prefix    string // only keys that begin with it
	After     string // only what comes after this key, or after this common prefix that a page ended with
	Delimiter string // keys with the same text up to and including its first place behind Prefix are one common prefix
	Max       int    // entries wanted, objects and common prefixes together; 0 or more than MaxPage is MaxPage
}

// Page is a part of a listing, in byte order.
type Page struct {
	Objects  []Info
	Prefixes []string // common prefixes
	Next     string   // Query.After for the next page; empty if this is the last
}

// list walks the index from the first key that may qualify. A common prefix costs one search, however many keys it
// stands for.
func (sp *space) list(q Query) (Page, error) {
	sp.mu.RLock()
	defer sp.mu.RUnlock()
	if sp.removed {
		return Page{}, spaceRemoved()
	}
	limit := q.Max
	if limit <= 0 || limit > MaxPage {
		limit = MaxPage
	}
	var page Page
	last := ""
	for at := sp.first(q); at < len(sp.index) && strings.HasPrefix(sp.index[at].Key, q.Prefix); {
		info := sp.index[at]
		group, grouped := commonPrefix(info.Key, q)
		if grouped && group == q.After {
			at = sp.beyond(group)
			continue
		}
		if len(page.Objects)+len(page.Prefixes) == limit {
			page.Next = last
			return page, nil
		}
		if grouped {
			page.Prefixes, last, at = append(page.Prefixes, group), group, sp.beyond(group)
		} else {
			page.Objects, last, at = append(page.Objects, *info), info.Key, at+1
		}
	}
	return page, nil
}

// first gives the place of the first key that has the prefix, or would have it, and comes after q.After.
func (sp *space) first(q Query) int {
	if q.After < q.Prefix {
		at, _ := sp.find(q.Prefix)
		return at
	}
	at, found := sp.find(q.After)
	if found {
		at++
	}
	return at
}

// beyond gives the place behind all keys that begin with prefix.
func (sp *space) beyond(prefix string) int {
	at, _ := sp.find(prefix)
	rest := sp.index[at:]
	lo, hi := 0, len(rest)
	for lo < hi {
		mid := (lo + hi) / 2
		if strings.HasPrefix(rest[mid].Key, prefix) {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return at + lo
}

// commonPrefix gives the part of the key up to the first delimiter behind the prefix.
func commonPrefix(key string, q Query) (string, bool) {
	if q.Delimiter == "" {
		return "", false
	}
	i := strings.Index(key[len(q.Prefix):], q.Delimiter)
	if i < 0 {
		return "", false
	}
	return key[:len(q.Prefix)+i+len(q.Delimiter)], true
}
