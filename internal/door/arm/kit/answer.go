package kit

import (
	"net/http"
	"strconv"
	"time"

	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/web"
)

// Answer is what an operation says.
type Answer struct {
	Status int   // 0 is 200
	Body   any   // nil is no body
	Rev    int64 // revision of the thing, its ETag; 0 for none
	Header map[string]string
}

// Appender is a body that writes itself, and makes nothing that has to be collected.
type Appender interface {
	AppendJSON(b []byte) []byte
}

// OK answers a thing at a revision.
func OK(body any, rev int64) Answer { return Answer{Body: body, Rev: rev} }

// Put answers a thing that was put: 201 if it was made, else 200.
func Put(outcome directory.Outcome, body any, rev int64) Answer {
	if outcome == directory.Created {
		return Answer{Status: http.StatusCreated, Body: body, Rev: rev}
	}
	return OK(body, rev)
}

// ETag writes a revision as an entity tag (RFC 9110 section 8.8.3).
func ETag(rev int64) string { return `"` + strconv.FormatInt(rev, 10) + `"` }

// write sends the answer. A read whose ETag the client has already is a 304.
func (a Answer) write(w http.ResponseWriter, r *http.Request) error {
	h := w.Header()
	for called, value := range a.Header {
		h.Set(called, value)
	}
	status := a.Status
	if status == 0 {
		status = http.StatusOK
	}
	if a.Rev != 0 {
		h.Set("ETag", ETag(a.Rev))
		if (r.Method == http.MethodGet || r.Method == http.MethodHead) && status == http.StatusOK {
			same, err := conditions(r.Header, a.Rev)
			if err != nil {
				return err
			}
			if same {
				w.WriteHeader(http.StatusNotModified)
				return nil
			}
		}
	}
	if a.Body == nil || r.Method == http.MethodHead {
		w.WriteHeader(status)
		return nil
	}
	switch body := a.Body.(type) {
	case *pageText:
		return web.WriteEncoded(w, status, body.text)
	case Appender:
		return web.WriteEncoded(w, status, append(body.AppendJSON(nil), '\n'))
	}
	return web.WriteJSON(w, status, a.Body)
}

// conditions are those on the entity tag; ARM knows none on times.
func conditions(h http.Header, rev int64) (same bool, err error) {
	only := http.Header{}
	for _, called := range []string{"If-Match", "If-None-Match"} {
		if values := h.Values(called); len(values) > 0 {
			only[called] = values
		}
	}
	return web.CheckConditions(only, strconv.FormatInt(rev, 10), time.Time{})
}

// Match holds a change to the request's preconditions (RFC 9110 sections 13.1.1 and 13.1.2). rev is the revision that the
// command finds, 0 when there is nothing. It is asked inside of the command, so that nobody changes the thing in between.
func (c *Call) Match(rev int64) error {
	failed := func() error {
		return notMet("The condition specified using HTTP conditional header(s) is not met.")
	}
	if rev == 0 {
		if len(c.r.Header.Values("If-Match")) > 0 {
			return failed()
		}
		return nil
	}
	same, err := conditions(c.r.Header, rev)
	if err == nil && same { // If-None-Match names what is there
		return failed()
	}
	return err
}
