package kinds

import (
	"errors"
	"strings"

	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/directory/form"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/manifest"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// CheckNames refuses documents with a name that their kind cannot have, in the words that applying them would have. It needs
// no View. A name with references is known only when it is applied.
func CheckNames(documents []manifest.Document) error {
	for _, d := range documents {
		for _, n := range namesOf(d.Spec) {
			if n.IsZero() || strings.Contains(n.Raw, "$(") {
				continue
			}
			if err := n.check(n.Raw); err != nil {
				return positioned(d, fault.New(fault.Invalid, directory.InvalidName, "%v", err))
			}
		}
	}
	return nil
}

// checkedName is a name of a document and the form that it must have.
type checkedName struct {
	manifest.Text
	check func(string) error
}

// namesOf gives the names that a document makes; those of things that it only mentions are looked for when it is applied.
func namesOf(spec manifest.Spec) []checkedName {
	switch s := spec.(type) {
	case *manifest.Tenant:
		return []checkedName{{s.Name, houseName("a tenant")}}
	case *manifest.Subscription:
		return []checkedName{{s.Name, houseName("a subscription")}}
	case *manifest.Account:
		return []checkedName{{s.Name, houseName("an AWS account")}}
	case *manifest.ResourceGroup:
		return []checkedName{{s.Name, form.Group}}
	case *manifest.Resource:
		return []checkedName{{s.Name, resourceName(s.Type.Raw)}}
	case *manifest.KeyVault:
		return []checkedName{{s.Name, resourceName(view.TypeKeyVault)}}
	case *manifest.StorageAccount:
		names := []checkedName{{s.Name, resourceName(view.TypeStorageAccount)}}
		for _, container := range s.Containers {
			names = append(names, checkedName{container, form.Container})
		}
		return names
	case *manifest.UserAssignedIdentity:
		return append(credentialNames(s.Federated), checkedName{s.Name, resourceName(view.TypeUserIdentity)})
	case *manifest.Application:
		return credentialNames(s.Federated)
	case *manifest.Bucket:
		return []checkedName{{s.Name, form.Bucket}}
	case *manifest.Policy:
		return []checkedName{{s.Name, form.Policy}, {s.Path, form.Path}}
	case *manifest.Role:
		names := []checkedName{{s.Name, form.Role}, {s.Path, form.Path}}
		for _, p := range s.Policies {
			names = append(names, checkedName{p.Name, form.Policy})
		}
		return names
	}
	return nil
}

func houseName(what string) func(string) error {
	return func(s string) error { return form.House(what, s) }
}

// resourceName checks a name by its type, in a subscription and a group that play no part in it. A type that is none is
// refused when the document is applied.
func resourceName(typ string) func(string) error {
	return func(s string) error {
		at := func(called string) (name.ResourceID, error) {
			return name.NewResourceID(name.NewGUID(), "group", typ, called)
		}
		if _, err := at("name"); err != nil {
			return nil //nolint:nilerr // the type is to blame, and may be a reference
		}
		if strings.Contains(s, "/") {
			return errors.New("a name has no slash")
		}
		id, err := at(s)
		if err != nil {
			return err
		}
		return form.Resource(id)
	}
}

func credentialNames(list []manifest.FederatedCredential) (names []checkedName) {
	for _, f := range list {
		names = append(names, checkedName{f.Name, form.CredentialName})
	}
	return names
}
