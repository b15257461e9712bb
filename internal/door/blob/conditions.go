package blob

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/lanyard-id/lanyard/internal/door/blob/lease"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/objects"
	"github.com/lanyard-id/lanyard/internal/web"
)

// SourceCondition means that the source of a copy is not, or is, the one that the request's conditions name.
const SourceCondition fault.Reason = "blob.source_condition"

// conditions are what a request asks of the blob before anything is done with it.
type conditions struct {
	header http.Header // the four of RFC 9110, under their plain names
	lease  string      // canonical, or empty
}

// conditionsOf reads the conditions of a request; prefix is "x-ms-source-" for those on the source of a copy. A date that
// is none is refused: what is not compared must not look as if it had held.
func conditionsOf(h http.Header, prefix string) (conditions, error) {
	k := conditions{header: http.Header{}}
	for _, header := range preconditions() {
		values := h.Values(prefix + header)
		if len(values) == 0 {
			continue
		}
		if strings.HasSuffix(header, "-Since") {
			if _, err := http.ParseTime(values[0]); err != nil || len(values) > 1 {
				return k, badHeader("The header %s%s is not one date.", prefix, header)
			}
		}
		k.header[header] = values
	}
	held := leaseID
	if prefix != "" {
		held = prefix + "lease-id"
	}
	if text := h.Get(held); text != "" {
		id, err := name.ParseGUID(text)
		if err != nil {
			return k, badHeader("The header %s is not a GUID.", held)
		}
		k.lease = id.String()
	}
	return k, nil
}

// etagOf is a blob's entity tag, without quotes. It changes with every write of content or description.
func etagOf(info objects.Info) string {
	return "0x" + strings.ToUpper(strconv.FormatInt(info.Version, 16))
}

// forRead holds the conditions of a read; notModified asks for a 304.
func (k conditions) forRead(info objects.Info, now time.Time) (notModified bool, err error) {
	if err := lease.Permits(info, now, k.lease, false); err != nil {
		return false, err
	}
	return web.CheckConditions(k.header, etagOf(info), info.LastModified)
}

// forWrite holds the conditions of a write, on the blob as it is; nil is none.
func (k conditions) forWrite(current *objects.Info, now time.Time) error {
	if current == nil {
		if k.lease != "" {
			return fault.New(fault.Precondition, lease.None, "There is currently no lease on the blob.")
		}
		if len(k.header.Values("If-Match")) > 0 {
			return conditionNotMet()
		}
		return nil
	}
	if err := lease.Permits(*current, now, k.lease, true); err != nil {
		return err
	}
	return k.holds(*current)
}

// holds is forRead where there is no 304: a write, or the source of a copy.
func (k conditions) holds(info objects.Info) error {
	same, err := web.CheckConditions(k.header, etagOf(info), info.LastModified)
	if err == nil && same {
		err = conditionNotMet()
	}
	return err
}

func conditionNotMet() error {
	return fault.New(fault.Precondition, web.ConditionNotMet, "The condition specified using HTTP conditional header(s) is not met.")
}

// check is what must hold in the moment of a write: the request's conditions and lease, and that there is no blob where the
// caller may only make new ones.
func (d Door) check(c *call) (objects.Check, error) {
	k, err := conditionsOf(c.r.Header, "")
	if err != nil {
		return nil, err
	}
	return func(current *objects.Info) error {
		if current != nil && c.mayNotReplace != nil {
			return c.mayNotReplace
		}
		if current != nil && c.op.creates && k.header.Get("If-None-Match") == "*" {
			return fault.New(fault.Conflict, objects.Exists, "The specified blob already exists.")
		}
		return k.forWrite(current, d.Now())
	}, nil
}

// mustExist is check for what changes a blob that is there.
func (d Door) mustExist(c *call) (func(objects.Info) error, error) {
	check, err := d.check(c)
	return func(now objects.Info) error { return check(&now) }, err
}
