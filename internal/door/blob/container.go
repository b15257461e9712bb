package blob

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/objects"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web"
)

// createContainer makes a container that is not there.
func (d Door) createContainer(c *call, w http.ResponseWriter) error {
	meta, err := containerMeta(c.r.Header)
	if err != nil {
		return err
	}
	err = d.alter(c, d.Room, func(e *directory.Edit) error {
		outcome, err := e.PutContainer(c.account.ID, c.target.container)
		if err != nil {
			return err
		}
		if outcome == directory.Unchanged {
			return fault.New(fault.Conflict, directory.ContainerExists, "The specified container already exists.")
		}
		if len(meta) == 0 {
			return nil
		}
		made, _ := e.View().Container(c.account, c.target.container) // two lines above
		return e.SetContainerMetadata(*made, meta)
	})
	if err != nil {
		return err
	}
	return c.containerWritten(w, http.StatusCreated)
}

// setContainerMetadata replaces a container's metadata.
func (d Door) setContainerMetadata(c *call, w http.ResponseWriter) error {
	meta, err := containerMeta(c.r.Header)
	if err != nil {
		return err
	}
	err = d.change(c, d.Room, func(e *directory.Edit) error {
		now, _ := e.View().Container(c.account, c.target.container) // change has found it
		return e.SetContainerMetadata(*now, meta)
	})
	if err != nil {
		return err
	}
	return c.containerWritten(w, http.StatusOK)
}

// deleteContainer deletes a container, the assignments on it and its blobs.
func (d Door) deleteContainer(c *call, w http.ResponseWriter) error {
	if err := d.change(c, d.Last, func(e *directory.Edit) error {
		return e.DeleteContainer(c.account.ID, c.target.container)
	}); err != nil {
		return err
	}
	if err := d.Objects.RemoveSpace(context.WithoutCancel(c.context()), c.container.UID); err != nil {
		return err
	}
	w.Header().Set("Content-Length", "0")
	w.WriteHeader(http.StatusAccepted)
	return nil
}

// change changes the container that was found, if the request's conditions hold on it as it is then.
func (d Door) change(c *call, room func() error, command directory.Command) error {
	k, err := conditionsOf(c.r.Header, "")
	if err != nil {
		return err
	}
	return d.alter(c, room, func(e *directory.Edit) error {
		now, ok := e.View().Container(c.account, c.target.container)
		if !ok || now.UID != c.container.UID {
			return containerNotFound()
		}
		same, err := web.CheckConditions(k.header, containerETag(now), lastModified(now))
		if err == nil && same {
			err = conditionNotMet()
		}
		if err != nil {
			return err
		}
		return command(e)
	})
}

// again asks once more by the View that a command changes: an account, a caller or a right that is lost in between is not used.
func (d Door) again(c *call, v *view.View) error {
	if account, ok := v.Resource(c.account.ID); !ok || account.UID != c.account.UID {
		return fault.New(fault.NotFound, AccountNotFound, "The specified account does not exist.")
	}
	if now, ok := v.PrincipalByObject(c.principal.ObjectID); !ok || now.Principal().RevokedAt != c.principal.RevokedAt {
		return fault.New(fault.Denied, access.Denied, "%s", notPermitted)
	}
	c.v = v
	return d.permit(c)
}

// alter runs a command that is written together with its record, after asking once more: what becomes of a container decides about rights on it.
// Nothing is changed while the ledger takes no records or the disk has no room.
func (d Door) alter(c *call, room func() error, command directory.Command) error {
	if err := errors.Join(d.Audit.Health(), room()); err != nil {
		return err
	}
	v, err := d.Directory.Do(c.context(), directory.Command(func(e *directory.Edit) error {
		if err := d.again(c, e.View()); err != nil {
			return err
		}
		return command(e)
	}).Recorded(func() audit.Record { return c.record(audit.Changed) }))
	if err != nil {
		return err
	}
	c.v, c.recorded = v, true
	return nil
}

// containerMeta reads a container's metadata, which is bounded like a blob's.
func containerMeta(h http.Header) (map[string]string, error) {
	meta, err := userMeta(h)
	size := 0
	for k, v := range meta {
		size += len(k) + len(v)
	}
	if err == nil && size > objects.MaxMeta {
		err = fault.New(fault.Invalid, objects.MetaInvalid, "The metadata is longer than %d bytes.", objects.MaxMeta)
	}
	return meta, err
}

func (c *call) containerWritten(w http.ResponseWriter, status int) error {
	made, ok := c.v.Container(c.account, c.target.container)
	if !ok {
		return containerNotFound() // somebody was faster with its end
	}
	writeContainer(w.Header(), made)
	w.Header().Set("Content-Length", "0")
	w.WriteHeader(status)
	return nil
}

func writeContainer(h http.Header, c *view.Container) {
	h.Set("ETag", `"`+containerETag(c)+`"`)
	h.Set("Last-Modified", lastModified(c).Format(http.TimeFormat))
}

func lastModified(c *view.Container) time.Time {
	if c.Modified.After(c.Created) {
		return c.Modified.UTC()
	}
	return c.Created.UTC()
}

func containerETag(c *view.Container) string {
	return "0x" + strings.ToUpper(strconv.FormatInt(c.Rev, 16))
}

// containerProperties tells what is known of a container.
func (d Door) containerProperties(c *call, w http.ResponseWriter) error {
	h := w.Header()
	h.Set("x-ms-lease-status", "unlocked")
	h.Set("x-ms-lease-state", "available")
	h.Set("x-ms-has-immutability-policy", "false")
	h.Set("x-ms-has-legal-hold", "false")
	return d.containerMetadata(c, w)
}

// containerMetadata tells a container's metadata.
func (d Door) containerMetadata(c *call, w http.ResponseWriter) error {
	writeContainer(w.Header(), c.container)
	writeMetadata(w.Header(), c.container.Metadata)
	w.Header().Set("Content-Length", "0")
	w.WriteHeader(http.StatusOK)
	return nil
}
