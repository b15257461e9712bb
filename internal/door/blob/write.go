package blob

import (
	"encoding/base64"
	"encoding/hex"
	"net/http"

	"github.com/lanyard-id/lanyard/internal/door/blob/wire"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/objects"
)

// Bounds of one request (Scalability targets; Put Blob and Put Block, from version 2019-12-12 on).
const (
	maxPutBlob = 5000 << 20 // bytes
	maxBlock   = 4000 << 20 // bytes
)

// putBlob stores a block blob in one request. The blob is there whole and durable when the answer goes out.
func (d Door) putBlob(c *call, w http.ResponseWriter) error {
	if kind := c.r.Header.Get("x-ms-blob-type"); kind != "BlockBlob" {
		return badHeader("The header x-ms-blob-type must be BlockBlob; other types are not offered.")
	}
	up, err := d.upload(c, maxPutBlob)
	if err != nil {
		return err
	}
	if up.Meta, err = metaOf(c.r.Header, true); err != nil {
		return err
	}
	if up.Meta.ContentMD5 != "" {
		own, _ := wire.ParseMD5(up.Meta.ContentMD5) // metaOf has seen to it
		if up.MD5 != "" && up.MD5 != own {
			return fault.New(fault.Invalid, objects.DigestMismatch, "The two MD5 values of the request differ.")
		}
		up.MD5 = own
	}
	up.KeepMD5 = true
	info, err := d.Objects.Put(c.context(), up)
	if err != nil {
		return err
	}
	w.Header().Set("Content-MD5", base64MD5(info.ETag))
	return written(w, info, http.StatusCreated, c)
}

// upload reads what all uploads share: the body, its length, what it must be and when it may be stored.
func (d Door) upload(c *call, most int64) (up objects.Upload, err error) {
	if c.r.ContentLength < 0 {
		return up, fault.New(fault.Invalid, LengthMissing, "The header Content-Length is needed.")
	}
	if c.r.ContentLength > most {
		return up, fault.New(fault.Invalid, objects.TooLarge, "The request body is too large: at most %d bytes are allowed.", most)
	}
	up = objects.Upload{Space: c.container.UID, Key: c.target.blob, Size: c.r.ContentLength}
	if up.Body, err = wire.NewCRCReader(c.r.Body, c.r.Header.Get("x-ms-content-crc64")); err != nil {
		return up, err
	}
	if announced := c.r.Header.Get("Content-MD5"); announced != "" {
		if up.MD5, err = wire.ParseMD5(announced); err != nil {
			return up, err
		}
	}
	up.Check, err = d.check(c)
	return up, err
}

// written answers a write with what is there now.
func written(w http.ResponseWriter, info objects.Info, status int, c *call) error {
	h := w.Header()
	writeValidators(h, info)
	if crc := c.r.Header.Get("x-ms-content-crc64"); crc != "" {
		h.Set("x-ms-content-crc64", crc) // it was compared
	}
	if status == http.StatusCreated {
		h.Set("x-ms-request-server-encrypted", "false")
	}
	h.Set("Content-Length", "0")
	w.WriteHeader(status)
	return nil
}

// base64MD5 writes a digest the way that Content-MD5 is written.
func base64MD5(sum string) string {
	b, _ := hex.DecodeString(sum) // the store made it
	return base64.StdEncoding.EncodeToString(b)
}

// setMetadata replaces a blob's metadata.
func (d Door) setMetadata(c *call, w http.ResponseWriter) error {
	user, err := userMeta(c.r.Header)
	if err != nil {
		return err
	}
	return d.describe(c, w, func(now objects.Info) objects.Meta {
		meta := now.Meta
		meta.User = user
		return meta
	})
}

// setProperties replaces what a blob's headers say; those that the request does not name are cleared.
func (d Door) setProperties(c *call, w http.ResponseWriter) error {
	meta, err := metaOf(c.r.Header, false)
	if err != nil {
		return err
	}
	return d.describe(c, w, func(now objects.Info) objects.Meta {
		meta := meta
		meta.User = now.User
		return meta
	})
}

func (d Door) describe(c *call, w http.ResponseWriter, change func(objects.Info) objects.Meta) error {
	check, err := d.mustExist(c)
	if err != nil {
		return err
	}
	info, err := d.Objects.SetMeta(c.context(), c.container.UID, c.target.blob, func(now objects.Info) (objects.Meta, error) {
		return change(now), check(now)
	})
	if err != nil {
		return err
	}
	return written(w, info, http.StatusOK, c)
}

// deleteBlob removes a blob for good.
func (d Door) deleteBlob(c *call, w http.ResponseWriter) error {
	if which := c.r.Header.Get("x-ms-delete-snapshots"); which != "" && which != "include" {
		return fault.New(fault.Unsupported, OtherOperation, "There are no snapshots: x-ms-delete-snapshots may only be include.")
	}
	check, err := d.check(c)
	if err != nil {
		return err
	}
	if err := d.Objects.DeleteIf(c.context(), c.container.UID, c.target.blob, check); err != nil {
		return err
	}
	w.Header().Set("x-ms-delete-type-permanent", "true")
	w.Header().Set("Content-Length", "0")
	w.WriteHeader(http.StatusAccepted)
	return nil
}
