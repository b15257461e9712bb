package s3_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/door/doortest"
	"github.com/lanyard-id/lanyard/internal/door/s3"
	"github.com/lanyard-id/lanyard/internal/door/s3/wire"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/objects"
	"github.com/lanyard-id/lanyard/internal/web"
)

// copying is a copy to a target; more are pairs of headers and values.
func copying(target, from string, more ...string) doortest.Request {
	h := http.Header{"X-Amz-Copy-Source": {from}}
	for i := 0; i < len(more); i += 2 {
		h.Set(more[i], more[i+1])
	}
	return doortest.Request{Method: http.MethodPut, Target: target, Header: h}
}

// scoped is a session of the writer that may do only these actions, on these resources.
func scoped(w *doortest.World, h http.Handler, statement string, req doortest.Request) *httptest.ResponseRecorder {
	session := w.Session("writer", `{"Version":"2012-10-17","Statement":[`+statement+`]}`)
	return w.Do(h, w.Signed(req, w.Signing(session, "s3")))
}

func allow(actions, resource string) string {
	return fmt.Sprintf(`{"Effect":"Allow","Action":%s,"Resource":"arn:aws:s3:::%s"}`, actions, resource)
}

func TestCopyObject(t *testing.T) {
	w, h := serve(t)
	up := doortest.Request{Method: http.MethodPut, Target: "/photos/a%20b", Body: digits, Header: http.Header{
		"Content-Type": {"text/csv"}, "X-Amz-Meta-Owner": {"me"}, "X-Amz-Tagging": {"team=a"}, "X-Amz-Checksum-Crc32": {digitsCRC32},
	}}
	if rec := as(w, h, "writer", up); rec.Code != http.StatusOK {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	rec := as(w, h, "writer", copying("/photos10/copy", "/photos/a%20b"))
	if field(t, rec, "ETag") != "&quot;"+md5Of(digits)+"&quot;" || field(t, rec, "ChecksumCRC32") != digitsCRC32 {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	rec = ask(w, h, "writer", http.MethodGet, "/photos10/copy")
	if rec.Body.String() != digits || rec.Header().Get("Content-Type") != "text/csv" || ownerOf(rec) != "me" || rec.Header().Get("X-Amz-Tagging-Count") != "1" {
		t.Errorf("%q %v", rec.Body, rec.Header())
	}
	replaced := copying("/photos/a%20b", "photos/a%20b", "X-Amz-Metadata-Directive", "REPLACE", "X-Amz-Tagging-Directive", "REPLACE", "Content-Type", "text/plain", "X-Amz-Checksum-Algorithm", "SHA256")
	if rec = as(w, h, "writer", replaced); rec.Code != http.StatusOK || field(t, rec, "ChecksumSHA256") != checksums(t)["sha256"] {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	rec = ask(w, h, "writer", http.MethodGet, "/photos/a%20b")
	if rec.Body.String() != digits || rec.Header().Get("Content-Type") != "text/plain" || ownerOf(rec) != "" || rec.Header().Get("X-Amz-Tagging-Count") != "" {
		t.Errorf("%q %v", rec.Body, rec.Header())
	}
	for _, tc := range []struct {
		req doortest.Request
		why fault.Reason
	}{
		{copying("/photos/a%20b", "/photos/a%20b"), s3.CopyToItself},
		{copying("/photos/c", "/photos/a%20b", "X-Amz-Metadata-Directive", "MERGE"), s3.BadArgument},
		{copying("/photos/c", "/photos/a%20b", "X-Amz-Tagging", "a=b"), s3.BadArgument},
		{copying("/photos/c", "/photos/a%20b?versionId=1"), wire.BadCopySource},
		{copying("/photos/c", "/nowhere/a"), directory.BucketNotFound},
		{copying("/photos/c", "/photos/none"), objects.NotFound},
		{copying("/photos/c", "/photos/a%20b", "X-Amz-Copy-Source-If-Match", `"x"`), web.ConditionNotMet},
		{copying("/photos/c", "/photos/a%20b", "X-Amz-Copy-Source-If-None-Match", md5Of(digits)), web.ConditionNotMet},
		{copying("/photos/c", "/photos/a%20b", "X-Amz-Copy-Source-If-Modified-Since", "Sat, 14 Mar 2026 15:09:26 GMT"), web.ConditionNotMet},
		{copying("/photos/c", "/photos/a%20b", "X-Amz-Copy-Source-If-Unmodified-Since", "Sat, 14 Mar 2026 15:09:25 GMT"), web.ConditionNotMet},
		{copying("/photos/c", "/photos/a%20b", "X-Amz-Copy-Source-Range", "bytes=0-1"), s3.OtherOperation},
		{copying("/photos/c", "/photos/a%20b", "X-Amz-Checksum-Algorithm", "MD4"), s3.OtherOperation},
		{copying("/photos/c", "/photos/a%20b", "X-Amz-Source-Expected-Bucket-Owner", doortest.Other().String()), s3.OtherOwner},
		{copying("/photos/c", "/photos/a%20b", "X-Amz-Copy-Source-Server-Side-Encryption-Customer-Algorithm", "AES256"), s3.OtherOperation},
		{copying("/photos/a%20b", "/photos/a%20b", "X-Amz-Metadata-Directive", "REPLACE", "If-None-Match", "*"), web.ConditionNotMet},
	} {
		rec := as(w, h, "writer", tc.req)
		w.Refused(rec, rec.Code, tc.why)
	}
	if there(t, w, photos, "c") {
		t.Error("a copy that was refused is there")
	}
}

// TestA15CopySourceIsRead: to copy an object one must be allowed to read it and its tags, and to write the copy.
func TestA15CopySourceIsRead(t *testing.T) {
	w, h := serve(t)
	put(t, w, photos, "a", "1")
	put(t, w, locked, "a", "not yours")
	put(t, w, foreign, "a", "not yours")
	tagged := doortest.Request{Method: http.MethodPut, Target: "/photos/tagged", Body: "1", Header: http.Header{"X-Amz-Tagging": {"team=a"}}}
	if rec := as(w, h, "writer", tagged); rec.Code != http.StatusOK {
		t.Fatal(rec.Body)
	}
	write, read := allow(`"s3:PutObject"`, "photos10/*"), allow(`"s3:GetObject"`, "photos/*")
	for statement, req := range map[string]doortest.Request{
		write: copying("/photos10/c", "/photos/a"), read: copying("/photos10/c", "/photos/a"),
		write + "," + allow(`"s3:GetObject"`, "photos/b"): copying("/photos10/c", "/photos/a"),
		write + "," + read: copying("/photos10/c", "/photos/tagged"),
		write + "," + read + "," + allow(`"s3:GetObjectTagging"`, "photos/*"):   copying("/photos10/c", "/photos/tagged"),
		write + "," + read + "," + allow(`"s3:PutObjectTagging"`, "photos10/*"): copying("/photos10/c", "/photos/tagged"),
		write + "," + read + "," + allow(`["s3:GetObjectTagging"]`, "photos/*"): copying("/photos10/c", "/photos/a", "X-Amz-Tagging", "a=b", "X-Amz-Tagging-Directive", "REPLACE"),
		allow(`"s3:*"`, "*"):                copying("/photos10/c", "/locked/a"),
		allow(`["s3:*"]`, "*"):              copying("/photos10/c", "/foreign/a"),
		allow(`["s3:Put*","s3:Get*"]`, "*"): copying("/photos10/c", "/locked/../photos/a"),
		write + "," + read + `,{"Effect":"Deny","Action":"s3:PutObject","Resource":"*","Condition":{"StringLike":{"s3:x-amz-copy-source":"photos/*"}}}`: copying("/photos10/c", "photos/a"),
	} {
		rec := scoped(w, h, statement, req)
		w.Refused(rec, http.StatusForbidden, access.Denied)
	}
	u := begin(t, w, h, "/photos10/c", nil)
	for _, from := range []string{"/locked/a", "/foreign/a"} {
		w.Refused(u.send("writer", http.MethodPut, "&partNumber=1", "", http.Header{"X-Amz-Copy-Source": {from}}), http.StatusForbidden, access.Denied)
	}
	if there(t, w, doortest.ContainerUID(11), "c") {
		t.Error("a copy that was refused is there")
	}
	if rec := scoped(w, h, write+","+read, copying("/photos10/c", "/photos/a")); rec.Code != http.StatusOK {
		t.Errorf("both rights: %d %s", rec.Code, rec.Body)
	}
}

func TestUploadPartCopy(t *testing.T) {
	w, h := serve(t)
	put(t, w, photos, "a", big+"tail")
	u := begin(t, w, h, "/photos10/c", http.Header{"X-Amz-Checksum-Algorithm": {"CRC32"}})
	rec := u.send("writer", http.MethodPut, "&partNumber=1", "", http.Header{"X-Amz-Copy-Source": {"/photos/a"}, "X-Amz-Copy-Source-Range": {fmt.Sprintf("bytes=0-%d", len(big)-1)}})
	if field(t, rec, "ETag") != "&quot;"+md5Of(big)+"&quot;" || field(t, rec, "ChecksumCRC32") != crc32Of(big) {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	for _, text := range []string{"bytes=0-", "bytes=0-99999999", "0-1"} {
		rec := u.send("writer", http.MethodPut, "&partNumber=2", "", http.Header{"X-Amz-Copy-Source": {"/photos/a"}, "X-Amz-Copy-Source-Range": {text}})
		w.Refused(rec, http.StatusBadRequest, wire.BadCopySource)
	}
	if rec = u.complete("<Part><PartNumber>1</PartNumber><ETag>"+md5Of(big)+"</ETag></Part>", nil); rec.Code != http.StatusOK {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	if rec = ask(w, h, "writer", http.MethodGet, "/photos10/c"); rec.Body.String() != big {
		t.Errorf("%d bytes", rec.Body.Len())
	}
}

// batch is a list of keys to be deleted.
func batch(list string, more ...string) doortest.Request {
	text := "<Delete>" + list + "</Delete>"
	h := http.Header{"X-Amz-Checksum-Crc32": {crc32Of(text)}}
	for i := 0; i < len(more); i += 2 {
		h.Set(more[i], more[i+1])
	}
	return doortest.Request{Method: http.MethodPost, Target: "/photos?delete", Body: text, Header: h}
}

func object(key string) string { return "<Object><Key>" + key + "</Key></Object>" }

// TestA13DeleteObjectsOneByOne: each key needs its own right, a refusal of one stops no other, is in the ledger with what
// decided it, and is told under its key.
func TestA13DeleteObjectsOneByOne(t *testing.T) {
	w, h := serve(t)
	for _, key := range []string{"mine/a", "mine/b", "theirs/c", "mine/../theirs/c"} {
		put(t, w, photos, key, "1")
	}
	before := w.Ledger.Len()
	rec := scoped(w, h, allow(`"s3:DeleteObject"`, "photos/mine/*"), batch(object("mine/a")+object("theirs/c")+object("mine/none")+object("mine/../theirs/c")))
	if rec.Code != http.StatusOK || strings.Count(rec.Body.String(), "<Deleted>") != 3 ||
		!strings.Contains(rec.Body.String(), "<Error><Key>theirs/c</Key><Code>AccessDenied</Code>") {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	if there(t, w, photos, "mine/a") || !there(t, w, photos, "theirs/c") || there(t, w, photos, "mine/../theirs/c") || !there(t, w, photos, "mine/b") {
		t.Error("other objects were deleted than allowed")
	}
	var refusal audit.Record
	for _, r := range w.Ledger.Since(before) {
		if r.Stream == audit.LedgerStream && r.Outcome == audit.Refused {
			refusal = r
		}
	}
	if refusal.Resource != "arn:aws:s3:::photos/theirs/c" || refusal.Reason != access.Denied || refusal.Decision == nil {
		t.Errorf("recorded as %+v", refusal)
	}
	if rec = as(w, h, "writer", batch("<Quiet>true</Quiet>"+object("mine/b"))); strings.Contains(rec.Body.String(), "Deleted") || there(t, w, photos, "mine/b") {
		t.Errorf("%s", rec.Body)
	}
}

func TestDeleteObjectsRefuses(t *testing.T) {
	w, h := serve(t)
	put(t, w, photos, "a", "1")
	for _, tc := range []struct {
		req doortest.Request
		why fault.Reason
	}{
		{batch(""), wire.Malformed},
		{batch(object("a") + "<x/>"), wire.Malformed},
		{batch(strings.Repeat(object("a"), 1001)), wire.Malformed},
		{doortest.Request{Method: http.MethodPost, Target: "/photos?delete", Body: "<Delete>" + object("a") + "</Delete>"}, s3.NoDigest},
		{batch(object("a"), "X-Amz-Checksum-Crc32", "AAAAAA=="), "s3.checksum_mismatch"},
		{doortest.Request{Method: http.MethodPost, Target: "/photos?delete", Body: "<Delete>" + object("a") + "</Delete>", Header: http.Header{"Content-Md5": {"AAAAAAAAAAAAAAAAAAAAAA=="}}}, objects.DigestMismatch},
	} {
		rec := as(w, h, "writer", tc.req)
		w.Refused(rec, http.StatusBadRequest, tc.why)
	}
	for extra, code := range map[string]string{
		"<VersionId>1</VersionId>": "NotImplemented", "<Size>1</Size>": "NotImplemented", `<ETag>"x"</ETag>`: "PreconditionFailed",
	} {
		rec := as(w, h, "writer", batch("<Object><Key>a</Key>"+extra+"</Object>"))
		if !strings.Contains(rec.Body.String(), "<Code>"+code+"</Code>") {
			t.Errorf("%s: %s", extra, rec.Body)
		}
	}
	rec := scoped(w, h, allow(`"s3:DeleteObject"`, "photos/*"), batch("<Object><Key>a</Key><ETag>x</ETag></Object>"))
	if !strings.Contains(rec.Body.String(), "<Code>AccessDenied</Code>") {
		t.Errorf("a condition tells what the object is like to who may not read it: %s", rec.Body)
	}
	if !there(t, w, photos, "a") {
		t.Error("an object was deleted that was not to be")
	}
	if rec = as(w, h, "writer", batch("<Object><Key>a</Key><VersionId>null</VersionId><ETag>"+md5Of("1")+"</ETag></Object>")); there(t, w, photos, "a") {
		t.Errorf("%s", rec.Body)
	}
}

// TestConditionalWrites: conditions hold in one step with the write, as Terraform's lock file needs, and tell what an object
// is like to who may read it only.
func TestConditionalWrites(t *testing.T) {
	w, h := serve(t)
	put(t, w, photos, "a", "1")
	req := func(method, target string, headers ...string) doortest.Request {
		r := doortest.Request{Method: method, Target: target, Header: http.Header{headers[0]: {headers[1]}}}
		if method == http.MethodPut {
			r.Body = "2"
		}
		return r
	}
	tag := `"` + md5Of("1") + `"`
	w.Refused(as(w, h, "writer", req(http.MethodPut, "/photos/a", "If-None-Match", "*")), http.StatusPreconditionFailed, web.ConditionNotMet)
	w.Refused(as(w, h, "writer", req(http.MethodPut, "/photos/a", "If-Match", `"x"`)), http.StatusPreconditionFailed, web.ConditionNotMet)
	w.Refused(as(w, h, "writer", req(http.MethodPut, "/photos/none", "If-Match", tag)), http.StatusNotFound, objects.NotFound)
	w.Refused(as(w, h, "writer", req(http.MethodDelete, "/photos/a", "If-Match", `"x"`)), http.StatusPreconditionFailed, web.ConditionNotMet)
	w.Refused(as(w, h, "writer", req(http.MethodDelete, "/photos/none", "If-Match", "*")), http.StatusNotFound, objects.NotFound)
	w.Refused(scoped(w, h, allow(`["s3:PutObject","s3:DeleteObject"]`, "photos/*"), req(http.MethodDelete, "/photos/a", "If-Match", tag)), http.StatusForbidden, access.Denied)
	for _, r := range []doortest.Request{
		req(http.MethodPut, "/photos/a", "If-Match", tag), req(http.MethodDelete, "/photos/a", "If-Match", `"`+md5Of("2")+`"`),
		req(http.MethodPut, "/photos/a", "If-None-Match", "*"),
	} {
		if rec := as(w, h, "writer", r); rec.Code >= 300 {
			t.Errorf("%s: %d %s", r.Method, rec.Code, rec.Body)
		}
	}
	u := begin(t, w, h, "/photos/a", nil)
	u.part(1, "3")
	w.Refused(u.complete(u.list, http.Header{"If-None-Match": {"*"}}), http.StatusPreconditionFailed, web.ConditionNotMet)
	if rec := u.complete(u.list, http.Header{"If-Match": {`"` + md5Of("2") + `"`}}); rec.Code != http.StatusOK {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
}
