package identity

import (
	"github.com/lanyard-id/lanyard/internal/door/arm/kit"
	"github.com/lanyard-id/lanyard/internal/view"
)

// operation is the wire's form (Operations - List).
type operation struct {
	Name    string            `json:"name"`
	Display map[string]string `json:"display"`
}

// listOperations names the actions of this provider that some operation of the table asks for.
func listOperations(*kit.Call) (kit.Answer, error) {
	var all []operation
	seen := map[string]bool{}
	add := func(action, doc string) {
		if action != "" && !seen[action] {
			seen[action] = true
			all = append(all, operation{action, map[string]string{"provider": "Microsoft.ManagedIdentity", "operation": doc}})
		}
	}
	for _, op := range asking() {
		add(op.Action, op.Doc)
	}
	add(view.TypeUserIdentity+"/assign/action", "attach an identity to a resource")
	return kit.OK(map[string]any{"value": all}, 0), nil
}
