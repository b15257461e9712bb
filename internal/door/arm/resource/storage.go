package resource

import (
	"iter"
	"net/http"

	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/door/arm/kit"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
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
	Public    string `json:"publicAccess"`
	Legal     bool   `json:"hasLegalHold"`
	Immutable bool   `json:"hasImmutabilityPolicy"`
	Deleted   bool   `json:"deleted"`
	Modified  string `json:"lastModifiedTime"`
}

func presentContainer(k *view.Container) container {
	return container{
		ID: k.Scope().String(), Name: k.Name, Type: "Microsoft.Storage/storageAccounts/blobServices/containers", ETag: kit.ETag(k.Rev),
		Properties: containerProperties{Public: "None", Modified: k.Created.UTC().Format(timeForm)},
	}
}

func findContainer(c *kit.Call, v *view.View) (*view.Container, error) {
	account, err := find(c, v)
	if err != nil {
		return nil, err
	}
	k, ok := v.Container(account, c.Param("container"))
	if !ok {
		return nil, fault.New(fault.NotFound, ContainerMissing, "The specified container does not exist.")
	}
	return k, nil
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
	return kit.List(c, func(after string) iter.Seq[kit.Item] {
		return func(yield func(kit.Item) bool) {
			for key, r := range c.View.UnderAfter(account.ID.Scope(), after) {
				k, ok := r.(*view.Container)
				if !ok || k.AccountUID != account.UID || c.View.Fenced(k.Scope()) {
					continue
				}
				if !yield(kit.Item{Key: key, Body: presentContainer(k)}) {
					return
				}
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

// putContainer makes a container. Everything that a body could ask for is refused: anonymous access above all.
func putContainer(c *kit.Call) (kit.Answer, error) {
	body, err := c.Body()
	if err != nil {
		return kit.Answer{}, err
	}
	properties, _, err := body.Object("properties")
	if err != nil {
		return kit.Answer{}, err
	}
	if public, err := properties.Text("publicAccess"); err != nil || public != "" && public != "None" {
		if err == nil {
			err = fault.New(fault.Unsupported, PublicAccess, "Public access is not offered: every reader proves who it is.")
		}
		return kit.Answer{}, err
	}
	status := http.StatusOK
	err = c.Change(func(e *directory.Edit) error {
		account, err := find(c, e.View())
		if err != nil {
			return err
		}
		rev := int64(0)
		if old, ok := e.View().Container(account, c.Param("container")); ok {
			rev = old.Rev
		}
		if err := c.Match(rev); err != nil {
			return err
		}
		outcome, err := e.PutContainer(account.ID, c.Param("container"))
		if status = http.StatusOK; outcome == directory.Created {
			status = http.StatusCreated
		}
		return err
	})
	if err != nil {
		return kit.Answer{}, err
	}
	k, err := findContainer(c, c.View)
	if err != nil {
		return kit.Answer{}, err
	}
	return kit.Answer{Status: status, Body: presentContainer(k), Rev: k.Rev}, nil
}

// PublicAccess means that a container is to be readable by everybody, which is not offered.
const PublicAccess fault.Reason = "arm.public_access"

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
