package aws

import (
	"cmp"
	"slices"
	"strconv"
)

// DefaultVersion is the version that decides.
func (p *Policy) DefaultVersion() PolicyVersion {
	made := p.Set
	if made.IsZero() {
		made = p.Created
	}
	return PolicyVersion{N: cmp.Or(p.Default, 1), Document: p.Document, Created: made}
}

// Versions gives all versions, the newest first.
func (p *Policy) Versions() []PolicyVersion {
	all := append(slices.Clone(p.Others), p.DefaultVersion())
	slices.SortFunc(all, func(a, b PolicyVersion) int { return b.N - a.N })
	return all
}

// Version finds a version by its id.
func (p *Policy) Version(id string) (PolicyVersion, bool) {
	for _, v := range p.Versions() {
		if v.ID() == id {
			return v, true
		}
	}
	return PolicyVersion{}, false
}

// ID is how the version is called: v1, v2, ...
func (v PolicyVersion) ID() string { return "v" + strconv.Itoa(v.N) }
