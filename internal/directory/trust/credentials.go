package trust

import (
	"errors"
	"fmt"

	"github.com/lanyard-id/lanyard/internal/directory/form"
	"github.com/lanyard-id/lanyard/internal/view"
)

// maxFederated is how many federated credentials one holder may have (Microsoft Entra, "Considerations and limits").
const maxFederated = 20

// Flaw says what is wrong with a list of federated credentials.
type Flaw uint8

// The flaws. None means that the list can be kept.
const (
	None Flaw = iota
	TooMany
	BadName
	BadValue
	Repeated // two trust the same subject of the same issuer
)

// Checked gives the list with its expressions in canonical form. The error tells people what the flaw is about.
func Checked(list []view.FederatedCredential) ([]view.FederatedCredential, Flaw, error) {
	if len(list) > maxFederated {
		return nil, TooMany, fmt.Errorf("there are at most %d federated credentials, not %d", maxFederated, len(list))
	}
	out := make([]view.FederatedCredential, 0, len(list))
	for _, c := range list {
		if err := form.CredentialName(c.Name); err != nil {
			return nil, BadName, err
		}
		c, err := form.Credential(c)
		if err != nil {
			return nil, BadValue, err
		}
		out = append(out, c)
	}
	if what, twice := Twice(out); twice {
		return nil, Repeated, errors.New(what)
	}
	return out, None, nil
}
