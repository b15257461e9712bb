package web

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/lanyard-id/lanyard/internal/fault"
)

// exchange is one request being served: its event, its parameters and the writer that watches the answer. It is the
// request's context as well, which makes one allocation of what would be four.
type exchange struct {
	context.Context
	door   *Door
	event  Event
	params params
	answer answer
}

// exchangeKey finds the exchange in a context.
type exchangeKey struct{}

// Value gives the exchange itself under its key.
func (x *exchange) Value(key any) any {
	if key == (exchangeKey{}) {
		return x
	}
	return x.Context.Value(key)
}

// run calls h and answers for whatever comes of it.
func (x *exchange) run(r *http.Request, h Handler) {
	defer func() {
		if p := recover(); p != nil {
			x.panicked(r, p)
		}
	}()
	if err := h(&x.answer, r); err != nil {
		x.fail(r, x.asFault(err))
	}
}

// asFault gives err's fault, and names the two failures that come from the connection and not from the house.
func (x *exchange) asFault(err error) *fault.Fault {
	if f, ok := errors.AsType[*fault.Fault](err); ok {
		return f
	}
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return bodyTooLarge(tooLarge.Limit).Because(err)
	}
	if x.Err() != nil {
		return fault.New(fault.Unavailable, ClientGone, "The caller closed the connection.").Because(err)
	}
	return fault.From(err)
}

// fail records f and writes it; an answer that has begun is cut off instead.
func (x *exchange) fail(r *http.Request, f *fault.Fault) {
	if x.answer.status == 0 {
		f = x.witness(f)
	}
	x.event.Fault = f
	if x.answer.status != 0 {
		panic(http.ErrAbortHandler)
	}
	x.door.dialect.WriteError(&x.answer, r, f, x.event.ID)
}

// panicked logs a defect with its stack, answers it as an internal fault and has the connection closed, because what
// the handler left unread on it is unknown.
func (x *exchange) panicked(r *http.Request, p any) {
	if p == http.ErrAbortHandler { //nolint:errorlint // net/http compares this very value as well
		panic(p)
	}
	x.door.log.LogAttrs(x, slog.LevelError, "panic", slog.String("request_id", x.event.ID),
		slog.Any("panic", p), slog.String("stack", string(debug.Stack())))
	x.answer.Header().Set("Connection", "close")
	x.fail(r, fault.New(fault.Internal, Panicked, ""))
}

// answer is the ResponseWriter that handlers see. It keeps the status and counts the bytes.
type answer struct {
	http.ResponseWriter
	status   int
	sent     int64
	patience patience
}

// WriteHeader keeps the first final status; 1xx answers go out before it.
func (a *answer) WriteHeader(status int) {
	if a.status == 0 && (status >= 200 || status == http.StatusSwitchingProtocols) {
		a.status = status
	}
	a.ResponseWriter.WriteHeader(status)
}

// Write sends bytes, after a 200 if no status was written.
func (a *answer) Write(b []byte) (int, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	a.patience.forAnswer()
	n, err := a.ResponseWriter.Write(b)
	a.sent += int64(n)
	return n, err
}

// patience gives a peer of a streaming door time for its next bytes, again with each read and write. It is no more for
// whoever proves nothing: nobody reads the body, and net/http waits for the rest of it after the answer.
type patience struct {
	conn  *http.ResponseController // nil where nobody bounds the wait
	until func() time.Time
}

// forBody extends the time for the request's body. A writer that has no deadlines is a test's.
func (p patience) forBody() {
	if p.conn != nil {
		_ = p.conn.SetReadDeadline(p.until())
	}
}

// forAnswer extends the time for the answer.
func (p patience) forAnswer() {
	if p.conn != nil {
		_ = p.conn.SetWriteDeadline(p.until())
	}
}

// ReadFrom copies from src with the connection's own means (sendfile on plain TCP), unless the time for each write counts.
func (a *answer) ReadFrom(src io.Reader) (int64, error) {
	if a.patience.conn != nil {
		return io.Copy(writerOnly{a}, src)
	}
	if a.status == 0 {
		a.status = http.StatusOK
	}
	n, err := io.Copy(a.ResponseWriter, src)
	a.sent += n
	return n, err
}

// writerOnly hides ReadFrom.
type writerOnly struct{ io.Writer }

// Unwrap lets http.ResponseController reach flushing, deadlines and hijacking.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// countedBody counts what the handler read of the body.
type countedBody struct {
	io.ReadCloser
	event    *Event
	patience patience
}

// Read reads and counts.
func (b *countedBody) Read(p []byte) (int, error) {
	b.patience.forBody()
	n, err := b.ReadCloser.Read(p)
	b.event.Received += int64(n)
	return n, err
}
