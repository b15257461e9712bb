package resource

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/door/arm/kit"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/verify/strictjson"
)

// ContainerMissing means that the storage account has no container of this name.
const ContainerMissing = directory.ContainerNotFound

// atContainer is the container of the path, or its storage account where the path names none. Call.ID is the account.
func atContainer(c *kit.Call) (name.Scope, error) {
	account, err := kit.AtResource(view.TypeStorageAccount, "account")(c)
	if err != nil || c.Param("container") == "" {
		return account, err
	}
	scope, err := account.Join("blobServices", "default", "containers", c.Param("container"))
	if err != nil {
		return scope, fault.New(fault.Invalid, kit.BadParameter, "The path names no valid scope: %s.", err)
	}
	return scope, nil
}

// container is the wire's form (Blob Containers - Get).
type container struct {
	ID         string              `json:"id"`
	Name       string              `json:"name"`
	Type       string              `json:"type"`
	ETag       string              `json:"etag"`
	Properties containerProperties `json:"properties"`
}

type containerProperties struct {
	Public    string            `json:"publicAccess"`
	Legal     bool              `json:"hasLegalHold"`
	Immutable bool              `json:"hasImmutabilityPolicy"`
	Deleted   bool              `json:"deleted"`
	Modified  string            `json:"lastModifiedTime"`
	Metadata  map[string]string `json:"metadata,omitempty"`
}

func presentContainer(k *view.Container) container {
	modified := k.Created
	if k.Modified.After(modified) {
		modified = k.Modified
	}
	return container{
		ID: k.Scope().String(), Name: k.Name, Type: "Microsoft.Storage/storageAccounts/blobServices/containers", ETag: kit.ETag(k.Rev),
		Properties: containerProperties{Public: "None", Modified: modified.UTC().Format(timeForm), Metadata: k.Metadata},
	}
}

func findContainer(c *kit.Call, v *view.View) (*view.Container, error) {
	account, err := find(c, v)
	if err != nil {
		return nil, err
	}
	k, ok := v.Container(account, c.Param("container"))
	if !ok {
		return nil, noContainer()
	}
	return k, nil
}

func noContainer() error {
	return fault.New(fault.NotFound, ContainerMissing, "The specified container does not exist.")
}

func getBlobService(c *kit.Call) (kit.Answer, error) {
	account, err := find(c, c.View)
	if err != nil {
		return kit.Answer{}, err
	}
	return kit.OK(map[string]any{
		"id": account.ID.String() + "/blobServices/default", "name": "default", "type": "Microsoft.Storage/storageAccounts/blobServices",
		"properties": map[string]any{"deleteRetentionPolicy": map[string]bool{"enabled": false}},
	}, 0), nil
}

func listContainers(c *kit.Call) (kit.Answer, error) {
	account, err := find(c, c.View)
	if err != nil {
		return kit.Answer{}, err
	}
	return kit.List(c, func(after string, yield func(kit.Item) bool) {
		for key, r := range c.View.UnderAfter(account.ID.Scope(), after) {
			k, ok := r.(*view.Container)
			if !ok || k.AccountUID != account.UID || c.View.Fenced(k.Scope()) {
				continue
			}
			if !yield(kit.Item{Key: key, Body: presentContainer(k)}) {
				return
			}
		}
	})
}

func getContainer(c *kit.Call) (kit.Answer, error) {
	k, err := findContainer(c, c.View)
	if err != nil {
		return kit.Answer{}, err
	}
	return kit.OK(presentContainer(k), k.Rev), nil
}

// readOnlyContainer are the properties that only answers have. Clients send a whole answer back.
func readOnlyContainer() []string {
	return []string{
		"hasLegalHold", "hasImmutabilityPolicy", "deleted", "deletedTime", "remainingRetentionDays", "lastModifiedTime", "leaseStatus",
		"leaseState", "leaseDuration", "version", "immutabilityPolicy", "legalHold",
	}
}

// readContainer reads what a body says of a container: its metadata; given is false where it says none. Everything else that
// a body could ask for is refused, anonymous access above all.
func readContainer(c *kit.Call) (metadata map[string]string, given bool, err error) {
	body, err := c.Body()
	if err != nil {
		return nil, false, err
	}
	properties, _, err := body.Object("properties")
	if err != nil {
		return nil, false, err
	}
	for _, m := range properties.Members() {
		switch {
		case strings.EqualFold(m.Name, "publicAccess"):
			if public, _ := m.Value.Text(); m.Value.Kind() != strictjson.Null && !strings.EqualFold(public, "None") {
				return nil, false, fault.New(fault.Unsupported, PublicAccess, "Public access is not offered: every reader proves who it is.")
			}
		case strings.EqualFold(m.Name, "metadata"):
			if metadata, given, err = readMetadata(properties); err != nil {
				return nil, false, err
			}
		case slices.ContainsFunc(readOnlyContainer(), func(n string) bool { return strings.EqualFold(n, m.Name) }), off(m.Value):
		default:
			return nil, false, fault.New(fault.Unsupported, ContainerProperty, "The property '%s' of a container is not offered.", kit.Shown(m.Name))
		}
	}
	return metadata, given, nil
}

// off tells whether a value asks for nothing.
func off(v strictjson.Value) bool {
	on, isBool := v.Bool()
	return v.Kind() == strictjson.Null || isBool && !on
}

func readMetadata(properties kit.Object) (map[string]string, bool, error) {
	in, given, err := properties.Object("metadata")
	if err != nil || !given {
		return nil, false, err
	}
	metadata := map[string]string{}
	for _, m := range in.Members() {
		text, ok := m.Value.Text()
		if !ok {
			return nil, false, fault.New(fault.Invalid, kit.BadBody, "The request content was invalid: 'properties.metadata' is not an object of strings.")
		}
		metadata[strings.ToLower(m.Name)] = text
	}
	return metadata, true, nil
}

// putContainer makes a container, or changes the metadata of one that is there.
func putContainer(c *kit.Call) (kit.Answer, error) {
	return changeContainer(c, false)
}

// patchContainer changes a container that must be there.
func patchContainer(c *kit.Call) (kit.Answer, error) {
	return changeContainer(c, true)
}

func changeContainer(c *kit.Call, mustExist bool) (kit.Answer, error) {
	metadata, given, err := readContainer(c)
	if err != nil {
		return kit.Answer{}, err
	}
	var outcome directory.Outcome
	err = c.Change(func(e *directory.Edit) error {
		account, err := find(c, e.View())
		if err != nil {
			return err
		}
		rev := int64(0)
		old, exists := e.View().Container(account, c.Param("container"))
		if exists {
			rev = old.Rev
		} else if mustExist {
			return noContainer()
		}
		if err := c.Match(rev); err != nil {
			return err
		}
		outcome, err = e.PutContainer(account.ID, c.Param("container"))
		if err != nil || !given || exists && maps.Equal(old.Metadata, metadata) {
			return err
		}
		now, _ := e.View().Container(account, c.Param("container")) // PutContainer has seen to it
		return e.SetContainerMetadata(*now, metadata)
	})
	if err != nil {
		return kit.Answer{}, err
	}
	k, err := findContainer(c, c.View)
	if err != nil {
		return kit.Answer{}, err
	}
	return kit.Put(outcome, presentContainer(k), k.Rev), nil
}

// Why a container is not made as it is wanted.
const (
	// PublicAccess means that a container is to be readable by everybody, which is not offered.
	PublicAccess fault.Reason = "arm.public_access"
	// ContainerProperty means that a container is to have a property that containers do not have here.
	ContainerProperty fault.Reason = "arm.container_property"
)

// checkContainer tells whether there is a container.
func checkContainer(c *kit.Call) (kit.Answer, error) {
	if _, err := findContainer(c, c.View); err != nil {
		return kit.Answer{}, err
	}
	return kit.Answer{Status: http.StatusNoContent}, nil
}

func deleteContainer(c *kit.Call) (kit.Answer, error) {
	if _, err := findContainer(c, c.View); err != nil {
		if fault.Is(err, ContainerMissing) {
			return kit.Answer{Status: http.StatusNoContent}, nil
		}
		return kit.Answer{}, err
	}
	err := c.Change(func(e *directory.Edit) error {
		k, err := findContainer(c, e.View())
		if err != nil {
			return err
		}
		if err := c.Match(k.Rev); err != nil {
			return err
		}
		return e.DeleteContainer(k.Account, k.Name)
	})
	return kit.Answer{}, err
}
