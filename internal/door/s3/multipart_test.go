package s3_test

import (
	"crypto/md5" //nolint:gosec // the protocol's ETag
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/door/doortest"
	"github.com/lanyard-id/lanyard/internal/door/s3"
	"github.com/lanyard-id/lanyard/internal/door/s3/body"
	"github.com/lanyard-id/lanyard/internal/door/s3/parts"
	"github.com/lanyard-id/lanyard/internal/door/s3/wire"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/objects"
)

// field gives the text of the first element of a name.
func field(t *testing.T, rec *httptest.ResponseRecorder, element string) string {
	t.Helper()
	_, rest, found := strings.Cut(rec.Body.String(), "<"+element+">")
	text, _, ended := strings.Cut(rest, "</"+element+">")
	if !found || !ended {
		t.Fatalf("%d: no %s in %s", rec.Code, element, rec.Body)
	}
	return text
}

func crc32Of(text string) string {
	return base64.StdEncoding.EncodeToString(sumBytes(crc32.ChecksumIEEE([]byte(text))))
}

func sumBytes(n uint32) []byte { return []byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)} }

func md5Of(text string) string {
	sum := md5.Sum([]byte(text)) //nolint:gosec // see the import
	return hex.EncodeToString(sum[:])
}

// uploading is one upload under way, by the writer.
type uploading struct {
	t      *testing.T
	w      *doortest.World
	h      http.Handler
	target string
	id     string
	list   string // of its parts
}

func begin(t *testing.T, w *doortest.World, h http.Handler, target string, headers http.Header) *uploading {
	t.Helper()
	rec := as(w, h, "writer", doortest.Request{Method: http.MethodPost, Target: target + "?uploads", Header: headers})
	if rec.Code != http.StatusOK {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	return &uploading{t, w, h, target, field(t, rec, "UploadId"), ""}
}

// send sends a request about the upload.
func (u *uploading) send(role, method, query, text string, headers http.Header) *httptest.ResponseRecorder {
	u.t.Helper()
	return as(u.w, u.h, role, doortest.Request{Method: method, Target: u.target + "?uploadId=" + u.id + query, Body: text, Header: headers})
}

// part uploads a part and puts it on the list.
func (u *uploading) part(number int, text string) {
	u.t.Helper()
	rec := u.send("writer", http.MethodPut, fmt.Sprintf("&partNumber=%d", number), text, http.Header{"X-Amz-Checksum-Crc32": {crc32Of(text)}})
	if rec.Code != http.StatusOK || rec.Header().Get("ETag") != `"`+md5Of(text)+`"` {
		u.t.Fatalf("%d %s %v", rec.Code, rec.Body, rec.Header())
	}
	u.list += fmt.Sprintf("<Part><PartNumber>%d</PartNumber><ETag>%s</ETag><ChecksumCRC32>%s</ChecksumCRC32></Part>", number, rec.Header().Get("ETag"), crc32Of(text))
}

func (u *uploading) complete(list string, headers http.Header) *httptest.ResponseRecorder {
	u.t.Helper()
	return u.send("writer", http.MethodPost, "", "<CompleteMultipartUpload>"+list+"</CompleteMultipartUpload>", headers)
}

// big is the smallest part that is not the last.
var big = strings.Repeat("0123456789abcdef", 5<<20/16)

// TestMultipart: three parts, out of order and one of them twice, become one object with the ETag that clients compute, the
// checksum of the checksums and what the upload was begun with; until then there is nothing.
func TestMultipart(t *testing.T) {
	w, h := serve(t)
	u := begin(t, w, h, "/photos/large", http.Header{
		"Content-Type": {"video/mp4"}, "X-Amz-Meta-Owner": {"me"}, "X-Amz-Checksum-Algorithm": {"CRC32"}, "X-Amz-Tagging": {"team=a"},
	})
	u.part(3, "the end")
	u.part(1, "replaced")
	u.list = ""
	u.part(1, big)
	u.part(2, big)
	u.list += fmt.Sprintf("<Part><PartNumber>3</PartNumber><ETag>%s</ETag></Part>", md5Of("the end"))
	listed := u.send("writer", http.MethodGet, "&max-parts=2", "", nil)
	if strings.Count(listed.Body.String(), "<Part>") != 2 || field(t, listed, "NextPartNumberMarker") != "2" || field(t, listed, "IsTruncated") != "true" ||
		field(t, listed, "ChecksumAlgorithm") != "CRC32" || field(t, listed, "ChecksumType") != "COMPOSITE" {
		t.Errorf("%s", listed.Body)
	}
	if listed = u.send("writer", http.MethodGet, "&part-number-marker=2", "", nil); field(t, listed, "PartNumber") != "3" || field(t, listed, "Size") != "7" {
		t.Errorf("%s", listed.Body)
	}
	if there(t, w, photos, "large") {
		t.Error("the object is there before its upload is complete")
	}
	rec := u.complete(u.list, http.Header{"X-Amz-Mp-Object-Size": {fmt.Sprint(2*len(big) + 7)}})
	wantSums := base64.StdEncoding.EncodeToString(sumBytes(crc32.ChecksumIEEE(append(append(sumBytes(crc32.ChecksumIEEE([]byte(big))),
		sumBytes(crc32.ChecksumIEEE([]byte(big)))...), sumBytes(crc32.ChecksumIEEE([]byte("the end")))...)))) + "-3"
	one, _ := hex.DecodeString(md5Of(big))
	two, _ := hex.DecodeString(md5Of("the end"))
	if want := "&quot;" + md5Of(string(one)+string(one)+string(two)) + "-3&quot;"; field(t, rec, "ETag") != want || field(t, rec, "ChecksumCRC32") != wantSums {
		t.Errorf("%s, want %s and %s", rec.Body, want, wantSums)
	}
	rec = as(w, h, "reader", doortest.Request{Target: "/photos/large", Header: http.Header{"X-Amz-Checksum-Mode": {"ENABLED"}}})
	if rec.Body.String() != big+big+"the end" || rec.Header().Get("Content-Type") != "video/mp4" || ownerOf(rec) != "me" ||
		rec.Header().Get("X-Amz-Checksum-Crc32") != wantSums || rec.Header().Get("X-Amz-Checksum-Type") != "COMPOSITE" || rec.Header().Get("X-Amz-Tagging-Count") != "1" {
		t.Errorf("%d bytes, %v", rec.Body.Len(), rec.Header())
	}
	rec = as(w, h, "reader", doortest.Request{Target: "/photos/large", Header: http.Header{"Range": {fmt.Sprintf("bytes=%d-%d", 2*len(big)-2, 2*len(big)+2)}}})
	if rec.Body.String() != "efthe" {
		t.Errorf("a range over two parts: %q", rec.Body)
	}
	w.Refused(u.complete(u.list, nil), http.StatusNotFound, objects.UploadMissing)
}

// TestMultipartFullObject: where the checksum of the whole is asked for, it is that of the whole, and the client's is compared.
func TestMultipartFullObject(t *testing.T) {
	w, h := serve(t)
	headers := http.Header{"X-Amz-Checksum-Algorithm": {"CRC32"}, "X-Amz-Checksum-Type": {"FULL_OBJECT"}}
	u := begin(t, w, h, "/photos/large", headers)
	u.part(1, big)
	u.part(2, "end")
	w.Refused(u.complete(u.list, http.Header{"X-Amz-Checksum-Crc32": {crc32Of(big)}}), http.StatusBadRequest, body.ChecksumMismatch)
	w.Refused(u.complete(u.list, http.Header{"X-Amz-Checksum-Crc32c": {crc32Of(big)}}), http.StatusBadRequest, parts.ChecksumType)
	w.Refused(u.complete(u.list, http.Header{"X-Amz-Checksum-Type": {"COMPOSITE"}}), http.StatusBadRequest, parts.ChecksumType)
	rec := u.complete(u.list, http.Header{"X-Amz-Checksum-Crc32": {crc32Of(big + "end")}, "X-Amz-Checksum-Type": {"FULL_OBJECT"}})
	if field(t, rec, "ChecksumCRC32") != crc32Of(big+"end") || field(t, rec, "ChecksumType") != "FULL_OBJECT" {
		t.Errorf("%s", rec.Body)
	}
}

// TestMultipartRefuses: a list that is not the upload's, and parts that cannot be parts, make nothing.
func TestMultipartRefuses(t *testing.T) {
	w, h := serve(t)
	u := begin(t, w, h, "/photos/large", http.Header{"X-Amz-Checksum-Algorithm": {"CRC32"}})
	u.part(1, big)
	u.part(2, "small")
	u.part(3, "end")
	part := func(n int, etag string) string {
		return fmt.Sprintf("<Part><PartNumber>%d</PartNumber><ETag>%s</ETag></Part>", n, etag)
	}
	one, two, three := part(1, md5Of(big)), part(2, md5Of("small")), part(3, md5Of("end"))
	for _, tc := range []struct {
		list    string
		headers http.Header
		status  int
		why     fault.Reason
	}{
		{one + two + three, nil, 400, parts.PartTooSmall},
		{three + one, nil, 400, parts.PartOrder},
		{one + one, nil, 400, parts.PartOrder},
		{one + part(2, md5Of("other")), nil, 400, parts.PartMismatch},
		{one + part(4, md5Of("end")), nil, 400, objects.PartMissing},
		{one + part(0, md5Of("end")), nil, 400, s3.BadArgument},
		{one + part(10001, md5Of("end")), nil, 400, s3.BadArgument},
		{"", nil, 400, wire.Malformed},
		{one + "<Part/>", nil, 400, wire.Malformed},
		{one, http.Header{"X-Amz-Mp-Object-Size": {"1"}}, 400, objects.SizeMismatch},
		{strings.Replace(one, "</ETag>", "</ETag><ChecksumCRC32>AAAAAA==</ChecksumCRC32>", 1), nil, 400, parts.PartMismatch},
		{strings.Replace(one, "</ETag>", "</ETag><ChecksumSHA1>AAAAAA==</ChecksumSHA1>", 1), nil, 400, parts.PartMismatch},
	} {
		w.Refused(u.complete(tc.list, tc.headers), tc.status, tc.why)
	}
	for query, why := range map[string]fault.Reason{
		"&partNumber=0": s3.BadArgument, "&partNumber=10001": s3.BadArgument, "&partNumber=x": s3.BadArgument, "&partNumber=-1": s3.BadArgument,
	} {
		w.Refused(u.send("writer", http.MethodPut, query, "x", http.Header{"X-Amz-Checksum-Crc32": {crc32Of("x")}}), 400, why)
	}
	w.Refused(u.send("writer", http.MethodPut, "&partNumber=4", "x", nil), 400, parts.ChecksumType)
	w.Refused(u.send("writer", http.MethodPut, "&partNumber=4", "x", http.Header{"X-Amz-Checksum-Crc32": {"AAAAAA=="}}), 400, body.ChecksumMismatch)
	other := *u
	for _, change := range []func(){func() { other.id = "x" }, func() { other.id, other.target = u.id, "/photos/other" }, func() { other.target = "/photos10/large" }} {
		change()
		for _, rec := range []*httptest.ResponseRecorder{
			other.send("writer", http.MethodPut, "&partNumber=1", "x", http.Header{"X-Amz-Checksum-Crc32": {crc32Of("x")}}), other.complete(one, nil),
			other.send("writer", http.MethodGet, "", "", nil), other.send("writer", http.MethodDelete, "", "", nil),
		} {
			w.Refused(rec, http.StatusNotFound, objects.UploadMissing)
			wantCode(t, rec, http.StatusNotFound, "NoSuchUpload")
		}
	}
	if there(t, w, photos, "large") {
		t.Error("an object was made of a wrong list")
	}
	for headers, why := range map[string]fault.Reason{"Crc32 X": s3.BadArgument, "Md4 ": s3.OtherOperation, "Sha1 FULL_OBJECT": s3.BadArgument, " COMPOSITE": s3.BadArgument} {
		algorithm, kind, _ := strings.Cut(headers, " ")
		rec := as(w, h, "writer", doortest.Request{Method: http.MethodPost, Target: "/photos/x?uploads", Header: http.Header{"X-Amz-Checksum-Algorithm": {algorithm}, "X-Amz-Checksum-Type": {kind}}})
		w.Refused(rec, rec.Code, why)
	}
	if rec := u.send("writer", http.MethodDelete, "", "", nil); rec.Code != http.StatusNoContent {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	w.Refused(u.complete(one, nil), http.StatusNotFound, objects.UploadMissing)
}

// TestMultipartRights: each act needs its own right, on the object that the upload is for.
func TestMultipartRights(t *testing.T) {
	w, h := serve(t)
	u := begin(t, w, h, "/photos/large", nil)
	u.part(1, "x")
	for action, rec := range map[string]*httptest.ResponseRecorder{
		"s3:PutObject":                  u.send("reader", http.MethodPut, "&partNumber=1", "y", nil),
		"s3:PutObject ":                 u.send("reader", http.MethodPost, "", "<CompleteMultipartUpload>"+u.list+"</CompleteMultipartUpload>", nil),
		"s3:AbortMultipartUpload":       u.send("reader", http.MethodDelete, "", "", nil),
		"s3:ListMultipartUploadParts":   u.send("reader", http.MethodGet, "", "", nil),
		"s3:ListBucketMultipartUploads": ask(w, h, "reader", http.MethodGet, "/photos?uploads"),
		"s3:PutObject  ":                ask(w, h, "reader", http.MethodPost, "/photos/other?uploads"),
	} {
		if rec.Code != http.StatusForbidden || !strings.Contains(rec.Body.String(), "perform: "+strings.TrimSpace(action)+" on") {
			t.Errorf("%s: %d %s", action, rec.Code, rec.Body)
		}
	}
	w.Refused(ask(w, h, "writer", http.MethodPost, "/foreign/large?uploads"), http.StatusForbidden, access.Denied)
	if rec := u.complete(u.list, nil); rec.Code != http.StatusOK {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
}

// TestListMultipartUploads pages through uploads, several of them for one key, with and without a delimiter.
func TestListMultipartUploads(t *testing.T) {
	w, h := serve(t)
	for _, key := range []string{"a", "b%20c/1", "b%20c/2", "d", "d"} {
		begin(t, w, h, "/photos/"+key, nil)
		w.Pass(1)
	}
	var got []string
	query := ""
	for range 6 {
		rec := ask(w, h, "writer", http.MethodGet, "/photos?uploads&encoding-type=url&delimiter=%2F&max-uploads=1"+query)
		for _, piece := range strings.Split(rec.Body.String(), "<CommonPrefixes><Prefix>")[1:] {
			got = append(got, piece[:strings.Index(piece, "<")])
		}
		if strings.Contains(rec.Body.String(), "<Upload>") {
			got = append(got, field(t, rec, "Key"))
		}
		if field(t, rec, "IsTruncated") == "false" {
			break
		}
		query = "&key-marker=" + field(t, rec, "NextKeyMarker") + "&upload-id-marker=" + field(t, rec, "NextUploadIdMarker")
	}
	if want := "a b%20c/ d d"; strings.Join(got, " ") != want {
		t.Errorf("%v, want %s", got, want)
	}
	rec := ask(w, h, "writer", http.MethodGet, "/photos?uploads&prefix=b")
	if strings.Count(rec.Body.String(), "<Upload>") != 2 {
		t.Errorf("%s", rec.Body)
	}
}
