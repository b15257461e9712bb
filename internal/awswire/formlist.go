package awswire

import (
	"strconv"
	"strings"

	"github.com/lanyard-id/lanyard/internal/fault"
)

// List gives the texts of Name.member.1 to Name.member.N, at most limit. "Name=" and no parameter at all are the empty
// list. A gap, an index that is not a plain number and a member that is a structure are refused.
func (f Form) List(name string, limit int) ([]string, error) {
	n, err := f.members(name, limit)
	if err != nil || n == 0 {
		return nil, err
	}
	list := make([]string, n)
	for i := range n {
		v, ok := f.Get(member(name, i))
		if !ok {
			return nil, badList(name, "its members must be plain values")
		}
		list[i] = v
	}
	return list, nil
}

// Structs gives the structures Name.member.1.Field to Name.member.N.Field, at most limit, each as a form of its own.
// Which fields are allowed is checked by Unknown on the whole form.
func (f Form) Structs(name string, limit int) ([]Form, error) {
	n, err := f.members(name, limit)
	if err != nil || n == 0 {
		return nil, err
	}
	list := make([]Form, n)
	for i := range n {
		if _, ok := f.Get(member(name, i)); ok {
			return nil, badList(name, "its members must be structures")
		}
		list[i] = Form{f.values, f.prefix + member(name, i) + "."}
	}
	return list, nil
}

// HasList tells whether the form says anything of a list, and be it that it is empty.
func (f Form) HasList(name string) bool {
	if _, ok := f.Get(name); ok {
		return true
	}
	for key := range f.values {
		if strings.HasPrefix(key, f.prefix+name+".") {
			return true
		}
	}
	return false
}

// member names the member at i, counted from zero.
func member(name string, i int) string { return name + ".member." + strconv.Itoa(i+1) }

// members counts the members of a list and refuses gaps.
func (f Form) members(name string, limit int) (int, error) {
	seen := map[int]bool{}
	highest := 0
	head := f.prefix + name + ".member."
	for key := range f.values {
		rest, ok := strings.CutPrefix(key, head)
		if !ok {
			continue
		}
		index, _, _ := strings.Cut(rest, ".")
		i, ok := listIndex(index)
		if !ok {
			return 0, badList(name, "an index must be a number from 1")
		}
		if i > limit {
			return 0, badList(name, "it has more than "+strconv.Itoa(limit)+" members")
		}
		seen[i] = true
		highest = max(highest, i)
	}
	if v, ok := f.Get(name); ok && (v != "" || highest > 0) {
		return 0, badList(name, "its members are given as "+name+".member.1 and so on")
	}
	if len(seen) != highest {
		return 0, badList(name, "its members must be numbered from 1 without gaps")
	}
	return highest, nil
}

// listIndex reads 1..999999 without sign or leading zero, so that one member has one name.
func listIndex(s string) (int, bool) {
	if s == "" || len(s) > 6 || s[0] == '0' || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	return n, err == nil
}

func badList(name, why string) *fault.Fault {
	return fault.New(fault.Invalid, ReasonBadList, "the list %s cannot be read: %s", name, why)
}
