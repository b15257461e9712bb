package holds

import (
	"iter"

	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// Dying yields what dies with a record, wherever it lies, and the record itself at last.
func Dying(v *view.View, r view.Record) iter.Seq[view.Record] {
	return func(yield func(view.Record) bool) {
		if id := holderOf(r); !id.IsZero() {
			for _, a := range v.AssignmentsOf(id) {
				if !yield(a) {
					return
				}
			}
		}
		yield(r)
	}
}

// holderOf gives the object id of the service principal that lives inside a record, or of the group that it is; zero if
// nothing can be granted to it.
func holderOf(r view.Record) name.GUID {
	if g, ok := r.(*view.DirectoryGroup); ok {
		return g.ObjectID
	}
	if p := view.PrincipalOf(r); p != nil {
		return p.ObjectID
	}
	return name.GUID{}
}
