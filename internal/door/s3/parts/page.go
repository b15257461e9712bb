package parts

import (
	"strings"

	"github.com/lanyard-id/lanyard/internal/objects"
)

// Behind gives the uploads that come after a key, or after one upload of it.
func Behind(all []objects.Pending, key, id string) []objects.Pending {
	for i, p := range all {
		switch {
		case p.Key > key:
			return all[i:]
		case p.Key == key && p.ID == id:
			return all[i+1:]
		}
	}
	return nil
}

// Page is one page of uploads.
type Page struct {
	Uploads  []objects.Pending
	Prefixes []string
	Key, ID  string // where the next goes on
	More     bool
}

// Cut takes the uploads that have the prefix, those with the same text up to the delimiter as one, up to the limit.
func Cut(all []objects.Pending, q objects.Query) (page Page) {
	for _, p := range all {
		rest, has := strings.CutPrefix(p.Key, q.Prefix)
		if !has {
			continue
		}
		group := ""
		if i := strings.Index(rest, q.Delimiter); q.Delimiter != "" && i >= 0 {
			group = p.Key[:len(q.Prefix)+i+len(q.Delimiter)]
		}
		last := len(page.Prefixes) - 1
		if group != "" && last >= 0 && page.Prefixes[last] == group {
			page.Key, page.ID = p.Key, p.ID
			continue
		}
		if page.More = len(page.Uploads)+len(page.Prefixes) == q.Max; page.More {
			return page
		}
		if page.Key, page.ID = p.Key, p.ID; group != "" {
			page.Prefixes = append(page.Prefixes, group)
		} else {
			page.Uploads = append(page.Uploads, p)
		}
	}
	return page
}
