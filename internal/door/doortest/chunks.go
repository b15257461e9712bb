package doortest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"net/http"
	"strings"

	"github.com/lanyard-id/lanyard/internal/awswire"
)

// Chunked is the upload of a body in signed chunks of so many bytes. trailer is a line "name:value\n", or nothing. Each
// element of the list is a chunk with its framing; the last is what follows the data.
func (w *World) Chunked(req Request, with awswire.Signing, size int, trailer string) (Request, []string) {
	w.t.Helper()
	with.Payload = awswire.Payload{Mode: awswire.PayloadChunksSigned}
	h := http.Header{"Content-Encoding": {"aws-chunked"}, "X-Amz-Decoded-Content-Length": {fmt.Sprint(len(req.Body))}}
	if name, _, ok := strings.Cut(trailer, ":"); ok {
		with.Payload.Mode = awswire.PayloadChunksSignedTrailer
		h.Set("X-Amz-Trailer", name)
	}
	maps.Copy(h, req.Header)
	data := req.Body
	req.Header, req.Body = h, ""
	req = w.Signed(req, with)
	day := with.At.UTC().Format("20060102")
	key := awswire.NewSigningKey(with.Secret, awswire.Scope{Date: day, Region: with.Region, Service: with.Service})
	_, previous, _ := strings.Cut(req.Header.Get("Authorization"), "Signature=")
	sign := func(what, of string) string {
		scope := day + "/" + with.Region + "/" + with.Service + "/aws4_request"
		previous = key.Sign("AWS4-HMAC-SHA256-" + what + "\n" + with.At.UTC().Format("20060102T150405Z") + "\n" + scope + "\n" + previous + "\n" + of)
		return previous
	}
	var chunks []string
	for more := true; more; {
		chunk := data[:min(size, len(data))]
		data, more = data[len(chunk):], chunk != ""
		framed := fmt.Sprintf("%x;chunk-signature=%s\r\n", len(chunk), sign("PAYLOAD", hashOf("")+"\n"+hashOf(chunk)))
		if more {
			framed += chunk + "\r\n"
		}
		chunks = append(chunks, framed)
	}
	last := len(chunks) - 1
	if trailer != "" {
		chunks[last] += strings.TrimSuffix(trailer, "\n") + "\r\nx-amz-trailer-signature:" + sign("TRAILER", hashOf(trailer)) + "\r\n"
	}
	chunks[last] += "\r\n"
	req.Body = strings.Join(chunks, "")
	return req, chunks
}

func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
