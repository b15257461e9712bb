package simulate

import (
	"github.com/lanyard-id/lanyard/internal/glob"
	"github.com/lanyard-id/lanyard/internal/iampolicy"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// CustomKeys gives the condition keys that policies read, each once (GetContextKeysForCustomPolicy).
func CustomKeys(policies []string) ([]string, error) {
	if len(policies) > MaxPolicies {
		return nil, invalid("a list has more than %d policies", MaxPolicies)
	}
	list, err := documents("PolicyInputList", policies, iampolicy.Identity)
	if err != nil {
		return nil, err
	}
	return keys(list), nil
}

// PrincipalKeys gives the condition keys that the policies of a principal and those that are handed over read, each once
// (GetContextKeysForPrincipalPolicy).
func PrincipalKeys(v *view.View, source name.ARN, policies []string) ([]string, error) {
	own, _, err := sourceOf(v, source)
	if err != nil {
		return nil, err
	}
	if len(policies) > MaxPolicies {
		return nil, invalid("a list has more than %d policies", MaxPolicies)
	}
	more, err := documents("PolicyInputList", policies, iampolicy.Identity)
	if err != nil {
		return nil, err
	}
	return keys(append(own.Identity, more...)), nil
}

func keys(list []iampolicy.Named) []string {
	out := []string{}
	seen := map[string]bool{}
	for _, n := range list {
		for _, k := range n.Policy.ContextKeys() {
			if lower := glob.Lower(k); !seen[lower] {
				seen[lower] = true
				out = append(out, k)
			}
		}
	}
	return out
}
