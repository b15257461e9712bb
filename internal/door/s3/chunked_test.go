package s3_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/door/doortest"
	"github.com/lanyard-id/lanyard/internal/door/s3"
	"github.com/lanyard-id/lanyard/internal/door/s3/body"
	"github.com/lanyard-id/lanyard/internal/door/s3/wire"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/objects"
)

const digits, digitsCRC32 = "123456789", "y/Q5Jg=="

// chunked is an upload of the digits in signed chunks of four bytes.
func chunked(w *doortest.World, target, trailer string) (doortest.Request, []string) {
	req := doortest.Request{Method: http.MethodPut, Target: target, Body: digits}
	return w.Chunked(req, w.Signing(w.Session("writer"), "s3"), 4, trailer)
}

// TestSignedChunks: a body of signed chunks is stored, with and without a signed trailer, and in minio-go's spelling too.
func TestSignedChunks(t *testing.T) {
	const trailer = "x-amz-checksum-crc32:" + digitsCRC32 + "\n"
	for name, tc := range map[string]struct{ trailer, line string }{
		"no trailer": {"", ""}, "trailer": {trailer, "\r\n"}, "line end twice": {trailer, "\n\r\n"},
	} {
		w, h := serve(t)
		req, _ := chunked(w, "/photos/a", tc.trailer)
		req.Body = strings.Replace(req.Body, digitsCRC32+"\r\n", digitsCRC32+tc.line, 1)
		if rec := w.Do(h, req); rec.Code != http.StatusOK {
			t.Fatalf("%s: %d %s", name, rec.Code, rec.Body)
		}
		rec := as(w, h, "reader", doortest.Request{Target: "/photos/a", Header: http.Header{"X-Amz-Checksum-Mode": {"ENABLED"}}})
		if rec.Body.String() != digits || tc.trailer != "" && rec.Header().Get("X-Amz-Checksum-Crc32") != digitsCRC32 {
			t.Errorf("%s: %q %v", name, rec.Body, rec.Header())
		}
	}
}

// TestA06SignedChunks changes a body of signed chunks in every place and order: what does not follow from the request's
// signature is never stored.
func TestA06SignedChunks(t *testing.T) {
	const trailer = "x-amz-checksum-crc32:" + digitsCRC32 + "\n"
	for name, change := range map[string]func(chunks []string) []string{
		"byte of the data":      func(c []string) []string { c[0] = strings.Replace(c[0], "1234", "1235", 1); return c },
		"byte of the trailer":   func(c []string) []string { c[3] = strings.Replace(c[3], "y/Q5", "y/Q6", 1); return c },
		"last chunk dropped":    func(c []string) []string { return slices.Delete(c, 2, 3) },
		"end dropped":           func(c []string) []string { return c[:3] },
		"chunks swapped":        func(c []string) []string { c[0], c[1] = c[1], c[0]; return c },
		"chunk repeated":        func(c []string) []string { return append([]string{c[0]}, c...) },
		"chunk cut in two":      func(c []string) []string { c[0] = strings.Replace(c[0], "4;", "2;", 1); return c },
		"no signature":          func(c []string) []string { c[0] = "4\r\n1234\r\n"; return c },
		"empty signature":       func(c []string) []string { c[0] = "4;chunk-signature=\r\n1234\r\n"; return c },
		"trailer not signed":    func(c []string) []string { c[3] = c[3][:strings.Index(c[3], "x-amz-trailer-")] + "\r\n"; return c },
		"trailer's own replay":  func(c []string) []string { c[3] = strings.Replace(c[3], "crc32:", "crc32c:", 1); return c },
		"something behind":      func(c []string) []string { return append(c, "x") },
		"first signature again": func(c []string) []string { c[1] = strings.Replace(c[1], c[1][18:82], c[0][18:82], 1); return c },
	} {
		t.Run(name, func(t *testing.T) {
			w, h := serve(t)
			req, chunks := chunked(w, "/photos/a", trailer)
			req.Body = strings.Join(change(chunks), "")
			rec := w.Do(h, req)
			if rec.Code != http.StatusForbidden && rec.Code != http.StatusBadRequest {
				t.Errorf("%d %s", rec.Code, rec.Body)
			}
			if there(t, w, photos, "a") {
				t.Error("a changed upload is there")
			}
		})
	}
}

// TestA06EveryByteOfSignedChunks changes each byte of the body: none may be stored as what was signed.
func TestA06EveryByteOfSignedChunks(t *testing.T) {
	w, h := serve(t)
	req, _ := chunked(w, "/photos/a", "x-amz-checksum-crc32:"+digitsCRC32+"\n")
	whole := req.Body
	for i := range len(whole) {
		req.Body = whole[:i] + string(whole[i]^0x02) + whole[i+1:]
		if rec := w.Do(h, req); rec.Code == http.StatusOK {
			t.Errorf("byte %d changed from %q: stored", i, whole[i])
		}
		if req.Body = whole[:i]; i > 0 {
			if rec := w.Do(h, req); rec.Code == http.StatusOK {
				t.Errorf("cut at %d: stored", i)
			}
		}
	}
	if there(t, w, photos, "a") {
		t.Error("a changed upload is there")
	}
	req.Body = whole
	if rec := w.Do(h, req); rec.Code != http.StatusOK {
		t.Errorf("the upload as it was signed: %d %s", rec.Code, rec.Body)
	}
}

// TestSignedChunksNeedTheirLength: how much is to come is signed beforehand, and held.
func TestSignedChunksNeedTheirLength(t *testing.T) {
	for length, want := range map[string]fault.Reason{"8": objects.SizeMismatch, "10": objects.SizeMismatch, "x": s3.BadArgument, "": body.LengthMissing} {
		w, h := serve(t)
		upload := doortest.Request{Method: http.MethodPut, Target: "/photos/a", Body: digits, Header: http.Header{"X-Amz-Decoded-Content-Length": {length}}}
		req, _ := w.Chunked(upload, w.Signing(w.Session("writer"), "s3"), 4, "")
		rec := w.Do(h, req)
		w.Refused(rec, rec.Code, want)
	}
}

// TestPresignedUpload: a presigned PUT stores with the headers that its maker signed, also where they stand in the query,
// and with no others; HEAD and DELETE are for their own URLs.
func TestPresignedUpload(t *testing.T) {
	w, h := serve(t)
	writer := w.Signing(w.Session("writer"), "s3")
	target := "/photos/a?x-amz-meta-owner=me&X-Amz-Storage-Class=STANDARD&x-id=PutObject"
	made := w.Presigned(doortest.Request{Method: http.MethodPut, Target: target, Body: digits, Header: http.Header{"Content-Type": {"text/csv"}}}, writer, time.Hour)
	if rec := w.Do(h, made); rec.Code != http.StatusOK {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	rec := w.Do(h, w.Presigned(doortest.Request{Method: http.MethodHead, Target: "/photos/a"}, writer, time.Hour))
	if rec.Code != http.StatusOK || ownerOf(rec) != "me" || rec.Header().Get("Content-Type") != "text/csv" {
		t.Errorf("%d %v", rec.Code, rec.Header())
	}
	other := made
	other.Header = http.Header{"Content-Type": {"text/html"}}
	w.Refused(w.Do(h, other), http.StatusForbidden, awswire.ReasonBadSignature)
	for query, want := range map[string]fault.Reason{
		"x-amz-acl=public-read": wire.ACLUnsupported, "x-amz-grant-read=id": s3.OtherOperation, "x-amz-storage-class=GLACIER": s3.OtherOperation,
		"x-amz-security-token=x": s3.BadArgument, "x-amz-DATE=x": s3.BadArgument, "x-amz-meta-a=%0D%0Ab": s3.BadArgument,
		"x-amz-meta-a=1&X-Amz-Meta-A=2": s3.BadArgument, "x-amz-checksum-crc32=AAAAAA%3D%3D": body.ChecksumMismatch,
		"x-amz-content-sha256=UNSIGNED-PAYLOAD": s3.BadArgument,
	} {
		rec := w.Do(h, w.Presigned(doortest.Request{Method: http.MethodPut, Target: "/photos/b?" + query, Body: digits}, writer, time.Hour))
		w.Refused(rec, rec.Code, want)
	}
	if there(t, w, photos, "b") {
		t.Error("an upload that was refused is there")
	}
	if rec := w.Do(h, w.Presigned(doortest.Request{Method: http.MethodDelete, Target: "/photos/a"}, writer, time.Hour)); rec.Code != http.StatusNoContent || there(t, w, photos, "a") {
		t.Errorf("a presigned DELETE: %d %s", rec.Code, rec.Body)
	}
	hash := awswire.Payload{Mode: awswire.PayloadHashed, SHA256: strings.Repeat("0", 64)}
	bound := writer
	bound.Payload = hash
	rec = w.Do(h, w.Presigned(doortest.Request{Method: http.MethodPut, Target: "/photos/b", Body: digits}, bound, time.Hour))
	w.Refused(rec, http.StatusBadRequest, awswire.ReasonBodyMismatch)
}
