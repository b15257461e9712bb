package blob

import (
	"crypto/md5" //nolint:gosec // a transport check of the protocol, not a security measure
	"encoding/hex"
	"io"
	"net/http"
	"strings"

	"github.com/lanyard-id/lanyard/internal/door/blob/wire"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/objects"
)

// LengthMissing means that an upload does not say how long it is.
const LengthMissing fault.Reason = "blob.length_missing"

const maxBlockList = 8 << 20 // bytes of XML: 50,000 of the longest ids, and room

// putBlock stores a block that waits for its list.
func (d Door) putBlock(c *call, w http.ResponseWriter) error {
	text, _ := c.target.query.Get("blockid")
	id, err := wire.ParseBlockID(text)
	if err != nil {
		return err
	}
	up, err := d.upload(c, maxBlock)
	if err != nil {
		return err
	}
	if up.Size == 0 {
		return badHeader("A block has at least one byte: the header Content-Length must not be 0.")
	}
	part, err := d.Objects.Stage(c.context(), objects.PartUpload{Upload: up, ID: id, EqualIDs: true})
	if err != nil {
		return err
	}
	h := w.Header()
	if crc := c.r.Header.Get("x-ms-content-crc64"); crc != "" {
		h.Set("x-ms-content-crc64", crc) // it was compared
	} else {
		h.Set("Content-MD5", base64MD5(part.MD5))
	}
	h.Set("x-ms-request-server-encrypted", "false")
	h.Set("Content-Length", "0")
	w.WriteHeader(http.StatusCreated)
	return nil
}

// putBlockList makes the blob of blocks that were put before, in one step.
func (d Door) putBlockList(c *call, w http.ResponseWriter) error {
	check, err := d.check(c)
	if err != nil {
		return err
	}
	meta, err := metaOf(c.r.Header, false)
	if err != nil {
		return err
	}
	body, err := c.document(maxBlockList)
	if err != nil {
		return err
	}
	choices, err := wire.ParseBlockList(body)
	if err != nil {
		return err
	}
	info, err := d.Objects.Assemble(c.context(), objects.Assembly{
		Space: c.container.UID, Key: c.target.blob, Meta: meta, Parts: choices, Check: check,
	})
	if err != nil {
		return err
	}
	return written(w, info, http.StatusCreated, c)
}

// document reads a body that is kept in memory, and holds it to the digests that were announced.
func (c *call) document(most int64) ([]byte, error) {
	body, err := wire.NewCRCReader(c.r.Body, c.r.Header.Get("x-ms-content-crc64"))
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(body, most+1))
	if err != nil {
		return nil, err
	}
	if int64(len(text)) > most {
		return nil, fault.New(fault.Invalid, objects.TooLarge, "The request body is too large: at most %d bytes are allowed.", most)
	}
	if announced := c.r.Header.Get("Content-MD5"); announced != "" {
		want, err := wire.ParseMD5(announced)
		if err != nil {
			return nil, err
		}
		if sum := md5.Sum(text); want != hex.EncodeToString(sum[:]) { //nolint:gosec // see the import
			return nil, fault.New(fault.Invalid, objects.DigestMismatch, "The body does not have the announced MD5.")
		}
	}
	return text, nil
}

// blockList tells the blocks of a blob, those that wait, or both.
func (d Door) blockList(c *call, w http.ResponseWriter) error {
	which, _ := c.target.query.Get("blocklisttype")
	committed := which == "" || strings.EqualFold(which, "committed") || strings.EqualFold(which, "all")
	uncommitted := strings.EqualFold(which, "uncommitted") || strings.EqualFold(which, "all")
	if !committed && !uncommitted {
		return badParameter("blocklisttype")
	}
	info, assembled, waiting, err := d.Objects.Parts(c.context(), c.container.UID, c.target.blob)
	if err != nil {
		return err
	}
	if info == nil && len(waiting) == 0 {
		return fault.New(fault.NotFound, objects.NotFound, "The specified blob does not exist.")
	}
	if info != nil {
		same, err := d.readable(c, w, *info)
		if err != nil || same {
			return err
		}
		writeValidators(w.Header(), *info)
		w.Header().Set("x-ms-blob-content-length", length(info.Size))
	} else {
		w.Header().Set("x-ms-blob-content-length", "0")
	}
	var out wire.BlockLists
	if committed {
		out.Committed = wire.BlocksOf(assembled)
	}
	if uncommitted {
		out.Uncommitted = wire.BlocksOf(waiting)
	}
	return writeXML(w, out)
}
