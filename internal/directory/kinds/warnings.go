package kinds

import (
	"maps"
	"slices"

	"github.com/lanyard-id/lanyard/internal/iampolicy"
	"github.com/lanyard-id/lanyard/internal/view"
)

// warnings says which statements of a thing's policies are legal and probably do not do what their author means.
func warnings(r view.Record) []string {
	switch r := r.(type) {
	case *view.Role:
		list := linted("trust", iampolicy.Trust, r.Trust)
		return append(list, lintedEach(iampolicy.Identity, r.Inline)...)
	case *view.Policy:
		return linted("document", iampolicy.Identity, r.Document)
	case *view.Bucket:
		return linted("policy", iampolicy.Resource, r.Policy)
	case *view.Account:
		return append(lintedEach(iampolicy.SCP, r.ServiceControl), lintedEach(iampolicy.RCP, r.ResourceControl)...)
	}
	return nil
}

func lintedEach(kind iampolicy.Kind, documents map[string]string) []string {
	var list []string
	for _, n := range slices.Sorted(maps.Keys(documents)) {
		list = append(list, linted(n, kind, documents[n])...)
	}
	return list
}

// linted names each statement as decisions do: the policy, then the statement.
func linted(id string, kind iampolicy.Kind, document string) []string {
	if document == "" {
		return nil
	}
	p, err := iampolicy.Parse([]byte(document), kind)
	if err != nil {
		return []string{id + ": " + err.Error()} // it was read when it was saved
	}
	var list []string
	for _, w := range p.Warnings(id) {
		list = append(list, w.Rule+": "+w.Text)
	}
	return list
}
