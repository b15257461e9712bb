package operator

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"syscall"
	"time"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/opwire"
	"github.com/lanyard-id/lanyard/internal/web"
)

// Why the server cannot be asked.
const (
	// NoServer means that no server answers for the data folder: it is not running, or runs on another one.
	NoServer fault.Reason = "operator.no_server"
	// NoEntry means that this user may not use the operator's socket.
	NoEntry fault.Reason = "operator.no_entry"
	// BadAnswer means that what answers on the socket is not a server of this version, or that it was cut off.
	BadAnswer fault.Reason = "operator.bad_answer"
)

const (
	dialTime   = 5 * time.Second
	answerTime = 5 * time.Minute // until the first byte: a large backup begins with a snapshot
	maxAnswer  = 256 << 20
)

// Client asks the server of one data folder.
type Client struct {
	data string
	http http.Client
}

// New makes a client for the server of the data folder, which listens on the socket. Nothing is connected yet.
func New(data, socket string) *Client {
	dialer := net.Dialer{Timeout: dialTime}
	return &Client{data: data, http: http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			conn, err := dialer.DialContext(ctx, "unix", socket)
			if err != nil {
				return nil, err
			}
			if err := believable(conn); err != nil {
				return nil, errors.Join(err, conn.Close())
			}
			return conn, nil
		},
		ResponseHeaderTimeout: answerTime,
		DisableCompression:    true,
	}}}
}

// Refusal is the server's answer to what it does not do.
type Refusal struct {
	Said   opwire.Error
	Status int // of HTTP
}

// Error is the refusal's reason and text.
func (r *Refusal) Error() string { return r.Said.Reason + ": " + r.Said.Message }

// NotFound tells whether the server refused because the thing does not exist. A path that the server does not have says
// nothing about any thing.
func NotFound(err error) bool {
	r, ok := errors.AsType[*Refusal](err)
	return ok && r.Status == http.StatusNotFound && r.Said.Reason != string(web.NoRoute)
}

// Do sends in as JSON (nil sends nothing) and reads the answer into out (nil drops it; an empty answer
// leaves it as it is). The error is a *Refusal if the
// server refused, and a fault of this package if it could not be asked.
func (c *Client) Do(ctx context.Context, method, path string, in, out any) error {
	body, err := c.send(ctx, method, path, in)
	if err != nil {
		return err
	}
	defer body.Close() //nolint:errcheck // it was only read
	text, err := io.ReadAll(io.LimitReader(body, maxAnswer+1))
	if err != nil || len(text) > maxAnswer {
		return badAnswer(errors.Join(err, errors.New("the answer was cut off or is too long")))
	}
	if out == nil || len(text) == 0 { // 204: there is nothing to say
		return nil
	}
	if err := json.Unmarshal(text, out); err != nil {
		return badAnswer(err)
	}
	return nil
}

// Stream gives the body of an answer to be read as it comes. An answer that was cut off ends in an error, not in EOF.
func (c *Client) Stream(ctx context.Context, path string) (io.ReadCloser, error) {
	return c.send(ctx, http.MethodGet, path, nil)
}

// send gives the body of a good answer.
func (c *Client) send(ctx context.Context, method, path string, in any) (io.ReadCloser, error) {
	var body io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, method, "http://operator"+path, body)
	if err != nil {
		return nil, err
	}
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	answer, err := c.http.Do(req)
	if err != nil {
		return nil, c.unreachable(ctx, err)
	}
	if answer.StatusCode < 300 {
		return answer.Body, nil
	}
	defer answer.Body.Close() //nolint:errcheck // it was only read
	return nil, refusal(answer)
}

// refusal reads the body of an answer that is none.
func refusal(answer *http.Response) error {
	var wrapped struct {
		Error opwire.Error `json:"error"`
	}
	text, err := io.ReadAll(io.LimitReader(answer.Body, 1<<20))
	if err == nil {
		err = json.Unmarshal(text, &wrapped)
	}
	if err != nil || wrapped.Error.Reason == "" {
		return badAnswer(errors.Join(err, errors.New("status "+answer.Status)))
	}
	return &Refusal{wrapped.Error, answer.StatusCode}
}

// unreachable says why the request got no answer.
func (c *Client) unreachable(ctx context.Context, err error) error {
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, errForeign):
		return fault.New(fault.Denied, BadAnswer, "What answers for the data folder %s is run by another user, who is not root. It is not asked.", c.data).
			Because(err)
	case errors.Is(err, fs.ErrPermission):
		return fault.New(fault.Denied, NoEntry, "This user may not operate the server of %s: its socket belongs to the user "+
			"that runs it, and the configuration lists no other.", c.data)
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ECONNREFUSED):
		why := ""
		if _, err := os.Stat(c.data); errors.Is(err, fs.ErrNotExist) {
			why = ", which does not exist"
		}
		return fault.New(fault.Unavailable, NoServer, "No server answers for the data folder %s%s.", c.data, why)
	}
	return badAnswer(err)
}

func badAnswer(err error) error {
	return fault.New(fault.Unavailable, BadAnswer, "The server's answer cannot be read.").Because(err)
}
