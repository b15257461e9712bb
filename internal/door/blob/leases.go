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
)

// Bounds of leases (Lease Blob).
const (
	minLease = 15 * time.Second
	maxLease = 60 * time.Second
)

// leaseBlob changes a blob's lease. What comes of it is durable before it is answered.
func (d Door) leaseBlob(c *call, w http.ResponseWriter) error {
	ask, err := c.leaseRequest()
	if err != nil {
		return err
	}
	k, err := conditionsOf(c.r.Header, "")
	if err != nil {
		return err
	}
	var left time.Duration
	info, err := d.Objects.SetLease(c.context(), c.container.UID, c.target.blob, func(now objects.Info) (next *objects.Lease, err error) {
		if err := k.holds(now); err != nil {
			return nil, err
		}
		next, left, err = ask.do(now, d.Now())
		return next, err
	})
	if err != nil {
		return err
	}
	h := w.Header()
	writeValidators(h, info)
	if ask.status != http.StatusAccepted && ask.action != "release" {
		h.Set(leaseID, info.Lease.ID)
	}
	if ask.action == "break" {
		h.Set("x-ms-lease-time", strconv.FormatInt(int64((left+time.Second-1)/time.Second), 10))
	}
	h.Set("Content-Length", "0")
	w.WriteHeader(ask.status)
	return nil
}

// leaseRequest is what is asked of a lease.
type leaseRequest struct {
	action       string
	id, proposed string        // canonical
	length       time.Duration // 0 is for ever
	period       time.Duration // negative if none is given
	status       int           // of the answer
}

// leaseRequest reads the headers.
func (c *call) leaseRequest() (leaseRequest, error) {
	h := c.r.Header
	ask := leaseRequest{action: strings.ToLower(h.Get("x-ms-lease-action")), period: -1, status: http.StatusOK}
	var err error
	if ask.id, err = leaseGUID(h, leaseID); err != nil {
		return ask, err
	}
	if ask.proposed, err = leaseGUID(h, "x-ms-proposed-lease-id"); err != nil {
		return ask, err
	}
	switch ask.action {
	case "acquire":
		ask.status = http.StatusCreated
		if ask.proposed == "" {
			ask.proposed = name.NewGUID().String()
		}
		ask.length, err = leaseLength(h.Get("x-ms-lease-duration"))
		return ask, err
	case "break":
		ask.status = http.StatusAccepted
		if text := h.Get("x-ms-lease-break-period"); text != "" {
			seconds, err := strconv.ParseUint(text, 10, 8)
			if err != nil || time.Duration(seconds)*time.Second > maxLease {
				return ask, badHeader("The header x-ms-lease-break-period is 0 to 60 seconds.")
			}
			ask.period = time.Duration(seconds) * time.Second
		}
		return ask, nil
	case "change":
		if ask.proposed == "" {
			return ask, missingHeader("x-ms-proposed-lease-id")
		}
	case "renew", "release":
	default:
		return ask, badHeader("The header x-ms-lease-action must be acquire, renew, change, release or break.")
	}
	if ask.id == "" {
		return ask, missingHeader(leaseID)
	}
	return ask, nil
}

func missingHeader(header string) error {
	return fault.New(fault.Invalid, MissingHeader, "An HTTP header that's mandatory for this request is not specified: %s.", header)
}

func leaseGUID(h http.Header, header string) (string, error) {
	text := h.Get(header)
	if text == "" {
		return "", nil
	}
	id, err := name.ParseGUID(text)
	if err != nil {
		return "", badHeader("The header %s is not a GUID.", header)
	}
	return id.String(), nil
}

// leaseLength reads a duration: 15 to 60 seconds, or -1 for ever.
func leaseLength(text string) (time.Duration, error) {
	if text == "" {
		return 0, missingHeader("x-ms-lease-duration")
	}
	if text == "-1" {
		return 0, nil
	}
	seconds, err := strconv.ParseUint(text, 10, 8)
	length := time.Duration(seconds) * time.Second
	if err != nil || length < minLease || length > maxLease {
		return 0, badHeader("The header x-ms-lease-duration is 15 to 60 seconds, or -1.")
	}
	return length, nil
}

// do gives the lease that comes of it; left is how long a broken one still holds.
func (ask leaseRequest) do(info objects.Info, now time.Time) (next *objects.Lease, left time.Duration, err error) {
	switch ask.action {
	case "acquire":
		next, err = lease.Acquire(info, now, ask.proposed, ask.length)
	case "renew":
		next, err = lease.Renew(info, now, ask.id)
	case "change":
		next, err = lease.Change(info, now, ask.id, ask.proposed)
	case "release":
		err = lease.Release(info, now, ask.id)
	case "break":
		return lease.Break(info, now, ask.period)
	}
	return next, 0, err
}
