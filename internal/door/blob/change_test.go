package blob_test

import (
	"encoding/xml"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/door/blob"
	"github.com/lanyard-id/lanyard/internal/door/blob/lease"
	"github.com/lanyard-id/lanyard/internal/door/blob/wire"
	"github.com/lanyard-id/lanyard/internal/door/doortest"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/objects"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web"
)

// change is a request on a blob with headers.
func change(method, target string, body string, headers ...string) doortest.Request {
	req := doortest.Request{Method: method, Target: target, Body: body, Header: http.Header{}}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	return req
}

func read(t *testing.T, w *doortest.World, h http.Handler, target string) string {
	t.Helper()
	rec := ask(w, h, "shared", http.MethodGet, target)
	if rec.Code != http.StatusOK {
		t.Fatalf("%s: %d %s", target, rec.Code, rec.Body)
	}
	return rec.Body.String()
}

// accept wants a request to be let through.
func accept(t *testing.T, w *doortest.World, h http.Handler, status int, req doortest.Request) http.Header {
	t.Helper()
	rec := as(w, h, "shared", req)
	if rec.Code != status {
		t.Fatalf("%s %s: %d %s", req.Method, req.Target, rec.Code, rec.Body)
	}
	return rec.Header()
}

// sent is a header in exactly this spelling: a client in Python tells metadata from the rest by it.
func sent(h http.Header, spelled string) string { return strings.Join(h[spelled], ",") }

func blockTarget(id string) string { return target + "?comp=block&blockid=" + url.QueryEscape(id) }

const blockList = target + "?comp=blocklist"

// TestBlocks: blocks show when their list is put, in its order, and never before; ids, lists and digests are strict.
func TestBlocks(t *testing.T) {
	w, h := serve(t)
	for id, text := range map[string]string{"AAAA": "one ", "AAAB": "two ", "AAAC": "three "} {
		accept(t, w, h, http.StatusCreated, change(http.MethodPut, blockTarget(id), text))
	}
	w.Refused(ask(w, h, "shared", http.MethodGet, target), http.StatusNotFound, objects.NotFound)
	for body, want := range map[string]fault.Reason{
		"":                                wire.BadBlockList,
		"<BlockList>":                     wire.BadBlockList,
		"<Blocks></Blocks>":               wire.BadBlockList,
		"<BlockList><Block/></BlockList>": wire.BadBlockList,
		"<BlockList><Latest></Latest></BlockList>":                                      wire.BadBlockList,
		"<BlockList><Latest>AAAA</Latest>x</BlockList>":                                 wire.BadBlockList,
		"<BlockList><Latest a='b'>AAAA</Latest></BlockList>":                            wire.BadBlockList,
		"<BlockList><Latest>AAAA<Latest/></Latest></BlockList>":                         wire.BadBlockList,
		"<!DOCTYPE x [<!ENTITY y 'z'>]><BlockList><Latest>AAAA</Latest></BlockList>":    wire.BadBlockList,
		"<BlockList></BlockList><BlockList></BlockList>":                                wire.BadBlockList,
		"<BlockList><Latest>AAA</Latest></BlockList>":                                   wire.BadBlockID,
		"<BlockList><Latest>AAAD</Latest></BlockList>":                                  objects.PartMissing,
		"<BlockList><Committed>AAAA</Committed></BlockList>":                            objects.PartMissing,
		"<BlockList>" + strings.Repeat("<Latest>AAAA</Latest>", 50001) + "</BlockList>": wire.BadBlockList,
	} {
		rec := as(w, h, "shared", change(http.MethodPut, blockList, body))
		w.Refused(rec, http.StatusBadRequest, want)
	}
	list := `<?xml version="1.0" encoding="utf-8"?><BlockList><Latest>AAAC</Latest> <Uncommitted>AAAA</Uncommitted></BlockList>`
	accept(t, w, h, http.StatusCreated, change(http.MethodPut, blockList, list, "x-ms-blob-content-type", "text/x", "x-ms-meta-a", "b"))
	head := accept(t, w, h, http.StatusOK, change(http.MethodHead, target, ""))
	if got := read(t, w, h, target); got != "three one " || head.Get("Content-Type") != "text/x" || sent(head, "x-ms-meta-a") != "b" || head.Get("Content-MD5") != "" {
		t.Errorf("%q %v", got, head)
	}
	accept(t, w, h, http.StatusCreated, change(http.MethodPut, blockTarget("AAAZ"), "waits"))
	var lists struct {
		Committed   []string `xml:"CommittedBlocks>Block>Name"`
		Sizes       []int    `xml:"CommittedBlocks>Block>Size"`
		Uncommitted []string `xml:"UncommittedBlocks>Block>Name"`
	}
	rec := ask(w, h, "function", http.MethodGet, blockList+"&blocklisttype=all")
	if err := xml.Unmarshal(rec.Body.Bytes(), &lists); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(lists); got != "{[AAAC AAAA] [6 4] [AAAZ]}" {
		t.Error(got)
	}
	for _, bad := range []string{"", "AAA", "AA AA", strings.Repeat("AAAA", 22)} {
		w.Refused(as(w, h, "shared", change(http.MethodPut, blockTarget(bad), "x")), http.StatusBadRequest, wire.BadBlockID)
	}
	w.Refused(as(w, h, "shared", change(http.MethodPut, blockTarget("AAAAAAAA"), "x")), http.StatusBadRequest, objects.PartInvalid)
	w.Refused(as(w, h, "shared", change(http.MethodPut, blockTarget("AAAA"), "x", "x-ms-content-crc64", "AAAAAAAAAAA=")), http.StatusBadRequest, wire.CRCMismatch)
	w.Refused(as(w, h, "shared", change(http.MethodPut, blockTarget("AAAA"), "x", "Content-MD5", "AAAAAAAAAAAAAAAAAAAAAA==")), http.StatusBadRequest, objects.DigestMismatch)
	w.Refused(as(w, h, "shared", change(http.MethodPut, blockTarget("AAAA"), "", "Content-Length", "0")), http.StatusBadRequest, blob.BadHeader)
	w.Refused(as(w, h, "shared", change(http.MethodPut, blockTarget("AAAA"), "x", "Content-Length", strconv.Itoa(4001<<20))), http.StatusRequestEntityTooLarge, objects.TooLarge)
	w.Refused(as(w, h, "function", change(http.MethodPut, blockTarget("AAAA"), "x")), http.StatusForbidden, access.Denied)
	w.Refused(as(w, h, "function", change(http.MethodPut, blockList, list)), http.StatusForbidden, access.Denied)
}

// TestConditionalWrites: every operation that takes conditions is held to them, and nothing is changed when they fail.
func TestConditionalWrites(t *testing.T) {
	w, h := serve(t)
	accept(t, w, h, http.StatusCreated, upload(target, "first", nil))
	etag := accept(t, w, h, http.StatusOK, change(http.MethodHead, target, "")).Get("ETag")
	put(t, w, photos, "b", "source")
	writes := map[string]doortest.Request{
		"put":        upload(target, "other", nil),
		"list":       change(http.MethodPut, blockList, "<BlockList></BlockList>"),
		"metadata":   change(http.MethodPut, target+"?comp=metadata", "", "x-ms-meta-x", "y"),
		"properties": change(http.MethodPut, target+"?comp=properties", "", "x-ms-blob-content-type", "x/y"),
		"copy":       change(http.MethodPut, target, "", "x-ms-copy-source", doortest.BlobURL+"/northdata/photos/b"),
		"lease":      change(http.MethodPut, target+"?comp=lease", "", "x-ms-lease-action", "acquire", "x-ms-lease-duration", "15"),
		"delete":     change(http.MethodDelete, target, ""),
	}
	under := func(req doortest.Request, header, value string) doortest.Request {
		h := maps.Clone(req.Header)
		h[header] = []string{value}
		req.Header = h
		return req
	}
	past, future := w.Now().Add(-time.Hour).UTC().Format(http.TimeFormat), w.Now().Add(time.Hour).UTC().Format(http.TimeFormat)
	for what, req := range writes {
		for header, value := range map[string]string{
			"If-Match": `"0x1"`, "If-None-Match": etag, "If-Unmodified-Since": past, "If-Modified-Since": future,
		} {
			rec := as(w, h, "shared", under(req, header, value))
			w.Refused(rec, http.StatusPreconditionFailed, web.ConditionNotMet)
			if t.Failed() {
				t.Fatal(what, header)
			}
		}
		w.Refused(as(w, h, "shared", under(req, "If-Modified-Since", "yesterday")), http.StatusBadRequest, blob.BadHeader)
	}
	if got := accept(t, w, h, http.StatusOK, change(http.MethodHead, target, "")); got.Get("ETag") != etag || got.Get("x-ms-lease-state") != "available" {
		t.Errorf("a write that was refused changed something: %v", got)
	}
	for _, what := range []string{"metadata", "properties", "copy", "put", "list"} { // each makes a new ETag
		next := accept(t, w, h, as(w, h, "shared", doortest.Request{Method: http.MethodHead, Target: target}).Code, change(http.MethodHead, target, "")).Get("ETag")
		status := map[string]int{"copy": http.StatusAccepted, "put": http.StatusCreated, "list": http.StatusCreated}[what]
		if status == 0 {
			status = http.StatusOK
		}
		got := accept(t, w, h, status, under(writes[what], "If-Match", next)).Get("ETag")
		if got == next || got == "" {
			t.Errorf("%s: the ETag stays %s", what, got)
		}
	}
	fresh := upload("/northdata/photos/new", "x", nil)
	w.Refused(as(w, h, "shared", under(fresh, "If-Match", "*")), http.StatusPreconditionFailed, web.ConditionNotMet)
	accept(t, w, h, http.StatusCreated, under(fresh, "If-None-Match", "*"))
	w.Refused(as(w, h, "shared", under(fresh, "If-None-Match", "*")), http.StatusConflict, objects.Exists)
}

// TestConditionalWritesRace: of many writers that saw the same ETag one succeeds.
func TestConditionalWritesRace(t *testing.T) {
	w, h := serve(t)
	accept(t, w, h, http.StatusCreated, upload(target, "first", nil))
	etag := accept(t, w, h, http.StatusOK, change(http.MethodHead, target, "")).Get("ETag")
	var wg sync.WaitGroup
	var mu sync.Mutex
	codes := map[int]int{}
	token := w.Token("shared", doortest.StorageAudience)
	requests := make([]*http.Request, 16)
	for i := range requests {
		header := bearing(token)
		header.Set("x-ms-blob-type", "BlockBlob")
		header.Set("If-Match", etag)
		requests[i] = w.Parse(doortest.Request{Method: http.MethodPut, Target: target, Body: fmt.Sprint(i), Header: header})
	}
	for _, r := range requests {
		wg.Go(func() {
			code := doortest.Serve(h, r)
			mu.Lock()
			defer mu.Unlock()
			codes[code]++
		})
	}
	wg.Wait()
	if codes[http.StatusCreated] != 1 || codes[http.StatusPreconditionFailed] != 15 {
		t.Errorf("%v", codes)
	}
}

const leaseA, leaseB = "aaaaaaaa-0000-4000-8000-000000000000", "bbbbbbbb-0000-4000-8000-000000000000"

func leaseOp(action string, more ...string) doortest.Request {
	return change(http.MethodPut, target+"?comp=lease", "", append([]string{"x-ms-lease-action", action}, more...)...)
}

// TestLeases: who holds a lease writes, nobody else does, and it ends when it should.
func TestLeases(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, h := serve(t)
		start := time.Now()
		tick := func(d time.Duration) { time.Sleep(d); w.Pass(time.Since(start)); start = time.Now() }
		accept(t, w, h, http.StatusCreated, upload(target, "first", nil))
		got := accept(t, w, h, http.StatusCreated, leaseOp("acquire", "x-ms-lease-duration", "15", "x-ms-proposed-lease-id", strings.ToUpper(leaseA)))
		if got.Get("x-ms-lease-id") != leaseA {
			t.Errorf("%v", got)
		}
		writes := map[string]doortest.Request{
			"put":        upload(target, "other", nil),
			"block":      change(http.MethodPut, blockTarget("AAAA"), "x"),
			"list":       change(http.MethodPut, blockList, "<BlockList></BlockList>"),
			"metadata":   change(http.MethodPut, target+"?comp=metadata", ""),
			"properties": change(http.MethodPut, target+"?comp=properties", ""),
			"copy":       change(http.MethodPut, target, "", "x-ms-copy-source", doortest.BlobURL+target),
			"delete":     change(http.MethodDelete, target, ""),
		}
		with := func(req doortest.Request, id string) doortest.Request {
			req.Header = maps.Clone(req.Header)
			req.Header.Set("x-ms-lease-id", id)
			return req
		}
		for what, req := range writes {
			w.Refused(as(w, h, "shared", req), http.StatusPreconditionFailed, lease.Missing)
			w.Refused(as(w, h, "shared", with(req, leaseB)), http.StatusPreconditionFailed, lease.WrongID)
			w.Refused(as(w, h, "shared", with(req, "x")), http.StatusBadRequest, blob.BadHeader)
			if t.Failed() {
				t.Fatal(what)
			}
		}
		if got := read(t, w, h, target); got != "first" {
			t.Error(got)
		}
		head := accept(t, w, h, http.StatusOK, change(http.MethodHead, target, ""))
		if s := head.Get("x-ms-lease-state") + head.Get("x-ms-lease-status") + head.Get("x-ms-lease-duration"); s != "leasedlockedfixed" {
			t.Error(s)
		}
		w.Refused(as(w, h, "shared", leaseOp("acquire", "x-ms-lease-duration", "-1")), http.StatusConflict, lease.Held)
		accept(t, w, h, http.StatusCreated, with(writes["put"], leaseA))
		tick(14 * time.Second)
		accept(t, w, h, http.StatusOK, leaseOp("renew", "x-ms-lease-id", leaseA))
		tick(14 * time.Second)
		w.Refused(as(w, h, "shared", writes["put"]), http.StatusPreconditionFailed, lease.Missing)
		tick(time.Second)
		w.Refused(as(w, h, "shared", with(writes["put"], leaseA)), http.StatusPreconditionFailed, lease.Lost)
		accept(t, w, h, http.StatusOK, leaseOp("renew", "x-ms-lease-id", leaseA)) // nobody came between
		tick(15 * time.Second)
		accept(t, w, h, http.StatusCreated, writes["put"])
		w.Refused(as(w, h, "shared", leaseOp("renew", "x-ms-lease-id", leaseA)), http.StatusConflict, lease.OtherID)
		accept(t, w, h, http.StatusCreated, leaseOp("acquire", "x-ms-lease-duration", "-1", "x-ms-proposed-lease-id", leaseA))
		accept(t, w, h, http.StatusOK, leaseOp("change", "x-ms-lease-id", leaseA, "x-ms-proposed-lease-id", leaseB))
		tick(24 * time.Hour)
		if left := accept(t, w, h, http.StatusAccepted, leaseOp("break", "x-ms-lease-break-period", "10")).Get("x-ms-lease-time"); left != "10" {
			t.Error(left)
		}
		w.Refused(as(w, h, "shared", leaseOp("acquire", "x-ms-lease-duration", "15", "x-ms-proposed-lease-id", leaseB)), http.StatusConflict, lease.Breaking)
		accept(t, w, h, http.StatusCreated, with(writes["put"], leaseB))
		tick(10 * time.Second)
		w.Refused(as(w, h, "shared", leaseOp("renew", "x-ms-lease-id", leaseB)), http.StatusConflict, lease.Broken)
		accept(t, w, h, http.StatusOK, leaseOp("release", "x-ms-lease-id", leaseB))
		accept(t, w, h, http.StatusAccepted, writes["delete"])
		w.Refused(as(w, h, "shared", leaseOp("acquire", "x-ms-lease-duration", "15")), http.StatusNotFound, objects.NotFound)
	})
}

func TestLeaseHeaders(t *testing.T) {
	w, h := serve(t)
	put(t, w, photos, "a", "content")
	for what, req := range map[string]doortest.Request{
		"no action": leaseOp(""), "other action": leaseOp("steal"), "short": leaseOp("acquire", "x-ms-lease-duration", "14"),
		"long": leaseOp("acquire", "x-ms-lease-duration", "61"), "negative": leaseOp("acquire", "x-ms-lease-duration", "-2"),
		"not a guid":   leaseOp("acquire", "x-ms-lease-duration", "15", "x-ms-proposed-lease-id", "x"),
		"break period": leaseOp("break", "x-ms-lease-break-period", "61"),
	} {
		w.Refused(as(w, h, "shared", req), http.StatusBadRequest, blob.BadHeader)
		if t.Failed() {
			t.Fatal(what)
		}
	}
	for _, req := range []doortest.Request{
		leaseOp("acquire"), leaseOp("renew"), leaseOp("release"), leaseOp("change", "x-ms-lease-id", leaseA),
	} {
		w.Refused(as(w, h, "shared", req), http.StatusBadRequest, blob.MissingHeader)
	}
	w.Refused(as(w, h, "function", leaseOp("acquire", "x-ms-lease-duration", "15")), http.StatusForbidden, access.Denied)
}

// TestA15CopySource: the source's right is asked for itself, and what may not be read looks like what is not there.
func TestA15CopySource(t *testing.T) {
	w, h := serve(t)
	put(t, w, photos, "a", "content")
	put(t, w, photos10, "a", "not yours")
	put(t, w, southPhotos, "a", "not yours")
	account := doortest.ResourceID(doortest.North(), view.TypeStorageAccount, "northdata").Scope()
	into := name.MustScope(account.String() + "/blobServices/default/containers/photos")
	w.Write(&view.RoleAssignment{
		ID: doortest.GUID(0x991), Tenant: doortest.North(), Principal: doortest.GUID(doortest.FunctionID), Scope: into,
		Role: name.MustGUID("ba92f5b4-2d11-453d-a403-e96b0029c9fe"), // Storage Blob Data Contributor
	})
	from := func(source string) doortest.Request {
		return change(http.MethodPut, "/northdata/photos/copy", "", "x-ms-copy-source", source)
	}
	var bodies []string
	for _, source := range []string{
		"/northdata/photos10/a", "/northdata/photos10/missing", "/northdata/missing/a", "/southdata/photos/a", "/nobody/photos/a",
		"/northdata/photos10/%61",
	} {
		rec := as(w, h, "function", from(doortest.BlobURL+source))
		w.Refused(rec, http.StatusForbidden, blob.CopySourceDenied)
		bodies = append(bodies, rec.Body.String())
	}
	for _, b := range bodies {
		if b != bodies[0] {
			t.Errorf("an answer tells what is there: %s", b)
		}
	}
	for source, want := range map[string]fault.Reason{
		"https://192.0.2.1/northdata/photos/a": blob.BadCopySource, "http://127.0.0.1:8446/northdata/photos/a": blob.BadCopySource,
		doortest.BlobURL + "/northdata/photos": blob.BadCopySource, "/northdata/photos/a": blob.BadCopySource,
		"https://u:p@127.0.0.1:8446/northdata/photos/a": blob.BadCopySource, doortest.BlobURL + "/northdata/photos/a%zz": blob.BadCopySource,
	} {
		w.Refused(as(w, h, "function", from(source)), http.StatusBadRequest, want)
	}
	w.Refused(as(w, h, "function", from(doortest.BlobURL+"/northdata/photos/a?snapshot=x")), http.StatusNotImplemented, blob.OtherOperation)
	w.Refused(as(w, h, "function", from(doortest.BlobURL+"/northdata/photos/a?versionid=x")), http.StatusNotImplemented, blob.OtherOperation)
	if there(t, w, photos, "copy") {
		t.Error("a copy that was refused is there")
	}
	// A name with relative segments is a name: this one is no blob of photos10.
	w.Refused(as(w, h, "function", from(doortest.BlobURL+"/northdata/photos/../photos10/a")), http.StatusNotFound, objects.NotFound)
	got := accept(t, w, h, http.StatusAccepted, from(doortest.BlobURL+"/northdata/photos/%61"))
	if got.Get("x-ms-copy-status") != "success" || read(t, w, h, "/northdata/photos/copy") != "content" {
		t.Errorf("%v", got)
	}
	unless := from(doortest.BlobURL + "/northdata/photos/a")
	unless.Header.Set("x-ms-source-if-match", `"x"`)
	w.Refused(as(w, h, "function", unless), http.StatusPreconditionFailed, blob.SourceCondition)
}

// TestContainers: containers are made, described and deleted at the door, by whoever has the control action.
func TestContainers(t *testing.T) {
	w, h := serve(t)
	const made = "/northdata/made?restype=container"
	w.Refused(as(w, h, "function", change(http.MethodPut, made, "")), http.StatusForbidden, access.Denied)
	first := accept(t, w, h, http.StatusCreated, change(http.MethodPut, made, "", "x-ms-meta-owner", "me"))
	w.Refused(as(w, h, "shared", change(http.MethodPut, made, "")), http.StatusConflict, directory.ContainerExists)
	for _, bad := range []string{"Made", "a", "made--x", "-made", strings.Repeat("x", 64)} {
		w.Refused(as(w, h, "shared", change(http.MethodPut, "/northdata/"+bad+"?restype=container", "")), http.StatusBadRequest, directory.InvalidName)
	}
	w.Refused(as(w, h, "shared", change(http.MethodPut, made, "", "x-ms-blob-public-access", "container")), http.StatusNotImplemented, blob.OtherOperation)
	w.Refused(as(w, h, "shared", change(http.MethodPut, "/northdata/made?restype=container&comp=lease", "")), http.StatusNotImplemented, blob.OtherOperation)
	accept(t, w, h, http.StatusCreated, upload("/northdata/made/a", "content", nil))
	second := accept(t, w, h, http.StatusOK, change(http.MethodPut, made+"&comp=metadata", "", "x-ms-meta-owner", "you", "If-Match", first.Get("ETag")))
	w.Refused(as(w, h, "shared", change(http.MethodPut, made+"&comp=metadata", "", "If-Match", first.Get("ETag"))), http.StatusPreconditionFailed, web.ConditionNotMet)
	head := accept(t, w, h, http.StatusOK, change(http.MethodHead, made, ""))
	if sent(head, "x-ms-meta-owner") != "you" || head.Get("ETag") != second.Get("ETag") {
		t.Errorf("%v", head)
	}
	w.Refused(as(w, h, "shared", change(http.MethodDelete, made, "", "If-Match", first.Get("ETag"))), http.StatusPreconditionFailed, web.ConditionNotMet)
	uid := w.ContainerNamed("made")
	accept(t, w, h, http.StatusAccepted, change(http.MethodDelete, made, ""))
	w.Refused(ask(w, h, "shared", http.MethodGet, "/northdata/made/a"), http.StatusNotFound, directory.ContainerNotFound)
	if there(t, w, uid, "a") {
		t.Error("the bytes are there after the container is gone")
	}
}

// TestAddIsEnoughForNewBlobs: a role that only adds makes blobs and replaces none.
func TestAddIsEnoughForNewBlobs(t *testing.T) {
	w, h := serve(t)
	scope := doortest.ResourceID(doortest.North(), view.TypeStorageAccount, "northdata").Scope()
	const add = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/add/action"
	w.Write(&view.RoleDefinition{
		ID: doortest.GUID(0x992), Tenant: doortest.North(), Name: "Adder", Assignable: []name.Scope{scope},
		Permissions: []view.RolePermission{{DataActions: []string{add}}},
	})
	w.Write(&view.RoleAssignment{
		ID: doortest.GUID(0x993), Tenant: doortest.North(), Principal: doortest.GUID(doortest.FunctionID), Scope: scope, Role: doortest.GUID(0x992),
	})
	for _, req := range []doortest.Request{upload(target, "x", nil), change(http.MethodPut, blockList, "<BlockList></BlockList>")} {
		if rec := as(w, h, "function", req); rec.Code != http.StatusCreated {
			t.Errorf("a new blob: %d %s", rec.Code, rec.Body)
		}
		w.Refused(as(w, h, "function", req), http.StatusForbidden, access.Denied)
		w.Refused(as(w, h, "function", change(http.MethodPut, target+"?comp=metadata", "")), http.StatusForbidden, access.Denied)
		accept(t, w, h, http.StatusAccepted, change(http.MethodDelete, target, ""))
	}
}

// TestRangeDigests: the digest of a range is the range's.
func TestRangeDigests(t *testing.T) {
	w, h := serve(t)
	put(t, w, photos, "a", "xhellox")
	got := accept(t, w, h, http.StatusPartialContent, change(http.MethodGet, target, "", "x-ms-range", "bytes=1-5", "x-ms-range-get-content-md5", "true"))
	if got.Get("Content-MD5") != "XUFAKrxLKna5cZ2REBfFkg==" {
		t.Errorf("%v", got)
	}
	for _, headers := range [][]string{
		{"x-ms-range-get-content-md5", "true"}, {"x-ms-range", "bytes=0-1,3-4"}, {"Range", "bytes=0-1,3-4"},
	} {
		w.Refused(as(w, h, "shared", change(http.MethodGet, target, "", headers...)), http.StatusBadRequest, blob.BadHeader)
	}
}

// TestA01LongAndOddNames: a name of 1,024 characters is served under exactly this name, one of 1,025 is none.
func TestA01LongAndOddNames(t *testing.T) {
	w, h := serve(t)
	for _, key := range []string{
		strings.Repeat("n", 1024), strings.Repeat("名", 1024), "env:prod", "a//b", "dots...", "slash/", ".", "..", "a\\b", "%2F", "é", "e\u0301", "\u202e",
	} {
		target := "/northdata/photos/" + url.PathEscape(key)
		accept(t, w, h, http.StatusCreated, upload(target, key, nil))
		if got := read(t, w, h, target); got != key || !there(t, w, photos, key) {
			t.Errorf("%.20q: %.20q", key, got)
		}
	}
	var l listing
	rec := ask(w, h, "shared", http.MethodGet, "/northdata/photos?restype=container&comp=list")
	if err := xml.Unmarshal(rec.Body.Bytes(), &l); err != nil || len(l.Names) != 13 {
		t.Errorf("%d names, %v", len(l.Names), err)
	}
	for _, bad := range []string{strings.Repeat("n", 1025), "%ff", "%C0%AF"} {
		w.Refused(as(w, h, "shared", upload("/northdata/photos/"+bad, "x", nil)), http.StatusBadRequest, blob.BadPath)
	}
}

// TestMarkersBelongToTheirListing: a marker of one listing does not go on in another.
func TestMarkersBelongToTheirListing(t *testing.T) {
	w, h := serve(t)
	for _, key := range []string{"a/1", "a/2", "b"} {
		put(t, w, photos, key, "x")
		put(t, w, photos10, key, "x")
	}
	list := func(container, query string) (l listing, code int) {
		rec := ask(w, h, "shared", http.MethodGet, "/northdata/"+container+"?restype=container&comp=list&maxresults=1"+query)
		_ = xml.Unmarshal(rec.Body.Bytes(), &l)
		return l, rec.Code
	}
	first, _ := list("photos", "&prefix=a/")
	next := "&marker=" + url.QueryEscape(first.Next)
	second, _ := list("photos", "&prefix=a/"+next)
	if diff := cmp.Diff([]string{"a/2"}, second.Names); diff != "" {
		t.Error(diff)
	}
	for _, other := range [][2]string{{"photos", next}, {"photos", "&prefix=a" + next}, {"photos", "&prefix=a/&delimiter=/" + next}, {"photos10", "&prefix=a/" + next}} {
		if _, code := list(other[0], other[1]); code != http.StatusBadRequest {
			t.Errorf("%v: %d", other, code)
		}
	}
}
