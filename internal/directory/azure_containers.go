package directory

import (
	"github.com/lanyard-id/lanyard/internal/directory/form"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// PutContainer makes a blob container; one that exists is left as it is.
func (e *Edit) PutContainer(account name.ResourceID, container string) (Outcome, error) {
	r, err := e.storageAccount(account)
	if err != nil {
		return Unchanged, err
	}
	if err := because(InvalidName, form.Container(container)); err != nil {
		return Unchanged, err
	}
	if c := (&view.Container{Account: r.ID, Name: container}); e.view.Fenced(c.Scope()) {
		return Unchanged, fenced(c.Scope())
	}
	if _, ok := e.view.Container(r, container); ok {
		return Unchanged, nil
	}
	return e.Save(&view.Container{Account: r.ID, AccountUID: r.UID, Name: container, UID: name.NewGUID(), Created: e.now})
}

// SetContainerMetadata replaces what its owner says of a container of this edit's View.
func (e *Edit) SetContainerMetadata(c view.Container, metadata map[string]string) error {
	if err := because(InvalidValue, form.Metadata(metadata)); err != nil {
		return err
	}
	c.Metadata, c.Modified = metadata, e.now
	return e.saveAll([]view.Record{&c}, nil)
}

// DeleteContainer deletes a container and the assignments on it. Its bytes are the objects room's to remove.
func (e *Edit) DeleteContainer(account name.ResourceID, container string) error {
	r, err := e.storageAccount(account)
	if err != nil {
		return err
	}
	c, ok := e.view.Container(r, container)
	if !ok {
		return notFound(ContainerNotFound, "the storage account %q has no container %q", r.ID.Name(), shown(container))
	}
	return e.removeTree(&view.Tombstone{Scope: c.Scope(), Began: e.now})
}

func (e *Edit) storageAccount(id name.ResourceID) (*view.Resource, error) {
	r, ok := e.view.Resource(id)
	if !ok || !id.IsType(view.TypeStorageAccount) {
		return nil, notFound(ResourceNotFound, "there is no storage account %s", id)
	}
	return r, nil
}
