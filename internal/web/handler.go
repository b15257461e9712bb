package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/lanyard-id/lanyard/internal/fault"
)

// Handler serves one route. An error it returns is written by the door's dialect; if the answer had begun already, the
// connection is cut instead, so that nobody takes a part for the whole.
type Handler func(w http.ResponseWriter, r *http.Request) error

// Dialect writes faults in one protocol's words. It writes Public, Reason or a word of its own, never Err.
type Dialect interface {
	WriteError(w http.ResponseWriter, r *http.Request, f *fault.Fault, requestID string)
}

// Handle makes a handler of its three parts: decode reads the request into In, do acts and knows no HTTP, encode
// writes Out.
func Handle[In, Out any](
	decode func(*http.Request) (In, error),
	do func(context.Context, In) (Out, error),
	encode func(http.ResponseWriter, Out) error,
) Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		in, err := decode(r)
		if err != nil {
			return err
		}
		out, err := do(r.Context(), in)
		if err != nil {
			return err
		}
		return encode(w, out)
	}
}

// ReadBody reads the whole body, at most what the route allows.
func ReadBody(r *http.Request) ([]byte, error) {
	var body bytes.Buffer
	if r.Body == http.NoBody {
		return []byte{}, nil
	}
	if r.ContentLength > 0 { // room for what is announced, as far as that costs little, and for finding the end
		body.Grow(int(min(r.ContentLength, DefaultMaxBody)) + bytes.MinRead)
	}
	if _, err := body.ReadFrom(r.Body); err != nil {
		return nil, unreadable(err)
	}
	return body.Bytes(), nil
}

// ReadText is ReadBody for a body that becomes a text: its bytes are copied once and not twice.
func ReadText(r *http.Request) (string, error) {
	const piece = 1 << 10
	var text strings.Builder
	if r.ContentLength > 0 {
		text.Grow(int(min(r.ContentLength, DefaultMaxBody)))
	}
	part := make([]byte, piece)
	for {
		n, err := r.Body.Read(part)
		text.Write(part[:n])
		if errors.Is(err, io.EOF) {
			return text.String(), nil
		}
		if err != nil {
			return "", unreadable(err)
		}
	}
}

// unreadable says why a body could not be read.
func unreadable(err error) *fault.Fault {
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return bodyTooLarge(tooLarge.Limit)
	}
	return fault.New(fault.Invalid, BodyUnreadable, "The request body could not be read.").Because(err)
}

// bodyTooLarge says what the limit is.
func bodyTooLarge(limit int64) *fault.Fault {
	return fault.New(fault.Invalid, BodyTooLarge, "The request body is longer than %d bytes.", limit)
}

// JSON gives an encoder that writes Out as JSON with the given status. Nothing is written when Out has no JSON form.
func JSON[Out any](status int) func(http.ResponseWriter, Out) error {
	return func(w http.ResponseWriter, out Out) error { return WriteJSON(w, status, out) }
}

// WriteJSON writes v as JSON. It leaves <, > and & as they are, because signatures and URLs travel in these answers.
func WriteJSON(w http.ResponseWriter, status int, v any) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("encode answer: %w", err)
	}
	return WriteEncoded(w, status, b.Bytes())
}

// WriteEncoded writes a text that is JSON already.
func WriteEncoded(w http.ResponseWriter, status int, text []byte) error {
	h := w.Header()
	if h.Get("Content-Type") == "" {
		h.Set("Content-Type", "application/json; charset=utf-8")
	}
	h.Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(status)
	_, err := w.Write(text)
	return err
}

// Plain is the dialect of Lanyard's own doors: JSON with the reason, the public text and the request id.
type Plain struct{}

// WriteError writes {"error":{"reason","message","requestId"}}.
func (Plain) WriteError(w http.ResponseWriter, _ *http.Request, f *fault.Fault, requestID string) {
	type body struct {
		Reason    fault.Reason `json:"reason"`
		Message   string       `json:"message"`
		RequestID string       `json:"requestId"`
	}
	message := f.Public
	if message == "" {
		message = http.StatusText(Status(f))
	}
	// The answer has a JSON form, so the one error left is a caller who has gone.
	_ = WriteJSON(w, Status(f), map[string]body{"error": {f.Reason, message, requestID}})
}
