package s3_test

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/door/doortest"
	"github.com/lanyard-id/lanyard/internal/door/s3"
	"github.com/lanyard-id/lanyard/internal/door/s3/body"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/objects"
)

// checksums are the published check values of each algorithm over "123456789".
func checksums(t *testing.T) map[string]string {
	t.Helper()
	sums := map[string]string{}
	for algorithm, check := range map[string]string{
		"crc32": "cbf43926", "crc32c": "e3069283", "crc64nvme": "ae8b14860a799888", "sha1": "f7c3bc1d808e04732adf679965ccc34ca7ae3441",
		"sha256": "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225",
	} {
		b, err := hex.DecodeString(check)
		if err != nil {
			t.Fatal(err)
		}
		sums[algorithm] = base64.StdEncoding.EncodeToString(b)
	}
	return sums
}

func TestChecksumsInHeadersAndTrailers(t *testing.T) {
	const digits = "123456789"
	for algorithm, sum := range checksums(t) {
		t.Run(algorithm, func(t *testing.T) {
			w, h := serve(t)
			header := "X-Amz-Checksum-" + algorithm
			rec := as(w, h, "writer", doortest.Request{Method: http.MethodPut, Target: "/photos/a", Body: digits, Header: http.Header{http.CanonicalHeaderKey(header): {sum}}})
			if rec.Code != http.StatusOK || rec.Header().Get(header) != sum || rec.Header().Get("ETag") == "" {
				t.Errorf("in a header: %d %s %v", rec.Code, rec.Body, rec.Header())
			}
			framed := fmt.Sprintf("4\r\n1234\r\n5\r\n56789\r\n0\r\nx-amz-checksum-%s:%s\r\n\r\n", algorithm, sum)
			more := http.Header{
				"X-Amz-Trailer": {"x-amz-checksum-" + algorithm}, "X-Amz-Decoded-Content-Length": {"9"},
				"X-Amz-Sdk-Checksum-Algorithm": {strings.ToUpper(algorithm)},
			}
			if rec := asTrailed(w, h, trailed("/photos/b", framed, more)); rec.Code != http.StatusOK || rec.Header().Get(header) != sum {
				t.Errorf("in a trailer: %d %s", rec.Code, rec.Body)
			}
			if rec := ask(w, h, "writer", http.MethodGet, "/photos/b"); rec.Body.String() != digits || rec.Header().Get("Content-Encoding") != "" {
				t.Errorf("stored %q as %q", rec.Body, rec.Header().Get("Content-Encoding"))
			}
			wrong := base64.StdEncoding.EncodeToString(make([]byte, base64.StdEncoding.DecodedLen(len(sum))-strings.Count(sum, "=")))
			rec = as(w, h, "writer", doortest.Request{Method: http.MethodPut, Target: "/photos/c", Body: digits, Header: http.Header{http.CanonicalHeaderKey(header): {wrong}}})
			w.Refused(rec, http.StatusBadRequest, body.ChecksumMismatch)
			rec = asTrailed(w, h, trailed("/photos/c", strings.Replace(framed, sum, wrong, 1), more))
			w.Refused(rec, http.StatusBadRequest, body.ChecksumMismatch)
			if there(t, w, photos, "c") {
				t.Error("an object with another checksum is there")
			}
		})
	}
}

// TestA21ChunkedBodies breaks the framing in every place: an object is there whole or not at all.
func TestA21ChunkedBodies(t *testing.T) {
	for name, tc := range map[string]struct {
		body string
		more http.Header
		want fault.Reason
	}{
		"byte changed":        {strings.Replace(hello, "hello", "hellp", 1), nil, body.ChecksumMismatch},
		"checksum changed":    {strings.Replace(hello, "NhCmhg==", "NhCmhQ==", 1), nil, body.ChecksumMismatch},
		"no last chunk":       {"5\r\nhello\r\n", nil, body.BadChunk},
		"no trailer":          {"5\r\nhello\r\n0\r\n\r\n", nil, body.BadTrailer},
		"cut in a chunk":      {"5\r\nhel", nil, objects.BodyFailed},
		"cut in the trailer":  {hello[:len(hello)-6], nil, body.BadTrailer},
		"cut before the end":  {hello[:len(hello)-2], nil, body.BadTrailer},
		"something behind":    {hello + "x", nil, body.BadTrailer},
		"second trailer":      {strings.TrimSuffix(hello, "\r\n") + "x-amz-meta-a:b\r\n\r\n", nil, body.BadTrailer},
		"other trailer":       {strings.Replace(hello, "crc32", "crc32c", 1), nil, body.BadTrailer},
		"longer than said":    {hello, http.Header{"X-Amz-Decoded-Content-Length": {"4"}}, objects.SizeMismatch},
		"shorter than said":   {hello, http.Header{"X-Amz-Decoded-Content-Length": {"6"}}, objects.SizeMismatch},
		"length no number":    {hello, http.Header{"X-Amz-Decoded-Content-Length": {"-5"}}, s3.BadArgument},
		"no line end":         {"5\r\nhelloX\r\n0\r\n", nil, body.BadChunk},
		"size with sign":      {"+5\r\nhello\r\n", nil, body.BadChunk},
		"size with prefix":    {"0x5\r\nhello\r\n", nil, body.BadChunk},
		"size not hex":        {"five\r\nhello\r\n", nil, body.BadChunk},
		"size empty":          {"\r\nhello\r\n", nil, body.BadChunk},
		"size overflows":      {"fffffffffffffffff\r\nhello\r\n", nil, body.BadChunk},
		"size without end":    {strings.Repeat("0", 1<<16), nil, body.BadChunk},
		"chunk signatures":    {"5;chunk-signature=" + strings.Repeat("0", 64) + "\r\nhello\r\n", nil, body.BadChunk},
		"bare line feeds":     {strings.ReplaceAll(hello, "\r\n", "\n"), nil, body.BadChunk},
		"not framed":          {"hello", nil, body.BadChunk},
		"encoded twice":       {hello, http.Header{"Content-Encoding": {"aws-chunked,aws-chunked"}}, s3.BadArgument},
		"algorithm not named": {hello, http.Header{"X-Amz-Trailer": {"x-amz-meta-a"}}, s3.OtherOperation},
		"algorithms differ":   {hello, http.Header{"X-Amz-Sdk-Checksum-Algorithm": {"SHA256"}}, s3.BadArgument},
		"two checksums":       {hello, http.Header{"X-Amz-Checksum-Crc32": {"NhCmhg=="}}, s3.BadArgument},
	} {
		t.Run(name, func(t *testing.T) {
			w, h := serve(t)
			rec := asTrailed(w, h, trailed("/photos/a", tc.body, tc.more))
			w.Refused(rec, rec.Code, tc.want)
			if rec.Code != http.StatusBadRequest && rec.Code != http.StatusNotImplemented {
				t.Errorf("status %d: %s", rec.Code, rec.Body)
			}
			if there(t, w, photos, "a") {
				t.Error("a broken upload is there")
			}
		})
	}
}

func TestUploadWithTrailer(t *testing.T) {
	w, h := serve(t)
	if rec := asTrailed(w, h, trailed("/photos/a", hello, http.Header{"Content-Encoding": {"gzip,aws-chunked"}})); rec.Code != http.StatusOK {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	rec := ask(w, h, "writer", http.MethodGet, "/photos/a")
	if rec.Body.String() != "hello" || rec.Header().Get("Content-Encoding") != "gzip" {
		t.Errorf("%q, %q", rec.Body, rec.Header().Get("Content-Encoding"))
	}
	req := trailed("/photos/b", hello, nil) // boto3 does not know the length of a stream beforehand
	req.Header.Del("X-Amz-Decoded-Content-Length")
	if rec := asTrailed(w, h, req); rec.Code != http.StatusOK {
		t.Errorf("without the decoded length: %d %s", rec.Code, rec.Body)
	}
	big := strings.Repeat("x", 100_000)
	framed := fmt.Sprintf("%x\r\n%s\r\n%X\r\n%s\r\n0\r\nx-amz-checksum-crc32:%s\r\n\r\n", len(big), big, 3, "abc", "AAAAAA==")
	req = trailed("/photos/c", framed, http.Header{"X-Amz-Decoded-Content-Length": {"100003"}})
	w.Refused(asTrailed(w, h, req), http.StatusBadRequest, body.ChecksumMismatch)
}

// TestBodyHash: the hash that was signed is the hash of what is stored.
func TestBodyHash(t *testing.T) {
	w, h := serve(t)
	req := w.Signed(doortest.Request{Method: http.MethodPut, Target: "/photos/a", Body: "signed"}, w.Signing(w.Session("writer"), "s3"))
	req.Body = "forged"
	rec := w.Do(h, req)
	w.Refused(rec, http.StatusBadRequest, awswire.ReasonBodyMismatch)
	wantCode(t, rec, http.StatusBadRequest, "XAmzContentSHA256Mismatch")
	for digest, want := range map[string]fault.Reason{
		"AAAAAAAAAAAAAAAAAAAAAA==": objects.DigestMismatch, "AAAA": body.BadDigest, "*": body.BadDigest,
	} {
		rec := as(w, h, "writer", doortest.Request{Method: http.MethodPut, Target: "/photos/a", Body: "x", Header: http.Header{"Content-Md5": {digest}}})
		w.Refused(rec, http.StatusBadRequest, want)
	}
	req = doortest.Request{Method: http.MethodPut, Target: "/photos/a", Body: "1\r\nx\r\n0\r\n\r\n", Header: http.Header{"Transfer-Encoding": {"chunked"}}}
	signing := w.Signing(w.Session("writer"), "s3")
	signing.Payload = awswire.Payload{Mode: awswire.PayloadUnsigned}
	wantCode(t, w.Do(h, w.Signed(req, signing)), http.StatusLengthRequired, "MissingContentLength")
	for _, method := range []string{http.MethodGet, http.MethodDelete} {
		w.Refused(as(w, h, "writer", doortest.Request{Method: method, Target: "/photos/a", Body: "x"}), http.StatusBadRequest, s3.UnexpectedBody)
	}
	if there(t, w, photos, "a") {
		t.Error("an upload that was refused is there")
	}
}

func TestConditionalUpload(t *testing.T) {
	w, h := serve(t)
	only := func() doortest.Request {
		return doortest.Request{Method: http.MethodPut, Target: "/photos/a", Body: "1", Header: http.Header{"If-None-Match": {"*"}}}
	}
	if rec := as(w, h, "writer", only()); rec.Code != http.StatusOK {
		t.Errorf("the first: %d %s", rec.Code, rec.Body)
	}
	wantCode(t, as(w, h, "writer", only()), http.StatusPreconditionFailed, "PreconditionFailed")
}

func TestKeyBounds(t *testing.T) {
	w, h := serve(t)
	long := "/photos/" + strings.Repeat("k", 1024)
	if rec := as(w, h, "writer", doortest.Request{Method: http.MethodPut, Target: long, Body: "1"}); rec.Code != http.StatusOK {
		t.Errorf("the longest key: %d %s", rec.Code, rec.Body)
	}
	wantCode(t, as(w, h, "writer", doortest.Request{Method: http.MethodPut, Target: long + "k", Body: "1"}), http.StatusBadRequest, "KeyTooLongError")
}
